"""Who may do a work item: by role, unit and claim, in the place of somebody on leave, and kept apart from others."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotPermitted, Stale
from engine.cases.flow import account_name, performers
from engine.process import Step
from engine.statute.said import said
from engine.store.tables import WorkItem


def falls_to(person: Actor, work: WorkItem) -> bool:
    """Whether a work item is for this person by role, unit and whoever has taken it."""
    mine = person.agency_id == work.agency_id and not person.roles.isdisjoint(work.role.split())
    return mine and work.unit_id in (None, person.unit_id) and work.assignee_id in (None, person.id)


def may_do(session: Session, actor: Actor, work: WorkItem, step: Step, done: Mapping[int, str] | None = None) -> Actor:
    """In whose place the actor may do this work item now: his own, or that of an absent person he stands in for.

    Raises NotPermitted, with the reason, when he may not. Persons are kept apart by who really does a step; nor can
    anybody hand on a step that he may not do himself.

    `done`: who did the steps that this one is kept apart from, when that has been read already.
    """
    person = next((one for one in actor.persons if falls_to(one, work)), None)
    if person is None:
        raise _not_his(session, actor, work)
    if step.apart_from:
        if done is None:
            done = performers(session, work.case_id, step.apart_from)
        if actor.id in done:
            raise NotPermitted(
                said("您已办理本件的“%(done)s”，按分工要求不能再办理“%(name)s”。", done=done[actor.id], name=work.name)
            )
        if person.id in done:
            raise NotPermitted(
                said(
                    "%(person)s 已办理本件的“%(done)s”，按分工要求不能再由您代为办理“%(name)s”。",
                    person=person.name,
                    done=done[person.id],
                    name=work.name,
                )
            )
    return person


def _not_his(session: Session, actor: Actor, work: WorkItem) -> NotPermitted:
    if actor.agency_id != work.agency_id or actor.roles.isdisjoint(work.role.split()):
        return NotPermitted(said("“%(name)s”不属于您的岗位职责。", name=work.name))
    if work.unit_id is not None and actor.unit_id != work.unit_id:
        return NotPermitted(said("“%(name)s”已分给其他单位办理。", name=work.name))
    return NotPermitted(
        said(
            "“%(name)s”已由 %(account_name)s 签收，如需代办请先转办。",
            name=work.name,
            account_name=account_name(session, work.assignee_id),
        )
    )


def still_open(desk: Desk, session: Session, work: WorkItem) -> None:
    """Raise Stale, naming who did it and when, unless the work item still waits."""
    if work.status == "open":
        return
    when = desk.local(work.done_at).strftime("%Y-%m-%d %H:%M") if work.done_at else ""
    if work.status == "recalled":
        raise Stale(said("“%(name)s”已于 %(when)s 撤回，不需要再办理。", name=work.name, when=when))
    raise Stale(
        said(
            "“%(name)s”已由 %(account_name)s 于 %(when)s 办理完毕，您的提交没有生效。",
            name=work.name,
            account_name=account_name(session, work.done_by),
            when=when,
        )
    )
