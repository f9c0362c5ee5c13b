"""Between the library's task tree and what has to be kept of it: the live tokens and nothing else.

A place is one live token, written as a list so that the codec can pack it as it stands:

    [spec, id]                          a human step, a waiting event or event gateway (id: 16 bytes, the token)
    [spec, process]                     a running called or embedded process; process = [variables, places]
    [spec, [[index, id | process], …]]  a multi-instance: its instances that are not done
    [spec, [place of the task, places of its waiting events]]   a task with boundary events (spec: the split before it)
    [spec, [input, …]]                  a parallel join: the inputs that have arrived
    [spec]                              a branch that has ended while others still run

`spec` and `input` are numbers of task specifications in the sorted names of the process. Nothing finished is kept:
joins need no data because variables belong to processes, not to tokens.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, _EndJoin
from SpiffWorkflow.util.task import TaskState

from engine.process.specs import (
    BoundaryEvent,
    CallActivity,
    CatchEvent,
    EventGateway,
    MultiInstance,
    ParallelGateway,
    SubProcess,
    UserTask,
    arrivals,
)
from engine.process.task import TOKEN_BYTES, LiveTask
from engine.process.workflow import RunningCase, SubCase

Place: TypeAlias = list[Any]


class Names:
    """The task specifications of every process under short numbers; fixed by the definition's hash."""

    def __init__(self, specs: Mapping[str, BpmnProcessSpec]) -> None:
        self._names = {process: sorted(spec.task_specs) for process, spec in specs.items()}
        self._numbers = {
            process: {name: number for number, name in enumerate(names)} for process, names in self._names.items()
        }

    def number(self, spec: Any) -> int:
        """The number of a task specification within its process."""
        return self._numbers[spec._wf_spec.name][spec.name]

    def spec(self, process: BpmnProcessSpec, number: int) -> Any:
        """The task specification of this number."""
        return process.task_specs[self._names[process.name][number]]


def frontier(case: RunningCase, names: Names) -> list[Place]:
    """The live tokens of a case that has come to rest."""
    return list(_places(case, case.task_tree, names))


def _places(workflow: Any, task: Any, names: Names) -> Iterator[Place]:
    spec = task.task_spec
    if task.has_state(TaskState.FINISHED_MASK):
        main = _guarded(task)
        if main is None:
            for child in task.children:
                yield from _places(workflow, child, names)
        else:
            yield from _boundary(workflow, task, main, names)
    elif isinstance(spec, BoundaryEventJoin):
        return  # the one behind the guarded task decides; it is predicted again
    elif isinstance(spec, _EndJoin):
        yield [names.number(spec)]
    elif isinstance(spec, ParallelGateway):
        if task.state == TaskState.WAITING:
            yield [names.number(spec), [names.number(one.parent.task_spec) for one in arrivals(spec, workflow)]]
    elif isinstance(spec, MultiInstance):
        yield [names.number(spec), [_instance(one, names) for one in task.children if _unfinished_instance(one)]]
    elif task.has_state(TaskState.READY | TaskState.WAITING | TaskState.STARTED):
        yield [names.number(spec), _inside(task, names)]


def _guarded(task: Any) -> Any | None:
    """The unfinished task behind a split that guards it with boundary events."""
    if not isinstance(task.task_spec, BoundaryEventSplit):
        return None
    main = next((one for one in task.children if not isinstance(one.task_spec, BoundaryEvent)), None)
    return main if main is not None and main.has_state(TaskState.READY | TaskState.STARTED) else None


def _boundary(workflow: Any, split: Any, main: Any, names: Names) -> Iterator[Place]:
    guards = [one for one in split.children if one is not main]
    waiting = [one for one in guards if one.state == TaskState.WAITING]
    yield [
        names.number(split.task_spec),
        [place for one in (main, *waiting) for place in _places(workflow, one, names)],
    ]
    for one in guards:
        if one.has_state(TaskState.FINISHED_MASK):
            yield from _places(workflow, one, names)


def _unfinished_instance(task: Any) -> bool:
    return "key_or_index" in task.internal_data and not task.has_state(TaskState.FINISHED_MASK)


def _instance(task: Any, names: Names) -> list[Any]:
    return [task.internal_data["key_or_index"], _inside(task, names)]


def _inside(task: Any, names: Names) -> bytes | list[Any]:
    """The token of a waiting task, or variables and places of a running subprocess."""
    if not isinstance(task.task_spec, CallActivity | SubProcess):
        return bytes(task.id)
    subprocess = task.workflow.top_workflow.subprocesses[task.id]
    return [subprocess.variables, list(_places(subprocess, subprocess.task_tree, names))]


class Restorer:
    """Makes a running case from its places again."""

    def __init__(self, case: RunningCase, names: Names) -> None:
        self._case = case
        self._names = names
        self._serial = 0

    def restore(self, places: Sequence[Place]) -> None:
        """Fill the case. Raises LookupError, TypeError or ValueError when the places do not fit the definition."""
        self._fill(self._case, places)

    def _fill(self, workflow: Any, places: Sequence[Place]) -> None:
        workflow.task_tree = self._task(workflow, workflow.spec.start, None, TaskState.COMPLETED)
        for place in places:
            self._place(workflow, workflow.task_tree, place)

    def _place(self, workflow: Any, parent: Any, place: Place) -> None:
        spec = self._names.spec(workflow.spec, place[0])
        if isinstance(spec, BoundaryEventSplit):
            split = self._task(workflow, spec, parent, TaskState.COMPLETED)
            for one in place[1]:
                self._place(workflow, split, one)
        elif isinstance(spec, _EndJoin):
            self._task(workflow, spec, parent, TaskState.WAITING)
        elif isinstance(spec, ParallelGateway):
            for number, source in enumerate(place[1], start=1):
                before = self._task(workflow, self._names.spec(workflow.spec, source), parent, TaskState.COMPLETED)
                state = TaskState.WAITING if number == len(place[1]) else TaskState.CANCELLED
                self._task(workflow, spec, before, state)
        elif isinstance(spec, MultiInstance):
            self._multi_instance(workflow, spec, parent, place[1])
        else:
            self._token(workflow, spec, parent, place[1])

    def _multi_instance(self, workflow: Any, spec: Any, parent: Any, instances: Sequence[list[Any]]) -> None:
        task = self._task(workflow, spec, parent, TaskState.STARTED)
        task.internal_data["merged"] = []
        for index, inside in instances:
            child = self._token(
                workflow, workflow.spec.task_specs[spec.task_spec], task, inside, {"key_or_index": index}
            )
            child.triggered = True

    def _token(
        self,
        workflow: Any,
        spec: Any,
        parent: Any,
        inside: bytes | list[Any],
        known: Mapping[str, Any] = MappingProxyType({}),
    ) -> Any:
        if isinstance(inside, bytes):
            if not isinstance(spec, UserTask | BoundaryEvent | CatchEvent | EventGateway):
                raise ValueError(f"{spec.name} cannot wait")
            if len(inside) != TOKEN_BYTES:
                raise ValueError(f"{spec.name} has no token")
            state = TaskState.READY if spec.manual else TaskState.WAITING
            task = self._task(workflow, spec, parent, state, inside)
            task.internal_data.update(known)
            if state == TaskState.WAITING:
                self._case.event_manager.add_task(task)
            return task
        task = self._task(workflow, spec, parent, TaskState.STARTED)
        task.internal_data.update(known)
        subprocess = SubCase(self._case.subprocess_specs[spec.spec], task)
        subprocess.completed_event.connect(spec._on_subworkflow_completed, task)
        subprocess.variables, places = inside
        self._fill(subprocess, places)
        return task

    def _task(self, workflow: Any, spec: Any, parent: Any, state: int, token: bytes | None = None) -> Any:
        self._serial += 1
        return LiveTask(workflow, spec, parent, state, token or self._serial)
