"""A holiday notice as a value: which days a year's notice makes rest days and which weekend days are worked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
"""The seven holidays every yearly notice arranges (全国年节及纪念日放假办法 Art. 2)."""


class NoticeError(ValueError):
    """A notice that cannot be read or cannot be right; one Chinese sentence naming the place and what to do."""


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """The notice of one year.

    Attributes:
        year: the year it arranges.
        paper: its number or where it was published, such as 国办发明电〔2025〕7号; may be empty.
        rest_days: days off, weekend days inside a holiday included.
        make_up_days: weekend days that are worked (调休上班).
        names: day -> holiday it belongs to; for people only, two notices with the same days are equal.

    Raises:
        NoticeError: no day at all, a day both off and worked, a make-up day from Monday to Friday, or a day that lies
            neither in the year nor beside its ends.
    """

    year: int
    paper: str
    rest_days: frozenset[date]
    make_up_days: frozenset[date]
    names: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}), compare=False)

    def __post_init__(self) -> None:
        if not self.rest_days:
            raise NoticeError(f"{self.year}年的放假通知里没有读到放假日期")
        both = self.rest_days & self.make_up_days
        if both:
            raise NoticeError(f"{min(both)} 既是放假又是上班，请核对通知")
        for day in sorted(self.make_up_days):
            if day.weekday() < 5:
                raise NoticeError(f"{day} 是{weekday_name(day)}，本来就是工作日，不应写作调休上班，请核对通知")
        first, last = date(self.year - 1, 12, 1), date(self.year + 1, 1, 31)
        for day in sorted(self.rest_days | self.make_up_days):
            if not first <= day <= last:
                raise NoticeError(f"{day} 不在{self.year}年及其前后，请核对年份")


def weekday_name(day: date) -> str:
    """周一 to 周日."""
    return "周" + "一二三四五六日"[day.weekday()]
