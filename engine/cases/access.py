"""Who may see a case: object-level checks beside the permissions of the routes."""

from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from engine.cases.desk import Actor
from engine.cases.errors import NotFound, NotPermitted
from engine.store.tables import Case, WorkItem

# These roles work on the whole office's cases; everybody else sees the cases that came to them or their unit.
WHOLE_OFFICE = frozenset({"intake", "handler", "disclosure_head", "legal", "leader", "supervisor"})
NO_CASES = frozenset({"admin", "auditor"})


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees every case of the agency."""
    return not actor.roles.isdisjoint(WHOLE_OFFICE)


# Steps of these roles come to everybody who holds the role, unless they were given to a unit.
_SHARED = ("publisher", "secrecy_reviewer", "unit_head")


def came_to(actor: Actor, work: WorkItem) -> bool:
    """Whether this work item alone lets the actor see its case: what `visible` asks, of one row at hand."""
    if work.agency_id != actor.agency_id:
        return False
    if sees_all(actor) or actor.id in {work.assignee_id, work.done_by}:
        return True
    if work.unit_id is not None:
        return work.unit_id == actor.unit_id and not actor.roles.isdisjoint({"unit", "unit_head"})
    return any(role in actor.roles and role in work.role for role in _SHARED)


def visible(query: Select[Any], actor: Actor) -> Select[Any]:
    """Narrow a query over Case to what the actor may see."""
    query = query.where(Case.agency_id == actor.agency_id)
    if sees_all(actor):
        return query
    theirs = [WorkItem.assignee_id == actor.id, WorkItem.done_by == actor.id]
    if actor.unit_id is not None and not actor.roles.isdisjoint({"unit", "unit_head"}):
        theirs.append(WorkItem.unit_id == actor.unit_id)
    theirs.extend(
        and_(WorkItem.role.contains(role), WorkItem.unit_id.is_(None)) for role in _SHARED if role in actor.roles
    )
    return query.where(exists().where(WorkItem.case_id == Case.id, or_(*theirs)))


def find_case(session: Session, actor: Actor, case_id: int) -> Case:
    """The case, if the actor may see it. Raises NotFound otherwise, whether or not it exists."""
    case: Case | None = session.scalar(visible(select(Case).where(Case.id == case_id), actor))
    if case is None:
        raise NotFound("没有找到这件申请，或者您无权查看。")
    return case


def needs_case_work(actor: Actor) -> None:
    """Raise NotPermitted for roles that never see case content (administrator, auditor)."""
    if actor.roles <= NO_CASES:
        raise NotPermitted("系统管理员和审计员不接触申请内容。")
