"""The internal limit of a step: working days of the office's own, a warning and no statute.

It is derived: so many working days, of the diagram or of config.toml, from the day on which the step opened; it stands
still while the case does. The column of the work item only keeps it for lists and sweeps.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.desk import Desk
from engine.cases.ledger import Ledger
from engine.cases.stops import stops
from engine.process import Definition, Step
from engine.settings import Settings
from engine.statute.calendar import Calendar
from engine.store.tables import WAITS, Case, WorkItem


class AtWork(Protocol):
    """What a turn of a case knows, as far as limits need it."""

    desk: Desk
    session: Session
    case: Case
    definition: Definition
    calendar: Calendar
    ledger: Ledger
    at: datetime


def limit_days(settings: Settings, case_type: str, step: Step) -> int:
    """The limit of a step in working days: that of config.toml [limits], else that of the diagram."""
    return settings.limits.get(case_type, {}).get(step.element, step.limit)


def limit_from(opened: date, days: int, calendar: Calendar, stopped: Collection[tuple[date, date]] = ()) -> date:
    """The last day of a limit; `stopped`: stretches (after < day <= upto) of which no day counts."""
    if not stopped:
        return calendar.add_working_days(opened, days)
    day = opened
    for _ in range(days):
        day = calendar.add_working_days(day, 1)
        while any(after < day <= upto for after, upto in stopped):
            day = calendar.add_working_days(day, 1)
    return day


def open_work(session: Session, case_ids: Iterable[int]) -> dict[int, list[WorkItem]]:
    """The open work items of each case that has any."""
    found: dict[int, list[WorkItem]] = {}
    for work in session.scalars(select(WorkItem).where(WorkItem.case_id.in_(list(case_ids)), WAITS)):
        found.setdefault(work.case_id, []).append(work)
    return found


def rederive_limits(turn: AtWork, works: Iterable[WorkItem]) -> None:
    """Give open work items of the case their limits again: a stop has ended, or ledger or calendar have changed."""
    result = turn.ledger.clock()
    # When the applicant has let his time pass, it is the office's turn again.
    lapses = {"等待补正": result.correction_deadline_for_applicant, "等待缴费": result.payment_deadline}
    stopped = [
        (after, min(upto, lapse.value) if (lapse := lapses.get(name)) else upto)
        for name, after, upto in stops(turn.ledger, turn.desk.local(turn.at).date())
    ]
    for work in works:
        days = limit_days(turn.desk.settings, turn.case.case_type, turn.definition.steps[work.element])
        limit = limit_from(turn.desk.local(work.opened_at).date(), days, turn.calendar, stopped)
        if work.limit_on != limit:
            work.limit_on = limit
