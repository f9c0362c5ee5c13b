"""The supervisor's view: what runs out, what ran out, who has it and which step held it.

Drills are left out of every figure.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal_column, or_, select, union_all

from engine.cases.access import hidden_from, withheld
from engine.cases.case_counts import CAME, LATE, REPLIED, of_months
from engine.cases.desk import Actor, Desk
from engine.cases.listing import AHEAD, many
from engine.cases.permissions import Permission, require
from engine.cases.supervised import CAUSES_FROM, PRESSING, Group, Supervised
from engine.store.one_of import OneOf
from engine.store.tables import Account, Case, Unit, WorkItem


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

    @property
    def has(self) -> bool:
        """Whether there is anything at all."""
        return self.tally.any or bool(self.open_cases or self.open_steps)


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
class Cause:
    """A step that held overdue cases the longest: how many, and how many working days together."""

    step: str
    cases: int
    working_days: int


@dataclass(frozen=True, slots=True)
class Board:
    """One page of the supervisor's board.

    Attributes:
        total: of the whole office, counted as far as causes are looked for: one more than CAUSES_FROM means more.
        units: those of this page with whatever they have, the most pressing first.
        causes: None where more cases ran out than are looked at for a board; `causes` tells them.
        late_since: 超期后办结 counts replies from this day on.
    """

    total: Tally
    units: tuple[UnitLine, ...]
    causes: tuple[Cause, ...] | None
    late_since: date
    number: int
    pages: int


# A county's units stand on one page; of a larger office those come first that have the most of the longest overdue.
UNITS, RANKED_BY = 30, 60


def board(desk: Desk, actor: Actor, number: int = 1, size: int = UNITS) -> Board:
    """Figures by unit and person, and what held the overdue ones. Raises NotPermitted."""
    require(actor, Permission.SUPERVISION_BOARD_READ)
    with desk.reading() as session:
        view = Supervised(desk, session, actor)
        total, units_known = _total(view, actor, (max(number, 1) + AHEAD) * size)
        pages = -(-(units_known + 1) // size)  # one line is for those without a unit
        number = min(max(number, 1), pages)
        names, people = _people(view, actor, _on_page(view, actor, (number - 1) * size, size))
        lines = _lines(view, names, people)
        few = total.overdue + total.late <= CAUSES_FROM
        found = _causes(view) if few else None
        units = _by_unit((one for one in lines if one.has), names, whole=pages == 1)
        return Board(total, tuple(units), found, view.late_since, number, pages)


def causes(desk: Desk, actor: Actor) -> tuple[Cause, ...]:
    """The steps that held overdue and late cases the longest, of the newest of these. Raises NotPermitted."""
    require(actor, Permission.SUPERVISION_BOARD_READ)
    with desk.reading() as session:
        return _causes(Supervised(desk, session, actor))


def _total(view: Supervised, actor: Actor, leafed: int) -> tuple[Tally, int]:
    """Of the whole office; CAUSES_FROM and one more where it is more than that. And its units, as far as one leafs."""
    groups = [select(Case.id).where(*view.cases, view.condition(group)) for group in PRESSING]
    wanted = [many([group], CAUSES_FROM + 1) for group in groups]
    wanted.append(many([select(Unit.id).where(Unit.agency_id == actor.agency_id)], leafed))
    counts = select(*[one.scalar_subquery() for one in wanted])
    soon, overdue, late, units = view.session.connection().execute(counts).one()
    return Tally(soon, overdue, late), units


def _on_page(view: Supervised, actor: Actor, offset: int, size: int) -> list[int | None]:
    """The units of a page: by how many of the longest overdue cases they have, then the others.

    None stands for whoever has no unit, and for nobody; it comes last unless it has such cases.
    """
    worst = select(Case.handler_id).where(*view.cases, view.condition(Group.OVERDUE))
    worst_of = worst.order_by(Case.sort_due_on, Case.id).limit(RANKED_BY).subquery()
    having = func.count()
    ranking = (
        select(Account.unit_id)
        .select_from(worst_of)
        .outerjoin(Account, Account.id == worst_of.c.handler_id)
        .group_by(Account.unit_id)
        .order_by(having.desc(), Account.unit_id)
    )
    ranked = list(view.session.scalars(ranking.limit(offset + size)))
    found = ranked[offset:]
    if len(ranked) == offset + size:
        return found
    known = [one for one in ranked if one]
    others = select(Unit.id).where(Unit.agency_id == actor.agency_id, Unit.id.not_in(known)).order_by(Unit.id)
    found += view.session.scalars(others.offset(max(offset - len(ranked), 0)).limit(size - len(found)))
    return found if None in ranked or len(found) == size else [*found, None]


def _people(
    view: Supervised, actor: Actor, units: Collection[int | None]
) -> tuple[dict[int | None, str], list[tuple[int, str, int | None]]]:
    """The names of the units, and everybody in them: (account, name, unit)."""
    unit, account = Unit.__table__, Account.__table__
    here = select(unit.c.id, unit.c.name, account.c.id, account.c.name).outerjoin_from(unit, account)
    known = OneOf(unit.c.id, [one for one in units if one])
    rows = view.session.connection().execute(here.where(known)).all()
    people: list[tuple[int, str, int | None]] = [
        (person_id, name, unit_id) for unit_id, _unit, person_id, name in rows if person_id
    ]
    names: dict[int | None, str] = {row[0]: row[1] for row in rows}
    if None in units:
        nowhere = select(Account.id, Account.name).where(
            Account.agency_id == actor.agency_id, Account.unit_id.is_(None)
        )
        people += [(person_id, name, None) for person_id, name in view.session.execute(nowhere)]
        names[None] = ""
    return names, people


def _lines(
    view: Supervised, units: Collection[int | None], people: Sequence[tuple[int, str, int | None]]
) -> list[PersonLine]:
    """Everybody of the units, with what he has; for None also what nobody has."""
    ids = [person_id for person_id, _name, _unit in people]

    def of_theirs(person: Any) -> ColumnElement[bool]:
        return or_(OneOf(person, ids), person.is_(None)) if None in units else OneOf(person, ids)

    def how_many(group: Group) -> Any:
        return func.sum(case((view.condition(group), 1), else_=0))

    theirs, its = (*view.cases_of_people, of_theirs(Case.handler_id)), Case.handler_id
    open_ = select(its, func.count(), how_many(Group.SOON), how_many(Group.OVERDUE))
    open_ = open_.where(*theirs, Case.closed_at.is_(None)).group_by(its)
    late = _counted_by("late", its).where(*theirs, view.condition(Group.LATE))
    steps = _counted_by("steps", WorkItem.assignee_id).where(*view.steps, of_theirs(WorkItem.assignee_id))
    asking = view.session.connection()
    opened = {row[0]: row[1:] for row in asking.execute(open_)}
    others = {(what, person_id): count for what, person_id, count in asking.execute(union_all(late, steps))}
    nobody = [(None, "", None)] if None in units else []
    lines = []
    for person_id, name, unit_id in [*people, *nobody]:
        many_open, soon, overdue = opened.get(person_id, (0, 0, 0))
        tally = Tally(soon, overdue, others.get(("late", person_id), 0))
        lines.append(PersonLine(person_id, name, unit_id, tally, many_open, others.get(("steps", person_id), 0)))
    return lines


def _counted_by(what: str, person: Any) -> Select[Any]:
    return select(literal_column(f"'{what}'"), person, func.count()).group_by(person)


def _by_unit(lines: Iterable[PersonLine], names: Mapping[int | None, str], *, whole: bool) -> list[UnitLine]:
    """The lines under their units; `whole`: it is all units, of which those without anything need not be told."""
    known: dict[int | None, list[PersonLine]] = {} if whole else {unit_id: [] for unit_id in names}
    for line in lines:
        known.setdefault(line.unit_id, []).append(line)

    def pressing(tally: Tally) -> tuple[int, int, int]:
        return (-tally.overdue, -tally.soon, -tally.late)

    found = []
    for unit_id, people in known.items():
        ranked = tuple(sorted(people, key=lambda one: (*pressing(one.tally), one.name)))
        tally = sum((one.tally for one in ranked), Tally())
        found.append(UnitLine(unit_id, names[unit_id], tally, ranked))
    return sorted(found, key=lambda one: (*pressing(one.tally), one.name))


def _causes(view: Supervised) -> tuple[Cause, ...]:
    counted: dict[str, tuple[int, int]] = {}
    for held in view.longest_held().values():
        cases, days = counted.get(held.step, (0, 0))
        counted[held.step] = (cases + 1, days + held.working_days)
    found = [Cause(step, cases, days) for step, (cases, days) in counted.items()]
    return tuple(sorted(found, key=lambda one: (-one.cases, -one.working_days, one.step)))


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
    with desk.reading() as session:
        hidden = hidden_from(session, actor).cases
        without = withheld(session, actor) if hidden is None else hidden
        found = of_months(session, actor.agency_id, firsts[0], without)
    return tuple(Month(one, *(found[what, one] for what in (CAME, REPLIED, LATE))) for one in firsts)
