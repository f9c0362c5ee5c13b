"""Engines and the unit of work."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from engine.store.unit_of_work import UnitOfWork

TOLD_BY = "told_by"
"""Key of a session's `info`: the channels that a message takes beyond the inbox."""

# A writer waits this long for another (SQLite: for the one writer) before it gives up.
_BUSY_SECONDS = 15
# PostgreSQL ends a statement after this long, and a transaction that nobody continues.
_STATEMENT_SECONDS, _IDLE_SECONDS = 60, 300

_TIMEOUTS = (
    f"-c statement_timeout={_STATEMENT_SECONDS}s -c lock_timeout={_BUSY_SECONDS}s"
    f" -c idle_in_transaction_session_timeout={_IDLE_SECONDS}s"
)


def open_engine(database_url: str, *, patient: bool = False) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql+psycopg://…`; `patient`: a statement may take as long as it likes.

    Its errors name the statement without the values, which may be somebody's data and would end up in a log.
    SQLite runs in WAL mode with synchronous=FULL (a committed step survives a power cut) and starts every
    transaction with BEGIN IMMEDIATE, so that two writers queue instead of failing half-way.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        # A connection is asked whether it still lives before it is used, and replaced when it is an hour old.
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_recycle=3600,
            pool_size=5,
            max_overflow=10,
            connect_args={"options": "" if patient else _TIMEOUTS, "connect_timeout": _BUSY_SECONDS},
            hide_parameters=True,
        )
    engine = create_engine(
        url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling would delay BEGIN until the first write.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("yishen_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


class Sessions:
    """Opens units of work on one database: `write()` for commands, `read()` for queries."""

    def __init__(self, engine: Engine, told_by: Sequence[str] = ()) -> None:
        """`told_by`: channels of messages beyond the inbox; every unit of work that writes carries them along."""
        self.engine = engine
        self._write = sessionmaker(engine, class_=UnitOfWork, expire_on_commit=False, info={TOLD_BY: tuple(told_by)})
        self._read = sessionmaker(
            engine.execution_options(yishen_reading=True), expire_on_commit=False, autoflush=False
        )

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits when the block ends well and leaves nothing behind when it does not."""
        with self._write() as session, session.begin():
            yield session
            session.flush()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read-only view; anything changed in it is thrown away, and rows read in it stay readable afterwards."""
        with self._read() as session:  # closing rolls back without expiring the rows, unlike rollback()
            yield session

    @contextmanager
    def rehearse(self) -> Iterator[Session]:
        """A transaction that is always rolled back: shows what a command would do."""
        with self._write() as session:
            try:
                yield session
            finally:
                session.rollback()
