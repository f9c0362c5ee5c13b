"""What must hold in an office whatever happened to its processes, checked case by case."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from engine.cases.audit import SYSTEM
from engine.cases.definitions import load_definition
from engine.cases.desk import Desk
from engine.cases.flow import rederive_timers
from engine.cases.steps import open_turn
from engine.cases.storage_check import verify_office
from engine.process import waits
from engine.store.files import FileStore
from engine.store.tables import (
    WAITS,
    Case,
    CaseEvent,
    FormRecord,
    InboxMessage,
    LegalEvent,
    NumberSeries,
    Timer,
    WorkItem,
)

DERIVED = ("arrived_on", "received_on", "due_on", "estimated_due_on", "cautious_due_on", "sort_due_on", "replied_on",
           "in_time", "clock_status")  # fmt: skip


def broken(desk: Desk) -> list[str]:
    """Everything that does not hold, one sentence each; empty when the office is whole."""
    with desk.reading() as session:
        faults = list(verify_office(session, FileStore(desk.files)).faults)  # audit chain, letters, numbers, files
        faults += _gaps(session)
        faults += _doubled(session)
        faults += _counts(session)
        faults += _tokens(desk, session)
    with desk.sessions.rehearse() as session:
        faults += _dates(desk, session)
    return faults


def _gaps(session: Session) -> Iterator[str]:
    """Numbers of requests: from 1 to the last one taken, each once."""
    rows = session.execute(
        select(Case.agency_id, Case.case_type, func.substr(Case.number, 1, 4), Case.number)
        .where(Case.drill.is_(False))
        .order_by(Case.agency_id, Case.case_type, Case.number)
    ).all()
    taken = {
        (row.agency_id, row.series, str(row.year)): row.last for row in session.scalars(select(NumberSeries)).all()
    }
    for key, found in groupby(rows, lambda row: (row[0], row[1], row[2])):
        serials = sorted(int(row[3].rpartition("-")[2]) for row in found)
        if serials != list(range(1, taken.get(key, 0) + 1)):
            yield f"numbers of {key}: {len(serials)} requests, last number {taken.get(key)}"


def _doubled(session: Session) -> Iterator[str]:
    """Messages by person and key, legal events and audit events by case and place."""
    for what, columns in (
        ("message", (InboxMessage.account_id, InboxMessage.key)),
        ("legal event", (LegalEvent.case_id, LegalEvent.seq)),
        ("audit event", (CaseEvent.case_id, CaseEvent.seq)),
    ):
        twice = session.execute(
            select(*columns).where(columns[0].is_not(None)).group_by(*columns).having(func.count() > 1)
        ).all()
        if twice:
            yield f"{what} stored twice: {twice[:3]}"


def _counts(session: Session) -> Iterator[str]:
    """Every step that was done has one event and one form; every timer that fired has one event."""
    done = _by_case(session, WorkItem.case_id, WorkItem.status == "done")
    told = _by_case(session, CaseEvent.case_id, CaseEvent.action.in_(["register", "complete"]))
    if done != told:
        yield f"steps and their events differ in cases {_differing(done, told)}"
    forms = _by_case(session, FormRecord.case_id)
    acted = _by_case(session, CaseEvent.case_id, CaseEvent.action.in_(["register", "complete", "action"]))
    if forms != acted:
        yield f"forms and events differ in cases {_differing(forms, acted)}"
    fired = _by_case(session, Timer.case_id, Timer.fired_at.is_not(None))
    recorded = _by_case(session, CaseEvent.case_id, CaseEvent.action == "timer")
    if fired != recorded:
        yield f"timers and their events differ in cases {_differing(fired, recorded)}"
    last = dict(session.execute(select(CaseEvent.case_id, func.max(CaseEvent.seq)).group_by(CaseEvent.case_id)).all())
    many = _by_case(session, CaseEvent.case_id)
    for case_id, event_seq in session.execute(select(Case.id, Case.event_seq)):
        if not event_seq == last.get(case_id) == many[case_id]:
            yield f"case {case_id}: {many[case_id]} audit events, the last is {last.get(case_id)}, expected {event_seq}"


def _by_case(session: Session, column: object, *conditions: object) -> Counter[int]:
    query = select(column, func.count()).where(*conditions).group_by(column)  # type: ignore[call-overload]
    return Counter({case_id: number for case_id, number in session.execute(query) if case_id is not None})


def _differing(one: Mapping[int, int], other: Mapping[int, int]) -> list[int]:
    return sorted({key for key in one.keys() | other.keys() if one.get(key) != other.get(key)})[:5]


def _tokens(desk: Desk, session: Session) -> Iterator[str]:
    """Open work items and waiting timers are those that the stored state of the diagram waits for."""
    steps, timers = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    for case in session.scalars(select(Case).options(undefer(Case.state)).execution_options(yield_per=200)):
        if case.state is None:
            continue
        definition = load_definition(session, desk.library, case.definition_digest)
        for wait in waits(definition, case.state):
            {"step": steps, "timer": timers}.get(wait.kind, Counter())[case.id, wait.token] += 1
    open_items = Counter((row.case_id, row.token) for row in session.scalars(select(WorkItem).where(WAITS)))
    running = select(Timer).where(Timer.fired_at.is_(None), Timer.cancelled_at.is_(None))
    waiting = Counter((row.case_id, row.token) for row in session.scalars(running))
    if steps != open_items:
        yield f"work items differ from tokens: {list(((steps - open_items) + (open_items - steps)).items())[:3]}"
    if timers != waiting:
        yield f"timers differ from tokens: {list(((timers - waiting) + (waiting - timers)).items())[:3]}"


def _dates(desk: Desk, session: Session) -> Iterator[str]:
    """What case rows say of dates is what ledger and calendar say."""
    for case_id in session.scalars(select(Case.id).order_by(Case.id)).all():
        case = session.get_one(Case, case_id)
        stored = {name: getattr(case, name) for name in DERIVED}
        turn = open_turn(desk, session, case, SYSTEM)
        turn.ledger.index(case, turn.today)
        derived = {name: getattr(case, name) for name in DERIVED}
        if stored != derived:
            wrong = {name: (stored[name], derived[name]) for name in DERIVED if stored[name] != derived[name]}
            yield f"case {case.id}: stored and derived dates differ: {wrong}"
        for timer, before in rederive_timers(turn):
            if timer.due_on != before:
                yield f"timer {timer.id} of case {case.id}: {before} stored, {timer.due_on} derived"
        session.rollback()
