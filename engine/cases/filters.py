"""What a list of cases is narrowed to, as conditions on indexed columns and on what the case has been through."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, literal_column, or_, select

from engine.statute.calendar import Calendar
from engine.statute.light import SOON_WORKING_DAYS, WEEK_WORKING_DAYS
from engine.store.tables import Account, Case, LegalEvent, Letter, Review, Unit, WorkItem

# Lights that only an open case shows.
OPEN_LIGHTS = frozenset({"overdue", "today", "soon", "week", "later", "stopped", "none"})
# Year and serial of a document number, whatever brackets were typed: 昆政公复〔2026〕12号, 2026-12.
_DOCUMENT_NUMBER = re.compile(r"(20[0-9]{2})\D+0*([0-9]{1,6})\D*")
_NUMBERED_SERIES = ("reply", "notice")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; every field may be absent.

    Attributes:
        kind: a case type.
        text: words in number, applicant or content. number, applicant, content: the same, one by one.
        document: a document number (文号) of one of the case's letters.
        unit: the unit of the handler, or one that a step of the case was given to.
        handler_name, unit_name: the same by a part of the name, for an office with too many to choose from.
        extension, consultation, review: `yes` or `no`: the case was extended, third parties or other agencies were
            consulted, a reconsideration or suit is registered.
        real: leaves drills out, as every report does.
        sort: a column; `up`: in the order opposite to the column's usual one.
    """

    kind: str = ""
    text: str = ""
    number: str = ""
    document: str = ""
    applicant: str = ""
    content: str = ""
    channel: str = ""
    light: str = ""
    handler: int | None = None
    unit: int | None = None
    handler_name: str = ""
    unit_name: str = ""
    received_from: date | None = None
    received_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    concluded_from: date | None = None
    concluded_to: date | None = None
    extension: str = ""
    consultation: str = ""
    review: str = ""
    real: bool = False
    decision: str = ""
    status: str = ""
    sort: str = ""
    turned: bool = False

    @property
    def words(self) -> str:
        """Everything that is looked for in the text of a case, to be found by the index of words."""
        return " ".join(part for part in (self.text, self.applicant, self.content) if part)

    @property
    def narrows(self) -> bool:
        """Whether anything but another order was asked for."""
        return replace(self, sort="", turned=False) != _ALL

    @property
    def ordered(self) -> bool:
        """Whether another order than the usual one was asked for."""
        return bool(self.sort) or self.turned


_ALL = Filters()


class Days(NamedTuple):
    """The days that lights go by: `soon` and `week` are the last ones that 三个工作日内到期 and 一周内到期 mean."""

    today: date
    soon: date
    week: date

    @classmethod
    def on(cls, today: date, calendar: Calendar) -> "Days":
        """As they are today."""
        soon, week = (calendar.add_working_days(today, days) for days in (SOON_WORKING_DAYS, WEEK_WORKING_DAYS))
        return cls(today, soon, week)


def narrow(query: Any, filters: Filters, days: Days, zone: ZoneInfo) -> Any:
    """A query over Case with every condition of the filters but the searched words (`filters.words`)."""
    if not filters.narrows:
        return query
    equal = {Case.case_type: filters.kind, Case.channel: filters.channel, Case.decision: filters.decision}
    for column, wanted in [*equal.items(), (Case.handler_id, filters.handler)]:
        if wanted:
            query = query.where(column == wanted)
    for within in (_received(filters), _between(Case.sort_due_on, filters.due_from, filters.due_to)):
        query = query.where(*within)
    if filters.concluded_from or filters.concluded_to:
        began, ended = filters.concluded_from or date(1900, 1, 1), filters.concluded_to or days.today
        query = query.where(concluded(began, ended, zone))
    if filters.real:
        query = query.where(Case.drill.is_(False))
    # A condition said twice is counted twice by PostgreSQL, which then expects next to nothing and reads everything.
    shows_open = filters.light in OPEN_LIGHTS
    if filters.status == "open" and not shows_open:
        query = query.where(Case.closed_at.is_(None))
    elif filters.status == "closed" or (filters.decision and not filters.status and not shows_open):
        # Of an open case the decision is only drafted.
        query = query.where(Case.closed_at.is_not(None))
    conditions = (light_condition(filters.light, days), *_named(filters), *_been_through(filters))
    return query.where(*(one for one in conditions if one is not None))


def _between(day: Any, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    return [*([day >= first] if first else []), *([day <= last] if last else [])]


def _received(filters: Filters) -> list[ColumnElement[bool]]:
    """As lists show it: the day of receipt, or while that is not confirmed the day of arrival."""
    received, arrived = (
        _between(day, filters.received_from, filters.received_to) for day in (Case.received_on, Case.arrived_on)
    )
    return [or_(and_(*received), and_(Case.received_on.is_(None), *arrived))] if received else []


def _named(filters: Filters) -> list[ColumnElement[bool]]:
    found = [Case.applicant_name.icontains(word, autoescape=True) for word in filters.applicant.split()]
    found += [Case.subject.icontains(word, autoescape=True) for word in filters.content.split()]
    if filters.number:
        whole = Case.number == filters.number.upper()
        found.append(or_(whole, Case.number.icontains(filters.number, autoescape=True)))
    if filters.document:
        found.append(Case.id.in_(select(Letter.case_id).where(_document(filters.document))))
    return found


def _document(wanted: str) -> ColumnElement[bool]:
    """By year and serial, which the register is indexed by, else by any part of the number."""
    told = _DOCUMENT_NUMBER.search(wanted)
    if told is None:
        return Letter.number.icontains(wanted, autoescape=True)
    mark = wanted[: told.start()].rstrip(" 〔[（(【")
    exact = and_(Letter.series.in_(_NUMBERED_SERIES), Letter.year == int(told[1]), Letter.serial == int(told[2]))
    return and_(exact, Letter.number.icontains(mark, autoescape=True)) if mark else exact


def _been_through(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.handler_name:
        named = Account.name.icontains(filters.handler_name, autoescape=True)
        found.append(Case.handler_id.in_(select(Account.id).where(named)))
    wanted = []
    if filters.unit:
        wanted.append(select(Unit.id).where(Unit.id == filters.unit))
    if filters.unit_name:
        wanted.append(select(Unit.id).where(Unit.name.icontains(filters.unit_name, autoescape=True)))
    for units in wanted:
        at_home = Case.handler_id.in_(select(Account.id).where(Account.unit_id.in_(units)))
        given = exists().where(WorkItem.case_id == Case.id, WorkItem.unit_id.in_(units))
        found.append(or_(at_home, given))
    for answer, cases in (
        (filters.extension, lambda: _having_event("extension")),
        (filters.consultation, lambda: _having_event("consult_sent")),
        (filters.review, lambda: select(Review.case_id).where(Review.voided_at.is_(None))),
    ):
        if answer:
            found.append(Case.id.in_(cases()) if answer == "yes" else Case.id.not_in(cases()))
    return found


def _having_event(event: str) -> Any:
    # Written out, so that both databases see that the index of these events will do.
    return select(LegalEvent.case_id).where(
        LegalEvent.type == literal_column(f"'{event}'"), LegalEvent.voided_by.is_(None)
    )


def concluded(first: date, last: date, zone: ZoneInfo) -> ColumnElement[bool]:
    """Cases answered from first to last; closed in that time if they need no reply (withdrawn, abandoned)."""
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    without = and_(Case.replied_on.is_(None), Case.closed_at >= begin, Case.closed_at < end)
    return or_(Case.replied_on.between(first, last), without)


def light_condition(light: str, days: Days) -> ColumnElement[bool] | None:
    """Which cases show a light, by their indexed columns, in the very groups that a list of them has."""
    made = _LIGHTS.get(light)
    return made(days) if made is not None else None


def _status(*statuses: str) -> ColumnElement[bool]:
    """One by one, the usual one first: SQLite would look each row's up in a list of them, which takes longer."""
    return or_(*[Case.clock_status == status for status in statuses])


def running(*due: ColumnElement[bool]) -> ColumnElement[bool]:
    """Open cases whose clock runs, with conditions on their date."""
    return and_(Case.closed_at.is_(None), _status("running", "unconfirmed"), *due)


# Made when asked for: a list without filters has no use for them, and making them all takes longer than its queries.
_LIGHTS: Mapping[str, Callable[[Days], ColumnElement[bool]]] = {
    "overdue": lambda days: and_(
        Case.closed_at.is_(None), _status("running", "suspended", "unconfirmed"), Case.sort_due_on < days.today
    ),
    "today": lambda days: running(Case.sort_due_on == days.today),
    "soon": lambda days: running(Case.sort_due_on > days.today, Case.sort_due_on <= days.soon),
    "week": lambda days: running(Case.sort_due_on > days.soon, Case.sort_due_on <= days.week),
    "later": lambda days: running(Case.sort_due_on > days.week),
    "stopped": lambda days: and_(Case.closed_at.is_(None), _status("suspended"), Case.sort_due_on >= days.today),
    "none": lambda _days: and_(
        Case.closed_at.is_(None),
        or_(_status("waiting"), and_(Case.sort_due_on.is_(None), Case.clock_status.not_in(["replied", "closed"]))),
    ),
    "closed": lambda _days: Case.closed_at.is_not(None),
    "late": lambda _days: and_(Case.closed_at.is_not(None), Case.in_time.is_(False)),
}
