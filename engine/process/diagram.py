"""The XML of a case type's diagrams, read into plain values; everything outside the admitted BPMN is a fault.

This reading serves the checks, the step catalogue and the screens; the engine reads the same text in specs.py.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from engine.process.faults import DefinitionFault, Fault

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
_DRAWING = (
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DC",
    "http://www.omg.org/spec/DD/20100524/DI",
    "http://bpmn.io/schema/bpmn/biocolor/1.0",
)
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
_NODES = frozenset(
    [
        "startEvent",
        "endEvent",
        "userTask",
        "serviceTask",
        "exclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
        "intermediateCatchEvent",
        "boundaryEvent",
        "callActivity",
        "subProcess",
    ]
)
_OTHERS = frozenset(
    [
        "definitions",
        "process",
        "laneSet",
        "lane",
        "flowNodeRef",
        "childLaneSet",
        "sequenceFlow",
        "conditionExpression",
        "incoming",
        "outgoing",
        "messageEventDefinition",
        "timerEventDefinition",
        "timeDate",
        "terminateEventDefinition",
        "message",
        "documentation",
        "multiInstanceLoopCharacteristics",
        "loopCardinality",
        "extensionElements",
        "collaboration",
        "participant",
        "textAnnotation",
        "text",
        "association",
    ]
)
_EXTENSIONS = frozenset(["properties", "property", "serviceTaskOperator", "parameters", "parameter"])
_INSTEAD = {
    "scriptTask": "流程图中不能有脚本；请改用服务任务，或者在表单中让人填写。",
    "script": "流程图中不能有脚本；请改用服务任务，或者在表单中让人填写。",
    "preScript": "流程图中不能有脚本，请删去。",
    "postScript": "流程图中不能有脚本，请删去。",
    "businessRuleTask": "请用排他网关写明条件。",
    "manualTask": "请改用用户任务，并写明角色和表单。",
    "task": "请改用用户任务，并写明角色和表单。",
    "inclusiveGateway": "请改用排他网关和并行网关的组合。",
    "timeDuration": "时限由法定期限计算，请写 timeDate：due('时限名')。",
    "timeCycle": "定时器只到期一次；需要反复时请画成循环，并写 timeDate：due('时限名')。",
    "standardLoopCharacteristics": "请把循环画成排他网关加回退的连线。",
    "completionCondition": "多实例任务要全部完成；需要提前结束时请用中断边界事件。",
    "loopDataInputRef": "请写 loopCardinality：清单行数的变量名。",
    "dataObject": "资料存放在表单和案卷中，流程只带决定走向的变量，请删去。",
    "dataObjectReference": "资料存放在表单和案卷中，流程只带决定走向的变量，请删去。",
    "signalEventDefinition": "请改用消息事件。",
    "conditionalEventDefinition": "请改用消息事件。",
}


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is the expression as written, or None."""

    id: str
    source: str
    target: str
    condition: str | None


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node.

    Attributes:
        kind: the BPMN element name. scope: process or embedded subprocess it stands in; process: the process (file).
        properties: the extension properties. lane: name of the lane it is drawn in.
        event: "message", "timer", "terminate" or None; message: name of the message; timer: expression as written.
        attached_to, interrupting: of a boundary event. called: process id of a call activity.
        cardinality: expression of a parallel multi-instance. default: id of a gateway's default flow.
        operator, params: name and parameter expressions of a service task.
    """

    id: str
    kind: str
    name: str
    scope: str
    process: str
    file: str
    properties: Mapping[str, str] = field(default_factory=dict)
    lane: str | None = None
    event: str | None = None
    message: str | None = None
    timer: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    called: str | None = None
    cardinality: str | None = None
    default: str | None = None
    operator: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Diagram:
    """One .bpmn file: its process, nodes and flows in document order, declared messages, and what is drawn."""

    file: str
    text: str
    process: str
    name: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    messages: frozenset[str]
    shapes: frozenset[str]
    edges: frozenset[str]


def read_diagram(file: str, text: str) -> Diagram:
    """Read one file. Raises DefinitionFault holding every fault of its form."""
    reader = _Reader(file, read_xml(file, text))
    diagram = reader.diagram(text)
    if reader.faults:
        raise DefinitionFault(*reader.faults)
    return diagram


def read_xml(file: str, text: str) -> etree._Element:
    """The root element, read without entities, document types or network. Raises DefinitionFault."""
    if re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise DefinitionFault(Fault(file, "", "文件含有 DOCTYPE 或者实体声明。", "请删去 <!DOCTYPE …> 部分。"))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DefinitionFault(Fault(file, "", f"不是有效的 XML：{error}。", "请用流程图编辑器重新导出。")) from error


class _Reader:
    """Walks the elements of one file and collects faults."""

    def __init__(self, file: str, root: etree._Element) -> None:
        self.file = file
        self.root = root
        self.faults: list[Fault] = []
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.messages: dict[str, str] = {}
        self.lanes: dict[str, str] = {}
        self.seen: set[str] = set()

    def fault(self, element: str, what: str, how: str) -> None:
        self.faults.append(Fault(self.file, element, what, how))

    def diagram(self, text: str) -> Diagram:
        for element in self.root.iter(etree.Element):
            self.admit(element)
        for message in self.all("message"):
            self.messages[message.get("id", "")] = message.get("name", "")
        for lane in self.all("lane"):
            for ref in _children(lane, "flowNodeRef"):
                self.lanes[(ref.text or "").strip()] = lane.get("name", "")
        processes = list(_children(self.root, "process"))
        if len(processes) != 1:
            self.fault("", f"一个文件应当恰好有一个流程，这里有 {len(processes)} 个。", "请把流程分到各自的文件里。")
        for process in processes[:1]:
            if process.get("isExecutable") != "true":
                self.fault(process.get("id", ""), "流程没有标为可执行。", '请加上 isExecutable="true"。')
            self.scope(process, process.get("id", ""), process.get("id", ""))
        first = processes[0] if processes else self.root
        return Diagram(
            file=self.file,
            text=text,
            process=first.get("id", ""),
            name=first.get("name", "") or first.get("id", ""),
            nodes=self.nodes,
            flows=self.flows,
            messages=frozenset(self.messages.values()),
            shapes=self.drawn("BPMNShape", "Bounds", 1),
            edges=self.drawn("BPMNEdge", "waypoint", 2),
        )

    def all(self, name: str) -> Iterator[etree._Element]:
        return self.root.iter(f"{{{BPMN}}}{name}")

    def drawn(self, name: str, part: str, least: int) -> frozenset[str]:
        """Ids of the elements that have a shape with bounds or an edge with two points."""
        return frozenset(
            shape.get("bpmnElement", "")
            for shape in self.root.iter("{http://www.omg.org/spec/BPMN/20100524/DI}" + name)
            if sum(1 for one in shape if etree.QName(one).localname == part) >= least
        )

    def admit(self, element: etree._Element) -> None:
        """Refuse elements outside the admitted part of BPMN, bad ids and double ids."""
        tag = etree.QName(element)
        identity = element.get("id", "")
        admitted = (
            (tag.namespace == BPMN and tag.localname in _NODES | _OTHERS)
            or (tag.namespace == SPIFF and tag.localname in _EXTENSIONS)
            or tag.namespace in _DRAWING
        )
        if not admitted:
            how = _INSTEAD.get(tag.localname, "请改用可用的元素：" + "、".join(sorted(_NODES)) + "。")
            self.fault(identity or _owner(element), f"不支持元素 {tag.localname}。", how)
        if tag.namespace != BPMN or not identity:
            return
        if _ID.fullmatch(identity) is None:
            self.fault(identity, "标识写法有误。", "标识用英文字母、数字和下划线，以字母开头，最多 80 个字符。")
        if identity in self.seen:
            self.fault(identity, "标识在同一文件中重复。", "请给其中一个换一个标识。")
        self.seen.add(identity)

    def scope(self, parent: etree._Element, scope: str, process: str) -> None:
        """Read the nodes and flows directly inside a process or embedded subprocess."""
        for element in parent:
            tag = etree.QName(element)
            if tag.namespace != BPMN:
                continue
            identity = element.get("id", "")
            if tag.localname == "sequenceFlow":
                condition = next(_children(element, "conditionExpression"), None)
                self.flows[identity] = Flow(
                    identity,
                    element.get("sourceRef", ""),
                    element.get("targetRef", ""),
                    None if condition is None else (condition.text or ""),
                )
            elif tag.localname in _NODES:
                if not identity:
                    self.fault(scope, f"{tag.localname} 没有标识。", "请加上 id。")
                self.nodes[identity] = self.node(element, tag.localname, scope, process)
                if tag.localname == "subProcess":
                    self.scope(element, identity, process)

    def node(self, element: etree._Element, kind: str, scope: str, process: str) -> Node:
        identity = element.get("id", "")
        event, message, timer = self.event(element, identity)
        operator = next(element.iter(f"{{{SPIFF}}}serviceTaskOperator"), None)
        if element.get("triggeredByEvent") == "true":
            self.fault(identity, "不支持事件子流程。", "请改用边界事件。")
        return Node(
            id=identity,
            kind=kind,
            name=element.get("name") or "",
            scope=scope,
            process=process,
            file=self.file,
            properties=self.properties(element, identity),
            lane=self.lanes.get(identity),
            event=event,
            message=message,
            timer=timer,
            attached_to=element.get("attachedToRef"),
            interrupting=element.get("cancelActivity", "true") == "true",
            called=element.get("calledElement"),
            cardinality=self.cardinality(element, identity),
            default=element.get("default"),
            operator=None if operator is None else operator.get("id", ""),
            params=self.params(operator, identity),
        )

    def event(self, element: etree._Element, identity: str) -> tuple[str | None, str | None, str | None]:
        definitions = [one for one in element if etree.QName(one).localname.endswith("EventDefinition")]
        if not definitions:
            return None, None, None
        if len(definitions) > 1:
            self.fault(identity, "一个事件只能有一个定义。", "请拆成几个事件。")
        definition = definitions[0]
        kind = etree.QName(definition).localname.removesuffix("EventDefinition")
        if kind == "message":
            message = self.messages.get(definition.get("messageRef", ""))
            if not message:
                self.fault(identity, "消息没有声明。", "请在本文件中加上 <bpmn:message>，并用 messageRef 指向它。")
            return kind, message, None
        if kind == "timer":
            day = next(_children(definition, "timeDate"), None)
            return kind, None, "" if day is None else (day.text or "").strip()
        return kind, None, None

    def cardinality(self, element: etree._Element, identity: str) -> str | None:
        loop = next(_children(element, "multiInstanceLoopCharacteristics"), None)
        if loop is None:
            return None
        if loop.get("isSequential") == "true":
            self.fault(identity, "不支持顺序多实例。", "请改成并行多实例（三条竖线）。")
        count = next(_children(loop, "loopCardinality"), None)
        if count is None or not (count.text or "").strip():
            self.fault(identity, "多实例没有写明数量。", "请写 loopCardinality：清单行数的变量名。")
            return ""
        return (count.text or "").strip()

    def properties(self, element: etree._Element, identity: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for extension in _children(element, "extensionElements"):
            for one in extension.iter(f"{{{SPIFF}}}property"):
                name = one.get("name", "")
                if name in found:
                    self.fault(identity, f"属性 {name} 写了两次。", "请删去一个。")
                found[name] = one.get("value", "")
        return found

    def params(self, operator: etree._Element | None, identity: str) -> Mapping[str, str]:
        if operator is None:
            return {}
        found = {one.get("id", ""): one.get("value", "") for one in operator.iter(f"{{{SPIFF}}}parameter")}
        for one in operator.iter(f"{{{SPIFF}}}parameter"):
            if not one.get("id") or one.get("value") is None or one.get("type") is None:
                self.fault(identity, "服务任务的参数不完整。", "每个参数要有 id、type 和 value。")
        return found


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return element.iterchildren(f"{{{BPMN}}}{name}")


def _owner(element: etree._Element) -> str:
    """Id of the nearest element around this one that has an id."""
    return next((one.get("id", "") for one in element.iterancestors() if one.get("id")), "")


def outgoing(flows: Sequence[Flow], node: str) -> list[Flow]:
    """The flows that leave a node, in document order."""
    return [flow for flow in flows if flow.source == node]
