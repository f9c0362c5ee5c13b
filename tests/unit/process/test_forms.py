"""Forms and case.toml: what is read, and that every slip is named with its place and its remedy."""

import json
from typing import Any

import pytest

from engine.process import DefinitionFault
from engine.process.case_type import parse_case_type
from engine.process.forms import parse_form

FIELD = {"name": "outcome", "type": "choice", "label": "结论", "choices": [["a", "甲"], ["b", "乙"]], "routing": True}
DAY = {"name": "served_on", "type": "date", "label": "送达日期", "not_future": True, "when": {"outcome": ["a"]}}
ROWS = {
    "name": "units",
    "type": "rows",
    "label": "单位",
    "columns": [{"name": "unit", "type": "unit", "label": "单位"}],
}


def form(**keys: Any) -> dict[str, Any]:
    return {"title": "审查", "fields": [FIELD, DAY, ROWS], **keys}


def faults(raw: Any) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionFault) as caught:
        parse_form("forms/review.json", raw if isinstance(raw, str) else json.dumps(raw))
    for one in caught.value.faults:
        assert one.file == "forms/review.json"
        assert one.what
        assert one.how
    return [(one.element, one.what) for one in caught.value.faults]


def test_a_form_is_read() -> None:
    found = parse_form(
        "forms/review.json",
        json.dumps(
            form(
                intro="说明",
                events=[
                    {
                        "type": "consult_sent",
                        "date": "served_on",
                        "with": {"id": "$item", "to": "=third_party", "ok": True},
                        "when": {"outcome": ["a"]},
                    }
                ],
                items=[{"kind": "search_order", "rows": "units", "count": "search_count"}],
                keep={"outcome": "case.decision"},
            )
        ),
    )
    assert (found.name, found.title, found.intro, found.confirm) == ("review", "审查", "说明", "提交")
    assert [one.name for one in found.fields] == ["outcome", "served_on", "units"]
    assert found.fields[1].when == {"outcome": ("a",)}
    assert found.fields[2].columns[0].type == "unit"
    assert dict(found.events[0].with_) == {"id": "$item", "to": "=third_party", "ok": True}
    assert dict(found.routing) == {"outcome": ("a", "b"), "search_count": None}
    assert dict(found.keep) == {"outcome": "case.decision"}


@pytest.mark.parametrize(
    ("raw", "element", "what"),
    [
        ("{", "", "JSON"),
        ("[]", "", "对象"),
        ("[" * 100_000, "", "JSON"),
        (form(title=""), "review", "标题"),
        (form(colour="red"), "review", "colour"),
        (form(fields={}), "review", "fields"),
        (form(fields=[FIELD, FIELD]), "outcome", "同名"),
        (form(fields=[{**FIELD, "name": "Outcome"}]), "Outcome", "写法有误"),
        (form(fields=[{**FIELD, "type": "colour"}]), "outcome", "colour"),
        (form(fields=[{**FIELD, "label": ""}]), "outcome", "没有名称"),
        (form(fields=[{**FIELD, "choices": []}]), "outcome", "没有选项"),
        (form(fields=[{**FIELD, "choices": [["a", "甲"], ["a", "乙"]]}]), "outcome", "重复"),
        (form(fields=[{**FIELD, "choices": "ab"}]), "outcome", "choices"),
        (form(fields=[{**FIELD, "type": "line"}]), "outcome", "不用列选项"),
        (form(fields=[{**FIELD, "required": "yes"}]), "outcome", "required"),
        (form(fields=[{**FIELD, "max": "9"}]), "outcome", "max"),
        (form(fields=[{**FIELD, "default": [1]}]), "outcome", "default"),
        (form(fields=[{**FIELD, "hidden": True}]), "outcome", "hidden"),
        (form(fields=[{**FIELD, "name": "typename"}]), "typename", "保留名"),
        (form(fields=[{**ROWS, "routing": True}]), "units", "流程走向"),
        (form(fields=[{**ROWS, "columns": []}]), "units", "列"),
        (form(fields=[{**ROWS, "columns": [ROWS]}]), "units", "rows"),
        (form(fields=[{"name": "n", "type": "whole", "label": "数", "min": 9, "max": 1}]), "n", "最小值"),
        (form(fields=[FIELD, {**DAY, "when": {"other": ["a"]}}]), "served_on", "other"),
        (form(fields=[FIELD, {**DAY, "when": {"outcome": ["x"]}}]), "served_on", "x"),
        (form(events=[{"type": "party", "date": "served_on"}]), "events.party", "法律事件"),
        (form(events=[{"type": "opinion", "date": "outcome"}]), "events.opinion", "日期字段"),
        (
            form(events=[{"type": "opinion", "date": "served_on", "with": {"id": "nobody"}}]),
            "events.opinion.id",
            "nobody",
        ),
        (form(items=[{"kind": "order", "rows": "outcome", "count": "n"}]), "items.rows", "表格"),
        (form(items=[{"kind": "order", "rows": "units", "count": "outcome"}]), "items.count", "计数"),
        (form(keep={"nobody": "case.decision"}), "keep.nobody", "没有这个字段"),
        (form(keep={"outcome": "account.password_hash; DROP"}), "keep.outcome", "列"),
    ],
)
def test_a_faulty_form_is_refused(raw: Any, element: str, what: str) -> None:
    assert any(place == element and what in said for place, said in faults(raw)), faults(raw)


def test_every_fault_of_a_form_is_told_at_once() -> None:
    assert len(faults(form(title="", colour="red", fields=[{**FIELD, "label": "", "hidden": 1}]))) == 4


CASE = """
id = "catalogue_change"
title = "目录调整"
process = "main"
start = "register"
number = "{year}-{seq:04d}"
clock = "reply"
[milestones]
closed = "dispatch"
archived = ["archive"]
[clocks.reasons]
after = ["reasons_requested"]
working_days = 10
[[actions]]
id = "withdraw"
title = "撤回"
message = "withdrawn"
roles = ["intake", "handler"]
form = "withdrawal"
[labels]
applicant = "申请单位"
"""


def test_a_case_type_is_read() -> None:
    found = parse_case_type(CASE)
    assert (found.id, found.title, found.process, found.start, found.clock) == (
        "catalogue_change", "目录调整", "main", "register", "reply",
    )  # fmt: skip
    assert found.number.format(year=2026, seq=7) == "2026-0007"
    assert found.drill_number.format(year=2026, seq=7) == "演练2026-0007"
    assert (found.closing, found.archiving) == ({"dispatch"}, {"archive"})
    assert found.actions[0].roles == ("intake", "handler")
    assert (found.clocks["reasons"].after, found.clocks["reasons"].working_days) == (("reasons_requested",), 10)
    assert dict(found.labels) == {"applicant": "申请单位"}


@pytest.mark.parametrize(
    ("old", "new", "element", "what"),
    [
        ('id = "catalogue_change"', 'id = "Catalogue"', "id", "写法"),
        ('title = "目录调整"', "", "title", "title"),
        ('clock = "reply"', 'clock = "reply"\ncolour = "red"', "colour", "colour"),
        ("{year}-{seq:04d}", "{year}", "number", "{seq}"),
        ("{year}-{seq:04d}", "{seq.__class__}", "number", "{seq}"),
        ("{year}-{seq:04d}", "{seq:>999999999}", "number", "{seq}"),
        ('roles = ["intake", "handler"]', 'roles = ["boss"]', "actions.withdraw", "boss"),
        ("working_days = 10", "working_days = -1", "clocks.reasons", "working_days"),
        ('after = ["reasons_requested"]', 'after = ["tea"]', "clocks.reasons", "tea"),
        ("[milestones]", "[milestones]\nfinished = 1", "milestones", "finished"),
        ("[[actions]]", "[actions]", "actions", "列表"),
        ("[labels]", "[labels", "", "TOML"),
    ],
)
def test_a_faulty_case_type_is_refused(old: str, new: str, element: str, what: str) -> None:
    assert old in CASE
    with pytest.raises(DefinitionFault) as caught:
        parse_case_type(CASE.replace(old, new))
    assert any(one.element == element and what in one.what for one in caught.value.faults), caught.value.faults
    assert all(one.file == "case.toml" and one.how for one in caught.value.faults)
