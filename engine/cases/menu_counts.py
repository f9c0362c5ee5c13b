"""The figures beside the menu entries; none goes beyond what a list is counted to."""

from dataclasses import dataclass

from sqlalchemy import select

from engine.cases.access import NO_CASES
from engine.cases.desk import Actor, Desk
from engine.cases.listing import AT_FIRST, counted
from engine.cases.work_tabs import Waiting, in_hands
from engine.store.tables import WorkItem


@dataclass(frozen=True, slots=True)
class InHand:
    """How much waits for somebody: in his own hands, and to be claimed."""

    todo: int
    claim: int


def in_hand(desk: Desk, actor: Actor) -> InHand:
    """The figures beside 待办 and 待签."""
    if actor.roles <= NO_CASES:
        return InHand(0, 0)
    with desk.reading() as session:
        claimable = [select(WorkItem.id).where(part) for part in Waiting(desk, session, actor).parts()]
        todo = counted(session, [select(WorkItem.id).where(in_hands(actor))], AT_FIRST)
        return InHand(todo, counted(session, claimable, AT_FIRST))
