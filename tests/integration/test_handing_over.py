"""Work given to a unit, and many work items handed over or claimed at once, each by itself."""

import pytest

from engine.cases.claims import Target, claim, reassign, reassignment
from engine.cases.errors import NotPermitted, Refusal, Stale
from engine.cases.filters import Filters
from engine.cases.handing_over import SPREAD, claim_all, hand_over, hand_over_page
from engine.cases.menu_counts import in_hand
from engine.cases.work_tabs import Tab
from engine.cases.worklists import my_work


def person(office, name):
    return f"p{office.people[name].id}"


@pytest.fixture
def busy(office):
    """Five requests; the first three in the hands of `handler`, the fourth free, the fifth at the leader's sign-off."""
    office.cases = [office.register(subject=f"第{number}件").case_id for number in range(5)]
    for case in office.cases[:3]:
        claim(office.desk, office.people["handler"], office.open_steps(case)[0].id)
    office.advance(office.cases[4], until="leader_signoff")
    return office


def test_a_step_given_to_a_unit_is_taken_by_anybody_of_it_with_the_role(busy):
    supervisor, unit = busy.people["supervisor"], busy.units["政务公开股"]
    (work,) = busy.open_steps(busy.cases[0])
    page = reassignment(busy.desk, supervisor, work.id)
    assert dict(page.people) == {busy.people["handler2"].id: "经办人乙"}
    assert dict(page.units) == {unit: "政务公开股"}
    with pytest.raises(Refusal, match="财政股 没有可以办理“完整性审查”的人员"):
        reassign(busy.desk, supervisor, work.id, Target(unit_id=busy.units["财政股"]), "分工")
    reassign(busy.desk, supervisor, work.id, Target(unit_id=unit), "分工")
    (work,) = busy.open_steps(busy.cases[0])
    assert (work.unit_id, work.assignee_id, busy.case(busy.cases[0]).handler_id) == (unit, None, None)
    assert any("转给您所在科室，请签收办理" in text for text in busy.inbox("handler2"))
    listed = my_work(busy.desk, busy.people["handler2"], Tab.CLAIM, Filters())
    before = in_hand(busy.desk, busy.people["handler2"]).claim
    assert work.id in [row.work_item_id for row in listed.rows]
    assert listed.total == before
    claim(busy.desk, busy.people["handler2"], work.id)
    assert in_hand(busy.desk, busy.people["handler2"]).claim == before - 1
    assert busy.case(busy.cases[0]).handler_id == busy.people["handler2"].id
    (work,) = busy.open_steps(busy.cases[0])
    reassign(busy.desk, supervisor, work.id, Target(person_id=busy.people["handler"].id), "调回")
    (work,) = busy.open_steps(busy.cases[0])
    assert work.assignee_id == busy.people["handler"].id


def test_everything_of_somebody_who_leaves_is_looked_at_and_handed_over(busy):
    supervisor, leaving = busy.people["supervisor"], busy.people["handler"]
    page = hand_over_page(busy.desk, supervisor, person_id=leaving.id, to=person(busy, "handler2"))
    assert page.person == "经办人甲"
    assert {line.case_id for line in page.lines} == {*busy.cases[:3], busy.cases[4]}
    assert {line.to for line in page.lines} == {person(busy, "handler2")}
    assert [line.step for line in page.lines if line.case_id == busy.cases[4]] == [""]
    stolen = next(line for line in page.lines if line.case_id == busy.cases[1])
    reassign(busy.desk, leaving, stolen.item_id, Target(unit_id=busy.units["政务公开股"]), "抢先")
    done = hand_over(busy.desk, supervisor, [(line.key, line.held_by, line.to) for line in page.lines], "调离")
    assert [one.done for one in done].count(True) == 3
    (failed,) = [one for one in done if not one.done]
    assert failed.number == busy.case(busy.cases[1]).number
    assert "承办人已经变动" in failed.words
    assert {busy.case(case).handler_id for case in (busy.cases[0], busy.cases[4])} == {busy.people["handler2"].id}
    with pytest.raises(Refusal, match="转办原因"):
        hand_over(busy.desk, supervisor, [(page.lines[0].key, None, person(busy, "handler2"))], " ")


def test_rows_that_a_target_may_not_have_say_so(busy):
    supervisor = busy.people["supervisor"]
    page = hand_over_page(busy.desk, supervisor, cases=busy.cases, to=person(busy, "handler2"))
    told = {line.case_id: line for line in page.lines}
    assert told[busy.cases[3]].to == person(busy, "handler2")
    assert told[busy.cases[4]].to == ""
    assert told[busy.cases[4]].choices == (
        (person(busy, "leader"), "分管领导甲"),
        (f"u{busy.units['政务公开股']}", "政务公开股"),
    )
    outcome = hand_over(busy.desk, supervisor, [(told[busy.cases[4]].key, None, person(busy, "handler2"))], "试试")
    assert "不属于 经办人乙 的岗位职责" in outcome[0].words
    spread = hand_over_page(busy.desk, supervisor, cases=busy.cases[:4], to=SPREAD)
    assert [line.to for line in spread.lines if line.case_id != busy.cases[3]] == [person(busy, "handler2")] * 3
    with pytest.raises(NotPermitted):
        hand_over_page(busy.desk, busy.people["intake"], cases=busy.cases)


def test_whoever_drafted_is_not_offered_for_the_review(busy):
    case = busy.register(subject="分开").case_id
    busy.advance(case, until="first_signoff")
    (work,) = busy.open_steps(case)
    page = hand_over_page(busy.desk, busy.people["supervisor"], items=[work.id])
    assert person(busy, "handler") not in dict(page.lines[0].choices)


def test_claiming_many_does_what_can_be_done(busy):
    free = [work.id for case in busy.cases[:4] for work in busy.open_steps(case)]
    done = claim_all(busy.desk, busy.people["handler2"], [*free, 999_999])
    assert [one.done for one in done] == [False, False, False, True, False]
    assert "已由 经办人甲 签收" in done[0].words
    assert done[0].number == busy.case(busy.cases[0]).number
    assert [row.case_id for row in my_work(busy.desk, busy.people["handler2"], Tab.TODO, Filters()).rows] == [
        busy.cases[3]
    ]
    with pytest.raises(Refusal):
        claim_all(busy.desk, busy.people["handler2"], [])


def test_a_hand_over_page_asks_a_bounded_number_of_questions(busy):
    from sqlalchemy import event

    asked = []
    event.listen(
        busy.desk.sessions.engine, "before_cursor_execute", lambda _c, _k, statement, *_r: asked.append(statement)
    )

    def questions():
        asked.clear()
        hand_over_page(busy.desk, busy.people["supervisor"], person_id=busy.people["handler"].id, to=SPREAD)
        return len(asked)

    questions()
    before = questions()
    for number in range(6):
        case = busy.register(subject=f"再{number}").case_id
        claim(busy.desk, busy.people["handler"], busy.open_steps(case)[0].id)
    assert questions() == before


def test_a_reassignment_decided_on_an_older_state_is_stale(busy):
    (work,) = busy.open_steps(busy.cases[0])
    with pytest.raises(Stale, match="承办人已经变动"):
        reassign(busy.desk, busy.people["supervisor"], work.id, Target(unit_id=busy.units["政务公开股"]), "旧", None)
