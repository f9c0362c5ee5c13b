"""The light of a row in a list: read off the indexed columns, without folding the ledger."""

from datetime import date

from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.light import LIGHT_TITLES, Light, LightReading, light_of_date
from engine.store.tables import Case


def row_light(case: Case, today: date, calendar: Calendar) -> LightReading:
    """What the case's page would show, from the columns that each event rewrites."""
    if case.closed_at is not None or case.clock_status in {"replied", "closed"}:
        return LightReading(Light.CLOSED)
    if case.clock_status == "waiting" or case.sort_due_on is None:
        return LightReading(Light.STOPPED if case.clock_status == "waiting" else Light.LATER)
    provisional = case.due_on is None and case.estimated_due_on is not None
    years = (case.sort_due_on.year,) if provisional else ()
    reading = light_of_date(StatutoryDate(case.sort_due_on, years), today, calendar)
    if case.clock_status == "suspended" and reading.light is not Light.OVERDUE:
        # How many of the days until then count cannot be read off the columns; the case's page folds the ledger.
        return LightReading(Light.STOPPED, None, reading.due, reading.provisional)
    return reading


def light_words(reading: LightReading, case: Case) -> str:
    """The light of a row as a message tells it, with its date; empty while no date stands."""
    if reading.light is Light.CLOSED or case.sort_due_on is None:
        return LIGHT_TITLES[reading.light] if reading.light is not Light.LATER else ""
    words = LIGHT_TITLES[reading.light]
    left = reading.remaining_working_days
    if left:
        words = f"剩 {left} 个工作日" if left > 0 else f"超期 {-left} 个工作日"
    estimate = "（暂定，次年放假安排未导入）" if reading.provisional else ""
    return f"期限 {case.sort_due_on.isoformat()}{estimate}，{words}"
