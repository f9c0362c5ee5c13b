"""One reply period: where it starts, how long it is, what is left out of it, and when it ends.

due' = the due date shifted forward by the working days that a suspension left out (Art. 33(3)); the same as freezing
the days that remain.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.result import Segment, SegmentKind
from engine.statute.said import said

REPLY_WORKING_DAYS = 20  # Art. 33(2)
EXTENSION_WORKING_DAYS_MAX = 20  # Art. 33(2), in total

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PeriodCause:
    """Why a period began."""

    reason: str
    basis: str


BY_RECEIPT = PeriodCause("收到申请", "条例第三十三条第二款")
BY_CORRECTION = PeriodCause("收到补正后的申请，期限重新起算", "条例第三十条、第三十三条第二款")
BY_PAYMENT = PeriodCause("缴清信息处理费，期限重新起算", "国办函〔2020〕109号第六条、条例第三十三条第二款")
BY_ORDER = PeriodCause(
    "复议决定或者裁判文书责令重新答复，新期限起算", "行政复议法、行政诉讼法，期限以决定或者裁判文书为准"
)

_KIND_BASIS = {
    SegmentKind.EXTENSION: "条例第三十三条第二款",
    SegmentKind.DEFERRAL: "条例第三十五条",
    SegmentKind.CONSULTATION: "条例第三十三条第三款",
    SegmentKind.REASONS: "条例第三十五条",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Days left out of the period: after < day <= upto.

    `sent` is the day of the letter that opened it: the same as `after`, or the day following it when policy counts the
    sending day in.
    """

    sent: date
    after: date
    upto: date
    kind: SegmentKind
    name: str


def gap_working_days(gaps: Sequence[Gap], calendar: Calendar, after: date) -> int:
    """Working days after the given day that lie in any of the gaps (union)."""
    total = 0
    reached = after
    for gap in sorted(gaps, key=lambda one: one.after):
        low = max(gap.after, reached)
        if gap.upto > low:
            total += calendar.working_days_between(low, gap.upto)
            reached = gap.upto
    return total


@dataclass(slots=True)
class Period:
    """A running reply period.

    Attributes:
        start: the day it is counted from, itself not counted (民法典 Art. 201).
        days: its length in working days before extension.
        cause: why it began.
        extensions: working days of each extension that took effect.
        deferred_to: the later date told to the applicant under Art. 35.
    """

    start: date
    days: int
    cause: PeriodCause
    extensions: list[int] = field(default_factory=list)
    deferred_to: date | None = None

    @property
    def length(self) -> int:
        """Working days of the period with its extensions."""
        return self.days + sum(self.extensions)

    def due(self, gaps: Sequence[Gap], calendar: Calendar) -> StatutoryDate:
        """The reply date. A deferred one is the date told to the applicant and is never an estimate."""
        if self.deferred_to:
            return StatutoryDate(self.deferred_to)
        return calendar.working_days_after(self.start, self.length + gap_working_days(gaps, calendar, self.start))

    def due_before_extension(self, gaps: Sequence[Gap], calendar: Calendar) -> StatutoryDate:
        """The date that would stand without the extension.

        A consultation sent after that date, during the extension, moves only the extended one.
        """
        counted: list[Gap] = []
        due = calendar.working_days_after(self.start, self.days)
        for gap in sorted(gaps, key=lambda one: one.after):
            if gap.sent <= due.value:
                counted.append(gap)
                left_out = gap_working_days(counted, calendar, self.start)
                due = calendar.working_days_after(self.start, self.days + left_out)
        return due

    def explain(self, gaps: Sequence[Gap], calendar: Calendar) -> tuple[Segment, ...]:
        """Segments that tile the days from the first after `start` to the reply date."""
        end = self.due(gaps, calendar).value
        if not gaps and not self.extensions and self.deferred_to is None:
            return (self._segment(SegmentKind.BASE, self.start + _ONE_DAY, end, self.days, gaps),)
        labelled = self._labelled(calendar.working_days(self.start + _ONE_DAY, end), gaps)
        groups = [(kind, [day for _, day in days]) for kind, days in groupby(labelled, key=lambda pair: pair[0])]
        segments = []
        first = self.start + _ONE_DAY
        for place, (kind, days) in enumerate(groups):
            last = end if place == len(groups) - 1 else days[-1]
            segments.append(self._segment(kind, first, last, len(days), gaps))
            first = last + _ONE_DAY
        return tuple(segments)

    def _labelled(self, days: Sequence[date], gaps: Sequence[Gap]) -> list[tuple[SegmentKind, date]]:
        labelled = []
        counted = 0
        for day in days:
            gap = next((one for one in gaps if one.after < day <= one.upto), None)
            if gap:
                labelled.append((gap.kind, day))
                continue
            counted += 1
            if counted <= self.days:
                labelled.append((SegmentKind.BASE, day))
            elif counted <= self.length:
                labelled.append((SegmentKind.EXTENSION, day))
            else:
                labelled.append((SegmentKind.DEFERRAL, day))
        return labelled

    def _segment(self, kind: SegmentKind, first: date, last: date, days: int, gaps: Sequence[Gap]) -> Segment:
        if kind is SegmentKind.BASE:
            reason = said(
                "%(reason)s，自%(start)s的次日起计%(days)s个工作日",
                reason=self.cause.reason,
                start=self.start,
                days=self.days,
            )
            return Segment(first, last, days, True, kind, reason, self.cause.basis)
        counts = kind in {SegmentKind.EXTENSION, SegmentKind.DEFERRAL}
        if kind is SegmentKind.EXTENSION:
            reason = said("延期答复%(sum)s个工作日", sum=sum(self.extensions))
        elif kind is SegmentKind.DEFERRAL:
            reason = said("延迟至告知申请人的合理期限%(deferred_to)s", deferred_to=self.deferred_to)
        else:
            names = "、".join(gap.name for gap in gaps if gap.kind is kind and gap.after < last and gap.upto >= first)
            reason = said("%(names)s所需时间，不计入答复期限", names=names)
        return Segment(first, last, days, counts, kind, reason, _KIND_BASIS[kind])
