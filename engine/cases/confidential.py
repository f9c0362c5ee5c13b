"""保密件: a case that only those who work on it and the persons named for it see (engine/cases/access.py).

Whoever answers for the case sets and lifts the flag and names persons, each time with a reason in the audit trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from engine.cases.access import LINE, NO_CASES, find_case
from engine.cases.audit import record_case_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal
from engine.cases.messages import tell
from engine.cases.permissions import ROLES, Permission, require
from engine.statute.said import said
from engine.store.tables import Account, AccountRole, Case, CaseNamed, WorkItem

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Insider:
    """Somebody who sees a confidential case, and why: every ground in words. `named`: can be taken off the list."""

    id: int
    name: str
    unit: str
    why: tuple[str, ...]
    named: bool


@dataclass(frozen=True, slots=True)
class Circle:
    """Who sees a case once it is confidential. `others`: the persons that could be named, as (id, name)."""

    case: Case
    insiders: tuple[Insider, ...]
    others: tuple[tuple[int, str], ...]
    may_change: bool


def circle(desk: Desk, actor: Actor, case_id: int) -> Circle:
    """Who sees the case while it is confidential, or would see it. Raises NotFound."""
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        people = _people(session, case)
        why = _grounds(session, case, people)
        named = set(session.scalars(select(CaseNamed.account_id).where(CaseNamed.case_id == case.id)))
        insiders = tuple(
            Insider(one.id, one.name, one.unit.name if one.unit else "", tuple(why[one.id]), one.id in named)
            for one in people
            if why[one.id]
        )
        others = tuple((one.id, _full_name(one)) for one in people if not why[one.id])
        return Circle(case, insiders, others, _answers_for(actor, case))


def set_confidential(desk: Desk, actor: Actor, case_id: int, reason: str) -> None:
    """Narrow the case to those who work on it. Raises AnswerErrors (reason), NotPermitted, NotFound, Refusal."""

    def work(session: Session) -> None:
        case = _case(session, actor, case_id)
        if case.confidential:
            raise Refusal("本件已经是保密件。")
        case.confidential = True
        _record(desk, session, case, actor, "confidential_set", {"reason": _reason(reason)})

    desk.write(work)


def lift_confidential(desk: Desk, actor: Actor, case_id: int, reason: str) -> None:
    """Open the case to the office again; the persons named fall away. Raises as `set_confidential`."""

    def work(session: Session) -> None:
        case = _case(session, actor, case_id)
        if not case.confidential:
            raise Refusal("本件不是保密件。")
        case.confidential = False
        session.execute(delete(CaseNamed).where(CaseNamed.case_id == case.id))
        _record(desk, session, case, actor, "confidential_lifted", {"reason": _reason(reason)})

    desk.write(work)


def name_person(desk: Desk, actor: Actor, case_id: int, account_id: int | None, reason: str) -> None:
    """Let one more person see a confidential case. Raises AnswerErrors (account_id, reason) and as above."""

    def work(session: Session) -> None:
        case = _case(session, actor, case_id)
        if not case.confidential:
            raise Refusal("本件不是保密件，不需要指定可以查看的人。")
        people = {one.id: one for one in _people(session, case)}
        if account_id not in people or account_id is None:
            raise AnswerErrors({"account_id": "请从列表中选择可以查看的人。"})
        if session.get(CaseNamed, (case.id, account_id)) is not None:
            raise AnswerErrors({"account_id": "这个人已经可以查看本件。"})
        told = _reason(reason)
        now = desk.now()
        session.add(CaseNamed(case_id=case.id, account_id=account_id, named_at=now, named_by=actor.id))
        _record(desk, session, case, actor, "person_named", {"account": account_id, "reason": told})
        text = said("%(number)s：%(person)s 指定您可以查看这件保密件。", number=case.number, person=actor.name)
        tell(session, [account_id], key=f"named:{case.id}:{case.event_seq}", text=text, at=now, case=case)

    desk.write(work)


def unname_person(desk: Desk, actor: Actor, case_id: int, account_id: int) -> None:
    """Take a named person off the list. Raises NotPermitted, NotFound."""

    def work(session: Session) -> None:
        case = _case(session, actor, case_id)
        row = session.get(CaseNamed, (case.id, account_id))
        if row is None:
            raise NotFound("没有指定过这个人。")
        session.delete(row)
        _record(desk, session, case, actor, "person_unnamed", {"account": account_id})

    desk.write(work)


def may_confide(actor: Actor, case: Case) -> bool:
    """Whether the actor decides about the confidentiality of this case: its handler, or who answers for every case."""
    return _answers_for(actor, case)


def _answers_for(actor: Actor, case: Case) -> bool:
    return not actor.roles.isdisjoint(LINE) or (case.handler_id == actor.id and "handler" in actor.roles)


def _case(session: Session, actor: Actor, case_id: int) -> Case:
    require(actor, Permission.CASES_CASE_CONFIDE)
    case = find_case(session, actor, case_id)
    if not _answers_for(actor, case):
        raise NotPermitted("只有本件的经办人、公开机构负责人和分管领导可以决定谁能看到本件。")
    return case


def _reason(text: str) -> str:
    if not text.strip() or len(text.strip()) > _LONGEST:
        raise AnswerErrors({"reason": "请填写原因，不超过 300 个字。"})
    return text.strip()


def _record(desk: Desk, session: Session, case: Case, actor: Actor, action: str, data: dict[str, object]) -> None:
    record_case_event(session, case, actor.author, desk.now(), action, data=data)


def _people(session: Session, case: Case) -> Sequence[Account]:
    """Everybody of the agency who works on cases at all."""
    works = select(AccountRole.account_id).where(AccountRole.role.not_in(NO_CASES))
    return session.scalars(
        select(Account)
        .where(Account.agency_id == case.agency_id, Account.active, Account.id.in_(works))
        .order_by(Account.name, Account.id)
    ).all()


def _full_name(account: Account) -> str:
    return f"{account.name}（{account.unit.name}）" if account.unit else account.name


def _grounds(session: Session, case: Case, people: Sequence[Account]) -> dict[int, list[str]]:
    """Why each person sees the case while it is confidential: the same rules as the query, in words."""
    found: dict[int, list[str]] = {one.id: [] for one in people}
    units: set[int] = set()
    rows = session.execute(
        select(WorkItem.assignee_id, WorkItem.done_by, WorkItem.unit_id, WorkItem.name)
        .where(
            WorkItem.case_id == case.id,
            or_(WorkItem.assignee_id.is_not(None), WorkItem.done_by.is_not(None), WorkItem.unit_id.is_not(None)),
        )
        .distinct()
    ).all()
    named = set(session.scalars(select(CaseNamed.account_id).where(CaseNamed.case_id == case.id)))
    steps: dict[int, list[str]] = {}
    for assignee_id, done_by, unit_id, name in rows:
        for account_id in {assignee_id, done_by}:
            if account_id is not None:
                steps.setdefault(account_id, []).append(name)
        if unit_id is not None:
            units.add(unit_id)
    units |= {one.unit_id for one in people if one.id == case.handler_id and one.unit_id is not None}
    for one in people:
        roles = {held.role for held in one.roles}
        if one.id == case.handler_id:
            found[one.id].append("经办人")
        found[one.id] += [ROLES[role] for role in sorted(roles & LINE)]
        if "unit_head" in roles and one.unit_id in units:
            found[one.id].append(ROLES["unit_head"])
        if one.id in steps:
            found[one.id].append("、".join(dict.fromkeys(steps[one.id])))
        if one.id in named:
            found[one.id].append("指定查看")
    return found
