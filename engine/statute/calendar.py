"""Working days: which days count, and dates counted in working days, calendar days and months.

A calendar is a value. Years whose State Council holiday notice is loaded are firm; a date that needs another year is an
estimate and names the years it lacks. Building one costs some milliseconds, asking it is a table look-up, so build it
once for a whole list of cases.

Sources: 民法典 Arts. 201-203 (first day excluded; months end on the corresponding day), 民诉法 Art. 85 and 行政复议法
Art. 88 (a last day that is a rest day moves on), 国务院关于职工工作时间的规定 Art. 7 (Saturday and Sunday).
"""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from engine.statute.festivals import FIRST_YEAR, LAST_YEAR, statutory_holidays
from engine.statute.said import said

_BASE = date(FIRST_YEAR, 1, 1).toordinal()
_END = date(LAST_YEAR, 12, 31).toordinal()


class CalendarRangeError(ValueError):
    """A date outside the years the calendar can count in."""

    def __init__(self) -> None:
        super().__init__(
            said(
                "日期超出可以推算的范围（%(first_year)s年至%(last_year)s年）",
                first_year=FIRST_YEAR,
                last_year=LAST_YEAR,
            )
        )


@dataclass(frozen=True, slots=True)
class StatutoryDate:
    """A date the law gives.

    `value` is the date itself when `firm`, else a working estimate with only the statutory holidays known;
    `missing_years` are the years whose holiday notice it still needs.
    """

    value: date
    missing_years: tuple[int, ...] = ()

    @property
    def firm(self) -> bool:
        """True when every year it needs is loaded."""
        return not self.missing_years

    def next_day(self) -> "StatutoryDate":
        """The calendar day after, as firm as this one."""
        return StatutoryDate(self.value + timedelta(days=1), self.missing_years)


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working and rest days.

    Attributes:
        loaded_years: years whose holiday notice is loaded.
        rest_days: days off by notice; read in loaded years only.
        make_up_days: weekend days that are worked by notice (调休上班); full working days, read in loaded years only.
        extra_rest_days: local holidays (放假办法 Art. 4) the office has chosen to observe; they win over everything.
    """

    loaded_years: frozenset[int]
    rest_days: frozenset[date]
    make_up_days: frozenset[date]
    extra_rest_days: frozenset[date] = frozenset()
    _working: tuple[int, ...] = field(init=False, repr=False)
    _count_upto: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # 0001-01-01 was a Monday, so (ordinal - 1) % 7 is the weekday.
        flags = bytearray((ordinal - 1) % 7 < 5 for ordinal in range(_BASE, _END + 1))
        for day in self.rest_days:
            _mark(flags, day, working=False, years=self.loaded_years)
        for day in self.make_up_days:
            _mark(flags, day, working=True, years=self.loaded_years)
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            if year not in self.loaded_years:
                for day in statutory_holidays(year):
                    flags[day.toordinal() - _BASE] = False
        for day in self.extra_rest_days:
            _mark(flags, day, working=False, years=None)
        object.__setattr__(self, "_working", tuple(_BASE + index for index, flag in enumerate(flags) if flag))
        object.__setattr__(self, "_count_upto", tuple(accumulate(flags)))

    def with_extra_rest_days(self, days: Iterable[date]) -> "Calendar":
        """The same calendar with further local holidays; cheap to ask again for the same days."""
        wanted = frozenset(days)
        return self if wanted <= self.extra_rest_days else _with_extra_rest_days(self, wanted)

    def is_working_day(self, day: date) -> bool:
        """Whether the day counts; an estimate in a year that is not loaded."""
        return self._upto(day) != self._upto(day - timedelta(days=1))

    def is_loaded(self, day: date) -> bool:
        """Whether the holiday notice of the day's year is loaded."""
        return day.year in self.loaded_years

    def working_days_between(self, after: date, upto: date) -> int:
        """Number of working days d with after < d <= upto; 0 when upto is not after."""
        return self._upto(upto) - self._upto(after) if upto > after else 0

    def working_days(self, first: date, last: date) -> list[date]:
        """The working days from first to last, both included."""
        low = self._upto(first - timedelta(days=1))
        return [date.fromordinal(ordinal) for ordinal in self._working[low : self._upto(last)]]

    def add_working_days(self, start: date, days: int) -> date:
        """The day reached by counting `days` (1 or more) working days, the start day not counted (民法典 Art. 201)."""
        index = self._upto(start) + days - 1
        if days < 1 or index >= len(self._working):
            raise CalendarRangeError
        return date.fromordinal(self._working[index])

    def next_working_day(self, day: date) -> date:
        """The day itself when it is worked, else the first working day after it."""
        if not _BASE <= day.toordinal() <= _END:
            raise CalendarRangeError
        index = bisect_left(self._working, day.toordinal())
        if index == len(self._working):
            raise CalendarRangeError
        return date.fromordinal(self._working[index])

    def working_days_after(self, start: date, days: int) -> StatutoryDate:
        """As add_working_days, with the years that every counted day needs and that are not loaded."""
        value = self.add_working_days(start, days)
        first = start + timedelta(days=1)
        missing = tuple(year for year in range(first.year, value.year + 1) if year not in self.loaded_years)
        return StatutoryDate(value, missing)

    def days_after(self, start: date, days: int) -> StatutoryDate:
        """A period of calendar days: first day not counted, a last day of rest moves on (民诉法 Art. 85)."""
        return self._rolled(start + timedelta(days=days))

    def months_after(self, start: date, months: int) -> StatutoryDate:
        """A period of months: the corresponding day, else the month's last day (民法典 Art. 202); rest days roll on."""
        years, month0 = divmod(start.month - 1 + months, 12)
        year, month = start.year + years, month0 + 1
        return self._rolled(date(year, month, min(start.day, monthrange(year, month)[1])))

    def _rolled(self, last: date) -> StatutoryDate:
        # Only the end matters: days in between are calendar days, whatever their year's notice says.
        value = self.next_working_day(last)
        missing = tuple(year for year in range(last.year, value.year + 1) if year not in self.loaded_years)
        return StatutoryDate(value, missing)

    def _upto(self, day: date) -> int:
        index = day.toordinal() - _BASE
        if index < 0:
            if index == -1:
                return 0
            raise CalendarRangeError
        if index >= len(self._count_upto):
            raise CalendarRangeError
        return self._count_upto[index]


def _mark(flags: bytearray, day: date, *, working: bool, years: frozenset[int] | None) -> None:
    index = day.toordinal() - _BASE
    if 0 <= index < len(flags) and (years is None or day.year in years):
        flags[index] = working


@lru_cache(maxsize=8)
def _with_extra_rest_days(calendar: Calendar, days: frozenset[date]) -> Calendar:
    return replace(calendar, extra_rest_days=calendar.extra_rest_days | days)
