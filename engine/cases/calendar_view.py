"""The office's calendar as people look at it: a year at a glance, and the notices it rests on."""

from calendar import monthcalendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import select

from engine.cases.accounts import office_agency
from engine.cases.calendars import calendar_of
from engine.cases.desk import Actor, Desk
from engine.cases.permissions import Permission, require
from engine.holidays import builtin_notices
from engine.statute.calendar import Calendar
from engine.store.tables import Account, HolidayNotice


class DayKind(StrEnum):
    """Why a day counts or does not."""

    WORKING = "working"
    WEEKEND = "weekend"
    REST = "rest"
    MAKE_UP = "make_up"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Day:
    """One day; `name` is the holiday it belongs to, where a notice says so."""

    on: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks from Monday to Sunday; None where a day belongs to another month.

    `special`: runs of rest days with one name, and single make-up days, as (first, last).
    """

    number: int
    weeks: tuple[tuple[Day | None, ...], ...]
    working_days: int
    special: tuple[tuple[Day, Day], ...]


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A holiday notice: imported (`id`), or built in with the product (`id` None)."""

    id: int | None
    year: int
    paper: str
    rest_days: int
    make_up_days: int
    active: bool
    imported_at: datetime | None
    imported_by: str


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """A year at a glance.

    Attributes:
        loaded: its holiday notice is loaded; otherwise only the statutory holidays are known and dates are provisional.
        source: the notice it rests on.
        years: all loaded years, to leaf through.
    """

    year: int
    loaded: bool
    source: NoticeRow | None
    months: tuple[Month, ...]
    working_days: int
    years: tuple[int, ...]


def calendar_year(desk: Desk, actor: Actor, year: int | None = None) -> CalendarYear:
    """The year (None: this one), by the calendar in force. Years that cannot be counted in show the nearest one."""
    require(actor, Permission.CLOCK_CALENDAR_READ)
    with desk.reading() as session:
        calendar = calendar_of(session, actor.agency_id, desk.settings)
    first, last = min(calendar.loaded_years), max(calendar.loaded_years) + 1
    shown = min(max(year or desk.today().year, first), last)
    source = next((row for row in holiday_notices(desk, actor) if row.active and row.year == shown), None)
    names = _names(desk, actor)
    months = tuple(_month(shown, number, calendar, names) for number in range(1, 13))
    return CalendarYear(
        year=shown,
        loaded=shown in calendar.loaded_years,
        source=source,
        months=months,
        working_days=sum(month.working_days for month in months),
        years=tuple(range(first, last + 1)),
    )


def _names(desk: Desk, actor: Actor) -> dict[date, str]:
    names = {day: name for notice in builtin_notices() for day, name in notice.names.items()}
    with desk.reading() as session:
        rows = session.scalars(
            select(HolidayNotice).where(HolidayNotice.agency_id == actor.agency_id, HolidayNotice.active)
        )
        for row in rows:
            names |= {date.fromisoformat(day): name for day, name in row.names.items()}
    return names


def _month(year: int, number: int, calendar: Calendar, names: dict[date, str]) -> Month:
    weeks = tuple(
        tuple(_day(date(year, number, day), calendar, names) if day else None for day in week)
        for week in monthcalendar(year, number)
    )
    working = sum(day is not None and day.kind in {DayKind.WORKING, DayKind.MAKE_UP} for week in weeks for day in week)
    return Month(number, weeks, working, _special([day for week in weeks for day in week if day]))


def _special(days: Sequence[Day]) -> tuple[tuple[Day, Day], ...]:
    runs: list[tuple[Day, Day]] = []
    for before, day in pairwise([None, *days]):
        if day is None or day.kind in {DayKind.WORKING, DayKind.WEEKEND}:
            continue
        if before is not None and (before.kind, before.name) == (day.kind, day.name):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return tuple(runs)


def _day(day: date, calendar: Calendar, names: dict[date, str]) -> Day:
    name = names.get(day, "")
    if calendar.is_working_day(day):
        return Day(day, DayKind.MAKE_UP, name) if day.weekday() >= 5 else Day(day, DayKind.WORKING, "")
    if day in calendar.extra_rest_days:
        return Day(day, DayKind.LOCAL, name)
    if day in calendar.rest_days or day.weekday() < 5:
        return Day(day, DayKind.REST, name)
    return Day(day, DayKind.WEEKEND, "")


def holiday_notices(desk: Desk, actor: Actor | None) -> list[NoticeRow]:
    """Every notice, newest year first, the one in force before those it took the place of, built-in years last."""
    if actor is not None:
        require(actor, Permission.CLOCK_CALENDAR_READ)
    with desk.reading() as session:
        agency_id = office_agency(session, desk).id if actor is None else actor.agency_id
        rows = session.execute(
            select(HolidayNotice, Account.name)
            .outerjoin(Account, Account.id == HolidayNotice.imported_by)
            .where(HolidayNotice.agency_id == agency_id)
            .order_by(HolidayNotice.year.desc(), HolidayNotice.id.desc())
        ).all()
        imported = [
            NoticeRow(
                id=row.id,
                year=row.year,
                paper=row.paper,
                rest_days=len(row.rest_days),
                make_up_days=len(row.make_up_days),
                active=row.active,
                imported_at=row.imported_at,
                imported_by=name or "系统",
            )
            for row, name in rows
        ]
    overruled = {row.year for row in imported}
    built_in = [
        NoticeRow(None, one.year, "", len(one.rest_days), len(one.make_up_days), one.year not in overruled, None, "")
        for one in reversed(builtin_notices())
    ]
    return sorted([*imported, *built_in], key=lambda row: (-row.year, not row.active, -(row.id or 0)))
