"""The supervisor's view: what runs out, what ran out, who has it and which step held it.

Drills are left out of every figure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from engine.cases.access import open_to
from engine.cases.calendars import calendar_of
from engine.cases.desk import Actor, Desk
from engine.cases.filters import light_condition
from engine.cases.lights import row_light
from engine.cases.page import Page
from engine.cases.permissions import Permission, require
from engine.statute.calendar import Calendar
from engine.statute.light import SOON_WORKING_DAYS, LightReading
from engine.store.tables import WAITS, Account, Case, Unit, WorkItem


class Group(StrEnum):
    """即将超期, 已超期, 超期后办结."""

    SOON = "soon"
    OVERDUE = "overdue"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases of each group a person or a unit has."""

    soon: int = 0
    overdue: int = 0
    late: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Of both together."""
        return Tally(self.soon + other.soon, self.overdue + other.overdue, self.late + other.late)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A handler with what he has: his groups and his load. `id` None: nobody has been made handler yet."""

    id: int | None
    name: str
    unit_id: int | None
    tally: Tally
    open_cases: int
    open_steps: int


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with its people."""

    id: int | None
    name: str
    tally: Tally
    people: tuple[PersonLine, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The supervisor's board. `late_since`: 超期后办结 counts replies from this day on."""

    total: Tally
    units: tuple[UnitLine, ...]
    causes: tuple["Cause", ...]
    late_since: date


@dataclass(frozen=True, slots=True)
class Held:
    """How long a step held a case: working days from the day it was opened to the day it was done, or to today."""

    step: str
    who: str
    working_days: int
    open: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """A step that held overdue cases the longest: how many, and how many working days together."""

    step: str
    cases: int
    working_days: int


@dataclass(frozen=True, slots=True)
class Row:
    """A case of a group, with the steps that held it, the longest first."""

    case_id: int
    number: str
    subject: str
    case_type: str
    handler: str
    unit: str
    due: date | None
    replied_on: date | None
    late_working_days: int
    light: LightReading
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A group narrowed to a handler (0: none yet) or to the unit of handlers (0: without unit)."""

    group: Group
    handler: int | None = None
    unit: int | None = None


def board(desk: Desk, actor: Actor) -> Board:
    """Figures by unit and person, and what held the overdue ones. Raises NotPermitted."""
    require(actor, Permission.SUPERVISION_BOARD_READ)
    with desk.reading() as session:
        counted = {group: _by_handler(session, desk, actor, group) for group in Group}
        open_cases = _grouped(session, actor, Case.closed_at.is_(None))
        steps = dict(
            session.execute(
                select(WorkItem.assignee_id, func.count())
                .join(Case, Case.id == WorkItem.case_id)
                .where(
                    WorkItem.agency_id == actor.agency_id,
                    WAITS,
                    Case.drill.is_(False),
                    open_to(Case.id, actor),
                )
                .group_by(WorkItem.assignee_id)
            ).all()
        )
        people = {one.id: one for one in session.scalars(select(Account).where(Account.agency_id == actor.agency_id))}
        units = dict(session.execute(select(Unit.id, Unit.name).where(Unit.agency_id == actor.agency_id)).all())
        shown = {None if key is None else key for one in (*counted.values(), open_cases) for key in one}
        lines = [
            PersonLine(
                id=handler_id,
                name=people[handler_id].name if handler_id else "",
                unit_id=people[handler_id].unit_id if handler_id else None,
                tally=Tally(**{str(group): counted[group].get(handler_id, 0) for group in Group}),
                open_cases=open_cases.get(handler_id, 0),
                open_steps=steps.get(handler_id, 0) if handler_id else 0,
            )
            for handler_id in shown
        ]
        causes = _causes(session, desk, actor)
    total = sum((line.tally for line in lines), Tally())
    return Board(total, tuple(_by_unit(lines, units)), causes, _late_since(desk))


def _by_unit(lines: Iterable[PersonLine], units: Mapping[int, str]) -> Iterable[UnitLine]:
    known: dict[int | None, list[PersonLine]] = {}
    for line in lines:
        known.setdefault(line.unit_id, []).append(line)

    def pressing(tally: Tally) -> tuple[int, int, int]:
        return (-tally.overdue, -tally.soon, -tally.late)

    found = []
    for unit_id, people in known.items():
        ranked = tuple(sorted(people, key=lambda one: (*pressing(one.tally), one.name)))
        tally = sum((one.tally for one in ranked), Tally())
        found.append(UnitLine(unit_id, units.get(unit_id or 0, ""), tally, ranked))
    return sorted(found, key=lambda one: (*pressing(one.tally), one.name))


def _late_since(desk: Desk) -> date:
    return desk.today().replace(month=1, day=1)


def _condition(desk: Desk, session: Session, actor: Actor, group: Group) -> ColumnElement[bool]:
    today = desk.today()
    soon = calendar_of(session, actor.agency_id, desk.settings).add_working_days(today, SOON_WORKING_DAYS)
    if group is Group.SOON:
        conditions = [light_condition(light, today, soon) for light in ("today", "soon")]
        return or_(*[one for one in conditions if one is not None])
    found = light_condition(str(group), today, soon)
    assert found is not None, "the lists know these groups"
    return and_(found, Case.replied_on >= _late_since(desk)) if group is Group.LATE else found


def _grouped(session: Session, actor: Actor, condition: ColumnElement[bool]) -> dict[int | None, int]:
    query = (
        select(Case.handler_id, func.count())
        .where(Case.agency_id == actor.agency_id, Case.drill.is_(False), open_to(Case.id, actor), condition)
        .group_by(Case.handler_id)
    )
    return dict(session.execute(query).all())


def _by_handler(session: Session, desk: Desk, actor: Actor, group: Group) -> dict[int | None, int]:
    return _grouped(session, actor, _condition(desk, session, actor, group))


def cases_of(desk: Desk, actor: Actor, wanted: Wanted, number: int = 1, size: int = 30) -> Page[Row]:
    """The cases behind a figure of the board, the longest overdue first. Raises NotPermitted."""
    require(actor, Permission.SUPERVISION_BOARD_READ)
    with desk.reading() as session:
        query = select(Case).where(
            Case.agency_id == actor.agency_id,
            Case.drill.is_(False),
            open_to(Case.id, actor),
            _condition(desk, session, actor, wanted.group),
        )
        if wanted.handler is not None:
            query = query.where(Case.handler_id == wanted.handler if wanted.handler else Case.handler_id.is_(None))
        if wanted.unit is not None:
            members = select(Account.id).where(Account.unit_id == wanted.unit)
            nowhere = select(Account.id).where(Account.unit_id.is_(None))
            outside = or_(Case.handler_id.is_(None), Case.handler_id.in_(nowhere))
            query = query.where(Case.handler_id.in_(members) if wanted.unit else outside)
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        order = Case.replied_on.desc() if wanted.group is Group.LATE else Case.sort_due_on
        found = session.scalars(query.order_by(order, Case.id).offset((number - 1) * size).limit(size)).all()
        rows = tuple(_rows(session, desk, actor, found))
    return Page(rows, total, number, size)


def _rows(session: Session, desk: Desk, actor: Actor, cases: Sequence[Case]) -> Iterable[Row]:
    calendar, today = calendar_of(session, actor.agency_id, desk.settings), desk.today()
    held = _held(session, desk, calendar, {case.id: case.replied_on for case in cases})
    people = {
        one.id: one
        for one in session.scalars(select(Account).where(Account.id.in_({case.handler_id for case in cases})))
    }
    for case in cases:
        handler = people.get(case.handler_id or 0)
        late = calendar.working_days_between(case.sort_due_on, case.replied_on or today) if case.sort_due_on else 0
        yield Row(
            case_id=case.id,
            number=case.number,
            subject=case.subject,
            case_type=case.case_type,
            handler=handler.name if handler else "",
            unit=handler.unit.name if handler and handler.unit else "",
            due=case.sort_due_on,
            replied_on=case.replied_on,
            late_working_days=late,
            light=row_light(case, today, calendar),
            held=tuple(held[case.id]),
        )


def _held(
    session: Session, desk: Desk, calendar: Calendar, replied: Mapping[int, date | None]
) -> dict[int, list[Held]]:
    """The steps that held each case for a working day or longer before its reply, the longest first."""
    found: dict[int, list[Held]] = {case_id: [] for case_id in replied}
    query = (
        select(WorkItem, Account.name)
        .join(Account, Account.id == func.coalesce(WorkItem.done_by, WorkItem.assignee_id), isouter=True)
        .where(WorkItem.case_id.in_(replied), WorkItem.status.in_(["open", "done"]))
        .order_by(WorkItem.id)
    )
    for work, name in session.execute(query):
        opened = desk.local(work.opened_at).date()
        ended = desk.local(work.done_at).date() if work.done_at else desk.today()
        days = calendar.working_days_between(opened, min(ended, replied[work.case_id] or ended))
        if days:
            found[work.case_id].append(Held(work.name, name or "", days, work.status == "open"))
    for held in found.values():
        held.sort(key=lambda one: -one.working_days)
    return found


# How many cases the causes are drawn from: enough for a county, bounded for a province.
_CAUSES_FROM = 500


def _causes(session: Session, desk: Desk, actor: Actor) -> tuple[Cause, ...]:
    """Of each case that ran out (open or closed), the step that held it the longest."""
    calendar = calendar_of(session, actor.agency_id, desk.settings)
    condition = or_(*[_condition(desk, session, actor, group) for group in (Group.OVERDUE, Group.LATE)])
    query = (
        select(Case.id, Case.replied_on)
        .where(Case.agency_id == actor.agency_id, Case.drill.is_(False), open_to(Case.id, actor), condition)
        .order_by(Case.sort_due_on.desc())
        .limit(_CAUSES_FROM)
    )
    replied = dict(session.execute(query).all())
    counted: dict[str, tuple[int, int]] = {}
    for held in _held(session, desk, calendar, replied).values():
        if held:
            cases, days = counted.get(held[0].step, (0, 0))
            counted[held[0].step] = (cases + 1, days + held[0].working_days)
    causes = [Cause(step, cases, days) for step, (cases, days) in counted.items()]
    return tuple(sorted(causes, key=lambda one: (-one.cases, -one.working_days, one.step)))


@dataclass(frozen=True, slots=True)
class Month:
    """What came in and what was answered in a month; `late` of the answered ones after their date."""

    first: date
    received: int
    replied: int
    late: int


def trend(desk: Desk, actor: Actor, months: int = 12) -> tuple[Month, ...]:
    """The last `months` months, this one included, the oldest first. Raises NotPermitted."""
    require(actor, Permission.SUPERVISION_BOARD_READ)
    first = desk.today().replace(day=1)
    firsts = [first]
    for _ in range(months - 1):
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    firsts.reverse()
    ours = (Case.agency_id == actor.agency_id, Case.drill.is_(False), open_to(Case.id, actor))
    received: Counter[date] = Counter()
    replied: Counter[date] = Counter()
    late: Counter[date] = Counter()
    with desk.reading() as session:
        came = select(Case.received_on, func.count()).where(*ours, Case.received_on >= firsts[0])
        for day, count in session.execute(came.group_by(Case.received_on)):
            received[_month(day)] += count
        left = select(Case.replied_on, Case.in_time, func.count()).where(*ours, Case.replied_on >= firsts[0])
        for day, in_time, count in session.execute(left.group_by(Case.replied_on, Case.in_time)):
            replied[_month(day)] += count
            late[_month(day)] += count if in_time is False else 0
    return tuple(Month(one, received[one], replied[one], late[one]) for one in firsts)


def _month(day: date | None) -> date:
    assert day is not None, "the query asks for days after another"
    return day.replace(day=1)
