"""Lint of a finished letter's text: what an attentive reader would send back.

Rules speak about the text alone; quoted words (names, the request as it was written) are taken out first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from engine.statute.decisions import RemedyType
from engine.statute.remedies import RECONSIDERATION_FIRST_SINCE
from engine.statute.said import said
from letters.catalog import Entry

_HAN: Final = "\u3400-\u9fff"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: the rule's key, the words around it, and a Chinese sentence."""

    rule: str
    words: str
    message: str

    def __str__(self) -> str:
        return said("%(message)s：“%(words)s”", message=self.message, words=self.words)


_RULES: Final[tuple[tuple[str, str, re.Pattern[str]], ...]] = (
    ("leftover_mark", "有未套用的模板标记", re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}|\{_\{")),
    (
        "leftover_value",
        "有程序内部的值",
        re.compile(r"(?<![A-Za-z])(?:None|True|False|nan|null|Undefined)(?![A-Za-z])"),
    ),
    ("placeholder", "有待填的内容", re.compile(r"【待填")),
    ("empty_article", "条、款、项没有序号", re.compile(r"第[\s　]*[条款项]")),
    ("empty_brackets", "括号、引号或者书名号是空的", re.compile(r"《[\s　]*》|“[\s　]*”|〔[\s　]*〕|（[\s　]*）")),
    ("half_width", "中文旁用了半角标点", re.compile(rf"[{_HAN}][,;:?!()]|[,;:?!()][{_HAN}]")),
    ("double_stop", "标点重复", re.compile(r"[。，；：、]\s*[。，；：、]|[。，；：、][!?;,]|。”。")),
    ("leading_zero", "序号或者日期有前导零", re.compile(r"〔\d{4}〕0\d*号|\d年0\d月|月0\d日|年0\d日")),
    (
        "foreign_date",
        "日期没有写成年月日",
        re.compile(r"(?<![\d/.A-Za-z-])(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?![\d/])"),
    ),
    ("number_brackets", "文号的年份没有用六角括号", re.compile(r"[\[(（【](?:19|20)\d\d[\])）】]\s*第?\d+号")),
    ("number_word", "文号中不写“第”字", re.compile(r"〔\d{4}〕\s*第")),
)
# In a sentence on reconsideration: 上级主管部门 may well have made the information that is asked for.
_OLD_AUTHORITY: Final = re.compile(
    r"或者其?上一级(?:行政)?主管(?:部门|机关)"
    r"|(?:上一级|上级)(?:行政)?主管(?:部门|机关)(?=[^。；\n]*复议)"
    r"|复议[^。；\n]*?(?:上一级|上级)(?:行政)?主管(?:部门|机关)"
)
_RECONSIDERATION: Final = re.compile(r"申请行政复议")
_SUIT: Final = re.compile(r"提起行政诉讼")
_FIRST: Final = re.compile(r"应当[^。]*先[^。]*申请行政复议[^。]*收到行政复议决定书之日起15日内[^。]*提起行政诉讼")
_SIXTY_DAYS: Final = re.compile(r"60日内[^。]*申请行政复议")
_SIX_MONTHS: Final = re.compile(r"6个月内[^。]*提起行政诉讼")
_ARTICLE: Final = re.compile(r"第[一二三四五六七八九十百]+条")


def lint(
    lines: Sequence[str],
    entry: Entry,
    *,
    remedy: RemedyType,
    dated: date,
    quoted: Sequence[str] = (),
    vertical: bool = False,
) -> tuple[Finding, ...]:
    """Findings in the text lines of a letter, in order; empty when it may go out.

    Args:
        lines: text of the letter (`letters.plain_text.lines`).
        entry: its catalogue entry, for the articles it must cite.
        remedy: the remedy type its paragraph must state (`engine.statute.remedies.remedy_type`).
        dated: date of the letter; wording of the reconsideration authority changed on 2024-01-01.
        quoted: other people's words, left out of every rule.
        vertical: the office is led vertically (行政复议法 Art. 27), so a superior department may be named.
    """
    judged = [_without(line, quoted) for line in lines]
    text = "\n".join(judged)
    found = [finding for line in judged for finding in _by_line(line)]
    found += _old_authority(text, dated, vertical=vertical)
    found += _remedy(text, remedy)
    if entry.series == "reply" and entry.serves and not _cites(text, entry):
        found.append(Finding("no_article", entry.basis, "没有写明所依据的条款"))
    return tuple(found)


def lint_words(
    words: Mapping[str, object], entry: Entry, *, remedy: RemedyType, dated: date, vertical: bool = False
) -> tuple[Finding, ...]:
    """Findings for which a letter is not issued: an authority of former law, remedies that do not fit its decision.

    `words` are its presented fields (`letters.fields.present`): what a template says of itself was linted when it came
    in. Arguments as in `lint`.
    """
    own = [line for field in entry.fields if not field.quoted for line in _text_of(words.get(field.name))]
    remedies = "\n".join(_text_of(words.get("remedies")))
    return (*_old_authority("\n".join(own), dated, vertical=vertical), *_remedy(remedies, remedy))


def _text_of(words: object) -> list[str]:
    if isinstance(words, Mapping):
        return [line for each in words.values() for line in _text_of(each)]
    if isinstance(words, list):
        return [line for each in words for line in _text_of(each)]
    return [str(words)] if words else []


def _old_authority(text: str, dated: date, *, vertical: bool) -> Iterator[Finding]:
    if not vertical and dated >= RECONSIDERATION_FIRST_SINCE:
        for match in _OLD_AUTHORITY.finditer(text):
            yield Finding("old_authority", _around(text, match), "2024年起部门的复议机关是本级人民政府")


def _without(line: str, quoted: Sequence[str]) -> str:
    for words in sorted(quoted, key=len, reverse=True):
        if words:
            line = line.replace(words, "某")
    return line


def _by_line(line: str) -> Iterator[Finding]:
    for rule, message, pattern in _RULES:
        for match in pattern.finditer(line):
            yield Finding(rule, _around(line, match), message)


def _around(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 8) : match.end() + 8].replace("\n", " ")


def _cites(text: str, entry: Entry) -> bool:
    cited = set(_ARTICLE.findall(text))
    return all(article in cited for article in _ARTICLE.findall(entry.basis))


def _remedy(text: str, remedy: RemedyType) -> Iterator[Finding]:  # noqa: C901 - one case for each remedy type
    told = {
        "first": bool(_FIRST.search(text)),
        "sixty_days": bool(_SIXTY_DAYS.search(text)),
        "six_months": bool(_SIX_MONTHS.search(text)),
    }
    match remedy:
        case RemedyType.NONE:
            if _RECONSIDERATION.search(text) or _SUIT.search(text):
                yield Finding("remedy", "申请行政复议", "该文书不应当写救济途径")
        case RemedyType.RF:
            if not told["first"]:
                yield Finding("remedy", "行政复议", "没有告知应当先申请行政复议（行政复议法第二十三条）")
            if told["six_months"]:
                yield Finding("remedy", "6个月内提起行政诉讼", "复议前置的决定不能告知直接起诉")
        case RemedyType.CH:
            if told["first"]:
                yield Finding("remedy", "先申请行政复议", "该决定不属于复议前置")
            if not (told["sixty_days"] and told["six_months"]):
                yield Finding("remedy", "行政复议、行政诉讼", "没有完整告知行政复议（60日）和行政诉讼（6个月）")
        case RemedyType.SPLIT:
            if not (told["first"] and told["six_months"]):
                yield Finding("remedy", "部分公开", "部分公开应当对两个部分分别告知救济途径")
        case RemedyType.RECONSIDERATION_ONLY:
            if not told["sixty_days"] or _SUIT.search(text):
                yield Finding("remedy", "行政复议", "该决定只告知行政复议（60日）")
