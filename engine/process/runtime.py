"""Run a case: start it, complete a step, send a message, fire a timer. Pure: bytes in, bytes and what happened out.

Routing variables belong to a process, not to tokens: what the last completed step of the process answered is what its
gateways read, whichever branch they stand in. A called or embedded process, and so each instance of a multi-instance,
has variables of its own over those of its surroundings; when it is done they pass to the surroundings, so of several
instances the last completed wins. A process that is interrupted passes nothing on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.process import codec
from engine.process.definitions import Definition
from engine.process.expressions import Scalar, is_scalar, is_variable_name
from engine.process.faults import DefinitionFault, Fault, NotWaiting, StaleToken, StateFault
from engine.process.prune import Restorer, frontier
from engine.process.specs import Clock, EventGateway, MultiInstance, instance_of
from engine.process.workflow import RunFault, RunningCase, Scripts, is_ready, run

Facts = Mapping[str, int]
Variables = Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Wait:
    """Something a case waits for.

    Attributes:
        token: names it as long as it lasts (the two waits of an event gateway share the first 32 characters).
        element, name: id and title of the step or event. kind: a person's step, a due date, or a message.
        clock: name of the clock of a timer. message: name of the message.
        item: index in the multi-instance it is or stands in.
    """

    token: str
    element: str
    kind: Literal["step", "timer", "message"]
    name: str
    clock: str | None = None
    message: str | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A service task that was passed: a command for the caller to carry out in the same transaction."""

    element: str
    name: str
    params: Mapping[str, Scalar]
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run led to.

    Attributes:
        state: to be stored. waits: all that the case waits for now. calls: service tasks passed, in order.
        passed: ids of the elements completed in this run, in order.
        variables: the routing variables of the top process (those of running called processes stay with them).
        ended: nothing is waited for any more.
    """

    state: bytes
    waits: tuple[Wait, ...]
    calls: tuple[Call, ...]
    passed: tuple[str, ...]
    variables: Variables
    ended: bool


def start(definition: Definition, variables: Variables, facts: Facts) -> Outcome:
    """Start a case and run it to its first waits. Raises DefinitionFault."""
    return _Run(definition, _checked(variables), facts).go(None)


def complete(definition: Definition, state: bytes, token: str, variables: Variables, facts: Facts) -> Outcome:
    """Complete the step of this token. Variables of its form that are not given count as not answered (None, 0 rows).

    Raises StaleToken when the step no longer waits, DefinitionFault when the diagram cannot go on, StateFault.
    """
    given = _checked(variables)
    turn = _Run.restored(definition, state, facts)
    task = turn.find(token)
    if task is None or not is_ready(task) or not task.task_spec.manual:
        raise StaleToken(token)
    return turn.go(lambda: turn.complete(task, given))


def send(definition: Definition, state: bytes, message: str, variables: Variables, facts: Facts) -> Outcome:
    """Send a message to all that wait for it; it is not kept for later.

    Raises NotWaiting when nothing waits for it, DefinitionFault when the diagram cannot go on, StateFault.
    """
    given = _checked(variables)
    turn = _Run.restored(definition, state, facts)
    event = BpmnEvent(MessageEventDefinition(message), payload={})
    tasks = [one for one in turn.case.event_manager.tasks.values() if one.task_spec.catches(one, event)]
    if not tasks:
        raise NotWaiting(message)
    return turn.go(lambda: turn.catch(tasks, event, given))


def fire(definition: Definition, state: bytes, token: str, facts: Facts) -> Outcome:
    """Fire the timer of this token, whatever the date. Raises StaleToken when it no longer waits; as `complete`."""
    turn = _Run.restored(definition, state, facts)
    task = turn.find(token)
    if task is None or task.state != TaskState.WAITING or not any(one.kind == "timer" for one in turn.waits_of(task)):
        raise StaleToken(token)
    return turn.go(lambda: turn.fire(task))


def waits(definition: Definition, state: bytes) -> tuple[Wait, ...]:
    """All that a stored case waits for. Raises StateFault."""
    return tuple(_Run.restored(definition, state, {}).waits())


def _checked(variables: Variables) -> dict[str, Scalar]:
    for name, value in variables.items():
        if not is_variable_name(name):
            raise ValueError(f"{name!r} cannot be a routing variable")
        if not is_scalar(value):
            raise ValueError(f"routing variable {name} takes short text, whole numbers and booleans, not {value!r:.60}")
    return dict(variables)


class _Run:
    """One run of one case."""

    def __init__(
        self, definition: Definition, variables: dict[str, Scalar], facts: Facts, *, restoring: bool = False
    ) -> None:
        self.definition = definition
        self.calls: list[Call] = []
        self.passed: list[str] = []
        self.case = RunningCase(
            definition.specs[definition.case_type.process],
            definition.specs,
            script_engine=Scripts(definition.expressions, facts, self._record),
            variables=variables,
        )
        if not restoring:
            self.case.begin()

    @classmethod
    def restored(cls, definition: Definition, state: bytes, facts: Facts) -> "_Run":
        """The case as it was stored."""
        variables, places = codec.unpack(definition.digest, state)
        turn = cls(definition, variables, facts, restoring=True)
        try:
            Restorer(turn.case, definition.names).restore(places)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise StateFault("案件的流程状态与流程定义不符，请用备份恢复。") from error
        return turn

    def go(self, act: Any) -> Outcome:
        """Do what moves the case, run on to its next waits and put down where it stands."""
        try:
            if act is not None:
                act()
            for task in self.case.advance():
                self._note(task)
        except RunFault as fault:
            raise self._fault(fault.element, fault.what, fault.how) from fault
        except SpiffWorkflowException as error:
            spec = getattr(error, "task_spec", None)
            element = getattr(spec, "bpmn_id", None) or ""
            raise self._fault(element, f"流程走不下去：{str(error)[:200]}。", "请检查网关的条件和缺省连线。") from error
        found = tuple(self.waits())
        if not found and not self.case.completed:
            raise self._fault("", "流程停住了：并行网关等不齐。", "请检查分开和汇合的网关。")
        places = frontier(self.case, self.definition.names)
        return Outcome(
            state=codec.pack(self.definition.digest, self.case.variables, places),
            waits=found,
            calls=tuple(self.calls),
            passed=tuple(self.passed),
            variables=dict(self.case.variables),
            ended=not found,
        )

    def complete(self, task: Any, given: dict[str, Scalar]) -> None:
        """Complete a human step with its answers."""
        step = self.definition.steps.get(task.task_spec.bpmn_id)
        form = self.definition.forms.get(step.form) if step is not None else None
        if form is not None:
            counts = {one.count: 0 for one in form.items}
            given = dict.fromkeys(form.routing) | counts | given
        task.workflow.variables.update(given)
        run(task)
        self._note(task)

    def catch(self, tasks: Iterable[Any], event: BpmnEvent, given: dict[str, Scalar]) -> None:
        """Hand a message to the tasks that wait for it."""
        for task in tasks:
            task.workflow.variables.update(given)
            task.task_spec.catch(task, event)
            task.task_spec._update(task)

    def fire(self, task: Any) -> None:
        """Let a timer have run out."""
        task._set_internal_data(event_fired=True)
        task.task_spec._update(task)

    def find(self, token: str) -> Any | None:
        """The task of a token, or None."""
        try:
            identity = bytes.fromhex(token.partition(".")[0])
        except ValueError:
            return None
        workflows = (self.case, *self.case.subprocesses.values())
        return next((one.tasks[identity] for one in workflows if identity in one.tasks), None)

    def waits(self) -> Iterator[Wait]:
        """All that the case waits for, by process and in the order it was reached."""
        for workflow in (self.case, *self.case.subprocesses.values()):
            if workflow.completed:
                continue
            for task in workflow.tasks.values():
                if task.state == TaskState.READY:
                    yield self._wait(task, "step", task.task_spec.bpmn_id)
                elif task.id in self.case.event_manager.tasks:
                    yield from self.waits_of(task)

    def waits_of(self, task: Any) -> Iterator[Wait]:
        """What a waiting event or event gateway waits for."""
        spec = task.task_spec
        if isinstance(spec, EventGateway):
            for number, (one, output) in enumerate(
                zip(spec.event_definition.event_definitions, spec.outputs, strict=True)
            ):
                yield self._wait(task, "timer" if isinstance(one, Clock) else "message", output.bpmn_id, f".{number}")
        else:
            kind: Literal["timer", "message"] = "timer" if isinstance(spec.event_definition, Clock) else "message"
            yield self._wait(task, kind, spec.bpmn_id)

    def _wait(self, task: Any, kind: Literal["step", "timer", "message"], element: str, part: str = "") -> Wait:
        node = self.definition.nodes[element]
        return Wait(
            token=task.id.hex() + part,
            element=element,
            kind=kind,
            name=node.name or element,
            clock=self.definition.timers.get(element),
            message=node.message,
            item=_item(task),
        )

    def _record(self, task: Any, name: str, params: Mapping[str, Scalar]) -> None:
        self.calls.append(Call(task.task_spec.bpmn_id, name, dict(params), _item(task)))

    def _note(self, task: Any) -> None:
        """Put down an element that was passed; a multi-instance by its instances, or once when it has none."""
        element = task.task_spec.bpmn_id
        if element is None or task.state != TaskState.COMPLETED:
            return
        if isinstance(task.task_spec, MultiInstance) and task.internal_data["merged"]:
            return
        self.passed.append(element)

    def _fault(self, element: str, what: str, how: str) -> DefinitionFault:
        node = self.definition.nodes.get(element)
        return DefinitionFault(Fault(node.file if node is not None else "", element, what, how))


def _item(task: Any) -> int | None:
    instance = instance_of(task)
    return None if instance is None else int(instance.internal_data["key_or_index"])
