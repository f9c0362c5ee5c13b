"""The statutory clock: a case's ledger of legal events folded into dates.

A pure function of ledger, calendar, policy and, if wanted, an as-of day. Nothing is stored and shifted: every date is
counted again from the events each time.

Readings chosen where the rules leave room:
- A consultation still open when a period starts afresh leaves out the days that fall into the new period, because
  Art. 33(3) leaves out the time a consultation needs; days before the new start are gone with the old period.
- Two stops at once (a correction and a payment awaited): nothing runs until the last of them ends.
- A fee notice belongs "inside the processing period" (109号 Art. 6): outside a running period it has no effect.
- A reply answers the period in which it was given; after a fresh start a new reply is needed.
- A reply that stands beside an estimated due date is judged by the estimate; `must_flag` says so.
- A deferral that breaks its conditions has nowhere to be reported as refused and is an error.
"""

from collections.abc import Callable, Sequence
from datetime import date

from engine.statute.calendar import Calendar, CalendarRangeError, StatutoryDate
from engine.statute.consultation import ADDRESSEES, Inquiry
from engine.statute.dates import parse_iso_date
from engine.statute.events import EVENT_TYPES, STANDALONE, Event, LedgerError
from engine.statute.outcome import conclude
from engine.statute.period import (
    BY_CORRECTION,
    BY_ORDER,
    BY_PAYMENT,
    BY_RECEIPT,
    EXTENSION_WORKING_DAYS_MAX,
    REPLY_WORKING_DAYS,
    Gap,
    Period,
    PeriodCause,
)
from engine.statute.policy import Policy
from engine.statute.receipt import FIRST_TOUCHES, RECEIPT_RULES, Channel
from engine.statute.result import ClockResult, ExtensionOutcome, SegmentKind
from engine.statute.said import said
from engine.statute.tally import Tally

PAYMENT_WORKING_DAYS = 20  # 109号 Art. 6


def fold(events: Sequence[Event], calendar: Calendar, policy: Policy, as_of: date | None = None) -> ClockResult:
    """Every date of a case.

    Args:
        events: the ledger in any order; two events of one day keep their order.
        calendar: working days; the policy's extra rest days are added to it.
        policy: how the office reads the silent points.
        as_of: ignore later events, and judge an unanswered case as of this day.

    Raises:
        LedgerError: an order of events that cannot be; the message names the event.
        CalendarRangeError: a date beyond the calendar's years.
    """
    calendar = calendar.with_extra_rest_days(policy.extra_rest_days)
    known = [(place, event) for place, event in enumerate(events, start=1) if as_of is None or event.date <= as_of]
    known.sort(key=lambda pair: pair[1].date)
    run = _Run(calendar, policy)
    run.find_receipt(known)
    for place, event in known:
        run.apply(place, event)
    return conclude(run.tally, calendar, policy, as_of)


class _Run:
    """One pass over a ledger. Methods named `on_…` are the rules, one per event type that moves something."""

    def __init__(self, calendar: Calendar, policy: Policy) -> None:
        self.calendar = calendar
        self.policy = policy
        self.tally = Tally()
        self.at: tuple[int, Event] | None = None

    def fail(self, why: str) -> LedgerError:
        """An error naming the event being read."""
        assert self.at is not None, "rules are asked about an event"
        place, event = self.at
        return LedgerError(f"{said('第 %(place)s 个事件 %(label)s', place=place, label=event.label)}：{why}")

    def find_receipt(self, known: Sequence[tuple[int, Event]]) -> None:
        """Arrival and receipt date by the channel rule (Art. 31), before anything else is read."""
        tally = self.tally
        for place, event in known:
            if event.type in FIRST_TOUCHES:
                self.at = place, event
                if tally.arrived:
                    raise self.fail("申请已经收到过，一件申请只有一个收到日期")
                tally.channel, tally.arrived = Channel(event.data["channel"]), event.date
                if not RECEIPT_RULES[tally.channel].awaits_confirmation:
                    tally.receipt = event.date
        # A confirmation on the day of arrival counts whichever of the two is written down first.
        for place, event in known:
            if event.type == "confirm":
                self.at = place, event
                self._confirm(event)
        if tally.receipt:
            tally.period = Period(tally.receipt, REPLY_WORKING_DAYS, BY_RECEIPT)

    def _confirm(self, event: Event) -> None:
        tally = self.tally
        if tally.arrived is None or event.date < tally.arrived:
            raise self.fail("确认之前没有收到申请的记录（submit、arrive）")
        if tally.receipt:
            raise self.fail("收到日期已经确定，不能再次确认")
        # A contact that did not reach the applicant is no confirmation (Art. 31: 与申请人确认).
        if event.data.get("with_applicant", True):
            tally.receipt = event.date

    def apply(self, place: int, event: Event) -> None:
        """Let one event take its effect."""
        self.at = place, event
        self._check_against_receipt(event)
        rule = _RULES.get(event.type)
        if rule:
            try:
                rule(self, event)
            except CalendarRangeError as error:
                raise self.fail(str(error)) from None

    def _check_against_receipt(self, event: Event) -> None:
        tally = self.tally
        if event.type in STANDALONE or event.type in FIRST_TOUCHES or event.type == "confirm":
            return
        if tally.arrived and event.date < tally.arrived:
            raise self.fail(said("早于收到申请的日期 %(arrived)s", arrived=tally.arrived))
        if tally.receipt and event.date < tally.receipt:
            raise self.fail(said("早于收到申请之日 %(receipt)s", receipt=tally.receipt))
        if EVENT_TYPES[event.type].needs_receipt and tally.receipt is None and tally.period is None:
            raise self.fail("申请尚未与申请人确认，没有收到日期" if tally.arrived else "没有收到申请的记录")

    def gaps(self) -> list[Gap]:
        """What the inquiries known so far leave out."""
        return self.tally.gaps(self.calendar, self.policy)

    def due(self) -> date | None:
        """The reply date as it stands at this point of the ledger, an estimate if need be; None while nothing runs."""
        period = self.tally.running
        return period.due(self.gaps(), self.calendar).value if period else None

    def _refuse_after_withdrawal(self) -> None:
        if self.tally.withdrawn:
            raise self.fail("申请人已经撤回申请")

    def restart(self, event: Event, days: int, cause: PeriodCause) -> None:
        """A new period: extension, deferral and reply belonged to the old one."""
        self.tally.period = Period(event.date, days, cause)
        self.tally.forget_reply()
        self.due()  # a length that no calendar can count is this event's fault

    # --- correction, Art. 30 ---

    def on_correction_notice_served(self, event: Event) -> None:
        tally = self.tally
        self._refuse_after_withdrawal()
        if tally.first_correction_notice is None:
            tally.first_correction_notice = event.date
        days = event.data.get("period_working_days", self.policy.correction_period_working_days)
        tally.correction_deadline = self.calendar.working_days_after(event.date, days)
        tally.awaits_correction = True

    def on_corrected_received(self, event: Event) -> None:
        tally = self.tally
        self._refuse_after_withdrawal()
        if not tally.awaits_correction or tally.correction_deadline is None:
            raise self.fail("没有等待补正的补正告知书（correction_notice_served）")
        if _in_time(event, tally.correction_deadline):
            tally.awaits_correction = False
            self.restart(event, REPLY_WORKING_DAYS, BY_CORRECTION)

    # --- fee, Art. 42 and 109号 ---

    def on_fee_notice_served(self, event: Event) -> None:
        tally = self.tally
        tally.fee_notice_seen = True
        due = self.due()
        renewed = tally.awaits_payment and tally.payment_deadline and event.date <= tally.payment_deadline.value
        tally.fee_notice_valid = bool(renewed) or (due is not None and event.date <= due)
        if tally.fee_notice_valid:
            tally.payment_deadline = self.calendar.working_days_after(event.date, PAYMENT_WORKING_DAYS)
            tally.awaits_payment = True

    def on_fee_paid(self, event: Event) -> None:
        tally = self.tally
        self._refuse_after_withdrawal()
        if not tally.fee_notice_seen:
            raise self.fail("没有收费通知书（fee_notice_served）")
        if not tally.awaits_payment or tally.payment_deadline is None:
            if tally.fee_notice_valid:
                raise self.fail("这份收费通知书的费用已经缴清")
            return  # paid on a notice without effect
        if _in_time(event, tally.payment_deadline):
            tally.awaits_payment = False
            self.restart(event, REPLY_WORKING_DAYS, BY_PAYMENT)

    # --- extension and deferral, Arts. 33(2) and 35 ---

    def on_extension(self, event: Event) -> None:
        tally, days = self.tally, event.data["days"]
        period = tally.running
        is_second = bool(period and period.extensions)
        is_third = bool(period and len(period.extensions) > 1)
        refusal = self._extension_refusal(event.date, days, period)
        if refusal is None and period:
            period.extensions.append(days)
            why: str = said(
                "期限届满前决定并告知，延长%(days)s个工作日，累计%(sum)s个工作日", days=days, sum=sum(period.extensions)
            )
        else:
            why = refusal or ""
        tally.extensions.append(ExtensionOutcome(event.date, days, refusal is None, why))
        if not is_second:
            tally.extension_valid = refusal is None
        elif not is_third:
            tally.second_extension_valid = refusal is None

    def _extension_refusal(self, day: date, days: int, period: Period | None) -> str | None:
        due = self.due()
        if period is None or due is None:
            return "没有正在进行的答复期限"
        if period.deferred_to:
            return said("已告知延迟至%(deferred_to)s答复，不能再延期", deferred_to=period.deferred_to)
        if day > due:
            return said("答复期限%(due)s已届满", due=due)
        if period.extensions and not self.policy.second_extension:
            return "已延期一次，不得再次延期"
        if len(period.extensions) > 1:
            return "已延期两次，不得再次延期"
        if sum(period.extensions) + days > EXTENSION_WORKING_DAYS_MAX:
            return said(
                "累计延长不得超过%(extension_working_days_max)s个工作日",
                extension_working_days_max=EXTENSION_WORKING_DAYS_MAX,
            )
        return None

    def on_delayed_reply_notice(self, event: Event) -> None:
        period, due = self.tally.running, self.due()
        new_due = parse_iso_date(event.data["new_due"])
        if period is None or due is None:
            raise self.fail("没有正在进行的答复期限，无从延迟")
        if period.deferred_to:
            raise self.fail(said("已告知延迟至 %(deferred_to)s，不能再次延迟", deferred_to=period.deferred_to))
        if event.date > due:
            raise self.fail(said("答复期限 %(due)s 已届满，不能延迟", due=due))
        if new_due <= due:
            raise self.fail(said("new_due %(new_due)s 应晚于答复期限 %(due)s", new_due=new_due, due=due))
        if not self.calendar.is_working_day(new_due):
            raise self.fail(said("new_due %(new_due)s 不是工作日", new_due=new_due))
        period.deferred_to = new_due

    # --- inquiries, Arts. 32, 34, 35 ---

    def _suspends(self, day: date) -> bool:
        """Whether a letter sent on this day can stop the clock: not after the due date, and not once deferred."""
        tally = self.tally
        if tally.withdrawn or (tally.running and tally.running.deferred_to):
            return False
        due = self.due()
        return due is None or day <= due

    def on_consult_sent(self, event: Event) -> None:
        name, to, period = event.data["id"], event.data["to"], self.tally.period
        if name in self.tally.consultations:
            raise self.fail(said("征求意见编号“%(name)s”已经用过", name=name))
        self.tally.consultations[name] = Inquiry(
            said("征求%(addressees)s意见（%(name)s）", addressees=ADDRESSEES[to], name=name),
            SegmentKind.CONSULTATION,
            event.date,
            self._suspends(event.date),
            to,
            opens_period=bool(period and period.start == event.date),
        )

    def _consultation(self, event: Event) -> Inquiry:
        name = event.data["id"]
        if name not in self.tally.consultations:
            raise self.fail(said("没有编号“%(name)s”的征求意见（consult_sent）", name=name))
        return self.tally.consultations[name]

    def on_consult_received(self, event: Event) -> None:
        inquiry = self._consultation(event)
        if inquiry.received or inquiry.returned:
            raise self.fail("该征求意见书的送达结果已经记录过")
        inquiry.received = event.date

    def on_opinion(self, event: Event) -> None:
        inquiry = self._consultation(event)
        if inquiry.answered:
            raise self.fail("该征求意见的意见已经收到过")
        inquiry.answered = event.date

    def on_consult_returned(self, event: Event) -> None:
        inquiry = self._consultation(event)
        if inquiry.received or inquiry.answered or inquiry.returned:
            raise self.fail("该征求意见书已经送达、答复或者退回")
        inquiry.returned = event.date

    def on_reasons_requested(self, event: Event) -> None:
        reasons = self.tally.reasons
        if reasons and reasons[-1].answered is None:
            raise self.fail("上一次要求说明理由还没有收到答复")
        suspends = self.policy.art35_suspends and self._suspends(event.date)
        reasons.append(Inquiry("申请人说明理由", SegmentKind.REASONS, event.date, suspends))

    def on_reasons_received(self, event: Event) -> None:
        reasons = self.tally.reasons
        if not reasons or reasons[-1].answered:
            raise self.fail("没有等待答复的说明理由要求（reasons_requested）")
        reasons[-1].answered = event.date

    # --- reply and what follows ---

    def on_reply(self, event: Event) -> None:
        tally = self.tally
        if tally.reply_on is None:  # events come by date: the earliest governs (国办公开办函〔2016〕235号 item 4)
            tally.reply_on = event.date
        if event.type == "reply_posted" and event.data["carrier"] == "courier":
            tally.carrier_warning = True
        if event.type == "reply_signed_personally" and tally.signed_on is None:
            tally.signed_on = event.date

    def on_reply_delivered(self, event: Event) -> None:
        if self.tally.delivered_on is None:
            self.tally.delivered_on = event.date
            self.tally.decision = event.data.get("decision")

    def on_withdrawn(self, _event: Event) -> None:
        tally = self.tally
        tally.withdrawn = True
        tally.awaits_correction = tally.awaits_payment = False

    def on_ordered_to_reply_again(self, event: Event) -> None:
        tally = self.tally
        tally.withdrawn = tally.awaits_correction = tally.awaits_payment = False
        self.restart(event, event.data.get("days", REPLY_WORKING_DAYS), BY_ORDER)

    def on_other(self, event: Event) -> None:
        self.tally.other[event.type] = event.date


def _in_time(event: Event, deadline: StatutoryDate) -> bool:
    """Within the applicant's period, or late and accepted by the office."""
    return event.date <= deadline.value or event.data.get("accepted", False)


_RULES: dict[str, Callable[[_Run, Event], None]] = {
    "correction_notice_served": _Run.on_correction_notice_served,
    "corrected_received": _Run.on_corrected_received,
    "fee_notice_served": _Run.on_fee_notice_served,
    "fee_paid": _Run.on_fee_paid,
    "extension": _Run.on_extension,
    "delayed_reply_notice": _Run.on_delayed_reply_notice,
    "consult_sent": _Run.on_consult_sent,
    "consult_received": _Run.on_consult_received,
    "opinion": _Run.on_opinion,
    "consult_returned": _Run.on_consult_returned,
    "reasons_requested": _Run.on_reasons_requested,
    "reasons_received": _Run.on_reasons_received,
    "reply_posted": _Run.on_reply,
    "reply_signed_personally": _Run.on_reply,
    "reply_sent_electronically": _Run.on_reply,
    "reply_delivered": _Run.on_reply_delivered,
    "withdrawn": _Run.on_withdrawn,
    "ordered_to_reply_again": _Run.on_ordered_to_reply_again,
    "information_formed": _Run.on_other,
    "policy_published": _Run.on_other,
    "record_correction_request": _Run.on_other,
    "reconsideration_copy_received": _Run.on_other,
    "reconsideration_decision_received": _Run.on_other,
    "complaint_copy_received": _Run.on_other,
}
