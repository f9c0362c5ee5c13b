"""The figures beside the menu entries; none goes beyond what a list is counted to."""

from dataclasses import dataclass

from sqlalchemy import select

from engine.cases.access import NO_CASES, hidden_from
from engine.cases.desk import Actor, Desk
from engine.cases.listing import AT_FIRST, many
from engine.cases.messages import unread
from engine.cases.permissions import Permission, permits
from engine.cases.work_tabs import Waiting, in_hands
from engine.store.tables import WorkItem


@dataclass(frozen=True, slots=True)
class InHand:
    """How much waits for somebody: in his own hands, and to be claimed; and how many messages he has not read."""

    todo: int = 0
    claim: int = 0
    unread: int = 0


def in_hand(desk: Desk, actor: Actor) -> InHand:
    """The figures beside 待办, 待签 and 消息, as far as the actor has these; one statement counts them all."""
    works = not actor.roles <= NO_CASES and permits(actor, Permission.CASES_STEP_COMPLETE)
    with desk.reading() as session:
        hidden = hidden_from(session, actor)
        wanted = {"unread": [unread(actor, hidden)]} if permits(actor, Permission.SELF_INBOX_READ) else {}
        if works:
            parts = Waiting(desk, session, actor, hidden).parts()
            wanted["claim"] = [select(WorkItem.id).where(part) for part in parts]
            wanted["todo"] = [select(WorkItem.id).where(in_hands(actor))]
        if not wanted:
            return InHand()
        counts = [many(parts, AT_FIRST).scalar_subquery().label(name) for name, parts in wanted.items()]
        return InHand(**session.execute(select(*counts)).one()._asdict())
