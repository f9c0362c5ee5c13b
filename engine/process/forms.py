"""Forms: `forms/<name>.json` of a case type as frozen values. What an answer may be is checked in engine/cases."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from engine.process.expressions import Scalar, is_scalar, is_variable_name
from engine.process.faults import DefinitionFault, Fault
from engine.statute.events import EVENT_TYPES

FIELD_TYPES = frozenset(
    [
        "line",
        "text",
        "choice",
        "choices",
        "date",
        "whole",
        "yes_no",
        "file",
        "rows",
        "unit",
        "units",
        "person",
        "decision",
        "ground",
        "phone",
        "id_number",
        "email",
        "link",
        "listed",
    ]
)
_ROUTING_TYPES = frozenset({"line", "choice", "whole", "yes_no", "decision", "ground"})
_COLUMN_TYPES = FIELD_TYPES - {"rows", "file"}
_FIELD_KEYS = frozenset(
    [
        "name",
        "type",
        "label",
        "help",
        "section",
        "required",
        "routing",
        "choices",
        "max",
        "min",
        "when",
        "not_future",
        "kind",
        "columns",
        "min_rows",
        "default",
        "carry",
        "differs",
    ]
)
_FORM_KEYS = frozenset({"title", "intro", "confirm", "fields", "events", "items", "keep"})
_KEEP_TARGET = re.compile(r"(case|party\.[a-z_]+)\.[a-z][a-z0-9_]*")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_SOURCE = re.compile(r"\$item(\.[a-z_]+)?|\$case\.[a-z_]+|=.*")


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form.

    Attributes:
        type: one of FIELD_TYPES.
        section: heading of the group of questions that begins here.
        choices: (code, Chinese label) pairs; for `decision` the codes allowed here, empty = all.
        when: other field -> answers for which this one is asked; empty = always.
        max, min: characters of a text, or bounds of a whole number.
        routing: the answer becomes a routing variable of the process.
        kind: document kind of a file field, or whose page a link is; the office list a `listed` field chooses from.
        columns, min_rows: of a table.
        default: what stands in the field at first; carry: the case's last answer under this name does, if there is one.
        differs: links of this form that a link may not repeat (the page that explains is not the page explained).
    """

    name: str
    type: str
    label: str
    help: str = ""
    section: str = ""
    required: bool = False
    routing: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    when: Mapping[str, tuple[str, ...]] = attribute(default_factory=dict)
    max: int | None = None
    min: int | None = None
    not_future: bool = False
    kind: str | None = None
    columns: "tuple[Field, ...]" = ()
    min_rows: int | None = None
    default: Scalar = None
    carry: bool = False
    differs: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[Scalar, ...] | None:
        """Every answer a routing field can give, or None when they cannot be listed."""
        if self.type == "yes_no":
            return (True, False)
        if self.choices:
            return tuple(code for code, _label in self.choices)
        return None


@dataclass(frozen=True, slots=True)
class FormEvent:
    """A legal event that handing in the form appends to the ledger.

    Attributes:
        date: name of the date field that says when it happened; None = the day the form is handed in.
        with_: key of the event -> field that gives its value, `$item` (public id of the item), `$item.<key>`,
            `$case.<column>`, `=text` for a fixed text, or a number or yes/no as it stands.
        when: field -> answers for which the event happens; empty = always.
    """

    type: str
    date: str | None
    with_: Mapping[str, Scalar]
    when: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class FormItems:
    """Each row of the field `rows` becomes a case item of this kind; the variable `count` gets how many."""

    kind: str
    rows: str
    count: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form; `keep` maps a field to the column that keeps its answer (`case.…`, `party.applicant.…`)."""

    name: str
    title: str
    intro: str
    confirm: str
    fields: tuple[Field, ...]
    events: tuple[FormEvent, ...]
    items: tuple[FormItems, ...]
    keep: Mapping[str, str]

    @property
    def routing(self) -> Mapping[str, tuple[Scalar, ...] | None]:
        """Routing variables that handing in this form sets -> all their values, or None when these cannot be listed."""
        found: dict[str, tuple[Scalar, ...] | None] = {one.name: one.values for one in self.fields if one.routing}
        return found | dict.fromkeys((one.count for one in self.items), None)


def parse_form(path: str, text: str) -> Form:
    """Read one form. Raises DefinitionFault holding every fault of the file."""
    reader = _Reader(path)
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DefinitionFault(Fault(path, "", f"不是有效的 JSON：{error}。", "请按提示的位置改正。")) from error
    if not isinstance(raw, dict):
        raise DefinitionFault(Fault(path, "", "表单应为一个 JSON 对象。", '请写成 {"title": …, "fields": […]}。'))
    form = reader.form(path.rpartition("/")[2].removesuffix(".json"), raw)
    if reader.faults:
        raise DefinitionFault(*reader.faults)
    return form


class _Reader:
    """Reads the parts of a form and collects faults, so that the designer sees all of them at once."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []

    def fault(self, element: str, what: str, how: str) -> None:
        self.faults.append(Fault(self.path, element, what, how))

    def form(self, name: str, raw: Mapping[str, Any]) -> Form:
        self.known(name, raw, _FORM_KEYS)
        if not self.text(name, raw, "title"):
            self.fault(name, "表单没有标题。", '请加上 "title"。')
        fields = self.fields(name, raw, "fields", FIELD_TYPES)
        by_name = {field.name: field for field in fields}
        self.differences(fields, by_name)
        return Form(
            name=name,
            title=self.text(name, raw, "title"),
            intro=self.text(name, raw, "intro"),
            confirm=self.text(name, raw, "confirm") or "提交",
            fields=fields,
            events=tuple(self.event(one, by_name) for one in self.objects(name, raw, "events")),
            items=tuple(self.items(one, by_name) for one in self.objects(name, raw, "items")),
            keep=self.keep(raw, by_name),
        )

    def fields(self, owner: str, raw: Mapping[str, Any], key: str, types: frozenset[str]) -> tuple[Field, ...]:
        fields: list[Field] = []
        earlier: dict[str, Field] = {}
        for one in self.objects(owner, raw, key):
            field = self.field(one, types, earlier)
            if field.name in earlier:
                self.fault(field.name, "两个字段同名。", "请改其中一个的 name。")
            earlier[field.name] = field
            fields.append(field)
        return tuple(fields)

    def field(self, raw: Mapping[str, Any], types: frozenset[str], earlier: Mapping[str, Field]) -> Field:
        name = self.text("", raw, "name")
        self.known(name, raw, _FIELD_KEYS)
        if _WORD.fullmatch(name) is None:
            self.fault(name, "字段名写法有误。", "字段名用小写英文字母、数字和下划线，以字母开头。")
        kind = self.text(name, raw, "type")
        if kind not in types:
            self.fault(name, f"字段类型“{kind}”不能用在这里。", f"可用的类型：{'、'.join(sorted(types))}。")
        field = Field(
            name=name,
            type=kind,
            label=self.text(name, raw, "label"),
            help=self.text(name, raw, "help"),
            section=self.text(name, raw, "section"),
            required=self.flag(name, raw, "required"),
            routing=self.flag(name, raw, "routing"),
            choices=self.choices(name, raw),
            when=self.when(name, raw, earlier),
            max=self.number(name, raw, "max"),
            min=self.number(name, raw, "min"),
            not_future=self.flag(name, raw, "not_future"),
            kind=self.text(name, raw, "kind") or None,
            columns=self.fields(name, raw, "columns", _COLUMN_TYPES),
            min_rows=self.number(name, raw, "min_rows"),
            default=self.scalar(name, raw, "default"),
            carry=self.flag(name, raw, "carry"),
            differs=self.names(name, raw, "differs"),
        )
        self.consistent(field)
        return field

    def consistent(self, field: Field) -> None:
        """Faults that show only when the field is seen as a whole."""
        name = field.name
        if not field.label:
            self.fault(name, "字段没有名称。", '请加上 "label"。')
        if field.type in {"choice", "choices"} and not field.choices:
            self.fault(name, "选择字段没有选项。", '请加上 "choices"：[["代码", "文字"], …]。')
        if field.choices and field.type not in {"choice", "choices", "decision"}:
            self.fault(name, f"{field.type} 类型的字段不用列选项。", '请删去 "choices" 或者改类型。')
        if (field.type == "rows") != bool(field.columns):
            self.fault(name, "表格字段才有列，且至少有一列。", '请检查 "type" 和 "columns"。')
        if field.routing and field.type not in _ROUTING_TYPES:
            self.fault(name, f"{field.type} 类型的答案不能决定流程走向。", '请删去 "routing"，或者另设选择字段。')
        if field.routing and not is_variable_name(field.name):
            self.fault(name, f"“{name}”是保留名，不能作流程变量。", "请改用别的字段名。")
        if field.routing and field.type == "line" and (field.max or 200) > 200:
            self.fault(name, "流程变量最多 200 字。", '请把 "max" 降到 200 以内。')
        if field.min is not None and field.max is not None and field.min > field.max:
            self.fault(name, "最小值大于最大值。", '请检查 "min" 和 "max"。')

    def differences(self, fields: Sequence[Field], by_name: Mapping[str, Field]) -> None:
        """Faults of `differs`: it is about links, and names links of the form itself."""
        for one in (part for field in fields for part in (field, *field.columns) if part.differs):
            if one.type != "link":
                self.fault(one.name, "differs 只用于 link 类型的字段。", '请删去 "differs" 或者改类型。')
            for other in one.differs:
                if other not in by_name or by_name[other].type != "link":
                    self.fault(one.name, f"differs 中的“{other}”不是本表单的 link 字段。", "请核对字段名。")

    def event(self, raw: Mapping[str, Any], fields: Mapping[str, Field]) -> FormEvent:
        kind = self.text("events", raw, "type")
        self.known(f"events.{kind}", raw, frozenset({"type", "date", "with", "when"}))
        if kind not in EVENT_TYPES:
            self.fault(f"events.{kind}", "没有这种法律事件。", f"可用的事件：{'、'.join(sorted(EVENT_TYPES))}。")
        day = self.text(f"events.{kind}", raw, "date") or None
        if day is not None and (day not in fields or fields[day].type != "date"):
            self.fault(f"events.{kind}", f"事件日期“{day}”不是本表单的日期字段。", '请让 "date" 指向一个日期字段。')
        values = raw.get("with", {})
        if not isinstance(values, dict) or not all(is_scalar(one) for one in values.values()):
            self.fault(f"events.{kind}", "with 应为“事件的键：字段名”。", '请写成 {"by": "mode"}。')
            values = {}
        for key, source in values.items():
            if isinstance(source, str) and source not in fields and _SOURCE.fullmatch(source) is None:
                self.fault(
                    f"events.{kind}.{key}",
                    f"没有字段“{source}”。",
                    "请写本表单的字段名、$item、$case.列名或 =固定文字。",
                )
        return FormEvent(kind, day, values, self.when(f"events.{kind}", raw, fields))

    def items(self, raw: Mapping[str, Any], fields: Mapping[str, Field]) -> FormItems:
        items = FormItems(*(self.text("items", raw, key) for key in ("kind", "rows", "count")))
        self.known("items", raw, frozenset({"kind", "rows", "count"}))
        if _WORD.fullmatch(items.kind) is None:
            self.fault("items.kind", f"“{items.kind}”不能作清单的种类。", "请用小写英文字母、数字和下划线。")
        if items.rows not in fields or fields[items.rows].type not in {"rows", "units"}:
            self.fault("items.rows", f"“{items.rows}”不是表格字段或者多选单位字段。", "请指向一个 rows 或 units 字段。")
        if not is_variable_name(items.count) or items.count in fields:
            self.fault("items.count", f"“{items.count}”不能作计数变量。", "请用一个与字段不同名的变量名。")
        return items

    def keep(self, raw: Mapping[str, Any], fields: Mapping[str, Field]) -> Mapping[str, str]:
        kept = raw.get("keep", {})
        if not isinstance(kept, dict):
            self.fault("keep", "keep 应为“字段名：保存的列”。", '请写成 {"decision": "case.decision"}。')
            return {}
        for name, target in kept.items():
            if name not in fields:
                self.fault(f"keep.{name}", "本表单没有这个字段。", "请改成本表单的字段名。")
            if not isinstance(target, str) or _KEEP_TARGET.fullmatch(target) is None:
                self.fault(f"keep.{name}", f"“{target}”不是可以保存的列。", "请写 case.列名 或 party.applicant.列名。")
        return kept

    def when(self, owner: str, raw: Mapping[str, Any], fields: Mapping[str, Field]) -> Mapping[str, tuple[str, ...]]:
        wanted = raw.get("when", {})
        if not isinstance(wanted, dict):
            self.fault(owner, "when 应为“字段名：[答案, …]”。", '请写成 {"outcome": ["correct"]}。')
            return {}
        found: dict[str, tuple[str, ...]] = {}
        for name, answers in wanted.items():
            listed = answers if isinstance(answers, list) else [answers]
            found[name] = tuple(str(one) for one in listed)
            if name not in fields:
                self.fault(owner, f"when 用到的字段“{name}”不在它之前。", "请先列出被依赖的字段，并核对名称。")
                continue
            values = fields[name].values
            for one in listed:
                if values is not None and one not in values:
                    self.fault(owner, f"when 中的“{one}”不是字段 {name} 的选项。", "请核对选项代码。")
        return found

    def choices(self, name: str, raw: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        listed = raw.get("choices", [])
        if not isinstance(listed, list) or not all(_is_pair(one) for one in listed):
            self.fault(name, "choices 的写法有误。", '请写成 [["代码", "文字"], …]。')
            return ()
        if len({one[0] for one in listed}) != len(listed):
            self.fault(name, "选项代码重复。", "请让每个选项的代码不同。")
        return tuple((one[0], one[1]) for one in listed)

    def known(self, owner: str, raw: Mapping[str, Any], keys: frozenset[str]) -> None:
        for key in raw.keys() - keys:
            self.fault(owner, f"不认识的键“{key}”。", f"可用的键：{'、'.join(sorted(keys))}。")

    def objects(self, owner: str, raw: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        found = raw.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self.fault(owner, f"{key} 应为对象的列表。", f'请写成 "{key}": [{{…}}, …]。')
            return []
        return found

    def text(self, owner: str, raw: Mapping[str, Any], key: str) -> str:
        value = raw.get(key, "")
        if isinstance(value, str):
            return value
        self.wrong(owner, key, "文字")
        return ""

    def names(self, owner: str, raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
        listed = raw.get(key, [])
        if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
            return tuple(listed)
        self.wrong(owner, key, "字段名的列表")
        return ()

    def flag(self, owner: str, raw: Mapping[str, Any], key: str) -> bool:
        value = raw.get(key, False)
        if isinstance(value, bool):
            return value
        self.wrong(owner, key, "true 或 false")
        return False

    def number(self, owner: str, raw: Mapping[str, Any], key: str) -> int | None:
        value = raw.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self.wrong(owner, key, "整数")
        return None

    def scalar(self, owner: str, raw: Mapping[str, Any], key: str) -> Scalar:
        value: Scalar = raw.get(key)
        if is_scalar(value):
            return value
        self.wrong(owner, key, "文字、整数或者 true、false")
        return None

    def wrong(self, owner: str, key: str, what: str) -> None:
        self.fault(owner, f"{key} 应为{what}。", f"请改正 {key} 的值。")


def _is_pair(one: object) -> bool:
    return isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) and part for part in one)
