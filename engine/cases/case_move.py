"""One running case on its way to another version of its process: may it go, and what goes with it.

A case moves whole or stays: its tokens, work items and timers keep their ids, people, days and dates. What would lose a
token, strand a step with somebody who may not do it, or move any date keeps the case where it is and is named.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.cases.errors import Refusal
from engine.cases.flow import Turn
from engine.cases.ledger import Ledger
from engine.cases.permissions import ROLES
from engine.process import CannotMove, Moved, Plan, Wait
from engine.statute.said import said
from engine.store.tables import Account, AccountRole, Case, CaseItem, Timer, WorkItem

_DATES = {
    "arrived_on": "收到日期",
    "received_on": "受理日期",
    "due_on": "答复期限",
    "estimated_due_on": "暂定答复期限",
    "cautious_due_on": "审慎日期",
    "sort_due_on": "工作目标",
    "told_due_on": "已告知日期",
    "replied_on": "答复日期",
}
# What the derived dates are reckoned from beside the ledger.
_BASIS = ("closed_at", "clock_status", "in_time")


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a token stands: element, its title before and after; `opened` for one that begins to wait by the move."""

    element: str
    before: str
    after: str
    opened: bool = False


class Kept(Refusal):
    """A case that stays in its version; the sentence says why."""


def landings(moved: Moved) -> tuple[Landing, ...]:
    """Where every token stands after the move."""
    return (
        *(Landing(one.before.element, one.before.name, one.after.name) for one in moved.landings),
        *(Landing(one.element, "", one.name, opened=True) for one in moved.opened),
    )


def considered(turn: Turn, way: Plan) -> Moved:
    """The moved state. Raises Kept with everything that keeps the case where it is."""
    case = turn.case
    if case.definition_digest != way.old.digest or case.state is None:
        raise Kept("该件已不按这一版流程办理。")
    moved = way.move(case.state)
    if isinstance(moved, CannotMove):
        raise Kept(moved.why)
    reasons = [*_stranded(turn, way), *_moved_dates(turn, way, moved)]
    if reasons:
        raise Kept("".join(reasons))
    return moved


def _open_work(turn: Turn) -> Sequence[WorkItem]:
    query = select(WorkItem).where(WorkItem.case_id == turn.case.id, WorkItem.status == "open").order_by(WorkItem.id)
    return turn.session.scalars(query).all()


def _stranded(turn: Turn, way: Plan) -> Iterator[str]:
    """Steps in the hands of somebody, or of a unit, where nobody may do them in the new version."""
    for work in _open_work(turn):
        old, new = way.old.steps[work.element], way.new.steps[work.element]
        if work.unit_id is not None and old.to_unit_of != new.to_unit_of:
            yield said("“%(name)s”已经分给单位，新版不再这样分办，请先办完。", name=work.name)
        if set(work.role.split()) <= set(new.role):
            continue
        titles = "、".join(ROLES[role] for role in new.role)
        if work.assignee_id is not None:
            if not _holds(turn.session, new.role, Account.id == work.assignee_id):
                yield said(
                    "“%(name)s”已经签收，新版改由%(titles)s办理，请先办完或者退回。", name=work.name, titles=titles
                )
        elif work.unit_id is not None and not _holds(turn.session, new.role, Account.unit_id == work.unit_id):
            yield said(
                "“%(name)s”已经分给单位，新版改由%(titles)s办理，该单位没有这样的人员。", name=work.name, titles=titles
            )


def _holds(session: Session, roles: Sequence[str], who: ColumnElement[bool]) -> bool:
    """Whether an open account of those meant holds one of the roles."""
    query = select(Account.id).join(AccountRole, AccountRole.account_id == Account.id)
    return session.scalar(query.where(who, Account.active, AccountRole.role.in_(roles)).limit(1)) is not None


def _moved_dates(turn: Turn, way: Plan, moved: Moved) -> Iterator[str]:
    """Dates that the rules of the new version would derive otherwise than those of the old one."""
    case, ledger = turn.case, turn.ledger
    policy = turn.desk.settings.policy()
    new = Ledger(turn.session, case, way.new.case_type, turn.calendar, policy, ledger.rows)
    before, after = _derived(ledger, case, turn.today), _derived(new, case, turn.today)
    for name, title in _DATES.items():
        if before[name] != after[name]:
            yield said(
                "%(title)s会由 %(value)s 变为 %(value_2)s。",
                title=title,
                value=before[name] or "无",
                value_2=after[name] or "无",
            )
    tokens = {one.before.token for one in moved.landings}
    for timer in _timers(turn.session, case.id):
        if timer.token not in tokens:
            continue
        item = turn.session.get(CaseItem, timer.item_id) if timer.item_id else None
        public_id = item.public_id if item else None
        was, is_ = ledger.timer_date(timer.clock, public_id), new.timer_date(timer.clock, public_id)
        if was != is_:
            name = way.old.name_of(timer.element)
            yield said(
                "定时器“%(name)s”的到期日会由 %(value)s 变为 %(value_2)s。",
                name=name,
                value=was or "未定",
                value_2=is_ or "未定",
            )


def _derived(ledger: Ledger, case: Case, today: date) -> Mapping[str, date | None]:
    """The dates of the case's row as a ledger derives them, on a row that belongs to no session."""
    row = Case(**{name: getattr(case, name) for name in (*_DATES, *_BASIS)})
    ledger.index(row, today)
    return {name: getattr(row, name) for name in _DATES}


def _timers(session: Session, case_id: int) -> Sequence[Timer]:
    waiting = (Timer.case_id == case_id, Timer.fired_at.is_(None), Timer.cancelled_at.is_(None))
    return session.scalars(select(Timer).where(*waiting).order_by(Timer.id)).all()


def carry(turn: Turn, way: Plan, moved: Moved) -> None:
    """Put the case into the new version: open work items get its titles and roles, new boundary timers their rows."""
    turn.case.definition_digest = way.new.digest
    turn.case.state = moved.state
    turn.definition = way.new
    for work in _open_work(turn):
        step = way.new.steps[work.element]
        work.name, work.role = step.name, " ".join(step.role)
    new = Ledger(
        turn.session, turn.case, way.new.case_type, turn.calendar, turn.desk.settings.policy(), turn.ledger.rows
    )
    timers = [wait for wait in moved.waits if wait.kind == "timer"]
    turn.case.open_timers = len(timers)
    opened = {wait.token for wait in moved.opened}
    for wait in timers:
        if wait.token in opened:
            turn.session.add(_timer(turn, way, new, wait))


def _timer(turn: Turn, way: Plan, ledger: Ledger, wait: Wait) -> Timer:
    item = _item(turn, way, wait)
    return Timer(
        case_id=turn.case.id,
        token=wait.token,
        element=wait.element,
        clock=wait.clock or "",
        item_id=item.id if item else None,
        opened_at=turn.at,
        due_on=ledger.timer_date(wait.clock or "", item.public_id if item else None),
    )


def _item(turn: Turn, way: Plan, wait: Wait) -> CaseItem | None:
    """The list member that a wait inside a multi-instance stands for."""
    kind = way.new.item_kind(wait.element)
    if kind is None or wait.item is None:
        return None
    rows = turn.session.scalars(
        select(CaseItem).where(CaseItem.case_id == turn.case.id, CaseItem.kind == kind).order_by(CaseItem.seq)
    ).all()
    newest = max((row.round for row in rows), default=0)
    members = [row for row in rows if row.round == newest]
    return members[wait.item] if wait.item < len(members) else None


_Dated = dict[tuple[str, int | str], tuple[date | datetime | int | None, ...]]


def dated(session: Session, case: Case) -> _Dated:
    """Every date and holder that a move must leave as it is, as the database has it."""
    found: _Dated = {("件", title): (getattr(case, name),) for name, title in _DATES.items()}
    for timer in session.scalars(select(Timer).where(Timer.case_id == case.id)):
        found[("定时器", timer.id)] = (timer.due_on, timer.opened_at, timer.fired_at, timer.cancelled_at)
    for work in session.scalars(select(WorkItem).where(WorkItem.case_id == case.id)):
        found[("事项", work.id)] = (
            work.limit_on,
            work.opened_at,
            work.claimed_at,
            work.done_at,
            work.assignee_id,
            work.unit_id,
        )
    return found
