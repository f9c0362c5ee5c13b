"""How dates, amounts and officers' text read in a letter."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.wording import ClockDate, chinese_date, clock_words, full_width, items, one_line, paragraphs, quoted


def test_dates_have_no_leading_zeros():
    assert chinese_date(date(2026, 11, 21)) == "2026年11月21日"
    assert chinese_date(date(2027, 1, 8)) == "2027年1月8日"


def test_a_provisional_date_names_the_year_it_waits_for():
    assert clock_words(ClockDate(date(2026, 12, 4))) == "2026年12月4日"
    assert "暂定：2027年放假安排尚未公布" in clock_words(ClockDate(date(2027, 1, 8), True, (2027,)))
    assert "2027、2028年" in clock_words(ClockDate(date(2028, 1, 8), True, (2027, 2028)))


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("甲,乙;丙:丁", "甲，乙；丙：丁"),
        ("会议纪要(1998年)", "会议纪要（1998年）"),
        ("电话:0888-6123456", "电话：0888-6123456"),
        ("网址为https://www.example.cn/a?b=1,2", "网址为https://www.example.cn/a?b=1,2"),
        ("共1,250元", "共1,250元"),
        ("no change, here (really)", "no change, here (really)"),
    ],
)
def test_punctuation_beside_chinese_becomes_full_width(typed, printed):
    assert full_width(typed) == printed


@pytest.mark.parametrize("typed", ["窗口一楼", "窗口一楼。", "窗口一楼；", " 窗口一楼， ", "窗口\n一楼"])
def test_text_inside_a_sentence_brings_no_stop_of_its_own(typed):
    assert one_line(typed) == "窗口一楼"


def test_paragraphs_end_in_one_stop_and_blank_lines_go():
    assert paragraphs("第一段\n\n  第二段。\n第三段；\n第四段，") == ["第一段。", "第二段。", "第三段；", "第四段。"]
    assert paragraphs("他说：“不公开。”") == ["他说：“不公开。”"]
    assert paragraphs(["甲", "乙\n丙"]) == ["甲。", "乙。", "丙。"]


@pytest.mark.parametrize(
    "typed", ["1. 项目名称\n2. 时间", "（一）项目名称；\n（二）时间。", "1、项目名称\n2、时间", "项目名称\n时间"]
)
def test_items_lose_their_own_numbers(typed):
    assert items(typed) == ["项目名称", "时间"]


def test_a_year_at_the_head_of_an_item_is_no_number():
    assert items("2019年以来的合同\n1.5公里路段图纸") == ["2019年以来的合同", "1.5公里路段图纸"]


def test_quoted_words_keep_their_punctuation_but_fit_into_quotation_marks():
    assert quoted("请公开“城南,项目”。\n谢谢。") == "请公开‘城南,项目’。 谢谢"


@given(st.text())
def test_nothing_typed_can_open_a_template_mark_or_break_the_document(text):
    for words in (quoted(text), one_line(text), *paragraphs(text), *items(text)):
        assert not any(mark in words for mark in ("{{", "{%", "{#"))
        assert all(character >= " " for character in words)
