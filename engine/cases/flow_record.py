"""The flow record of a case and what waits in it now: who has it, who did it, and why the reader may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.cases.desk import Actor
from engine.cases.doers import may_do
from engine.cases.errors import NotPermitted
from engine.cases.filled_in import Names
from engine.cases.flow import Turn
from engine.statute.said import said
from engine.store.tables import WAITS, WorkItem


@dataclass(frozen=True, slots=True)
class Waiting:
    """A work item that waits: `mine` when the actor may do it now, else `why_not` says why.

    `concerns`: it is free and for one of the actor's roles: he may wonder why he cannot do it. `behalf`: the absent
    person in whose place he may do it.
    """

    id: int
    element: str
    name: str
    role: str
    holder: str
    item: str
    limit_on: date | None
    opened_at: datetime
    mine: bool
    claimed: bool
    claimable: bool
    why_not: str
    concerns: bool
    behalf: str


@dataclass(frozen=True, slots=True)
class Done:
    """A line of the flow record: who did what, when, with what result."""

    id: int
    element: str
    name: str
    who: str
    opened_at: datetime
    done_at: datetime | None
    outcome: str | None
    note: str | None
    status: str
    item: str


def steps_of(session: Session, case_id: int, limit: int | None) -> Sequence[WorkItem]:
    """The steps of a case, the oldest first: all that wait, and of the others with a `limit` only the newest."""
    query = select(WorkItem).where(WorkItem.case_id == case_id).order_by(WorkItem.id)
    if limit is not None:
        others = select(WorkItem.id).where(WorkItem.case_id == case_id, WorkItem.status != "open")
        newest = others.order_by(WorkItem.id.desc()).limit(limit).subquery()
        query = query.where(or_(WAITS, WorkItem.id.in_(select(newest.c.id))))
    return session.scalars(query).all()


def waiting(turn: Turn, actor: Actor, steps: Sequence[WorkItem], names: Names) -> tuple[Waiting, ...]:
    """What waits of these steps, the actor's own work first, then the oldest; one query, however much it is."""
    work = [one for one in steps if one.status == "open"]
    apart = {element for one in work for element in turn.definition.steps[one.element].apart_from}
    done = _doers(turn.session, turn.case.id, apart)
    found = [_waiting(turn, actor, one, names, done) for one in work]
    return tuple(sorted(found, key=lambda one: (not (one.mine and one.claimed), not one.mine, one.id)))


def _doers(session: Session, case_id: int, elements: set[str]) -> dict[str, dict[int, str]]:
    """Who did each of these steps in the case: element -> account id -> name of the step."""
    found: dict[str, dict[int, str]] = {}
    if elements:
        query = (
            select(WorkItem.element, WorkItem.done_by, WorkItem.name)
            .where(WorkItem.case_id == case_id, WorkItem.status == "done", WorkItem.element.in_(elements))
            .distinct()
        )
        for element, done_by, name in session.execute(query):
            if done_by is not None:
                found.setdefault(element, {})[done_by] = name
    return found


def _waiting(turn: Turn, actor: Actor, work: WorkItem, names: Names, done: Mapping[str, Mapping[int, str]]) -> Waiting:
    step = turn.definition.steps[work.element]
    holder = names.people.get(work.assignee_id, "") if work.assignee_id else names.units.get(work.unit_id or 0, "")
    why_not, behalf = "", ""
    taken = work.assignee_id is not None and work.assignee_id not in {one.id for one in actor.persons}
    if taken:
        why_not = said("由 %(holder)s 办理，如需代办请先转办。", holder=holder)
    else:
        before = {person: name for element in step.apart_from for person, name in done.get(element, {}).items()}
        try:
            person = may_do(turn.session, actor, work, step, before)
            behalf = "" if person.id == actor.id else person.name
        except NotPermitted as refusal:
            why_not = str(refusal)
    return Waiting(
        id=work.id,
        element=work.element,
        name=work.name,
        role=work.role,
        holder=holder,
        item=names.members.get(work.item_id or 0, ""),
        limit_on=work.limit_on,
        opened_at=work.opened_at,
        mine=not why_not,
        claimed=work.assignee_id in {one.id for one in actor.persons},
        claimable=not why_not and work.assignee_id is None,
        why_not=why_not,
        concerns=not taken and any(not one.roles.isdisjoint(work.role.split()) for one in actor.persons),
        behalf=behalf,
    )


def _who(work: WorkItem, names: Names) -> str:
    """Who did it, and in whose place."""
    who = names.people.get(work.done_by or 0, "系统")
    return f"{who}（代 {names.people.get(work.done_for, '')}）" if work.done_for else who


def flow_record(steps: Sequence[WorkItem], names: Names) -> tuple[Done, ...]:
    """What was done of these steps, in their order."""
    return tuple(
        Done(
            id=work.id,
            element=work.element,
            name=work.name,
            who=_who(work, names),
            opened_at=work.opened_at,
            done_at=work.done_at,
            outcome=work.outcome,
            note=work.note,
            status=work.status,
            item=names.members.get(work.item_id or 0, ""),
        )
        for work in steps
        if work.status != "open"
    )
