"""What has changed between two versions of a case type: steps, events, flows, forms, rules, one by one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from engine.process.case_type import CaseType
from engine.process.definitions import Definition
from engine.process.diagram import Diagram, Flow, Node, read_diagram
from engine.process.forms import Field, Form

Subject = Literal["rule", "process", "node", "flow", "form", "field", "letter"]

# What an element or property is called on the screen and the terminal.
LABELS: Mapping[str, str] = {
    # subjects
    "rule": "事项规则",
    "process": "流程",
    "flow": "连线",
    "form": "表单",
    "field": "表单项",
    "letter": "文书",
    # kinds of nodes
    "startEvent": "开始",
    "endEvent": "结束",
    "userTask": "步骤",
    "serviceTask": "自动事项",
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "eventBasedGateway": "事件网关",
    "intermediateCatchEvent": "等待事件",
    "boundaryEvent": "边界事件",
    "callActivity": "子流程",
    "subProcess": "内嵌子流程",
    # properties
    "name": "名称",
    "kind": "类型",
    "role": "办理角色",
    "limit": "内部时限（工作日）",
    "letter_when": "出具文书的条件",
    "apart_from": "须与谁分开办理",
    "items": "清单种类",
    "keep_handler": "留给经办人",
    "to_unit_of": "分给哪个单位",
    "evidence": "核对证据清单",
    "evidence_when": "核对证据清单的条件",
    "lane": "泳道",
    "message": "消息",
    "timer": "时限",
    "attached_to": "所在步骤",
    "interrupting": "打断",
    "called": "调用的流程",
    "cardinality": "多实例数量",
    "default": "缺省连线或缺省值",
    "source": "起点",
    "target": "终点",
    "condition": "条件",
    "content": "内容",
    "title": "标题",
    "label": "名称",
    "required": "必填",
    "choices": "选项",
    "when": "填写条件",
    "routing": "决定走向",
    "events": "登记的法定事项",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A property with its value before and after ("" where there is none)."""

    key: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """办理角色：handler → legal."""
        return f"{LABELS.get(self.key, self.key)}：{self.before or '无'} → {self.after or '无'}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was added, removed or changed.

    Attributes:
        kind: of a node its BPMN element name, else as `subject`.
        place: process or form it stands in. id: element, field, key or file; name: its title, if it has one.
        changes: of a changed thing its properties.
    """

    subject: Subject
    kind: str
    how: Literal["added", "removed", "changed"]
    place: str
    id: str
    name: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def renamed(self) -> bool:
        """Whether nothing but the name has changed."""
        return [one.key for one in self.changes] == ["name"]

    @property
    def words(self) -> str:
        """As a line: 改名 步骤 triage 研判（handling）：名称：研判分类 → 研判."""
        how = "改名" if self.renamed else {"added": "新增", "removed": "删去", "changed": "改动"}[self.how]
        what = " ".join(part for part in (how, LABELS.get(self.kind, self.kind), self.id, self.name) if part)
        where = f"（{self.place}）" if self.place else ""
        told = f"：{'；'.join(one.words for one in self.changes)}" if self.changes else ""
        return f"{what}{where}{told}"


def drawings(definition: Definition) -> dict[str, Diagram]:
    """The diagrams of a definition by process, with their flows."""
    return {process: read_diagram(process, text) for process, text in definition.diagrams.items()}


def differences(old: Definition, new: Definition) -> tuple[Difference, ...]:
    """Everything that differs, in the order: rules, processes, nodes, flows, forms, letters."""
    before, after = drawings(old), drawings(new)
    return (
        *_rules(old.case_type, new.case_type),
        *_ids("process", _named(before), _named(after)),
        *_nodes(old.nodes, new.nodes),
        *_flows(_all_flows(before), _all_flows(after)),
        *_forms(old.forms, new.forms),
        *_letters(old.letters, new.letters),
    )


def _named(diagrams: Mapping[str, Diagram]) -> dict[str, str]:
    return {process: diagram.name for process, diagram in diagrams.items()}


def _ids(subject: Subject, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for one in sorted({*before, *after}):
        if one not in after:
            yield Difference(subject, subject, "removed", "", one, before[one])
        elif one not in before:
            yield Difference(subject, subject, "added", "", one, after[one])
        elif before[one] != after[one]:
            yield Difference(
                subject, subject, "changed", "", one, after[one], (Change("name", before[one], after[one]),)
            )


def _rules(old: CaseType, new: CaseType) -> Iterator[Difference]:
    for change in _changes(old, new):
        yield Difference("rule", "rule", "changed", "", change.key, changes=(change,))


# Of a node compared as its properties, or said by another property.
_NOT_COMPARED = frozenset({"id", "properties", "params", "file", "process", "scope"})


def _nodes(before: Mapping[str, Node], after: Mapping[str, Node]) -> Iterator[Difference]:
    for one in sorted({*before, *after}):
        old, new = before.get(one), after.get(one)
        if new is None or old is None or old.scope != new.scope:
            # An element that has moved to another level is another element there.
            if old is not None:
                yield Difference("node", old.kind, "removed", old.scope, one, old.name)
            if new is not None:
                yield Difference("node", new.kind, "added", new.scope, one, new.name)
            continue
        changes = [*_changes(old, new, _NOT_COMPARED), *_mapped(old.properties, new.properties)]
        changes.extend(_mapped(old.params, new.params))
        if changes:
            yield Difference("node", new.kind, "changed", new.scope, one, new.name, tuple(changes))


def _all_flows(diagrams: Mapping[str, Diagram]) -> dict[str, tuple[str, Flow]]:
    return {flow.id: (process, flow) for process, diagram in diagrams.items() for flow in diagram.flows.values()}


def _flows(before: Mapping[str, tuple[str, Flow]], after: Mapping[str, tuple[str, Flow]]) -> Iterator[Difference]:
    """By what they join: editors give flows new ids."""
    old = {(flow.source, flow.target, flow.condition or ""): (place, flow) for place, flow in before.values()}
    new = {(flow.source, flow.target, flow.condition or ""): (place, flow) for place, flow in after.values()}
    gone = {one: old[one] for one in sorted(old.keys() - new.keys())}
    come = {one: new[one] for one in sorted(new.keys() - old.keys())}
    for key, (place, flow) in list(come.items()):
        same = next((one for one, (_place, other) in gone.items() if other.id == flow.id), None)
        if same is not None:
            yield Difference("flow", "flow", "changed", place, flow.id, "", tuple(_changes(gone.pop(same)[1], flow)))
            come.pop(key)
    for how, flows in (("removed", gone), ("added", come)):
        for source, target, condition in flows:
            place = flows[(source, target, condition)][0]
            name = f"{source} → {target}" + (f" [{condition}]" if condition else "")
            yield Difference("flow", "flow", "added" if how == "added" else "removed", place, "", name)


def _forms(before: Mapping[str, Form], after: Mapping[str, Form]) -> Iterator[Difference]:
    yield from _ids(
        "form",
        {name: form.title for name, form in before.items()},
        {name: form.title for name, form in after.items()},
    )
    for name in sorted(before.keys() & after.keys()):
        if changes := tuple(_changes(before[name], after[name], frozenset({"name", "title", "fields"}))):
            yield Difference("form", "form", "changed", "", name, after[name].title, changes)
        yield from _fields(name, before[name].fields, after[name].fields)


def _fields(form: str, before: Iterable[Field], after: Iterable[Field]) -> Iterator[Difference]:
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    for name in [*old, *(one for one in new if one not in old)]:
        if name not in new:
            yield Difference("field", "field", "removed", form, name, old[name].label)
        elif name not in old:
            yield Difference("field", "field", "added", form, name, new[name].label)
        elif changes := tuple(_changes(old[name], new[name])):
            yield Difference("field", "field", "changed", form, name, new[name].label, changes)


def _letters(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for path in sorted({*before, *after}):
        if path not in after:
            yield Difference("letter", "letter", "removed", "", path)
        elif path not in before:
            yield Difference("letter", "letter", "added", "", path)
        elif before[path] != after[path]:
            yield Difference("letter", "letter", "changed", "", path, changes=(Change("content", "旧版", "新版"),))


def _changes(old: Any, new: Any, but: frozenset[str] = frozenset()) -> Iterator[Change]:
    """The fields of two values of one dataclass that differ."""
    for one in fields(old):
        if one.name in but:
            continue
        before, after = getattr(old, one.name), getattr(new, one.name)
        if before == after:
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from (
                Change(f"{one.name}.{change.key}", change.before, change.after) for change in _mapped(before, after)
            )
        else:
            yield Change(one.name, _shown(before), _shown(after))


def _mapped(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            yield Change(key, _shown(old.get(key)), _shown(new.get(key)))


def _shown(value: Any) -> str:
    """A value in few words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if is_dataclass(value):
        parts = [_shown(getattr(value, one.name)) for one in fields(value)]
        return " ".join(part for part in parts if part)
    if isinstance(value, Mapping):
        return "，".join(f"{key}={_shown(one)}" for key, one in value.items())
    if isinstance(value, frozenset):
        return "、".join(sorted(_shown(one) for one in value))
    if isinstance(value, tuple | list):
        return "、".join(_shown(one) for one in value)
    return str(value)
