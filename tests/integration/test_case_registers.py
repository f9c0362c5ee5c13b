"""The quarterly figures of policy interpretation: each is the sum of the list that it opens."""

import io
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from engine.cases.case_register import Period, RegisterPage, register_page, register_xlsx
from tests.told import ZONE, Told, tell_stories

LOADED = datetime(2026, 11, 20, 10, 0, tzinfo=ZONE)
FIGURES = ["interpreted", "in_time", "linked", "not_text", "first_interpreter", "contact", "follow_ups"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, sqlite_template) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("registers")
    database = folder / "yishen.db"
    database.write_bytes(sqlite_template.read_bytes())
    told = tell_stories(f"sqlite:///{database}", folder / "var", ("I01", "I02", "I03"), LOADED)
    yield told
    told.desk.sessions.engine.dispose()


def asked(told: Told, shown: str = "", *, unmet: bool = False, quarter: int | None = None) -> RegisterPage:
    period = Period(2026, quarter)
    return register_page(told.desk, told.actor("supervisor"), "policy_interpretation", period, shown, unmet=unmet)


def test_the_figures_are_those_an_inspector_asks_for(told: Told) -> None:
    found = {one.id: (one.of, one.met) for one in asked(told).figures}
    assert list(found) == FIGURES
    # Three were published in the year; the urgent one still has no interpretation and is late.
    assert found == {
        "interpreted": (3, 2),
        "in_time": (3, 2),
        "linked": (2, 2),
        "not_text": (3, 3),
        "first_interpreter": (2, 2),
        "contact": (2, 2),
        "follow_ups": (1, 1),
    }


@pytest.mark.parametrize("figure", FIGURES)
def test_each_figure_opens_the_list_it_is_the_sum_of(told: Told, figure: str) -> None:
    whole = next(one for one in asked(told).figures if one.id == figure)
    listed = asked(told, figure).lines
    assert sum(line.counts[figure][0] for line in listed) == whole.of
    assert sum(line.counts[figure][1] for line in listed) == whole.met
    short = asked(told, figure, unmet=True).lines
    assert sum(line.counts[figure][0] - line.counts[figure][1] for line in short) == whole.of - whole.met
    assert {line.case_id for line in short} <= {line.case_id for line in listed}


def test_every_case_is_counted_in_one_quarter(told: Told) -> None:
    quarters = [asked(told, quarter=number).figures for number in (1, 2, 3, 4)]
    for number, figure in enumerate(asked(told).figures):
        assert sum(one[number].of for one in quarters) == figure.of
        assert sum(one[number].met for one in quarters) == figure.met
    assert [one[0].of for one in quarters] == [0, 0, 1, 2]


def test_the_workbook_holds_list_and_figures(told: Told) -> None:
    page = asked(told, "interpreted")
    book = load_workbook(io.BytesIO(register_xlsx(page)))
    rows = list(book["台账"].iter_rows(min_row=3, values_only=True))
    assert [row[0] for row in rows] == [1, 2, 3]
    assert [row[-2:] for row in rows] == [(1, 1), (1, 1), (1, 0)]
    assert [row[0] for row in book["统计"].iter_rows(min_row=3, values_only=True)] == [
        one.title for one in page.figures
    ]
    assert date.fromisoformat(str(rows[0][6])).year == 2026  # the day of publication
