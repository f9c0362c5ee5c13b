"""Working days against independent data, estimates, limits."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from engine.holidays import builtin_calendar
from engine.statute.calendar import Calendar, CalendarRangeError
from engine.statute.festivals import statutory_holidays


def test_every_built_in_day_agrees_with_two_independent_sources(calendar):
    second = holidays.country_holidays("CN", years=range(2007, 2027), language="en_US")
    day = date(2007, 1, 1)
    while day.year < 2027:
        assert calendar.is_working_day(day) == chinese_calendar.is_workday(day), day
        assert calendar.is_working_day(day) == second.is_working_day(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(("year", "count"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(calendar, year, count):
    assert len(calendar.working_days(date(year, 1, 1), date(year, 12, 31))) == count


@pytest.mark.parametrize("year", range(2025, 2100))
def test_statutory_holidays_agree_with_an_independent_calculation(year):
    names = holidays.country_holidays("CN", years=year, language="en_US")
    expected = {
        day
        for day in names
        if any("observed" not in part and "substituted" not in part for part in names[day].split("; "))
    }
    assert statutory_holidays(year) == expected


def test_new_years_eve_was_worked_in_2024_and_is_free_since_2025(calendar):
    assert calendar.is_working_day(date(2024, 2, 9))
    assert not calendar.is_working_day(date(2025, 1, 28))


def test_a_year_not_loaded_knows_the_statutory_holidays_only(calendar):
    assert not calendar.is_working_day(date(2027, 2, 5))  # eve of the Spring Festival, a Friday
    assert not calendar.is_working_day(date(2027, 2, 8))  # its third day, a Monday
    assert calendar.is_working_day(date(2027, 2, 9))
    assert not calendar.is_working_day(date(2027, 10, 2))
    assert calendar.is_working_day(date(2027, 10, 4))


def test_a_period_that_only_passes_through_a_missing_year_is_an_estimate():
    known = builtin_calendar()
    calendar = Calendar(known.loaded_years - {2025}, known.rest_days, known.make_up_days)
    passing = calendar.working_days_after(date(2024, 12, 20), 300)
    assert passing.value.year == 2026
    assert passing.missing_years == (2025,)
    assert calendar.months_after(date(2024, 12, 20), 14).firm


def test_local_holidays_win_over_make_up_days(calendar):
    worked_saturday = date(2026, 5, 9)
    assert calendar.is_working_day(worked_saturday)
    local = calendar.with_extra_rest_days([worked_saturday])
    assert not local.is_working_day(worked_saturday)
    assert local is calendar.with_extra_rest_days([worked_saturday])


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2024, 8, 29), 6, date(2025, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2025, 11, 12), 2, date(2026, 1, 12)),
        (date(2025, 8, 14), 6, date(2026, 2, 14)),  # a worked Saturday
        (date(2025, 8, 15), 6, date(2026, 2, 24)),  # inside the Spring Festival
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last(calendar, start, months, expected):
    assert calendar.months_after(start, months).value == expected


def test_beyond_its_years_a_calendar_says_so(calendar):
    for ask in (
        lambda: calendar.add_working_days(date(2099, 12, 20), 30),
        lambda: calendar.add_working_days(date(2026, 1, 1), 10**30),
        lambda: calendar.days_after(date(2099, 12, 20), 60),
        lambda: calendar.is_working_day(date(1989, 1, 1)),
    ):
        with pytest.raises(CalendarRangeError, match="2099"):
            ask()
