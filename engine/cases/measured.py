"""The facts that reports are computed from: every case concluded in a period, read once. Drills never come in here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.audit import SYSTEM
from engine.cases.batch import PORTION, open_turns
from engine.cases.calendars import calendar_of
from engine.cases.definitions import load_definition
from engine.cases.desk import Desk
from engine.cases.filters import concluded
from engine.cases.flow import Turn
from engine.process.case_type import REPLY
from engine.statute.calendar import Calendar
from engine.store.tables import Account, Case, LegalEvent, ProcessDefinition, Review, Unit, WorkItem

# What stops the office's own time: opened by the first event, ended by one of the others, under this name.
_STOPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "correction_notice_served": (("corrected_received",), "等待补正"),
    "fee_notice_served": (("fee_paid",), "等待缴费"),
    "consult_sent": (("opinion", "consult_returned"), "征求意见"),
}
STOPS = ("征求意见", "等待补正", "等待缴费")


@dataclass(frozen=True, slots=True)
class StepFact:
    """A step done in a case: working days from the day it was opened to the day it was done. `returned`: sent back."""

    name: str
    working_days: int
    returned: bool


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A case concluded in the period: answered, or closed without a reply (withdrawn, abandoned, unpaid).

    Attributes:
        replied_on: None when it was closed without a reply.
        unit, handler: of the handler, empty when there was none.
        working_days: from receipt to the end, stopped time included.
        stopped: working days by what stopped the clock; `stopped_days` counts a day once that was stopped twice over.
        corrections: correction notices served. reviews: kinds of reconsiderations and suits registered since.
        corrected: one of these ended with the reply corrected.
    """

    id: int
    decision: str
    unit: str
    handler: str
    replied_on: date | None
    in_time: bool | None
    working_days: int
    stopped: Mapping[str, int]
    stopped_days: int
    corrections: int
    reviews: tuple[str, ...] = ()
    corrected: bool = False
    steps: tuple[StepFact, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Period:
    """Days of conclusion, both ends included."""

    first: date
    last: date


def measure(desk: Desk, session: Session, agency_id: int, period: Period) -> list[CaseFact]:
    """Every case of the reply clock that was concluded in the period."""
    calendar = calendar_of(session, agency_id, desk.settings)
    types, returns = _reply_types(desk, session)
    query = select(Case.id).where(
        Case.agency_id == agency_id,
        Case.drill.is_(False),
        Case.case_type.in_(types),
        concluded(period.first, period.last, desk.zone),
    )
    ids = session.scalars(query.order_by(Case.id)).all()
    people = {one.id: one for one in session.scalars(select(Account).where(Account.agency_id == agency_id))}
    units = dict(session.execute(select(Unit.id, Unit.name).where(Unit.agency_id == agency_id)).all())
    facts: list[CaseFact] = []
    for start in range(0, len(ids), PORTION):
        portion = ids[start : start + PORTION]
        cases = session.scalars(select(Case).where(Case.id.in_(portion)).order_by(Case.id)).all()
        steps = _steps(desk, session, calendar, portion, returns)
        reviews = _reviews(session, portion)
        for turn in open_turns(desk, session, cases, calendar, SYSTEM):
            handler = people.get(turn.case.handler_id or 0)
            unit = units.get(handler.unit_id or 0, "") if handler else ""
            found = reviews.get(turn.case.id, [])
            facts.append(_fact(turn, unit, handler.name if handler else "", steps[turn.case.id], found))
    return facts


def _fact(turn: Turn, unit: str, handler: str, steps: Sequence[StepFact], reviews: Sequence[Review]) -> CaseFact:
    case, calendar = turn.case, turn.calendar
    ended = case.replied_on or (turn.desk.local(case.closed_at).date() if case.closed_at else turn.today)
    begun = case.received_on or case.arrived_on or ended
    stops = [
        (kind, max(after, begun), min(upto, ended))
        for kind, after, upto in _stops(turn)
        if upto > begun and after < ended
    ]
    by_kind = {
        kind: _working_days(calendar, [(after, upto) for one, after, upto in stops if one == kind]) for kind in STOPS
    }
    return CaseFact(
        id=case.id,
        decision=case.decision or "",
        unit=unit,
        handler=handler,
        replied_on=case.replied_on,
        in_time=case.in_time,
        working_days=calendar.working_days_between(begun, ended),
        stopped=by_kind,
        stopped_days=_working_days(calendar, [(after, upto) for _kind, after, upto in stops]),
        corrections=sum(row.type == "correction_notice_served" for row in turn.ledger.live),
        reviews=tuple(one.kind for one in reviews),
        corrected=any(one.result == "corrected" for one in reviews),
        steps=tuple(steps),
    )


def _stops(turn: Turn) -> Iterator[tuple[str, date, date]]:
    """(kind, after, upto) of every letter that stopped the office's time; a silent addressee at his limit."""
    rows, limits = turn.ledger.live, turn.ledger.clock().consult_deadline
    for place, row in enumerate(rows):
        if row.type not in _STOPS:
            continue
        ends, kind = _STOPS[row.type]
        ended = next((later.on for later in rows[place + 1 :] if later.type in ends and _same(row, later)), None)
        limit = limits.get(str(row.data.get("id")))
        known = [day for day in (ended, limit.value if limit else None) if day is not None]
        yield kind, row.on, min(known, default=turn.today)


def _same(letter: LegalEvent, answer: LegalEvent) -> bool:
    return letter.data.get("id") == answer.data.get("id")


def _working_days(calendar: Calendar, stretches: Iterable[tuple[date, date]]) -> int:
    """Working days in any of the stretches (after < day <= upto)."""
    total, reached = 0, date.min
    for after, upto in sorted(stretches):
        low = max(after, reached)
        if upto > low:
            total += calendar.working_days_between(low, upto)
            reached = upto
    return total


def _reply_types(desk: Desk, session: Session) -> tuple[set[str], set[tuple[str, str]]]:
    """Case types that run on the reply clock, and (element, outcome in words) of every step that sends a draft back."""
    types: set[str] = set()
    returns: set[tuple[str, str]] = set()
    for digest in session.scalars(select(ProcessDefinition.digest)):
        definition = load_definition(session, desk.library, digest)
        if definition.case_type.clock != REPLY:
            continue
        types.add(definition.case_type.id)
        for step in definition.steps.values():
            for one in definition.forms[step.form].fields:
                if one.name == "outcome":
                    returns |= {(step.element, label) for code, label in one.choices if code == "return"}
    return types, returns


def _steps(
    desk: Desk, session: Session, calendar: Calendar, case_ids: Sequence[int], returns: set[tuple[str, str]]
) -> dict[int, list[StepFact]]:
    found: dict[int, list[StepFact]] = {case_id: [] for case_id in case_ids}
    query = select(WorkItem).where(WorkItem.case_id.in_(case_ids), WorkItem.status == "done").order_by(WorkItem.id)
    for work in session.scalars(query):
        if work.done_at is None:
            continue
        opened, done = desk.local(work.opened_at).date(), desk.local(work.done_at).date()
        days = calendar.working_days_between(opened, done)
        found[work.case_id].append(StepFact(work.name, days, (work.element, work.outcome or "") in returns))
    return found


def _reviews(session: Session, case_ids: Sequence[int]) -> dict[int, list[Review]]:
    found: dict[int, list[Review]] = {}
    query = select(Review).where(Review.case_id.in_(case_ids), Review.voided_at.is_(None)).order_by(Review.id)
    for review in session.scalars(query):
        found.setdefault(review.case_id, []).append(review)
    return found
