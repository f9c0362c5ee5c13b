"""What stands beside the menu: how much waits for somebody, and which kinds of cases there are."""

from dataclasses import dataclass

from sqlalchemy import select

from engine.cases.access import NO_CASES, hidden_from
from engine.cases.case_lists import Kind, kinds_of
from engine.cases.definitions import registered
from engine.cases.desk import Actor, Desk
from engine.cases.listing import AT_FIRST, many
from engine.cases.messages import unread
from engine.cases.permissions import Permission, permits
from engine.cases.work_tabs import Waiting, in_hands
from engine.store.tables import WorkItem


@dataclass(frozen=True, slots=True)
class InHand:
    """How much waits for somebody: in his own hands, and to be claimed; and how many messages he has not read.

    None of it is counted beyond AT_FIRST. `kinds`: as `engine.cases.case_lists.kinds` has them.
    """

    kinds: tuple[Kind, ...]
    todo: int = 0
    claim: int = 0
    unread: int = 0


def in_hand(desk: Desk, actor: Actor) -> InHand:
    """The figures beside 待办, 待签 and 消息, as far as the actor has these; one statement counts them all."""
    works = not actor.roles <= NO_CASES and permits(actor, Permission.CASES_STEP_COMPLETE)
    with desk.reading() as session:
        every, current = registered(session, desk.library)
        hidden = hidden_from(session, actor)
        wanted = {"unread": [unread(actor, hidden)]} if permits(actor, Permission.SELF_INBOX_READ) else {}
        if works:
            wanted["claim"] = [select(WorkItem.id).where(part) for part in Waiting(actor, hidden, every).parts()]
            wanted["todo"] = [select(WorkItem.id).where(in_hands(actor))]
        counts = [many(parts, AT_FIRST).scalar_subquery().label(name) for name, parts in wanted.items()]
        found = session.execute(select(*counts)).one()._asdict() if counts else {}
        return InHand(kinds_of(current), **found)
