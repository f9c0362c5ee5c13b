"""The running reply period day by day: what the twenty-day strip draws and what the page prints beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.statute.calendar import Calendar
from engine.statute.result import ClockResult, Segment, SegmentKind

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
# Beyond this many calendar days a strip is no picture any more (a deferral under Art. 35 has no upper limit).
_LONGEST = 400


class DayKind(StrEnum):
    """What a day does in the period."""

    COUNTED = "counted"
    EXTENSION = "extension"
    DEFERRAL = "deferral"
    STOPPED = "stopped"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


_KINDS = {SegmentKind.BASE: DayKind.COUNTED, SegmentKind.EXTENSION: DayKind.EXTENSION}


@dataclass(frozen=True, slots=True)
class StripDay:
    """One calendar day of the period.

    Attributes:
        number: which working day of the period it is, from 1; None for a day that does not count.
        make_up: a weekend day that is worked by notice (调休上班).
        due: the last day of the period.
        provisional: its year's holiday notice is not loaded.
        reason: why it counts or not, in Chinese; basis: the article.
    """

    day: date
    kind: DayKind
    number: int | None
    make_up: bool
    due: bool
    provisional: bool
    reason: str
    basis: str


def strip(result: ClockResult, calendar: Calendar) -> tuple[StripDay, ...]:
    """Every calendar day from the first of the running period to its last; empty while no period runs.

    `calendar` is the one the clock was folded with, extra rest days included.
    """
    return tuple(_days(result.explain, calendar)) if result.explain else ()


def cautious_strip(result: ClockResult, calendar: Calendar) -> tuple[StripDay, ...]:
    """The strip of an unconfirmed request, counted from its arrival (Art. 31(2): to be confirmed on the same day)."""
    if result.arrived is None or result.cautious_reply_due is None or result.explain:
        return ()
    first, last = result.arrived + _ONE_DAY, result.cautious_reply_due.value
    reason = f"尚未与申请人确认，暂按到达之日{result.arrived}推算"
    days = calendar.working_days_between(result.arrived, last)
    segment = Segment(first, last, days, True, SegmentKind.BASE, reason, "条例第三十一条")
    return tuple(_days((segment,), calendar))


def _days(segments: tuple[Segment, ...], calendar: Calendar) -> Iterator[StripDay]:
    number = 0
    last = segments[-1].last
    for segment in segments:
        day = segment.first
        while day <= segment.last and (day - segments[0].first).days < _LONGEST:
            weekend = day.weekday() >= _SATURDAY
            works = calendar.is_working_day(day)
            if not works:
                kind = DayKind.WEEKEND if weekend and not _in_holiday(day, calendar) else DayKind.HOLIDAY
                reason = "周末休息，不是工作日" if kind is DayKind.WEEKEND else "放假，不是工作日"
            else:
                kind = _KINDS.get(segment.kind, DayKind.DEFERRAL) if segment.counts else DayKind.STOPPED
                reason = segment.reason
            counts = works and segment.counts
            number += counts
            yield StripDay(
                day=day,
                kind=kind,
                number=number if counts else None,
                make_up=works and weekend,
                due=day == last,
                provisional=not calendar.is_loaded(day),
                reason=reason,
                basis=segment.basis if works else "国务院放假安排、《国务院关于职工工作时间的规定》第七条",
            )
            day += _ONE_DAY


def _in_holiday(day: date, calendar: Calendar) -> bool:
    """A weekend day that belongs to a holiday of the notice rather than to an ordinary weekend."""
    return day in calendar.rest_days or day in calendar.extra_rest_days
