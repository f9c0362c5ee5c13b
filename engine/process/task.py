"""A node of a running case's tree: the library's task, cheaper to make and to move."""

from os import urandom
from typing import Any

from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

TOKEN_BYTES = 16


class LiveTask(Task):
    """A task that keeps no log of its states (the library's takes a quarter of a run) and is named by random bytes."""

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: Any = None,
        state: int = TaskState.MAYBE,
        id: bytes | int | None = None,  # noqa: A002 - the library's name
    ) -> None:
        super().__init__(workflow, task_spec, parent, state, id or urandom(TOKEN_BYTES))

    def _set_state(self, value: int) -> None:
        self._state = value

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> "LiveTask":
        if self.has_state(TaskState.PREDICTED_MASK) and not state & TaskState.PREDICTED_MASK:
            raise WorkflowException("a predicted task cannot have a child that is not", task_spec=self.task_spec)
        task = LiveTask(self.workflow, task_spec, self, state)
        task.thread_id = self.thread_id
        if state == TaskState.READY:
            task._ready()
        return task
