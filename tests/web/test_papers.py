"""Internal papers on the letters tab of a case, and the blank application form."""

import pytest

from letters.plain_text import lines
from tests.web_case import office_of


@pytest.fixture
def case(desk, clock):
    """A request handed in at the counter today."""
    office = office_of(desk, clock)
    return office.register(subject="青石街改造工程批复", address="云岭县青石街7号").case_id


def test_the_letters_tab_offers_the_papers_that_can_be_made(logged_in, case):
    page = logged_in("intake").get(f"/cases/{case}?tab=letters").text
    assert f"/papers/{case}/L-01" in page
    assert f"/papers/{case}/F-04" in page
    assert f"/papers/{case}/L-16a" not in page
    assert "会商日期" in page


def test_a_paper_comes_as_a_word_file(logged_in, case):
    visitor = logged_in("intake")
    visitor.get(f"/cases/{case}?tab=letters")
    answer = visitor.post(f"/papers/{case}/L-01", page=f"/cases/{case}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "云岭县青石街7号" in "\n".join(lines(answer.data))


def test_what_is_missing_is_said_on_the_page_it_was_asked_from(logged_in, case):
    visitor = logged_in("handler")
    visitor.get(f"/cases/{case}")
    answer = visitor.post(f"/papers/{case}/L-16a", page=f"/cases/{case}")
    assert answer.status_code == 303
    assert "尚缺" in visitor.get(answer.headers["Location"]).text


def test_a_paper_with_personal_data_is_not_for_everybody(logged_in, case):
    visitor = logged_in("leader")
    assert f"/papers/{case}/L-01" not in visitor.get(f"/cases/{case}?tab=letters").text
    assert visitor.post(f"/papers/{case}/L-01", page=f"/cases/{case}").status_code == 403


def test_the_counter_hands_out_the_blank_application_form(logged_in):
    answer = logged_in("intake").get("/papers/application-form")
    text = "\n".join(lines(answer.data))
    assert "政府信息公开申请表" in text
    assert "不需要说明用途" in text
