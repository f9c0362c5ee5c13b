"""The library as it comes, driven beside our runtime: stock parser, stock objects, stock serializer, full history.

It decides where the tokens are. Three of its faults, shown in test_library_traps.py, are kept out of the comparison:
expressions are answered by a plain model of the variables kept here, since the library's merging of task data loses
updates; arrivals at a parallel gateway are taken away once it has passed; a removed task takes its subprocess along.
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimeDateEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.process import Bundle

# What a wait is, whatever its token: kind, element, item.
Key = tuple[str, str, int | None]

_FAR = "9999-12-31T00:00:00+00:00"
_PAST = "2000-01-01T00:00:00+00:00"
_SERIALIZER = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))


class _Engine(PythonScriptEngine):
    """Plain Python over the model's variables; a name nobody has answered is None."""

    def __init__(self, case: "StockCase") -> None:
        super().__init__(TaskDataEnvironment())
        self.case = case

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        class Names(dict):  # type: ignore[type-arg]
            def __missing__(self, name: str) -> Any:
                return self.case.value(task, name)

        names = Names(due=lambda _clock: _FAR, events=lambda event: self.case.facts.get(event, 0))
        names.case = self.case
        found = eval(expression, {"__builtins__": {}}, names)  # noqa: S307 - our own test diagrams
        return 0 if found is None else found

    def call_service(self, task: Any, **kwargs: Any) -> str:
        self.case.calls.append((task.task_spec.bpmn_id, kwargs["operation_name"]))
        return "null"


class StockCase:
    """One case in the library."""

    def __init__(self, bundle: Bundle, top: str) -> None:
        parser = SpiffBpmnParser()
        for name, text in bundle.files.items():
            if name.endswith(".bpmn"):
                parser.add_bpmn_xml(etree.fromstring(text.encode()), name)
        self.scopes: dict[Any, dict[str, Any]] = {None: {}}
        self.calls: list[tuple[str, str]] = []
        self.facts: Mapping[str, int] = {}
        self.workflow = BpmnWorkflow(
            parser.get_spec(top), parser.get_subprocess_specs(top), script_engine=_Engine(self)
        )
        self.workflow.task_removed_event.connect(self._removed)
        self._go()

    def reload(self) -> None:
        """Through the stock serializer and back."""
        self.workflow = _SERIALIZER.deserialize_json(_SERIALIZER.serialize_json(self.workflow))
        self.workflow.script_engine = _Engine(self)
        self.workflow.task_removed_event.connect(self._removed)

    @property
    def variables(self) -> dict[str, Any]:
        return self.scopes[None]

    @property
    def ended(self) -> bool:
        return bool(self.workflow.is_completed())

    def waits(self) -> dict[Any, Key]:
        """Task id (and number of the event at an event gateway) -> what is waited for."""
        found: dict[Any, Key] = {}
        for task in self.workflow.get_tasks(state=TaskState.READY):
            found[task.id] = ("step", task.task_spec.bpmn_id, self._item(task))
        for task in self.workflow.event_manager.tasks.values():
            definition = task.task_spec.event_definition
            if isinstance(definition, MultipleEventDefinition):
                for number, (one, output) in enumerate(
                    zip(definition.event_definitions, task.task_spec.outputs, strict=True)
                ):
                    found[task.id, number] = (_kind(one), output.bpmn_id, self._item(task))
            else:
                found[task.id] = (_kind(definition), task.task_spec.bpmn_id, self._item(task))
        return found

    def complete(self, task_id: Any, variables: Mapping[str, Any]) -> None:
        task = self.workflow.get_task_from_id(task_id)
        self._scope(task).update(variables)
        task.run()
        self._hand_over(task)
        self._go()

    def fire(self, task_id: Any) -> None:
        task = self.workflow.get_task_from_id(task_id[0] if isinstance(task_id, tuple) else task_id)
        task.internal_data["event_value"] = _PAST
        self._go()

    def send(self, message: str) -> None:
        self.workflow.send_event(BpmnEvent(MessageEventDefinition(message), payload={}))
        self._go()

    def value(self, task: Any, name: str) -> Any:
        process: Any = task.workflow
        while process is not None:
            scope = self.scopes.get(process.parent_task_id, {})
            if name in scope:
                return scope[name]
            process = process.parent_workflow
        return None

    def _go(self) -> None:
        self.workflow.do_engine_steps(did_complete_task=self._after)
        # Timers are refreshed last of all, so what one has set off is left to the next round.
        self.workflow.do_engine_steps(did_complete_task=self._after)

    def _after(self, task: Any) -> None:
        self._hand_over(task)
        if isinstance(task.task_spec, ParallelGateway):
            for one in list(task.workflow.tasks.values()):
                if one.task_spec is task.task_spec and one.state == TaskState.CANCELLED:
                    task.workflow._remove_task(one.id)

    def _removed(self, _workflow: Any, task: Any) -> None:
        subprocess = self.workflow.subprocesses.pop(task.id, None)
        if subprocess is not None:
            subprocess.cancel()

    def _scope(self, task: Any) -> dict[str, Any]:
        """Variables by the task that runs the process; None for the top process."""
        return self.scopes.setdefault(task.workflow.parent_task_id, {})

    def _hand_over(self, task: Any) -> None:
        """A finished process gives its variables to the one around it."""
        if task.state == TaskState.COMPLETED:
            self._scope(task).update(self.scopes.pop(task.id, {}))

    def _item(self, task: Any) -> int | None:
        inner = next(iter(_instances(task)), None)
        return None if inner is None else inner.internal_data["key_or_index"]


def _kind(definition: Any) -> str:
    return "timer" if isinstance(definition, TimeDateEventDefinition) else "message"


def _instances(task: Any) -> list[Any]:
    """Multi-instance children that a task is or stands in, the innermost first."""
    found = []
    while task is not None:
        if "key_or_index" in task.internal_data:
            found.append(task)
        if task.parent is not None:
            task = task.parent
        elif task.workflow.parent_task_id is not None:
            task = task.workflow.top_workflow.get_task_from_id(task.workflow.parent_task_id)
        else:
            task = None
    return found
