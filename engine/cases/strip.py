"""The twenty-day strip: every calendar day of the running period, told apart as people count them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.statute.calendar import Calendar
from engine.statute.result import ClockResult, ClockState, Segment, SegmentKind
from engine.statute.said import said

# Beyond this many calendar days a strip is no picture any more (a deferral under Art. 35 has no upper limit).
_LONGEST = 400
_LONGEST_OVERDUE = 30


class Day(StrEnum):
    """What a day is in the count."""

    COUNTED = "counted"
    STOPPED = "stopped"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Cell:
    """One calendar day of the period.

    Attributes:
        number: which working day of the period it is, from 1; None when it does not count.
        kind: counted, stopped (left out, Art. 33(3)), weekend or holiday.
        extension: it belongs to the extension (Art. 33(2)) or the deferral (Art. 35).
        make_up: a weekend day that is worked (调休上班).
        used: it lies before today; today: it is today; due: the last day of the period.
        provisional: its year's holiday notice is not loaded.
        cautious: counted from arrival, because nobody has confirmed the request yet (Art. 31(2)).
        late: a day after the period's end on which no reply was given; `number` counts the overdue working days.
        reason: why it counts or not, in Chinese.
    """

    on: date
    number: int | None
    kind: Day
    extension: bool
    make_up: bool
    used: bool
    today: bool
    due: bool
    provisional: bool
    cautious: bool
    late: bool
    reason: str


def strip(result: ClockResult, calendar: Calendar, today: date) -> tuple[Cell, ...]:
    """The cells from the first day of the period to its last, and on to the reply when it is late; else empty.

    An unconfirmed request shows the cautious period, counted from its arrival.
    """
    if result.explain:
        period = tuple(_cells(result.explain, calendar, today, cautious=False))
        return (*period, *_overdue(result.explain[-1].last, result.reply_on or today, calendar, today))
    if result.state is ClockState.UNCONFIRMED and result.arrived and result.cautious_reply_due:
        first, last = result.arrived + timedelta(days=1), result.cautious_reply_due.value
        reason = said("尚未与申请人确认，暂按到达之日%(arrived)s推算", arrived=result.arrived)
        assumed = Segment(first, last, 20, True, SegmentKind.BASE, reason, "条例第三十一条第（二）项、第（三）项")
        return tuple(_cells([assumed], calendar, today, cautious=True))
    return ()


def _cells(segments: Sequence[Segment], calendar: Calendar, today: date, *, cautious: bool) -> Iterator[Cell]:
    first, last, number = segments[0].first, segments[-1].last, 0
    for segment in segments:
        for offset in range((segment.last - segment.first).days + 1):
            day = segment.first + timedelta(days=offset)
            if (day - first).days >= _LONGEST:
                return
            kind = _kind(day, segment, calendar)
            counted = kind is Day.COUNTED
            number += counted
            make_up = kind in {Day.COUNTED, Day.STOPPED} and day.weekday() >= 5
            yield Cell(
                on=day,
                number=number if counted else None,
                kind=kind,
                extension=counted and segment.kind in {SegmentKind.EXTENSION, SegmentKind.DEFERRAL},
                make_up=make_up,
                used=day < today,
                today=day == today,
                due=day == last,
                provisional=not calendar.is_loaded(day),
                cautious=cautious,
                late=False,
                reason=_reason(segment.reason, kind, make_up=make_up),
            )


def _overdue(due: date, until: date, calendar: Calendar, today: date) -> Iterator[Cell]:
    late = calendar.working_days(due + timedelta(days=1), until) if until > due else []
    for number, day in enumerate(late[:_LONGEST_OVERDUE], start=1):
        yield Cell(
            on=day,
            number=number,
            kind=Day.COUNTED,
            extension=False,
            make_up=day.weekday() >= 5,
            used=day < today,
            today=day == today,
            due=False,
            provisional=not calendar.is_loaded(day),
            cautious=False,
            late=True,
            reason=said("超期第%(number)s个工作日", number=number),
        )


def _kind(day: date, segment: Segment, calendar: Calendar) -> Day:
    if calendar.is_working_day(day):
        return Day.COUNTED if segment.counts else Day.STOPPED
    arranged = day in calendar.rest_days or day in calendar.extra_rest_days
    return Day.WEEKEND if day.weekday() >= 5 and not arranged else Day.HOLIDAY


def _reason(segment_reason: str, kind: Day, *, make_up: bool) -> str:
    if kind is Day.WEEKEND:
        return "周末，不是工作日"
    if kind is Day.HOLIDAY:
        return "放假，不是工作日"
    return said("%(segment_reason)s（调休上班）", segment_reason=segment_reason) if make_up else segment_reason
