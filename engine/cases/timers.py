"""Wake the timers of running diagrams whose day has passed; each in a transaction of its own, never twice."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from engine.cases.audit import SYSTEM
from engine.cases.desk import Desk
from engine.cases.errors import Unreachable
from engine.cases.flow import apply
from engine.cases.steps import open_turn
from engine.process import fire
from engine.store.tables import Case, Timer

_log = logging.getLogger(__name__)

_BATCH = 200
_BEGINNING = (date.min, 0)
_WAITING = (Timer.fired_at.is_(None), Timer.cancelled_at.is_(None))


@dataclass(frozen=True, slots=True)
class Fired:
    """How many due timers fired, and how many could not: these stay due and are tried again at the next sweep."""

    fired: int
    failed: int


def due_timers(session: Session, today: date, after: tuple[date, int] = _BEGINNING) -> list[tuple[date, int]]:
    """The next waiting timers whose last day lies before `today`, as (last day, id), the longest due first."""
    query = (
        select(Timer.due_on, Timer.id)
        .where(
            *_WAITING,
            Timer.due_on < today,
            tuple_(Timer.due_on, Timer.id) > after,
        )
        .order_by(Timer.due_on, Timer.id)
        .limit(_BATCH)
    )
    return [(due_on, timer_id) for due_on, timer_id in session.execute(query) if due_on is not None]


def fire_timer(desk: Desk, timer_id: int) -> bool:
    """Fire one timer if it is still due; False when it has fired, was cancelled or has moved to a later day.

    So too when somebody else has its case in hand just now: another scheduler that sweeps at the same time, or a person
    (then it stays due until the next sweep). Two sweeps pass each other by and divide the timers.
    """

    def work(session: Session) -> bool:
        # The case is locked before its timer is looked at: whoever comes second finds it fired, cancelled or moved.
        of_timer = select(Timer.case_id).where(Timer.id == timer_id, *_WAITING).scalar_subquery()
        case = session.scalar(select(Case).where(Case.id == of_timer).with_for_update(skip_locked=True))
        if case is None or case.state is None:
            return False
        timer = session.get(Timer, timer_id)
        if timer is None or timer.fired_at is not None or timer.cancelled_at is not None:
            return False
        turn = open_turn(desk, session, case, SYSTEM)
        if timer.due_on is None or timer.due_on >= turn.today:
            return False
        timer.fired_at = turn.at
        session.flush()
        told = {"clock": timer.clock, "due_on": timer.due_on.isoformat()}
        outcome = fire(turn.definition, case.state, timer.token, turn.ledger.facts())
        apply(turn, outcome, "timer", timer.element, told)
        return True

    return desk.write(work)


def fire_due_timers(desk: Desk, stop: Callable[[], bool] = lambda: False) -> Fired:
    """Fire every due timer. One that fails is logged and does not hold up the others; `stop` ends the sweep early.

    Raises Unreachable or Unreadable when there is no database.
    """
    fired, failed, at = 0, 0, _BEGINNING
    while True:
        with desk.reading() as session:
            waiting = due_timers(session, desk.today(), at)
        if not waiting:
            return Fired(fired, failed)
        for at in waiting:
            if stop():
                return Fired(fired, failed)
            try:
                fired += fire_timer(desk, at[1])
            except Unreachable:
                raise  # the others would only wait for the database one after another
            except Exception:  # noqa: BLE001 - whatever is wrong with one case must not stop the clocks of the others
                failed += 1
                _log.exception("timer %d did not fire", at[1])
