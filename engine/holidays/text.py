"""Reading the pasted text of the State Council's yearly notice (国务院办公厅关于…年部分节假日安排的通知).

One paragraph per holiday: a range of days off, how many days it makes (a check), and the weekend days worked for it.
Weekdays in brackets are checked too, so a slip in the paste or a wrong year does not go through.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.holidays.notice import FESTIVALS, HolidayNotice, NoticeError, weekday_name

_TITLE = re.compile(r"(\d{4})年(?:部分)?(?:法定)?节假日(?:放假)?(?:调休)?(?:日期)?(?:的)?(?:具体)?安排")
_PAPER = re.compile(r"国办(?:发明电|函|发)[〔\[（(]\d{4}[〕\]）)]\d+号")
_HEADING = re.compile(
    rf"(?:^|[\n。；;])\s*(?:[（(]?[一二三四五六七八九十\d]+[）)]?[、.．]?\s*)?((?:{'|'.join(FESTIVALS)})"
    rf"(?:[、和及](?:{'|'.join(FESTIVALS)}))*)\s*[：:]"
)
_DAY = r"(?:(?P<{0}y>\d{{4}})年)?(?:(?P<{0}m>\d{{1,2}})月)?(?P<{0}d>\d{{1,2}})日(?:[（(](?P<{0}n>[^）)]*)[）)])?"
_RANGE = re.compile(_DAY.format("a") + r"(?:\s*(?:至|到|—|－|-|~|～)\s*" + _DAY.format("b") + ")?")
_COUNT = re.compile(r"共\s*(\d{1,2})\s*天|放假\s*(\d{1,2})\s*天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(slots=True)
class _Section:
    """What one holiday's paragraph says."""

    name: str
    rest: set[date] = field(default_factory=set)
    work: set[date] = field(default_factory=set)


def read_text(text: str, year: int | None, paper: str) -> HolidayNotice:
    """The notice in a pasted text. Raises NoticeError."""
    text = text.translate(_DIGITS).replace("\r\n", "\n").replace("\u3000", " ")
    title = _TITLE.search(text)
    stated = int(title[1]) if title else None
    if stated is not None and year is not None and stated != year:
        raise NoticeError(f"通知写的是{stated}年，与所选的{year}年不一致")
    notice_year = stated or year
    if notice_year is None:
        raise NoticeError("没有找到“关于某年部分节假日安排的通知”字样，请连标题一起粘贴，或者选定年份")
    headings = list(_HEADING.finditer(text))
    if not headings:
        raise NoticeError("没有找到“元旦：”“春节：”等段落，请粘贴放假通知的正文")
    sections = []
    for place, heading in enumerate(headings):
        end = headings[place + 1].start() if place + 1 < len(headings) else len(text)
        sections.append(_read_section(heading[1], text[heading.end() : end], notice_year))
    missing = [name for name in FESTIVALS if not any(name in section.name for section in sections)]
    if missing:
        raise NoticeError(f"通知里没有{'、'.join(missing)}的安排，请粘贴全文")
    return _assembled(notice_year, paper or _paper(text), sections)


def _paper(text: str) -> str:
    found = _PAPER.search(text)
    return found[0] if found else ""


def _assembled(year: int, paper: str, sections: list[_Section]) -> HolidayNotice:
    names: dict[date, str] = {}
    rest: set[date] = set()
    work: set[date] = set()
    for section in sections:
        for day in sorted(section.rest | section.work):
            if day in names:
                raise NoticeError(f"{day} 在“{names[day]}”和“{section.name}”两处都有，请核对通知")
            names[day] = section.name
        rest |= section.rest
        work |= section.work
    return HolidayNotice(year, paper, frozenset(rest), frozenset(work), names)


def _read_section(name: str, text: str, year: int) -> _Section:
    section = _Section(name)
    before: date | None = None
    # A sentence may mix clauses: "1月1日至3日放假调休，共3天。1月4日（周日）上班。" Each list of days belongs to the
    # first of 上班 / 放假 / 补休 that follows it.
    for sentence in re.split(r"[。；;\n]", text):
        days: list[date] = []
        at = 0
        for found in re.finditer(r"上班|放假|补休|调休|公休", sentence):
            for match in _RANGE.finditer(sentence, at, found.start()):
                span = _span(match, name, year, before)
                before = span[-1]
                days.extend(span)
            at = found.end()
            if days:
                (section.work if found[0] == "上班" else section.rest).update(days)
                days = []
    _check_count(section, text)
    if not section.rest:
        raise NoticeError(f"“{name}”一段没有读到放假日期，请核对通知")
    return section


def _check_count(section: _Section, text: str) -> None:
    found = _COUNT.search(text)
    stated = int(found[1] or found[2]) if found else len(section.rest)
    if stated != len(section.rest):
        raise NoticeError(f"“{section.name}”写明共{stated}天，读到的放假日期是{len(section.rest)}天，请核对通知")


def _span(match: re.Match[str], name: str, year: int, before: date | None) -> list[date]:
    first = _date(match, "a", name, year, before)
    if match["bd"] is None:
        return [first]
    last = _date(match, "b", name, year, first)
    if last < first and match["by"] is None:
        last = _make(last.year + 1, last.month, last.day, name)  # a range over New Year
    length = (last - first).days
    if not 0 <= length <= 31:
        raise NoticeError(f"“{name}”的日期范围 {first} 至 {last} 不对，请核对通知")
    return [first + timedelta(days=offset) for offset in range(length + 1)]


def _date(match: re.Match[str], side: str, name: str, year: int, before: date | None) -> date:
    if match[f"{side}m"]:
        month = int(match[f"{side}m"])
    elif before:
        month = before.month
    else:
        raise NoticeError(f"“{name}”的“{match[0][:30]}”没有写月份")
    if match[f"{side}y"]:
        in_year = int(match[f"{side}y"])
    elif side == "b" and before:
        in_year = before.year
    elif month == 12 and "元旦" in name:
        in_year = year - 1
    else:
        in_year = year
    day = _make(in_year, month, int(match[f"{side}d"]), name)
    stated = _WEEKDAY.search(match[f"{side}n"] or "")
    if stated and stated[1].replace("天", "日") != weekday_name(day)[1]:
        raise NoticeError(f"“{name}”写的是 {day}（周{stated[1]}），这一天实际是{weekday_name(day)}，请核对年份和日期")
    return day


def _make(year: int, month: int, day: int, name: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NoticeError(f"“{name}”里没有 {year}年{month}月{day}日 这一天，请核对通知") from None
