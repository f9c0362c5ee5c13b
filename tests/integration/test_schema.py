"""The schema made by the migrations is that of the models, and can be taken back and made again."""

from datetime import UTC, date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Date, DateTime, Integer, LargeBinary, MetaData, String, func, inspect, select

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


def filler(column):
    """A value for a column that must have one."""
    if list(column.foreign_keys):
        return next(iter(column.foreign_keys)).column.table.info.get("key")
    if column.primary_key:
        return "1" if isinstance(column.type, String) else 1
    if isinstance(column.type, DateTime):
        return datetime(2026, 3, 2, 9, tzinfo=UTC)
    if isinstance(column.type, Date):
        return date(2026, 3, 2)
    if isinstance(column.type, String):
        return "甲"
    return b"x" if isinstance(column.type, LargeBinary) else 1


@both
def test_an_upgrade_keeps_the_rows_of_every_table(empty_url):
    migrate.upgrade(empty_url, "0001")
    engine = open_engine(empty_url)
    first = MetaData()
    first.reflect(engine)
    filled = [table for table in first.sorted_tables if table.name != "alembic_version"]
    with engine.begin() as connection:
        for table in filled:
            row = {column.name: filler(column) for column in table.columns if not column.nullable}
            row |= {column.name: filler(column) for column in table.columns if column.foreign_keys}
            connection.execute(table.insert().values(row))
            keys = list(table.primary_key.columns)
            table.info["key"] = row[keys[0].name]
    engine.dispose()
    migrate.upgrade(empty_url)
    engine = open_engine(empty_url)
    with engine.connect() as connection:
        counts = {table.name: connection.scalar(select(func.count()).select_from(table)) for table in filled}
    engine.dispose()
    assert set(counts.values()) == {1}, counts
    assert differences(empty_url) == []


def test_the_newest_revision_is_the_head_of_the_scripts():
    assert migrate.newest_revision() == ScriptDirectory(migrate._SCRIPTS).get_current_head()
