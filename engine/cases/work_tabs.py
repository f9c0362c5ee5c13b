"""The lists that an officer knows, as conditions on work items that an index answers in the order of the list."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_

from engine.cases.access import Hidden, step_open_to
from engine.cases.definitions import role_words
from engine.cases.desk import Actor
from engine.process import Definition
from engine.store.tables import DONE, WAITS, WorkItem


class Tab(StrEnum):
    """The four lists an officer knows: to do, to claim, done, closed."""

    TODO = "todo"
    CLAIM = "claim"
    DONE = "done"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for an actor, and for those he stands in for; as a value, so that what is asked can be kept by it.

    Attributes:
        hidden: what `hidden_from` has told.
        words: for each of the actor's persons, what `role_words` has of every registered version of the case types.
    """

    actor: Actor
    hidden: Hidden
    words: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, actor: Actor, hidden: Hidden, known: Collection[Definition]) -> "Waiting":
        """`known`: every version of the case types that is registered."""
        return cls(actor, hidden, tuple(role_words(known, person.roles) for person in actor.persons))

    def condition(self) -> ColumnElement[bool]:
        """Of a work item: that it stands in 待签."""
        return or_(*self.parts())

    def parts(self) -> list[ColumnElement[bool]]:
        """The condition in parts that have no item in common, as indexes have them: for no unit, for a unit."""
        return [and_(*self._free(unit), WorkItem.role.in_(sorted(words))) for unit, words in self._places().items()]

    def stretches(self) -> list[ColumnElement[bool]]:
        """The condition by unit and role: within each an index has the most pressing first."""
        pairs = [(unit, role) for unit, words in self._places().items() for role in sorted(words)]
        return [and_(*self._free(unit), WorkItem.role == role) for unit, role in pairs]

    def in_place_of(self, role: str, unit_id: int | None) -> str:
        """In whose place the actor may take a step of this role and unit; "" where it is his own to take."""
        for person, words in zip(self.actor.persons, self.words, strict=True):
            if role in words and unit_id in {None, person.unit_id}:
                return "" if person.id == self.actor.id else person.name
        return ""

    def _places(self) -> dict[int | None, frozenset[str]]:
        """The words of the steps that wait for no unit in particular, and for each unit of the persons."""
        found: dict[int | None, frozenset[str]] = {}
        for person, words in zip(self.actor.persons, self.words, strict=True):
            for unit in {None, person.unit_id}:
                found[unit] = found.get(unit, frozenset()) | words
        return found

    def _free(self, unit: int | None) -> tuple[ColumnElement[bool], ...]:
        home = WorkItem.unit_id.is_(None) if unit is None else WorkItem.unit_id == unit
        agency, nobodys = WorkItem.agency_id == self.actor.agency_id, WorkItem.assignee_id.is_(None)
        return agency, home, WAITS, nobodys, step_open_to(self.actor, self.hidden)


def in_hands(actor: Actor) -> ColumnElement[bool]:
    """Of a work item: that it stands in 待办 of the actor, who also sees what waits for those he stands in for."""
    return and_(WAITS, WorkItem.assignee_id.in_([person.id for person in actor.persons]))


def in_each_hands(actor: Actor) -> list[ColumnElement[bool]]:
    """As `in_hands`, by person: within each an index has the most pressing first."""
    return [and_(WAITS, WorkItem.assignee_id == person.id) for person in actor.persons]


def done_by(actor: Actor) -> ColumnElement[bool]:
    """Of a work item: that the actor has done it."""
    return and_(DONE, WorkItem.done_by == actor.id)
