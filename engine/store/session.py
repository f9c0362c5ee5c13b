"""Engines and the unit of work."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from engine.store.unit_of_work import UnitOfWork

T = TypeVar("T")

TOLD_BY = "told_by"
"""Key of a session's `info`: the channels that a message takes beyond the inbox."""
# Key of a session's `info`: what the readings of one view have found out already.
_TOLD = "told"

# A writer waits this long for another (SQLite: for the one writer) before it gives up.
_BUSY_SECONDS = 15
# PostgreSQL ends a statement after this long, and a transaction that nobody continues.
_STATEMENT_SECONDS, _IDLE_SECONDS = 60, 300

# The cache is given in KiB (with a minus sign): a page of a large office reads more than the usual two megabytes.
_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-8000",
)  # fmt: skip

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
    # The connection used last is used next: what it has read is still in its cache, and few caches are filled.
    engine = create_engine(
        url,
        pool_use_lifo=True,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling would delay BEGIN until the first write.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("yishen_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


class _View:
    """One look at the database that readings share: its connection, once one of them needs it, and what they found."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._readers = 0
        self.told: dict[Hashable, Any] = {}
        self.over = False

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """The connection, in its transaction. An error of the database ends the view: the next reading looks anew."""
        self._readers += 1
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
                self._connection.begin()
            yield self._connection
        except DBAPIError:
            self.over = True
            raise
        finally:
            self._readers -= 1
            self._leave()

    def of(self, engine: Engine) -> bool:
        """Whether it looks at this engine's database."""
        return self._engine is engine

    def end(self) -> None:
        """Let no reading begin in it any more; the connection is given back when the last one is done."""
        self.over = True
        self._leave()

    def _leave(self) -> None:
        if self.over and not self._readers and self._connection is not None:
            self._connection.close()
            self._connection = None


_VIEW: ContextVar[_View | None] = ContextVar("view", default=None)


def once(session: Session, about: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` finds; in one view (`Sessions.one_view`) it is asked only once `about` the same."""
    told: dict[Hashable, T] | None = session.info.get(_TOLD)
    if told is None:
        return ask()
    if about not in told:
        told[about] = ask()
    return told[about]


class Sessions:
    """Opens units of work on one database: `write()` for commands, `read()` for queries."""

    def __init__(self, engine: Engine, told_by: Sequence[str] = ()) -> None:
        """`told_by`: channels of messages beyond the inbox; every unit of work that writes carries them along."""
        self.engine = engine
        self._write = sessionmaker(engine, class_=UnitOfWork, expire_on_commit=False, info={TOLD_BY: tuple(told_by)})
        self._reading = engine.execution_options(yishen_reading=True)
        self._read = sessionmaker(self._reading, expire_on_commit=False, autoflush=False)

    @contextmanager
    def one_view(self) -> Iterator[None]:
        """Let the readings of this thread share one transaction, until the block ends or something is written."""
        view = _View(self._reading)
        token = _VIEW.set(view)
        try:
            yield
        finally:
            _VIEW.reset(token)
            view.end()

    def _view(self) -> _View | None:
        view = _VIEW.get()
        return view if view is not None and view.of(self._reading) else None

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits when the block ends well and leaves nothing behind when it does not."""
        if (view := self._view()) is not None:
            view.end()
        with self._write() as session, session.begin():
            yield session
            session.flush()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read-only view; anything changed in it is thrown away, and rows read in it stay readable afterwards."""
        # Closing rolls back without expiring the rows, unlike rollback(); of a view's transaction it takes no notice.
        view = self._view()
        if view is None or view.over:
            with self._read() as session:
                yield session
        else:
            with view.reader() as connection, self._read(bind=connection, info={_TOLD: view.told}) as session:
                yield session

    @contextmanager
    def rehearse(self) -> Iterator[Session]:
        """A transaction that is always rolled back: shows what a command would do."""
        with self._write() as session:
            try:
                yield session
            finally:
                session.rollback()
