"""From the case's values to the words a template prints: collect, find what is missing, present.

A letter's fields are a mapping of field name to raw value; `collect` makes it from values keyed by source
(`case.number`, `answer.reason`, …), `present` turns it into text, lists and rows, and nothing else reaches a template.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from engine.statute.said import said
from letters import wording
from letters.catalog import Column, Entry, Field
from letters.wording import ClockDate

TEXT_LIMIT: Final = 20_000  # characters of one value
TOTAL_LIMIT: Final = 200_000  # characters of one letter
ROW_LIMIT: Final = 1_000  # rows or paragraphs of one value


class FieldFault(ValueError):
    """A value does not fit its field; the Chinese message names the field."""


class MissingFields(FieldFault):
    """Required values are absent. `fields` are the absent ones, in catalogue order."""

    def __init__(self, entry: Entry, fields: Sequence[Field]) -> None:
        self.fields = tuple(fields)
        names = "、".join(f"“{each.label}”" for each in fields)
        super().__init__(
            said(
                "《%(name)s》（%(code)s）尚缺：%(names)s。请补充后再生成文书。",
                name=entry.name,
                code=entry.code,
                names=names,
            )
        )


def collect(entry: Entry, sources: Mapping[str, object]) -> dict[str, object]:
    """The letter's fields out of values keyed by source; an absent source leaves its field out."""
    return {each.name: sources[each.source] for each in entry.fields if each.source in sources}


def missing(entry: Entry, fields: Mapping[str, object]) -> tuple[Field, ...]:
    """Required fields that have no value: absent, None, blank text or an empty list."""
    return tuple(each for each in entry.fields if each.required and _is_empty(fields.get(each.name)))


def present(entry: Entry, fields: Mapping[str, object]) -> dict[str, object]:
    """Every field of the letter as text, list of texts or list of rows; optional ones without value are empty.

    Raises `MissingFields`, or `FieldFault` where a value has the wrong type, an unknown code or is too long.
    """
    absent = missing(entry, fields)
    if absent:
        raise MissingFields(entry, absent)
    return present_fields(entry.fields, fields)


def present_fields(wanted: Sequence[Field], fields: Mapping[str, object]) -> dict[str, object]:
    """As `present`, for chosen fields and without asking for required ones (previews)."""
    words: dict[str, object] = {}
    total = 0
    for each in wanted:
        value = fields.get(each.name)
        words[each.name] = ([] if is_list(each) else "") if _is_empty(value) else _words(each, value)
        total += _length(words[each.name])
    if total > TOTAL_LIMIT:
        raise FieldFault(
            said("文书内容共%(total)s字，超过%(limit)s字的上限，请改用附件", total=total, limit=TOTAL_LIMIT)
        )
    return words


def placeholder(field: Field) -> object:
    """What a preview prints where a value is still absent: 【待填：本件的具体理由】."""
    mark = f"【待填：{field.label}】"
    if field.kind == "rows":
        return [{column.name: mark for column in field.columns}]
    return [mark] if is_list(field) else mark


def quoted_words(entry: Entry, fields: Mapping[str, object]) -> tuple[str, ...]:
    """The printed forms of other people's own words (names, the request), which a text lint must not judge."""
    given = [(each, fields[each.name]) for each in entry.fields if each.quoted and not _is_empty(fields.get(each.name))]
    return tuple(
        line
        for each, value in given
        for line in (wording.verbatim(_lines(each, value)) if is_list(each) else [wording.quoted(str(value))])
    )


def _is_empty(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, Sequence) and not value


def is_list(field: Field) -> bool:
    """Whether a template goes through the field line by line or row by row."""
    return field.kind in {"paragraphs", "items", "rows", "remedies"}


def _length(words: object) -> int:
    if isinstance(words, str):
        return len(words)
    if isinstance(words, Mapping):
        return sum(_length(value) for value in words.values())
    return sum(_length(each) for each in words) if isinstance(words, list) else 0


def _words(field: Field, value: object) -> object:  # noqa: C901, PLR0912 - one case for each kind of field
    match field.kind:
        case "text":
            return _text(field, value)
        case "paragraphs" | "remedies":
            lines = _lines(field, value)
            return _bounded(field, wording.verbatim(lines) if field.quoted else wording.paragraphs(lines))
        case "items":
            return _bounded(field, wording.items(_lines(field, value)))
        case "date":
            if isinstance(value, ClockDate):
                return wording.clock_words(value)
            if isinstance(value, str):
                value = _iso(field, value)
            if isinstance(value, date) and not isinstance(value, datetime):
                return wording.chinese_date(value)
        case "clock_date":
            # A bare date would hide whether it is provisional, so only the clock's own value is taken.
            if isinstance(value, ClockDate):
                return wording.clock_words(value)
        case "number":
            if isinstance(value, int) and not isinstance(value, bool):
                return str(value)
        case "amount":
            if isinstance(value, int) and not isinstance(value, bool):
                return wording.amount_words(value)
        case "choice":
            if value in field.choices:
                return field.choices[str(value)]
            raise FieldFault(said("“%(label)s”不能是“%(value)s”", label=field.label, value=value))
        case "rows":
            if isinstance(value, Sequence) and not isinstance(value, str):
                return _bounded(field, [_row(field, row) for row in value])
    raise FieldFault(said("“%(label)s”的值类型不对：%(type)s", label=field.label, type=type(value).__name__))


def _text(field: Field, value: object) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise FieldFault(said("“%(label)s”应当是文字", label=field.label))
    text = str(value)
    if len(text) > TEXT_LIMIT:
        raise FieldFault(said("“%(label)s”超过%(limit)s字", label=field.label, limit=TEXT_LIMIT))
    return wording.quoted(text) if field.quoted else wording.one_line(text)


def _lines(field: Field, value: object) -> str | list[str]:
    lines: str | list[str]
    if isinstance(value, str):
        lines = value
    elif isinstance(value, Sequence) and all(isinstance(line, str) for line in value):
        lines = [str(line) for line in value]
    else:
        raise FieldFault(said("“%(label)s”应当是文字", label=field.label))
    if len("".join(lines)) > TEXT_LIMIT:
        raise FieldFault(said("“%(label)s”超过%(limit)s字", label=field.label, limit=TEXT_LIMIT))
    return lines


def _bounded(field: Field, lines: list[object] | list[str] | list[dict[str, str]]) -> object:
    if len(lines) > ROW_LIMIT:
        raise FieldFault(said("“%(label)s”超过%(limit)s行，请改用附件", label=field.label, limit=ROW_LIMIT))
    return lines


def _row(field: Field, row: object) -> dict[str, str]:
    if not isinstance(row, Mapping):
        raise FieldFault(said("“%(label)s”的每一行都应当是一组值", label=field.label))
    return {column.name: _cell(field, column, row.get(column.name)) for column in field.columns}


def _cell(field: Field, column: Column, value: object) -> str:
    if _is_empty(value):
        return ""
    where = Field(column.name, f"{field.label}·{column.label}", field.source, column.kind)
    words = _words(where, value)
    return words if isinstance(words, str) else ""


def _iso(field: Field, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FieldFault(said("“%(label)s”不是日期：%(text)s", label=field.label, text=text)) from None
