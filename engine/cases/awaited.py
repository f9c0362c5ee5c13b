"""Rungs of the dates that the office waits for: a correction, a payment, an opinion.

While a case waits, its own reply date is silent (a stopped clock is not pressing); what is told is until when it waits.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.cases.calendar_impact import CLOCK_TITLES
from engine.cases.desk import Desk
from engine.cases.flow import Turn
from engine.cases.ladder import Reminder, due_text, rung_reached
from engine.cases.people import People
from engine.settings import Ladder
from engine.statute.calendar import Calendar
from engine.statute.light import light_of_date
from engine.statute.said import said
from engine.store.tables import Case, CaseItem, Timer

_WAITING = ("waiting", "suspended")


def awaited_cases(desk: Desk, session: Session, agency_id: int, calendar: Calendar) -> Sequence[int]:
    """Waiting cases with a timer whose date lies on the ladder, by the index of due timers.

    A timer without a firm date is among them: its estimate is on the ledger alone.
    """
    today = desk.today()
    last = calendar.add_working_days(today, desk.settings.ladder.highest(waiting=True))
    return session.scalars(
        select(Timer.case_id)
        .join(Case, Case.id == Timer.case_id)
        .where(
            Timer.fired_at.is_(None),
            Timer.cancelled_at.is_(None),
            or_(Timer.due_on.between(today, last), Timer.due_on.is_(None)),
            Case.agency_id == agency_id,
            Case.closed_at.is_(None),
            Case.clock_status.in_(_WAITING),
        )
        .distinct()
        .order_by(Timer.case_id)
    ).all()


def awaited_reminders(turn: Turn, people: People, holders: frozenset[int], ladder: Ladder) -> Iterator[Reminder]:
    """The rung of every date that the case waits for; a timer that is begun anew has rungs of its own."""
    rows = turn.session.execute(
        select(Timer, CaseItem.public_id)
        .join(CaseItem, CaseItem.id == Timer.item_id, isouter=True)
        .where(Timer.case_id == turn.case.id, Timer.fired_at.is_(None), Timer.cancelled_at.is_(None))
        .order_by(Timer.id)
    ).all()
    for timer, item in rows:
        due = turn.ledger.awaited(timer.clock, item)
        if due is None:
            continue
        reading = light_of_date(due, turn.today, turn.calendar)
        reached = rung_reached(reading, ladder.of(timer.clock, waiting=True))
        if reached is None:
            continue
        what = CLOCK_TITLES.get(timer.clock, "等待的期限")
        yield people.reminder(
            reached,
            key=f"waiting:{turn.case.id}:{timer.id}:{reached.code}",
            text=due_text(turn.case.number, said("本件等待中，%(what)s", what=what), reading),
            case_id=turn.case.id,
            handler_id=turn.case.handler_id,
            also=holders,
        )
