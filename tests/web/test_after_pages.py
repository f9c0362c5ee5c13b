"""Pages after the reply: reconsideration and suit, table 4, conversion to publication."""

import pytest

COPY = {
    "kind": "reconsideration",
    "forum": "北江市人民政府",
    "procedure": "ordinary",
    "issue": "请求撤销答复书。",
    "received_on": "2026-05-08",
    "agent": "高文",
}


@pytest.fixture
def closed(office):
    case = office.register(subject="青石街改造工程批复").case_id
    office.advance(case)
    return case


@pytest.fixture
def legal(logged_in):
    return logged_in("legal")


def registered(legal, case, **changed):
    legal.get(f"/reviews/new/{case}")
    return legal.post(f"/reviews/new/{case}", {**COPY, **changed})


def test_the_case_page_leads_to_registering_and_shows_the_dates(legal, closed):
    assert f"/reviews/new/{closed}" in legal.get(f"/cases/{closed}?tab=after").text
    answer = registered(legal, closed)
    assert answer.status_code == 303
    page = legal.get(answer.headers["Location"]).text
    assert "2026-05-21" in page  # ten working days, the make-up Saturday 9 May among them
    assert "剩 10 个工作日" in page
    after = legal.get(f"/cases/{closed}?tab=after").text
    assert "北江市人民政府" in after
    register = legal.get("/reviews?due=yes").text
    assert "提出书面答复和证据" in register or "向主管部门备案" in register


def test_wrong_answers_stand_beside_what_was_typed(legal, closed):
    answer = registered(legal, closed, received_on="2027-01-01", forum="")
    assert answer.status_code == 422
    assert "日期不能晚于今天" in answer.text
    assert "请求撤销答复书。" in answer.text
    assert 'href="#f-forum"' in answer.text


def test_a_stage_is_recorded_and_a_mistake_voided(legal, closed):
    place = registered(legal, closed).headers["Location"]
    legal.get(place)
    assert legal.post(place, {"stage": "decided", "on": "2026-05-08"}).status_code == 422
    assert legal.post(place, {"stage": "filed", "on": "2026-05-08", "note": "已报告"}).status_code == 303
    assert "已报告" in legal.get(place).text
    refused = legal.post(f"{place}/void", {"reason": ""}, page=place)
    assert refused.status_code == 303
    assert "请填写作废的原因" in legal.get(place).text
    assert legal.post(f"{place}/void", {"reason": "登记错件"}, page=place).status_code == 303
    assert "登记错件" in legal.get(place).text
    assert "没有登记过复议、诉讼" in legal.get("/reviews").text


def test_an_order_to_reply_again_leads_back_to_the_open_case(legal, closed):
    place = registered(legal, closed).headers["Location"]
    legal.get(place)
    given = {"stage": "decided", "on": "2026-05-08", "result": "corrected", "again": "yes"}
    answer = legal.post(place, given)
    assert answer.headers["Location"].endswith(f"/cases/{closed}")
    page = legal.get(f"/cases/{closed}").text
    assert "研判分类" in page
    assert "2026-06-04" in page  # twenty working days anew


def test_table_4_opens_its_lines(legal, closed):
    registered(legal, closed)
    page = legal.get("/reviews/table4?year=2026").text
    assert "/reviews?kind=reconsideration&amp;result=pending" in page
    assert legal.get("/reviews?kind=reconsideration&result=pending").text.count("2026-0001") >= 1


def test_others_read_the_register_but_do_not_write(logged_in, legal, closed):
    place = registered(legal, closed).headers["Location"]
    handler = logged_in("handler")
    assert "登记进展" not in handler.get(place).text
    assert handler.post(place, {"stage": "filed"}).status_code == 403
    assert handler.get(f"/reviews/new/{closed}").status_code == 403
    assert logged_in("unit").get(f"/cases/{closed}?tab=after").status_code == 404


def test_what_was_disclosed_is_proposed_approved_and_published(logged_in, legal, office):
    case = office.register(subject="青石街改造工程批复").case_id
    office.advance(case, until="draft")
    office.do("draft", case=case, outcome="submit", decision="G3", place="政务服务中心", available_on="2026-05-11")
    office.advance(case)
    assert f"/publications/new/{case}" in legal.get(f"/cases/{case}?tab=after").text
    page = f"/publications/new/{case}"
    legal.get(page)
    assert legal.post(page, {"title": "", "reason": ""}).status_code == 422
    assert legal.post(page, {"title": "青石街改造工程批复", "reason": "多人申请。"}).status_code == 303
    head = logged_in("disclosure_head")
    head.get("/publications")
    assert head.post("/publications/1/settle", {"approve": "no"}, page="/publications").status_code == 422
    assert head.post("/publications/1/settle", {"approve": "yes"}, page="/publications").status_code == 303
    publisher = logged_in("publisher")
    assert "2026-06-04" in publisher.get("/publications").text
    wrong = publisher.post("/publications/1/publish", {"on": "x", "locator": ""}, page="/publications")
    assert (wrong.status_code, "请填写公开日期" in wrong.text) == (422, True)
    given = {"on": "2026-05-08", "locator": "https://www.yunling.example/1"}
    assert publisher.post("/publications/1/publish", given, page="/publications").status_code == 303
    assert "已主动公开" in legal.get(f"/cases/{case}?tab=after").text
