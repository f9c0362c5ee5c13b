"""A slip in the ledger: struck out or put on its right day, with a reason, by the head of the office or supervision."""

import pytest


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


def test_a_ledger_that_makes_no_sense_any_more_is_refused(office, case, logged_in):
    office.advance(case, until="dispatch")
    head = logged_in("disclosure_head")
    head.get(correction(case))
    answer = head.post(correction(case), {"way": "strike", "reason": "没有收到过"})
    assert answer.status_code in {303, 422}
