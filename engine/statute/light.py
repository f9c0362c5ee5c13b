"""The light of a case on a given day: overdue, due today, due soon, within a week, later, stopped, closed."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.result import ClockResult, ClockState

SOON_WORKING_DAYS = 3
WEEK_WORKING_DAYS = 5


class Light(StrEnum):
    """From most to least pressing."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    WEEK = "week"
    LATER = "later"
    STOPPED = "stopped"
    CLOSED = "closed"


LIGHT_TITLES = {
    Light.OVERDUE: "超期",
    Light.TODAY: "今日到期",
    Light.SOON: "临期",
    Light.WEEK: "一周内到期",
    Light.LATER: "正常",
    Light.STOPPED: "中止计算",
    Light.CLOSED: "已办结",
}


@dataclass(frozen=True, slots=True)
class LightReading:
    """A light with its number.

    Attributes:
        light: which one.
        remaining_working_days: the office's own working days after today; 0 on the last day, negative by as many
            working days as it is overdue; None where no date stands.
        due: the date it is about; the cautious one (Art. 31(2)) while a request is unconfirmed.
        provisional: the date needs a holiday notice that is not loaded.
        abandoned: the applicant's period for correction or payment has run out, the case may be closed.
    """

    light: Light
    remaining_working_days: int | None = None
    due: date | None = None
    provisional: bool = False
    abandoned: bool = False


def light(result: ClockResult, today: date, calendar: Calendar, *, closed: bool = False) -> LightReading:
    """The light of a disclosure request.

    Args:
        result: its folded clock.
        today: the day it is looked at.
        calendar: the calendar the clock was folded with, extra rest days included.
        closed: the case is closed for a reason the ledger does not hold, such as a note on the file.
    """
    if closed or result.reply_on or result.state is ClockState.WITHDRAWN:
        return LightReading(Light.CLOSED)
    if result.state in {ClockState.AWAITING_CORRECTION, ClockState.AWAITING_PAYMENT}:
        from_day = result.deemed_abandoned_from
        return LightReading(Light.STOPPED, abandoned=from_day is not None and today >= from_day.value)
    due = result.reply_due or (result.cautious_reply_due if result.state is ClockState.UNCONFIRMED else None)
    if due is None:
        return LightReading(Light.LATER)
    reading = light_of_date(due, today, calendar)
    stretches = result.suspensions
    if not stretches or reading.remaining_working_days is None:
        return reading
    left_out = sum(
        calendar.working_days_between(max(first - timedelta(days=1), today), last) for first, last in stretches
    )
    remaining = reading.remaining_working_days - left_out
    stopped = any(first <= today <= last for first, last in stretches)
    shown = Light.STOPPED if stopped else _shade(due.value, today, remaining)
    return LightReading(shown, remaining, due.value, not due.firm)


def light_of_date(due: StatutoryDate, today: date, calendar: Calendar) -> LightReading:
    """The light of any single due date, such as a publication or an answer to a reviewing body."""
    if today > due.value:
        remaining = -calendar.working_days_between(due.value, today)
    else:
        remaining = calendar.working_days_between(today, due.value)
    return LightReading(_shade(due.value, today, remaining), remaining, due.value, not due.firm)


def _shade(due: date, today: date, remaining: int) -> Light:
    if today > due:
        return Light.OVERDUE
    if today == due:
        return Light.TODAY
    if remaining <= SOON_WORKING_DAYS:
        return Light.SOON
    return Light.WEEK if remaining <= WEEK_WORKING_DAYS else Light.LATER
