"""What the supervisor looks at: which cases and steps a figure counts, under the very conditions that its list has.

Drills are left out, and what is withheld from the supervisor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select
from sqlalchemy.orm import Session

from engine.cases.access import hidden_from, open_to
from engine.cases.calendars import calendar_of
from engine.cases.desk import Actor, Desk
from engine.cases.filters import Days, light_condition, running
from engine.store.one_of import OneOf
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


PRESSING = (Group.SOON, Group.OVERDUE, Group.LATE)
BY_MONTH = (Group.RECEIVED, Group.REPLIED, Group.REPLIED_LATE)
# How many cases the causes are drawn from: enough for a county, bounded for a province.
CAUSES_FROM = 300

# As plain rows: a page shows the steps of thirty cases, and making them objects would cost as much again.
_STEP = WorkItem.__table__.c
_STEPS = (
    select(
        _STEP.case_id,
        _STEP.name,
        _STEP.opened_at,
        _STEP.done_at,
        _STEP.status,
        func.coalesce(_STEP.done_by, _STEP.assignee_id).label("who"),
    )
    .where(
        or_(_STEP.status == literal_column("'open'"), _STEP.status == literal_column("'done'")),
        # What was done at the very moment that it was opened held nothing.
        or_(_STEP.done_at.is_(None), _STEP.done_at > _STEP.opened_at),
    )
    .order_by(_STEP.case_id, _STEP.id)
)


@dataclass(frozen=True, slots=True)
class Held:
    """How long a step held a case: working days from the day it was opened to the day it was done, or to today.

    `who`: the account that did it or has it.
    """

    step: str
    who: int | None
    working_days: int
    open: bool


class Supervised:
    """The cases and open steps of an office as a supervisor's page sees them, in its transaction and on its day."""

    def __init__(self, desk: Desk, session: Session, actor: Actor) -> None:
        self.session = session
        self.today = desk.today()
        self.calendar = calendar_of(session, actor.agency_id, desk.settings)
        self._desk = desk
        self._actor = actor
        self._hidden = hidden_from(session, actor)

    @property
    def late_since(self) -> date:
        """超期后办结 counts replies from this day on."""
        return self.today.replace(month=1, day=1)

    @property
    def cases(self) -> tuple[ColumnElement[bool], ...]:
        """Of a case: the agency's, no drill, not withheld."""
        agency = Case.agency_id == self._actor.agency_id
        return agency, Case.drill.is_(False), open_to(Case.id, self._actor, self._hidden)

    @property
    def cases_of_people(self) -> tuple[ColumnElement[bool], ...]:
        """The same where people lead to the cases: the agency is only compared, else SQLite goes through all of it."""
        return Case.agency_id + 0 == self._actor.agency_id, *self.cases[1:]

    @property
    def steps(self) -> tuple[ColumnElement[bool], ...]:
        """Of a work item: open, and of such a case. Drills are few, so it is they that are read."""
        drills = select(Case.id).where(Case.agency_id + 0 == self._actor.agency_id, Case.drill)
        ours = open_to(WorkItem.case_id, self._actor, self._hidden)
        return WorkItem.agency_id + 0 == self._actor.agency_id, WAITS, WorkItem.case_id.not_in(drills), ours

    def condition(self, group: Group, month: date | None = None, step: str = "") -> ColumnElement[bool]:
        """Which of the cases a group holds."""
        if group in BY_MONTH:
            first = (month or self.today).replace(day=1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            if group is Group.RECEIVED:
                return Case.received_on.between(first, last)
            replied = Case.replied_on.between(first, last)
            return replied if group is Group.REPLIED else and_(replied, Case.in_time.is_(False))
        if group is Group.OPEN:
            return Case.closed_at.is_(None)
        if group is Group.HELD:
            return Case.id.in_([case_id for case_id, one in self.longest_held().items() if one.step == step])
        days = Days.on(self.today, self.calendar)
        if group is Group.SOON:
            # Of `today` and `soon` together: one stretch of days, so that an index finds it.
            return running(Case.sort_due_on >= days.today, Case.sort_due_on <= days.soon)
        found = light_condition(str(group), days)
        assert found is not None, "the lists know these groups"
        return and_(found, Case.replied_on >= self.late_since) if group is Group.LATE else found

    def longest_held(self) -> dict[int, Held]:
        """Of each case that ran out (open, or answered since `late_since`), the step that held it the longest."""
        found: list[Any] = []
        for group in (Group.OVERDUE, Group.LATE):
            query = select(Case.sort_due_on, Case.id, Case.replied_on).where(*self.cases, self.condition(group))
            found += self.session.execute(query.order_by(Case.sort_due_on.desc(), Case.id).limit(CAUSES_FROM))
        newest = sorted(found, key=lambda row: (-(row.sort_due_on or date.min).toordinal(), row.id))[:CAUSES_FROM]
        replied = {row.id: row.replied_on for row in newest}
        return {case_id: held[0] for case_id, held in self.held(replied).items() if held}

    def held(self, replied: Mapping[int, date | None]) -> dict[int, list[Held]]:
        """The steps that held each case for a working day or longer before its reply, the longest first."""
        found: dict[int, list[Held]] = {case_id: [] for case_id in replied}
        for step in self.session.connection().execute(_STEPS.where(OneOf(_STEP.case_id, replied))):
            opened = self._desk.local(step.opened_at).date()
            ended = self._desk.local(step.done_at).date() if step.done_at else self.today
            days = self.calendar.working_days_between(opened, min(ended, replied[step.case_id] or ended))
            if days:
                found[step.case_id].append(Held(step.name, step.who, days, step.status == "open"))
        for held in found.values():
            held.sort(key=lambda one: -one.working_days)
        return found


def of_person(person: Any, handler: int | None, unit: int | None) -> list[ColumnElement[bool]]:
    """The rows of one person (0: nobody), or of the people of a unit (0: those without one, and nobody)."""
    found: list[ColumnElement[bool]] = []
    if handler is not None:
        found.append(person == handler if handler else person.is_(None))
    if unit is not None:
        members = select(Account.id).where(Account.unit_id == unit)
        nowhere = select(Account.id).where(Account.unit_id.is_(None))
        found.append(person.in_(members) if unit else or_(person.is_(None), person.in_(nowhere)))
    return found
