"""How the installation is doing: what is due and undone, what waits to leave, when the scheduler last worked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from engine.cases.desk import Desk
from engine.store import migrate
from engine.store.tables import Lease, OutboxMessage, Timer


@dataclass(frozen=True, slots=True)
class Health:
    """Figures for a monitor.

    Attributes:
        due_timers: timers whose last day has passed and that have not fired.
        oldest_due_days: since the last day of the oldest of them, 0 of none.
        outbox_depth: messages that wait; `outbox_oldest_seconds` since the oldest was written.
        dead_letters: messages put aside.
        last_run: when each periodic job last ended well; run_seconds: how long that took.
    """

    due_timers: int
    oldest_due_days: int
    outbox_depth: int
    outbox_oldest_seconds: int
    dead_letters: int
    last_run: Mapping[str, datetime]
    run_seconds: Mapping[str, float]


def ready(desk: Desk) -> str | None:
    """Why the installation cannot serve pages, or None when it can: database there and of the right version."""
    try:
        engine = desk.sessions.engine
        if migrate.current_revision(engine) != migrate.newest_revision():
            return "schema is not of this version"
    except SQLAlchemyError as error:
        return f"database: {type(error).__name__}"
    return None


def health(desk: Desk) -> Health:
    """The figures of this moment, over all agencies."""
    today, now = desk.today(), desk.now()
    with desk.reading() as session:
        waiting = (Timer.fired_at.is_(None), Timer.cancelled_at.is_(None), Timer.due_on < today)
        due, oldest = session.execute(select(func.count(), func.min(Timer.due_on)).where(*waiting)).one()
        unsent = (OutboxMessage.sent_at.is_(None), OutboxMessage.dead_at.is_(None))
        depth, first = session.execute(select(func.count(), func.min(OutboxMessage.created_at)).where(*unsent)).one()
        dead = session.scalar(select(func.count()).select_from(OutboxMessage).where(OutboxMessage.dead_at.is_not(None)))
        leases = session.scalars(select(Lease).where(Lease.last_run_at.is_not(None)).order_by(Lease.name)).all()
    return Health(
        due_timers=due,
        oldest_due_days=(today - oldest).days if oldest else 0,
        outbox_depth=depth,
        outbox_oldest_seconds=max(int((now - first).total_seconds()), 0) if depth else 0,
        dead_letters=dead or 0,
        last_run={one.name: one.last_run_at for one in leases if one.last_run_at},
        run_seconds={
            one.name: (one.last_run_at - one.taken_at).total_seconds()
            for one in leases
            if one.last_run_at and one.taken_at and one.last_run_at >= one.taken_at
        },
    )


def prometheus(found: Health) -> str:
    """The figures in Prometheus' text format."""
    gauges: list[tuple[str, str, Mapping[str, float]]] = [
        ("yishen_due_timers", "Timers whose day has passed and that have not fired.", {"": found.due_timers}),
        ("yishen_oldest_due_days", "Days since the last day of the oldest due timer.", {"": found.oldest_due_days}),
        ("yishen_outbox_depth", "Messages that wait to be sent.", {"": found.outbox_depth}),
        (
            "yishen_outbox_oldest_seconds",
            "Seconds since the oldest waiting message was written.",
            {"": found.outbox_oldest_seconds},
        ),
        ("yishen_dead_letters", "Messages put aside after the last attempt.", {"": found.dead_letters}),
        (
            "yishen_job_last_run_timestamp_seconds",
            "When a periodic job last ended well.",
            {name: at.timestamp() for name, at in found.last_run.items()},
        ),
        ("yishen_job_run_seconds", "How long the last run of a periodic job took.", found.run_seconds),
    ]
    lines = []
    for name, about, values in gauges:
        lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
        for label, value in values.items():
            shown = f'{name}{{job="{label}"}}' if label else name
            lines.append(f"{shown} {value:.15g}")
    return "\n".join(lines) + "\n"
