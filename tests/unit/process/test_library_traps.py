"""What bites in the library, and that it does not bite us.

Tests named `the_library_…` show the fault itself: when a new release mends it, they fail and our remedy can go.
"""

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from SpiffWorkflow.bpmn.specs.event_definitions import timer
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.deep_merge import DeepMerge

from engine.process import DefinitionFault, StateFault, complete, parse, waits
from engine.process.workflow import MAX_ENGINE_STEPS
from tests.unit.process.bundles import Case, bundle, definition, text_of
from tests.unit.process.stock import StockCase


class Uncorrected(StockCase):
    """The library without the corrections that the comparison needs."""

    def _after(self, task: Any) -> None:
        self._hand_over(task)

    def _removed(self, _workflow: Any, task: Any) -> None:
        return

    def do(self, element: str, **variables: Any) -> "Uncorrected":
        self.complete(next(task for task, key in self.waits().items() if key[1] == element), variables)
        return self

    def open(self) -> set[str]:
        return {key[1] for key in self.waits().values() if key[0] == "step"}


# ------------------------------------------------------------------------------- depth and growth


def test_two_thousand_human_steps_finish_and_the_state_does_not_grow() -> None:
    """Trap 2: beyond a depth of 1000 tasks the library finds no open task any more, without a word."""
    case = Case(definition("loop"))
    sizes = []
    for _ in range(1000):
        case.do("ask", outcome="a").do("again_note")
        sizes.append(len(case.now.state))
    assert sizes[0] == sizes[20] == sizes[-1] < 100
    assert case.do("ask", outcome="c").do("last").now.ended


@pytest.mark.parametrize("rounds", [1, 20])
def test_state_of_every_kind_of_loop_stays_as_small_after_twenty_rounds_as_after_one(rounds: int) -> None:
    """Traps 11 and 16: fired timers, finished subprocesses and joins stay in the library's state for ever."""
    guarded, caller, many = Case(definition("guarded")), Case(definition("caller")), Case(definition("many"))
    for _ in range(rounds):
        guarded.fire("remind").do("reminder").send("question").do("answer", verdict=True).do("work", outcome="a")
        caller.do("before", outcome="a").do("inner_one", verdict=False).do("outer_one", outcome="a")
        many.do("plan", thing_count=2)
        for item in (0, 1):
            many.do("each", item, verdict=True).do("con_send", item, outcome="b").fire("con_due", item)
        many.do("many_last", outcome="a")
    assert len(guarded.now.state) < 170
    assert len(caller.now.state) < 90
    assert len(many.now.state) < 90


# ------------------------------------------------------------------------------- joins and data


def test_the_library_takes_arrivals_of_an_earlier_round_for_new_ones() -> None:
    stock = Uncorrected(bundle("parallel_loop"), "parallel_loop")
    stock.do("slow").do("slow_more").do("fast").do("round_ask", outcome="a")
    assert stock.do("fast").open() == {"slow", "round_ask"}


def test_a_parallel_join_in_a_loop_waits_for_all_branches_in_every_round() -> None:
    case = Case(definition("parallel_loop"))
    for first, second in (("fast", "slow"), ("slow", "fast"), ("fast", "slow")):
        for element in (first, second):
            assert "round_ask" not in case.open()
            case.do(element)
            if element == "slow":
                case.do("slow_more")
        assert case.open() == ["round_ask"]
        case.do("round_ask", outcome="a")


def test_the_library_loses_an_update_when_branches_join() -> None:
    """A branch that never touched a variable brings its old value along and overwrites the new one."""
    newer, older = {"outcome": "b"}, {"outcome": "a"}
    assert DeepMerge.merge(newer, older) == {"outcome": "a"}
    assert DeepMerge.merge({"list": [1, 2, 3]}, {"list": [3, 1]}) == {"list": [1, 2]}


def test_the_later_answer_wins_whichever_branch_arrives_last() -> None:
    case = Case(definition("parallel"), outcome="old", verdict=True)
    case.do("par_first").do("left", outcome="c").do("right", verdict=False).do("right_more")
    assert dict(case.now.variables) == {"outcome": "c", "verdict": False}
    assert case.open() == ["par_last"]


def test_the_library_fails_on_an_interrupted_multi_instance_of_called_processes() -> None:
    stock = Uncorrected(bundle("interrupted"), "interrupted")
    stock.do("in_plan", thing_count=2)
    with pytest.raises(SpiffWorkflowException, match="was not found"):
        stock.send("withdrawn")


def test_an_interrupted_multi_instance_takes_its_steps_timers_and_messages_along() -> None:
    case = Case(definition("interrupted")).do("in_plan", thing_count=2).do("con_send", 0, outcome="a")
    assert case.open() == ["con_send#1", "con_wait#0"]
    assert case.open("timer") == ["con_due#0"]
    case.send("withdrawn")
    assert case.open() == ["in_note"]
    assert case.open("timer") == case.open("message") == []
    assert case.do("in_note").now.ended


def test_an_unconditional_side_track_is_no_endless_prediction() -> None:
    with pytest.raises(RecursionError):
        StockCase(bundle("unconditional"), "unconditional")
    case = Case(definition("unconditional"))
    for _ in range(3):
        case.send("question").do("un_answer")
    assert case.do("un_main").now.ended


# ------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    "name", ["typename", "due", "events", "Outcome", "a.b", "__class__", "lambda", "", "1a", "结论"]
)
def test_reserved_and_odd_names_are_no_routing_variables(name: str) -> None:
    """Trap 3: a value under `typename` makes the library's saved state unreadable."""
    case = Case(definition("loop"))
    with pytest.raises(ValueError, match="routing variable"):
        complete(case.of, case.now.state, case.token("ask"), {name: "a"}, {})


@pytest.mark.parametrize("value", [[1], {"a": 1}, Decimal(1), date(2026, 1, 1), 1.5, "长" * 201, 10**12, b"x"])
def test_only_scalars_are_routing_values(value: Any) -> None:
    """Traps 4, 5 and 7: lists merge wrongly, nested data is shared, dates and decimals cannot be saved."""
    case = Case(definition("loop"))
    with pytest.raises(ValueError, match="outcome"):
        complete(case.of, case.now.state, case.token("ask"), {"outcome": value}, {})


@pytest.mark.parametrize("value", ["a", "信函", 0, -7, True, False, None])
def test_routing_values_come_back_as_they_were(value: Any) -> None:
    case = Case(definition("loop"), kept=value).do("ask", outcome="a").do("again_note")
    assert case.now.variables["kept"] == value
    assert type(case.now.variables["kept"]) is type(value)


def test_a_variable_nobody_has_answered_is_none_and_takes_the_default_way() -> None:
    """Trap 20: the library raises."""
    assert Case(definition("loop")).do("ask").open() == ["last"]


# ------------------------------------------------------------------------------- time


def test_no_run_reads_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Traps 9 to 12: the library compares due dates with its own clock whenever anything runs."""

    class NoClock:
        @staticmethod
        def now(*_: object) -> None:
            raise AssertionError("the clock was read")

    monkeypatch.setattr(timer, "datetime", NoClock)
    either = Case(definition("either")).do("ei_ask", outcome="b")
    assert either.open("timer") == ["ei_due"]
    assert either.open("message") == ["ei_paid", "ei_stopped"]
    assert either.fire("ei_due").open() == ["ei_due_note"]
    guarded = Case(definition("guarded"))
    assert guarded.open("timer") == ["overdue", "remind"]
    assert guarded.fire("overdue").open() == ["late"]


def test_a_timer_fires_alone_even_when_many_wait() -> None:
    case = Case(definition("interrupted")).do("in_plan", thing_count=3)
    for item in range(3):
        case.do("con_send", item, outcome="b")
    case.fire("con_due", 1)
    assert case.open("timer") == ["con_due#0", "con_due#2"]


# ------------------------------------------------------------------------------- scripts, threads


def test_a_script_that_got_past_every_check_would_still_not_run() -> None:
    case = Case(definition("loop"))
    script = definition("loop")
    for spec in script.specs.values():
        spec.task_specs["last"].postscript = "import os"
    case.of = script
    with pytest.raises(DefinitionFault, match="脚本"):
        case.do("ask", outcome="c").do("last")


def test_a_failed_run_leaves_the_stored_state_as_it_was() -> None:
    """Trap 19: the library's objects are half advanced; ours are thrown away."""
    no_way = text_of("loop").replace(' default="loop_choice_to_last"', "")
    no_way = no_way.replace(
        '<bpmn:sequenceFlow id="loop_choice_to_last" sourceRef="loop_choice" targetRef="last"/>',
        '<bpmn:sequenceFlow id="loop_choice_to_last" sourceRef="loop_choice" targetRef="last">'
        "<bpmn:conditionExpression>outcome == 'x'</bpmn:conditionExpression></bpmn:sequenceFlow>",
    )
    case = Case(parse(bundle("loop", loop=no_way)))
    before = case.now.state
    with pytest.raises(DefinitionFault, match="loop_choice"):
        case.do("ask", outcome="c")
    assert waits(case.of, before) == case.now.waits
    assert case.do("ask", outcome="a").open() == ["again_note"]


def test_a_join_that_waits_for_ever_is_a_fault_and_no_end() -> None:
    chosen = r'<bpmn:exclusiveGateway id="split" default="split_to_left">\1</bpmn:exclusiveGateway>'
    stuck = re.sub(
        r'<bpmn:parallelGateway id="split">(.*)</bpmn:parallelGateway>', chosen, text_of("parallel")
    ).replace(
        'sourceRef="split" targetRef="right"/>',
        'sourceRef="split" targetRef="right"><bpmn:conditionExpression>verdict</bpmn:conditionExpression>'
        "</bpmn:sequenceFlow>",
    )
    case = Case(parse(bundle("parallel", parallel=stuck))).do("par_first")
    with pytest.raises(DefinitionFault, match="等不齐"):
        case.do("left", outcome="c")


def test_a_loop_of_engine_steps_is_cut_off() -> None:
    endless = text_of("loop").replace('targetRef="again_note"', 'targetRef="loop_choice"')
    endless = re.sub(r' *<bpmn:userTask id="again_note".*\n', "", endless)
    endless = re.sub(r'.*again_note_to_loop_merge" sourceRef.*\n', "", endless)
    case = Case(parse(bundle("loop", loop=endless)))
    with pytest.raises(DefinitionFault, match="走不完"):
        case.do("ask", outcome="a")
    assert MAX_ENGINE_STEPS < 5000


def test_one_definition_serves_many_threads() -> None:
    """Trap 21: specifications are shared; nothing may be written to them while cases run."""
    of = definition("many")

    def walk(number: int) -> tuple[tuple[str, ...], bool]:
        case = Case(of).do("plan", thing_count=3)
        for item in (number % 3, (number + 1) % 3, (number + 2) % 3):
            case.do("each", item, verdict=True).do("con_send", item, outcome="b").fire("con_due", item)
        return tuple(case.open()), case.do("many_last", outcome="c").now.ended

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(walk, range(60))) == {(("many_last",), True)}


def test_the_library_logs_nothing_below_warning() -> None:
    """Trap 22: an unset log level makes it list every task at every call."""
    assert all(logging.getLogger(name).level >= logging.WARNING for name in ("spiff", "spiff.workflow", "spiff.task"))


def test_a_state_of_the_stock_serializer_is_not_read() -> None:
    """Trap 6: the library's own old formats fail in odd ways; ours says which format it knows."""
    with pytest.raises(StateFault, match="格式"):
        waits(definition("loop"), b'{"serializer_version": "1.4"}')
