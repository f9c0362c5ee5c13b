"""Forms of a case type on a page: what each question looks like, and what a browser sent back."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from engine.cases.answer_words import show_answer
from engine.cases.answers import shown
from engine.cases.documents import Upload
from engine.cases.stepform import StepForm
from engine.process import Field, Form
from engine.statute.decisions import DECISIONS, ground_title, grounds_of
from webui.speech import gettext, is_english

Values = Mapping[str, Any]

# A table opens with this many empty lines; a browser without script asks for more by a button.
_EMPTY_ROWS = 2
_MOST_ROWS = 200
# Up to this many choices lie open as radio buttons; more go into a list.
_OPEN_CHOICES = 7
_SHORT_LINE = 40
# Browsers stop pasted text at `maxlength` without a word, so lengths are checked by the command alone.
_INPUT_TYPES = {"date": "date", "whole": "text", "phone": "tel", "email": "email", "link": "url"}


@dataclass(frozen=True, slots=True)
class Option:
    """A choice: `group` heads it in the list, `of` names the decisions it belongs to."""

    value: str
    label: str
    group: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One field as the page shows it.

    Attributes:
        name: of the control; a cell of a table is called `<field>-<row>-<column>`, as the errors of the command are.
        widget: line, area, radio, list, checks, check, file or table.
        value, values: what stands in it; `values` where several may be chosen.
        when: the conditions as JSON for the script, or ""; applies: whether they hold with the values at hand.
        section: heading of the group that begins with it.
        rows: cells of a table, line by line; blank: a line with `__n__` for its number, for the script to copy.
    """

    name: str
    label: str
    help: str
    widget: str
    required: bool
    error: str
    value: str = ""
    values: frozenset[str] = frozenset()
    options: tuple[Option, ...] = ()
    input_type: str = "text"
    size: str = ""
    max: int | None = None
    when: str = ""
    applies: bool = True
    section: str = ""
    rows: "tuple[tuple[Question, ...], ...]" = ()
    blank: "tuple[Question, ...]" = ()


def answers(form: Form, given: MultiDict[str, str]) -> dict[str, Any]:
    """What was filled in, by field name, as commands take it: strings, lists of strings, lists of rows."""
    found: dict[str, Any] = {}
    for one in form.fields:
        if one.type == "rows":
            found[one.name] = _rows(one, given)
        elif one.type in {"choices", "units"}:
            found[one.name] = given.getlist(one.name)
        elif one.type != "file" and one.name in given:
            found[one.name] = given[one.name]
    return found


def _rows(field: Field, given: MultiDict[str, str]) -> list[dict[str, Any]]:
    """The lines of a table in the order of their numbers; lines left empty are kept, so that errors find theirs."""
    cell = re.compile(rf"{re.escape(field.name)}-([0-9]{{1,4}})-")
    numbers = sorted({int(found[1]) for key in given if (found := cell.match(key))})
    several = {column.name for column in field.columns if column.type in {"choices", "units"}}
    rows = []
    for number in numbers[:_MOST_ROWS]:
        names = {column.name: f"{field.name}-{number}-{column.name}" for column in field.columns}
        rows.append(
            {
                column: given.getlist(key) if column in several else given[key]
                for column, key in names.items()
                if key in given
            }
        )
    return rows


def uploads(form: Form, files: MultiDict[str, FileStorage]) -> dict[str, list[Upload]]:
    """The files that came with the form, by field name; inputs left empty are skipped."""
    return {
        one.name: sent
        for one in form.fields
        if one.type == "file"
        and (sent := [Upload(file.filename, file.stream) for file in files.getlist(one.name) if file.filename])
    }


def typed(opened: StepForm, values: Values) -> list[tuple[str, str]]:
    """Label and text of everything that was filled in, to read or copy."""
    units: Any = {str(key): title for key, title in opened.options.units}
    people: Any = {str(key): title for key, title in opened.options.people}
    shown_values = []
    for field in opened.form.fields:
        value = values.get(field.name)
        rows = [row for row in value if any(row.values())] if field.type == "rows" and value else value
        if rows:
            shown_values.append((field.label, show_answer(field, rows, units, people)))
    return shown_values


def questions(
    opened: StepForm, values: Values, errors: Mapping[str, str] | None = None, more: str = ""
) -> list[Question]:
    """The form's fields ready for the template. `more` names a table that gets further empty lines."""
    found = []
    counted: dict[str, Any] = {}
    reader = _Reader(opened, errors or {})
    for field in opened.form.fields:
        applies = shown(field, counted)
        if applies:
            counted[field.name] = _plain(values.get(field.name))
        found.append(replace(reader.question(field, field.name, values, more), applies=applies))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else ""
    return value


class _Reader:
    """Turns fields into questions for one opened form."""

    def __init__(self, opened: StepForm, errors: Mapping[str, str]) -> None:
        self.opened = opened
        self.errors = errors

    def question(self, field: Field, name: str, values: Values, more: str = "") -> Question:
        value: Any = values.get(field.name)
        chosen: list[Any] = value if isinstance(value, list) and field.type != "rows" else []
        asked = Question(
            name=name,
            label=field.label,
            help=self.help(field),
            widget=_widget(field),
            section=field.section,
            required=field.required,
            error=self.errors.get(name, ""),
            value="" if value is None or isinstance(value, list) else str(_plain(value)),
            values=frozenset(str(one) for one in chosen),
            options=self.options(field),
            input_type=_INPUT_TYPES.get(field.type, "text"),
            size=_size(field),
            max=field.max if field.type in {"line", "text"} else None,
            when=json.dumps({key: list(wanted) for key, wanted in field.when.items()}) if field.when else "",
        )
        if field.type != "rows":
            return asked
        filled = [row for row in value or [] if isinstance(row, Mapping)]
        # Lines keep their numbers while errors point at them; else empty ones make room for the next.
        if not any(key.startswith(f"{name}-") for key in self.errors):
            filled = [row for row in filled if any(str(cell).strip() for cell in row.values())]
        empty = max(_EMPTY_ROWS if not filled else 1, (field.min_rows or 0) - len(filled))
        lines: Sequence[Values] = [*filled, *[{}] * (empty + (3 if more == name else 0))]
        return replace(
            asked,
            rows=tuple(self.line(field, str(number), line) for number, line in enumerate(lines)),
            blank=self.line(field, "__n__", {}),
        )

    def line(self, field: Field, number: str, values: Values) -> tuple[Question, ...]:
        return tuple(self.question(column, f"{field.name}-{number}-{column.name}", values) for column in field.columns)

    def help(self, field: Field) -> str:
        """What the form says of a field, and which files stay when no others are chosen."""
        names = self.opened.kept.get(field.name, ())
        if not names:
            return field.help
        kept = gettext("不另选文件的，沿用现有文件：%(names)s", names="、".join(names))
        stop = ". " if is_english() else "。"
        return f"{gettext(field.help)}{stop}{kept}" if field.help else kept

    def options(self, field: Field) -> tuple[Option, ...]:
        if field.type in {"unit", "units"}:
            return tuple(Option(str(key), title) for key, title in self.opened.options.units)
        if field.type == "person":
            return tuple(Option(str(key), title) for key, title in self.opened.options.people)
        if field.type == "decision":
            titles = dict(field.choices) or {code: one.title for code, one in DECISIONS.items()}
            return tuple(Option(code, f"{code}　{title}") for code, title in titles.items())
        if field.type == "ground":
            return _grounds()
        if field.type == "listed":
            return tuple(Option(title, title) for title in self.opened.options.listed.get(field.kind or "", ()))
        return tuple(Option(code, label) for code, label in field.choices)


def _grounds() -> tuple[Option, ...]:
    """Every ground under the decision it belongs to; the script leaves only those of the chosen decision."""
    return tuple(
        Option(ground, ground_title(ground), f"{code}　{decision.title}", code)
        for code, decision in DECISIONS.items()
        for ground in grounds_of(code)
    )


def _widget(field: Field) -> str:
    if field.type == "choice":
        return "radio" if len(field.choices) <= _OPEN_CHOICES else "list"
    return {
        "text": "area",
        "choices": "checks",
        "units": "checks",
        "yes_no": "check",
        "file": "file",
        "rows": "table",
        "unit": "list",
        "person": "list",
        "decision": "list",
        "ground": "list",
        "listed": "list",
    }.get(field.type, "line")


def _size(field: Field) -> str:
    if field.type in {"date", "whole"} or (field.type == "line" and (field.max or 200) <= _SHORT_LINE):
        return "short"
    if field.type in {"phone", "email", "id_number", "unit", "person"} or (
        field.type == "line" and (field.max or 200) <= 60
    ):
        return "middle"
    return ""
