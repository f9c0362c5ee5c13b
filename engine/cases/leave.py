"""Leave: somebody is away and a deputy does his work items meanwhile, in his place and under his own name.

The deputy sees and may do what waits for the absent person, and nothing else of what that person may see or do. The
audit trail, the flow record and signatures say in whose place it was done (代).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from engine.cases.access import actor_of
from engine.cases.audit import record_event
from engine.cases.desk import Actor, Desk
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal
from engine.cases.messages import tell
from engine.cases.permissions import ROLES, SOLITARY_ROLES, Permission, permits
from engine.statute.said import said
from engine.store.tables import Account, AccountRole, Leave

_SHOWN = 50
_LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """A leave as its page shows it. `state`: ahead, now, past, or ended (taken back early)."""

    id: int
    absent: str
    deputy: str
    first_on: date
    last_on: date
    reason: str
    state: str
    set_by: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LeavePage:
    """Whose leave it is, the deputies to choose from (id, name, unit), their leaves, and for whom they stand in."""

    account_id: int
    name: str
    people: tuple[tuple[int, str, str], ...]
    own: tuple[LeaveLine, ...]
    stands_in: tuple[LeaveLine, ...]


def absent_now(session: Session, deputy_id: int, today: date) -> tuple[Actor, ...]:
    """Those on leave today for whom this account stands in; a closed account leaves nobody anything to do."""
    away = session.scalars(
        select(Account)
        .join(Leave, Leave.absent_id == Account.id)
        .where(Leave.deputy_id == deputy_id, *_standing(today, today), Account.active)
        .order_by(Account.id)
    ).unique()
    return tuple(actor_of(one) for one in away)


def stands_in(account_id: Any, today: Any) -> ColumnElement[bool]:
    """Of an account: that somebody has made it his deputy for the day; `today`: a day, or a parameter for one."""
    return exists().where(Leave.deputy_id == account_id, *_standing(today, today))


def deputies(session: Session, account_ids: Collection[int], today: date) -> dict[int, int]:
    """Who stands in today for those of the accounts that are on leave: absent -> deputy."""
    query = select(Leave.absent_id, Leave.deputy_id).where(Leave.absent_id.in_(account_ids), *_standing(today, today))
    return dict(session.execute(query).all())


def _standing(first: Any, last: Any) -> tuple[ColumnElement[bool], ...]:
    """Leaves in force on some day of a span."""
    return (Leave.ended_at.is_(None), Leave.first_on <= last, Leave.last_on >= first)


def leave_page(desk: Desk, actor: Actor, account_id: int | None = None) -> LeavePage:
    """One's own leaves, or for the administrator those of an account. Raises NotPermitted, NotFound."""
    with desk.reading() as session:
        account = _whose(session, actor, account_id)
        involved = or_(Leave.absent_id == account.id, Leave.deputy_id == account.id)
        rows = session.scalars(select(Leave).where(involved).order_by(Leave.first_on.desc()).limit(_SHOWN)).all()
        ids = {one for row in rows for one in (row.absent_id, row.deputy_id, row.set_by)}
        names = dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(ids))).all())
        lines = [(row, _line(row, names, desk.today())) for row in rows]
        return LeavePage(
            account_id=account.id,
            name=account.name,
            people=tuple(
                (one.id, one.name, one.unit.name if one.unit else "")
                for one in session.scalars(_possible(actor.agency_id).where(Account.id != account.id)).unique()
            ),
            own=tuple(line for row, line in lines if row.absent_id == account.id),
            stands_in=tuple(line for row, line in lines if row.deputy_id == account.id),
        )


def _line(row: Leave, names: dict[int, str], today: date) -> LeaveLine:
    state = "ended" if row.ended_at else "past" if row.last_on < today else "ahead" if row.first_on > today else "now"
    return LeaveLine(
        id=row.id,
        absent=names[row.absent_id],
        deputy=names[row.deputy_id],
        first_on=row.first_on,
        last_on=row.last_on,
        reason=row.reason or "",
        state=state,
        set_by=names[row.set_by],
        ended_at=row.ended_at,
    )


def _possible(agency_id: int) -> Select[Account]:
    """Accounts that may stand in or be stood in for: active ones that work on cases."""
    working = Account.roles.any(AccountRole.role.not_in(SOLITARY_ROLES))
    return (
        select(Account)
        .where(Account.agency_id == agency_id, Account.active, working)
        .order_by(Account.name, Account.id)
    )


def _whose(session: Session, actor: Actor, account_id: int | None) -> Account:
    wanted = actor.id if account_id is None else account_id
    if wanted != actor.id and not permits(actor, Permission.ADMIN_ACCOUNTS_MANAGE):
        raise NotPermitted("只能安排自己的请假代理；为他人安排请联系系统管理员。")
    account = session.scalar(_possible(actor.agency_id).where(Account.id == wanted))
    if account is None:
        raise NotFound("没有这个账号，或者它不办理申请，不需要安排代理。")
    return account


@dataclass(frozen=True, slots=True)
class BeyondRoles:
    """A deputy, and the roles of the absent person that he does not hold: he could do and sign their steps, too."""

    deputy_id: int
    deputy: str
    absent: str
    roles: tuple[str, ...]


def beyond_roles(desk: Desk, actor: Actor, deputy_id: int | None, account_id: int | None = None) -> BeyondRoles | None:
    """What has to be confirmed before this deputy is arranged, if anything. Raises NotPermitted, NotFound."""
    with desk.reading() as session:
        account = _whose(session, actor, account_id)
        deputy = session.scalar(_possible(actor.agency_id).where(Account.id == deputy_id)) if deputy_id else None
        if deputy is None or deputy.id == account.id:
            return None
        held = {one.role for one in deputy.roles}
        roles = tuple(sorted({one.role for one in account.roles} - held, key=list(ROLES).index))
        return BeyondRoles(deputy.id, deputy.name, account.name, roles) if roles else None


def set_leave(
    desk: Desk,
    actor: Actor,
    *,
    deputy_id: int | None,
    first_on: date | None,
    last_on: date | None,
    reason: str = "",
    account_id: int | None = None,
) -> int:
    """Arrange a deputy from `first_on` to `last_on`; returns the leave's id.

    For oneself, or by the administrator for `account_id`. Raises AnswerErrors (`deputy`, `first_on`, `last_on`),
    NotPermitted, NotFound.
    """

    def work(session: Session) -> int:
        account = _whose(session, actor, account_id)
        errors = _faults(first_on, last_on, desk.today())
        deputy = session.scalar(_possible(actor.agency_id).where(Account.id == deputy_id)) if deputy_id else None
        if deputy is None:
            errors["deputy"] = "请选择代理人。"
        elif deputy.id == account.id:
            errors["deputy"] = "代理人不能是本人。"
        if errors or deputy is None or first_on is None or last_on is None:
            raise AnswerErrors(errors)
        if fault := _clash(session, account, deputy, first_on, last_on):
            raise AnswerErrors(fault)
        leave = Leave(
            agency_id=account.agency_id,
            absent_id=account.id,
            deputy_id=deputy.id,
            first_on=first_on,
            last_on=last_on,
            reason=reason.strip()[:200] or None,
            set_at=desk.now(),
            set_by=actor.id,
        )
        session.add(leave)
        session.flush()
        data = {"absent": account.name, "deputy": deputy.name, "from": first_on, "to": last_on, "reason": leave.reason}
        record_event(session, account.agency_id, f"account:{account.id}", actor.author, desk.now(), "leave_set", data)
        words = said(
            "%(absent)s %(first)s 至 %(last)s 请假，由 %(deputy)s 代为办理其待办事项。",
            absent=account.name,
            first=first_on,
            last=last_on,
            deputy=deputy.name,
        )
        tell(session, {account.id, deputy.id} - {actor.id}, key=f"leave:{leave.id}", text=words, at=desk.now())
        return leave.id

    return desk.write(work)


def _faults(first_on: date | None, last_on: date | None, today: date) -> dict[str, str]:
    errors: dict[str, str] = {}
    if first_on is None:
        errors["first_on"] = "请填写开始日期，例如 2026-05-08。"
    if last_on is None:
        errors["last_on"] = "请填写结束日期，例如 2026-05-12。"
    elif last_on < today:
        errors["last_on"] = "结束日期已经过去。"
    elif first_on is not None and last_on < first_on:
        errors["last_on"] = "结束日期不能早于开始日期。"
    elif first_on is not None and (last_on - first_on).days > _LONGEST_DAYS:
        errors["last_on"] = "一次最长安排一年；长期离岗请转办其全部待办并停用账号。"
    return errors


def _clash(session: Session, account: Account, deputy: Account, first: date, last: date) -> dict[str, str]:
    """Why these days do not go with what is arranged: nobody has two deputies, and no deputy is away."""
    both = {account.id, deputy.id}
    for row in session.scalars(
        select(Leave).where(*_standing(first, last), or_(Leave.absent_id.in_(both), Leave.deputy_id == account.id))
    ):
        told = {"first": row.first_on.isoformat(), "last": row.last_on.isoformat()}
        if row.absent_id == account.id:
            return {"first_on": said("%(first)s 至 %(last)s 已经安排过请假代理，请先结束原来的安排。", **told)}
        if row.absent_id == deputy.id:
            words = "%(name)s 在 %(first)s 至 %(last)s 也请假，请另选代理人。"
            return {"deputy": said(words, name=deputy.name, **told)}
        if row.deputy_id == account.id:
            words = "%(first)s 至 %(last)s 正由 %(name)s 代理他人，请先为被代理人另行安排。"
            return {"first_on": said(words, name=account.name, **told)}
    return {}


def end_leave(desk: Desk, actor: Actor, leave_id: int) -> int:
    """Take a leave back, or end it early; returns the id of the account it is of.

    Raises NotFound, NotPermitted, Refusal when it is over.
    """

    def work(session: Session) -> int:
        leave = session.scalar(select(Leave).where(and_(Leave.id == leave_id, Leave.agency_id == actor.agency_id)))
        if leave is None:
            raise NotFound("没有这条请假代理。")
        account = _whose(session, actor, leave.absent_id)
        if leave.ended_at is not None or leave.last_on < desk.today():
            raise Refusal("这条请假代理已经结束。")
        leave.ended_at, leave.ended_by = desk.now(), actor.id
        deputy = session.get_one(Account, leave.deputy_id)
        data = {"absent": account.name, "deputy": deputy.name, "from": leave.first_on, "to": leave.last_on}
        record_event(session, account.agency_id, f"account:{account.id}", actor.author, desk.now(), "leave_ended", data)
        words = said(
            "%(absent)s 的请假代理已结束，其待办事项不再由 %(deputy)s 代为办理。",
            absent=account.name,
            deputy=deputy.name,
        )
        tell(session, {account.id, deputy.id} - {actor.id}, key=f"leave-ended:{leave.id}", text=words, at=desk.now())
        return account.id

    return desk.write(work)
