"""A running case in memory: the library's workflow with our scheduler, made for one run and thrown away after it."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.util.task import TaskState

from engine.process.expressions import Expression, Scalar
from engine.process.specs import MultiInstance, instance_of
from engine.process.task import LiveTask

MAX_ENGINE_STEPS = 2000
MAX_INSTANCES = 200


class RunFault(Exception):
    """The diagram cannot go on from here; `element` is the node, `how` says how to mend it."""

    def __init__(self, element: str, what: str, how: str) -> None:
        super().__init__(what)
        self.element = element
        self.what = what
        self.how = how


class _NoPython(BasePythonScriptEngineEnvironment):
    """Stands where the library would run Python; it never does."""

    def evaluate(self, expression: str, context: Any, external_context: Any = None) -> Any:
        raise RunFault("", "流程图中有脚本。", "请删去脚本。")

    def execute(self, script: str, context: Any, external_context: Any = None) -> Any:
        raise RunFault("", "流程图中有脚本。", "请删去脚本。")

    def call_service(self, context: Any, **kwargs: Any) -> Any:
        raise RunFault("", "流程图中有不认识的服务任务。", "请检查服务任务。")


class Recorder(Protocol):
    """Takes the calls of service tasks."""

    def __call__(self, task: Any, name: str, params: Mapping[str, Scalar]) -> None: ...


class Scripts(PythonScriptEngine):
    """The library's script engine, reduced to looking up expressions that were compiled when the case type was read."""

    def __init__(self, expressions: Mapping[str, Expression], facts: Mapping[str, int], record: Recorder) -> None:
        super().__init__(_NoPython())
        self._expressions = expressions
        self._facts = facts
        self.record = record

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Scalar:
        compiled = self._expressions.get(expression.strip())
        if compiled is None:
            raise RunFault(task.task_spec.bpmn_id, "表达式没有经过检查。", "请重新登记流程定义。")
        value = compiled.evaluate(lambda name: variable(task, name), self._facts)
        return _count(task, value) if isinstance(task.task_spec, MultiInstance) else value

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:
        raise RunFault(task.task_spec.bpmn_id, "流程图中有脚本。", "请删去脚本。")

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        raise RunFault(task.task_spec.bpmn_id, "流程图中有不认识的服务任务。", "请检查服务任务。")


def _count(task: Any, value: Scalar) -> int:
    """How many instances: not answered yet means none."""
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_INSTANCES:
        raise RunFault(task.task_spec.bpmn_id, f"多实例的数量是 {value!r}。", f"数量应为 0 到 {MAX_INSTANCES} 的整数。")
    return value


def variable(task: Any, name: str) -> Scalar:
    """A routing variable as a task sees it: its own process first, then the surroundings, last the case."""
    workflow = task.workflow
    while workflow is not None:
        if name in workflow.variables:
            found: Scalar = workflow.variables[name]
            return found
        workflow = workflow.parent_workflow
    return None


class _Workflow:
    """What top workflow and subprocesses share. The library walks the whole tree; the live tokens are all there is."""

    spec: Any
    tasks: dict[Any, Any]
    task_tree: Any
    top_workflow: Any

    def begin(self) -> None:
        """Put a token on the start event, as the library does with every new workflow."""
        self.task_tree = LiveTask(self, self.spec.start, state=TaskState.FUTURE)
        self.spec.start._predict(self.task_tree, mask=TaskState.NOT_FINISHED_MASK)
        self.task_tree._ready()

    def update_waiting_tasks(self) -> None:
        """Joins alone can have become ready by what another branch did; timers and messages are told."""
        for task in [one for one in self.tasks.values() if one.state == TaskState.WAITING]:
            if task.state == TaskState.WAITING and isinstance(task.task_spec, Join):
                task.task_spec._update(task)

    def _task_removed_notify(self, task: Any) -> None:
        forget(self.top_workflow, task)


def forget(top: Any, task: Any) -> None:
    """A task has gone from the tree: so have its subprocess and everything that waits in there.

    The library leaves them behind when a multi-instance call activity is interrupted, then fails on them.
    """
    top.event_manager.remove_task(task)
    subprocess = top.subprocesses.pop(task.id, None)
    if subprocess is not None:
        subprocess.completed = True
        for one in list(subprocess.tasks.values()):
            forget(top, one)


class SubCase(_Workflow, BpmnSubWorkflow):
    """A called or embedded process of a case, with its variables; `instance`: the multi-instance child it stands in."""

    def __init__(self, spec: Any, task: Any) -> None:
        """`task`: the task that runs it. It holds no token until it is begun or filled."""
        self.variables: dict[str, Scalar] = {}
        self.instance = instance_of(task)
        self._parent = task.workflow
        super().__init__(spec, task.id, task.workflow.top_workflow, deserializing=True)
        self.top_workflow.subprocesses[task.id] = self

    @property
    def parent_workflow(self) -> Any:
        """The workflow of the task that runs it."""
        return self._parent

    def _calculate_depth(self) -> int:
        return int(self._parent.depth) + 1


class RunningCase(_Workflow, BpmnWorkflow):
    """A case; `variables` are the routing variables of its top process. It holds no token until begun or filled."""

    instance = None

    def __init__(self, *args: Any, variables: dict[str, Scalar], **kwargs: Any) -> None:
        self.variables = variables
        super().__init__(*args, **kwargs, deserializing=True)

    def create_subprocess(self, my_task: Any, spec_name: str) -> SubCase:
        subprocess = SubCase(self.subprocess_specs[spec_name], my_task)
        subprocess.begin()
        return subprocess

    def live(self) -> list[Any]:
        """The workflows that still run, the deepest first."""
        running = [one for one in self.subprocesses.values() if not one.completed]
        return [*sorted(running, key=lambda one: -one.depth), self]

    def advance(self) -> Iterator[Any]:
        """Run everything that needs no person, event or time; yields each task that was completed, in order."""
        steps = 0
        progress = True
        while progress:
            progress = False
            for workflow in self.live():
                while ready := [one for one in workflow.tasks.values() if is_ready(one) and not one.task_spec.manual]:
                    progress = True
                    for task in ready:
                        if not is_ready(task) or task.id not in workflow.tasks or self._left(workflow):
                            continue
                        steps += 1
                        if steps > MAX_ENGINE_STEPS:
                            raise RunFault(
                                task.task_spec.bpmn_id or "",
                                "流程在没有人办理的情况下一直走不完。",
                                "请检查循环的条件。",
                            )
                        run(task)
                        yield task
                    if self._left(workflow):
                        break

    def _left(self, workflow: Any) -> bool:
        return workflow is not self and workflow.parent_task_id not in self.subprocesses


def is_ready(task: Any) -> bool:
    """Whether a task can be run now."""
    return bool(task._state == TaskState.READY)


def run(task: Any) -> None:
    """Run a ready task, after predicting what follows it (predicted tasks are not kept between runs)."""
    spec = task.task_spec
    if not isinstance(spec, MultiChoice) and all(child.triggered for child in task.children):
        spec._predict_hook(task)
    task.run()
