"""Receipts, the register of document numbers, and voided letters."""

import pytest

from letters.plain_text import lines


@pytest.fixture
def case(office):
    return office.register(subject="青石街改造工程批复").case_id


@pytest.fixture
def issued(office, case):
    office.advance(case, until="dispatch")
    return case


def test_the_receipt_tells_the_dates_and_is_made_once(case, logged_in):
    intake = logged_in("intake")
    intake.get(f"/cases/{case}")
    first = intake.post(f"/cases/{case}/receipt", page=f"/cases/{case}")
    second = intake.post(f"/cases/{case}/receipt", page=f"/cases/{case}")
    assert first.headers["Location"] == second.headers["Location"]
    text = "\n".join(lines(intake.get(first.headers["Location"]).data))
    assert "2026年6月4日" in text
    assert "2026-0001" in text


def test_the_register_lists_numbered_letters_and_finds_them(issued, logged_in):
    legal = logged_in("legal")
    page = legal.get("/letters").text
    assert "云政公复〔2026〕1号" in page
    assert "已编 1 个文号，其中作废 0 个。" in page
    assert "云政公复" in legal.get("/letters?series=reply&year=2026&text=韩立国").text
    assert "没有符合条件的文书" in legal.get("/letters?series=notice").text
    assert legal.get("/letters?year=x&page=-3&series=%27").status_code == 200


def test_a_voided_number_keeps_its_line_and_reason_and_the_new_letter_takes_the_next(office, issued, logged_in):
    legal = logged_in("legal")
    page = legal.get(f"/cases/{issued}?tab=letters").text
    letter = int(page.split("/letters/")[1].split("/")[0])
    legal.get(f"/letters/{letter}/void")
    answer = legal.post(f"/letters/{letter}/void", {"reissue": "yes"})
    assert answer.status_code == 422
    assert "请填写作废原因。" in answer.text
    before = legal.get(f"/letters/{letter}/file").data
    answer = legal.post(f"/letters/{letter}/void", {"reason": "印章模糊", "reissue": "yes"})
    page = legal.get(answer.headers["Location"]).text
    assert "云政公复〔2026〕2号" in page
    assert "印章模糊" in page
    assert legal.get(f"/letters/{letter}/file").data == before
    register = legal.get("/letters?void=yes").text
    assert "云政公复〔2026〕1号" in register
    assert "作废原因：印章模糊" in register
    answer = legal.post(f"/letters/{letter}/void", {"reason": "再来"})
    assert "已经作废" in answer.text
    assert logged_in("handler").post(f"/letters/{letter}/void", {"reason": "x"}).status_code == 403


def test_a_reply_that_was_served_cannot_be_voided(office, issued, logged_in):
    office.do("dispatch", case=issued, mode="pickup")
    legal = logged_in("legal")
    page = legal.get(f"/cases/{issued}?tab=letters").text
    letter = int(page.split("/letters/")[1].split("/")[0])
    legal.get(f"/letters/{letter}/void")
    answer = legal.post(f"/letters/{letter}/void", {"reason": "写错"})
    assert answer.status_code == 422
    assert "不能作废；需要改正的，应当另行作出处理" in answer.text


def test_a_letter_of_somebody_elses_case_is_not_found(issued, logged_in):
    assert logged_in("unit").get("/letters/1/file").status_code == 404
    assert logged_in("legal").get("/letters/999/file").status_code == 404
    assert logged_in("unit").get("/letters").status_code == 403


def test_a_broken_template_is_named_and_no_number_is_used(office, case, logged_in, monkeypatch):
    from engine.cases import issuing

    office.advance(case, until="issue_reply")
    whole = issuing.template_in_use
    monkeypatch.setattr(issuing, "template_in_use", lambda *_given: b"no zip file")
    opened, _legal = office.open("issue_reply", case=case, who="legal")
    legal = logged_in("legal")
    legal.get(f"/work/{opened.work_item_id}")
    answer = legal.post(f"/work/{opened.work_item_id}", {"outcome": "issue"})
    assert answer.status_code == 422
    assert "的模板 A-" in answer.text
    assert "请法制人员换用完好的模板。" in answer.text
    assert "云政公复〔2026〕" not in legal.get("/letters").text
    monkeypatch.setattr(issuing, "template_in_use", whole)
    office.do("issue_reply", case=case, outcome="issue")
    assert "云政公复〔2026〕1号" in legal.get("/letters").text
