"""Reports: the same figures on the page, in the workbook and on the terminal; each says how it counts."""

import json
from datetime import date
from io import BytesIO

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from engine.cases.calendar_change import apply_import
from engine.cases.errors import NotFound, NotPermitted
from engine.cases.filters import Filters
from engine.cases.measured import Period, refresh_measures
from engine.cases.report_book import report_book
from engine.cases.report_lists import behind
from engine.cases.reports import REPORTS, percentile, reports, this_year
from engine.cases.reviews import record_stage, register_review
from engine.cases.worklists import all_cases
from engine.cli.report import report
from tests.integration.test_calendar_change import amended_2026
from tests.office import ROOT

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def busy(office):
    """Three cases: one answered at once, one late after a return and a correction, one open; and a drill."""
    quick = office.register().case_id
    office.do("completeness", case=quick, who="handler", outcome="complete")
    office.advance(quick)
    slow = office.register().case_id
    office.do("completeness", case=slow, who="handler2", outcome="correct", missing="请写明文件名称。")
    while "correction_service" not in office.waiting(slow):
        office.do(office.waiting(slow)[0], case=slow, outcome="issue")
    office.clock.on("2026-09-17")
    office.do("correction_service", case=slow)
    office.clock.on("2026-09-22")
    office.do("correction_receive", case=slow, channel="in_person")
    office.do("completeness", case=slow, who="handler2", outcome="complete")
    office.do("triage", case=slow, who="handler2", outcome="direct")
    office.do("draft", case=slow, who="handler2", outcome="submit", decision="G2", locator="网站公告栏。")
    office.do("first_signoff", case=slow, outcome="return", return_reason="请补充网址。")
    office.clock.on("2026-11-02")
    office.do("draft", case=slow, who="handler2", outcome="submit", decision="G2", locator="网站公告栏。")
    office.advance(slow)
    office.register()
    drill = office.register(drill="1").case_id
    office.do("completeness", case=drill, who="handler", outcome="complete")
    office.advance(drill)
    copy = {"kind": "reconsideration", "forum": "北江市人民政府", "issue": "请求撤销", "procedure": "summary"}
    legal = office.people["legal"]
    review = register_review(office.desk, legal, slow, {**copy, "received_on": "2026-11-02"})
    record_stage(office.desk, legal, review, {"stage": "decided", "on": "2026-11-02", "result": "corrected"})
    return office


def figures(office, report_id, period=YEAR):
    tables = {one.id: one for one in reports(office.desk, office.people["leader"], period)}
    return {line.title.strip(): line.figures for line in tables[report_id].lines}


def test_each_report_says_how_it_counts(busy):
    for table in reports(busy.desk, busy.people["leader"], YEAR):
        assert len(table.formula) > 15
        assert all(len(line.figures) == len(table.head) - 1 for line in table.lines)
    assert len({one.id for one in REPORTS}) == len(REPORTS)


COUNTS = {"答复", "按期", "超期", "件数", "次数", "涉及件数", "完成次数", "退回次数"}


def test_every_figure_opens_exactly_what_it_counts(busy):
    leader = busy.people["leader"]
    tables = reports(busy.desk, leader, YEAR)
    checked = 0
    for table in tables:
        for line in table.lines:
            for place, cell in enumerate(line.cells):
                found = behind(busy.desk, leader, YEAR, (table.id, line.key, place))
                assert found.page.total == len(found.page.rows) == len(cell.counted)
                assert all(row.number for row in found.page.rows)
                if table.head[place + 1] in COUNTS:
                    assert cell.value == found.page.total
                    checked += 1
                elif cell.value:
                    assert found.page.rows, (table.id, line.key, place)
        assert len({line.key for line in table.lines}) == len(table.lines)
    assert checked > 40
    with pytest.raises(NotFound):
        behind(busy.desk, leader, YEAR, ("on_time", "handler:999", 0))


def test_what_was_worked_out_beforehand_changes_no_figure(busy):
    before = reports(busy.desk, busy.people["leader"], YEAR)
    assert refresh_measures(busy.desk) == 2
    assert refresh_measures(busy.desk) == 0
    assert reports(busy.desk, busy.people["leader"], YEAR) == before
    copy = {"kind": "reconsideration", "forum": "北江市人民政府", "issue": "请求撤销", "procedure": "summary"}
    register_review(busy.desk, busy.people["legal"], 1, {**copy, "received_on": "2026-11-02"})
    assert figures(busy, "reviews")["行政复议"] == (2, 100.0)  # what no longer holds is passed over
    assert refresh_measures(busy.desk) == 1
    apply_import(busy.desk, busy.people["admin"], amended_2026("2026-10-08"))
    assert figures(busy, "elapsed")["全部"] == (2, 14.0, 28, 28)
    assert refresh_measures(busy.desk) == 2


def test_the_figures(busy):
    assert figures(busy, "on_time") == {
        "全部": (2, 1, 1, 50.0),
        "政务公开股": (2, 1, 1, 50.0),
        "经办人甲": (1, 1, 0, 100.0),
        "经办人乙": (1, 0, 1, 0.0),
    }
    # Received on 16 September, answered the same day and on 2 November: 0 and 29 working days.
    assert figures(busy, "elapsed")["全部"] == (2, 14.5, 29, 29)
    # The correction was awaited from 17 to 22 September, with a make-up Sunday in between.
    assert figures(busy, "stopped")["等待补正"] == (1, 4, 4.0)
    assert figures(busy, "stopped")["合计"] == (1, 4, 4.0)
    assert figures(busy, "returns") == {"一次通过的申请": (2, 1, 50.0), "科室负责人审核": (3, 1, 33.3)}
    assert figures(busy, "corrections") == {"要求补正": (1, 50.0), "两次以上": (0, 0.0)}
    assert figures(busy, "decisions") == {"G2 已主动公开，告知获取方式": (2, 100.0)}
    assert figures(busy, "reviews")["行政复议"] == (1, 50.0)
    assert figures(busy, "reviews")["结果纠正（占被复议、诉讼件数）"] == (1, 100.0)
    assert figures(busy, "steps")["拟稿"][0] == 3


def test_what_was_closed_without_a_reply_is_a_result_and_no_late_reply(busy):
    case = busy.register().case_id
    busy.do("completeness", case=case, who="handler", outcome="complete")
    busy.act("withdraw", case)
    busy.do("withdrawal_note", case=case)
    assert figures(busy, "decisions") == {
        "G2 已主动公开，告知获取方式": (2, 66.7),
        "O3 其他处理：撤回、合并等其他情形": (1, 33.3),
    }
    assert figures(busy, "on_time")["全部"] == (2, 1, 1, 50.0)
    november = Filters(concluded_from=date(2026, 11, 1), concluded_to=date(2026, 11, 30), real=True)
    listed = all_cases(busy.desk, busy.people["leader"], november)
    assert {row.case_id for row in listed.rows} == {2, case}


def test_a_period_holds_what_was_answered_in_it(busy):
    september = Period(date(2026, 9, 1), date(2026, 9, 30))
    assert figures(busy, "on_time", september)["全部"] == (1, 1, 0, 100.0)
    nothing = Period(date(2025, 1, 1), date(2025, 12, 31))
    assert figures(busy, "on_time", nothing) == {"全部": (0, 0, 0, None)}
    assert figures(busy, "steps", nothing) == {}
    assert this_year(date(2026, 11, 21)) == Period(date(2026, 1, 1), date(2026, 11, 21))


def test_workbook_and_terminal_say_the_same(busy):
    tables = reports(busy.desk, busy.people["leader"], YEAR)
    book = load_workbook(BytesIO(report_book(tables, YEAR, "云岭县人民政府")))
    assert len(book.sheetnames) == len(tables)
    for sheet, table in zip(book.worksheets, tables, strict=True):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
        assert [tuple(row[: len(table.head)]) for row in rows] == [(line.title, *line.figures) for line in table.lines]
        assert table.formula in sheet["A3"].value
    address = str(busy.desk.sessions.engine.url.render_as_string(hide_password=False))
    common = ["--config", str(ROOT / "config.toml"), "--database-url", address]
    asked = ["measures", "--from", "2026-01-01", "--to", "2026-12-31", "--json", *common]
    told = json.loads(CliRunner().invoke(report, asked).stdout)
    assert {one.id for one in tables} == set(told)
    for table in tables:
        assert told[table.id]["rows"] == [[line.title.strip(), *line.figures] for line in table.lines]
    shown = CliRunner().invoke(report, ["measures", "--from", "2026-01-01", "--to", "2026-12-31", *common]).stdout
    assert "按期办结率 = " in shown
    four = json.loads(CliRunner().invoke(report, ["table4", "--year", "2026", "--json", *common]).stdout)
    assert four["reconsideration"] == {"maintained": 0, "corrected": 1, "other": 0, "pending": 0, "total": 1}


def test_percentiles_take_the_nearest_rank():
    assert [percentile(range(1, 11), share) for share in (50, 90, 100)] == [5, 9, 10]
    assert percentile([7], 90) == 7
    assert percentile([], 90) is None


def test_who_may(busy):
    with pytest.raises(NotPermitted):
        reports(busy.desk, busy.people["unit"], YEAR)
