"""Running cases moved to another version: tokens land on their elements, or the case stays and says why."""

import random
import re

import pytest

from engine.process import Bundle, CannotMove, Moved, StateFault, complete, fire, parse, plan, send, waits
from engine.process.codec import unpack
from tests.unit.process.bundles import CASES, Case, bundle, definition, text_of

STEP = (
    '<bpmn:userTask id="{id}" name="{id}"><bpmn:extensionElements><spiffworkflow:properties>'
    '<spiffworkflow:property name="role" value="handler"/><spiffworkflow:property name="form" value="note"/>'
    '<spiffworkflow:property name="limit" value="2"/></spiffworkflow:properties></bpmn:extensionElements>'
    "</bpmn:userTask>"
)
TIMER = (
    '<bpmn:boundaryEvent id="{id}" name="{id}" attachedToRef="{host}" cancelActivity="false">'
    "<bpmn:timerEventDefinition><bpmn:timeDate xsi:type=\"bpmn:tFormalExpression\">due('{clock}')</bpmn:timeDate>"
    "</bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    '<bpmn:endEvent id="{id}_end"/><bpmn:sequenceFlow id="{id}_flow" sourceRef="{id}" targetRef="{id}_end"/>'
)


def version(top, *changes, diagram=None):
    """The definition of `top` with (pattern, replacement) pairs applied to one of its diagrams."""
    name = diagram or CASES[top][0]
    text = text_of(name)
    for pattern, replacement in changes:
        text, count = re.subn(pattern, replacement, text, flags=re.DOTALL)
        assert count, f"{pattern} is not in {name}"
    return parse(bundle(top, **{name: text}))


def before(element, step):
    """Changes that put a new step into every flow that leads to `element`."""
    flow = f'<bpmn:sequenceFlow id="from_{step}" sourceRef="{step}" targetRef="{element}"/>'
    return [
        (f'targetRef="{element}"', f'targetRef="{step}"'),
        ("</bpmn:process>", f"{STEP.format(id=step)}{flow}</bpmn:process>"),
    ]


def moved(case, new):
    found = plan(case.of, new).move(case.now.state)
    assert isinstance(found, Moved), found
    return found


def refused(case, new):
    found = plan(case.of, new).move(case.now.state)
    assert isinstance(found, CannotMove)
    return found


def test_a_renamed_step_keeps_its_token_and_gets_its_new_name():
    case = Case(definition("loop"))
    new = version("loop", ('id="ask" name="ask"', 'id="ask" name="问"'))
    found = moved(case, new)
    (landing,) = found.landings
    assert landing.before.token == landing.after.token == case.token("ask")
    assert (landing.before.name, landing.after.name) == ("ask", "问")
    assert complete(new, found.state, landing.after.token, {"outcome": "c"}, {}).passed[0] == "ask"


def test_variables_go_along():
    case = Case(definition("loop")).do("ask", outcome="a")
    new = version("loop", *before("last", "extra"))
    found = moved(case, new)
    assert unpack(new.digest, found.state)[0] == {"outcome": "a"}
    after = complete(new, found.state, case.token("again_note"), {}, {})
    after = complete(new, after.state, after.waits[0].token, {"outcome": "c"}, {})
    assert [wait.element for wait in after.waits] == ["extra"]


def test_a_step_that_is_gone_says_so_by_name():
    case = Case(definition("loop")).do("ask", outcome="a")
    new = version(
        "loop",
        (r'<bpmn:userTask id="again_note".*?</bpmn:userTask>', ""),
        (r'<bpmn:sequenceFlow id="again_note_to_loop_merge".*?/>', ""),
        (r'targetRef="again_note"', 'targetRef="loop_merge"'),
        (r"<bpmndi:BPMN(Shape|Edge)[^>]*again_note.*?</bpmndi:BPMN(Shape|Edge)>", ""),
    )
    assert refused(case, new).why == "“again_note”在新版中没有了。"
    assert moved(Case(definition("loop")), new).waits[0].element == "ask"


def test_a_step_that_has_become_something_else_is_refused():
    case = Case(definition("loop"))
    new = version(
        "loop",
        (r'<bpmn:userTask id="again_note" name="again_note">', '<bpmn:userTask id="later" name="ask">'),
        (r'(source|target)Ref="again_note"', r'\1Ref="later"'),
        (r'<bpmn:userTask id="ask" name="ask">', '<bpmn:userTask id="again_note" name="again_note">'),
        (r'(source|target)Ref="ask"', r'\1Ref="again_note"'),
    )
    assert [one.element for one in refused(case, new).obstacles] == ["ask"]


def test_a_timer_that_has_fired_does_not_wait_again():
    case = Case(definition("guarded")).fire("remind")
    assert case.open("timer") == ["overdue"]
    found = moved(case, version("guarded", ('name="work"', 'name="工作"')))
    assert sorted(wait.element for wait in found.waits if wait.kind == "timer") == ["overdue"]
    assert found.opened == ()


def test_a_timer_of_another_clock_would_move_its_date():
    case = Case(definition("guarded"))
    new = version("guarded", (r"due\('payment'\)", "due('correction')"))
    assert "“overdue”的时限由 payment 改为 correction" in refused(case, new).why


def test_a_waiting_timer_that_is_gone_keeps_the_case_and_a_fired_one_does_not():
    gone = [
        (r'<bpmn:boundaryEvent id="remind".*?</bpmn:boundaryEvent>', ""),
        (r'<bpmn:sequenceFlow id="remind_to_reminder".*?/>', ""),
        (r'<bpmndi:BPMN(Shape|Edge)[^>]*"remind(_to_reminder)?".*?</bpmndi:BPMN(Shape|Edge)>', ""),
    ]
    new = version("guarded", *gone)
    case = Case(definition("guarded"))
    assert "“remind”正在等待" in refused(case, new).why
    assert moved(case.fire("remind").do("reminder"), new).waits


def test_a_new_boundary_event_begins_to_wait_and_fires_once():
    case = Case(definition("loop"))
    new = version(
        "loop", ("</bpmn:process>", TIMER.format(id="nudge", host="ask", clock="reasons") + "</bpmn:process>")
    )
    found = moved(case, new)
    assert [(wait.element, wait.kind, wait.clock) for wait in found.opened] == [("nudge", "timer", "reasons")]
    assert moved(case, new).opened == found.opened, "the same state moves to the same tokens"
    after = fire(new, found.state, found.opened[0].token, {})
    assert [(wait.element, wait.token) for wait in after.waits] == [("ask", case.token("ask"))]
    # Back and forth again: what has fired stays fired.
    case.of, case.now = new, after
    assert (
        moved(
            case,
            version(
                "loop",
                ('name="ask"', 'name="问"'),
                ("</bpmn:process>", TIMER.format(id="nudge", host="ask", clock="reasons") + "</bpmn:process>"),
            ),
        ).opened
        == ()
    )


def test_a_branch_that_has_arrived_waits_on_at_the_join():
    case = Case(definition("parallel")).do("par_first").do("left", outcome="c")
    new = version("parallel", ('name="right"', 'name="右"'))
    found = moved(case, new)
    after = complete(new, found.state, case.token("right"), {"verdict": True}, {})
    after = complete(new, after.state, after.waits[0].token, {}, {})
    assert [wait.element for wait in after.waits] == ["par_last"]


def test_a_join_that_would_wait_for_a_new_branch_for_ever_is_refused():
    branch = (
        STEP.format(id="third")
        + '<bpmn:sequenceFlow id="split_to_third" sourceRef="split" targetRef="third"/>'
        + '<bpmn:sequenceFlow id="third_to_join" sourceRef="third" targetRef="join"/>'
    )
    new = version("parallel", ("</bpmn:process>", f"{branch}</bpmn:process>"))
    before_split = Case(definition("parallel"))
    assert moved(before_split, new)
    case = before_split.do("par_first")
    assert "永远等不齐" in refused(case, new).why
    case.do("left", outcome="c")
    assert "永远等不齐" in refused(case, new).why
    case.do("right", verdict=True).do("right_more")
    assert moved(case, new).waits[0].element == "par_last"


def test_parallel_steps_that_follow_one_another_in_the_new_version_are_refused():
    """Both wait: done one after the other, the second would be opened twice."""
    new = version(
        "parallel",
        (r'<bpmn:sequenceFlow id="split_to_right"[^>]*/>', ""),
        (
            r'<bpmn:sequenceFlow id="left_choice_to_join"[^>]*/>',
            '<bpmn:sequenceFlow id="left_choice_to_join" sourceRef="left_choice" targetRef="right"/>',
        ),
        (r"<bpmn:(incoming|outgoing)>(split_to_right|left_choice_to_join)</bpmn:\1>", ""),
        (r"<bpmndi:BPMNEdge[^>]*split_to_right.*?</bpmndi:BPMNEdge>", ""),
    )
    assert "同时办两遍" in refused(Case(definition("parallel")).do("par_first"), new).why


def test_instances_of_a_multi_instance_go_one_by_one():
    case = Case(definition("many")).do("plan", thing_count=3)
    case.do("con_send", 1)
    new = version("many", ('name="con_send"', 'name="送出"'), diagram="consult")
    found = moved(case, new)
    assert sorted((wait.element, wait.item) for wait in found.waits) == sorted(
        (wait.element, wait.item) for wait in case.now.waits
    )


def test_a_multi_instance_that_counts_something_else_is_refused():
    case = Case(definition("many")).do("plan", thing_count=2)
    new = version("many", (r"(<bpmn:loopCardinality[^>]*>)thing_count", r"\1other_count"))
    assert "数量在新版中另有来源" in refused(case, new).why


def test_a_step_that_becomes_a_multi_instance_is_refused():
    case = Case(definition("loop"))
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">'
        "thing_count</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    new = version("loop", (r'(<bpmn:userTask id="ask".*?)</bpmn:userTask>', rf"\1{loop}</bpmn:userTask>"))
    assert refused(case, new).why == "“ask”在新版中改成了多实例步骤。"


def test_tokens_inside_called_and_embedded_processes_move_with_them():
    for top, steps in (("caller", ()), ("embedded", (("emb_first", {"outcome": "a"}),))):
        case = Case(definition(top))
        for element, answers in steps:
            case.do(element, **answers)
        assert {wait.token for wait in moved(case, version(top, ("</bpmn:process>", "  </bpmn:process>"))).waits} == {
            wait.token for wait in case.now.waits
        }


def test_events_of_an_event_gateway_in_another_order_are_refused():
    case = Case(definition("either")).do("ei_ask", outcome="a")
    flows = '<bpmn:sequenceFlow id="ei_wait_to_ei_{}" sourceRef="ei_wait" targetRef="ei_{}"/>'
    new = version(
        "either",
        (flows.format("paid", "paid"), "FIRST"),
        (flows.format("due", "due"), flows.format("paid", "paid")),
        ("FIRST", flows.format("due", "due")),
        (r"<bpmn:outgoing>ei_wait_to_ei_(paid|due)</bpmn:outgoing>", ""),
    )
    assert "事件网关" in refused(case, new).why


def test_a_damaged_state_is_a_state_fault():
    with pytest.raises(StateFault):
        plan(definition("loop"), version("loop", ('name="ask"', 'name="问"'))).move(b"\x01\x93")


@pytest.mark.parametrize("top", CASES)
def test_whatever_its_state_a_case_runs_on_as_it_would_have(top):
    """Random ways through every diagram: moved to a version with other titles after each step, nothing is lost."""
    old = definition(top)
    new = version(top, (r'(<bpmn:userTask id="\w+" name=")', r"\1新"))
    chance = random.Random(f"migration/{top}")
    for _ in range(12):
        case = Case(old)
        for _step in range(12):
            if case.now.ended:
                break
            found = moved(case, new)
            assert [(w.token, w.element, w.kind, w.clock, w.message, w.item) for w in found.waits] == [
                (w.token, w.element, w.kind, w.clock, w.message, w.item) for w in waits(old, case.now.state)
            ]
            # Moved there and back it is the very state it was.
            back = plan(new, old).move(found.state)
            assert isinstance(back, Moved)
            assert back.state == case.now.state
            wait = chance.choice(case.now.waits)
            answers = {"outcome": chance.choice("abc"), "verdict": chance.random() < 0.5, "thing_count": 2}
            run = {
                "step": lambda of, state, w=wait, a=answers: complete(of, state, w.token, a, {}),
                "timer": lambda of, state, w=wait: fire(of, state, w.token, {}),
                "message": lambda of, state, w=wait: send(of, state, w.message, {}, {}),
            }[wait.kind]
            case.now, there = run(old, case.now.state), run(new, found.state)
            assert sorted((w.element, w.item or 0) for w in there.waits) == sorted(
                (w.element, w.item or 0) for w in case.now.waits
            )
            assert (there.passed, there.ended) == (case.now.passed, case.now.ended)


def words(old, new):
    return [one.words for one in plan(old, new).differences]


def test_two_versions_that_are_the_same_differ_in_nothing():
    assert plan(definition("many"), version("many", ("</bpmn:process>", " </bpmn:process>"))).differences == ()


def test_differences_are_told_in_words():
    new = version(
        "loop",
        ('id="ask" name="ask"', 'id="ask" name="问"'),
        (r'(id="last".*?name="role" value=")handler', r"\1legal"),
        *before("last", "extra"),
    )
    assert words(definition("loop"), new) == [
        "改名 步骤 ask 问（loop）：名称：ask → 问",
        "新增 步骤 extra extra（loop）",
        "改动 步骤 last last（loop）：办理角色：handler → legal",
        "改动 连线 loop_choice_to_last（loop）：终点：last → extra",
        "新增 连线 extra → last（loop）",
    ]
    assert words(new, definition("loop"))[1] == "删去 步骤 extra extra（loop）"


def test_changes_of_forms_and_rules_are_differences():
    old = bundle("loop")
    files = dict(old.files)
    files["forms/note.json"] = files["forms/note.json"].replace('"label": "说明"', '"label": "说明", "required": true')
    files["case.toml"] += '\n[clocks.local]\nafter = ["submit"]\nworking_days = 3\n'
    found = words(parse(old), parse(Bundle(old.case_type, files)))
    assert found == [
        "改动 事项规则 clocks.local：clocks.local：无 → submit 3",
        "改动 表单项 note 说明（note）：必填：否 → 是",
    ]
