"""A case type, parsed: what the screens, the commands and the runtime need to know of it, immutable and shared."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

from engine.process.bundle import CASE_TOML, Bundle
from engine.process.case_type import CaseType, parse_case_type
from engine.process.diagram import Diagram, Node, read_diagram
from engine.process.expressions import Expression, ExpressionFault, compile_expression
from engine.process.faults import DefinitionFault, Fault
from engine.process.forms import Form, parse_form
from engine.process.prune import Names
from engine.process.specs import build_specs

IN_CONDITIONS = frozenset({"events"})
IN_TIMERS = frozenset({"due"})


@dataclass(frozen=True, slots=True)
class Step:
    """A human step.

    Attributes:
        element, name: id and title in the diagram; process: the process it stands in; lane: as drawn.
        role: who may do it. form: name of its form. limit: internal limit in working days (a warning, not the law's).
        letter: letter code issued by completing it, or `decision`; letter_when: outcomes for which (empty = always).
        apart_from: steps whose performers may not do this one.
        items: kind of case item a multi-instance step runs over.
        keep_handler: opens in the hands of the case's handler.
        to_unit_of: opens for one unit: the one in the item (`item`), or the newest answer of that `unit` field.
        evidence: the decision's evidence list is checked first; evidence_when: outcomes for which (empty = always).
        letter_as: kind of document that the issued letter becomes.
        needs: kinds of papers that must be on file; signs: kinds of papers signed by completing it; needs_when,
            signs_when: outcomes for which (empty = always).
        publishes: kinds of papers made public by completing it, exactly as signed at one of the steps `as_signed`.
        compares, against: kinds of papers whose common sentences are shown on its page.
    """

    element: str
    name: str
    process: str
    role: tuple[str, ...]
    form: str
    limit: int
    letter: str | None = None
    letter_when: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    items: str | None = None
    keep_handler: bool = False
    to_unit_of: str | None = None
    evidence: bool = False
    evidence_when: tuple[str, ...] = ()
    lane: str | None = None
    letter_as: str | None = None
    needs: tuple[str, ...] = ()
    needs_when: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    signs_when: tuple[str, ...] = ()
    publishes: tuple[str, ...] = ()
    as_signed: tuple[str, ...] = ()
    compares: str | None = None
    against: str | None = None


@dataclass(frozen=True)
class Definition:
    """A parsed case type.

    Attributes:
        digest: hash of its bundle. steps: by element id. forms: by name.
        diagrams: process id -> XML text. nodes: every node of every diagram by element id.
        messages: names that can be sent; timers: element id of a timer -> name of its clock.
        variables: routing variables -> the values a form can give them, None where these cannot be listed.
        item_kinds: element id -> kind of the case items that its multi-instance (own or around it) runs over.
        letters: files of the case type's own letters, by path, as the bundle holds them.
    """

    digest: str
    case_type: CaseType
    steps: Mapping[str, Step]
    forms: Mapping[str, Form]
    diagrams: Mapping[str, str]
    nodes: Mapping[str, Node]
    messages: frozenset[str]
    timers: Mapping[str, str]
    variables: Mapping[str, frozenset[Any] | None]
    item_kinds: Mapping[str, str]
    letters: Mapping[str, str]
    expressions: Mapping[str, Expression] = field(repr=False)
    specs: Mapping[str, Any] = field(repr=False)
    names: Names = field(repr=False)

    @property
    def clocks(self) -> frozenset[str]:
        """Timer names used."""
        return frozenset(self.timers.values())

    def item_kind(self, element: str) -> str | None:
        """The kind of case item an element is done for, when it stands in a multi-instance."""
        return self.item_kinds.get(element)

    def name_of(self, element: str) -> str:
        """The title of an element in its diagram."""
        node = self.nodes.get(element)
        return node.name if node is not None else element


@dataclass(frozen=True)
class Draft:
    """The parts of a bundle, each well formed in itself; whether they fit together is what the checks ask."""

    bundle: Bundle
    case_type: CaseType
    diagrams: tuple[Diagram, ...]
    forms: Mapping[str, Form]

    @property
    def nodes(self) -> dict[str, Node]:
        """Every node by element id."""
        return {identity: node for diagram in self.diagrams for identity, node in diagram.nodes.items()}


def parse(bundle: Bundle) -> Definition:
    """Parse a case type; pure. Raises DefinitionFault when it cannot be run safely.

    Whether it is also complete and sound is told by `check`, which a version passes before it is registered.
    """
    draft = read_parts(bundle)
    nodes = draft.nodes
    expressions, faults = compile_all(draft)
    steps = {}
    for node in nodes.values():
        if node.kind == "userTask":
            try:
                steps[node.id] = read_step(node)
            except DefinitionFault as error:
                faults.extend(error.faults)
    if faults:
        raise DefinitionFault(*faults)
    specs = build_specs(draft.diagrams, draft.case_type.process)
    return Definition(
        digest=bundle.digest,
        case_type=draft.case_type,
        steps=steps,
        forms=draft.forms,
        diagrams={diagram.process: diagram.text for diagram in draft.diagrams},
        nodes=nodes,
        messages=frozenset(node.message for node in nodes.values() if node.message is not None),
        timers={node.id: clock for node in nodes.values() if (clock := clock_of(node)) is not None},
        variables=variables_of(draft.forms.values()),
        item_kinds={
            one.id: kind for one in nodes.values() if len(kinds := item_kinds(one, nodes)) == 1 for kind in kinds
        },
        letters={path: text for path, text in bundle.files.items() if path.startswith("letters/")},
        expressions=expressions,
        specs=specs,
        names=Names(specs),
    )


def read_parts(bundle: Bundle) -> Draft:
    """Read every file of a bundle. Raises DefinitionFault holding the faults of all files."""
    faults: list[Fault] = []

    def collect(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except DefinitionFault as error:
            faults.extend(error.faults)
            return None

    case_type = collect(lambda: parse_case_type(bundle.files.get(CASE_TOML, "")))
    texts = sorted(bundle.files.items())
    diagrams = [collect(partial(read_diagram, path, text)) for path, text in texts if path.endswith(".bpmn")]
    forms = [collect(partial(parse_form, path, text)) for path, text in texts if path.startswith("forms/")]
    if not diagrams:
        faults.append(Fault("", "", "没有流程图。", "请在文件夹中放入 .bpmn 文件。"))
    if not faults:
        faults.extend(_ambiguous(diagrams))
        if case_type.process not in {diagram.process for diagram in diagrams}:
            faults.append(Fault(CASE_TOML, "process", f"没有流程“{case_type.process}”。", "请写主流程的标识。"))
    if faults:
        raise DefinitionFault(*faults)
    return Draft(bundle, case_type, tuple(diagrams), {form.name: form for form in forms})


def _ambiguous(diagrams: Iterable[Diagram]) -> list[Fault]:
    """Ids must be unique over all files: steps, tokens and the audit trail name elements by id alone.

    A call activity may bear the id of the process it calls; processes and embedded subprocesses share one set of ids.
    """
    faults = []
    elements: dict[str, str] = {}
    processes: dict[str, str] = {}
    for diagram in diagrams:
        embedded = [node.id for node in diagram.nodes.values() if node.kind == "subProcess"]
        for owner, identities in (
            (elements, (*diagram.nodes, *diagram.flows)),
            (processes, (diagram.process, *embedded)),
        ):
            for identity in identities:
                if identity in owner:
                    faults.append(
                        Fault(
                            diagram.file, identity, f"标识已经在 {owner[identity]} 中用过。", "请给其中一个换一个标识。"
                        )
                    )
                owner[identity] = diagram.file
    return faults


def compile_all(draft: Draft) -> tuple[dict[str, Expression], list[Fault]]:
    """Every expression of the diagrams by its text, and the faults of those outside the sandbox."""
    expressions: dict[str, Expression] = {}
    faults: list[Fault] = []
    for diagram in draft.diagrams:
        for element, text, functions in _expressions(diagram):
            try:
                compiled = compile_expression(text, functions)
            except ExpressionFault as error:
                faults.append(
                    Fault(diagram.file, element, str(error), "请改写表达式：变量、固定值、比较和 and/or/not。")
                )
            else:
                if functions is not IN_TIMERS:
                    expressions[compiled.text] = compiled
    return expressions, faults


def _expressions(diagram: Diagram) -> Iterable[tuple[str, str, frozenset[str]]]:
    for flow in diagram.flows.values():
        if flow.condition is not None:
            yield flow.id, flow.condition, IN_CONDITIONS
    for node in diagram.nodes.values():
        if node.cardinality is not None:
            yield node.id, node.cardinality, frozenset()
        for text in node.params.values():
            yield node.id, text, IN_CONDITIONS
        if node.timer is not None:
            yield node.id, node.timer, IN_TIMERS


def clock_of(node: Node) -> str | None:
    """The clock a timer names: `due('…')`, else None."""
    if node.timer is None:
        return None
    try:
        calls = compile_expression(node.timer, IN_TIMERS).calls
    except ExpressionFault:
        return None
    return next((argument for _function, argument in calls), None)


def variables_of(forms: Iterable[Form]) -> dict[str, frozenset[Any] | None]:
    """Routing variables of all forms; the values of one asked by several forms are put together."""
    found: dict[str, frozenset[Any] | None] = {}
    for form in forms:
        for name, values in form.routing.items():
            known = found.get(name, frozenset())
            found[name] = None if values is None or known is None else known | frozenset(values)
    return found


def item_kinds(node: Node, nodes: Mapping[str, Node]) -> frozenset[str]:
    """Kinds of the case items of the innermost multi-instance a node is or stands in, over all ways it is called."""
    around, seen, kinds = [node], set(), set()
    while around:
        one = around.pop()
        if one.id in seen:
            continue
        seen.add(one.id)
        if one.cardinality is not None:
            kinds.add(one.properties.get("items", ""))
        elif one.scope in nodes:
            around.append(nodes[one.scope])
        else:
            around.extend(caller for caller in nodes.values() if caller.called == one.process)
    return frozenset(kinds - {""})


def read_step(node: Node) -> Step:
    """The step of a user task. Raises DefinitionFault when its properties have the wrong form."""
    given = node.properties
    limit = given.get("limit", "")
    if not limit.isascii() or not limit.isdigit() or len(limit) > 4:
        raise DefinitionFault(
            Fault(node.file, node.id, f"limit “{limit}”不是天数。", "请写内部办理时限的工作日数，例如 limit = 3。")
        )
    for name in ("role", "form"):
        if not given.get(name, "").strip():
            raise DefinitionFault(Fault(node.file, node.id, f"用户任务没有写明 {name}。", f"请加上属性 {name}。"))
    return Step(
        element=node.id,
        name=node.name or node.id,
        process=node.process,
        role=tuple(given["role"].split()),
        form=given["form"].strip(),
        limit=int(limit),
        letter=given.get("letter") or None,
        letter_when=tuple(given.get("letter_when", "").split()),
        apart_from=tuple(given.get("apart_from", "").split()),
        items=given.get("items") or None,
        keep_handler=given.get("keep_handler") == "yes",
        to_unit_of=given.get("to_unit_of") or None,
        evidence=given.get("evidence") == "yes",
        evidence_when=tuple(given.get("evidence_when", "").split()),
        lane=node.lane,
        letter_as=given.get("letter_as") or None,
        needs=tuple(given.get("needs", "").split()),
        needs_when=tuple(given.get("needs_when", "").split()),
        signs=tuple(given.get("signs", "").split()),
        signs_when=tuple(given.get("signs_when", "").split()),
        publishes=tuple(given.get("publishes", "").split()),
        as_signed=tuple(given.get("as_signed", "").split()),
        compares=given.get("compares") or None,
        against=given.get("against") or None,
    )


class Library:
    """Parsed definitions by content hash, shared by all threads; the least recently used make room."""

    def __init__(self, size: int = 32) -> None:
        """`size`: how many definitions are kept; a dozen old versions of a few case types fit."""
        self._size = size
        self._known: OrderedDict[str, Definition] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: str, fetch: Callable[[str], Bundle]) -> Definition:
        """The definition of this hash; `fetch` is asked for its files when it is not at hand.

        Raises DefinitionFault when the files do not have this hash or cannot be parsed.
        """
        with self._lock:
            if digest in self._known:
                self._known.move_to_end(digest)
                return self._known[digest]
        bundle = fetch(digest)
        if bundle.digest != digest:
            raise DefinitionFault(
                Fault("", "", f"流程定义 {digest[:12]} 的内容与它的摘要不符。", "请用备份恢复流程定义。")
            )
        definition = parse(bundle)
        with self._lock:
            kept = self._known.setdefault(digest, definition)
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return kept
