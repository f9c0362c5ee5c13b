"""The supervisor's board, its lists and causes, what falls due when, reminders and followed-up items."""

from datetime import date

import pytest

from engine.cases.due_calendar import due_days
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal, Stale
from engine.cases.escalation import escalate
from engine.cases.reminding import answer_reminder, remind, reminders, reminders_of, reminding
from engine.cases.reviews import register_review
from engine.cases.supervised import PRESSING, Group
from engine.cases.supervision import board, causes, trend
from engine.cases.supervision_items import close_item, items, open_item, report_item
from engine.cases.supervision_lists import Wanted, cases_of, steps_of
from engine.statute.light import Light


@pytest.fixture
def running(office):
    """A case in the hands of handler, received on 2026-09-16, due on 2026-10-20."""
    case = office.register(subject="青石街改造工程批复").case_id
    office.do("completeness", case=case, who="handler", outcome="complete")
    office.do("triage", case=case, who="handler", outcome="handle")
    return case


def numbers(office, group, **narrowed):
    page = cases_of(office.desk, office.people["supervisor"], Wanted(group, **narrowed))
    return [row.case_id for row in page.rows]


def test_a_case_moves_from_soon_to_overdue_to_late(office, running):
    supervisor = office.people["supervisor"]

    def total():
        found = board(office.desk, supervisor).total
        return (found.soon, found.overdue, found.late)

    assert total() == (0, 0, 0)
    office.clock.on("2026-10-15")
    assert total() == (1, 0, 0)
    assert numbers(office, Group.SOON) == [running]
    office.clock.on("2026-10-22")
    assert total() == (0, 1, 0)
    assert numbers(office, Group.OVERDUE) == [running]
    office.do("plan", case=running, outcome="draft")
    office.advance(running)
    assert total() == (0, 0, 1)
    [row] = cases_of(office.desk, supervisor, Wanted(Group.LATE)).rows
    assert (row.late_working_days, row.handler) == (2, "经办人甲")
    office.clock.on("2027-01-05")
    assert total() == (0, 0, 0)  # late ones are counted by the year


def test_the_board_names_units_people_and_the_step_that_held_the_case(office, running):
    office.clock.on("2026-10-22")
    found = board(office.desk, office.people["supervisor"])
    [unit] = found.units
    [person] = unit.people
    assert (unit.name, person.name) == ("政务公开股", "经办人甲")
    assert (person.tally.overdue, person.open_cases, person.open_steps) == (1, 1, 1)
    # From 16 September to 22 October: 22 working days, National Day and Mid-Autumn left out.
    [cause] = found.causes
    assert (cause.step, cause.cases, cause.working_days) == ("办理安排", 1, 22)
    [row] = cases_of(office.desk, office.people["supervisor"], Wanted(Group.OVERDUE)).rows
    assert (row.held[0].step, row.held[0].who, row.held[0].open) == ("办理安排", "经办人甲", True)
    assert row.light.light is Light.OVERDUE


def test_what_happens_after_the_reply_holds_nothing(office):
    case = office.register().case_id
    office.clock.on("2026-10-26")
    office.advance(case, until="archive")
    office.clock.on("2026-12-01")
    [row] = cases_of(office.desk, office.people["supervisor"], Wanted(Group.LATE)).rows
    assert "归档" not in {one.step for one in row.held}
    assert row.held[0].step == "完整性审查"


def test_lists_narrow_to_a_person_or_a_unit(office, running):
    office.clock.on("2026-10-22")
    assert numbers(office, Group.OVERDUE, handler=office.people["handler"].id) == [running]
    assert numbers(office, Group.OVERDUE, handler=office.people["handler2"].id) == []
    assert numbers(office, Group.OVERDUE, handler=0) == []
    assert numbers(office, Group.OVERDUE, unit=office.units["政务公开股"]) == [running]
    assert numbers(office, Group.OVERDUE, unit=office.units["财政股"]) == []
    nobody = office.register().case_id
    office.clock.on("2026-12-15")
    assert numbers(office, Group.OVERDUE, unit=0) == [nobody]


def test_a_drill_and_a_stopped_case_are_not_overdue(office):
    office.register(drill="1")
    waiting = office.register().case_id
    office.do("completeness", case=waiting, who="handler", outcome="correct", missing="请写明文件名称。")
    while "correction_service" not in office.waiting(waiting):
        office.do(office.waiting(waiting)[0], case=waiting, outcome="issue")
    office.do("correction_service", case=waiting)
    office.clock.on("2026-12-15")
    assert waiting not in numbers(office, Group.OVERDUE)
    assert board(office.desk, office.people["supervisor"]).total.overdue == 0


def test_a_step_that_somebody_else_held_bears_his_name(office, running):
    office.do("plan", case=running, outcome="draft")
    office.advance(running, until="legal_review")
    office.clock.on("2026-09-30")
    office.do("legal_review", case=running, outcome="approve")
    office.clock.on("2026-10-22")
    [row] = cases_of(office.desk, office.people["supervisor"], Wanted(Group.OVERDUE)).rows
    held = {one.step: one.who for one in row.held}
    assert row.handler == "经办人甲"
    assert held["合法性审查"] == office.people["legal"].name


def test_the_trend_counts_by_month(office, running):
    office.advance(office.register().case_id)
    office.clock.on("2026-10-22")
    office.do("plan", case=running, outcome="draft")
    office.advance(running)
    months = {str(one.first): one for one in trend(office.desk, office.people["leader"])}
    assert len(months) == 12
    assert months["2026-09-01"].received == 2
    assert (months["2026-09-01"].replied, months["2026-09-01"].late) == (1, 0)
    assert (months["2026-10-01"].replied, months["2026-10-01"].late) == (1, 1)
    assert months["2025-11-01"].received == 0


def test_the_calendar_shows_replies_own_dates_and_items(office, running):
    legal, supervisor = office.people["legal"], office.people["supervisor"]
    copy = {"kind": "direct_suit", "forum": "北江市中级人民法院", "issue": "逾期不答复", "received_on": "2026-09-16"}
    register_review(office.desk, legal, running, copy)
    open_item(
        office.desk, supervisor, title="整改", demand="说明原因", holder_id=office.people["handler"].id,
        due_on="2026-10-20", case_id=running,
    )  # fmt: skip
    days = due_days(office.desk, supervisor, date(2026, 9, 14), date(2026, 10, 25))
    found = {str(day.on): [entry.kind for entry in day.entries] for day in days if day.entries}
    assert found == {"2026-09-20": ["filing"], "2026-10-08": ["defence"], "2026-10-20": ["reply", "item"]}
    by_day = {str(day.on): day for day in days}
    assert by_day["2026-09-16"].today
    assert not by_day["2026-10-01"].working
    assert by_day["2026-09-20"].working  # the make-up Sunday


def test_a_reminder_wants_an_answer(office, running):
    supervisor, handler = office.people["supervisor"], office.people["handler"]
    offered = reminding(office.desk, supervisor, running)
    assert [(one[0], one[2]) for one in offered.people] == [(handler.id, "办理安排")]
    with pytest.raises(AnswerErrors) as faults:
        remind(office.desk, supervisor, running, office.people["leader"].id, " ")
    assert set(faults.value.errors) == {"account_id", "text"}
    remind(office.desk, supervisor, running, handler.id, "请于明日前拿出方案。")
    assert any("催办" in text for text in office.inbox("handler"))
    [mine] = reminders(office.desk, handler).rows
    assert mine.mine
    assert reminders(office.desk, office.people["intake"]).rows == ()
    with pytest.raises(NotFound):
        answer_reminder(office.desk, supervisor, mine.id, "代答")
    with pytest.raises(AnswerErrors):
        answer_reminder(office.desk, handler, mine.id, "")
    answer_reminder(office.desk, handler, mine.id, "明日上午拟稿。")
    with pytest.raises(Stale):
        answer_reminder(office.desk, handler, mine.id, "再答")
    assert any("已答复催办" in text for text in office.inbox("supervisor"))
    [told] = reminders_of(office.desk, supervisor, running)
    assert (told.answer, told.mine) == ("明日上午拟稿。", False)
    assert reminders(office.desk, supervisor).rows == ()


def test_a_step_that_nobody_has_taken_is_urged_on_whoever_could(office):
    case = office.register().case_id
    offered = reminding(office.desk, office.people["supervisor"], case).people
    assert {one[0] for one in offered} == {office.people[name].id for name in ("handler", "handler2")}


def test_only_supervisors_remind_and_archived_cases_are_left_alone(office, running):
    with pytest.raises(NotPermitted):
        remind(office.desk, office.people["handler"], running, office.people["handler2"].id, "快办")
    office.do("plan", case=running, outcome="draft")
    office.advance(running)
    with pytest.raises(Refusal):
        reminding(office.desk, office.people["supervisor"], running)


def test_an_item_is_followed_up_to_its_result(office):
    supervisor, unit = office.people["supervisor"], office.people["unit"]
    with pytest.raises(AnswerErrors) as faults:
        open_item(office.desk, supervisor, title="", demand="", holder_id=None, due_on="2026-09-01")
    assert set(faults.value.errors) == {"title", "demand", "holder_id", "due_on"}
    item = open_item(
        office.desk, supervisor, title="超期件整改", demand="逐件说明", holder_id=unit.id, due_on="2026-09-18"
    )
    assert any("督办第 1 项" in text for text in office.inbox("unit"))
    assert items(office.desk, office.people["handler"]).rows == ()
    [mine] = items(office.desk, unit).rows
    assert mine.light.light is Light.SOON
    with pytest.raises(NotPermitted):
        report_item(office.desk, supervisor, item, "代报")
    report_item(office.desk, unit, item, "已逐件说明。")
    assert any("已反馈" in text for text in office.inbox("supervisor"))
    office.clock.on("2026-09-21")
    close_item(office.desk, supervisor, item, "整改到位")
    with pytest.raises(Stale):
        close_item(office.desk, supervisor, item, "再次办结")
    assert items(office.desk, supervisor).rows == ()
    [closed] = items(office.desk, supervisor, only_open=False).rows
    assert (closed.result, closed.closed_in_time) == ("整改到位", False)


def test_who_may_see_the_board(office):
    for name in ("handler", "unit", "intake"):
        for page in (board, causes):
            with pytest.raises(NotPermitted):
                page(office.desk, office.people[name])


def test_an_item_climbs_the_ladder(office):
    supervisor, unit = office.people["supervisor"], office.people["unit"]
    open_item(office.desk, supervisor, title="整改", demand="说明", holder_id=unit.id, due_on="2026-09-18")
    office.clock.on("2026-09-17")
    escalate(office.desk)
    assert "督办：督办第 1 项的期限剩 1 个工作日，2026-09-18 到期。" in office.inbox("unit")
    office.clock.on("2026-09-21")
    escalate(office.desk)
    assert any("已超期" in text for text in office.inbox("unit"))
    assert any("督办第 1 项的期限已超期" in text for text in office.inbox("supervisor"))


def test_an_unanswered_reminder_climbs_to_those_above(office, running):
    supervisor, handler = office.people["supervisor"], office.people["handler"]
    remind(office.desk, supervisor, running, handler.id, "请办理。")
    [line] = reminders(office.desk, supervisor).rows
    assert line.due.value == date(2026, 9, 18)

    def climbed(name):
        return [text for text in office.inbox(name) if "催办的答复期限" in text]

    for day in ("2026-09-17", "2026-09-18", "2026-09-20", "2026-09-21", "2026-09-22"):
        office.clock.on(day)
        escalate(office.desk)
        escalate(office.desk)
    # The 20th is a make-up Sunday; the 22nd is the third working day after.
    assert climbed("handler") == [
        "2026-0001：催办的答复期限今日到期（2026-09-18）。",
        *[f"2026-0001：催办的答复期限已超期 {late} 个工作日，应于 2026-09-18 前办结。" for late in (1, 2, 3)],
    ]
    assert (len(climbed("unit_head")), len(climbed("supervisor")), len(climbed("leader"))) == (3, 3, 1)
    answer_reminder(office.desk, handler, line.id, "明日办结。")
    office.clock.on("2026-09-23")
    escalate(office.desk)
    assert len(climbed("handler")) == 4


def test_every_figure_of_the_board_counts_what_its_list_holds(office, running, monkeypatch):
    supervisor = office.people["supervisor"]
    office.clock.on("2026-10-21")
    late = office.register(arrived_on="2026-09-16").case_id
    office.do("completeness", case=late, who="handler2", outcome="complete")
    office.advance(late)
    office.register(arrived_on="2026-09-21")
    office.register(drill="1")
    found = board(office.desk, supervisor)

    def listed(group, **narrowed):
        page = cases_of(office.desk, supervisor, Wanted(group, **narrowed))
        assert page.total == len(page.rows)
        return page.total

    for unit in found.units:
        for group in PRESSING:
            assert getattr(unit.tally, group) == listed(group, unit=unit.id or 0)
        assert unit.open_cases == listed(Group.OPEN, unit=unit.id or 0)
        assert unit.open_steps == steps_of(office.desk, supervisor, None, unit.id or 0).total
        for one in unit.people:
            for group in PRESSING:
                assert getattr(one.tally, group) == listed(group, handler=one.id or 0)
            assert one.open_cases == listed(Group.OPEN, handler=one.id or 0)
            assert one.open_steps == steps_of(office.desk, supervisor, one.id or 0, None).total
    # A large office leafs through its units: the same lines, the one with the overdue case first.
    leafed = [board(office.desk, supervisor, number, 1) for number in range(1, 30)]
    assert len({page.number for page in leafed}) == leafed[-1].pages == len(office.units) + 1
    shown = [unit for page in leafed[: leafed[-1].pages] for unit in page.units]
    assert sorted((one for one in shown if one.people), key=str) == sorted(found.units, key=str)
    assert len(shown) == leafed[-1].pages
    assert shown[0].name == "政务公开股"
    for group in PRESSING:
        assert getattr(found.total, group) == listed(group) == 1
    assert [(one.cases, listed(Group.HELD, step=one.step)) for one in found.causes] == [(1, 1)]
    monkeypatch.setattr("engine.cases.supervision.CAUSES_FROM", 1)
    assert board(office.desk, supervisor).causes is None
    assert causes(office.desk, supervisor) == found.causes
    for one in trend(office.desk, supervisor):
        assert one.received == listed(Group.RECEIVED, month=one.first)
        assert one.replied == listed(Group.REPLIED, month=one.first)
        assert one.late == listed(Group.REPLIED_LATE, month=one.first)
    assert listed(Group.REPLIED_LATE) == 1
