"""The lists behind the supervisor's board: the cases of a group, what held them, the steps in somebody's hands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, not_, select
from sqlalchemy.orm import Session

from engine.cases.desk import Actor, Desk
from engine.cases.lights import row_light
from engine.cases.listing import Part, page_of
from engine.cases.page import Page
from engine.cases.permissions import Permission, require
from engine.cases.stops import STANDS_STILL, stands_still
from engine.cases.supervised import Group, Supervised, of_person
from engine.statute.light import LightReading
from engine.store.one_of import OneOf
from engine.store.tables import Account, Case, Unit, WorkItem

# So many of the steps that held a case are told.
_TOLD = 3
_C, _W, _PERSON, _HOME = (one.__table__.c for one in (Case, WorkItem, Account, Unit))
# All that a line shows, read as plain rows.
_OF_CASE = (
    _C.id, _C.number, _C.subject, _C.case_type, _C.due_on, _C.estimated_due_on, _C.sort_due_on, _C.clock_status,
    _C.closed_at, _C.replied_on, _C.open_timers, _C.handler_id,
)  # fmt: skip
_CASES = (
    select(*_OF_CASE, _PERSON.name.label("handler"), _HOME.name.label("unit"))
    .select_from(Case)
    .outerjoin(Account, Account.id == Case.handler_id)
    .outerjoin(Unit, Unit.id == Account.unit_id)
)
_STEPS = (
    select(*_OF_CASE, _W.name, _W.opened_at, _W.limit_on, _PERSON.name.label("holder"))
    .select_from(WorkItem)
    .join(Case, Case.id == WorkItem.case_id)
    .outerjoin(Account, Account.id == WorkItem.assignee_id)
)


@dataclass(frozen=True, slots=True)
class HeldBy:
    """A step that held a case, with who has it or did it."""

    step: str
    who: str
    working_days: int
    open: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A case of a group, with the steps that held it the longest."""

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
    held: tuple[HeldBy, ...]

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
    """An open step in somebody's hands, or in nobody's yet.

    `past`: working days since its internal limit; `stands_still`: the limit does, with the case.
    """

    case_id: int
    number: str
    subject: str
    step: str
    holder: str
    opened_at: datetime
    limit_on: date | None
    past: int
    stands_still: bool
    light: LightReading


def cases_of(desk: Desk, actor: Actor, wanted: Wanted, number: int = 1, size: int = 30) -> Page[Row]:
    """The cases behind a figure of the board, the longest overdue first. Raises NotPermitted."""
    require(actor, Permission.SUPERVISION_BOARD_READ)
    with desk.reading() as session:
        view = Supervised(desk, session, actor)
        chosen = view.condition(wanted.group, wanted.month, wanted.step)
        narrowed = of_person(Case.handler_id, wanted.handler, wanted.unit)
        found = select(Case.id).where(*view.cases, chosen, *narrowed)
        order = {
            Group.LATE: Case.replied_on.desc(),
            Group.REPLIED: Case.replied_on.asc(),
            Group.REPLIED_LATE: Case.replied_on.asc(),
            Group.RECEIVED: Case.received_on.asc(),
        }.get(wanted.group, Case.sort_due_on.asc())
        page = page_of(session, [Part(found, _CASES, Case.id, (order, Case.id))], number, size)
        return Page(tuple(_rows(view, page.rows)), page.total, page.number, size, page.more)


def steps_of(
    desk: Desk,
    actor: Actor,
    handler: int | None,
    unit: int | None,
    number: int = 1,
    size: int = 50,
    *,
    late: bool = False,
) -> Page[StepRow]:
    """The open steps in the hands of one person (0: nobody yet) or of the people of a unit, the oldest first.

    `late`: only those past their internal limit, the longest past first; none of a case that stands still.
    """
    require(actor, Permission.SUPERVISION_BOARD_READ)
    with desk.reading() as session:
        view = Supervised(desk, session, actor)
        found = select(WorkItem.id).where(*view.steps, *of_person(WorkItem.assignee_id, handler, unit))
        first: ColumnElement[Any] = WorkItem.opened_at.asc()
        if late:
            ours = (WorkItem.agency_id == actor.agency_id, WorkItem.limit_on < view.today)
            found = found.join(Case, Case.id == WorkItem.case_id).where(*ours, not_(STANDS_STILL))
            first = WorkItem.limit_on.asc()
        page = page_of(session, [Part(found, _STEPS, WorkItem.id, (first, WorkItem.id))], number, size)
        rows = tuple(
            StepRow(
                step.id,
                step.number,
                step.subject,
                step.name,
                step.holder or "",
                step.opened_at,
                step.limit_on,
                view.calendar.working_days_between(step.limit_on, view.today) if step.limit_on else 0,
                stands_still(step),
                row_light(step, view.today, view.calendar),
            )
            for step in page.rows
        )
        return Page(rows, page.total, page.number, size, page.more)


def _rows(view: Supervised, found: Sequence[Any]) -> Iterable[Row]:
    held = view.held({case.id: case.replied_on for case in found})
    told = {case_id: steps[:_TOLD] for case_id, steps in held.items()}
    names = {case.handler_id: case.handler for case in found}  # who mostly did the steps, too
    others = {one.who for steps in told.values() for one in steps if one.who}.difference(names)
    names |= _names(view.session, others)
    for case in found:
        ended = case.replied_on or view.today
        yield Row(
            case_id=case.id,
            number=case.number,
            subject=case.subject,
            case_type=case.case_type,
            handler=case.handler or "",
            unit=case.unit or "",
            due=case.sort_due_on,
            replied_on=case.replied_on,
            late_working_days=view.calendar.working_days_between(case.sort_due_on, ended) if case.sort_due_on else 0,
            light=row_light(case, view.today, view.calendar),
            held=tuple(
                HeldBy(one.step, names.get(one.who or 0, ""), one.working_days, one.open) for one in told[case.id]
            ),
        )


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    found = select(_PERSON.id, _PERSON.name).where(OneOf(_PERSON.id, ids))
    return {row.id: row.name for row in session.connection().execute(found)}
