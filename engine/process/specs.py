"""The diagrams as SpiffWorkflow specifications, with the library's surprises removed by subclassing.

What differs from the library, and why:
- nothing here evaluates Python: service tasks are recorded as calls, expressions go through the sandbox (scripts.py);
- a timer never looks at a clock: it fires when the runtime says so;
- a parallel join counts each branch's arrival once; the library takes arrivals of an earlier round for new ones when
  the block lies in a loop, and fires before all branches are in;
- variables belong to the process they are answered in, not to tokens (the library loses updates when branches join);
- a multi-instance has its callback connected when the specification is made, not lazily at run time, so that restored
  states and other threads find it in place;
- prediction of future tasks stops at places where the process waits (an unconditional loop would never end otherwise).
"""

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any

from SpiffWorkflow.bpmn.parser.event_parsers import EventBasedGatewayParser, EventDefinitionParser
from SpiffWorkflow.bpmn.parser.task_parsers import GatewayParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs import defaults as bpmn
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.spiff.parser import event_parsers, task_spec
from SpiffWorkflow.spiff.parser.process import VALIDATOR, SpiffBpmnParser
from SpiffWorkflow.spiff.specs import defaults as spiff
from SpiffWorkflow.util.task import TaskState

from engine.process.diagram import Diagram, read_xml
from engine.process.faults import DefinitionFault, Fault

_validating = Lock()  # the library's schema validator keeps its last error on itself


class _Waits:
    """Prediction ends here; what lies behind is predicted when the task is run."""

    def _predict(self, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        return


class UserTask(_Waits, spiff.UserTask):
    """A human step."""


class _HandsOver:
    """A process inside another one has variables of its own; when it is done they pass to its surroundings."""

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Any) -> None:
        my_task.workflow.variables.update(subworkflow.variables)
        super()._on_subworkflow_completed(subworkflow, my_task)  # type: ignore[misc]  # the library's class comes next


class CallActivity(_HandsOver, _Waits, spiff.CallActivity):
    """A called process."""


class SubProcess(_HandsOver, _Waits, spiff.SubWorkflowTask):
    """An embedded subprocess."""


class BoundaryEvent(_Waits, bpmn.BoundaryEvent):
    """A message or timer on the border of a step or subprocess."""


class CatchEvent(_Waits, bpmn.IntermediateCatchEvent):
    """A message or timer between two steps."""


class EventGateway(_Waits, bpmn.EventBasedGateway):
    """Waits for the first of several events."""


class ServiceTask(spiff.ServiceTask):
    """A named command, recorded with its parameters and carried out by the caller after the run."""

    def _execute(self, task: Any) -> bool:
        engine = task.workflow.script_engine
        params = {name: engine.evaluate(task, param["value"]) for name, param in self.operation_params.items()}
        engine.record(task, self.operation_name, params)
        return True


class ParallelGateway(bpmn.ParallelGateway):
    """Waits for one arrival on each incoming flow since it last passed."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        return {one.parent.task_spec.name for one in arrivals(self, my_task.workflow)} >= set(self._inputs)

    def _run_hook(self, my_task: Any) -> bool:
        for one in arrivals(self, my_task.workflow):
            one.internal_data["passed"] = True
        return True


def arrivals(gateway: Any, workflow: Any) -> list[Any]:
    """Tasks by which branches have arrived at a parallel gateway that has not passed since."""
    return [
        task
        for task in workflow.tasks.values()
        if task.task_spec is gateway
        and task.parent.state == TaskState.COMPLETED
        and "passed" not in task.internal_data
        and task.state != TaskState.COMPLETED
    ]


class MultiInstance(_Waits, spiff.ParallelMultiInstanceTask):
    """So many instances of a step or called process, side by side."""


def instance_of(task: Any) -> Any | None:
    """The innermost multi-instance child a task is or stands in; nothing follows such a child in its own process."""
    return task if "key_or_index" in task.internal_data else task.workflow.instance


class Clock(TimerEventDefinition):
    """A timer that only the runtime can fire."""

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task._get_internal_data("event_fired", False))


class _ClockParser:
    def parse_timer_event(self, event: Any) -> Clock:
        day = next(event.iter(full_tag("timeDate")))
        return Clock(self.node.get("id"), (day.text or "").strip())  # type: ignore[attr-defined]  # the parser's mixin


class _TaskParser(task_spec.SpiffTaskParser):
    PARALLEL_MI_CLASS = MultiInstance

    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)


class _CallParser(_TaskParser, task_spec.CallActivityParser):
    def create_task(self) -> Any:
        return task_spec.CallActivityParser.create_task(self)


class _SubProcessParser(_TaskParser, task_spec.SubWorkflowParser):
    def create_task(self) -> Any:
        return task_spec.SubWorkflowParser.create_task(self)


class _BoundaryParser(_ClockParser, event_parsers.SpiffBoundaryEventParser):
    pass


class _CatchParser(_ClockParser, event_parsers.SpiffIntermediateCatchEventParser):
    pass


class _Parser(SpiffBpmnParser):
    """The library's parser with our classes; elements without a class here are refused before by diagram.py."""

    OVERRIDE_PARSER_CLASSES: Mapping[str, tuple[type[EventDefinitionParser], type]] = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("userTask"): (_TaskParser, UserTask),
        full_tag("serviceTask"): (task_spec.ServiceTaskParser, ServiceTask),
        full_tag("callActivity"): (_CallParser, CallActivity),
        full_tag("subProcess"): (_SubProcessParser, SubProcess),
        full_tag("boundaryEvent"): (_BoundaryParser, BoundaryEvent),
        full_tag("intermediateCatchEvent"): (_CatchParser, CatchEvent),
        full_tag("parallelGateway"): (GatewayParser, ParallelGateway),
        full_tag("eventBasedGateway"): (EventBasedGatewayParser, EventGateway),
    }


def build_specs(diagrams: Iterable[Diagram], top: str) -> dict[str, BpmnProcessSpec]:
    """Process id (called and embedded ones too) -> specification. Raises DefinitionFault.

    The result is never changed afterwards and may be shared between threads.
    """
    parser = _Parser()
    try:
        for diagram in diagrams:
            root = read_xml(diagram.file, diagram.text)
            with _validating:
                VALIDATOR.validate(root, diagram.file)
            parser.add_bpmn_xml(root, diagram.file)
        specs = {top: parser.get_spec(top)}
        specs.update(parser.get_subprocess_specs(top))
    except ValidationException as error:
        raise DefinitionFault(
            Fault(
                error.file_name or "",
                error.id or (f"第 {error.line_number} 行" if error.line_number else ""),
                f"不符合 BPMN：{str(error).splitlines()[0][:300]}。",
                "请用流程图编辑器检查这个元素。",
            )
        ) from error
    for spec in specs.values():
        for one in list(spec.task_specs.values()):
            if isinstance(one, MultiInstance):
                spec.task_specs[one.task_spec].completed_event.connect(one.merge_child)
    return specs
