"""What stands beside the menu: how much waits for somebody, and which kinds of cases there are."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select

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

    Counted as far as a list is at first: one more than AT_FIRST means more. `kinds`: as
    `engine.cases.case_lists.kinds` has them.
    """

    kinds: tuple[Kind, ...]
    todo: int = 0
    claim: int = 0
    unread: int = 0


def in_hand(desk: Desk, actor: Actor) -> InHand:
    """The figures beside 待办, 待签 and 消息, as far as the actor has these; one statement counts them all."""
    with desk.reading() as session:
        every, current = registered(session, desk.library)
        asked = _asked(Waiting.of(actor, hidden_from(session, actor), every))
        found = session.connection().execute(asked).one()._asdict() if asked is not None else {}
        return InHand(kinds_of(current), **found)


@lru_cache(maxsize=64)  # every page asks it, and making the statement takes six times as long as running it
def _asked(waiting: Waiting) -> Select[*tuple[Any, ...]] | None:
    actor, wanted = waiting.actor, dict[str, list[Select[Any]]]()
    if permits(actor, Permission.SELF_INBOX_READ):
        wanted["unread"] = [unread(actor, waiting.hidden)]
    if not actor.roles <= NO_CASES and permits(actor, Permission.CASES_STEP_COMPLETE):
        wanted["claim"] = [select(WorkItem.id).where(part) for part in waiting.parts()]
        wanted["todo"] = [select(WorkItem.id).where(in_hands(actor))]
    counts = [many(parts, AT_FIRST + 1).scalar_subquery().label(name) for name, parts in wanted.items()]
    return select(*counts) if counts else None
