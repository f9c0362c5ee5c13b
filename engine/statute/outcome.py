"""From a read ledger to the dates of the case."""

from datetime import date
from typing import TypedDict

from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.period import REPLY_WORKING_DAYS, gap_working_days
from engine.statute.policy import Policy
from engine.statute.receipt import RECEIPT_RULES
from engine.statute.remedies import (
    litigation_deadline,
    litigation_deadline_after_reconsideration,
    reconsideration_deadline,
    reconsidered_first,
)
from engine.statute.result import ClockResult, ClockState, Segment, SegmentKind
from engine.statute.tally import Tally

CORRECTION_NOTICE_WORKING_DAYS = 7  # Art. 30
PUBLICATION_WORKING_DAYS = 20  # Art. 26
INTERPRETATION_WORKING_DAYS = 3  # 国办发〔2016〕19号
INTERPRETATION_WORKING_DAYS_LONG = 5  # regions that follow the Inner Mongolia standard
RECORD_CORRECTION_MONTHS = 2  # Art. 41 names no period; 行政诉讼法 Art. 47
ANSWER_WORKING_DAYS_ORDINARY = 10  # 行政复议法 Art. 48
ANSWER_WORKING_DAYS_SUMMARY = 5  # 行政复议法 Art. 54
DEFENCE_DAYS = 15  # 行政诉讼法 Art. 67


class _Receipt(TypedDict, total=False):
    cautious_reply_due: StatutoryDate
    correction_notice_due: StatutoryDate
    correction_notice_late: bool
    original_reply_due: StatutoryDate


class _Consultations(TypedDict, total=False):
    consult_deadline: dict[str, StatutoryDate]
    deemed_consent: dict[str, StatutoryDate]
    suspended_working_days: int


class _RunningPeriod(TypedDict, total=False):
    reply_due: StatutoryDate
    reply_due_before_extension: StatutoryDate | None
    overdue_on: date | None
    explain: tuple[Segment, ...]
    period_start: date
    period_working_days: int


class _Timeliness(TypedDict, total=False):
    in_time: bool
    late_working_days: int


class _Remedies(TypedDict):
    reconsideration_deadline: StatutoryDate | None
    litigation_deadline: StatutoryDate | None


class _OwnDates(TypedDict, total=False):
    answer_due_ordinary: StatutoryDate
    answer_due_summary: StatutoryDate
    defence_due: StatutoryDate
    publish_due: StatutoryDate
    interpretation_due_3wd: StatutoryDate
    interpretation_due_5wd: StatutoryDate
    fallback_due: StatutoryDate


def conclude(tally: Tally, calendar: Calendar, policy: Policy, as_of: date | None) -> ClockResult:
    """The result of a ledger that has been read to its end."""
    running = _running_period(tally, calendar, policy)
    return ClockResult(
        state=_state(tally),
        channel=tally.channel,
        arrived=tally.arrived,
        receipt=tally.receipt,
        correction_deadline_for_applicant=tally.correction_deadline,
        deemed_abandoned_from=_abandoned_from(tally),
        extensions=tuple(tally.extensions),
        extension_valid=tally.extension_valid,
        second_extension_valid=tally.second_extension_valid,
        payment_deadline=tally.payment_deadline,
        fee_notice_valid=tally.fee_notice_valid,
        carrier_warning=tally.carrier_warning,
        reply_on=tally.reply_on,
        **_receipt_dates(tally, calendar),
        **_consultation_dates(tally, calendar, policy),
        **_own_dates(tally, calendar),
        **running,
        **_timeliness(running.get("reply_due"), tally.reply_on or as_of, calendar),
        **_remedies(tally, calendar),
    )


def _state(tally: Tally) -> ClockState:
    if tally.withdrawn:
        return ClockState.WITHDRAWN
    if tally.awaits_correction:
        return ClockState.AWAITING_CORRECTION
    if tally.awaits_payment:
        return ClockState.AWAITING_PAYMENT
    if tally.period:
        return ClockState.RUNNING
    return ClockState.UNCONFIRMED if tally.arrived else ClockState.NO_RECEIPT


def _abandoned_from(tally: Tally) -> StatutoryDate | None:
    awaited = [
        deadline
        for awaits, deadline in (
            (tally.awaits_correction, tally.correction_deadline),
            (tally.awaits_payment, tally.payment_deadline),
        )
        if awaits and deadline
    ]
    return min(awaited, key=lambda one: one.value).next_day() if awaited else None


def _receipt_dates(tally: Tally, calendar: Calendar) -> _Receipt:
    out: _Receipt = {}
    if tally.channel and tally.arrived and RECEIPT_RULES[tally.channel].awaits_confirmation:
        # The duty is to confirm on the same day (Art. 31(2)): an office that waits is held to this date.
        out["cautious_reply_due"] = calendar.working_days_after(tally.arrived, REPLY_WORKING_DAYS)
    if tally.receipt:
        notice_due = calendar.working_days_after(tally.receipt, CORRECTION_NOTICE_WORKING_DAYS)
        out["correction_notice_due"] = notice_due
        out["original_reply_due"] = calendar.working_days_after(tally.receipt, REPLY_WORKING_DAYS)
        if tally.first_correction_notice:
            out["correction_notice_late"] = tally.first_correction_notice > notice_due.value
    return out


def _consultation_dates(tally: Tally, calendar: Calendar, policy: Policy) -> _Consultations:
    out: _Consultations = {}
    if not tally.consultations:
        return out
    letters = tally.consultations
    out["consult_deadline"] = {name: letter.limit(calendar) for name, letter in letters.items()}
    out["deemed_consent"] = {
        name: letter.limit(calendar).next_day()
        for name, letter in letters.items()
        # Art. 34: a joint agency's silence is consent; a third party's never is (Art. 32).
        if letter.to == "joint_agency" and letter.silent(calendar)
    }
    gaps = [gap for gap in tally.gaps(calendar, policy) if gap.kind is SegmentKind.CONSULTATION]
    first = min((gap.after for gap in gaps), default=date.min)
    out["suspended_working_days"] = gap_working_days(gaps, calendar, first)
    return out


def _own_dates(tally: Tally, calendar: Calendar) -> _OwnDates:
    out: _OwnDates = {}
    for event, day in tally.other.items():
        if event == "reconsideration_copy_received":
            # Disclosure cases may go either way (行政复议法 Art. 53(1)(4)); days here are working days (Art. 88(2)).
            out["answer_due_ordinary"] = calendar.working_days_after(day, ANSWER_WORKING_DAYS_ORDINARY)
            out["answer_due_summary"] = calendar.working_days_after(day, ANSWER_WORKING_DAYS_SUMMARY)
        elif event == "complaint_copy_received":
            out["defence_due"] = calendar.days_after(day, DEFENCE_DAYS)
        elif event == "information_formed":
            out["publish_due"] = calendar.working_days_after(day, PUBLICATION_WORKING_DAYS)
        elif event == "policy_published":
            out["interpretation_due_3wd"] = calendar.working_days_after(day, INTERPRETATION_WORKING_DAYS)
            out["interpretation_due_5wd"] = calendar.working_days_after(day, INTERPRETATION_WORKING_DAYS_LONG)
        elif event == "record_correction_request":
            out["fallback_due"] = calendar.months_after(day, RECORD_CORRECTION_MONTHS)
    return out


def _running_period(tally: Tally, calendar: Calendar, policy: Policy) -> _RunningPeriod:
    period = tally.running
    if period is None:
        return {}
    gaps = tally.gaps(calendar, policy)
    due = period.due(gaps, calendar)
    return {
        "reply_due": due,
        "reply_due_before_extension": period.due_before_extension(gaps, calendar) if period.extensions else None,
        "overdue_on": due.next_day().value if due.firm else None,
        "explain": period.explain(gaps, calendar),
        "period_start": period.start,
        "period_working_days": period.length,
    }


def _timeliness(due: StatutoryDate | None, judged: date | None, calendar: Calendar) -> _Timeliness:
    """Whether the reply, or an unanswered case on the as-of day, is within the reply date (235号 item 4)."""
    if judged is None or due is None:
        return {}
    return {
        "in_time": judged <= due.value,
        "late_working_days": calendar.working_days_between(due.value, judged),
    }


def _remedies(tally: Tally, calendar: Calendar) -> _Remedies:
    delivery = tally.delivery
    reviewed_on = tally.other.get("reconsideration_decision_received")
    reconsideration = litigation = None
    if delivery:
        day, decision = delivery
        reconsideration = reconsideration_deadline(day, calendar)
        letter_day = min(day, tally.reply_on) if tally.reply_on else day
        if not reconsidered_first(decision, letter_day):
            litigation = litigation_deadline(day, calendar)
    # A reconsideration decision from before this delivery concerned an earlier reply.
    if reviewed_on and (delivery is None or reviewed_on >= delivery[0]):
        litigation = litigation_deadline_after_reconsideration(reviewed_on, calendar)
    return {"reconsideration_deadline": reconsideration, "litigation_deadline": litigation}
