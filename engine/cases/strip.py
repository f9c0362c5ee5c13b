"""The twenty-day strip: every calendar day of the running period, told apart as people count them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.statute.calendar import Calendar
from engine.statute.result import ClockResult, SegmentKind


class Day(StrEnum):
    """What a day is in the count."""

    COUNTED = "counted"
    STOPPED = "stopped"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Cell:
    """One calendar day of the period.

    Attributes:
        number: which working day of the period it is, from 1; None when it does not count.
        kind: counted, stopped (left out, Art. 33(3)) or rest.
        extension: it belongs to the extension (Art. 33(2)).
        make_up: a weekend day that is worked (调休上班).
        used: it lies before today; today: it is today.
        provisional: its year's holiday notice is not loaded.
        reason: why it counts or not, in Chinese.
    """

    on: date
    number: int | None
    kind: Day
    extension: bool
    make_up: bool
    used: bool
    today: bool
    provisional: bool
    reason: str


def strip(result: ClockResult, calendar: Calendar, today: date) -> tuple[Cell, ...]:
    """The cells from the first day after receipt to the due date; empty while nothing runs."""
    cells: list[Cell] = []
    number = 0
    for segment in result.explain:
        for offset in range((segment.last - segment.first).days + 1):
            day = segment.first + timedelta(days=offset)
            working, weekend = calendar.is_working_day(day), day.weekday() >= 5
            counted = working and segment.counts
            number += counted
            cells.append(
                Cell(
                    on=day,
                    number=number if counted else None,
                    kind=Day.COUNTED if counted else Day.STOPPED if working else Day.REST,
                    extension=segment.kind is SegmentKind.EXTENSION,
                    make_up=working and weekend,
                    used=day < today,
                    today=day == today,
                    provisional=not calendar.is_loaded(day),
                    reason=_reason(segment.reason, working=working, weekend=weekend),
                )
            )
    return tuple(cells)


def _reason(segment_reason: str, *, working: bool, weekend: bool) -> str:
    if not working:
        return "周末" if weekend else "放假"
    return f"{segment_reason}（调休上班）" if weekend else segment_reason
