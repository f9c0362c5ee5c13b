"""Starting, completing, sending and firing: what a command can rely on."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.process import DefinitionFault, NotWaiting, StaleToken, complete, fire, send, start, waits
from tests.unit.process.bundles import Case, definition


def test_a_start_runs_to_the_first_waits() -> None:
    case = Case(definition("caller"))
    assert case.open() == ["before"]
    assert case.now.passed == ("caller_start",)
    assert not case.now.ended


def test_passed_lists_every_element_in_the_order_it_was_completed() -> None:
    case = Case(definition("loop")).do("ask", outcome="c")
    assert case.now.passed == ("ask", "loop_choice")
    assert case.do("last").now.passed == ("last", "tell", "loop_end")


def test_a_token_stays_the_same_as_long_as_its_wait_lasts() -> None:
    case = Case(definition("caller")).do("before", outcome="b")
    tokens = {wait.element: wait.token for wait in case.now.waits}
    case.do("inner_one", verdict=True).fire("call_late").do("late_note")
    for wait in case.now.waits:
        assert tokens.get(wait.element, wait.token) == wait.token
    assert {wait.element for wait in case.now.waits} == {"outer_one", "inner_two", "inner_late", "withdraw"}


def test_a_done_step_is_stale() -> None:
    case = Case(definition("loop"))
    token = case.token("ask")
    case.do("ask", outcome="c")
    with pytest.raises(StaleToken):
        complete(case.of, case.now.state, token, {}, {})


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "../../etc/passwd", "9" * 5000])
def test_an_unknown_token_is_stale(token: str) -> None:
    case = Case(definition("guarded"))
    for act in (
        lambda: complete(case.of, case.now.state, token, {}, {}),
        lambda: fire(case.of, case.now.state, token, {}),
    ):
        with pytest.raises(StaleToken):
            act()


def test_steps_timers_and_messages_are_not_mistaken_for_each_other() -> None:
    case = Case(definition("guarded"))
    for element in ("remind", "asked"):
        with pytest.raises(StaleToken):
            complete(case.of, case.now.state, case.token(element), {}, {})
    for element in ("work", "asked"):
        with pytest.raises(StaleToken):
            fire(case.of, case.now.state, case.token(element), {})


def test_an_early_message_is_refused_and_not_kept() -> None:
    case = Case(definition("either"))
    with pytest.raises(NotWaiting):
        send(case.of, case.now.state, "paid", {}, {})
    assert case.do("ei_ask", outcome="a").open("message") == ["ei_paid", "ei_stopped"]


def test_a_message_reaches_all_that_wait_for_it() -> None:
    case = Case(definition("interrupted")).do("in_plan", thing_count=2)
    case.do("con_send", 0, outcome="a").do("con_send", 1, outcome="a").send("question")
    assert case.open() == ["con_ping_note#0", "con_ping_note#1", "con_wait#0", "con_wait#1"]


def test_a_message_brings_variables() -> None:
    case = Case(definition("guarded")).send("withdrawn", outcome="b")
    assert case.now.variables["outcome"] == "b"
    assert case.open() == ["drop_note"]


# ------------------------------------------------------------------------------- boundary events


def test_a_non_interrupting_timer_fires_once_and_leaves_the_step_open() -> None:
    case = Case(definition("guarded")).fire("remind")
    assert case.open() == ["reminder", "work"]
    assert case.open("timer") == ["overdue"]
    case.do("reminder")
    assert case.open() == ["work"]


def test_an_interrupting_timer_takes_the_step_and_its_other_events_away() -> None:
    case = Case(definition("guarded")).fire("remind").fire("overdue")
    assert case.open() == ["late", "reminder"]
    assert case.open("timer") == case.open("message") == []


def test_completing_the_step_takes_its_events_away_but_not_what_they_started() -> None:
    case = Case(definition("guarded")).fire("remind").do("work", outcome="c")
    assert case.open() == ["reminder"]
    assert case.open("timer") == []
    assert case.do("reminder").now.ended


def test_an_interrupted_call_takes_everything_inside_along_over_several_levels() -> None:
    case = Case(definition("caller")).do("before", outcome="a")
    assert case.open("timer") == ["call_late", "inner_late", "inner_remind"]
    case.fire("inner_remind").send("withdrawn")
    assert case.open() == ["withdraw_note"]
    assert case.open("timer") == case.open("message") == []
    assert case.do("withdraw_note").now.ended


def test_a_call_interrupted_inside_another_leaves_the_outer_one_running() -> None:
    case = Case(definition("caller")).do("before", outcome="b").fire("inner_late")
    assert case.open() == ["inner_late_note", "outer_one"]
    assert case.open("timer") == ["call_late"]
    case.do("outer_one", outcome="b").do("inner_late_note")
    assert case.open() == ["after"]


def test_an_interrupted_embedded_subprocess_takes_both_its_branches_along() -> None:
    case = Case(definition("embedded")).do("emb_first", outcome="a").fire("rev_remind")
    assert case.open() == ["rev_a", "rev_b", "rev_reminder"]
    assert case.fire("rev_late").open() == ["emb_late"]
    assert case.open("timer") == []


# ------------------------------------------------------------------------------- terminate, side tracks


def test_terminating_a_called_process_ends_its_side_track_and_nothing_else() -> None:
    case = Case(definition("side")).do("main_one", outcome="b").send("extension")
    assert case.open() == ["extension_decide", "main_two"]
    case.do("main_two", outcome="a")
    assert case.open() == ["side_again"]
    assert case.open("message") == []


def test_a_side_track_waits_again_after_each_round() -> None:
    case = Case(definition("side"))
    for _ in range(3):
        case.send("extension").do("extension_decide", verdict=False)
        assert case.open("message") == ["extension_asked"]
    case.send("extension").do("extension_decide", verdict=True)
    assert case.open("message") == []
    with pytest.raises(NotWaiting):
        case.send("extension")


def test_what_a_terminated_side_track_answered_is_not_forgotten() -> None:
    """The library drops the variables of a side track that is terminated."""
    case = Case(definition("side")).send("extension").do("extension_decide", verdict=False).do("main_one", outcome="b")
    case.do("main_two", outcome="c")
    assert dict(case.now.variables) == {"verdict": False, "outcome": "c"}


# ------------------------------------------------------------------------------- multi-instance


def test_a_multi_instance_without_rows_is_passed_at_once() -> None:
    case = Case(definition("many")).do("plan", thing_count=0)
    assert case.open() == ["many_last"]
    assert case.now.passed == ("plan", "many_split", "each", "each_call", "many_join")


def test_a_form_that_is_handed_in_without_rows_counts_none() -> None:
    assert Case(definition("many"), thing_count=2).do("plan").open() == ["many_last"]


def test_instances_are_done_in_any_order_and_known_by_their_index() -> None:
    case = Case(definition("many")).do("plan", thing_count=3)
    assert case.open() == ["con_send#0", "con_send#1", "con_send#2", "each#0", "each#1", "each#2"]
    case.do("each", 2, verdict=True).do("each", 0, verdict=True)
    assert case.now.passed == ("each",)
    case.do("con_send", 1, outcome="b")
    assert "con_wait#1" in case.open()
    assert case.open("timer") == ["con_due#1"]


def test_instances_answer_for_themselves_and_the_last_completed_wins_outside() -> None:
    case = Case(definition("interrupted")).do("in_plan", thing_count=2)
    case.do("con_send", 0, outcome="a").do("con_send", 1, outcome="c")
    case.do("con_wait", 0, verdict=True)
    assert case.open() == ["con_more#0", "con_wait#1"]
    assert "outcome" not in case.now.variables
    case.do("con_wait", 1, verdict=True)
    assert case.now.variables["outcome"] == "c"
    case.do("con_more", 0)
    assert case.now.variables["outcome"] == "a"
    assert case.open() == ["in_last"]


def test_calls_carry_their_parameters_and_item() -> None:
    case = (
        Case(definition("interrupted")).do("in_plan", thing_count=2).do("con_send", 1, outcome="b").fire("con_due", 1)
    )
    (call,) = case.now.calls
    assert (call.element, call.name, dict(call.params), call.item) == (
        "con_tell",
        "notify",
        {"to": "handler", "why": "b"},
        1,
    )


@pytest.mark.parametrize("count", [-1, 201, True, "3"])
def test_an_absurd_number_of_instances_is_a_fault(count: object) -> None:
    with pytest.raises(DefinitionFault, match="each"):
        Case(definition("many")).do("plan", thing_count=count)


def test_two_hundred_instances_run() -> None:
    case = Case(definition("many")).do("plan", thing_count=200)
    assert len(case.open()) == 400


def test_instances_begun_in_one_process_are_finished_in_another() -> None:
    """The library connects its completion callback only when it creates the instances."""
    case = Case(definition("many")).do("plan", thing_count=2).do("each", 0, verdict=True).do("con_send", 1, outcome="c")
    program = """
import sys
from tests.unit.process.bundles import Case, definition
from engine.process import waits
case = Case(definition("many"))
case.now = __import__("dataclasses").replace(case.now, state=bytes.fromhex(sys.argv[1]))
case.now = __import__("dataclasses").replace(case.now, waits=waits(case.of, case.now.state))
case.do("each", 1, verdict=True).do("con_send", 0, outcome="c").do("con_wait", 0).do("con_wait", 1)
print(case.open())
"""
    done = subprocess.run(
        [sys.executable, "-c", program, case.now.state.hex()],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout.strip() == "['many_last']"


# ------------------------------------------------------------------------------- variables and facts


def test_a_form_answers_all_its_questions_so_that_no_old_answer_decides() -> None:
    case = Case(definition("loop")).do("ask", outcome="b").do("ask")
    assert case.now.variables["outcome"] is None
    assert case.open() == ["last"]


def test_a_called_process_answers_for_itself_and_hands_over_when_it_is_done() -> None:
    case = Case(definition("caller")).do("before", outcome="a").do("outer_one", outcome="c")
    assert dict(case.now.variables) == {"outcome": "a"}
    case.do("inner_one", verdict=False)
    assert dict(case.now.variables) == {"outcome": "c", "verdict": False}
    assert case.open() == ["after"]


def test_an_interrupted_process_passes_nothing_on() -> None:
    case = Case(definition("caller")).do("before", outcome="a").do("outer_one", outcome="c").send("withdrawn")
    assert dict(case.now.variables) == {"outcome": "a"}


def test_start_takes_variables() -> None:
    assert dict(start(definition("loop"), {"outcome": "a"}, {}).variables) == {"outcome": "a"}


def test_an_event_gateway_takes_the_first_event_and_drops_the_others() -> None:
    case = Case(definition("either")).do("ei_ask", outcome="a").send("paid")
    assert case.open() == ["ei_paid_note"]
    assert case.open("timer") == case.open("message") == []
    assert case.now.passed == ("ei_wait", "ei_paid")


def test_waits_of_a_stored_state_are_those_of_the_run_that_stored_it() -> None:
    case = Case(definition("caller")).do("before", outcome="b").fire("call_late")
    assert waits(case.of, case.now.state) == case.now.waits


def test_a_gateway_may_ask_how_often_something_happened() -> None:
    from engine.process import parse
    from tests.unit.process.bundles import bundle, text_of

    text = text_of("loop").replace("outcome=='a'", "events('corrected_received') &gt; 0")
    case = Case(parse(bundle("loop", loop=text)))
    assert case.do("ask").open() == ["last"]
    case = Case(parse(bundle("loop", loop=text)))
    case.facts = {"corrected_received": 1}
    assert case.do("ask").open() == ["again_note"]
