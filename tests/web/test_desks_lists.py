"""Lists answer who, what and by when, and keep their filters in the address."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event


def test_the_supervisor_sees_everything_by_what_is_due(cases, clock, logged_in):
    page = logged_in("supervisor").get("/cases").text
    order = [page.index(word) for word in ("老旧小区", "青石街", "标准化")]
    assert order == sorted(order)
    assert "超期" in page
    assert "待确认，剩 20 个工作日" in page
    assert "按到达日推算" in page


def test_work_is_grouped_by_urgency(cases, logged_in):
    page = logged_in("handler").get("/work?tab=claim").text
    assert page.index("已超期 <span") < page.index("一周以后到期 <span")
    assert "待签" in page


def test_filters_narrow_and_can_be_taken_away_one_by_one(cases, logged_in):
    supervisor = logged_in("supervisor")
    page = supervisor.get("/cases?text=青石街&channel=in_person&light=later").text
    assert "青石街改造" in page
    assert "老旧小区" not in page
    assert "含“青石街”" in page
    assert 'href="/cases?channel=in_person&amp;light=later"' in page
    page = supervisor.get("/cases?light=overdue").text
    assert "老旧小区" in page
    assert "青石街改造" not in page


@pytest.mark.parametrize(
    "query",
    ["page=999999999", "page=-1", "page=x", "handler=abc", "from=yesterday", "light=green", "sort=%27", "text=%25_%5C"],
)
def test_a_crooked_address_counts_as_no_filter(cases, logged_in, query):
    assert logged_in("supervisor").get(f"/cases?{query}").status_code == 200


def test_an_empty_result_offers_the_way_back(cases, logged_in):
    page = logged_in("supervisor").get("/cases?text=没有这样的").text
    assert "没有符合条件的办件" in page
    assert "去掉全部条件" in page


def test_an_empty_desk_says_what_to_do_next(office, logged_in):
    handler = logged_in("handler")
    assert "需要您办理的环节签收以后列在这里。" in handler.get("/work").text
    office.register()
    assert "去签收（1 件待签）" in handler.get("/work").text


def test_thirty_lines_a_page_and_the_total(office, logged_in):
    for number in range(31):
        office.register(subject=f"第{number}件")
    page = logged_in("supervisor").get("/cases").text
    assert "共 31 条，第 1 / 2 页" in page
    assert 'href="/cases?page=2"' in page


def test_a_closed_case_stands_once_among_the_closed(office, cases, logged_in):
    office.clock.on("2026-05-08")
    office.advance(cases[1])
    page = logged_in("handler").get("/work?tab=closed").text
    assert page.count("青石街改造工程批复</span>") == 1
    assert "按期办结" in page


def test_units_do_not_see_the_list_of_all(cases, logged_in):
    assert logged_in("unit").get("/cases").status_code == 403
    assert logged_in("unit").get("/work").status_code == 200
    assert logged_in("admin").get("/work").status_code == 403


def test_a_case_that_waits_for_the_applicant_is_not_counted_late(office, cases, clock, logged_in):
    clock.moment = datetime(2026, 5, 8, 2, 0, tzinfo=UTC)
    office.do("completeness", case=cases[1], outcome="correct")
    for element in ("correction_draft", "correction_issue", "correction_service"):
        office.do(element, case=cases[1])
    page = logged_in("supervisor").get("/cases?text=青石街").text
    assert "等待申请人" in page
    assert "不计算" in page


def test_where_there_are_too_many_people_to_choose_from_a_part_of_the_name_is_typed(
    cases, office, logged_in, monkeypatch
):
    office.do("completeness", case=cases[1], who="handler", outcome="complete")
    supervisor = logged_in("supervisor")
    assert 'name="handler_name"' not in supervisor.get("/cases").text
    monkeypatch.setattr("engine.cases.list_choices.OFFERED", 0)
    page = supervisor.get("/cases?handler_name=人甲&unit_name=公开").text
    assert 'name="handler_name" type="search" value="人甲"' in page
    assert 'name="unit_name" type="search" value="公开"' in page
    assert '<select class="input" id="q-handler"' not in page
    assert "经办人含“人甲”" in page
    assert "2026-0002" in page
    assert "2026-0001" not in page
    mine = office.people["handler"].id
    page = supervisor.get(f"/cases?handler={mine}").text
    assert f'type="hidden" name="handler" value="{mine}"' in page
    assert "经办人甲 <" in page
    assert "2026-0002" in page


def test_a_case_closed_before_eight_in_the_morning_was_closed_on_that_day_at_the_office(
    cases, office, clock, logged_in
):
    clock.moment = datetime(2026, 5, 11, 16, 30, tzinfo=UTC)  # half past midnight in the county
    office.advance(cases[1])
    page = logged_in("supervisor").get("/cases?status=closed").text
    assert '<td class="nowrap">2026-05-12</td>' in page


def test_where_more_waits_than_is_counted_the_figure_says_so(cases, logged_in, monkeypatch):
    monkeypatch.setattr("webui.frame.AT_FIRST", 1)
    page = logged_in("handler").get("/work").text
    assert '<span class="count quiet">1+<' in page
    assert "1+ 件待签" in page


def test_a_list_with_its_frame_takes_a_bounded_number_of_statements(cases, desk, logged_in):
    handler, supervisor = logged_in("handler"), logged_in("supervisor")
    sent = []
    event.listen(desk.sessions.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    for person, page, most in ((handler, "/work", 7), (handler, "/work?tab=claim", 7), (supervisor, "/cases", 13)):
        person.get(page)
        sent.clear()
        assert person.get(page).status_code == 200
        asked = [one for one in sent if not one.startswith("BEGIN")]
        assert len(asked) <= most, asked
