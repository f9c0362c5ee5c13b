"""Mend a slip in the ledger: a mistaken event is struck out, never deleted, and both stay visible."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.desk import Actor, Desk
from engine.cases.errors import NotFound, Refusal
from engine.cases.flow import Turn, rederive_timers
from engine.cases.ledger import Ledger
from engine.cases.limits import open_work, rederive_limits
from engine.cases.permissions import Permission, require
from engine.cases.steps import open_turn
from engine.statute.calendar import StatutoryDate
from engine.statute.events import LedgerError
from engine.statute.receipt import FIRST_TOUCHES
from engine.statute.said import said
from engine.store.tables import LegalEvent


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction would do to the reply date: before, after, and the date the applicant was told."""

    before: StatutoryDate | None
    after: StatutoryDate | None
    told: date | None

    @property
    def breaks_word(self) -> bool:
        """Whether the applicant was told another date than the one that would count."""
        return self.told is not None and (self.after is None or self.after.value != self.told)


def foresee_strike(desk: Desk, actor: Actor, case_id: int, seq: int, corrected_on: date | None) -> Correction:
    """What `strike_event` would do; nothing is stored. Raises as it does."""
    require(actor, Permission.CASES_LEDGER_CORRECT)
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        turn = open_turn(desk, session, case, actor.author)
        row = _to_strike(turn, seq, corrected_on)
        rows = [one for one in turn.ledger.live if one.seq != seq]
        if corrected_on is not None:
            last = {"case_id": case.id, "seq": len(turn.ledger.rows) + 1, "recorded_at": turn.at}
            rows.append(LegalEvent(**last, type=row.type, on=corrected_on, data=row.data))
        case_type = turn.definition.case_type
        supposed = Ledger(session, case, case_type, turn.calendar, desk.settings.policy(), rows)
        try:
            after = supposed.ruling().reply_due
        except LedgerError as error:
            raise Refusal(said("更正后时间线不成立：%(error)s。", error=error)) from error
        return Correction(turn.ledger.ruling().reply_due, after, case.told_due_on)


def _to_strike(turn: Turn, seq: int, corrected_on: date | None) -> LegalEvent:
    row = next((one for one in turn.ledger.live if one.seq == seq), None)
    if row is None:
        raise NotFound("没有找到这条登记，或者它已经被更正。")
    if corrected_on is not None and corrected_on > turn.today:
        raise Refusal(said("更正后的日期不能晚于今天（%(day)s）。", day=turn.today.isoformat()))
    if row.type in FIRST_TOUCHES and corrected_on is None:
        raise Refusal("收到申请的登记不能整条划去，否则本件没有期限；日期登记错了的，请改为正确的日期。")
    return row


def strike_event(
    desk: Desk, actor: Actor, case_id: int, seq: int, reason: str, *, corrected_on: date | None = None
) -> None:
    """Strike an event out of the clock, and record it again under its right day when `corrected_on` is given.

    Only the head of the disclosure office or the supervisor may, with a reason. Raises Refusal when the ledger makes
    no sense without the event, as it would without the receipt of the request (Art. 31).
    """
    require(actor, Permission.CASES_LEDGER_CORRECT)
    if not reason.strip():
        raise Refusal("请填写更正原因和依据。")

    def work(session: Session) -> None:
        case = find_case(session, actor, case_id)
        turn = open_turn(desk, session, case, actor.author)
        row = _to_strike(turn, seq, corrected_on)
        data: dict[str, Any] = {"seq": seq, "type": row.type, "on": row.on.isoformat(), "reason": reason.strip()[:500]}
        if corrected_on is not None:
            data["corrected_on"] = corrected_on.isoformat()
        turn.ledger.strike(row, turn.at, actor.id, reason.strip()[:500])
        try:
            if corrected_on is not None:
                turn.ledger.append(row.type, corrected_on, row.data, turn.at, actor.id)
            turn.ledger.clock()
        except LedgerError as error:
            raise Refusal(said("更正后时间线不成立：%(error)s。", error=error)) from error
        turn.record("strike", data=data)
        turn.ledger.index(case, turn.today)
        rederive_timers(turn)
        rederive_limits(turn, open_work(session, [case.id]).get(case.id, ()))

    desk.write(work)
