"""Turn the outcome of a process run into rows: work items, timers, milestones, notices. Runs inside a command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Integer, String, bindparam, null, select, union_all, update
from sqlalchemy.orm import Session

from engine.cases.audit import Author, record_case_event
from engine.cases.case_counts import mark
from engine.cases.desk import Desk
from engine.cases.ledger import Ledger
from engine.cases.limits import limit_days, limit_from, open_work, rederive_limits
from engine.cases.messages import holders, put, tell
from engine.cases.stops import stands_still
from engine.cases.watching import tell_watchers
from engine.process import Call, Definition, Outcome, Wait
from engine.statute.calendar import Calendar
from engine.statute.said import said, together
from engine.store.tables import WAITS, Account, Case, CaseItem, FormRecord, Timer, WorkItem
from engine.store.unit_of_work import append

# Statements that every step issues are built once: building one costs as much as running it.
_WORK = WorkItem.__table__.c
_OPEN_ITEMS = (
    select(_WORK.token, _WORK.element, _WORK.name, _WORK.id)
    .where(_WORK.case_id == bindparam("case_id"), WAITS)
    .order_by(_WORK.id)
)
_WAITING_TIMERS = select(Timer).where(
    Timer.case_id == bindparam("case_id"), Timer.fired_at.is_(None), Timer.cancelled_at.is_(None)
)
_ITEMS = (
    select(CaseItem)
    .where(CaseItem.case_id == bindparam("case_id"), CaseItem.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(CaseItem.seq)
)
_ANSWERS = select(FormRecord.answers).where(FormRecord.case_id == bindparam("case_id")).order_by(FormRecord.id.desc())
_PERFORMERS = (
    select(_WORK.done_by, _WORK.name)
    .where(
        _WORK.case_id == bindparam("case_id"),
        _WORK.status == "done",
        _WORK.element.in_(bindparam("elements", expanding=True)),
    )
    .distinct()
)
# Both in one round trip: the rows of performers have no id.
_OPEN_AND_PERFORMERS = union_all(
    select(_WORK.id, _WORK.token, _WORK.element, _WORK.name, null().cast(Integer).label("done_by")).where(
        _WORK.case_id == bindparam("case_id"), WAITS
    ),
    _PERFORMERS.with_only_columns(
        null().cast(Integer), null().cast(String), null().cast(String), _WORK.name, _WORK.done_by
    ),
)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open work item as a turn needs it; `id` is None while it has not been stored."""

    token: str
    element: str
    name: str
    id: int | None = None


@dataclass(slots=True)
class Turn:
    """One command at work on one case: what it needs at every turn of the process."""

    desk: Desk
    session: Session
    case: Case
    definition: Definition
    calendar: Calendar
    ledger: Ledger
    author: Author
    at: datetime
    _open_items: list[OpenItem] | None = None

    @property
    def open_items(self) -> list[OpenItem]:
        """The case's open work items, oldest first; read once, then kept in line by `apply`."""
        if self._open_items is None:
            rows = self.session.connection().execute(_OPEN_ITEMS, {"case_id": self.case.id})
            self._open_items = [OpenItem(*row) for row in rows]
        return self._open_items

    @open_items.setter
    def open_items(self, rows: list[OpenItem]) -> None:
        self._open_items = rows

    def performers(self, elements: Sequence[str]) -> dict[int, str]:
        """As `performers`, for this case; its open work items come with the same query."""
        found = {"case_id": self.case.id, "elements": list(elements)}
        rows = self.session.connection().execute(_OPEN_AND_PERFORMERS, found).all()
        self.open_items = sorted(
            (OpenItem(row.token, row.element, row.name, row.id) for row in rows if row.id is not None),
            key=lambda item: item.id or 0,
        )
        return {row.done_by: row.name for row in rows if row.done_by is not None}

    @property
    def today(self) -> date:
        """The office's calendar day of this command."""
        return self.desk.local(self.at).date()

    def record(self, action: str, *, element: str | None = None, data: Mapping[str, object] | None = None) -> None:
        """Append to the case's audit chain."""
        record_case_event(self.session, self.case, self.author, self.at, action, element=element, data=data)


def apply(
    turn: Turn, outcome: Outcome, action: str, element: str | None = None, data: Mapping[str, object] | None = None
) -> None:
    """Store the new state and bring work items, timers, milestones and due dates in line with it.

    One audit event says what was done (`action`, `element`, `data`) and which elements of the diagram were passed.
    """
    case, session = turn.case, turn.session
    case.state = None if outcome.ended else outcome.state
    _milestones(turn, outcome.passed)
    stood_still = stands_still(case)
    turn.ledger.index(case, turn.today)
    items = _items(turn, outcome.waits)
    _sync_work(turn, [wait for wait in outcome.waits if wait.kind == "step"], items)
    _sync_timers(turn, [wait for wait in outcome.waits if wait.kind == "timer"], items)
    if stood_still and not stands_still(case):
        rederive_limits(turn, open_work(session, [case.id]).get(case.id, ()))
    for call in outcome.calls:
        _run(turn, call)
    turn.record(action, element=element, data={**(data or {}), "passed": list(outcome.passed)})
    if outcome.ended:
        case.archived_at = case.archived_at or turn.at
        case.closed_at = case.closed_at or turn.at
    mark(session, case, turn.desk.zone)
    session.flush()
    if case.watchers:
        told = _happened(turn, action, element, str((data or {}).get("title", "")))
        tell_watchers(session, case, told, turn.at, turn.author.id, str(case.event_seq))


def _happened(turn: Turn, action: str, element: str | None, title: str) -> str:
    """What those who watch the case are told: what was done and what waits now."""
    step = turn.definition.steps.get(element or "")
    node = turn.definition.nodes.get(element or "")
    name = step.name if step is not None else node.name if node is not None else title
    did = (
        said("“%(step)s”期限届满。", step=name)
        if action == "timer"
        else said("%(person)s 办理了“%(step)s”。", person=turn.author.name, step=name)
        if name
        else said("%(person)s 办理了一项登记。", person=turn.author.name)
    )
    waiting = "、".join(dict.fromkeys(item.name for item in turn.open_items))
    if waiting:
        return together(did, said("现在待办：%(steps)s。", steps=waiting))
    return together(did, said("已办结。") if turn.case.closed_at else said("正在等待期限届满或者申请人。"))


def _items(turn: Turn, waits: Sequence[Wait]) -> dict[tuple[str, int], CaseItem]:
    """Items of the newest round of each kind, by (kind, index in the multi-instance)."""
    kinds = {kind for wait in waits if (kind := _item_kind(turn.definition, wait)) is not None}
    if not kinds:
        return {}
    rows = turn.session.scalars(_ITEMS, {"case_id": turn.case.id, "kinds": sorted(kinds)}).all()
    newest = {kind: max((row.round for row in rows if row.kind == kind), default=0) for kind in kinds}
    found: dict[tuple[str, int], CaseItem] = {}
    for kind in kinds:
        members = [row for row in rows if row.kind == kind and row.round == newest[kind]]
        found.update({(kind, index): row for index, row in enumerate(members)})
    return found


def _item_kind(definition: Definition, wait: Wait) -> str | None:
    if wait.item is None:
        return None
    return definition.item_kind(wait.element)


def _item_of(definition: Definition, wait: Wait, items: Mapping[tuple[str, int], CaseItem]) -> CaseItem | None:
    kind = _item_kind(definition, wait)
    return items.get((kind, wait.item)) if kind is not None and wait.item is not None else None


def _sync_work(turn: Turn, waits: Sequence[Wait], items: Mapping[tuple[str, int], CaseItem]) -> None:
    gone = {row.token: row for row in turn.open_items}
    kept = []
    for wait in waits:
        row = gone.pop(wait.token, None)
        kept.append(row or _new_work(turn, wait, _item_of(turn.definition, wait, items)))
    if gone:
        ids = [row.id for row in gone.values()]
        recalled = update(WorkItem).where(WorkItem.id.in_(ids)).values(status="recalled", done_at=turn.at)
        turn.session.execute(recalled, execution_options={"synchronize_session": False})
    for row in gone.values():
        turn.record("recall", element=row.element, data={"work_item": row.id, "name": row.name})
    turn.open_items = kept


def _new_work(turn: Turn, wait: Wait, item: CaseItem | None) -> OpenItem:
    case, step = turn.case, turn.definition.steps[wait.element]
    holder = case.handler_id if step.keep_handler else None
    append(
        turn.session,
        WorkItem,
        agency_id=case.agency_id,
        case_id=case.id,
        token=wait.token,
        element=wait.element,
        name=step.name,
        role=" ".join(step.role),
        status="open",
        item_id=item.id if item else None,
        unit_id=_unit(turn, step.to_unit_of, item),
        opened_at=turn.at,
        sort_due_on=case.sort_due_on,
        limit_on=limit_from(turn.today, limit_days(turn.desk.settings, case.case_type, step), turn.calendar),
        assignee_id=holder,
        claimed_at=None if holder is None else turn.at,
    )
    if holder is not None and holder != turn.author.id:
        # The token is new, so the key is: no need to ask whether it has been told.
        put(
            turn.session,
            [holder],
            key=f"work:{case.id}:{wait.token}",
            text=said("%(number)s：%(step)s，待办理。", number=case.number, step=step.name),
            at=turn.at,
            case=case,
        )
    if holder is None and case.confidential:
        _ask_for_holder(turn, wait, step.name)
    return OpenItem(wait.token, wait.element, step.name)


def _ask_for_holder(turn: Turn, wait: Wait, name: str) -> None:
    """A step of a confidential case is in nobody's list until it is given to somebody: say so to who gives it."""
    case = turn.case
    put(
        turn.session,
        holders(turn.session, case.agency_id, ["disclosure_head"]),
        key=f"unassigned:{case.id}:{wait.token}",
        text=said("%(number)s（保密件）：%(step)s，还没有承办人，请指定。", number=case.number, step=name),
        at=turn.at,
        case=case,
    )


def _unit(turn: Turn, wanted: str | None, item: CaseItem | None) -> int | None:
    """The unit a step opens for: that of its list member, or the newest answer of a `unit` field."""
    if wanted is None:
        return None
    if wanted == "item":
        return item.unit_id if item else None
    turn.session.flush()
    for answers in turn.session.scalars(_ANSWERS, {"case_id": turn.case.id}):
        if isinstance(unit := answers.get(wanted), int):
            return unit
    return None


def _sync_timers(turn: Turn, waits: Sequence[Wait], items: Mapping[tuple[str, int], CaseItem]) -> None:
    session, case = turn.session, turn.case
    waiting = {row.token: row for row in _waiting_timers(turn)}
    case.open_timers = len(waits)
    for wait in waits:
        row = waiting.pop(wait.token, None)
        if row is None:
            item = _item_of(turn.definition, wait, items)
            row = Timer(
                case_id=case.id,
                token=wait.token,
                element=wait.element,
                clock=wait.clock or "",
                item_id=item.id if item else None,
                opened_at=turn.at,
            )
            session.add(row)
        item_row = session.get(CaseItem, row.item_id) if row.item_id else None
        row.due_on = turn.ledger.timer_date(row.clock, item_row.public_id if item_row else None)
    for row in waiting.values():
        row.cancelled_at = turn.at


def _waiting_timers(turn: Turn) -> Sequence[Timer]:
    if turn.case.open_timers == 0:
        return ()
    return turn.session.scalars(_WAITING_TIMERS, {"case_id": turn.case.id}).all()


def rederive_timers(turn: Turn) -> list[tuple[Timer, date | None]]:
    """Give every waiting timer its date again, after the ledger or the calendar has changed.

    Returns the timers, each with the date it had.
    """
    timers = [(row, row.due_on) for row in _waiting_timers(turn)]
    for row, _before in timers:
        item = turn.session.get(CaseItem, row.item_id) if row.item_id else None
        row.due_on = turn.ledger.timer_date(row.clock, item.public_id if item else None)
    return timers


def _run(turn: Turn, call: Call) -> None:
    """A service task of the diagram. `notify`: params `to` (roles, space separated) and `text`."""
    if call.name == "notify":
        people = set(holders(turn.session, turn.case.agency_id, str(call.params.get("to", "")).split()))
        if "handler" in str(call.params.get("to", "")).split() and turn.case.handler_id is not None:
            people -= set(holders(turn.session, turn.case.agency_id, ["handler"])) - {turn.case.handler_id}
        tell(
            turn.session,
            people,
            key=f"call:{turn.case.id}:{call.element}:{turn.case.event_seq}",
            text=said("%(number)s：%(text)s", number=turn.case.number, text=call.params.get("text", "")),
            at=turn.at,
            case=turn.case,
            level="warning",
        )
    turn.record("call", element=call.element, data={"name": call.name, **call.params})


def _milestones(turn: Turn, passed: Sequence[str]) -> None:
    for element in passed:
        if element in turn.definition.case_type.closing:
            turn.case.closed_at = turn.case.closed_at or turn.at


def performers(session: Session, case_id: int, elements: Sequence[str]) -> dict[int, str]:
    """Who completed one of these elements in the case: account id -> name of the step."""
    rows = session.execute(_PERFORMERS, {"case_id": case_id, "elements": list(elements)})
    return {done_by: name for done_by, name in rows if done_by is not None}


def account_name(session: Session, account_id: int | None) -> str:
    """The name of a person, for sentences; 系统 when nobody acted."""
    if account_id is None:
        return "系统"
    return session.scalar(select(Account.name).where(Account.id == account_id)) or "已停用的账号"
