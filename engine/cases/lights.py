"""The light of a row in a list: read off the indexed columns, without folding the ledger."""

from datetime import date

from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.light import Light, LightReading, light_of_date
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
