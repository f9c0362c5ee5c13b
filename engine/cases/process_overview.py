"""The office's processes at a glance: how many open cases stand at each step, and how long the step usually takes.

Drills stay out; confidential cases count only for those who see them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, null, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.cases.access import open_to
from engine.cases.calendars import calendar_of
from engine.cases.definitions import case_types, current_definition
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound
from engine.cases.lights import row_light
from engine.cases.page import Page
from engine.cases.permissions import Permission, require
from engine.process import Definition
from engine.statute.light import LightReading
from engine.store.tables import WAITS, Account, Case, Timer, Unit, WorkItem

MEASURED = 5000
"""The usual time is drawn from so many of the steps done last."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at an element now and how long it usually takes.

    Attributes:
        cases: open cases that wait there (in it, for a called process).
        median_days: working days from coming to the step to its being done, of the `done` last times; None where it
            was not done lately.
    """

    cases: int
    median_days: float | None
    done: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A case type's current version with what stands at each element of its diagrams.

    `elsewhere`: open cases at steps that only earlier versions have. `types`: every case type, (id, title).
    """

    definition: Definition
    types: tuple[tuple[str, str], ...]
    standing: Mapping[str, Standing]
    open_cases: int
    elsewhere: int


@dataclass(frozen=True, slots=True)
class Stands:
    """A case that stands at a step."""

    case_id: int
    number: str
    subject: str
    holder: str
    since: datetime
    limit_on: date | None
    light: LightReading
    received_on: date | None
    in_time: bool | None


def process_overview(desk: Desk, actor: Actor, case_type: str | None = None) -> Overview:
    """The overview of a case type (None: the first). Raises NotFound, NotPermitted."""
    require(actor, Permission.OFFICE_CASES_READ)
    with desk.reporting() as session:
        types = tuple((one.case_type.id, one.case_type.title) for one in case_types(session, desk.library))
        if not types:
            raise NotFound("还没有登记流程版本。")
        definition = current_definition(session, desk.library, case_type or types[0][0])
        ours = _ours(actor, definition.case_type.id)
        waiting = _counted(session, WorkItem.element, and_(*ours, WorkItem.agency_id == actor.agency_id, WAITS))
        timed = _counted(session, Timer.element, and_(*ours, Timer.fired_at.is_(None), Timer.cancelled_at.is_(None)))
        taken = _taken(desk, session, actor, definition.case_type.id)
        standing = {}
        for element in {*definition.nodes, *waiting, *timed}:
            days = taken.get(element, [])
            known = definition.nodes.get(element)
            cases = waiting.get(element, 0) or timed.get(element, 0)
            if known is not None and known.called:
                cases = _inside(session, actor, definition, known.called, ours)
            standing[element] = Standing(cases, median(days) if days else None, len(days))
        whole = session.scalar(select(func.count()).select_from(Case).where(*ours, Case.closed_at.is_(None))) or 0
        strangers = sum(count for element, count in waiting.items() if element not in definition.nodes)
        return Overview(definition, types, standing, whole, strangers)


def cases_at(
    desk: Desk, actor: Actor, case_type: str, element: str, number: int = 1, size: int = 30
) -> tuple[str, Page[Stands]]:
    """The name of a step and the open cases that stand at it, the most pressing first. Raises NotFound."""
    require(actor, Permission.OFFICE_CASES_READ)
    with desk.reading() as session:
        definition = current_definition(session, desk.library, case_type)
        node = definition.nodes.get(element)
        if node is None:
            raise NotFound("现行的流程没有这个环节。")
        wanted = _elements_in(definition, node.called) if node.called else {element}
        query = _timed_at(actor, case_type, element) if node.timer else _standing_at(actor, case_type, wanted)
        total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        rows = session.execute(query.offset((number - 1) * size).limit(size)).all()
        calendar, today = calendar_of(session, actor.agency_id, desk.settings), desk.today()
        found = tuple(
            Stands(
                case_id=case.id,
                number=case.number,
                subject=case.subject,
                holder=name or unit or "",
                since=since,
                limit_on=limit_on,
                light=row_light(case, today, calendar),
                received_on=case.received_on,
                in_time=case.in_time,
            )
            for case, since, limit_on, name, unit in rows
        )
        return node.name or element, Page(found, total, number, size)


def overview_diagram(desk: Desk, actor: Actor, case_type: str, process: str) -> str:
    """The BPMN XML of one diagram of the current version. Raises NotFound, NotPermitted."""
    require(actor, Permission.OFFICE_CASES_READ)
    with desk.reading() as session:
        found = current_definition(session, desk.library, case_type).diagrams.get(process)
        if found is None:
            raise NotFound("现行的流程没有这一层。")
        return found


def _timed_at(actor: Actor, case_type: str, element: str) -> Select[Any, Any, Any, Any, Any]:
    return (
        select(Case, Timer.opened_at, Timer.due_on, null(), null())
        .join(Timer, Timer.case_id == Case.id)
        .where(*_ours(actor, case_type), Timer.element == element)
        .where(Timer.fired_at.is_(None), Timer.cancelled_at.is_(None))
        .order_by(Timer.due_on.is_(None), Timer.due_on, Case.id)
    )


def _standing_at(actor: Actor, case_type: str, elements: set[str]) -> Select[Any, Any, Any, Any, Any]:
    oldest = (
        select(func.min(WorkItem.id))
        .where(WorkItem.agency_id == actor.agency_id, WAITS, WorkItem.element.in_(elements))
        .group_by(WorkItem.case_id)
    )
    return (
        select(Case, WorkItem.opened_at, WorkItem.limit_on, Account.name, Unit.name)
        .join(WorkItem, WorkItem.case_id == Case.id)
        .join(Account, Account.id == WorkItem.assignee_id, isouter=True)
        .join(Unit, Unit.id == WorkItem.unit_id, isouter=True)
        .where(*_ours(actor, case_type), WorkItem.id.in_(oldest))
        .order_by(Case.sort_due_on.is_(None), Case.sort_due_on, Case.id)
    )


def _ours(actor: Actor, case_type: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Case.agency_id == actor.agency_id,
        Case.case_type == case_type,
        Case.drill.is_(False),
        open_to(Case.id, actor),
    )


def _counted(session: Session, element: InstrumentedAttribute[str], condition: ColumnElement[bool]) -> dict[str, int]:
    """How many cases stand at each element; one that stands there several times counts once."""
    case_id = element.class_.case_id
    query = select(element, func.count(case_id.distinct())).join(Case, Case.id == case_id)
    return dict(session.execute(query.where(condition).group_by(element)).all())


def _elements_in(definition: Definition, process: str) -> set[str]:
    """Every element inside a process and what it calls."""
    inside: set[str] = set()
    processes = [process]
    for one in processes:
        for node in definition.nodes.values():
            if node.process == one:
                inside.add(node.id)
                if node.called and node.called not in processes:
                    processes.append(node.called)
    return inside


def _inside(
    session: Session, actor: Actor, definition: Definition, process: str, ours: Sequence[ColumnElement[bool]]
) -> int:
    """How many cases have a step waiting inside a called process."""
    query = (
        select(func.count(WorkItem.case_id.distinct()))
        .join(Case, Case.id == WorkItem.case_id)
        .where(*ours, WorkItem.agency_id == actor.agency_id, WAITS)
        .where(WorkItem.element.in_(_elements_in(definition, process)))
    )
    return session.scalar(query) or 0


def _taken(desk: Desk, session: Session, actor: Actor, case_type: str) -> dict[str, list[int]]:
    """Working days that each step took, of the steps done last."""
    calendar = calendar_of(session, actor.agency_id, desk.settings)
    rows = session.execute(
        select(WorkItem.element, WorkItem.opened_at, WorkItem.done_at)
        .join(Case, Case.id == WorkItem.case_id)
        .where(WorkItem.agency_id == actor.agency_id, WorkItem.status == "done", *_ours(actor, case_type))
        .order_by(WorkItem.id.desc())
        .limit(MEASURED)
    )
    known: dict[tuple[date, date], int] = {}
    found: dict[str, list[int]] = {}
    for element, opened_at, done_at in rows:
        if done_at is None:
            continue
        stretch = (desk.local(opened_at).date(), desk.local(done_at).date())
        if stretch not in known:
            known[stretch] = calendar.working_days_between(*stretch)
        found.setdefault(element, []).append(known[stretch])
    return found
