"""Who has a work item: claim (签收), give back, reassign (转办)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.audit import record_case_event
from engine.cases.definitions import load_definition
from engine.cases.desk import Actor, Desk
from engine.cases.doers import may_do, still_open
from engine.cases.errors import NotFound, NotPermitted, Refusal, Stale
from engine.cases.flow import account_name
from engine.cases.messages import tell
from engine.statute.said import said
from engine.store.tables import Account, AccountRole, Case, WorkItem


def _open_item(desk: Desk, session: Session, actor: Actor, work_item_id: int) -> tuple[WorkItem, Case]:
    work = session.get(WorkItem, work_item_id)
    if work is None:
        raise NotFound("没有找到这项工作。")
    case = find_case(session, actor, work.case_id)
    still_open(desk, session, work)
    return work, case


def claim(desk: Desk, actor: Actor, work_item_id: int) -> int:
    """Take a work item into one's own hands; returns the case id. Raises Stale when somebody else has it."""

    def work(session: Session) -> int:
        item, case = _open_item(desk, session, actor, work_item_id)
        if item.assignee_id not in (None, actor.id):
            raise Stale(
                said(
                    "“%(name)s”已由 %(account_name)s 签收。",
                    name=item.name,
                    account_name=account_name(session, item.assignee_id),
                )
            )
        definition = load_definition(session, desk.library, case.definition_digest)
        may_do(session, actor, item, definition.steps[item.element])
        if item.assignee_id is None:
            item.assignee_id = actor.id
            item.claimed_at = desk.now()
            if case.handler_id is None and "handler" in item.role.split():
                case.handler_id = actor.id
            record_case_event(
                session, case, actor.author, desk.now(), "claim", element=item.element, data={"work_item": item.id}
            )
        return case.id

    return desk.write(work)


def give_back(desk: Desk, actor: Actor, work_item_id: int) -> int:
    """Put a claimed work item back for others; returns the case id."""

    def work(session: Session) -> int:
        item, case = _open_item(desk, session, actor, work_item_id)
        if item.assignee_id != actor.id:
            raise NotPermitted(said("“%(name)s”不在您名下。", name=item.name))
        item.assignee_id = None
        item.claimed_at = None
        record_case_event(
            session, case, actor.author, desk.now(), "give_back", element=item.element, data={"work_item": item.id}
        )
        return case.id

    return desk.write(work)


def candidates(session: Session, work: WorkItem) -> list[Account]:
    """The active accounts that may be given a work item."""
    query = (
        select(Account)
        .join(AccountRole)
        .where(Account.agency_id == work.agency_id, Account.active, AccountRole.role.in_(work.role.split()))
        .order_by(Account.name)
        .distinct()
    )
    if work.unit_id is not None:
        query = query.where(Account.unit_id == work.unit_id)
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Reassignment:
    """A work item and the people, (id, name), that it may be given to."""

    work_item_id: int
    case_id: int
    number: str
    subject: str
    step: str
    holder: str
    people: tuple[tuple[int, str], ...]


def reassignment(desk: Desk, actor: Actor, work_item_id: int) -> Reassignment:
    """What the page for handing over a work item shows. Raises Stale, NotPermitted, NotFound."""
    with desk.reading() as session:
        item, case = _open_item(desk, session, actor, work_item_id)
        _may_reassign(actor, item)
        holder = account_name(session, item.assignee_id) if item.assignee_id else ""
        people = tuple((one.id, one.name) for one in candidates(session, item) if one.id != item.assignee_id)
        return Reassignment(item.id, case.id, case.number, case.subject, item.name, holder, people)


REASSIGNERS = frozenset({"unit_head", "disclosure_head", "supervisor"})


def _may_reassign(actor: Actor, item: WorkItem) -> None:
    if item.assignee_id != actor.id and actor.roles.isdisjoint(REASSIGNERS):
        raise NotPermitted("只有当前承办人、科室负责人、公开机构负责人和督办人员可以转办。")


def reassign(desk: Desk, actor: Actor, work_item_id: int, account_id: int, reason: str) -> int:
    """Give a work item to another person; heads, supervisors and the present holder may. Returns the case id."""

    def work(session: Session) -> int:
        item, case = _open_item(desk, session, actor, work_item_id)
        _may_reassign(actor, item)
        if not reason.strip():
            raise Refusal("请填写转办原因。")
        target = next((one for one in candidates(session, item) if one.id == account_id), None)
        if target is None:
            raise Refusal(said("这个人不能办理“%(name)s”，请从列表中选择。", name=item.name))
        before = item.assignee_id
        item.assignee_id = target.id
        item.claimed_at = desk.now()
        if "handler" in item.role.split():
            case.handler_id = target.id
        record_case_event(
            session,
            case,
            actor.author,
            desk.now(),
            "reassign",
            element=item.element,
            data={"work_item": item.id, "from": before, "to": target.id, "reason": reason.strip()[:500]},
        )
        tell(
            session,
            [target.id],
            key=f"reassign:{item.id}:{case.event_seq}",
            text=f"{case.number}：{item.name}，由 {actor.name} 转给您办理。",
            at=desk.now(),
            case=case,
        )
        return case.id

    return desk.write(work)
