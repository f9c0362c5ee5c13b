"""The desk: what every command and query works with, and who works at it."""

import errno
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from engine.cases.audit import Author
from engine.cases.case_counts import settle
from engine.cases.errors import InDoubt, NotPermitted, Stale, StorageFull, TooSlow, Unreachable, Unreadable
from engine.now import Now, system_now
from engine.process import Library
from engine.settings import Settings
from engine.store.session import Sessions, open_engine

T = TypeVar("T")
log = logging.getLogger(__name__)

# A lost race for a number or a chain is tried again this often before the user is told.
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts: one account with its roles (codes of the glossary).

    `absent`: those on leave whom the person stands in for today; their work items may be done in their place.
    """

    id: int
    name: str
    agency_id: int
    unit_id: int | None
    roles: frozenset[str]
    absent: tuple["Actor", ...] = ()

    @property
    def persons(self) -> tuple["Actor", ...]:
        """Everybody in whose place the person may act, he himself first."""
        return (self, *self.absent)

    def author_for(self, person: "Actor") -> Author:
        """How the audit trail names this person acting in the place of one of `persons`."""
        return self.author if person.id == self.id else Author(self.id, self.name, person.author)

    @property
    def author(self) -> Author:
        """How the audit trail names this person."""
        return Author(self.id, self.name)

    def needs(self, *roles: str) -> None:
        """Raise NotPermitted unless the person holds one of `roles`."""
        if self.roles.isdisjoint(roles):
            raise NotPermitted("您的角色没有这项权限。如确需办理，请联系系统管理员。")


@dataclass(slots=True)
class Desk:
    """Settings, database, definitions and clock of one installation. Holds no case and no cache that can go stale."""

    settings: Settings
    sessions: Sessions
    replica: Sessions | None = None
    library: Library = field(default_factory=Library)
    now: Now = system_now

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone, whatever the server's is."""
        return ZoneInfo(self.settings.office.timezone)

    def today(self) -> date:
        """The calendar day at the office."""
        return self.now().astimezone(self.zone).date()

    def local(self, moment: datetime) -> datetime:
        """A moment in the office's time."""
        return moment.astimezone(self.zone)

    @property
    def files(self) -> Path:
        """Where attachments and letters lie, by content hash, outside the web root."""
        return Path(self.settings.data_dir) / "files"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only session; a database that is just restarting is waited for some seconds.

        Raises Unreadable when it does not come back or breaks off meanwhile, TooSlow.
        """
        with _told(), _reached(self.sessions, _ATTEMPTS) as session:
            yield session

    def one_view(self) -> AbstractContextManager[None]:
        """Let all that one page asks share a transaction, until something is written: as if it were one reading."""
        return self.sessions.one_view()

    @contextmanager
    def reporting(self) -> Iterator[Session]:
        """A read-only session for reports: on the replica, which may lag some seconds behind, if there is one to reach.

        Raises as `reading`.
        """
        if self.replica is not None:
            with _told(), ExitStack() as stack:
                try:
                    session = stack.enter_context(_reached(self.replica, 1))
                except DBAPIError as error:
                    if not _is_lost(error):
                        raise
                    log.warning("the replica cannot be reached, reports read the main database: %s", error.orig)
                else:
                    yield session
                    return
        with self.reading() as session:
            yield session

    def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction; a lost race (two writers, one number) runs it again from the start.

        So does a lost connection (a server that restarts, a primary that has failed over), unless it broke while
        the transaction was being committed. Raises Stale when the race is lost again and again, Unreachable, InDoubt,
        TooSlow, or StorageFull when nothing more can be stored; nothing is half-written then.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            done = False
            try:
                with self.sessions.write() as session:
                    result = work(session)
                    settle(session, self.zone)
                    session.flush()
                    done = True
                return result
            except (DBAPIError, StaleDataError) as error:
                self._again(error, attempt, done=done)
            except OSError as error:
                if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                    raise StorageFull from error
                raise
        raise AssertionError("unreachable")

    def _again(self, error: DBAPIError | StaleDataError, attempt: int, *, done: bool) -> None:
        """Wait before the next attempt, or raise what is to be told; `done`: only the commit was left to do."""
        if isinstance(error, DBAPIError):
            if _is_lost(error):
                log.warning("the database connection was lost: %s", error.orig)
                if done:
                    raise InDoubt from error
                if attempt == _ATTEMPTS:
                    raise Unreachable from error
                if _is_demoted(error):
                    # The server lives on as a standby: every connection made before leads to it.
                    self.sessions.engine.dispose()
                _wait(attempt)
                return
            if _is_full(error):
                raise StorageFull from error
            if _is_slow(error):
                raise TooSlow from error
            if not _is_race(error):
                raise error
        if attempt == _ATTEMPTS:
            log.error("a command lost its race %d times", _ATTEMPTS, exc_info=error)
            raise Stale("同时办理的人太多，本次提交没有保存，请稍候再试。") from error
        time.sleep(0.02 * attempt)


def _wait(attempt: int) -> None:
    """Before the database is tried again: half a second, one, two."""
    time.sleep(0.25 * 2**attempt)


@contextmanager
def _reached(sessions: Sessions, attempts: int) -> Iterator[Session]:
    """A read-only session with its connection, which a restarting database refuses for a while."""
    with ExitStack() as stack:
        for attempt in range(1, attempts + 1):
            try:
                session = stack.enter_context(sessions.read())
                session.connection()
            except DBAPIError as error:
                stack.close()
                if attempt == attempts or not _is_lost(error):
                    raise
                _wait(attempt)
            else:
                break
        yield session


@contextmanager
def _told() -> Iterator[None]:
    """What a reader is told when the database fails."""
    try:
        yield
    except DBAPIError as error:
        if _is_lost(error):
            log.warning("the database cannot be read: %s", error.orig)
            raise Unreadable from error
        if _is_slow(error):
            raise TooSlow from error
        raise


# PostgreSQL: serialization failure, deadlock, unique violation, a lock not got in time; disk full; a server that
# shuts down, crashes or starts up, or has given up an idle transaction; one that has become a standby; a statement
# that was ended for its length.
_RACES = {"40001", "40P01", "23505", "55P03"}
_FULL = "53100"
_SHUTDOWN = {"57P01", "57P02", "57P03", "25P03"}
_STANDBY = "25006"
_SLOW = "57014"


def _is_race(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlstate", None)
    if code is not None:
        return code in _RACES
    text = str(error.orig)
    return "UNIQUE constraint" in text or "database is locked" in text


def _is_lost(error: DBAPIError) -> bool:
    """Whether the connection broke or could not be made. SQLite has none to lose; its errors bear no such code."""
    code = getattr(error.orig, "sqlstate", "")
    unmade = code is None and isinstance(error, OperationalError)
    return error.connection_invalidated or unmade or (code or "")[:2] == "08" or code in {*_SHUTDOWN, _STANDBY}


def _is_demoted(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == _STANDBY


def _is_slow(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == _SLOW


def _is_full(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == _FULL or "disk is full" in str(error.orig)


def open_desk(settings: Settings, now: Now = system_now) -> Desk:
    """A desk on the database that `settings` names."""
    sessions = Sessions(open_engine(settings.database_url), told_by=settings.channels.enabled)
    replica = Sessions(open_engine(settings.replica_url)) if settings.replica_url else None
    return Desk(settings=settings, sessions=sessions, replica=replica, now=now)
