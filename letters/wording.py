"""How values read in an official letter: dates, amounts, officers' text and quoted words.

Pure functions; no clock is read. Dates are printed in Arabic figures without leading zeros (GB/T 9704-2012, 7.3.5).
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

# Characters XML 1.0 cannot carry, and direction marks that could make a letter read differently than it was checked.
_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_HAN: Final = "\u3400-\u9fff"
_NEAR: Final = f"{_HAN}“”‘’《》〈〉（）【】〔〕、。，；：？！"
_HALF_WIDTH: Final = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
_HALF_BESIDE_HAN: Final = re.compile(rf"(?<=[{_NEAR}])\s*([,;:?!()])\s*|\s*([,;:?!()])\s*(?=[{_NEAR}])")
_ORDINAL: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_LEADING_NUMBER: Final = re.compile(rf"^\s*(?:[（(]?{_ORDINAL}[）)]|{_ORDINAL}[、.．](?!\d))\s*")
_STOPS: Final = "。！？…：；，、,;.:?!"
_CLOSED: Final = "。！？…"


@dataclass(frozen=True, slots=True)
class ClockDate:
    """A date derived by the statutory clock; provisional while the holiday notice of `years` is not loaded."""

    date: date
    provisional: bool = False
    years: tuple[int, ...] = ()


def chinese_date(day: date) -> str:
    """2026年11月21日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def clock_words(due: ClockDate) -> str:
    """A derived date in words; a provisional one says that it is, and why."""
    if not due.provisional:
        return chinese_date(due.date)
    years = "、".join(str(year) for year in due.years) or str(due.date.year)
    return f"{chinese_date(due.date)}（暂定：{years}年放假安排尚未公布，公布后以重新推算的日期为准）"


def amount_words(yuan: int) -> str:
    """An amount in whole yuan: 1250元."""
    return f"{yuan}元"


def printable(text: str) -> str:
    """`text` without characters a document cannot carry; template marks are made harmless by full-width brackets."""
    cleaned = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    for mark, shown in (("{{", "｛｛"), ("}}", "｝｝"), ("{%", "｛％"), ("%}", "％｝"), ("{#", "｛＃"), ("#}", "＃｝")):
        cleaned = cleaned.replace(mark, shown)
    return cleaned


def quoted(text: str) -> str:
    """Somebody's own words on one line, to stand in “ ”: inner quotation marks become ‘ ’, a last full stop goes."""
    line = " ".join(part.strip() for part in printable(text).splitlines() if part.strip())
    return line.replace("“", "‘").replace("”", "’").rstrip("。 ")


def verbatim(text: str | list[str]) -> list[str]:
    """Somebody's own words line by line, as they are; empty lines left out."""
    lines = text.splitlines() if isinstance(text, str) else [part for each in text for part in each.splitlines()]
    return [line.strip() for line in map(printable, lines) if line.strip()]


def full_width(text: str) -> str:
    """Half-width punctuation beside Chinese characters made full-width; addresses and figures stay."""

    def widen(match: re.Match[str]) -> str:
        return _HALF_WIDTH[match.group(1) or match.group(2)]

    # Brackets open beside Han and close beside a figure, so the pair is settled before single marks.
    paired = re.sub(rf"\(([^()]*[{_HAN}][^()]*)\)", r"（\1）", text)
    widened = _HALF_BESIDE_HAN.sub(widen, paired)
    return re.sub(rf"(?<=[{_HAN}])\.(?=\s|$)", "。", widened)


def one_line(text: str) -> str:
    """An officer's text to stand inside a sentence: one line, without a stop at its end."""
    return full_width("".join(part.strip() for part in printable(text).splitlines())).rstrip(_STOPS + " ")


def paragraphs(text: str | list[str] | tuple[str, ...]) -> list[str]:
    """An officer's text as paragraphs: empty lines left out, each ending in a stop."""
    lines = text.splitlines() if isinstance(text, str) else [part for each in text for part in each.splitlines()]
    cleaned = [full_width(printable(line).strip()) for line in lines]
    return [_closed(line) for line in cleaned if line]


def items(text: str | list[str] | tuple[str, ...]) -> list[str]:
    """An officer's list: each line an item, its own numbering taken off, without a stop at its end."""
    lines = text.splitlines() if isinstance(text, str) else [part for each in text for part in each.splitlines()]
    cleaned = [one_line(_LEADING_NUMBER.sub("", line)) for line in lines]
    return [line for line in cleaned if line]


def _closed(line: str) -> str:
    if line[-1] in _CLOSED or line[-1] in "：；":
        return line
    bare = line.rstrip("，、,;.: ")
    return line if bare.endswith(("。”", "！”", "？”")) else f"{bare}。"
