"""Check what a person filled in against the form of the step; wrong answers get a sentence beside their field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from typing import Any

from engine.cases.errors import AnswerErrors
from engine.cases.identity import credit_code_fault, id_card_fault
from engine.process.forms import Field, Form
from engine.statute.decisions import DECISIONS, grounds_of
from engine.statute.said import said

_LINE, _TEXT = 200, 20_000
_EARLIEST = date(1990, 1, 1)
_PAGE = re.compile(r"https?://[\w-]+(\.[\w-]+)+(:[0-9]{1,5})?(/[^\s<>\"]*)?")


@dataclass(frozen=True, slots=True)
class Scope:
    """What answers are checked against.

    Attributes:
        today: the office's calendar day.
        not_before: the day the case came in; no date of the case lies before it (None while registering).
        units: active unit ids; people: active account ids of the agency.
        listed: what a `listed` field may name, by the field's kind (`spot`: approved for a reply on the spot).
    """

    today: date
    not_before: date | None
    units: frozenset[int]
    people: frozenset[int]
    listed: Mapping[str, frozenset[str]] = dataclass_field(default_factory=dict)


def shown(field: Field, answers: Mapping[str, Any]) -> bool:
    """Whether a field is asked, given the other answers."""
    return all(
        str(answers.get(name, "")) in wanted
        or (isinstance(answers.get(name), list) and not set(answers[name]).isdisjoint(wanted))
        for name, wanted in field.when.items()
    )


def check(
    form: Form,
    raw: Mapping[str, Any],
    scope: Scope,
    files: Mapping[str, int] | None = None,
    *,
    unfinished: bool = False,
) -> dict[str, Any]:
    """The cleaned answers: strings, whole numbers, booleans, lists, ISO dates; nothing that was not asked.

    `files` says how many files came with each file field. An `unfinished` form (a preview) may leave out what it must
    say in the end. Raises AnswerErrors naming every wrong field.
    """
    clean: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in form.fields:
        if not shown(field, clean) or (field.type == "ground" and not grounds_of(str(clean.get("decision", "")))):
            continue
        if field.type == "file":
            if field.required and not unfinished and not (files or {}).get(field.name):
                errors[field.name] = said("请上传“%(label)s”。", label=field.label)
            continue
        value = _read(field, raw.get(field.name), scope, clean, errors)
        if value not in (None, "", []):
            clean[field.name] = value
        elif field.required and not unfinished and not any(key.split("-")[0] == field.name for key in errors):
            errors[field.name] = _missing(field)
    if errors:
        raise AnswerErrors(errors)
    return clean


def _missing(field: Field) -> str:
    verb = (
        "选择"
        if field.type in {"choice", "choices", "unit", "units", "person", "decision", "ground", "listed"}
        else "填写"
    )
    return said("请%(verb)s“%(label)s”。", verb=verb, label=field.label)


def _read(field: Field, raw: Any, scope: Scope, clean: Mapping[str, Any], errors: dict[str, str]) -> Any:
    try:
        return _READERS[field.type](field, raw, scope, clean)
    except _Wrong as wrong:
        errors[field.name] = str(wrong)
        return None
    except AnswerErrors as wrong:
        errors.update(wrong.errors)
        return None


class _Wrong(ValueError):
    """The sentence beside the field."""


def _string(raw: Any) -> str:
    text = "" if raw is None else str(raw)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _text(field: Field, raw: Any, _scope: Scope, _clean: Mapping[str, Any]) -> str:
    text = _string(raw)
    limit = field.max or (_TEXT if field.type == "text" else _LINE)
    if len(text) > limit:
        raise _Wrong(
            said(
                "“%(label)s”最多 %(limit)s 字，现在有 %(len)s 字；内容较长请作为附件上传。",
                label=field.label,
                limit=limit,
                len=len(text),
            )
        )
    if field.type != "text" and "\n" in text:
        raise _Wrong(said("“%(label)s”只能填写一行。", label=field.label))
    if any(ord(mark) < 32 and mark not in "\n\t" for mark in text):
        raise _Wrong(said("“%(label)s”含有不可见的控制字符，请重新输入。", label=field.label))
    return text


def _choice(field: Field, raw: Any, _scope: Scope, _clean: Mapping[str, Any]) -> str:
    value = _string(raw)
    if value and value not in {code for code, _label in field.choices}:
        raise _Wrong(said("“%(label)s”没有这个选项，请重新选择。", label=field.label))
    return value


def _choices(field: Field, raw: Any, _scope: Scope, _clean: Mapping[str, Any]) -> list[str]:
    values = [_string(one) for one in _list(raw)]
    if not set(values) <= {code for code, _label in field.choices}:
        raise _Wrong(said("“%(label)s”含有不存在的选项，请重新选择。", label=field.label))
    return list(dict.fromkeys(value for value in values if value))


def _list(raw: Any) -> Sequence[Any]:
    if raw is None or raw == "":
        return []
    return raw if isinstance(raw, list) else [raw]


def _date(field: Field, raw: Any, scope: Scope, _clean: Mapping[str, Any]) -> str:
    text = _string(raw)
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _Wrong(
            said("“%(label)s”应为日期，例如 %(day)s。", label=field.label, day=scope.today.isoformat())
        ) from None
    if field.not_future and day > scope.today:
        raise _Wrong(said("“%(label)s”不能晚于今天（%(day)s）。", label=field.label, day=scope.today.isoformat()))
    if scope.not_before is not None and field.not_future and day < scope.not_before:
        raise _Wrong(
            said("“%(label)s”不能早于收到申请之日（%(day)s）。", label=field.label, day=scope.not_before.isoformat())
        )
    if day < _EARLIEST or day.year > scope.today.year + 3:
        raise _Wrong(said("“%(label)s”的年份不合理，请核对。", label=field.label))
    return day.isoformat()


def _whole(field: Field, raw: Any, _scope: Scope, _clean: Mapping[str, Any]) -> int | None:
    text = _string(raw)
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise _Wrong(said("“%(label)s”应为整数。", label=field.label))
    number = int(text)
    low, high = field.min or 0, field.max
    if number < low or (high is not None and number > high):
        raise _Wrong(
            said("“%(label)s”应在 %(low)s 到 %(high)s 之间。", label=field.label, low=low, high=high)
            if high
            else said("“%(label)s”不能小于 %(low)s。", label=field.label, low=low)
        )
    return number


def _yes_no(_field: Field, raw: Any, _scope: Scope, _clean: Mapping[str, Any]) -> bool:
    return _string(raw).lower() in {"1", "true", "yes", "on", "y"}


def _id_of(field: Field, raw: Any, known: frozenset[int], what: str) -> int | None:
    text = _string(raw)
    if not text:
        return None
    if not text.isdecimal() or int(text) not in known:
        raise _Wrong(said("“%(label)s”：没有这个%(what)s，请从列表中选择。", label=field.label, what=what))
    return int(text)


def _unit(field: Field, raw: Any, scope: Scope, _clean: Mapping[str, Any]) -> int | None:
    return _id_of(field, raw, scope.units, "单位")


def _units(field: Field, raw: Any, scope: Scope, _clean: Mapping[str, Any]) -> list[int]:
    found = [_id_of(field, one, scope.units, "单位") for one in _list(raw)]
    return list(dict.fromkeys(one for one in found if one is not None))


def _person(field: Field, raw: Any, scope: Scope, _clean: Mapping[str, Any]) -> int | None:
    return _id_of(field, raw, scope.people, "人员")


def _decision(field: Field, raw: Any, _scope: Scope, _clean: Mapping[str, Any]) -> str:
    code = _string(raw)
    allowed = {value for value, _label in field.choices} or DECISIONS.keys()
    if code and code not in allowed:
        raise _Wrong(said("“%(label)s”没有这个答复类型，请重新选择。", label=field.label))
    return code


def _ground(field: Field, raw: Any, _scope: Scope, clean: Mapping[str, Any]) -> str:
    code = _string(raw)
    allowed = grounds_of(str(clean.get("decision", "")))
    if code and code not in allowed:
        raise _Wrong(said("“%(label)s”与答复类型不符，请重新选择。", label=field.label))
    return code


def _listed(field: Field, raw: Any, scope: Scope, _clean: Mapping[str, Any]) -> str:
    title = _string(raw)
    if title and title not in scope.listed.get(field.kind or "", frozenset()):
        raise _Wrong(said("“%(label)s”不在事先批准的目录中，请从目录中选择。", label=field.label))
    return title


def _phone(field: Field, raw: Any, scope: Scope, clean: Mapping[str, Any]) -> str:
    text = _text(field, raw, scope, clean)
    if text and not re.fullmatch(r"[0-9+()（）\- ]{5,30}", text):
        raise _Wrong(said("“%(label)s”应为电话号码。", label=field.label))
    return text


def _email(field: Field, raw: Any, scope: Scope, clean: Mapping[str, Any]) -> str:
    text = _text(field, raw, scope, clean)
    if text and not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,120}\.[^@\s.]{2,}", text):
        raise _Wrong(said("“%(label)s”不是有效的电子邮箱地址。", label=field.label))
    return text


def _link(field: Field, raw: Any, scope: Scope, clean: Mapping[str, Any]) -> str:
    text = _text(field, raw, scope, clean)
    if text and _PAGE.fullmatch(text) is None:
        raise _Wrong(said("“%(label)s”应为完整的网址，以 http:// 或者 https:// 开头。", label=field.label))
    for name in field.differs:
        if text and _page(text) == _page(str(clean.get(name, ""))):
            raise _Wrong(said("“%(label)s”与另一页的网址相同，两页应当各有网址、相互链接。", label=field.label))
    return text


def _page(link: str) -> str:
    """What tells one page from another: neither the scheme, nor a mark within the page, nor a closing slash."""
    return link.partition("#")[0].partition("://")[2].rstrip("/").lower()


def _id_number(field: Field, raw: Any, scope: Scope, clean: Mapping[str, Any]) -> str:
    text = _text(field, raw, scope, clean).upper().replace(" ", "")
    kind = clean.get("id_kind")
    fault = None
    if text and kind == "id_card":
        fault = id_card_fault(text, scope.today)
    elif text and kind == "credit_code":
        fault = credit_code_fault(text)
    if fault:
        raise _Wrong(fault)
    return text


def _rows(field: Field, raw: Any, scope: Scope, clean: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    errors: dict[str, str] = {}
    for index, one in enumerate(_list(raw)):
        if not isinstance(one, Mapping) or not any(_string(value) for value in one.values()):
            continue
        row: dict[str, Any] = {}
        for column in field.columns:
            if not shown(column, row):
                continue
            wrong: dict[str, str] = {}
            value = _read(column, one.get(column.name), scope, {**clean, **row}, wrong)
            for sentence in wrong.values():
                errors[f"{field.name}-{index}-{column.name}"] = said(
                    "第 %(value)s 行：%(sentence)s", value=index + 1, sentence=sentence
                )
            if value not in (None, "", []):
                row[column.name] = value
            elif column.required and not wrong:
                errors[f"{field.name}-{index}-{column.name}"] = said(
                    "第 %(value)s 行：%(missing)s", value=index + 1, missing=_missing(column)
                )
        rows.append(row)
    if errors:
        raise AnswerErrors(errors)
    if len(rows) < (field.min_rows or 0):
        raise _Wrong(said("“%(label)s”至少填写 %(min_rows)s 行。", label=field.label, min_rows=field.min_rows))
    return rows


_READERS = {
    "line": _text,
    "text": _text,
    "choice": _choice,
    "choices": _choices,
    "date": _date,
    "whole": _whole,
    "yes_no": _yes_no,
    "rows": _rows,
    "unit": _unit,
    "units": _units,
    "person": _person,
    "decision": _decision,
    "ground": _ground,
    "phone": _phone,
    "id_number": _id_number,
    "email": _email,
    "link": _link,
    "listed": _listed,
}
