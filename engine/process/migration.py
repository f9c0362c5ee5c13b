"""Move a running case to another version of its process: every live token to the element of the same id, or not at all.

Nothing is run, so nothing is restarted: tokens keep their ids, a timer that has fired stays fired, and whoever holds a
step keeps it. A boundary event that only the new version has begins to wait.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, _EndJoin

from engine.process import codec
from engine.process.definitions import Definition
from engine.process.differences import LABELS, Difference, differences, drawings
from engine.process.faults import StateFault
from engine.process.prune import Place
from engine.process.runtime import Wait, waits
from engine.process.soundness import Scope, play_on, scopes
from engine.process.specs import BoundaryEvent, CallActivity, EventGateway, MultiInstance, ParallelGateway, SubProcess


@dataclass(frozen=True, slots=True)
class Landing:
    """Where one token lands: its wait in the old version and in the new one, which keeps the token."""

    before: Wait
    after: Wait


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An element where a token stands and cannot be moved; `why` is a Chinese sentence that names it."""

    element: str
    why: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A case in its new version.

    Attributes:
        state, waits: as after a run. landings: where each token that waited went.
        opened: waits that only the new version has: boundary events that begin to wait now.
    """

    state: bytes
    waits: tuple[Wait, ...]
    landings: tuple[Landing, ...]
    opened: tuple[Wait, ...]


@dataclass(frozen=True, slots=True)
class CannotMove:
    """A case that has to stay in its version, and every reason for it."""

    obstacles: tuple[Obstacle, ...]

    @property
    def why(self) -> str:
        """All reasons in one line."""
        return "".join(dict.fromkeys(one.why for one in self.obstacles))


@dataclass(frozen=True)
class Plan:
    """The way from one version of a case type to another; made once, used for every case."""

    old: Definition
    new: Definition

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What has changed between the two versions."""
        return differences(self.old, self.new)

    @cached_property
    def scopes(self) -> Mapping[str, Scope]:
        """Every process and embedded subprocess of the new version."""
        return {scope.id: scope for diagram in drawings(self.new).values() for scope in scopes(diagram)}

    def move(self, state: bytes) -> Moved | CannotMove:
        """The stored state in the new version, or why it cannot be moved. Raises StateFault for a damaged state."""
        before = {wait.token: wait for wait in waits(self.old, state)}
        variables, places = codec.unpack(self.old.digest, state)
        mover = _Mover(self, state)
        moved = mover.process(self.old.case_type.process, self.new.case_type.process, places)
        if mover.obstacles:
            return CannotMove(tuple(dict.fromkeys(mover.obstacles)))
        packed = codec.pack(self.new.digest, variables, moved)
        after = waits(self.new, packed)
        landed = {wait.token: wait for wait in after if wait.token in before}
        if len(landed) != len(before):
            raise StateFault("案件的流程状态与新旧版本都不相符，请用备份恢复。")
        landings = tuple(Landing(before[token], landed[token]) for token in before)
        obstacles = tuple(one for landing in landings for one in self._changed(landing))
        if obstacles:
            return CannotMove(obstacles)
        return Moved(packed, after, landings, tuple(wait for wait in after if wait.token not in before))

    def _changed(self, landing: Landing) -> Iterable[Obstacle]:
        """What keeps a token from going on although its element is there."""
        before, after = landing.before, landing.after
        name, element = before.name, before.element
        if (before.element, before.kind) != (after.element, after.kind):
            yield Obstacle(element, f"“{name}”等待的事件在新版中不是同一种。")
        elif before.clock != after.clock:
            yield Obstacle(element, f"“{name}”的时限由 {before.clock} 改为 {after.clock}，到期日会变动。")
        if before.item is not None and self.old.item_kind(element) != self.new.item_kind(element):
            yield Obstacle(element, f"“{name}”所办清单的种类在新版中改了。")


def plan(old: Definition, new: Definition) -> Plan:
    """The way from `old` to `new`: what differs, and how a case is moved."""
    return Plan(old, new)


@dataclass
class _Marking:
    """Where the tokens of one process stand, for the token game."""

    steps: dict[str, set[str]] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)


class _Cannot(Exception):
    """A place that has no counterpart."""

    def __init__(self, element: str, why: str) -> None:
        super().__init__(why)
        self.obstacle = Obstacle(element, why)


class _Mover:
    """Rewrites the places of one case, process by process."""

    def __init__(self, plan: Plan, state: bytes) -> None:
        self.plan = plan
        self.old, self.new = plan.old, plan.new
        self.obstacles: list[Obstacle] = []
        self._seed = state
        self._fresh = 0

    def process(self, before: str, after: str, places: Iterable[Place]) -> list[Place]:
        """The places of one process in the new version; what has none is noted as an obstacle."""
        if before != after or after not in self.new.specs:
            self.obstacles.append(Obstacle(before, f"流程“{before}”在新版中没有了。"))
            return []
        marking = _Marking()
        moved = []
        for place in places:
            try:
                moved.append(self._place(before, place, marking))
            except _Cannot as cannot:
                self.obstacles.append(cannot.obstacle)
        if not self.obstacles:
            self._play_on(before, marking)
        return moved

    def _play_on(self, process: str, marking: _Marking) -> None:
        scope = self.plan.scopes[process]
        fault = play_on(scope, marking.steps, marking.events, marking.arrived)
        if fault is not None:
            name = self.new.name_of(fault.element) or fault.element
            self.obstacles.append(Obstacle(fault.element, f"件在并行办理中，按新版走到“{name}”时对不上：{fault.what}"))

    def _place(self, process: str, place: Place, marking: _Marking) -> Place:
        spec = self._old_spec(process, place[0])
        if isinstance(spec, BoundaryEventSplit):
            first, *guards = place[1]
            return self._guarded(process, first, guards, marking)
        if isinstance(spec, _EndJoin):
            return [self._same(process, spec)[0]]
        if isinstance(spec, ParallelGateway):
            return self._arrived(process, spec, place[1], marking)
        return self._guarded(process, place, [], marking)

    def _arrived(self, process: str, spec: Any, inputs: Iterable[int], marking: _Marking) -> Place:
        number, target = self._same(process, spec)
        ways = {flow.source: flow.id for flow in self.plan.scopes[process].incoming[spec.bpmn_id]}
        moved = []
        for one in inputs:
            source = self._old_spec(process, one)
            if source.name not in target._inputs:
                raise _Cannot(
                    spec.bpmn_id,
                    f"“{self._name(source)}”这一路已经到了并行网关“{self._name(spec)}”，新版的网关不等这一路。",
                )
            moved.append(self.new.names.number(self.new.specs[process].task_specs[source.name]))
            marking.arrived.append(ways[source.bpmn_id])
        return [number, moved]

    def _guarded(self, process: str, place: Place, guards: list[Place], marking: _Marking) -> Place:
        """A waiting element with the boundary events that wait at it, in the old and in the new version."""
        spec = self._old_spec(process, place[0])
        if isinstance(spec, ParallelGateway | _EndJoin | BoundaryEventSplit):  # only a step can be guarded
            raise StateFault("案件的流程状态与流程定义不符，请用备份恢复。")
        main = self._main(process, spec, place, marking)
        waiting = {self._old_spec(process, one[0]).bpmn_id: one for one in guards}
        split = self.new.specs[process].task_specs.get(f"{spec.name}.BoundaryEventSplit")
        events = [one for one in split.outputs if isinstance(one, BoundaryEvent)] if split is not None else []
        for element in waiting.keys() - {one.bpmn_id for one in events}:
            raise _Cannot(
                element, f"“{self.old.name_of(element)}”正在等待，新版的“{self._name(spec)}”上没有这个边界事件。"
            )
        if split is None:
            return main
        found = []
        for one in events:
            element = one.bpmn_id
            if element in waiting:
                number, _target = self._same(process, self._old_spec(process, waiting[element][0]))
                found.append([number, waiting[element][1]])
            elif self._is_new(element, spec.bpmn_id):
                found.append([self.new.names.number(one), self._token(element)])
            elif not self.new.nodes[element].interrupting:
                marking.steps[spec.bpmn_id].add(element)  # it has happened and does not happen again
        return [self.new.names.number(split), [main, *found]]

    def _main(self, process: str, spec: Any, place: Place, marking: _Marking) -> Place:
        """A step, event, called process or multi-instance itself."""
        number, target = self._same(process, spec)
        element = spec.bpmn_id
        if isinstance(spec, MultiInstance):
            if self.old.nodes[element].cardinality != self.new.nodes[element].cardinality:
                raise _Cannot(element, f"多实例“{self._name(spec)}”的数量在新版中另有来源。")
            child = self.old.specs[process].task_specs[spec.task_spec]
            inner = self._same(process, child)[1]
            marking.steps[element] = set()
            return [number, [[index, self._inside(child, inner, inside)] for index, inside in place[1]]]
        if self.new.nodes[element].kind in {"userTask", "callActivity", "subProcess"}:
            marking.steps[element] = set()
        else:
            marking.events.append(element)
        return [number, self._inside(spec, target, place[1])]

    def _inside(self, spec: Any, target: Any, inside: Any) -> Any:
        """The token of a waiting element as it is, or the process that runs in it."""
        if isinstance(spec, CallActivity | SubProcess):
            variables, places = inside
            return [variables, self.process(spec.spec, target.spec, places)]
        if isinstance(spec, EventGateway) and _awaited(self.old, spec) != _awaited(self.new, target):
            raise _Cannot(spec.bpmn_id, f"事件网关“{self._name(spec)}”等待的事件在新版中不同。")
        return inside

    def _same(self, process: str, spec: Any) -> tuple[int, Any]:
        """Number and specification of the same name and kind in the new version. Raises _Cannot."""
        target = self.new.specs[process].task_specs.get(spec.name)
        element = spec.bpmn_id or process
        if target is None:
            raise _Cannot(element, f"“{self._name(spec)}”{self._where(element, spec)}。")
        old, new = self.old.nodes.get(element), self.new.nodes.get(element)
        if type(target) is not type(spec) or (old and old.kind) != (new and new.kind):
            raise _Cannot(element, f"“{self._name(spec)}”在新版中改成了{self._kind(element, target)}。")
        return self.new.names.number(target), target

    def _where(self, element: str, spec: Any) -> str:
        node = self.new.nodes.get(element)
        if node is None:
            return "在新版中没有了"
        if node.scope != self.old.nodes[element].scope:
            return f"在新版中移到了流程“{node.scope}”"
        return f"在新版中改成了{self._kind(element, spec)}"

    def _kind(self, element: str, spec: Any) -> str:
        node = self.new.nodes.get(element)
        title = LABELS.get(node.kind, node.kind) if node is not None else type(spec).__name__
        return f"多实例{title}" if node is not None and node.cardinality is not None else title

    def _name(self, spec: Any) -> str:
        return self.old.name_of(spec.bpmn_id or "") or spec.bpmn_id or spec.name

    def _old_spec(self, process: str, number: int) -> Any:
        return self.old.names.spec(self.old.specs[process], number)

    def _is_new(self, element: str, host: str) -> bool:
        """Whether the old version did not have this boundary event at this element."""
        node = self.old.nodes.get(element)
        return node is None or node.attached_to != host

    def _token(self, element: str) -> bytes:
        """An id for a new wait, the same each time the same state is moved."""
        self._fresh += 1
        return hashlib.sha256(self._seed + f"{element}/{self._fresh}".encode()).digest()[:16]


_Awaited: TypeAlias = list[tuple[str, str | None, str | None]]


def _awaited(definition: Definition, gateway: Any) -> _Awaited:
    """The events of an event gateway in their order, which numbers their tokens."""
    ids = [one.bpmn_id for one in gateway.outputs]
    return [(one, definition.nodes[one].event, definition.timers.get(one)) for one in ids]
