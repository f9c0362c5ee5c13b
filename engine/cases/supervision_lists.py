"""The lists behind the supervisor's board: the cases of a group, what held them, the steps in somebody's hands.

Every figure of the board is counted under a condition that stands here, so that it opens exactly what it counts.
Drills are left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, load_only

from engine.cases.access import open_to
from engine.cases.calendars import calendar_of
from engine.cases.desk import Actor, Desk
from engine.cases.filters import light_condition
from engine.cases.lights import row_light
from engine.cases.page import Page
from engine.cases.permissions import Permission, require
from engine.statute.calendar import Calendar
from engine.statute.light import SOON_WORKING_DAYS, LightReading
from engine.store.tables import WAITS, Account, Case, WorkItem


class Group(StrEnum):
    """What a figure of the board counts.

    `soon`, `overdue`, `late` are 即将超期, 已超期, 超期后办结; `open` what somebody is handler of; `held` the overdue
    and late ones that one step held the longest; the others what came in, was answered and was answered late in a
    month.
    """

    SOON = "soon"
    OVERDUE = "overdue"
    LATE = "late"
    OPEN = "open"
    HELD = "held"
    RECEIVED = "received"
    REPLIED = "replied"
    REPLIED_LATE = "replied_late"


_OF_WORK = load_only(
    WorkItem.case_id, WorkItem.name, WorkItem.opened_at, WorkItem.done_at, WorkItem.status, raiseload=True
)
PRESSING = (Group.SOON, Group.OVERDUE, Group.LATE)
BY_MONTH = (Group.RECEIVED, Group.REPLIED, Group.REPLIED_LATE)

# How many cases the causes are drawn from: enough for a county, bounded for a province.
CAUSES_FROM = 500


@dataclass(frozen=True, slots=True)
class Held:
    """How long a step held a case: working days from the day it was opened to the day it was done, or to today."""

    step: str
    who: str
    working_days: int
    open: bool


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

    @property
    def late(self) -> bool:
        """Answered, and after its date."""
        return self.replied_on is not None and self.late_working_days > 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A group narrowed to a handler (0: none yet), to the unit of handlers (0: without unit), a month or a step."""

    group: Group
    handler: int | None = None
    unit: int | None = None
    month: date | None = None
    step: str = ""


@dataclass(frozen=True, slots=True)
class StepRow:
    """An open step in somebody's hands, or in nobody's yet."""

    case_id: int
    number: str
    subject: str
    step: str
    holder: str
    opened_at: datetime
    limit_on: date | None
    light: LightReading


def ours(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The cases that figures and lists are about: the agency's, no drills, none that is withheld from the actor."""
    return Case.agency_id == actor.agency_id, Case.drill.is_(False), open_to(Case.id, actor)


def late_since(desk: Desk) -> date:
    """超期后办结 counts replies from this day on."""
    return desk.today().replace(month=1, day=1)


def condition(
    desk: Desk, session: Session, actor: Actor, group: Group, month: date | None = None, step: str = ""
) -> ColumnElement[bool]:
    """Which cases a group holds."""
    if group in BY_MONTH:
        first = (month or desk.today()).replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if group is Group.RECEIVED:
            return Case.received_on.between(first, last)
        replied = Case.replied_on.between(first, last)
        return replied if group is Group.REPLIED else and_(replied, Case.in_time.is_(False))
    if group is Group.OPEN:
        return Case.closed_at.is_(None)
    if group is Group.HELD:
        held = longest_held(desk, session, actor)
        return Case.id.in_([case_id for case_id, one in held.items() if one.step == step])
    today = desk.today()
    soon = calendar_of(session, actor.agency_id, desk.settings).add_working_days(today, SOON_WORKING_DAYS)
    if group is Group.SOON:
        # Of `today` and `soon` together: one stretch of days, so that an index finds it.
        later = light_condition("later", today, today - timedelta(days=1))
        assert later is not None, "the lists know this group"
        return and_(later, Case.sort_due_on <= soon)
    found = light_condition(str(group), today, soon)
    assert found is not None, "the lists know these groups"
    return and_(found, Case.replied_on >= late_since(desk)) if group is Group.LATE else found


def longest_held(desk: Desk, session: Session, actor: Actor) -> dict[int, Held]:
    """Of each case that ran out (open, or answered since `late_since`), the step that held it the longest."""
    calendar = calendar_of(session, actor.agency_id, desk.settings)
    found: list[Any] = []
    for group in (Group.OVERDUE, Group.LATE):
        query = select(Case.sort_due_on, Case.id, Case.replied_on)
        query = query.where(*ours(actor), condition(desk, session, actor, group))
        found += session.execute(query.order_by(Case.sort_due_on.desc(), Case.id).limit(CAUSES_FROM))
    newest = sorted(found, key=lambda row: (-(row.sort_due_on or date.min).toordinal(), row.id))[:CAUSES_FROM]
    replied = {row.id: row.replied_on for row in newest}
    return {case_id: held[0] for case_id, held in _held(session, desk, calendar, replied).items() if held}


def cases_of(desk: Desk, actor: Actor, wanted: Wanted, number: int = 1, size: int = 30) -> Page[Row]:
    """The cases behind a figure of the board, the longest overdue first. Raises NotPermitted."""
    require(actor, Permission.SUPERVISION_BOARD_READ)
    with desk.reading() as session:
        chosen = condition(desk, session, actor, wanted.group, wanted.month, wanted.step)
        query = select(Case).where(*ours(actor), chosen, *_of(Case.handler_id, wanted.handler, wanted.unit))
        total = session.scalar(select(func.count()).select_from(query.with_only_columns(Case.id).subquery())) or 0
        order = {
            Group.LATE: Case.replied_on.desc(),
            Group.REPLIED: Case.replied_on,
            Group.REPLIED_LATE: Case.replied_on,
            Group.RECEIVED: Case.received_on,
        }.get(wanted.group, Case.sort_due_on)
        found = session.scalars(query.order_by(order, Case.id).offset((number - 1) * size).limit(size)).all()
        rows = tuple(_rows(session, desk, actor, found))
    return Page(rows, total, number, size)


def _of(person: Any, handler: int | None, unit: int | None) -> list[ColumnElement[bool]]:
    """The rows of one person (0: nobody), or of the people of a unit (0: those without one, and nobody)."""
    found: list[ColumnElement[bool]] = []
    if handler is not None:
        found.append(person == handler if handler else person.is_(None))
    if unit is not None:
        members = select(Account.id).where(Account.unit_id == unit)
        nowhere = select(Account.id).where(Account.unit_id.is_(None))
        found.append(person.in_(members) if unit else or_(person.is_(None), person.in_(nowhere)))
    return found


def steps_of(
    desk: Desk, actor: Actor, handler: int | None, unit: int | None, number: int = 1, size: int = 50
) -> Page[StepRow]:
    """The open steps in the hands of one person (0: nobody yet) or of the people of a unit, the oldest first."""
    require(actor, Permission.SUPERVISION_BOARD_READ)
    with desk.reading() as session:
        calendar, today = calendar_of(session, actor.agency_id, desk.settings), desk.today()
        query = (
            select(WorkItem, Case, Account.name)
            .join(Case, Case.id == WorkItem.case_id)
            .join(Account, Account.id == WorkItem.assignee_id, isouter=True)
            .where(WorkItem.agency_id == actor.agency_id, WAITS, *ours(actor))
            .where(*_of(WorkItem.assignee_id, handler, unit))
        )
        total = session.scalar(select(func.count()).select_from(query.with_only_columns(WorkItem.id).subquery())) or 0
        rows = tuple(
            StepRow(
                case.id,
                case.number,
                case.subject,
                work.name,
                name or "",
                work.opened_at,
                work.limit_on,
                row_light(case, today, calendar),
            )
            for work, case, name in session.execute(
                query.order_by(WorkItem.opened_at, WorkItem.id).offset((number - 1) * size).limit(size)
            )
        )
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
        .options(_OF_WORK)
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
