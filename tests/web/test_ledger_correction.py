"""A slip in the ledger: struck out or put on its right day, with a reason, by the head of the office or supervision."""

import pytest

from engine.cases.letters_desk import issue_receipt


@pytest.fixture
def case(office):
    return office.register().case_id


def correction(case, seq=1):
    return f"/cases/{case}/ledger/{seq}/correct"


def test_the_right_day_moves_the_due_date_and_both_lines_stay(case, logged_in):
    supervisor = logged_in("supervisor")
    page = supervisor.get(f"/cases/{case}?tab=clock").text
    assert correction(case) in page
    assert "2026-06-04" in page
    supervisor.get(correction(case))
    answer = supervisor.post(
        correction(case), {"way": "date", "corrected_on": "2026-05-07", "reason": "登记簿写的是5月7日"}
    )
    assert answer.status_code == 303
    page = supervisor.get(f"/cases/{case}?tab=clock").text
    assert "2026-06-03" in page
    assert "登记簿写的是5月7日" in page
    assert "<s>提交申请</s>" in page
    assert supervisor.get(correction(case)).status_code == 404


def test_a_date_the_applicant_was_told_is_named_before_another_one_counts(case, office, logged_in):
    issue_receipt(office.desk, office.people["intake"], case)
    supervisor = logged_in("supervisor")
    supervisor.get(correction(case))
    given = {"way": "date", "corrected_on": "2026-05-07", "reason": "登记簿写的是5月7日"}
    answer = supervisor.post(correction(case), given)
    assert answer.status_code == 422
    for word in ("2026-06-04", "2026-06-03", "与已经告知申请人的", "登记簿写的是5月7日"):
        assert word in answer.text
    assert "已更正" not in supervisor.get(f"/cases/{case}?tab=clock").text
    assert supervisor.post(correction(case), {**given, "known": "yes"}).status_code == 303
    assert "2026-06-03" in supervisor.get(f"/cases/{case}?tab=clock").text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reason": "写错"}, "请选择怎样更正。"),
        ({"way": "date", "reason": "写错"}, "请填写正确的日期。"),
        ({"way": "date", "corrected_on": "2026-05-07"}, "请填写更正原因和依据。"),
        ({"way": "date", "corrected_on": "2026-05-20", "reason": "写错"}, "不能晚于今天"),
    ],
)
def test_what_is_missing_is_told_and_nothing_changes(case, logged_in, given, sentence):
    head = logged_in("disclosure_head")
    head.get(correction(case))
    answer = head.post(correction(case), given)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert given.get("reason", "") in answer.text
    assert "已更正" not in head.get(f"/cases/{case}?tab=clock").text


def test_others_neither_see_the_link_nor_open_the_page(case, logged_in):
    handler = logged_in("handler")
    assert "/ledger/1/correct" not in handler.get(f"/cases/{case}?tab=clock").text
    assert handler.get(correction(case)).status_code == 403
    assert handler.post(correction(case), {"way": "strike", "reason": "x"}).status_code == 403


def test_the_receipt_of_the_request_is_never_struck_out_without_another_day(case, logged_in):
    head = logged_in("disclosure_head")
    head.get(correction(case))
    answer = head.post(correction(case), {"way": "strike", "reason": "没有收到过"})
    assert answer.status_code == 422
    assert "收到申请的登记不能整条划去" in answer.text
    assert "<s>" not in head.get(f"/cases/{case}?tab=clock").text


def test_what_did_not_happen_is_struck_out_and_its_days_count_again(office, case, clock, logged_in):
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, request_kind="information", outcome="handle")
    office.act("request_extension", case, extension_days=20)
    office.do("extension_approve", case=case, outcome="approve")
    office.do("extension_issue", case=case)
    office.do("extension_service", case=case)
    head = logged_in("disclosure_head")
    assert "2026-07-03" in head.get(f"/cases/{case}?tab=clock").text
    head.get(correction(case, 2))
    given = {"way": "strike", "reason": "未送达"}
    assert "2026-07-03 周五 不同" in head.post(correction(case, 2), given).text
    assert head.post(correction(case, 2), {**given, "known": "yes"}).status_code == 303
    page = head.get(f"/cases/{case}?tab=clock").text
    assert "2026-06-04" in page
    assert "<s>延期答复</s>" in page
