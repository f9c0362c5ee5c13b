"""The twenty-day strip: the running period day by day, for the picture and its text."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.statute.calendar import Calendar
from engine.statute.result import ClockResult, Segment


class DayKind(StrEnum):
    """What sort of day it is."""

    WORKING = "working"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class StripDay:
    """One calendar day of the running period.

    Attributes:
        day: the date.
        kind: working day, make-up working day, weekend or holiday.
        number: its place among the counted days from 1; None for a day that does not count.
        segment: the stretch of the explanation it lies in (reason and article).
    """

    day: date
    kind: DayKind
    number: int | None
    segment: Segment


def day_kind(day: date, calendar: Calendar) -> DayKind:
    """What sort of day it is by the calendar."""
    weekend = day.weekday() >= 5
    if calendar.is_working_day(day):
        return DayKind.MAKE_UP if weekend else DayKind.WORKING
    return DayKind.WEEKEND if weekend else DayKind.HOLIDAY


def strip(result: ClockResult, calendar: Calendar) -> tuple[StripDay, ...]:
    """Every day from the first of the running period to its due date; empty while nothing runs."""
    days = []
    number = 0
    for segment in result.explain:
        for offset in range((segment.last - segment.first).days + 1):
            day = segment.first + timedelta(days=offset)
            kind = day_kind(day, calendar)
            counted = segment.counts and kind in {DayKind.WORKING, DayKind.MAKE_UP}
            number += counted
            days.append(StripDay(day, kind, number if counted else None, segment))
    return tuple(days)
