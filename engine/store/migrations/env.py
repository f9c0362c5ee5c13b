"""Alembic's entry: one transaction, the project's own engine, constraint names from the metadata."""

from alembic import context

from engine.store.session import open_engine
from engine.store.tables import Base

engine = open_engine(context.config.attributes["database_url"], patient=True)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        user_module_prefix="types.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
