"""The facts that reports are computed from: every case concluded in a period, drills left out.

They are folded from ledger and calendar; what the scheduler has worked out beforehand is used while it still holds.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from engine.cases.audit import SYSTEM
from engine.cases.batch import PORTION, open_turns
from engine.cases.calendars import calendar_of
from engine.cases.definitions import load_definition
from engine.cases.desk import Desk
from engine.cases.filters import concluded
from engine.cases.flow import Turn
from engine.cases.stops import STOPS, stops, working_days_of
from engine.process.case_type import REPLY
from engine.statute.calendar import Calendar
from engine.store.tables import (
    Account,
    Agency,
    Case,
    CaseMeasure,
    HolidayNotice,
    ProcessDefinition,
    Review,
    Unit,
    WorkItem,
)

# Raised whenever what is kept of a case changes its form or its meaning.
_FORM = 1


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
        unit, handler: names, empty when there was none.
        working_days: from receipt to the end, stopped time included.
        stopped: working days by what stopped the clock; `stopped_days` counts a day once that was stopped twice over.
        corrections: correction notices served. reviews: kinds of reconsiderations and suits registered since.
        corrected: one of these ended with the reply corrected.
        handler_id, unit_id: as they are now, never kept; so are the names.
    """

    id: int
    decision: str
    replied_on: date | None
    in_time: bool | None
    working_days: int
    stopped: Mapping[str, int]
    stopped_days: int
    corrections: int
    reviews: tuple[str, ...] = ()
    corrected: bool = False
    steps: tuple[StepFact, ...] = ()
    handler_id: int | None = None
    handler: str = ""
    unit_id: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of conclusion, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class _Rules:
    """What facts are worked out by. `basis` changes with any of it."""

    calendar: Calendar
    types: frozenset[str]
    returns: frozenset[tuple[str, str]]
    basis: str


def measure(desk: Desk, session: Session, agency_id: int, period: Period) -> list[CaseFact]:
    """Every case of the reply clock that was concluded in the period, whoever may see it."""
    rules = _rules(desk, session, agency_id)
    query = select(Case.id).where(
        Case.agency_id == agency_id,
        Case.drill.is_(False),
        Case.case_type.in_(rules.types),
        concluded(period.first, period.last, desk.zone),
    )
    ids = session.scalars(query.order_by(Case.id)).all()
    people = {one.id: one for one in session.scalars(select(Account).where(Account.agency_id == agency_id))}
    units = dict(session.execute(select(Unit.id, Unit.name).where(Unit.agency_id == agency_id)).all())
    facts: list[CaseFact] = []
    for start in range(0, len(ids), PORTION):
        portion = ids[start : start + PORTION]
        known = _kept(session, portion, rules.basis)
        fresh = {one.id: one for one in _derive(desk, session, rules, [one for one in portion if one not in known])}
        handlers = dict(session.execute(select(Case.id, Case.handler_id).where(Case.id.in_(portion))).all())
        for case_id in portion:
            handler = people.get(handlers[case_id] or 0)
            unit_id = handler.unit_id if handler else None
            facts.append(
                replace(
                    known.get(case_id) or fresh[case_id],
                    handler_id=handler.id if handler else None,
                    handler=handler.name if handler else "",
                    unit_id=unit_id,
                    unit=units.get(unit_id or 0, ""),
                )
            )
    return facts


def refresh_measures(desk: Desk, stop: Callable[[], bool] = lambda: False) -> int:
    """Work out what reports on this and the last year will ask for; returns how many cases were new or had changed."""
    with desk.reading() as session:
        agencies = session.scalars(select(Agency.id).order_by(Agency.id)).all()
    done = 0
    for agency_id in agencies:
        while not stop():
            portion = _work_out(desk, agency_id)
            if not portion:
                break
            done += portion
    return done


def _work_out(desk: Desk, agency_id: int) -> int:
    today = desk.today()
    with desk.reading() as session:
        rules = _rules(desk, session, agency_id)
        changed = or_(CaseMeasure.version != Case.version, CaseMeasure.basis != rules.basis)
        query = (
            select(Case.id)
            .join(CaseMeasure, CaseMeasure.case_id == Case.id, isouter=True)
            .where(
                Case.agency_id == agency_id,
                Case.drill.is_(False),
                Case.case_type.in_(rules.types),
                concluded(date(today.year - 1, 1, 1), today, desk.zone),
                or_(CaseMeasure.case_id.is_(None), changed),
            )
            .limit(PORTION)
        )
        ids = session.scalars(query).all()
        versions = dict(session.execute(select(Case.id, Case.version).where(Case.id.in_(ids))).all())
        facts = _derive(desk, session, rules, ids)
    if not facts:
        return 0

    def work(session: Session) -> int:
        session.execute(delete(CaseMeasure).where(CaseMeasure.case_id.in_([one.id for one in facts])))
        session.add_all(
            CaseMeasure(
                case_id=one.id, agency_id=agency_id, version=versions[one.id], basis=rules.basis, facts=_kept_form(one)
            )
            for one in facts
        )
        return len(facts)

    return desk.write(work)


def _kept(session: Session, case_ids: Sequence[int], basis: str) -> dict[int, CaseFact]:
    """Facts that still hold, by case."""
    query = (
        select(CaseMeasure.case_id, CaseMeasure.facts)
        .join(Case, Case.id == CaseMeasure.case_id)
        .where(CaseMeasure.case_id.in_(case_ids), CaseMeasure.version == Case.version, CaseMeasure.basis == basis)
    )
    return {case_id: _read(facts) for case_id, facts in session.execute(query)}


def _kept_form(fact: CaseFact) -> dict[str, Any]:
    return asdict(fact) | {"replied_on": str(fact.replied_on) if fact.replied_on else None}


def _read(facts: Mapping[str, Any]) -> CaseFact:
    replied = facts["replied_on"]
    return CaseFact(
        **{
            **facts,
            "replied_on": date.fromisoformat(replied) if replied else None,
            "reviews": tuple(facts["reviews"]),
            "steps": tuple(StepFact(**step) for step in facts["steps"]),
        }
    )


def _derive(desk: Desk, session: Session, rules: _Rules, case_ids: Sequence[int]) -> list[CaseFact]:
    if not case_ids:
        return []
    cases = session.scalars(select(Case).where(Case.id.in_(case_ids)).order_by(Case.id)).all()
    steps = _steps(desk, session, rules, case_ids)
    reviews = _reviews(session, case_ids)
    turns = open_turns(desk, session, cases, rules.calendar, SYSTEM)
    return [_fact(turn, steps[turn.case.id], reviews.get(turn.case.id, [])) for turn in turns]


def _fact(turn: Turn, steps: Sequence[StepFact], reviews: Sequence[Review]) -> CaseFact:
    case, calendar = turn.case, turn.calendar
    ended = case.replied_on or (turn.desk.local(case.closed_at).date() if case.closed_at else turn.today)
    begun = case.received_on or case.arrived_on or ended
    stretches = [
        (kind, max(after, begun), min(upto, ended))
        for kind, after, upto in stops(turn.ledger, turn.today)
        if upto > begun and after < ended
    ]
    by_kind = {
        kind: working_days_of(calendar, [(after, upto) for one, after, upto in stretches if one == kind])
        for kind in STOPS
    }
    return CaseFact(
        id=case.id,
        decision=case.decision or "",
        replied_on=case.replied_on,
        in_time=case.in_time,
        working_days=calendar.working_days_between(begun, ended),
        stopped=by_kind,
        stopped_days=working_days_of(calendar, [(after, upto) for _kind, after, upto in stretches]),
        corrections=sum(row.type == "correction_notice_served" for row in turn.ledger.live),
        reviews=tuple(one.kind for one in reviews),
        corrected=any(one.result == "corrected" for one in reviews),
        steps=tuple(steps),
    )


def _rules(desk: Desk, session: Session, agency_id: int) -> _Rules:
    """Calendar, case types on the reply clock, and (element, outcome in words) of steps that send a draft back."""
    types: set[str] = set()
    returns: set[tuple[str, str]] = set()
    digests = sorted(session.scalars(select(ProcessDefinition.digest)))
    for digest in digests:
        definition = load_definition(session, desk.library, digest)
        if definition.case_type.clock != REPLY:
            continue
        types.add(definition.case_type.id)
        for step in definition.steps.values():
            for one in definition.forms[step.form].fields:
                if one.name == "outcome":
                    returns |= {(step.element, label) for code, label in one.choices if code == "return"}
    ours = (HolidayNotice.agency_id == agency_id, HolidayNotice.active)
    notices = list(session.scalars(select(HolidayNotice.id).where(*ours).order_by(HolidayNotice.id)))
    calendar, policy = calendar_of(session, agency_id, desk.settings), desk.settings.policy()
    said = [_FORM, replace(policy, extra_rest_days=frozenset()), sorted(policy.extra_rest_days)]
    basis = repr([*said, sorted(calendar.loaded_years), notices, digests])
    return _Rules(calendar, frozenset(types), frozenset(returns), hashlib.sha256(basis.encode()).hexdigest()[:32])


def _steps(desk: Desk, session: Session, rules: _Rules, case_ids: Sequence[int]) -> dict[int, list[StepFact]]:
    found: dict[int, list[StepFact]] = {case_id: [] for case_id in case_ids}
    query = select(WorkItem).where(WorkItem.case_id.in_(case_ids), WorkItem.status == "done").order_by(WorkItem.id)
    for work in session.scalars(query):
        if work.done_at is None:
            continue
        opened, done = desk.local(work.opened_at).date(), desk.local(work.done_at).date()
        days = rules.calendar.working_days_between(opened, done)
        found[work.case_id].append(StepFact(work.name, days, (work.element, work.outcome or "") in rules.returns))
    return found


def _reviews(session: Session, case_ids: Sequence[int]) -> dict[int, list[Review]]:
    found: dict[int, list[Review]] = {}
    query = select(Review).where(Review.case_id.in_(case_ids), Review.voided_at.is_(None)).order_by(Review.id)
    for review in session.scalars(query):
        found.setdefault(review.case_id, []).append(review)
    return found
