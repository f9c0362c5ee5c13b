"""Alembic's entry: one transaction, the project's own engine, constraint names from the metadata."""

from alembic import context

from engine.store.session import open_engine
from engine.store.tables import Base

engine = open_engine(context.config.attributes["database_url"], patient=True)
with engine.connect() as connection:
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        # A table is altered there by making a new one in its place, which rows that point to the old one forbid. The
        # driver is asked directly: inside a transaction this setting has no effect.
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=on_sqlite,
        compare_type=True,
        user_module_prefix="types.",
    )
    with context.begin_transaction():
        context.run_migrations()
        if on_sqlite:
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            assert lost is None, f"the upgrade would leave rows that point to nothing: {lost}"
    connection.commit()
engine.dispose()
