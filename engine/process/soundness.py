"""Whether the flow of each process can always go on: graph checks and a token game over every process."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from engine.process.definitions import Draft
from engine.process.diagram import Diagram, Flow, Node
from engine.process.faults import Fault

_MARKINGS = 20_000
_HOSTS = frozenset({"userTask", "callActivity", "subProcess"})


@dataclass(frozen=True)
class Scope:
    """The nodes and flows directly inside one process or embedded subprocess."""

    id: str
    file: str
    nodes: Mapping[str, Node]
    incoming: Mapping[str, list[Flow]]
    outgoing: Mapping[str, list[Flow]]
    guards: Mapping[str, list[Node]] = field(default_factory=dict)

    @property
    def start(self) -> Node | None:
        """The start event, when there is exactly one."""
        starts = [node for node in self.nodes.values() if node.kind == "startEvent"]
        return starts[0] if len(starts) == 1 else None

    def after(self, node: str) -> Iterator[str]:
        """Nodes that can follow directly, by a flow or as a boundary event."""
        yield from (flow.target for flow in self.outgoing[node])
        yield from (guard.id for guard in self.guards.get(node, ()))


def scopes(diagram: Diagram) -> list[Scope]:
    """Every process and embedded subprocess of a diagram."""
    found = []
    for identity in (diagram.process, *(node.id for node in diagram.nodes.values() if node.kind == "subProcess")):
        nodes = {node.id: node for node in diagram.nodes.values() if node.scope == identity}
        incoming: dict[str, list[Flow]] = {node: [] for node in nodes}
        outgoing: dict[str, list[Flow]] = {node: [] for node in nodes}
        for flow in diagram.flows.values():
            if flow.source in nodes and flow.target in nodes:
                outgoing[flow.source].append(flow)
                incoming[flow.target].append(flow)
        guards: dict[str, list[Node]] = {}
        for node in nodes.values():
            if node.attached_to is not None:
                guards.setdefault(node.attached_to, []).append(node)
        found.append(Scope(identity, diagram.file, nodes, incoming, outgoing, guards))
    return found


def check_soundness(draft: Draft) -> list[Fault]:
    """Recursion of calls, unreachable nodes, dead ends, joins that cannot come together, loops without a wait."""
    recursive = list(_recursion(draft))
    if recursive:
        return recursive
    every = {scope.id: scope for diagram in draft.diagrams for scope in scopes(diagram)}
    instant = _Instant(every)
    faults: list[Fault] = []
    for scope in every.values():
        if scope.start is None:
            continue
        broken = [*_reachability(scope, scope.start), *_joins(scope, scope.start)]
        faults.extend(broken or _deadlocks(scope, scope.start))
        faults.extend(_loops(scope, instant))
    return faults


def _recursion(draft: Draft) -> Iterator[Fault]:
    calls = {
        diagram.process: {node.called for node in diagram.nodes.values() if node.called} for diagram in draft.diagrams
    }
    for diagram in draft.diagrams:
        if diagram.process in _closure(calls[diagram.process], lambda process: calls.get(process, set())):
            yield Fault(
                diagram.file, diagram.process, "流程直接或者间接调用了自己。", "请改成循环，或者拆成不同的流程。"
            )
    reached = _closure([draft.case_type.process], lambda process: calls.get(process, set()))
    for diagram in draft.diagrams:
        if diagram.process not in reached:
            yield Fault(diagram.file, diagram.process, "主流程用不到这个流程。", "请从主流程调用它，或者删去文件。")


def _closure(first: Iterable[str], after: Callable[[str], Iterable[str]]) -> set[str]:
    """All that can be reached."""
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(after(one))
    return found


def _reachability(scope: Scope, start: Node) -> Iterator[Fault]:
    forward = _closure([start.id], scope.after)
    backward: dict[str, list[str]] = {identity: [] for identity in scope.nodes}
    for identity in scope.nodes:
        for follower in scope.after(identity):
            backward[follower].append(identity)
    ends = [node.id for node in scope.nodes.values() if node.kind == "endEvent"]
    to_end = _closure(ends, backward.__getitem__)
    for node in scope.nodes.values():
        if node.id not in forward:
            yield Fault(node.file, node.id, "从开始走不到这里。", "请连上从开始过来的连线，或者删去。")
        elif node.id not in to_end:
            yield Fault(node.file, node.id, "从这里走不到结束。", "请连上通往结束事件的连线。")


def _joins(scope: Scope, start: Node) -> Iterator[Fault]:
    """A parallel gateway waits for all incoming flows: none of them may come only from behind it."""
    for node in scope.nodes.values():
        if node.kind != "parallelGateway" or len(scope.incoming[node.id]) < 2:
            continue
        without = _closure([start.id], partial(_after_except, scope, node.id))
        for flow in scope.incoming[node.id]:
            if flow.source not in without:
                yield Fault(
                    node.file,
                    node.id,
                    f"并行网关要等连线 {flow.id}，而它只从网关之后回来。",
                    "请在网关前加一个排他网关汇合回退的连线。",
                )


def _after_except(scope: Scope, gate: str, node: str) -> Iterable[str]:
    return () if node == gate else scope.after(node)


class _Instant:
    """Which nodes can be passed without anybody or anything being waited for."""

    def __init__(self, every: Mapping[str, Scope]) -> None:
        self._every = every
        self._known: dict[str, bool] = {}

    def node(self, node: Node) -> bool:
        if node.kind in {"intermediateCatchEvent", "eventBasedGateway", "boundaryEvent"}:
            return False
        if node.cardinality is not None:
            return True
        if node.kind == "userTask":
            return False
        inner = node.called if node.kind == "callActivity" else node.id
        return self.process(inner) if node.kind in {"callActivity", "subProcess"} and inner else True

    def process(self, identity: str) -> bool:
        """Whether a process can run from start to end at once."""
        scope = self._every.get(identity)
        if scope is None or scope.start is None:
            return True
        if identity not in self._known:
            path = _closure(
                [scope.start.id],
                lambda one: (after for after in scope.after(one) if self.node(scope.nodes[after])),
            )
            self._known[identity] = any(scope.nodes[one].kind == "endEvent" for one in path)
        return self._known[identity]


def _loops(scope: Scope, instant: _Instant) -> Iterator[Fault]:
    """A loop that contains no wait would run for ever."""
    passing = {node.id for node in scope.nodes.values() if instant.node(node)}

    def after(one: str) -> list[str]:
        return [flow.target for flow in scope.outgoing[one] if flow.target in passing]

    for node in sorted(passing):
        if node in _closure(after(node), after):
            yield Fault(
                scope.file, node, "循环中没有任何一步要等人、等消息或者等期限。", "请在循环中加入用户任务或者等待事件。"
            )
            return


def _deadlocks(scope: Scope, start: Node) -> Iterator[Fault]:
    """Play every course of tokens; where some are left and none can move, a join waits for ever."""
    first = frozenset(flow.id for flow in scope.outgoing[start.id])
    seen = {first}
    waiting = [first]
    while waiting and len(seen) < _MARKINGS:
        marking = waiting.pop()
        moved = False
        for after in _moves(scope, marking):
            moved = True
            if after not in seen:
                seen.add(after)
                waiting.append(after)
        if marking and not moved:
            stuck = sorted({target for token in marking if (target := _target(scope, token))})
            yield Fault(
                scope.file,
                stuck[0] if stuck else scope.id,
                "有的走法会使并行网关永远等不齐。",
                "请让排他网关分开的路用排他网关汇合，并行网关分开的路用并行网关汇合。",
            )
            return


def _target(scope: Scope, token: str) -> str | None:
    return next((node for node, flows in scope.incoming.items() if any(flow.id == token for flow in flows)), None)


def _moves(scope: Scope, marking: frozenset[str]) -> Iterator[frozenset[str]]:
    """Markings one move away. A token is a flow, or `node!events` for an open step with the events it has had."""
    for node in scope.nodes.values():
        arrived = [flow.id for flow in scope.incoming[node.id] if flow.id in marking]
        out = [flow.id for flow in scope.outgoing[node.id]]
        if node.kind == "parallelGateway":
            if arrived and len(arrived) == len(scope.incoming[node.id]):
                yield marking.difference(arrived).union(out)
            continue
        for token in arrived:
            rest = marking - {token}
            if node.kind in _HOSTS:
                yield rest | {f"{node.id}!"}
            elif node.kind == "endEvent":
                yield frozenset() if node.event == "terminate" else rest
            else:
                yield from (rest | {one} for one in out)
    yield from _open_steps(scope, marking)


def _open_steps(scope: Scope, marking: frozenset[str]) -> Iterator[frozenset[str]]:
    for token in marking:
        host, mark, happened = token.partition("!")
        if not mark:
            continue
        rest = marking - {token}
        yield rest.union(flow.id for flow in scope.outgoing[host])
        for guard in scope.guards.get(host, ()):
            out = [flow.id for flow in scope.outgoing[guard.id]]
            if guard.interrupting:
                yield rest.union(out)
            elif guard.id not in happened.split(","):
                done = ",".join(sorted(filter(None, [*happened.split(","), guard.id])))
                yield rest.union(out, {f"{host}!{done}"})
