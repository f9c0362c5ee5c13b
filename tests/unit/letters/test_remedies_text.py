"""The remedies paragraph: who may go where, by when, by decision and by the letter's date."""

from datetime import date

import pytest

from engine.statute.decisions import DECISIONS, RemedyType
from engine.statute.remedies import Forum, remedy_type
from letters.remedies_text import NOTICE, paragraphs

FORUM = Forum("北江市人民政府", "北江市中级人民法院")
TODAY = date(2026, 11, 6)


@pytest.mark.parametrize("code", ["R1", "R2", "R3", "R4", "R5", "R6", "R7"])
def test_refusals_go_to_reconsideration_first(code):
    (text,) = paragraphs(remedy_type(code, TODAY), FORUM)
    assert "应当自收到本答复书之日起60日内，先依法向北江市人民政府申请行政复议" in text
    assert "自收到行政复议决定书之日起15日内，依法向北江市中级人民法院提起行政诉讼" in text
    assert "6个月" not in text


@pytest.mark.parametrize("code", ["G1", "R8", "N1", "D2", "O2"])
def test_other_decisions_leave_the_choice(code):
    (text,) = paragraphs(remedy_type(code, TODAY), FORUM)
    assert "60日内，依法向北江市人民政府申请行政复议；也可以自收到本答复书之日起6个月内" in text
    assert "先" not in text


def test_a_partial_disclosure_tells_each_part_apart():
    refused, rest = paragraphs(remedy_type("P1", TODAY, ground="R4"), FORUM)
    assert refused.startswith("对不予公开的部分不服的")
    assert "先依法向北江市人民政府" in refused
    assert rest.startswith("对本答复书的其他部分不服的")
    assert "6个月内" in rest


def test_before_2024_every_letter_left_the_choice():
    for code in ("R6", "P1"):
        (text,) = paragraphs(remedy_type(code, date(2023, 12, 31), ground="R6"), FORUM)
        assert "6个月内" in text
        assert "先" not in text


def test_an_office_may_tell_of_reconsideration_alone():
    (text,) = paragraphs(RemedyType.RECONSIDERATION_ONLY, FORUM)
    assert "行政复议" in text
    assert "行政诉讼" not in text


def test_nothing_to_attack_nothing_told():
    assert paragraphs(RemedyType.NONE, FORUM) == ()


def test_the_online_way_stands_last_and_the_paper_is_named():
    online = Forum("北江市人民政府", "北江市中级人民法院", "北江市行政复议网上服务平台")
    told = paragraphs(RemedyType.CH, online, NOTICE)
    assert told[-1] == "申请行政复议也可以在线办理，途径为：北江市行政复议网上服务平台。"
    assert "本告知书" in told[0]
    assert "本答复书" not in told[0]


def test_no_paragraph_names_a_superior_department():
    for code, decision in DECISIONS.items():
        for ground in decision.part_grounds or (None,):
            told = "".join(paragraphs(remedy_type(code, TODAY, ground=ground), FORUM))
            assert "主管部门" not in told
