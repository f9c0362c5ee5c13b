"""The page of a case: date and reason, personal data, papers, diagram."""

import io
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from engine.store.tables import CaseEvent


@pytest.fixture
def case(office):
    return office.register(
        subject="青石街改造工程批复",
        id_kind="id_card",
        id_number="11010519491231002X",
        phone="13800001234",
        address="云岭县青石街7号",
    ).case_id


def test_the_page_says_when_it_is_due_and_why(case, logged_in):
    page = logged_in("handler").get(f"/cases/{case}?tab=clock").text
    for word in ("剩 20 个工作日", "2026-06-04 周四", "提交之日为收到申请之日", "条例第三十三条第二款", "2026-05-09"):
        assert word in page, word
    assert page.count('class="day counted') >= 20


def test_the_strip_tells_days_apart_by_word_and_shape(office, case, clock, logged_in):
    clock.moment = datetime(2026, 6, 9, 2, 0, tzinfo=UTC)
    page = logged_in("handler").get(f"/cases/{case}").text
    assert "超期 3 个工作日" in page
    assert "<b>+3</b>" in page
    for word in ("今天", "届满", "休", "班", "超期第3个工作日"):
        assert word in page
    assert "20 个工作日已用完" in page


def test_an_unconfirmed_request_shows_the_cautious_date_and_no_receipt(office, logged_in):
    case = office.register(channel="internet", email="han@example.org").case_id
    intake = logged_in("intake")
    page = intake.get(f"/cases/{case}").text
    assert "待确认，剩 20 个工作日" in page
    assert "按到达日推算届满" in page
    assert "打印回执" not in page.split("<main")[1]
    answer = intake.post(f"/cases/{case}/receipt", page=f"/cases/{case}")
    assert "尚未与申请人确认" in intake.get(answer.headers["Location"]).text


def test_personal_data_are_masked_until_a_reason_is_given_and_the_look_is_recorded(case, desk, logged_in):
    legal = logged_in("legal")
    page = legal.get(f"/cases/{case}").text
    for secret in ("13800001234", "11010519491231002X", "青石街7号"):
        assert secret not in page
        assert secret not in legal.get(f"/cases/{case}?tab=papers").text
    assert "138****1234" in page
    answer = legal.post(f"/cases/{case}/reveal", {"reason": " "}, page=f"/cases/{case}")
    assert answer.status_code == 422
    assert "请填写查看完整个人信息的理由。" in answer.text
    assert "13800001234" not in answer.text
    answer = legal.post(f"/cases/{case}/reveal", {"reason": "核对送达地址"}, page=f"/cases/{case}")
    assert "13800001234" in answer.text
    with desk.reading() as session:
        seen = session.scalars(select(CaseEvent).where(CaseEvent.action == "reveal")).all()
    assert [(one.actor_name, "核对送达地址" in one.data) for one in seen] == [("法制人员甲", True)]
    assert logged_in("leader").post(f"/cases/{case}/reveal", {"reason": "x"}).status_code == 403


def test_nothing_is_shown_that_has_no_value(office, case, logged_in):
    handler = logged_in("handler")
    bare = office.register(subject="无联系方式", phone="").case_id
    for number in (case, bare):
        facts = handler.get(f"/cases/{number}").text.split('id="applicant-title"')[1].split("</dl>")[0]
        assert "电子邮箱" not in facts
        assert not re.search(r"<dd[^>]*>\s*(—|None)?\s*</dd>", facts)
        assert ("电话" in facts) == (number == case)


def test_papers_are_uploaded_and_come_back_under_a_safe_name(case, logged_in):
    handler = logged_in("handler")
    handler.get(f"/cases/{case}?tab=papers")
    files = [(io.BytesIO(b"%PDF-1.7 scan"), "../../etc/申请表<1>.pdf"), (io.BytesIO("记录".encode()), "电话.txt")]
    answer = handler.post(
        f"/cases/{case}/documents", {"files": files}, page=f"/cases/{case}", content_type="multipart/form-data"
    )
    assert answer.headers["Location"] == f"/cases/{case}?tab=papers"
    page = handler.get(answer.headers["Location"]).text
    assert "申请表_1_.pdf" in page
    assert "etc" not in page.split("<main")[1]
    answer = handler.get("/cases/documents/1")
    assert answer.data == b"%PDF-1.7 scan"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert logged_in("unit").get("/cases/documents/1").status_code == 404
    assert handler.get("/cases/documents/99").status_code == 404


def test_the_copy_of_an_identity_card_is_not_for_everybody(office, logged_in):
    intake = logged_in("intake")
    intake.get("/register/disclosure_request")
    form = {
        "channel": "in_person",
        "arrived_on": "2026-05-08",
        "kind": "natural_person",
        "name": "韩立国",
        "subject": "批复",
        "content": "批复文件",
        "id_files": (io.BytesIO(b"%PDF-1.7 id"), "身份证.pdf"),
    }
    assert intake.post("/register/disclosure_request", form, content_type="multipart/form-data").status_code == 303
    assert intake.get("/cases/documents/1").status_code == 200
    answer = logged_in("leader").get("/cases/documents/1")
    assert answer.status_code == 403
    assert "身份证明材料只有经办人员可以查看。" in answer.text


def test_the_diagram_is_the_cases_own_and_says_in_words_where_it_stands(office, case, logged_in):
    handler = logged_in("handler")
    page = handler.get(f"/cases/{case}?tab=diagram").text
    assert "受理审查" in page
    assert "正在办理" in page
    assert "&#34;completeness&#34;" in page
    xml = handler.get(f"/cases/{case}/diagrams/intake_check.bpmn")
    assert xml.mimetype == "application/xml"
    assert b"<bpmn" in xml.data[:2000]
    assert b'id="completeness"' in xml.data
    assert handler.get(f"/cases/{case}/diagrams/no_such.bpmn").status_code == 404
    assert logged_in("unit").get(f"/cases/{case}/diagrams/intake_check.bpmn").status_code == 404
    top = handler.get(f"/cases/{case}?tab=diagram&level=disclosure_request").text
    assert "data-current" in top
    assert "intake_check" in top


def test_every_tab_opens_at_every_stage(office, case, logged_in):
    handler = logged_in("handler")
    for stage in ("completeness", "draft", "issue_reply", "archive", None):
        office.advance(case, until=stage)
        for tab in ("overview", "clock", "letters", "papers", "flow", "diagram", "no-such"):
            assert handler.get(f"/cases/{case}?tab={tab}").status_code == 200, (stage, tab)


def test_other_requests_of_the_same_applicant_are_named(office, case, logged_in):
    office.register(subject="另一件批复", id_kind="id_card", id_number="11010519491231002X")
    page = logged_in("handler").get(f"/cases/{case}").text
    assert "另一件批复" in page


def test_the_flow_record_says_who_did_what_with_which_words(office, case, logged_in):
    office.do("completeness", case=case, outcome="complete", completeness_note="内容明确")
    page = logged_in("handler").get(f"/cases/{case}?tab=flow").text
    for word in ("收件员甲", "经办人甲", "内容明确，转入办理", '<p class="quoted lines-kept">内容明确</p>'):
        assert word in page
