"""Holiday notices (放假安排): built-in years, notices read from text, JSON or CSV, and the calendars made of them."""

from engine.holidays.calendars import builtin_calendar, builtin_notices, combine
from engine.holidays.notice import HolidayNotice, NoticeError
from engine.holidays.reading import decoded, read_notice

__all__ = [
    "HolidayNotice",
    "NoticeError",
    "builtin_calendar",
    "builtin_notices",
    "combine",
    "decoded",
    "read_notice",
]
