"""The lint finds what an attentive reader would send back, and leaves a good letter alone."""

from datetime import date

import pytest

from engine.statute.decisions import RemedyType
from engine.statute.remedies import Forum
from letters.catalog import load
from letters.lint import lint, lint_words
from letters.remedies_text import paragraphs

ENTRY = load()["A-11"]
TODAY = date(2026, 11, 6)
FORUM = Forum("北江市人民政府", "北江市中级人民法院")
GOOD = (
    "云政公复〔2026〕12号",
    "韩立国：",
    "您申请公开的信息属于过程性信息。综上，依据《中华人民共和国政府信息公开条例》第十六条第二款的规定，不予公开。",
    *paragraphs(RemedyType.RF, FORUM),
    "2026年11月6日",
    "（联系人：李静，联系电话：0888-6123456）",
)


def rules(*extra, lines=GOOD, remedy=RemedyType.RF, dated=TODAY, quoted=(), vertical=False):
    found = lint([*lines, *extra], ENTRY, remedy=remedy, dated=dated, quoted=quoted, vertical=vertical)
    return {finding.rule for finding in found}


def test_a_good_letter_has_no_findings():
    assert rules() == set()


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("现将{{ name }}提供给您。", "leftover_mark"),
        ("{% if x %}", "leftover_mark"),
        ("提供方式：None。", "leftover_value"),
        ("理由：【待填：本件的具体理由】", "placeholder"),
        ("依据第条的规定。", "empty_article"),
        ("依据第十六条第　款的规定。", "empty_article"),
        ("依据《》的规定。", "empty_brackets"),
        ("内容为：“”。", "empty_brackets"),
        ("您好,请补正。", "half_width"),
        ("请携带证件(原件)。", "half_width"),
        ("不予公开。。", "double_stop"),
        ("不予公开，。", "double_stop"),
        ("内容为：“公开年报。”。", "double_stop"),
        ("云政公复〔2026〕012号", "leading_zero"),
        ("2026年01月6日", "leading_zero"),
        ("2026年1月06日", "leading_zero"),
        ("于2026-11-06收到。", "foreign_date"),
        ("云政公复[2026]12号", "number_brackets"),
        ("云政公复（2026）12号", "number_brackets"),
        ("云政公复〔2026〕第12号", "number_word"),
        ("可以向本级人民政府或者其上一级主管部门申请行政复议。", "old_authority"),
    ],
)
def test_each_fault_is_found(line, rule):
    assert rule in rules(line)


@pytest.mark.parametrize(
    "line",
    [
        "网址为：https://www.yunling.example.cn/2026-11-06/a,b.html。",
        "《企业信息公示暂行条例》第十条第一款第（二）项。",
        "……见附件。",
        "共1,250元。",
        "第2026-0132号登记。",
    ],
)
def test_good_lines_are_left_alone(line):
    assert rules(line) == set()


def test_quoted_words_are_not_judged():
    request = "请公开{{城南}},None(2026-01-01)的文件"
    assert rules(f"申请内容为：“{request}”。", quoted=(request,)) == set()
    assert rules(f"申请内容为：“{request}”。") != set()


def test_the_old_authority_was_right_before_2024_and_is_for_vertical_organs():
    line = "可以向其上一级主管部门申请行政复议。"
    lines = (GOOD[2], *paragraphs(RemedyType.CH, FORUM), line)
    assert rules(lines=lines, remedy=RemedyType.CH, dated=date(2023, 12, 31)) == set()
    assert rules(lines=lines, remedy=RemedyType.CH, vertical=True) == set()
    assert rules(lines=lines, remedy=RemedyType.CH) == {"old_authority"}


@pytest.mark.parametrize("owed", list(RemedyType))
@pytest.mark.parametrize("told", list(RemedyType))
def test_the_remedies_told_must_be_those_owed(owed, told):
    lines = (GOOD[2], *paragraphs(told, FORUM))
    assert ("remedy" in rules(lines=lines, remedy=owed)) is (owed is not told)


def test_a_refusal_without_its_article_is_found():
    lines = tuple(line.replace("第十六条第二款", "有关条款") for line in GOOD)
    assert rules(lines=lines) == {"no_article"}


@pytest.mark.parametrize(
    "text", ["该批复由北江市上级主管部门制作，本机关没有获取。", "本机关已将有关情况报上一级主管部门。"]
)
def test_a_superior_department_may_be_named_where_reconsideration_is_not_meant(text):
    assert rules(text) == set()


@pytest.mark.parametrize(
    ("words", "remedy", "rule"),
    [
        ({"reason": ["可以向县政府或者其上一级主管部门提出。"]}, RemedyType.RF, "old_authority"),
        ({"remedies": list(paragraphs(RemedyType.CH, FORUM))}, RemedyType.RF, "remedy"),
        ({"remedies": list(paragraphs(RemedyType.RF, FORUM))}, RemedyType.CH, "remedy"),
        ({"remedies": []}, RemedyType.CH, "remedy"),
        ({"remedies": list(paragraphs(RemedyType.CH, FORUM))}, RemedyType.NONE, "remedy"),
        (
            {"remedies": list(paragraphs(RemedyType.RF, Forum("县政府或者其上一级主管部门", "北江市中级人民法院")))},
            RemedyType.RF,
            "old_authority",
        ),
    ],
)
def test_the_words_of_a_letter_are_judged_before_it_is_issued(words, remedy, rule):
    fitting = {"remedies": list(paragraphs(RemedyType.RF, FORUM)), **words}
    found = {finding.rule for finding in lint_words(fitting, ENTRY, remedy=remedy, dated=TODAY)}
    assert rule in found


def test_words_that_fit_are_left_alone():
    for remedy in RemedyType:
        words = {
            "remedies": list(paragraphs(remedy, FORUM)),
            "subject": "投诉上一级主管部门的行政复议",
            "reason": ["申请人已提起行政诉讼。"],
        }
        assert lint_words(words, ENTRY, remedy=remedy, dated=TODAY) == ()
