"""The schema made by the migrations is that of the models, and can be taken back and made again."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, inspect

from engine.store import migrate
from engine.store.session import open_engine
from engine.store.tables import Base


@pytest.fixture
def empty_url(request, tmp_path, postgresql_database):
    """A database in which only the schema of the fixture was, and is taken away first."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    url = postgresql_database()
    migrate.downgrade(url, "base")
    return url


both = pytest.mark.parametrize("empty_url", ["sqlite", "postgresql"], indirect=True)


def tables_of(url):
    engine = open_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def differences(url):
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return compare_metadata(context, Base.metadata)
    finally:
        engine.dispose()


@both
def test_up_down_and_up_again(empty_url):
    assert tables_of(empty_url) == set()
    for _ in range(2):
        migrate.upgrade(empty_url)
        assert migrate.is_current(empty_url)
        assert tables_of(empty_url) == set(Base.metadata.tables)
        assert differences(empty_url) == []
        migrate.downgrade(empty_url, "base")
        assert tables_of(empty_url) == set()
        assert not migrate.is_current(empty_url)


@both
def test_an_upgrade_of_a_current_database_does_nothing(empty_url):
    migrate.upgrade(empty_url)
    migrate.upgrade(empty_url)
    assert differences(empty_url) == []


def test_a_column_that_no_migration_makes_would_be_seen(sqlite_url):
    """The comparison itself: without it the tests above could not fail."""
    wanted = MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(wanted)
    wanted.tables["agency"].append_column(Column("founded", Integer))
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), wanted)
    engine.dispose()
    assert [one[0] for one in found] == ["add_column"]
