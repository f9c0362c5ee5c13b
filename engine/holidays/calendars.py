"""Calendars: the years built in with chinesecalendar, and an office's imported notices laid over them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache

from chinese_calendar import constants

from engine.holidays.notice import HolidayNotice
from engine.statute.calendar import Calendar

_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


@cache
def builtin_notices() -> tuple[HolidayNotice, ...]:
    """The years that come with the product, oldest first; one notice per year, without its number.

    The source files days by date, a notice arranges holidays: a late December day of New Year belongs to the next year.
    """
    rest: defaultdict[int, set[date]] = defaultdict(set)
    make_up: defaultdict[int, set[date]] = defaultdict(set)
    names: defaultdict[int, dict[date, str]] = defaultdict(dict)
    for days, kind in ((constants.holidays, rest), (constants.workdays, make_up)):
        for day, name in days.items():
            year = day.year + 1 if day.month == 12 and name == "New Year's Day" else day.year
            kind[year].add(day)
            names[year][day] = _NAMES[name]
    last = max(day.year for day in constants.holidays)
    return tuple(
        HolidayNotice(year, "", frozenset(rest[year]), frozenset(make_up[year]), names[year])
        for year in sorted(rest)
        if year <= last
    )


@cache
def builtin_calendar() -> Calendar:
    """The calendar of the built-in years alone."""
    return combine(())


def combine(notices: Iterable[HolidayNotice], extra_rest_days: frozenset[date] = frozenset()) -> Calendar:
    """The built-in years with notices laid over them.

    A notice replaces the built-in arrangement of its whole year; of two for one year the later in the list rules.
    Where notices of neighbouring years name the same day, the one later in the list decides it.

    Args:
        notices: imported notices in the order they were imported.
        extra_rest_days: local holidays the office observes.
    """
    by_year: dict[int, HolidayNotice] = {notice.year: notice for notice in builtin_notices()}
    for notice in notices:
        by_year.pop(notice.year, None)
        by_year[notice.year] = notice
    working: dict[date, bool] = {}
    for notice in by_year.values():
        working.update(dict.fromkeys(notice.rest_days, False))
        working.update(dict.fromkeys(notice.make_up_days, True))
    return Calendar(
        loaded_years=frozenset(by_year),
        rest_days=frozenset(day for day, works in working.items() if not works),
        make_up_days=frozenset(day for day, works in working.items() if works),
        extra_rest_days=extra_rest_days,
    )
