"""Letters whose answer the reply period waits for: consultations (Arts. 32, 34) and reasons asked for (Art. 35).

Where Art. 33(3) is silent the freeze reading is taken: the gap opens the day after sending (or on it, by policy),
closes on the day the answer comes, and is cut at the addressee's own limit; transit to the addressee lies inside it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.period import Gap
from engine.statute.policy import Policy
from engine.statute.result import SegmentKind

OPINION_WORKING_DAYS = 15  # Arts. 32 and 34, from the day the addressee gets the letter
REASONS_WORKING_DAYS = (
    15  # Art. 35 names no figure: the outer end of the usual 10 to 15, so that silence cannot stop a clock for good
)

ADDRESSEES = {"third_party": "第三方", "joint_agency": "共同制作机关"}


@dataclass(slots=True)
class Inquiry:
    """One letter and what came back.

    Attributes:
        name: how explanations call it.
        kind: consultation or reasons.
        sent: the day it was sent.
        received: the day the addressee got it, when known.
        answered: the day the answer came.
        returned: the day it came back undeliverable.
        suspends: whether it leaves days out of the reply period at all; one sent after the due date does not.
        opens_period: sent on the day its reply period is counted from. That day is not counted (民法典 Art. 201), so it
            cannot be left out either, whatever policy says of the sending day.
    """

    name: str
    kind: SegmentKind
    sent: date
    suspends: bool
    to: str = ""
    opens_period: bool = False
    received: date | None = None
    answered: date | None = None
    returned: date | None = None

    def limit(self, calendar: Calendar) -> StatutoryDate:
        """Last day of the addressee; counted from sending, the safe side, until the day of receipt is known."""
        days = OPINION_WORKING_DAYS if self.kind is SegmentKind.CONSULTATION else REASONS_WORKING_DAYS
        return calendar.working_days_after(self.received or self.sent, days)

    def silent(self, calendar: Calendar) -> bool:
        """No answer within the limit, and the letter did not come back."""
        if self.returned:
            return False
        return self.answered is None or self.answered > self.limit(calendar).value

    def gap(self, calendar: Calendar, policy: Policy) -> Gap:
        """The days it takes: to the answer or the return, at most to the limit."""
        ends = [self.limit(calendar).value, *(day for day in (self.answered, self.returned) if day)]
        with_sending_day = policy.suspension_includes_sending_day and not self.opens_period
        after = self.sent - timedelta(days=1) if with_sending_day else self.sent
        return Gap(self.sent, after, min(ends), self.kind, self.name)
