"""Whether the flow of each process can always go on: graph checks and a token game over every process."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

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
    flows: Mapping[str, Flow]
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
        flows = {flow.id: flow for flow in diagram.flows.values() if flow.source in nodes and flow.target in nodes}
        for flow in flows.values():
            outgoing[flow.source].append(flow)
            incoming[flow.target].append(flow)
        guards: dict[str, list[Node]] = {}
        for node in nodes.values():
            if node.attached_to is not None:
                guards.setdefault(node.attached_to, []).append(node)
        found.append(Scope(identity, diagram.file, nodes, flows, incoming, outgoing, guards))
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
        faults.extend(_unreachable(scope, scope.start))
        broken = [*_dead_ends(scope), *_joins(scope, scope.start)]
        first = frozenset(flow.id for flow in scope.outgoing[scope.start.id])
        faults.extend(broken or _token_game(scope, first))
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


def _unreachable(scope: Scope, start: Node) -> Iterator[Fault]:
    forward = _closure([start.id], scope.after)
    for node in scope.nodes.values():
        if node.id not in forward:
            yield Fault(node.file, node.id, "从开始走不到这里。", "请连上从开始过来的连线，或者删去。")


def _dead_ends(scope: Scope) -> Iterator[Fault]:
    backward: dict[str, list[str]] = {identity: [] for identity in scope.nodes}
    for identity in scope.nodes:
        for follower in scope.after(identity):
            backward[follower].append(identity)
    ends = [node.id for node in scope.nodes.values() if node.kind == "endEvent"]
    if any(scope.nodes[one].event == "terminate" for one in ends):
        # A side track may wait for ever when another branch ends the process by terminating it.
        ends.extend(node.id for node in scope.nodes.values() if scope.outgoing[node.id])
    to_end = _closure(ends, backward.__getitem__)
    for node in scope.nodes.values():
        if node.id not in to_end:
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


def play_on(
    scope: Scope, steps: Mapping[str, Iterable[str]], events: Iterable[str], arrived: Iterable[str]
) -> Fault | None:
    """Whether tokens that stand in the midst of a process can always go on; the fault where they cannot.

    Args:
        scope: a sound process.
        steps: open step or called process -> its non-interrupting events that have happened.
        events: events and event gateways that wait.
        arrived: flows whose token waits at a parallel gateway.
    """
    main = _closure(
        [scope.start.id] if scope.start is not None else (),
        lambda one: (after for after in scope.after(one) if scope.nodes[after].interrupting),
    )

    def mark(node: str, token: str) -> str:
        return token if node in main else f"~{token}"

    first = {mark(step, f"{step}!{','.join(sorted(happened))}") for step, happened in steps.items()}
    first |= {mark(event, scope.incoming[event][0].id) for event in events}
    first |= {mark(scope.flows[flow].source, flow) for flow in arrived}
    return next(_token_game(scope, frozenset(first)), None)


def _token_game(scope: Scope, first: frozenset[str]) -> Iterator[Fault]:
    """Play every course of tokens.

    Where some are left and none can move, a join waits for ever; where one comes to a place that has one already, a
    step would be done twice at the same time. Tokens of a branch that a non-interrupting event started are marked `~`:
    among themselves they may meet (two reminders), but they may not run into the main line.
    """
    seen = {first}
    waiting = [first]
    while waiting and len(seen) < _MARKINGS:
        marking = waiting.pop()
        moved = False
        for spent, made in _moves(scope, marking):
            moved = True
            rest = marking - spent
            double = [token for token in sorted(made) if _meets(scope, token, rest)]
            if double:
                yield Fault(
                    scope.file,
                    _place(scope, double[0]),
                    "有的走法会使这里同时办两遍。",
                    "请用并行网关汇合并行的路，或者让旁支在自己的结束事件结束。",
                )
                return
            after = rest | made
            if after not in seen:
                seen.add(after)
                waiting.append(after)
        if marking and not moved:
            yield Fault(
                scope.file,
                min(_place(scope, token) for token in marking),
                "有的走法会使并行网关永远等不齐。",
                "请让排他网关分开的路用排他网关汇合，并行网关分开的路用并行网关汇合。",
            )
            return


_Move: TypeAlias = tuple[frozenset[str], frozenset[str]]


def _place(scope: Scope, token: str) -> str:
    """The node a token has come to."""
    host, mark, _events = token.removeprefix("~").partition("!")
    return host if mark else scope.flows[host].target


def _meets(scope: Scope, token: str, others: frozenset[str]) -> bool:
    """Whether a token comes upon another one where only one may be."""
    place = _place(scope, token)
    if scope.nodes[place].kind == "endEvent":
        return False
    if "!" in token:
        same = frozenset(one for one in others if "!" in one and _place(scope, one) == place)
    else:
        same = others & {token, f"~{token}", token.removeprefix("~")}
    return any(not (one.startswith("~") and token.startswith("~")) for one in same)


def _moves(scope: Scope, marking: frozenset[str]) -> Iterator[_Move]:
    """What each move spends and makes. A token is a flow, or `node!events`: an open step and the events it has had."""
    for token in sorted(marking):
        side = "~" if token.startswith("~") else ""
        host, mark, happened = token.removeprefix("~").partition("!")
        if mark:
            yield from _leave(scope, token, side, host, frozenset(filter(None, happened.split(","))))
            continue
        node = scope.nodes[scope.flows[host].target]
        out = [flow.id for flow in scope.outgoing[node.id]]
        if node.kind == "parallelGateway":
            ways = [flow.id for flow in scope.incoming[node.id]]
            arrived = [one if one in marking else f"~{one}" for one in ways]
            if marking.issuperset(arrived):
                side = "~" if all(one.startswith("~") for one in arrived) else ""
                yield frozenset(arrived), frozenset(side + one for one in out)
        elif node.kind in _HOSTS:
            yield frozenset({token}), frozenset({f"{side}{node.id}!"})
        elif node.kind == "endEvent":
            yield (marking if node.event == "terminate" else frozenset({token})), frozenset()
        else:
            yield from ((frozenset({token}), frozenset({side + one})) for one in out)


def _leave(scope: Scope, token: str, side: str, host: str, happened: frozenset[str]) -> Iterator[_Move]:
    """Complete an open step, interrupt it, or let a non-interrupting event happen once."""
    spent = frozenset({token})
    yield spent, frozenset(side + flow.id for flow in scope.outgoing[host])
    for guard in scope.guards.get(host, ()):
        out = [flow.id for flow in scope.outgoing[guard.id]]
        if guard.interrupting:
            yield spent, frozenset(side + one for one in out)
        elif guard.id not in happened:
            after = ",".join(sorted(happened | {guard.id}))
            yield spent, frozenset({f"{side}{host}!{after}", *(f"~{one}" for one in out)})
