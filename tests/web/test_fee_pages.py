"""The processing fee: whoever records the payment reads what is due, and only the whole sum pays it up."""

import pytest

from engine.cases.errors import AnswerErrors
from engine.cases.timers import fire_due_timers


@pytest.fixture
def case(office):
    """A case whose applicant is to pay 5,100 yuan."""
    case = office.register().case_id
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, request_kind="information", outcome="handle")
    office.do("plan", case=case, outcome="fee")
    office.do("fee_draft", case=case, fee_mode="per_page", fee_pages=260)
    office.do("fee_issue", case=case, outcome="issue")
    office.do("fee_service", case=case)
    return case


def test_the_payment_form_names_the_sum_that_was_charged(office, logged_in, case):
    opened, _intake = office.open("fee_payment", case=case, who="intake")
    page = logged_in("intake").get(f"/work/{opened.work_item_id}").text
    assert "计费数量 260，应缴信息处理费 5100 元。" in page


def test_a_part_of_the_sum_starts_nothing_and_the_whole_starts_the_period_anew(office, logged_in, case):
    def refused(**answers: object) -> str:
        with pytest.raises(AnswerErrors) as told:
            office.do("fee_payment", case=case, who="intake", **answers)
        return " ".join(told.value.errors.values())

    assert "尚差 2100 元" in refused(outcome="full", fee_amount=3000)
    assert "多出 1 元" in refused(outcome="full", fee_amount=5101)
    assert "已经缴清" in refused(outcome="part", fee_amount=5100)
    office.do("fee_payment", case=case, who="intake", outcome="part", fee_amount=3000)
    assert "fee_paid" not in office.ledger(case)
    assert office.case(case).clock_status == "waiting"
    opened, _intake = office.open("fee_payment", case=case, who="intake")
    assert "已登记 3000 元，尚差 2100 元" in logged_in("intake").get(f"/work/{opened.work_item_id}").text
    assert "尚差 1100 元" in refused(outcome="full", fee_amount=1000)
    assert "不能早于" in refused(outcome="full", fee_amount=2100, fee_paid_on="2026-05-01")
    office.do("fee_payment", case=case, who="intake", outcome="full", fee_amount=2100)
    assert office.ledger(case)[-1] == "fee_paid"
    assert office.case(case).clock_status == "running"
    assert "plan" in office.waiting(case)


def test_a_payment_entered_late_must_be_the_whole_sum_too(office, clock, case):
    paid_on = office.clock.today
    clock.forward(days=40)
    assert fire_due_timers(office.desk).fired == 1
    with pytest.raises(AnswerErrors):
        office.do("unpaid_check", case=case, outcome="paid", fee_paid_on=paid_on, fee_amount=5000)
    office.do("unpaid_check", case=case, outcome="paid", fee_paid_on=paid_on, fee_amount=5100)
    assert office.ledger(case)[-1] == "fee_paid"
