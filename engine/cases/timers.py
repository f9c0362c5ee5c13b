"""Wake the timers of running diagrams whose day has passed; each in a transaction of its own, never twice."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.audit import SYSTEM
from engine.cases.desk import Desk
from engine.cases.flow import apply
from engine.cases.steps import open_turn
from engine.process import fire
from engine.store.tables import Case, Timer

_BATCH = 200


def due_timers(session: Session, today: date, limit: int = _BATCH) -> list[int]:
    """Ids of waiting timers whose last day lies before `today`, the longest due first."""
    return list(
        session.scalars(
            select(Timer.id)
            .where(Timer.fired_at.is_(None), Timer.cancelled_at.is_(None), Timer.due_on < today)
            .order_by(Timer.due_on, Timer.id)
            .limit(limit)
        )
    )


def fire_timer(desk: Desk, timer_id: int) -> bool:
    """Fire one timer if it is still due; False when it has fired, was cancelled or has moved to a later day."""

    def work(session: Session) -> bool:
        timer = session.get(Timer, timer_id)
        if timer is None or timer.fired_at is not None or timer.cancelled_at is not None:
            return False
        case = session.get(Case, timer.case_id)
        if case is None or case.state is None:
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


def fire_due_timers(desk: Desk) -> int:
    """Fire every due timer; returns how many fired."""
    fired = 0
    while True:
        with desk.reading() as session:
            waiting = due_timers(session, desk.today())
        done = sum(fire_timer(desk, timer_id) for timer_id in waiting)
        fired += done
        if not waiting or not done:
            return fired
