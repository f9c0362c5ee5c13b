"""A case's ledger of legal events, folded into the statutory clock; the due dates on its row are only an index."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from engine.cases.errors import Refusal
from engine.process import CaseType, ClockRule
from engine.process.case_type import REPLY
from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.clock import fold
from engine.statute.events import EVENT_TYPES, Event, LedgerError
from engine.statute.policy import Policy
from engine.statute.result import ClockResult, ClockState, Segment, SegmentKind
from engine.statute.said import said
from engine.store.tables import WAITS, Case, LegalEvent, WorkItem
from engine.store.unit_of_work import append

# Events that move the reply date without a letter that tells the applicant the new one.
_MOVES_THE_DATE = frozenset(
    [
        "consult_received",
        "consult_returned",
        "consult_sent",
        "corrected_received",
        "correction_notice_served",
        "fee_notice_served",
        "fee_paid",
        "opinion",
        "ordered_to_reply_again",
        "reasons_received",
    ]
)

_ROW = LegalEvent.__table__.c
# Plain rows with the names of the model: making objects of them costs a step more than reading them.
_EVENTS = (
    select(
        _ROW.id, _ROW.case_id, _ROW.seq, _ROW.type, _ROW.event_on.label("on"), _ROW.data, _ROW.recorded_at,
        _ROW.recorded_by, _ROW.voided_by, _ROW.voided_at, _ROW.void_reason,
    )
    .where(_ROW.case_id == bindparam("case_id"))
    .order_by(_ROW.seq)
)  # fmt: skip


def events_of(session: Session, case_ids: Collection[int]) -> dict[int, list[LegalEvent]]:
    """The ledger rows of each case in order; a case without events has an empty list."""
    found: dict[int, list[LegalEvent]] = {case_id: [] for case_id in case_ids}
    query = select(LegalEvent).where(LegalEvent.case_id.in_(case_ids)).order_by(LegalEvent.case_id, LegalEvent.seq)
    for row in session.scalars(query):
        found[row.case_id].append(row)
    return found


def _rows(session: Session, case_id: int) -> Sequence[LegalEvent]:
    return cast("Sequence[LegalEvent]", session.connection().execute(_EVENTS, {"case_id": case_id}).all())


class Ledger:
    """The events of one case in memory: read once, appended to, folded as often as asked."""

    def __init__(
        self,
        session: Session,
        case: Case,
        case_type: CaseType,
        calendar: Calendar,
        policy: Policy,
        rows: Sequence[LegalEvent] | None = None,
    ) -> None:
        """`rows`: the case's events in order, when they have been read for many cases at once."""
        self._session = session
        self._case = case
        self._case_type = case_type
        self._calendar = calendar
        self._policy = policy
        self.rows: list[LegalEvent] = list(_rows(session, case.id) if rows is None else rows)
        self._result: ClockResult | None = None
        self._moved = False

    @property
    def live(self) -> list[LegalEvent]:
        """The rows that have not been struck out, in the order recorded."""
        return [row for row in self.rows if row.voided_at is None]

    def facts(self) -> dict[str, int]:
        """How many live events of each type there are: what a diagram may ask about the ledger."""
        counts: dict[str, int] = {}
        for row in self.live:
            counts[row.type] = counts.get(row.type, 0) + 1
        return counts

    def append(
        self, type_: str, on: date, data: Mapping[str, Any], at: datetime, recorded_by: int | None
    ) -> LegalEvent:
        """Add an event. Raises Refusal with the law's reason when the ledger cannot hold it."""
        row = LegalEvent(
            case_id=self._case.id,
            seq=len(self.rows) + 1,
            type=type_,
            on=on,
            data=dict(data),
            recorded_at=at,
            recorded_by=recorded_by,
        )
        self.rows.append(row)
        self._result = None
        try:
            self.clock()
        except LedgerError as error:
            self.rows.pop()
            self._result = None
            raise Refusal(said("不能登记这一事项：%(error)s。请核对日期和先后顺序。", error=error)) from error
        append(
            self._session,
            LegalEvent,
            case_id=row.case_id,
            seq=row.seq,
            type=type_,
            event_on=on,
            data=row.data,
            recorded_at=at,
            recorded_by=recorded_by,
        )
        self._moved = self._moved or type_ in _MOVES_THE_DATE
        return row

    def strike(self, row: LegalEvent, at: datetime, by: int, reason: str) -> None:
        """Take a mistaken event out of the clock; the row stays with who, when and why."""
        stored = self._session.get(LegalEvent, row.id)
        assert stored is not None, "an event is struck by a later command than the one that recorded it"
        stored.voided_at, stored.voided_by, stored.void_reason = at, by, reason
        self.rows[self.rows.index(row)] = stored
        self._result = None

    def events(self) -> Sequence[Event]:
        """The live rows as the law's events."""
        return [Event(row.type, row.on, row.data) for row in self.live]

    def clock(self) -> ClockResult:
        """The statutory clock of the case."""
        if self._result is None:
            self._result = fold(self.events(), self._calendar, self._policy)
        return self._result

    def ruling(self) -> ClockResult:
        """The clock that rules the case: the statutory reply clock, or the row `[clocks.…]` its type names."""
        if self._case_type.clock == REPLY:
            return self.clock()
        rule = self._case_type.clocks[self._case_type.clock]
        begun = self.last(*rule.after)
        if begun is None or self.last(*rule.unless) is not None:
            return ClockResult(ClockState.NO_RECEIPT)
        due = self._due(rule, begun)
        answers = [row for row in self.live if row.type in rule.until and row.on >= begun.on]
        answered = min((row.on for row in answers), default=None)
        return ClockResult(
            ClockState.RUNNING,
            arrived=begun.on,
            receipt=begun.on,
            reply_due=due,
            overdue_on=due.next_day().value if due.firm else None,
            in_time=None if answered is None else answered <= due.value,
            reply_on=answered,
            period_start=begun.on,
            period_working_days=self._days(rule, begun),
            explain=self._explain(rule, begun, due),
        )

    def _days(self, rule: ClockRule, begun: LegalEvent) -> int:
        own = begun.data.get("period_working_days")
        if isinstance(own, int):
            return own
        if isinstance(rule.working_days, str):
            return int(getattr(self._policy, rule.working_days))
        return rule.working_days

    def _due(self, rule: ClockRule, begun: LegalEvent) -> StatutoryDate:
        days = self._days(rule, begun)
        return self._calendar.working_days_after(begun.on, days) if days else StatutoryDate(begun.on)

    def _explain(self, rule: ClockRule, begun: LegalEvent, due: StatutoryDate) -> tuple[Segment, ...]:
        if due.value <= begun.on:
            return ()
        reason = said("自“%(title)s”的次日起计算", title=EVENT_TYPES[begun.type].title)
        first, days = begun.on + timedelta(days=1), self._days(rule, begun)
        return (Segment(first, due.value, days, True, SegmentKind.BASE, reason, rule.basis),)

    def last(self, *types: str) -> LegalEvent | None:
        """The newest live event of one of these types."""
        return next((row for row in reversed(self.live) if row.type in types), None)

    def first(self, *types: str) -> LegalEvent | None:
        """The oldest live event of one of these types."""
        return next((row for row in self.live if row.type in types), None)

    def timer_date(self, clock: str, item: str | None) -> date | None:
        """The last day before a timer of this name fires; None while it is not firm."""
        found = self.awaited(clock, item)
        return found.value if found is not None and found.firm else None

    def awaited(self, clock: str, item: str | None) -> StatutoryDate | None:
        """The date of a timer of this name, an estimate if need be; None while nothing begins it.

        `correction`, `payment` and `consultation` come from the statutory clock; other names are rows
        `[clocks.<name>]` of the case type: so many working days after the newest event of a type.
        """
        result = self.clock()
        if clock == "correction" and result.correction_deadline_for_applicant is not None:
            return result.correction_deadline_for_applicant
        if clock == "payment" and result.payment_deadline is not None:
            return result.payment_deadline
        if clock == "consultation" and item is not None:
            return result.consult_deadline.get(item)
        rule = self._case_type.clocks.get(clock)
        row = self.last(*rule.after) if rule else None
        return None if rule is None or row is None else self._due(rule, row)

    def index(self, case: Case, today: date) -> None:
        """Rewrite the columns of the case row that lists and sweeps use, and the date its open work items go by."""
        before, result = case.sort_due_on, self.ruling()
        due, cautious = result.reply_due, result.cautious_reply_due
        now: dict[str, Any] = {}
        if self._case_type.clock == REPLY:
            first = self.first("submit", "sign_mail", "arrive")
            now |= {"arrived_on": first.on if first else None, "received_on": result.receipt}
        elif case.arrived_on is None:
            # A matter of the office itself comes in on the day it is registered.
            now |= {"arrived_on": today, "received_on": today}
        due_on = due.value if due is not None and due.firm else None
        sort_due_on = due.value if due is not None else None
        if sort_due_on is None and result.state is ClockState.UNCONFIRMED and cautious is not None:
            # While nothing is due from the office, the date counted from arrival says nothing either.
            sort_due_on = cautious.value
        told_due_on = case.told_due_on
        if self._moved and due_on != told_due_on:
            # The case has gone on lawfully since the applicant was told that date.
            told_due_on = None
        if told_due_on is not None and sort_due_on is not None:
            # A told date stays the working target when a holiday notice moves the due date to a later day.
            sort_due_on = min(sort_due_on, told_due_on)
        # An order to reply again (or any fresh start) leaves the earlier reply behind.
        now |= {
            "due_on": due_on,
            "estimated_due_on": due.value if due is not None and not due.firm else None,
            "cautious_due_on": cautious.value if cautious is not None else None,
            "told_due_on": told_due_on,
            "sort_due_on": sort_due_on,
            "replied_on": result.reply_on,
            "in_time": result.in_time if result.reply_on else None,
            "clock_status": self._status(case, result, today),
        }
        for column, value in now.items():
            if getattr(case, column) != value:
                setattr(case, column, value)
        if case.sort_due_on != before and case in self._session:
            waiting = update(WorkItem).where(WorkItem.case_id == case.id, WAITS)
            self._session.execute(
                waiting.values(sort_due_on=case.sort_due_on), execution_options={"synchronize_session": False}
            )

    def _status(self, case: Case, result: ClockResult, today: date) -> str:
        if result.reply_on is not None:
            return "replied"
        if case.closed_at is not None or result.state is ClockState.WITHDRAWN:
            return "closed"
        if result.state is ClockState.RUNNING and self._consulting(result, today):
            return "suspended"
        return _STATUS[result.state]

    def _consulting(self, result: ClockResult, today: date) -> bool:
        """Whether an answer is still waited for inside its limit (Art. 33(3))."""
        answered = {row.data.get("id") for row in self.live if row.type in {"opinion", "consult_returned"}}
        return any(
            today <= deadline.value for name, deadline in result.consult_deadline.items() if name not in answered
        )


# `waiting`: for the applicant's correction or payment, while nothing is due from the office.
_STATUS = {
    ClockState.NO_RECEIPT: "none",
    ClockState.UNCONFIRMED: "unconfirmed",
    ClockState.RUNNING: "running",
    ClockState.AWAITING_CORRECTION: "waiting",
    ClockState.AWAITING_PAYMENT: "waiting",
    ClockState.WITHDRAWN: "closed",
}
