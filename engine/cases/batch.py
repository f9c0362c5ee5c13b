"""Many cases at once: read in portions, their ledgers with one query, for sweeps and changes of the calendar."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.audit import Author
from engine.cases.definitions import load_definition
from engine.cases.desk import Desk
from engine.cases.flow import Turn
from engine.cases.ledger import Ledger, events_of
from engine.statute.calendar import Calendar
from engine.store.tables import Case

PORTION = 300


def open_cases(session: Session, agency_id: int) -> Iterator[Sequence[Case]]:
    """All open cases of an agency in portions, oldest first."""
    after = 0
    while True:
        query = select(Case).where(Case.agency_id == agency_id, Case.closed_at.is_(None), Case.id > after)
        portion = session.scalars(query.order_by(Case.id).limit(PORTION)).all()
        if not portion:
            return
        yield portion
        after = portion[-1].id


def open_turns(
    desk: Desk, session: Session, cases: Sequence[Case], calendar: Calendar, author: Author
) -> Iterator[Turn]:
    """A turn on each case, as `open_turn` gives it for one."""
    events, policy, at = events_of(session, [case.id for case in cases]), desk.settings.policy(), desk.now()
    for case in cases:
        definition = load_definition(session, desk.library, case.definition_digest)
        ledger = Ledger(session, case, definition.case_type, calendar, policy, events[case.id])
        yield Turn(desk, session, case, definition, calendar, ledger, author, at)
