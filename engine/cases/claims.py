"""Who has a work item: claim (签收), give back, reassign (转办) to a person or to a unit."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.cases.access import actor_of, find_case
from engine.cases.audit import record_case_event
from engine.cases.definitions import load_definition
from engine.cases.desk import Actor, Desk
from engine.cases.doers import may_do, still_open
from engine.cases.errors import NotFound, NotPermitted, Refusal, Stale
from engine.cases.flow import account_name, performers
from engine.cases.messages import holders, tell
from engine.process import Step
from engine.statute.said import said
from engine.store.tables import Account, AccountRole, Case, Unit, WorkItem

REASSIGNERS = frozenset({"unit_head", "disclosure_head", "supervisor"})


def _open_item(desk: Desk, session: Session, actor: Actor, work_item_id: int) -> tuple[WorkItem, Case, Step]:
    work = session.get(WorkItem, work_item_id)
    if work is None:
        raise NotFound("没有找到这项工作。")
    case = find_case(session, actor, work.case_id)
    still_open(desk, session, work)
    return work, case, load_definition(session, desk.library, case.definition_digest).steps[work.element]


def claim(desk: Desk, actor: Actor, work_item_id: int) -> int:
    """Take a work item into one's own hands, or into those of the absent person one stands in for.

    Returns the case id. Raises Stale when somebody else has it, NotPermitted, NotFound.
    """

    def work(session: Session) -> int:
        item, case, step = _open_item(desk, session, actor, work_item_id)
        if item.assignee_id is not None and item.assignee_id not in {one.id for one in actor.persons}:
            raise Stale(
                said(
                    "“%(name)s”已由 %(account_name)s 签收。",
                    name=item.name,
                    account_name=account_name(session, item.assignee_id),
                )
            )
        person = may_do(session, actor, item, step)
        if item.assignee_id is None:
            item.assignee_id = person.id
            item.claimed_at = desk.now()
            if case.handler_id is None and "handler" in item.role.split():
                case.handler_id = person.id
            author, data = actor.author_for(person), {"work_item": item.id}
            record_case_event(session, case, author, desk.now(), "claim", element=item.element, data=data)
        return case.id

    return desk.write(work)


def give_back(desk: Desk, actor: Actor, work_item_id: int) -> int:
    """Put a claimed work item back for others; returns the case id."""

    def work(session: Session) -> int:
        item, case, _step = _open_item(desk, session, actor, work_item_id)
        person = next((one for one in actor.persons if one.id == item.assignee_id), None)
        if person is None:
            raise NotPermitted(said("“%(name)s”不在您名下。", name=item.name))
        item.assignee_id = None
        item.claimed_at = None
        author, data = actor.author_for(person), {"work_item": item.id}
        record_case_event(session, case, author, desk.now(), "give_back", element=item.element, data=data)
        return case.id

    return desk.write(work)


def candidates(session: Session, work: WorkItem) -> list[Account]:
    """The active accounts that a work item waits for: those of its roles, in its unit when it was given to one."""
    query = _role_holders(work)
    if work.unit_id is not None:
        query = query.where(Account.unit_id == work.unit_id)
    return list(session.scalars(query))


def _role_holders(work: WorkItem) -> Select[Account]:
    return (
        select(Account)
        .join(AccountRole)
        .where(Account.agency_id == work.agency_id, Account.active, AccountRole.role.in_(work.role.split()))
        .order_by(Account.name)
        .distinct()
    )


def why_not_person(work: WorkItem, step: Step, person: Actor, done: Mapping[int, str]) -> str:
    """Why a work item cannot be given to a person; empty when it can. `done`: who did what it is kept apart from."""
    if person.roles.isdisjoint(work.role.split()):
        return said("“%(name)s”不属于 %(person)s 的岗位职责。", name=work.name, person=person.name)
    if step.to_unit_of is not None and work.unit_id not in (None, person.unit_id):
        return said("“%(name)s”已按流程分给其他科室，%(person)s 不在该科室。", name=work.name, person=person.name)
    if person.id in done:
        words = "%(person)s 已办理本件的“%(done)s”，按分工要求不能再办理“%(name)s”。"
        return said(words, person=person.name, done=done[person.id], name=work.name)
    if work.assignee_id == person.id:
        return said("“%(name)s”已经在 %(person)s 名下。", name=work.name, person=person.name)
    return ""


def why_not_unit(work: WorkItem, step: Step, unit: str, members: Mapping[int, Actor], done: Mapping[int, str]) -> str:
    """Why a work item cannot be given to a unit with these members; empty when it can."""
    if step.to_unit_of is not None:
        return said("“%(name)s”由流程分送科室，不能改派其他科室。", name=work.name)
    able = [one for one in members.values() if not one.roles.isdisjoint(work.role.split())]
    if not able:
        return said("%(unit)s 没有可以办理“%(name)s”的人员。", unit=unit, name=work.name)
    if all(one.id in done for one in able):
        words = "%(unit)s 可以办理“%(name)s”的人员都办理过本件须与之分开的环节。"
        return said(words, unit=unit, name=work.name)
    return ""


@dataclass(frozen=True, slots=True)
class Reassignment:
    """A work item, and the people and units, (id, name), that it may be given to."""

    work_item_id: int
    case_id: int
    number: str
    subject: str
    step: str
    holder: str
    people: tuple[tuple[int, str], ...]
    units: tuple[tuple[int, str], ...]


def reassignment(desk: Desk, actor: Actor, work_item_id: int) -> Reassignment:
    """What the page for handing over a work item shows. Raises Stale, NotPermitted, NotFound."""
    with desk.reading() as session:
        item, case, step = _open_item(desk, session, actor, work_item_id)
        may_reassign(actor, item)
        holder = account_name(session, item.assignee_id) if item.assignee_id else ""
        done = performers(session, case.id, step.apart_from) if step.apart_from else {}
        able = [actor_of(one) for one in session.scalars(_role_holders(item)).unique()]
        names = session.execute(
            select(Unit.id, Unit.name).where(Unit.agency_id == item.agency_id, Unit.active).order_by(Unit.name)
        ).all()
        units = tuple(
            (unit_id, name)
            for unit_id, name in names
            if (unit_id != item.unit_id or item.assignee_id is not None)
            and not why_not_unit(item, step, name, {one.id: one for one in able if one.unit_id == unit_id}, done)
        )
        people = tuple((one.id, one.name) for one in able if not why_not_person(item, step, one, done))
        return Reassignment(item.id, case.id, case.number, case.subject, item.name, holder, people, units)


def may_reassign(actor: Actor, item: WorkItem) -> None:
    """Raise NotPermitted unless the actor has the work item in hand, or is one of REASSIGNERS."""
    if item.assignee_id not in {one.id for one in actor.persons} and actor.roles.isdisjoint(REASSIGNERS):
        raise NotPermitted("只有当前承办人、科室负责人、公开机构负责人和督办人员可以转办。")


@dataclass(frozen=True, slots=True)
class Target:
    """Whom something is given to: a person, or a unit of which anybody with the role may take it."""

    person_id: int | None = None
    unit_id: int | None = None


# Stands for a holder that was not looked at before.
UNSEEN = -1


def reassign(
    desk: Desk, actor: Actor, work_item_id: int, target: Target, reason: str, held_by: int | None = UNSEEN
) -> int:
    """Give a work item to another person or to a unit; heads, supervisors and the present holder may.

    `held_by`: who had it when that was decided. Returns the case id. Raises Stale when somebody else has it by now,
    Refusal with the reason why the target cannot have it.
    """

    def work(session: Session) -> int:
        item, case, step = _open_item(desk, session, actor, work_item_id)
        may_reassign(actor, item)
        if not reason.strip():
            raise Refusal("请填写转办原因。")
        if held_by not in (UNSEEN, item.assignee_id):
            raise Stale(said("“%(name)s”的承办人已经变动，没有转办，请重新核对。", name=item.name))
        done = performers(session, case.id, step.apart_from) if step.apart_from else {}
        before, unit_before = item.assignee_id, item.unit_id
        if target.unit_id is not None:
            told = _give_to_unit(session, item, step, target.unit_id, done)
        else:
            told = [_give_to_person(session, item, step, target.person_id, done)]
            item.claimed_at = desk.now()
        if "handler" in item.role.split():
            case.handler_id = item.assignee_id
        data: dict[str, object] = {"work_item": item.id, "from": before, "to": item.assignee_id}
        if item.unit_id != unit_before:
            data["unit"] = [unit_before, item.unit_id]
        data["reason"] = reason.strip()[:500]
        record_case_event(session, case, actor.author, desk.now(), "reassign", element=item.element, data=data)
        words = (
            "%(number)s：%(step)s，由 %(person)s 转给您办理。"
            if target.unit_id is None
            else "%(number)s：%(step)s，由 %(person)s 转给您所在科室，请签收办理。"
        )
        tell(
            session,
            set(told) - {actor.id},
            key=f"reassign:{item.id}:{case.event_seq}",
            text=said(words, number=case.number, step=item.name, person=actor.name),
            at=desk.now(),
            case=case,
        )
        return case.id

    return desk.write(work)


def _give_to_person(
    session: Session, item: WorkItem, step: Step, account_id: int | None, done: Mapping[int, str]
) -> int:
    account = session.get(Account, account_id) if account_id else None
    if account is None or account.agency_id != item.agency_id or not account.active:
        raise Refusal(said("这个人不能办理“%(name)s”，请从列表中选择。", name=item.name))
    if fault := why_not_person(item, step, actor_of(account), done):
        raise Refusal(fault)
    item.assignee_id = account.id
    if step.to_unit_of is None and item.unit_id != account.unit_id:
        item.unit_id = None
    return account.id


def _give_to_unit(session: Session, item: WorkItem, step: Step, unit_id: int, done: Mapping[int, str]) -> list[int]:
    unit = session.get(Unit, unit_id)
    if unit is None or unit.agency_id != item.agency_id or not unit.active:
        raise Refusal("没有这个科室，或者它已停用。")
    able = session.scalars(_role_holders(item).where(Account.unit_id == unit.id)).unique()
    if fault := why_not_unit(item, step, unit.name, {one.id: actor_of(one) for one in able}, done):
        raise Refusal(fault)
    item.unit_id, item.assignee_id, item.claimed_at = unit.id, None, None
    return holders(session, item.agency_id, item.role.split(), unit.id)


def hand_case(
    desk: Desk, actor: Actor, case_id: int, account_id: int | None, reason: str, held_by: int | None = UNSEEN
) -> int:
    """Make another person the handler of a case of which no step is in hand just now; later steps come to him.

    Returns the case id. Raises Stale when it has another handler by now, NotPermitted, Refusal, NotFound.
    """

    def work(session: Session) -> int:
        case = find_case(session, actor, case_id)
        if actor.roles.isdisjoint(REASSIGNERS) and actor.id != case.handler_id:
            raise NotPermitted("只有当前承办人、科室负责人、公开机构负责人和督办人员可以转办。")
        if not reason.strip():
            raise Refusal("请填写转办原因。")
        if case.closed_at is not None:
            raise Stale("本件已经办结，不需要转办。")
        if held_by not in (UNSEEN, case.handler_id):
            raise Stale("本件的经办人已经变动，没有转办，请重新核对。")
        account = session.get(Account, account_id) if account_id else None
        known = account is not None and account.agency_id == case.agency_id and account.active
        if account is None or not known or "handler" not in actor_of(account).roles:
            raise Refusal("这个人不是经办人，请从列表中选择。")
        before, case.handler_id = case.handler_id, account.id
        data = {"from": before, "to": account.id, "reason": reason.strip()[:500]}
        record_case_event(session, case, actor.author, desk.now(), "hand_case", data=data)
        tell(
            session,
            {account.id} - {actor.id},
            key=f"hand-case:{case.id}:{case.event_seq}",
            text=said("%(number)s：由 %(person)s 转给您经办。", number=case.number, person=actor.name),
            at=desk.now(),
            case=case,
        )
        return case.id

    return desk.write(work)
