"""Work lists: what to do, by when, and who has it, without opening the case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, exists, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from engine.cases.access import hidden_from, needs_case_work, visible
from engine.cases.calendars import calendar_of
from engine.cases.definitions import registered
from engine.cases.desk import Actor, Desk
from engine.cases.filters import OPEN_LIGHTS, Days, Filters, narrow
from engine.cases.identity import mask_name
from engine.cases.lights import row_light
from engine.cases.listing import Part, page_of
from engine.cases.permissions import Permission, permits
from engine.cases.search import newest, reading
from engine.cases.stops import stands_still
from engine.cases.work_tabs import Tab, Waiting, done_by, in_each_hands, in_hands
from engine.statute.calendar import Calendar
from engine.statute.light import LightReading
from engine.store.one_of import OneOf
from engine.store.tables import WAITS, Account, Case, Unit, WorkItem

PAGE = 30
# So many of the cases that a searched text is found in are listed.
FOUND = 100
_C, _W = Case.__table__.c, WorkItem.__table__.c
# All that a line shows, read as plain rows: objects would cost as much again as the statement.
_OF_CASE = (
    _C.id, _C.number, _C.subject, _C.applicant_name, _C.applicant_kind, _C.channel, _C.drill, _C.confidential,
    _C.received_on, _C.arrived_on, _C.due_on, _C.estimated_due_on, _C.sort_due_on, _C.told_due_on, _C.clock_status,
    _C.open_timers, _C.decision, _C.closed_at, _C.in_time,
)  # fmt: skip
# Who has an open work item or did it: the person, else the unit.
_HOLDER = func.coalesce(Account.__table__.c.name, Unit.__table__.c.name, "").label("holder")
_OF_WORK = (
    _W.id.label("item_id"), _W.case_id, _W.name.label("step"), _W.role, _W.unit_id, _W.assignee_id, _W.limit_on,
    _W.done_at, _W.outcome, _HOLDER,
)  # fmt: skip
_LATER = aliased(WorkItem)


def _with_holder(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    person = func.coalesce(WorkItem.done_by, WorkItem.assignee_id)
    return query.outerjoin(Account, Account.id == person).outerjoin(Unit, Unit.id == WorkItem.unit_id)


_WORK = _with_holder(select(*_OF_WORK).select_from(WorkItem))
_CASES: Select[*tuple[Any, ...]] = select(*_OF_CASE)
# Cases first: what may be missing is joined last, so that the database can begin where it likes.
_WORK_AND_CASES = _with_holder(
    select(*_OF_WORK, *_OF_CASE).select_from(WorkItem).join(Case, Case.id == WorkItem.case_id)
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list.

    Attributes:
        applicant: masked where the reader may not reveal personal data.
        light: colour, word and remaining working days; due: the working target.
        told_due: the date the applicant was told, when it differs from what now counts.
        step, holder: what waits and who has it (a person, else unit or role).
        behalf: the absent person in whose place the reader may do it.
    """

    case_id: int
    number: str
    subject: str
    applicant: str
    natural_person: bool
    channel: str | None
    drill: bool
    confidential: bool
    received_on: date | None
    arrived_on: date | None
    due: date | None
    told_due: date | None
    light: LightReading
    decision: str | None
    work_item_id: int | None = None
    step: str = ""
    holder: str = ""
    behalf: str = ""
    claimed: bool = False
    limit_on: date | None = None
    stands_still: bool = False
    done_at: datetime | None = None
    outcome: str | None = None
    closed_at: datetime | None = None
    in_time: bool | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list; it has `total` rows, or more than that when `more`."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    more: bool = False


# As lists show it: the day of receipt, or while that is not confirmed the day of arrival.
_CAME_ON = func.coalesce(Case.received_on, Case.arrived_on)
# Columns that a work list can be put in order by, and whether the last comes first; the first of them is the usual one.
_WORK_ORDERS: Mapping[str, tuple[Any, bool]] = {
    "due": (WorkItem.sort_due_on, False),
    "limit": (WorkItem.limit_on, False),
    "received": (_CAME_ON, True),
    "number": (WorkItem.case_id, True),
    "done": (WorkItem.done_at, True),
}


def _work_order(tab: Tab, filters: Filters) -> tuple[Any, Any]:
    usual = "done" if tab in {Tab.DONE, Tab.CLOSED} else "due"
    column, down = _WORK_ORDERS.get(filters.sort, _WORK_ORDERS[usual])
    if down is not filters.turned:
        # Where there is no index to follow, those without a value come last on every database.
        return column.desc().nulls_last() if column is _CAME_ON else column.desc(), WorkItem.id.desc()
    return column.nulls_last(), WorkItem.id


def my_work(
    desk: Desk, actor: Actor, tab: Tab, filters: Filters, page: int = 1, size: int = PAGE, counted: int | None = None
) -> Listing:
    """One page of 待办, 待签 or 已办, the most pressing first (已办: the newest first), or in the order asked for.

    `counted`: how many rows it has without filters, where they stand beside the menu (`menu_counts`).
    """
    needs_case_work(actor)
    with desk.reading() as session:
        today, calendar = desk.today(), calendar_of(session, actor.agency_id, desk.settings)
        days = Days.on(today, calendar)

        def listed(condition: ColumnElement[bool]) -> Select[Any]:
            query = select(WorkItem.id).where(condition)
            if tab is Tab.CLOSED or filters.narrows or filters.sort == "received":
                query = query.join(Case, Case.id == WorkItem.case_id)
            return narrowed(query)

        def narrowed(query: Select[Any]) -> Select[Any]:
            if filters.text:
                query = query.where(reading(filters.text))
            return cast("Select[Any]", narrow(query, filters, days, desk.zone))

        free: Waiting | None = None
        stretches: list[ColumnElement[bool]] = []
        parts: list[Select[Any]] = []
        if tab is Tab.TODO:
            condition = in_hands(actor)
            stretches = in_each_hands(actor) if actor.absent else []
        elif tab is Tab.CLAIM:
            every, _current = registered(session, desk.library)
            free = Waiting.of(actor, hidden_from(session, actor), every)
            condition, stretches = free.condition(), free.stretches()
            parts = [listed(one) for one in free.parts()]
        else:
            condition = done_by(actor)
        query = listed(condition)
        if tab is Tab.CLOSED:
            # One line for each case: the last step that the actor did in it.
            query = query.where(Case.closed_at.is_not(None), ~_later_step())
            mine = select(WorkItem.case_id).where(condition).distinct().subquery()
            closed = narrowed(select(Case.id).where(Case.id == mine.c.case_id, Case.closed_at.is_not(None)))
            # A value, not EXISTS: PostgreSQL would make a join of that, and read every closed case for it.
            parts = [select(mine.c.case_id).where(closed.correlate(mine).scalar_subquery().is_not(None))]
        ordered = [] if filters.ordered else [listed(one) for one in stretches]
        known = None if filters.narrows else counted
        part = Part(query, _WORK_AND_CASES, WorkItem.id, _work_order(tab, filters), ordered, parts, known)
        found = page_of(session, [part], page, size, dear=tab is Tab.CLOSED)
        names = {person.id: person.name for person in actor.absent}
        rows = tuple(
            _row(
                one,
                row_light(one, today, calendar),
                one,
                free.in_place_of(one.role, one.unit_id) if free else names.get(one.assignee_id, ""),
            )
            for one in found.rows
        )
        return Listing(_shown(rows, actor), found.total, found.number, found.pages, found.more)


def _shown(rows: tuple[Row, ...], actor: Actor) -> tuple[Row, ...]:
    """The rows as the actor may see them, on the screen, on paper and in a spreadsheet alike.

    Names of natural persons are masked for those who may not reveal personal data (个人信息保护法 Art. 6: no more
    than is needed); who opens a case that he may see reads the name there.
    """
    if permits(actor, Permission.CASES_PERSONAL_REVEAL):
        return rows
    return tuple(replace(row, applicant=mask_name(row.applicant)) if row.natural_person else row for row in rows)


def _later_step() -> ColumnElement[bool]:
    """Of a work item done: that the same person did a later one of the same case."""
    same = (_LATER.done_by == WorkItem.done_by, _LATER.case_id == WorkItem.case_id, _LATER.id > WorkItem.id)
    return exists().where(*same, _LATER.status == literal_column("'done'"))


def all_cases(desk: Desk, actor: Actor, filters: Filters, page: int = 1, size: int = PAGE) -> Listing:
    """One page of every case the actor may see: the open ones by what is due, then the closed ones, newest first.

    With a searched text only the newest `FOUND` cases that hold it are listed.
    """
    needs_case_work(actor)
    with desk.reading() as session:
        today, calendar = desk.today(), calendar_of(session, actor.agency_id, desk.settings)
        seen = visible(select(Case), actor, hidden=hidden_from(session, actor))
        query = narrow(seen, filters, Days.on(today, calendar), desk.zone)
        if filters.words:
            searched = _searched(session, query, filters, (page, size), (today, calendar))
            return replace(searched, rows=_shown(searched.rows, actor))
        found = page_of(session, _parts(query, filters), page, size)
        rows = _case_rows(session, found.rows, today, calendar)
        return Listing(_shown(rows, actor), found.total, found.number, found.pages, found.more)


def chosen_cases(desk: Desk, actor: Actor, case_ids: Sequence[int]) -> tuple[Row, ...]:
    """The lines of these cases, as far as the actor may see them, the most pressing first."""
    needs_case_work(actor)
    with desk.reading() as session:
        calendar = calendar_of(session, actor.agency_id, desk.settings)
        query = visible(_CASES.where(Case.id.in_(list(case_ids))), actor)
        cases = session.execute(query.order_by(Case.sort_due_on.nulls_last(), Case.id)).all()
        return _shown(_case_rows(session, cases, desk.today(), calendar), actor)


def _case_rows(session: Session, cases: Sequence[Any], today: date, calendar: Calendar) -> tuple[Row, ...]:
    waiting = _waiting(session, [case.id for case in cases])
    return tuple(_row(case, row_light(case, today, calendar), waiting.get(case.id)) for case in cases)


def _searched(
    session: Session, query: Select[Any], filters: Filters, place: tuple[int, int], on: tuple[date, Calendar]
) -> Listing:
    number, size = place
    told = query.with_only_columns(Case.id, *_place(filters))
    found = newest(session, told, filters.words, FOUND + 1)
    total = min(len(found), FOUND)
    pages = max(-(-total // size), 1)
    number = min(max(number, 1), pages)
    ids = [row.id for row in _in_order(found[:FOUND], filters)[(number - 1) * size : number * size]]
    cases = {case.id: case for case in session.connection().execute(_CASES.where(OneOf(Case.id, ids)))}
    rows = _case_rows(session, [cases[case_id] for case_id in ids], *on)
    return Listing(rows, total, number, pages, len(found) > FOUND)


def _place(filters: Filters) -> tuple[Any, Any]:
    """By which columns a whole list is put in order, as `_parts` does; the first tells what comes last."""
    if filters.sort in _CASE_ORDERS:
        column, _down = _CASE_ORDERS[filters.sort]
        column = _CAME_ON if column is Case.received_on else column
        return column.is_not(None).label("last"), column.label("place")
    return Case.closed_at.is_not(None).label("last"), func.coalesce(Case.sort_due_on, date.max).label("place")


def _in_order(rows: Sequence[Any], filters: Filters) -> list[Any]:
    down = filters.sort in _CASE_ORDERS and _CASE_ORDERS[filters.sort][1]

    def place(row: Any) -> tuple[bool, str, int]:
        return row.last, "" if isinstance(row.place, int) else str(row.place), row.id

    return sorted(rows, key=place, reverse=down is not filters.turned)


# As _WORK_ORDERS, for the list of all cases: those that an index has.
_CASE_ORDERS: Mapping[str, tuple[Any, bool]] = {
    "received": (Case.received_on, True),
    "number": (Case.id, True),
    "closed": (Case.closed_at, True),
}


def _parts(query: Select[Any], filters: Filters) -> list[Part]:
    found, shown = query.with_only_columns(Case.id), _CASES
    if filters.sort in _CASE_ORDERS:
        column, down = _CASE_ORDERS[filters.sort]
        falling = down is not filters.turned
        order = (column.desc(), Case.id.desc()) if falling else (column.asc(), Case.id.asc())
        if not column.property.columns[0].nullable:
            return [Part(found, shown, Case.id, order)]
        # Databases differ in where they put those without a value: they come last where the newest come first.
        known, unknown = found.where(column.is_not(None)), found.where(column.is_(None))
        parts = [Part(known, shown, Case.id, order)]
        if column is Case.received_on:
            # They have only just arrived: the newest of all.
            came, unknown = unknown.where(Case.arrived_on.is_not(None)), unknown.where(Case.arrived_on.is_(None))
            by_arrival = Case.arrived_on.desc() if falling else Case.arrived_on.asc()
            parts.insert(0, Part(came, shown, Case.id, (by_arrival, order[1])))
        parts.append(Part(unknown, shown, Case.id, order[1:]))
        return parts if falling else parts[::-1]
    by_due: tuple[Any, Any] = (Case.sort_due_on.nulls_last(), Case.id)
    if filters.turned:
        by_due = (Case.sort_due_on.desc().nulls_last(), Case.id.desc())
    said = filters.status == "open" or filters.light in OPEN_LIGHTS
    open_ = Part(found if said else found.where(Case.closed_at.is_(None)), shown, Case.id, by_due)
    newest_first = (Case.closed_at.desc(), Case.id.desc())
    closed = Part(found.where(Case.closed_at.is_not(None)), shown, Case.id, newest_first)
    if said:
        return [open_]
    return [closed] if filters.status == "closed" or filters.light else [open_, closed]


def _waiting(session: Session, case_ids: Sequence[int]) -> dict[int, Any]:
    """The oldest open work item of each case, with who has it."""
    query = _WORK.where(OneOf(WorkItem.case_id, case_ids), WAITS).order_by(WorkItem.id.desc())
    return {item.case_id: item for item in session.connection().execute(query)}


def _row(case: Any, light: LightReading, work: Any, behalf: str = "") -> Row:
    """`case`: a row with the columns of `_OF_CASE`; `work`: one with those of `_OF_WORK`, or None."""
    told = case.told_due_on if case.told_due_on not in (None, case.due_on) else None
    return Row(
        case_id=case.id,
        number=case.number,
        subject=case.subject,
        applicant=case.applicant_name or "",
        natural_person=case.applicant_kind == "natural_person",
        channel=case.channel,
        drill=case.drill,
        confidential=case.confidential,
        received_on=case.received_on,
        arrived_on=case.arrived_on,
        due=case.sort_due_on,
        told_due=told,
        light=light,
        decision=case.decision,
        work_item_id=work.item_id if work else None,
        step=work.step if work else "",
        holder=work.holder if work else "",
        behalf=behalf,
        claimed=bool(work and work.assignee_id),
        limit_on=work.limit_on if work else None,
        stands_still=stands_still(case),
        done_at=work.done_at if work else None,
        outcome=work.outcome if work else None,
        closed_at=case.closed_at,
        in_time=case.in_time,
    )
