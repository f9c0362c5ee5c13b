"""When the office's own time stood still: while a correction, a payment or an opinion was waited for."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import and_

from engine.cases.ledger import Ledger
from engine.statute.calendar import Calendar
from engine.store.tables import Case, LegalEvent

# What stops the office's own time: opened by the first event, ended by one of the others, under this name.
_STOPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "correction_notice_served": (("corrected_received",), "等待补正"),
    "fee_notice_served": (("fee_paid",), "等待缴费"),
    "consult_sent": (("opinion", "consult_returned"), "征求意见"),
}
STOPS = ("征求意见", "等待补正", "等待缴费")
"""The names of what stops it."""
STOPPED = ("waiting", "suspended")
"""Statuses of a case that waits for somebody outside the office."""
STANDS_STILL = and_(Case.clock_status.in_(STOPPED), Case.open_timers > 0)
"""Of a case: it waits, and what it waits for has not run out; after that it is the office's turn again."""


def stands_still(case: Case) -> bool:
    """STANDS_STILL of a row in hand."""
    return case.clock_status in STOPPED and case.open_timers > 0


def stops(ledger: Ledger, today: date) -> Iterator[tuple[str, date, date]]:
    """(name, after, upto) of every letter that stopped the office's time; a silent addressee at his limit."""
    rows, limits = ledger.live, ledger.clock().consult_deadline
    for place, row in enumerate(rows):
        if row.type not in _STOPS:
            continue
        ends, kind = _STOPS[row.type]
        ended = next((later.on for later in rows[place + 1 :] if later.type in ends and _same(row, later)), None)
        limit = limits.get(str(row.data.get("id")))
        known = [day for day in (ended, limit.value if limit else None) if day is not None]
        yield kind, row.on, min(known, default=today)


def _same(letter: LegalEvent, answer: LegalEvent) -> bool:
    return letter.data.get("id") == answer.data.get("id")


def working_days_of(calendar: Calendar, stretches: Iterable[tuple[date, date]]) -> int:
    """Working days in any of the stretches (after < day <= upto)."""
    total, reached = 0, date.min
    for after, upto in sorted(stretches):
        low = max(after, reached)
        if upto > low:
            total += calendar.working_days_between(low, upto)
            reached = upto
    return total
