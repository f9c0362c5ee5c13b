"""What a pass over the ledger has gathered so far; the clock writes it, the outcome is read from it."""

from dataclasses import dataclass, field
from datetime import date

from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.consultation import Inquiry
from engine.statute.period import Gap, Period
from engine.statute.policy import Policy
from engine.statute.receipt import Channel
from engine.statute.result import ExtensionOutcome


@dataclass(slots=True)
class Tally:
    """The state of a case between two events.

    Attributes:
        period: the latest reply period begun; `running` says whether it runs.
        first_correction_notice: the one whose seven days are judged (Art. 30); later notices have no limit.
        correction_deadline, payment_deadline: of the latest notice.
        consultations: by their id, in the order sent.
        reasons: each time reasons were asked for under Art. 35.
        reply_on, signed_on, delivered_on, decision: of the running period's reply.
        earlier_delivery: (day, decision) of a reply given before the period started afresh.
        other: day of the latest event of each type that has a date of its own and moves nothing else.
    """

    channel: Channel | None = None
    arrived: date | None = None
    receipt: date | None = None
    period: Period | None = None
    withdrawn: bool = False
    first_correction_notice: date | None = None
    correction_deadline: StatutoryDate | None = None
    awaits_correction: bool = False
    fee_notice_seen: bool = False
    fee_notice_valid: bool | None = None
    payment_deadline: StatutoryDate | None = None
    awaits_payment: bool = False
    extensions: list[ExtensionOutcome] = field(default_factory=list)
    extension_valid: bool | None = None
    second_extension_valid: bool | None = None
    consultations: dict[str, Inquiry] = field(default_factory=dict)
    reasons: list[Inquiry] = field(default_factory=list)
    reply_on: date | None = None
    signed_on: date | None = None
    delivered_on: date | None = None
    decision: str | None = None
    earlier_delivery: tuple[date, str | None] | None = None
    carrier_warning: bool | None = None
    other: dict[str, date] = field(default_factory=dict)

    @property
    def running(self) -> Period | None:
        """The period that runs; None while a correction or a payment is awaited, or after withdrawal."""
        stopped = self.withdrawn or self.awaits_correction or self.awaits_payment
        return None if stopped else self.period

    @property
    def delivery(self) -> tuple[date, str | None] | None:
        """(day, decision code) from which the applicant's remedies run: delivery, else the personal signature."""
        day = self.delivered_on or self.signed_on
        return (day, self.decision) if day else self.earlier_delivery

    def forget_reply(self) -> None:
        """The reply answered the old period; its remedies stand until a new one is delivered."""
        self.earlier_delivery = self.delivery
        self.reply_on = self.signed_on = self.delivered_on = self.decision = None

    def gaps(self, calendar: Calendar, policy: Policy) -> list[Gap]:
        """What the letters known so far leave out of a reply period."""
        letters = (*self.consultations.values(), *self.reasons)
        return [letter.gap(calendar, policy) for letter in letters if letter.suspends]
