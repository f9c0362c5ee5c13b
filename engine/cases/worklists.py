"""Work lists: what to do, by when, and who has it, without opening the case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from engine.cases.access import needs_case_work, visible
from engine.cases.calendars import calendar_of
from engine.cases.definitions import role_words
from engine.cases.desk import Actor, Desk
from engine.cases.lights import row_light
from engine.cases.listing import COUNTED, Part, page_of
from engine.cases.search import newest, reading
from engine.statute.calendar import Calendar
from engine.statute.light import LightReading
from engine.store.tables import WAITS, Account, AccountRole, Case, Unit, WorkItem

PAGE = 30
# So many of the cases that a searched text is found in are listed.
FOUND = 300
# Lights that only an open case shows.
OPEN_LIGHTS = frozenset({"overdue", "today", "soon", "later", "stopped"})


class Tab(StrEnum):
    """The four lists an officer knows: to do, to claim, done, closed."""

    TODO = "todo"
    CLAIM = "claim"
    DONE = "done"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list.

    Attributes:
        light: colour, word and remaining working days; due: the working target.
        told_due: the date the applicant was told, when it differs from what now counts.
        step, holder: what waits and who has it (a person, else unit or role).
    """

    case_id: int
    number: str
    subject: str
    applicant: str
    channel: str | None
    drill: bool
    received_on: date | None
    arrived_on: date | None
    due: date | None
    told_due: date | None
    light: LightReading
    decision: str | None
    work_item_id: int | None = None
    step: str = ""
    holder: str = ""
    claimed: bool = False
    limit_on: date | None = None
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


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; every field may be absent. `real` leaves drills out, as every report does."""

    text: str = ""
    channel: str = ""
    light: str = ""
    handler: int | None = None
    received_from: date | None = None
    received_to: date | None = None
    concluded_from: date | None = None
    concluded_to: date | None = None
    real: bool = False
    decision: str = ""
    status: str = ""
    sort: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def _narrow(query: Any, filters: Filters, today: date, soon: date, zone: ZoneInfo) -> Any:
    equal = {Case.channel: filters.channel, Case.decision: filters.decision, Case.handler_id: filters.handler}
    for column, wanted in equal.items():
        if wanted:
            query = query.where(column == wanted)
    if filters.received_from:
        query = query.where(Case.received_on >= filters.received_from)
    if filters.received_to:
        query = query.where(Case.received_on <= filters.received_to)
    if filters.concluded_from or filters.concluded_to:
        first, last = filters.concluded_from or date(1900, 1, 1), filters.concluded_to or today
        query = query.where(concluded(first, last, zone))
    if filters.real:
        query = query.where(Case.drill.is_(False))
    if filters.status == "open":
        query = query.where(Case.closed_at.is_(None))
    elif filters.status == "closed":
        query = query.where(Case.closed_at.is_not(None))
    condition = light_condition(filters.light, today, soon)
    return query if condition is None else query.where(condition)


def concluded(first: date, last: date, zone: ZoneInfo) -> ColumnElement[bool]:
    """Cases answered from first to last; closed in that time if they need no reply (withdrawn, abandoned)."""
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    without = and_(Case.replied_on.is_(None), Case.closed_at >= begin, Case.closed_at < end)
    return or_(Case.replied_on.between(first, last), without)


def light_condition(light: str, today: date, soon: date) -> ColumnElement[bool] | None:
    """Which cases show a light, by their indexed columns; `soon` is the last day within three working days."""
    running = and_(Case.closed_at.is_(None), Case.clock_status.in_(["running", "unconfirmed"]))
    conditions: dict[str, ColumnElement[bool]] = {
        "overdue": and_(
            Case.closed_at.is_(None),
            Case.clock_status.in_(["running", "unconfirmed", "suspended"]),
            Case.sort_due_on < today,
        ),
        "today": and_(running, Case.sort_due_on == today),
        "soon": and_(running, Case.sort_due_on > today, Case.sort_due_on <= soon),
        "later": and_(running, Case.sort_due_on > soon),
        "stopped": and_(Case.closed_at.is_(None), Case.clock_status.in_(["waiting", "suspended"])),
        "closed": Case.closed_at.is_not(None),
        "late": and_(Case.closed_at.is_not(None), Case.in_time.is_(False)),
    }
    return conditions.get(light)


def _claimable(actor: Actor, roles: Collection[str]) -> ColumnElement[bool]:
    """Open work items of these roles and the actor's unit that nobody has taken."""
    return and_(
        WorkItem.agency_id == actor.agency_id,
        WAITS,
        WorkItem.assignee_id.is_(None),
        WorkItem.role.in_(roles),
        or_(WorkItem.unit_id.is_(None), WorkItem.unit_id == actor.unit_id),
    )


def _stretches(actor: Actor, roles: Collection[str]) -> list[ColumnElement[bool]]:
    """How the index keeps what can be claimed: by role, by unit, the most pressing first."""
    units = [WorkItem.unit_id.is_(None)] + ([] if actor.unit_id is None else [WorkItem.unit_id == actor.unit_id])
    return [and_(WorkItem.role == role, unit) for role in sorted(roles) for unit in units]


def _tab_condition(tab: Tab, actor: Actor, roles: Collection[str]) -> ColumnElement[bool]:
    if tab is Tab.TODO:
        return and_(WAITS, WorkItem.assignee_id == actor.id)
    if tab is Tab.CLAIM:
        return _claimable(actor, roles)
    return and_(WorkItem.status == "done", WorkItem.done_by == actor.id)


def my_work(desk: Desk, actor: Actor, tab: Tab, filters: Filters, page: int = 1) -> Listing:
    """One page of 待办, 待签 or 已办, the most pressing first (已办: the newest first)."""
    needs_case_work(actor)
    with desk.reading() as session:
        today, calendar = desk.today(), calendar_of(session, actor.agency_id, desk.settings)
        soon = calendar.add_working_days(today, 3)
        roles = role_words(session, desk.library, actor.roles) if tab is Tab.CLAIM else ()
        shown = select(WorkItem, Case).join(Case, Case.id == WorkItem.case_id)
        query = select(WorkItem.id).where(_tab_condition(tab, actor, roles))
        if tab is Tab.CLOSED or filters != Filters():
            query = query.join(Case, Case.id == WorkItem.case_id)
        if filters.text:
            query = query.where(reading(filters.text))
        query = _narrow(query, filters, today, soon, desk.zone)
        if tab is Tab.CLOSED:
            # One line for each case: the last step that the actor did in it.
            last = select(func.max(WorkItem.id)).where(_tab_condition(tab, actor, roles)).group_by(WorkItem.case_id)
            query = query.where(Case.closed_at.is_not(None), WorkItem.id.in_(last))
        latest = (WorkItem.done_at.desc(), WorkItem.id.desc())
        pressing = (WorkItem.sort_due_on.nulls_last(), WorkItem.id)
        order = latest if tab in {Tab.DONE, Tab.CLOSED} else pressing
        stretches = _stretches(actor, roles) if tab is Tab.CLAIM else ()
        found = page_of(session, [Part(query, shown, WorkItem.id, order, stretches)], page, PAGE)
        holders = _holders(session, [work for work, _case in found.rows])
        rows = tuple(
            _row(case, row_light(case, today, calendar), work, holders.get(work.id, "")) for work, case in found.rows
        )
        return Listing(rows, found.total, found.number, found.pages, found.more)


def handlers(desk: Desk, actor: Actor) -> dict[int, str]:
    """Whoever can be a case's handler: account id -> name."""
    with desk.reading() as session:
        rows = session.execute(
            select(Account.id, Account.name)
            .join(AccountRole)
            .where(Account.agency_id == actor.agency_id, AccountRole.role == "handler")
            .order_by(Account.name)
        )
        return dict(rows.all())


def all_cases(desk: Desk, actor: Actor, filters: Filters, page: int = 1) -> Listing:
    """One page of every case the actor may see: the open ones by what is due, then the closed ones, newest first.

    With a searched text only the newest `FOUND` cases that hold it are listed.
    """
    needs_case_work(actor)
    with desk.reading() as session:
        today, calendar = desk.today(), calendar_of(session, actor.agency_id, desk.settings)
        query = _narrow(visible(select(Case), actor), filters, today, calendar.add_working_days(today, 3), desk.zone)
        if filters.text:
            return _searched(session, query, filters, page, (today, calendar))
        found = page_of(session, _parts(query, filters), page, PAGE)
        rows = _case_rows(session, [case for (case,) in found.rows], today, calendar)
        return Listing(rows, found.total, found.number, found.pages, found.more)


def _case_rows(session: Session, cases: Sequence[Case], today: date, calendar: Calendar) -> tuple[Row, ...]:
    waiting = _waiting(session, [case.id for case in cases])
    return tuple(_row(case, row_light(case, today, calendar), *waiting.get(case.id, (None, ""))) for case in cases)


def _searched(session: Session, query: Select[Any], filters: Filters, page: int, on: tuple[date, Calendar]) -> Listing:
    narrowed = query.with_only_columns(Case.id, Case.closed_at, Case.sort_due_on)
    found = newest(session, narrowed, filters.text, FOUND + 1)
    total = min(len(found), FOUND)
    pages = max(-(-total // PAGE), 1)
    page = min(max(page, 1), pages)
    ids = [row[0] for row in sorted(found[:FOUND], key=_pressing)[(page - 1) * PAGE : page * PAGE]]
    cases = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(ids)))}
    rows = _case_rows(session, [cases[case_id] for case_id in ids], *on)
    return Listing(rows, total, page, pages, len(found) > FOUND)


def _pressing(row: Any) -> tuple[bool, date, int]:
    return row.closed_at is not None, row.sort_due_on or date.max, row.id


def _parts(query: Select[Any], filters: Filters) -> list[Part]:
    found, shown = query.with_only_columns(Case.id), select(Case)
    own_order = {
        "received": (Case.received_on.desc(), Case.id.desc()),
        "number": (Case.id.desc(),),
        "closed": (Case.closed_at.desc(), Case.id.desc()),
    }.get(filters.sort)
    if own_order:
        return [Part(found, shown, Case.id, own_order)]
    by_due, newest_first = (Case.sort_due_on.nulls_last(), Case.id), (Case.closed_at.desc(), Case.id.desc())
    open_ = Part(found.where(Case.closed_at.is_(None)), shown, Case.id, by_due)
    closed = Part(found.where(Case.closed_at.is_not(None)), shown, Case.id, newest_first)
    if filters.status == "open" or filters.light in OPEN_LIGHTS:
        return [open_]
    return [closed] if filters.status == "closed" or filters.light else [open_, closed]


def _waiting(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[WorkItem, str]]:
    """The oldest open work item of each case, with a word on how many more there are."""
    items = session.scalars(select(WorkItem).where(WorkItem.case_id.in_(case_ids), WAITS).order_by(WorkItem.id)).all()
    holders = _holders(session, items)
    found: dict[int, tuple[WorkItem, str]] = {}
    for item in items:
        found.setdefault(item.case_id, (item, holders[item.id]))
    return found


def _holders(session: Session, items: Sequence[WorkItem]) -> dict[int, str]:
    people = {item.assignee_id for item in items} | {item.done_by for item in items}
    names = dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(people - {None}))).all())
    units = dict(
        session.execute(select(Unit.id, Unit.name).where(Unit.id.in_({item.unit_id for item in items} - {None}))).all()
    )
    return {
        item.id: names.get(item.done_by or item.assignee_id or 0) or units.get(item.unit_id or 0) or ""
        for item in items
    }


def _row(case: Case, light: LightReading, work: WorkItem | None = None, holder: str = "") -> Row:
    told = case.told_due_on if case.told_due_on not in (None, case.due_on) else None
    return Row(
        case_id=case.id,
        number=case.number,
        subject=case.subject,
        applicant=case.applicant_name or "",
        channel=case.channel,
        drill=case.drill,
        received_on=case.received_on,
        arrived_on=case.arrived_on,
        due=case.sort_due_on,
        told_due=told,
        light=light,
        decision=case.decision,
        work_item_id=work.id if work else None,
        step=work.name if work else "",
        holder=holder,
        claimed=bool(work and work.assignee_id),
        limit_on=work.limit_on if work else None,
        done_at=work.done_at if work else None,
        outcome=work.outcome if work else None,
        closed_at=case.closed_at,
        in_time=case.in_time,
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures beside the menu entries."""

    todo: int
    claim: int
    overdue: int
    soon: int


def _many(session: Session, query: Select[Any]) -> int:
    """How many rows, counted no further than a list is."""
    return session.scalar(select(func.count()).select_from(query.limit(COUNTED).subquery())) or 0


def todo_count(desk: Desk, actor: Actor) -> int:
    """How many work items are in the actor's hands: the figure beside the menu entry."""
    with desk.reading() as session:
        return _many(session, select(WorkItem.id).where(_tab_condition(Tab.TODO, actor, ())))


def counts(desk: Desk, actor: Actor) -> Counts:
    """How much waits for the actor and, of all cases visible, how many are overdue or due within three working days.

    No figure goes beyond `COUNTED`.
    """
    if actor.roles <= {"admin", "auditor"}:
        return Counts(0, 0, 0, 0)
    with desk.reading() as session:
        today, calendar = desk.today(), calendar_of(session, actor.agency_id, desk.settings)
        soon = calendar.add_working_days(today, 3)
        roles = role_words(session, desk.library, actor.roles)

        def cases(light: str) -> int:
            return _many(session, visible(select(Case.id), actor).where(light_condition(light, today, soon)))  # type: ignore[arg-type]  # a light that is known

        return Counts(
            _many(session, select(WorkItem.id).where(_tab_condition(Tab.TODO, actor, roles))),
            _many(session, select(WorkItem.id).where(_tab_condition(Tab.CLAIM, actor, roles))),
            cases("overdue"),
            cases("today") + cases("soon"),
        )
