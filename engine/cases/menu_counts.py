"""The figures beside the menu entries; none goes beyond what a list is counted to."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine.cases.access import NO_CASES
from engine.cases.definitions import role_words
from engine.cases.desk import Actor, Desk
from engine.cases.listing import COUNTED
from engine.cases.worklists import Tab, tab_condition
from engine.store.tables import WorkItem


@dataclass(frozen=True, slots=True)
class InHand:
    """How much waits for somebody: in his own hands, and to be claimed."""

    todo: int
    claim: int


def _many(session: Session, query: Select[Any]) -> int:
    """How many rows, counted no further than a list is."""
    return session.scalar(select(func.count()).select_from(query.limit(COUNTED).subquery())) or 0


def in_hand(desk: Desk, actor: Actor) -> InHand:
    """The figures beside 待办 and 待签."""
    if actor.roles <= NO_CASES:
        return InHand(0, 0)
    with desk.reading() as session:
        words = {person.id: role_words(session, desk.library, person.roles) for person in actor.persons}

        def waiting(tab: Tab) -> int:
            return _many(session, select(WorkItem.id).where(tab_condition(tab, actor, words)))

        return InHand(waiting(Tab.TODO), waiting(Tab.CLAIM))
