"""Reading a holiday notice in whatever form the office has it: pasted text, JSON or CSV."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from engine.holidays.notice import HolidayNotice, NoticeError
from engine.holidays.text import read_text
from engine.statute.dates import parse_iso_date

_OFF = {"放假", "休", "休息", "true", "1", "是"}
_WORK = {"上班", "班", "调休上班", "补班", "false", "0", "否"}
_COLUMNS = {
    "date": ("date", "日期"),
    "off": ("isoffday", "is_off_day", "类型", "放假"),
    "name": ("name", "名称", "节日", "节假日"),
}


def read_notice(content: str | bytes, *, year: int | None = None, paper: str = "") -> HolidayNotice:
    """A notice from pasted text, JSON `{year, papers, days: [{name, date, isOffDay}]}` or CSV (date, name, isOffDay).

    Args:
        content: the text, or a file's bytes in UTF-8 or GB18030.
        year: the year it arranges, for a CSV or a text that does not say; must agree where both are given.
        paper: its number, where the content does not give one.

    Raises:
        NoticeError: naming line or entry and what is wrong.
    """
    text = decoded(content).strip()
    if not text:
        raise NoticeError("内容是空的，请粘贴放假通知全文，或者选择 JSON、CSV 文件")
    if len(text) > 200_000:
        raise NoticeError("内容太长，不像一份放假通知")
    read = _reader(text)
    return read(text, year, paper)


def _reader(text: str) -> Callable[[str, int | None, str], HolidayNotice]:
    if text[0] in "{[":
        return _read_json
    header = text.splitlines()[0].lower()
    if re.search(r"[,\t;]", header) and any(name in header for name in _COLUMNS["date"]):
        return _read_csv
    return read_text


def decoded(content: str | bytes) -> str:
    """The text of a notice's file in UTF-8 or GB18030. Raises NoticeError when it is neither."""
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoticeError("文件不是 UTF-8 或 GB18030 编码的文本")


def _read_json(text: str, year: int | None, paper: str) -> HolidayNotice:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise NoticeError("JSON 写法不对，请检查括号、引号和逗号") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("days"), list):
        raise NoticeError('JSON 应为 {"year": 年份, "papers": [出处], "days": [{"name", "date", "isOffDay"}]}')
    stated = raw.get("year")
    if not isinstance(stated, int) or isinstance(stated, bool):
        raise NoticeError("JSON 的 year 应为年份（整数）")
    if year is not None and year != stated:
        raise NoticeError(f"通知写的是{stated}年，与所选的{year}年不一致")
    papers = raw.get("papers")
    named = [str(item) for item in papers if isinstance(item, str)] if isinstance(papers, list) else []
    entries = [_json_entry(place, item) for place, item in enumerate(raw["days"], start=1)]
    return _assembled(stated, paper or "、".join(named), entries)


def _json_entry(place: int, item: Any) -> tuple[date, bool, str]:
    if not isinstance(item, dict):
        raise NoticeError(f"days 第 {place} 项应为对象")
    if not isinstance(item.get("isOffDay"), bool):
        raise NoticeError(f"days 第 {place} 项的 isOffDay 应为 true（放假）或 false（上班）")
    return _day(f"days 第 {place} 项", item.get("date")), item["isOffDay"], str(item.get("name") or "")


def _read_csv(text: str, year: int | None, paper: str) -> HolidayNotice:
    first = text.splitlines()[0]
    separator = next(mark for mark in ",\t;" if mark in first)
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    header = [cell.strip().lower() for cell in rows[0]]
    places = {
        key: next((header.index(name) for name in names if name in header), -1) for key, names in _COLUMNS.items()
    }
    if places["date"] < 0 or places["off"] < 0:
        raise NoticeError("CSV 第一行应有“日期”和“类型”（放假、上班）两栏，或者 date 和 isOffDay")
    entries = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {key: row[at].strip() if 0 <= at < len(row) else "" for key, at in places.items()}
        kind = cells["off"].lower()
        if kind not in _OFF | _WORK:
            raise NoticeError(f"CSV 第 {line} 行：“{cells['off']}”应为 放假 或 上班")
        entries.append((_day(f"CSV 第 {line} 行", cells["date"]), kind in _OFF, cells["name"]))
    if not entries:
        raise NoticeError("CSV 里没有日期")
    if year is None:
        years = [day.year for day, _, _ in entries]
        year = max(set(years), key=years.count)
    return _assembled(year, paper, entries)


def _day(place: str, value: Any) -> date:
    try:
        return parse_iso_date(value)
    except ValueError as error:
        raise NoticeError(f"{place}：日期“{str(value)[:20]}” {error}") from None


def _assembled(year: int, paper: str, entries: list[tuple[date, bool, str]]) -> HolidayNotice:
    seen: dict[date, bool] = {}
    for day, off, _ in entries:
        if day in seen:
            raise NoticeError(f"{day} 出现了两次，请删去一处")
        seen[day] = off
    return HolidayNotice(
        year,
        paper,
        frozenset(day for day, off in seen.items() if off),
        frozenset(day for day, off in seen.items() if not off),
        {day: name for day, _, name in entries if name},
    )
