"""The supervisor's view: what runs out, what ran out, who has it and which step held it.

Drills are left out of every figure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.cases.desk import Actor, Desk
from engine.cases.permissions import Permission, require
from engine.cases.supervision_lists import PRESSING, Group, condition, late_since, longest_held, ours
from engine.store.tables import WAITS, Account, Case, Unit, WorkItem


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases of each group a person or a unit has."""

    soon: int = 0
    overdue: int = 0
    late: int = 0

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return bool(self.soon or self.overdue or self.late)

    def __add__(self, other: "Tally") -> "Tally":
        """Of both together."""
        return Tally(self.soon + other.soon, self.overdue + other.overdue, self.late + other.late)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody with what he has: his groups as a handler, and his load.

    `id` None: cases that nobody has been made handler of, and steps that nobody has taken.
    """

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

    @property
    def open_cases(self) -> int:
        """Of all its people."""
        return sum(one.open_cases for one in self.people)

    @property
    def open_steps(self) -> int:
        """In the hands of all its people."""
        return sum(one.open_steps for one in self.people)


@dataclass(frozen=True, slots=True)
class Board:
    """The supervisor's board. `late_since`: 超期后办结 counts replies from this day on."""

    total: Tally
    units: tuple[UnitLine, ...]
    causes: tuple["Cause", ...]
    late_since: date


@dataclass(frozen=True, slots=True)
class Cause:
    """A step that held overdue cases the longest: how many, and how many working days together."""

    step: str
    cases: int
    working_days: int


def board(desk: Desk, actor: Actor) -> Board:
    """Figures by unit and person, and what held the overdue ones. Raises NotPermitted."""
    require(actor, Permission.SUPERVISION_BOARD_READ)
    with desk.reading() as session:
        counted = {group: _by_handler(session, desk, actor, group) for group in PRESSING}
        open_cases = _by_handler(session, desk, actor, Group.OPEN)
        steps = dict(
            session.execute(
                select(WorkItem.assignee_id, func.count())
                .join(Case, Case.id == WorkItem.case_id)
                .where(WorkItem.agency_id == actor.agency_id, WAITS, *ours(actor))
                .group_by(WorkItem.assignee_id)
            ).all()
        )
        known = select(Account.id, Account.name, Account.unit_id).where(Account.agency_id == actor.agency_id)
        people = {one.id: one for one in session.execute(known)}
        units = dict(session.execute(select(Unit.id, Unit.name).where(Unit.agency_id == actor.agency_id)).all())
        shown = {key for one in (*counted.values(), open_cases, steps) for key in one}
        lines = [
            PersonLine(
                id=handler_id,
                name=people[handler_id].name if handler_id else "",
                unit_id=people[handler_id].unit_id if handler_id else None,
                tally=Tally(**{str(group): counted[group].get(handler_id, 0) for group in PRESSING}),
                open_cases=open_cases.get(handler_id, 0),
                open_steps=steps.get(handler_id, 0),
            )
            for handler_id in shown
        ]
        causes = _causes(session, desk, actor)
    total = sum((line.tally for line in lines), Tally())
    return Board(total, tuple(_by_unit(lines, units)), causes, late_since(desk))


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


def _by_handler(session: Session, desk: Desk, actor: Actor, group: Group) -> dict[int | None, int]:
    chosen = condition(desk, session, actor, group)
    query = select(Case.handler_id, func.count()).where(*ours(actor), chosen).group_by(Case.handler_id)
    return dict(session.execute(query).all())


def _causes(session: Session, desk: Desk, actor: Actor) -> tuple[Cause, ...]:
    counted: dict[str, tuple[int, int]] = {}
    for held in longest_held(desk, session, actor).values():
        cases, days = counted.get(held.step, (0, 0))
        counted[held.step] = (cases + 1, days + held.working_days)
    causes = [Cause(step, cases, days) for step, (cases, days) in counted.items()]
    return tuple(sorted(causes, key=lambda one: (-one.cases, -one.working_days, one.step)))


@dataclass(frozen=True, slots=True)
class Month:
    """What came in and what was answered in a month; `late` of the answered ones after their date."""

    first: date
    received: int
    replied: int
    late: int

    @property
    def on_time(self) -> float | None:
        """The share of replies that were in time, a percentage with one decimal place; None of none."""
        return round(100 * (self.replied - self.late) / self.replied, 1) if self.replied else None


def trend(desk: Desk, actor: Actor, months: int = 12) -> tuple[Month, ...]:
    """The last `months` months, this one included, the oldest first. Raises NotPermitted."""
    require(actor, Permission.SUPERVISION_BOARD_READ)
    first = desk.today().replace(day=1)
    firsts = [first]
    for _ in range(months - 1):
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    firsts.reverse()
    received: Counter[date] = Counter()
    replied: Counter[date] = Counter()
    late: Counter[date] = Counter()
    with desk.reading() as session:
        came = select(Case.received_on, func.count()).where(*ours(actor), Case.received_on >= firsts[0])
        for day, count in session.execute(came.group_by(Case.received_on)):
            received[_month(day)] += count
        left = select(Case.replied_on, Case.in_time, func.count()).where(*ours(actor), Case.replied_on >= firsts[0])
        for day, in_time, count in session.execute(left.group_by(Case.replied_on, Case.in_time)):
            replied[_month(day)] += count
            late[_month(day)] += count if in_time is False else 0
    return tuple(Month(one, received[one], replied[one], late[one]) for one in firsts)


def _month(day: date | None) -> date:
    assert day is not None, "the query asks for days after another"
    return day.replace(day=1)
