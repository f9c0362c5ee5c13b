"""The checks a case type passes before it is registered: complete, sound, drawn, and safe to run."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from engine.process.bundle import CASE_TOML, read_bundle
from engine.process.case_type import REPLY, ROLES, STATUTORY_CLOCKS
from engine.process.definitions import (
    Draft,
    Step,
    compile_all,
    item_kinds,
    read_parts,
    read_step,
    variables_of,
)
from engine.process.diagram import Diagram, Node
from engine.process.expressions import Expression
from engine.process.faults import DefinitionFault, Fault
from engine.process.lint_papers import check_papers, check_register
from engine.process.soundness import Scope, check_soundness, scopes
from engine.process.specs import build_specs

_STEP_PROPERTIES = frozenset(
    [
        "role",
        "form",
        "limit",
        "letter",
        "letter_when",
        "apart_from",
        "items",
        "keep_handler",
        "to_unit_of",
        "evidence",
        "evidence_when",
        "letter_as",
        "needs",
        "needs_when",
        "signs",
        "signs_when",
        "publishes",
        "as_signed",
        "compares",
        "against",
    ]
)
_LETTER = re.compile(r"[A-Z]{1,3}-[0-9]{2}[a-z]?|decision")
_TIMER = re.compile(r"due\('([a-z][a-z0-9_]*)'\)")
_COMBINATIONS = 5000
_OUT = {"startEvent": (1, 1), "endEvent": (0, 0), "exclusiveGateway": (1, 99), "parallelGateway": (1, 99)}
_IN = {"startEvent": (0, 0), "boundaryEvent": (0, 0)}


def check(folder: Path) -> list[Fault]:
    """Every fault of a case type's folder, by file and element; empty when it may be registered."""
    try:
        bundle = read_bundle(folder)
        draft = read_parts(bundle)
    except DefinitionFault as error:
        return sorted(error.faults)
    expressions, faults = compile_all(draft)
    faults.extend(_Checks(draft, expressions).run())
    if not faults:
        try:
            build_specs(draft.diagrams, draft.case_type.process)
        except DefinitionFault as error:
            faults.extend(error.faults)
    return sorted(set(faults))


class _Checks:
    """Whether the parts of a draft fit together."""

    def __init__(self, draft: Draft, expressions: Mapping[str, Expression]) -> None:
        self.draft = draft
        self.expressions = expressions
        self.nodes = draft.nodes
        self.processes = {diagram.process for diagram in draft.diagrams}
        self.variables = variables_of(draft.forms.values())
        self.counts = {one.count: one.kind for form in draft.forms.values() for one in form.items}

    def run(self) -> Iterator[Fault]:
        for diagram in self.draft.diagrams:
            yield from self.drawing(diagram)
            yield from self.flows(diagram)
            for scope in scopes(diagram):
                yield from self.scope(scope)
        for node in self.nodes.values():
            yield from self.node(node)
        yield from self.case_type()
        yield from self.forms()
        yield from check_papers(self.draft)
        yield from check_register(self.draft)
        yield from check_soundness(self.draft)

    def drawing(self, diagram: Diagram) -> Iterator[Fault]:
        for identity in (*diagram.nodes, *diagram.flows):
            if identity not in diagram.shapes and identity not in diagram.edges:
                yield Fault(diagram.file, identity, "图上没有画出这个元素。", "请用流程图编辑器画出它，或者删去。")

    def flows(self, diagram: Diagram) -> Iterator[Fault]:
        for flow in diagram.flows.values():
            ends = [diagram.nodes.get(flow.source), diagram.nodes.get(flow.target)]
            if None in ends or len({node.scope for node in ends if node is not None}) != 1:
                yield Fault(diagram.file, flow.id, "连线的两端不在同一个流程内。", "请检查 sourceRef 和 targetRef。")
                continue
            source = diagram.nodes[flow.source]
            if flow.condition is not None and source.kind != "exclusiveGateway":
                yield Fault(diagram.file, flow.id, "只有排他网关的连线可以有条件。", "请在条件之前加一个排他网关。")
            if flow.condition is not None:
                yield from self.expression(diagram.file, flow.id, flow.condition)

    def expression(self, file: str, element: str, text: str) -> Iterator[Fault]:
        """Names must be asked by some form, and compared with answers that it offers."""
        compiled = self.expressions.get(text.strip())
        if compiled is None:
            return  # its fault is told already
        for name in sorted(compiled.names - self.variables.keys()):
            yield Fault(file, element, f"没有表单给出变量“{name}”。", "请核对变量名，或者给表单字段加上 routing。")
        for name, literal in sorted(compiled.compared, key=str):
            values = self.variables.get(name)
            if values is not None and literal is not None and literal not in values:
                yield Fault(
                    file,
                    element,
                    f"变量 {name} 不会等于“{literal}”。",
                    f"可能的值：{'、'.join(sorted(map(str, values)))}。",
                )

    def scope(self, scope: Scope) -> Iterator[Fault]:
        if scope.start is None:
            yield Fault(scope.file, scope.id, "流程应当恰好有一个开始事件。", "请只保留一个开始事件。")
        if not any(node.kind == "endEvent" for node in scope.nodes.values()):
            yield Fault(scope.file, scope.id, "流程没有结束事件。", "请加上结束事件。")
        for node in scope.nodes.values():
            for flows, limits, side in (
                (scope.incoming[node.id], _IN.get(node.kind, (1, 99)), "进入"),
                (scope.outgoing[node.id], _OUT.get(node.kind, (1, 1)), "离开"),
            ):
                least, most = (2, 99) if node.kind == "eventBasedGateway" and side == "离开" else limits
                if not least <= len(flows) <= most:
                    yield Fault(node.file, node.id, f"{side}的连线有 {len(flows)} 条。", _how_many(side, least, most))
            if node.kind == "exclusiveGateway":
                yield from self.exclusive(scope, node)
            if node.kind == "eventBasedGateway":
                yield from self.event_gateway(scope, node)

    def exclusive(self, scope: Scope, node: Node) -> Iterator[Fault]:
        flows = scope.outgoing[node.id]
        if node.default is not None and node.default not in {flow.id for flow in flows}:
            yield Fault(node.file, node.id, "缺省连线不是从这个网关出去的。", "请把 default 改成本网关的连线。")
        open_ways = [flow for flow in flows if flow.condition is None and flow.id != node.default]
        if len(flows) == 1:
            return
        for flow in open_ways:
            yield Fault(
                node.file, flow.id, "排他网关的这条连线没有条件，也不是缺省连线。", "请加上条件或者设为缺省连线。"
            )
        for flow in flows:
            if flow.id == node.default and flow.condition is not None:
                yield Fault(node.file, flow.id, "缺省连线不应有条件。", "请删去条件。")
        if node.default is None and not open_ways:
            conditions = [self.expressions.get((flow.condition or "").strip()) for flow in flows]
            gap = self.uncovered([one for one in conditions if one is not None])
            if gap is not None:
                yield Fault(node.file, node.id, f"没有一条路适合{gap}。", "请补上条件，或者设一条缺省连线。")

    def uncovered(self, conditions: list[Expression]) -> str | None:
        """A combination of answers that no condition covers, in words; None when every one is covered."""
        names = sorted({name for one in conditions for name in one.names})
        values = [self.variables.get(name) for name in names]
        if any(one.calls for one in conditions) or any(not one for one in values):
            return "其余的情形"
        known = [sorted(one, key=str) for one in values if one]
        if prod(map(len, known)) > _COMBINATIONS:
            return "其余的情形"
        for combination in product(*known):
            answers: dict[str, Any] = dict(zip(names, combination, strict=True))
            if not any(one.evaluate(answers.get, {}) for one in conditions):
                return "、".join(f" {name} = {value}" for name, value in answers.items())
        return None

    def event_gateway(self, scope: Scope, node: Node) -> Iterator[Fault]:
        targets = [scope.nodes[flow.target] for flow in scope.outgoing[node.id]]
        for target in targets:
            if target.kind != "intermediateCatchEvent" or len(scope.incoming[target.id]) != 1:
                yield Fault(
                    node.file,
                    target.id,
                    "事件网关之后只能是单独的等待事件。",
                    "请在网关后直接接消息或者定时事件，且不要共用。",
                )
        if sum(1 for target in targets if target.event == "timer") > 1:
            yield Fault(node.file, node.id, "事件网关之后最多有一个定时事件。", "请合并期限，或者改用边界事件。")
        names = [target.message for target in targets if target.message]
        if len(set(names)) != len(names):
            yield Fault(node.file, node.id, "事件网关之后有两个相同的消息。", "请只保留一个。")

    def node(self, node: Node) -> Iterator[Fault]:
        match node.kind:
            case "userTask":
                yield from self.step(node)
            case "serviceTask":
                yield from self.service(node)
            case "callActivity":
                if node.called not in self.processes:
                    yield Fault(
                        node.file, node.id, f"没有流程“{node.called or ''}”。", "请把 calledElement 改成已有的流程。"
                    )
            case "startEvent" if node.event is not None:
                yield Fault(node.file, node.id, "开始事件不能带消息或者期限。", "请用普通开始事件。")
            case "endEvent" if node.event not in {None, "terminate"}:
                yield Fault(node.file, node.id, "结束事件只能是普通结束或者终止。", "请改用服务任务通知。")
            case "intermediateCatchEvent" | "boundaryEvent":
                yield from self.event(node)
        if node.cardinality is not None:
            yield from self.multi_instance(node)
        if node.kind != "userTask":
            for name in node.properties.keys() - ({"items"} if node.cardinality is not None else set()):
                yield Fault(node.file, node.id, f"属性 {name} 不能用在这里。", "请移到用户任务上，或者删去。")

    def event(self, node: Node) -> Iterator[Fault]:
        if node.event not in {"message", "timer"}:
            yield Fault(node.file, node.id, "等待事件应为消息或者定时。", "请设为消息事件或者定时事件。")
        if node.event == "timer":
            found = _TIMER.fullmatch(node.timer or "")
            if found is None:
                yield Fault(node.file, node.id, f"定时“{node.timer}”不是期限。", "请写 timeDate：due('期限名')。")
            elif found[1] not in STATUTORY_CLOCKS | self.draft.case_type.clocks.keys():
                yield Fault(
                    node.file, node.id, f"没有期限“{found[1]}”。", f"请在 case.toml 中加上 [clocks.{found[1]}]。"
                )
        if node.kind == "boundaryEvent":
            host = self.nodes.get(node.attached_to or "")
            if host is None or host.scope != node.scope or host.kind not in {"userTask", "callActivity", "subProcess"}:
                yield Fault(node.file, node.id, "边界事件没有附在任务上。", "请附在用户任务、调用活动或者子流程上。")

    def multi_instance(self, node: Node) -> Iterator[Fault]:
        kind = node.properties.get("items")
        if node.kind not in {"userTask", "callActivity", "subProcess"}:
            yield Fault(node.file, node.id, "这个元素不能是多实例。", "请去掉多实例标记。")
        if kind is None:
            yield Fault(node.file, node.id, "多实例没有写明清单的种类。", "请加上属性 items。")
        elif kind not in self.counts.values():
            yield Fault(node.file, node.id, f"没有表单产生“{kind}”清单。", "请核对表单中的 items。")
        elif self.counts.get(node.cardinality or "") != kind:
            yield Fault(
                node.file,
                node.id,
                f"数量“{node.cardinality}”不是“{kind}”清单的行数。",
                "请写表单 items 中的 count 变量。",
            )

    def service(self, node: Node) -> Iterator[Fault]:
        if not node.operator:
            yield Fault(node.file, node.id, "服务任务没有写明命令。", "请加上 serviceTaskOperator。")
        for text in node.params.values():
            yield from self.expression(node.file, node.id, text)

    def step(self, node: Node) -> Iterator[Fault]:
        try:
            step = read_step(node)
        except DefinitionFault as error:
            yield from error.faults
            return
        for name in node.properties.keys() - _STEP_PROPERTIES:
            yield Fault(
                node.file, node.id, f"不认识的属性 {name}。", f"可用的属性：{'、'.join(sorted(_STEP_PROPERTIES))}。"
            )
        yield from self.performers(node, step)
        if step.letter is not None and _LETTER.fullmatch(step.letter) is None:
            yield Fault(node.file, node.id, f"文书代码“{step.letter}”写法有误。", "请写如 L-02，或者 decision。")
        for name in ("keep_handler", "evidence"):
            if node.properties.get(name, "yes") != "yes":
                yield Fault(node.file, node.id, f"{name} 只能写 yes。", "不需要时请删去这个属性。")
        yield from self.unit(node, step)
        if len(item_kinds(node, self.nodes)) > 1:
            yield Fault(node.file, node.id, "这一步会在不同种类的清单中办理。", "请为每种清单各画一个被调用的流程。")
        yield from self.step_form(
            node,
            step.form,
            {
                "letter_when": step.letter_when,
                "evidence_when": step.evidence_when,
                "needs_when": step.needs_when,
                "signs_when": step.signs_when,
            },
        )

    def unit(self, node: Node, step: Step) -> Iterator[Fault]:
        asked = {one.name for form in self.draft.forms.values() for one in form.fields if one.type == "unit"}
        if step.to_unit_of == "item" and not item_kinds(node, self.nodes):
            yield Fault(node.file, node.id, "to_unit_of = item 只能用在多实例之内。", "请检查这一步的位置。")
        elif step.to_unit_of not in {None, "item", *asked}:
            yield Fault(node.file, node.id, f"没有单位字段“{step.to_unit_of}”。", "请写 item，或者某张表单的单位字段。")

    def performers(self, node: Node, step: Step) -> Iterator[Fault]:
        if not node.name:
            yield Fault(node.file, node.id, "用户任务没有名称。", "请加上 name。")
        for role in step.role:
            if role not in ROLES:
                yield Fault(node.file, node.id, f"没有角色“{role}”。", f"可用的角色：{'、'.join(sorted(ROLES))}。")
        for other in step.apart_from:
            if other == node.id or other not in self.nodes or self.nodes[other].kind != "userTask":
                yield Fault(node.file, node.id, f"apart_from 中的“{other}”不是另一个用户任务。", "请写用户任务的标识。")

    def step_form(self, node: Node, name: str, wanted: Mapping[str, Iterable[str]]) -> Iterator[Fault]:
        form = self.draft.forms.get(name)
        if form is None:
            yield Fault(node.file, node.id, f"没有表单“{name}”。", f"请加上 forms/{name}.json，或者核对名称。")
            return
        outcomes = {code for field in form.fields if field.name == "outcome" for code, _label in field.choices}
        for key, values in wanted.items():
            owner = key.removesuffix("_when")
            if values and owner not in node.properties:
                yield Fault(node.file, node.id, f"有 {key} 而没有 {owner}。", f"请加上 {owner}，或者删去 {key}。")
            for value in values:
                if value not in outcomes:
                    yield Fault(
                        node.file, node.id, f"{key} 中的“{value}”不是表单 {name} 的结论。", "请核对 outcome 的选项。"
                    )

    def case_type(self) -> Iterator[Fault]:
        case_type = self.draft.case_type
        start = self.nodes.get(case_type.start)
        if start is None or start.kind != "userTask" or start.scope != case_type.process:
            yield Fault(CASE_TOML, "start", f"“{case_type.start}”不是主流程的用户任务。", "请写登记一步的标识。")
        for element in sorted(case_type.closing | case_type.archiving):
            if element not in self.nodes:
                yield Fault(CASE_TOML, "milestones", f"没有元素“{element}”。", "请写流程图中元素的标识。")
        messages = {node.message for node in self.nodes.values()}
        for action in case_type.actions:
            if action.message not in messages:
                yield Fault(CASE_TOML, action.id, f"没有一处等待消息“{action.message}”。", "请核对消息名。")
            if action.form not in self.draft.forms:
                yield Fault(CASE_TOML, action.id, f"没有表单“{action.form}”。", f"请加上 forms/{action.form}.json。")
        used = {
            name
            for node in self.nodes.values()
            if (found := _TIMER.fullmatch(node.timer or ""))
            for name in found.groups()
        }
        if case_type.clock != REPLY and case_type.clock not in case_type.clocks:
            yield Fault(
                CASE_TOML,
                "clock",
                f"没有期限“{case_type.clock}”。",
                f'请写 "{REPLY}"，或者加上 [clocks.{case_type.clock}]。',
            )
        for name in sorted(case_type.clocks.keys() - used - {case_type.clock}):
            yield Fault(CASE_TOML, f"clocks.{name}", "没有一处定时用到这个期限。", "请删去，或者在流程图中使用。")

    def forms(self) -> Iterator[Fault]:
        used = {node.properties.get("form", "") for node in self.nodes.values()}
        used |= {action.form for action in self.draft.case_type.actions}
        for name in sorted(self.draft.forms.keys() - used):
            yield Fault(f"forms/{name}.json", "", "没有一步用到这张表单。", "请删去，或者在用户任务上写明。")


def _how_many(side: str, least: int, most: int) -> str:
    if least == most:
        return f"{side}的连线应为 {least} 条。"
    return f"{side}的连线至少要有 {least} 条。"
