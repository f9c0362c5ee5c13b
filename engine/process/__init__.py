"""Processes: case types read from BPMN, run step by step, saved as a few hundred bytes.

Nothing outside this package knows SpiffWorkflow.
"""

import logging

from engine.process.bundle import Bundle, read_bundle
from engine.process.case_type import Action, CaseType, ClockRule
from engine.process.definitions import Definition, Library, Step, parse
from engine.process.differences import Change, Difference
from engine.process.expressions import Scalar
from engine.process.faults import DefinitionFault, Fault, NotWaiting, StaleToken, StateFault
from engine.process.forms import Field, Form, FormEvent, FormItems
from engine.process.lint import check
from engine.process.migration import CannotMove, Landing, Moved, Obstacle, Plan, plan
from engine.process.runtime import Call, Outcome, Wait, complete, fire, send, start, waits

# Below WARNING the library lists every task at every log call, even when nothing is printed.
for _name in ("spiff", "spiff.workflow", "spiff.task", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)

__all__ = [
    "Action",
    "Bundle",
    "Call",
    "CannotMove",
    "CaseType",
    "Change",
    "ClockRule",
    "Definition",
    "DefinitionFault",
    "Difference",
    "Fault",
    "Field",
    "Form",
    "FormEvent",
    "FormItems",
    "Landing",
    "Library",
    "Moved",
    "NotWaiting",
    "Obstacle",
    "Outcome",
    "Plan",
    "Scalar",
    "StaleToken",
    "StateFault",
    "Step",
    "Wait",
    "check",
    "complete",
    "fire",
    "parse",
    "plan",
    "read_bundle",
    "send",
    "start",
    "waits",
]
