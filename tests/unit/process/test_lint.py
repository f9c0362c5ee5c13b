"""`check`: sound case types pass, every slip is named by file and element, hostile diagrams are refused."""

from pathlib import Path

import pytest

from engine.process import Fault, check
from tests.unit.process.bundles import CASES, bundle, write

SHIPPED = Path(__file__).parents[3] / "workflows"


@pytest.mark.parametrize("top", sorted(CASES))
def test_sound_case_types_pass(top: str, tmp_path: Path) -> None:
    assert check(write(tmp_path, bundle(top))) == []


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in SHIPPED.glob("*/case.toml")), ids=lambda path: path.name
)
def test_the_shipped_case_types_pass(folder: Path) -> None:
    assert check(folder) == []


def faults(folder: Path, file: str, old: str, new: str) -> list[Fault]:
    """The faults of the case type that has this file, after one change to its text."""
    top = next((top for top, parts in CASES.items() if file.removesuffix(".bpmn") in parts), "loop")
    of = bundle(top)
    assert old in of.files[file]
    write(folder, of)
    (folder / file).write_text(of.files[file].replace(old, new), encoding="utf-8")
    found = check(folder)
    assert all(one.what and one.how for one in found)
    return found


STEP = 'name="role" value="handler"/><spiffworkflow:property name="form" value="choose"/>'
LOOP_DEFAULT = 'default="loop_choice_to_last"'
CONDITION = "outcome=='b'"
SERVICE = '<bpmn:endEvent id="loop_end">'


@pytest.mark.parametrize(
    ("diagram", "old", "new", "element", "what"),
    [
        # properties of steps
        ("loop", 'name="role" value="handler"', 'name="role" value="boss"', "ask", "boss"),
        ("loop", '<spiffworkflow:property name="role" value="handler"/>', "", "ask", "role"),
        ("loop", 'name="form" value="choose"', 'name="form" value="nowhere"', "ask", "nowhere"),
        ("loop", 'name="limit" value="2"', 'name="limit" value="soon"', "ask", "soon"),
        ("loop", STEP, STEP + '<spiffworkflow:property name="colour" value="red"/>', "ask", "colour"),
        ("loop", STEP, STEP + '<spiffworkflow:property name="letter" value="reply"/>', "ask", "reply"),
        ("loop", STEP, STEP + '<spiffworkflow:property name="letter_when" value="a"/>', "ask", "letter_when"),
        (
            "loop",
            STEP,
            STEP + '<spiffworkflow:property name="letter" value="L-02"/>'
            '<spiffworkflow:property name="letter_when" value="x"/>',
            "ask",
            "“x”",
        ),
        ("loop", STEP, STEP + '<spiffworkflow:property name="apart_from" value="loop_end"/>', "ask", "loop_end"),
        ("loop", STEP, STEP + '<spiffworkflow:property name="keep_handler" value="true"/>', "ask", "keep_handler"),
        ("loop", STEP, STEP + '<spiffworkflow:property name="to_unit_of" value="item"/>', "ask", "to_unit_of"),
        ("loop", STEP, STEP + '<spiffworkflow:property name="role" value="legal"/>', "ask", "两次"),
        ("loop", 'id="ask" name="ask"', 'id="ask"', "ask", "名称"),
        # expressions
        ("loop", CONDITION, "outcom=='b'", "loop_choice_to_ask", "outcom"),
        ("loop", CONDITION, "outcome=='back'", "loop_choice_to_ask", "back"),
        ("loop", CONDITION, "due('correction')=='b'", "loop_choice_to_ask", "due"),
        ("loop", CONDITION, "outcome=", "loop_choice_to_ask", "写法有误"),
        ("loop", LOOP_DEFAULT, 'default="elsewhere"', "loop_choice", "缺省"),
        ("loop", LOOP_DEFAULT, "", "loop_choice_to_last", "没有条件"),
        ("loop", 'value="outcome"', 'value="handler unit"', "tell", "写法有误"),
        # structure
        ("loop", 'targetRef="again_note"', 'targetRef="last"', "again_note", "走不到"),
        (
            "loop",
            'sourceRef="tell" targetRef="loop_end"',
            'sourceRef="tell" targetRef="tell"',
            "tell",
            "离开|进入|走不到",
        ),
        ("loop", 'targetRef="tell"', 'targetRef="nobody"', "last_to_tell", "两端"),
        (
            "embedded",
            'sourceRef="rev_a" targetRef="rev_join"',
            'sourceRef="rev_a" targetRef="emb_end"',
            "rev_a_to_rev_join",
            "两端",
        ),
        ("loop", SERVICE, '<bpmn:startEvent id="second_start"/>' + SERVICE, "loop", "开始事件"),
        ("caller", 'calledElement="outer"', 'calledElement="nowhere"', "outer_call", "nowhere"),
        (
            "parallel_loop",
            'sourceRef="slow_more" targetRef="gather"',
            'sourceRef="slow_more" targetRef="round_merge"',
            "fast",
            "办两遍",
        ),
        (
            "parallel",
            'sourceRef="left_choice" targetRef="join"',
            'sourceRef="left_choice" targetRef="par_last"',
            "par_last",
            "办两遍",
        ),
        # events
        ("guarded", "due('payment')", "PT1S", "overdue", "PT1S"),
        ("guarded", "due('payment')", "due('payday')", "overdue", "payday"),
        ("guarded", 'attachedToRef="work" cancelActivity="false"', 'attachedToRef="guarded_end"', "remind", "附在"),
        ("guarded", 'messageRef="message_question"', 'messageRef="message_nobody"', "asked", "没有声明"),
        (
            "either",
            'sourceRef="ei_ask" targetRef="ei_wait"',
            'sourceRef="ei_ask" targetRef="ei_due"',
            "ei_due",
            "单独|进入",
        ),
        (
            "either",
            '<bpmn:messageEventDefinition messageRef="message_paid"/>',
            '<bpmn:messageEventDefinition messageRef="message_withdrawn"/>',
            "ei_wait",
            "相同的消息",
        ),
        (
            "either",
            '<bpmn:messageEventDefinition messageRef="message_paid"/>',
            "<bpmn:timerEventDefinition><bpmn:timeDate>due('correction')</bpmn:timeDate></bpmn:timerEventDefinition>",
            "ei_wait",
            "最多有一个定时",
        ),
        (
            "loop",
            '<bpmn:startEvent id="loop_start">',
            '<bpmn:startEvent id="loop_start"><bpmn:terminateEventDefinition/>',
            "loop_start",
            "开始事件",
        ),
        # multi-instance
        (
            "many",
            '<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">thing_count',
            "<bpmn:loopCardinality>other_count",
            "each",
            "other_count",
        ),
        ("many", '<spiffworkflow:property name="items" value="thing"/>', "", "each", "清单的种类"),
        ("many", 'name="items" value="thing"', 'name="items" value="order"', "each", "order"),
        (
            "many",
            "<bpmn:multiInstanceLoopCharacteristics>",
            '<bpmn:multiInstanceLoopCharacteristics isSequential="true">',
            "each",
            "顺序",
        ),
        # drawing, case.toml, forms
        ("loop", 'bpmnElement="ask"', 'bpmnElement="nobody"', "ask", "没有画出"),
        ("loop", 'bpmnElement="ask_to_loop_choice"', 'bpmnElement="nobody"', "ask_to_loop_choice", "没有画出"),
        ("loop", 'isExecutable="true"', "", "loop", "可执行"),
        ("case.toml", 'process = "loop"', 'process = "nowhere"', "process", "nowhere"),
        ("case.toml", 'start = "ask"', 'start = "tell"', "start", "tell"),
        ("case.toml", 'clock = "reply"', 'clock = "reply"\n[milestones]\nclosed = "nowhere"', "milestones", "nowhere"),
        (
            "case.toml",
            'clock = "reply"',
            'clock = "reply"\n[clocks.tea]\nafter = []\nworking_days = 1',
            "clocks.tea",
            "没有一处",
        ),
        (
            "case.toml",
            'clock = "reply"',
            'clock = "reply"\n[[actions]]\nid = "x"\ntitle = "x"\nmessage = "x"\nroles = []\nform = "y"',
            "x",
            "消息",
        ),
    ],
)
def test_a_slip_is_named_with_its_element(
    tmp_path: Path, diagram: str, old: str, new: str, element: str, what: str
) -> None:
    found = faults(tmp_path, diagram if diagram == "case.toml" else f"{diagram}.bpmn", old, new)
    words = what.split("|")
    assert any(one.element == element and any(word in one.what for word in words) for one in found), list(
        map(str, found)
    )


HOSTILE = {
    "a document type": ("<bpmn:definitions", '<!DOCTYPE d [<!ENTITY a "x">]><bpmn:definitions', "DOCTYPE"),
    "an outside entity": (
        "<bpmn:definitions",
        '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><bpmn:definitions',
        "DOCTYPE",
    ),
    "text that is no XML": ("</bpmn:definitions>", "", "XML"),
    "a script task": (
        "</bpmn:process>",
        '<bpmn:scriptTask id="s"><bpmn:script>x</bpmn:script></bpmn:scriptTask></bpmn:process>',
        "scriptTask",
    ),
    "a script before a step": (
        "<spiffworkflow:properties>",
        "<spiffworkflow:preScript>import os</spiffworkflow:preScript><spiffworkflow:properties>",
        "preScript",
    ),
    "a script after a step": (
        "<spiffworkflow:properties>",
        "<spiffworkflow:postScript>import os</spiffworkflow:postScript><spiffworkflow:properties>",
        "postScript",
    ),
    "Python in a condition": ("outcome=='a'", "__import__('os').system('id')", "不允许"),
    "a walk over attributes": ("outcome=='a'", "outcome.__class__.__mro__", "不允许"),
    "a huge power": ("outcome=='a'", "9**9**9", "不允许"),
    "Python in a parameter": ('value="outcome"', 'value="open(1)"', "写法有误|不允许"),
    "another vendor's element": (
        "</bpmn:process>",
        '<camunda:properties xmlns:camunda="http://camunda.org/schema/1.0/bpmn"/></bpmn:process>',
        "properties",
    ),
    "an id that is a path": ('id="ask"', 'id="../ask"', "标识写法"),
    "an id used twice": ('id="again_note" name', 'id="ask" name', "重复"),
    "an unbounded loop of engine steps": ('targetRef="again_note"', 'targetRef="loop_choice"', "没有任何一步|走不到"),
    "data objects": ("</bpmn:process>", '<bpmn:dataObject id="d"/></bpmn:process>', "dataObject"),
    "two processes in a file": (
        "</bpmn:process>",
        '</bpmn:process><bpmn:process id="p2" isExecutable="true"/>',
        "恰好有一个",
    ),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_diagrams_are_refused_with_their_file(tmp_path: Path, name: str) -> None:
    old, new, what = HOSTILE[name]
    found = faults(tmp_path, "loop.bpmn", old, new)
    assert any(one.file == "loop.bpmn" and any(word in one.what for word in what.split("|")) for one in found), found


def test_a_billion_laughs_are_refused_at_once(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    found = faults(
        tmp_path, "loop.bpmn", "<bpmn:definitions", f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}]><bpmn:definitions'
    )
    assert [one.file for one in found] == ["loop.bpmn"]


def test_a_process_that_calls_itself_is_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, "outer.bpmn", 'calledElement="inner"', 'calledElement="caller"')
    assert {one.element for one in found if "调用了自己" in one.what} == {"caller", "outer"}


def test_files_that_nothing_uses_are_told(tmp_path: Path) -> None:
    write(tmp_path, bundle("loop"))
    write(tmp_path, bundle("either"))
    write(tmp_path, bundle("loop"))
    (tmp_path / "forms" / "judge.json").write_text('{"title": "判断", "fields": []}', encoding="utf-8")
    assert {one.file for one in check(tmp_path) if "用不到" in one.what or "用到" in one.what} == {
        "either.bpmn",
        "forms/judge.json",
    }


def test_conditions_that_cover_every_answer_need_no_default_way(tmp_path: Path) -> None:
    covered = bundle("loop").files["loop.bpmn"].replace(' default="loop_choice_to_last"', "")
    flow = '<bpmn:sequenceFlow id="loop_choice_to_last" sourceRef="loop_choice" targetRef="last"'
    condition = "<bpmn:conditionExpression>{}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    full = covered.replace(f"{flow}/>", f"{flow}>{condition.format('outcome == &quot;c&quot;')}")
    assert check(write(tmp_path, bundle("loop", loop=full))) == []
    gap = covered.replace(f"{flow}/>", f"{flow}>{condition.format('outcome == &quot;b&quot;')}")
    assert [one.what for one in check(write(tmp_path, bundle("loop", loop=gap)))] == ["没有一条路适合 outcome = c。"]


def test_a_side_branch_may_not_run_into_the_main_line(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        "guarded.bpmn",
        'sourceRef="reminder" targetRef="reminded"',
        'sourceRef="reminder" targetRef="guarded_merge"',
    )
    assert any("办两遍" in one.what for one in found)


def test_every_fault_is_one_line(tmp_path: Path) -> None:
    for one in faults(tmp_path, "loop.bpmn", "outcome=='a'", "outcom&#10;=='a'"):
        assert "\n" not in str(one)
