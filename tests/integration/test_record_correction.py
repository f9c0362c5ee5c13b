"""Correction of one's own records (Art. 41): a case of its own that ends with L-15 and counts in no annual report."""

import pytest

from engine.cases.annual import annual_table3
from engine.cases.errors import AnswerErrors, Refusal
from engine.cases.letters_desk import issue_receipt, read_letter
from engine.cases.receipt_queue import receipt_queue
from letters.plain_text import lines


@pytest.fixture
def case(office):
    case = office.open_case(
        "record_correction",
        "handler",
        channel="in_person",
        kind="natural_person",
        name="韩立国",
        id_kind="other_id",
        id_number="云0001",
        subject="企业登记信息中的联系电话",
        came_on=office.clock.today,
    )
    office.clock.forward(days=2)
    return case


def letter_text(office, case, **verified):
    """The letter that ends the case with these findings, and its remedy."""
    office.do("verify", case=case, who="handler", record_findings="经与登记申请书原件核对，系录入时误录。", **verified)
    office.do("approve", case=case, outcome="approve")
    made = office.do("issue", case=case, outcome="issue")
    letter, content = read_letter(office.desk, office.people["legal"], made.letter_id)
    return "\n".join(lines(content)), letter.remedy


def test_a_record_is_verified_corrected_and_the_person_told(office, case):
    text, remedy = letter_text(office, case, record_outcome="corrected")
    for words in ("政府信息更正申请告知书", "韩立国：", "您于2026年9月16日向本机关提出", "“企业登记信息中的联系电话”",
                  "误录", "第四十一条", "已经对该记录作出更正"):  # fmt: skip
        assert words in text, words
    assert "行政复议" not in text
    assert remedy == "NONE"
    office.do("service", case=case, mode="pickup", served_on=office.clock.today)
    done = office.case(case)
    assert done.closed_at is not None
    assert done.in_time is True
    office.do("archive", case=case)
    assert office.waiting(case) == []


def test_refusing_a_correction_tells_the_remedies_and_passing_on_names_the_organ(office, case):
    with pytest.raises(AnswerErrors, match="填"):
        office.do("verify", case=case, who="handler", record_outcome="transferred", record_transferred_to="")
    text, remedy = letter_text(office, case, record_outcome="declined")
    assert "不予更正" in text
    assert "申请行政复议" in text
    assert "6个月内" in text
    assert remedy == "CH"


def test_it_counts_in_no_annual_report(office, case):
    office.do("verify", case=case, who="handler", record_outcome="directed", record_transferred_to="市登记局")
    office.do("approve", case=case, outcome="return")
    assert office.waiting(case) == ["verify"]
    table = annual_table3(office.desk, office.people["supervisor"], 2026).table
    assert not any(number for row in table.values() for number in row.values())


def test_it_has_no_receipt_of_a_request_for_information(office, case):
    intake = office.people["intake"]
    assert [one.case_id for one in receipt_queue(office.desk, intake).waiting] == []
    request = office.register().case_id
    assert [one.case_id for one in receipt_queue(office.desk, intake).waiting] == [request]
    with pytest.raises(Refusal, match="不出具接收回执"):
        issue_receipt(office.desk, intake, case)
