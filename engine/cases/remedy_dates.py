"""Remedies beside the two that every reply names: when somebody was not told of them, and when there is no reply."""

from dataclasses import dataclass

from engine.cases.flow import Turn
from engine.statute.calendar import StatutoryDate
from engine.statute.remedies import inaction_deadline, not_told_deadline
from engine.statute.result import ClockResult

# From these days the applicant has the reply; the delivery itself stands above the others.
_RECEIVED = ("reply_delivered",), ("reply_signed_personally", "reply_sent_electronically")


@dataclass(frozen=True, slots=True)
class RemedyDate:
    """A remedy in words, its last day, where it comes from."""

    what: str
    due: StatutoryDate
    basis: str


def remedy_dates(turn: Turn, clock: ClockResult) -> tuple[RemedyDate, ...]:
    """What may still be done after a reply that told of no remedy, and when a reply was due and has not come."""
    if clock.reconsideration_deadline is not None:
        row = next((found for types in _RECEIVED if (found := turn.ledger.last(*types))), None)
        if row is not None:
            due = not_told_deadline(row.on, turn.calendar)
            basis = "行政复议法第二十条第三款、行诉解释第六十四条"
            return (RemedyDate("没有告知救济途径的，最长至", due, basis),)
    if clock.reply_on is None and clock.reply_due is not None and turn.today > clock.reply_due.value:
        due = inaction_deadline(clock.reply_due.value, turn.calendar)
        return (RemedyDate("逾期不答复，起诉期限", due, "行诉解释第六十六条"),)
    return ()
