"""Short ways to write ledgers."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from engine.holidays import builtin_calendar
from engine.statute.calendar import Calendar
from engine.statute.clock import fold
from engine.statute.events import parse_ledger
from engine.statute.policy import Policy
from engine.statute.result import ClockResult


def _event(line: str | dict[str, Any]) -> dict[str, Any]:
    """`"2026-05-12 consult_sent id=a to=third_party"` as an event; numbers and true/false are read as such."""
    if isinstance(line, dict):
        return line
    day, kind, *pairs = line.split()
    event: dict[str, Any] = {"type": kind, "date": day}
    for pair in pairs:
        key, _, value = pair.partition("=")
        event[key] = {"true": True, "false": False}.get(value, int(value) if value.isdigit() else value)
    return event


@pytest.fixture
def calendar() -> Calendar:
    """The built-in calendar, 2004 to 2026."""
    return builtin_calendar()


@pytest.fixture
def clock(calendar: Calendar) -> Callable[..., ClockResult]:
    """Folds lines of a ledger; keyword arguments are policy keys, `as_of` an ISO date."""

    def run(*lines: str | dict[str, Any], as_of: str | None = None, **policy: Any) -> ClockResult:
        events = parse_ledger({"events": [_event(line) for line in lines]})
        return fold(events, calendar, Policy(**policy), date.fromisoformat(as_of) if as_of else None)

    return run


@pytest.fixture
def dates(clock: Callable[..., ClockResult]) -> Callable[..., dict[str, Any]]:
    """As `clock`, in the form the command line prints."""

    def run(*lines: str | dict[str, Any], **options: Any) -> dict[str, Any]:
        return clock(*lines, **options).as_json()

    return run
