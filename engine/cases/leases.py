"""Leases: which of any number of scheduler processes does a periodic job just now.

A lease spares work, it guards nothing: each job is safe by itself when two processes run it at once, or when one dies
in the middle of it.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, text, update
from sqlalchemy.orm import Session

from engine.cases.desk import Desk
from engine.store.tables import Lease
from engine.store.types import Instant

# The job whose last run says whether the scheduler is alive: it runs at every tick.
HEARTBEAT = "timers"

_L = Lease.__table__.c
_HEARTBEAT = select(_L.taken_at, _L.expires_at, _L.last_run_at).where(_L.name == HEARTBEAT)

# Two processes may make the row at once: one of them does, the other is told that it is there.
_MAKE = text(
    "INSERT INTO lease (name, holder, taken_at, expires_at) VALUES (:name, :holder, :taken_at, :expires_at)"
    " ON CONFLICT (name) DO NOTHING RETURNING name"
).bindparams(bindparam("taken_at", type_=Instant), bindparam("expires_at", type_=Instant))


def claim(desk: Desk, name: str, holder: str, every: timedelta, term: timedelta) -> bool:
    """Take the lease for `term` if nobody holds it and the job last ended `every` ago or longer.

    False when somebody else has it or it is not time yet. A holder that died loses it when the term ends. A row from
    further in the future than two terms was written by a clock that has been set back since, or that goes wrong: it
    holds nobody up.
    """
    now = desk.now()
    ahead = now + 2 * term
    due = (
        Lease.name == name,
        or_(Lease.expires_at <= now, Lease.expires_at > ahead),
        or_(Lease.last_run_at.is_(None), Lease.last_run_at <= now - every, Lease.last_run_at > ahead),
    )
    with desk.reading() as session:
        known = session.scalar(select(Lease.name).where(Lease.name == name))
        if known is not None and session.scalar(select(Lease.name).where(*due)) is None:
            return False

    def work(session: Session) -> bool:
        taken = (
            update(Lease).where(*due).values(holder=holder, taken_at=now, expires_at=now + term).returning(Lease.name)
        )
        if session.execute(taken).scalar_one_or_none() is not None:
            return True
        row = {"name": name, "holder": holder, "taken_at": now, "expires_at": now + term}
        return session.connection().execute(_MAKE, row).scalar_one_or_none() is not None

    return desk.write(work)


def renew(desk: Desk, name: str, holder: str, term: timedelta) -> None:
    """Hold the lease for another `term`; nothing happens when somebody else has taken it meanwhile."""
    expires_at = desk.now() + term
    held = (Lease.name == name, Lease.holder == holder)
    desk.write(lambda session: session.execute(update(Lease).where(*held).values(expires_at=expires_at)))


def release(desk: Desk, name: str, holder: str, *, done: bool) -> None:
    """Give the lease back; `done` says that the job ended well and need not run again before its time."""
    now = desk.now()
    values = {"expires_at": now, "last_run_at": now} if done else {"expires_at": now}
    desk.write(
        lambda session: session.execute(
            update(Lease).where(Lease.name == name, Lease.holder == holder).values(**values)
        )
    )


def scheduler_seen(desk: Desk) -> datetime | None:
    """When a scheduler last looked for due timers; None when none ever has."""
    with desk.reading() as session:
        return session.scalar(select(Lease.last_run_at).where(Lease.name == HEARTBEAT))


def scheduler_is_late(desk: Desk) -> bool:
    """Whether due work lies undone: for two ticks no scheduler has looked for due timers, and none is doing so now."""
    now, patience = desk.now(), timedelta(seconds=2 * desk.settings.scheduler.tick_seconds)
    with desk.reading() as session:
        lease = session.connection().execute(_HEARTBEAT).one_or_none()
    if lease is None:
        return True
    looks_now = lease.taken_at is not None and lease.taken_at <= now < lease.expires_at
    return not looks_now and (lease.last_run_at is None or abs(now - lease.last_run_at) > patience)
