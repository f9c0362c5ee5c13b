"""The escalation ladder: which rung a date has reached and how it is said."""

from datetime import date
from itertools import pairwise

import pytest

from engine.cases.ladder import due_text, rung_reached
from engine.settings import Ladder
from engine.statute.light import Light, LightReading

LADDER = Ladder()
DAY = date(2026, 10, 23)


def reading(left: int, light: Light | None = None, *, provisional: bool = False) -> LightReading:
    fits = Light.OVERDUE if left < 0 else Light.TODAY if left == 0 else Light.SOON
    return LightReading(light or fits, left, DAY, provisional)


@pytest.mark.parametrize(
    ("left", "code", "level"),
    [
        (10, "b10", "info"),
        (9, "b10", "info"),
        (6, "b10", "info"),
        (5, "b5", "info"),
        (4, "b5", "info"),
        (3, "b3", "warning"),
        (2, "b3", "warning"),
        (1, "b1", "urgent"),
        (0, "b0", "urgent"),
        (-1, "late1", "overdue"),
        (-7, "late7", "overdue"),
    ],
)
def test_a_date_stands_on_the_lowest_rung_that_is_not_below_it(left, code, level):
    reached = rung_reached(reading(left), LADDER)
    assert (reached.code, reached.level) == (code, level)


def test_each_rung_reaches_further_up():
    told = [set(rung_reached(reading(left), LADDER).tell) for left in (5, 3, 1, 0, -1)]
    assert all(lower < higher for lower, higher in pairwise(told))
    assert told[0] == {"handler"}
    assert told[-1] == {"handler", "unit_head", "disclosure_head", "leader", "supervisor"}


@pytest.mark.parametrize(
    "quiet",
    [
        reading(11),
        reading(3, Light.STOPPED),
        reading(-3, Light.STOPPED),
        reading(0, Light.CLOSED),
        LightReading(Light.LATER),
        reading(0, Light.OVERDUE),  # the Saturday after a due Friday: no working day has passed yet
    ],
)
def test_nothing_is_told_above_the_ladder_while_stopped_and_before_the_first_working_day_after(quiet):
    assert rung_reached(quiet, LADDER) is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (reading(3), "2026-0001：答复期限剩 3 个工作日，2026-10-23 到期。"),
        (reading(0), "2026-0001：答复期限今日到期（2026-10-23）。"),
        (reading(-2), "2026-0001：答复期限已超期 2 个工作日，应于 2026-10-23 前办结。"),
        (
            reading(5, provisional=True),
            "2026-0001：答复期限剩 5 个工作日，2026-10-23 到期。该日期为暂定，须待放假安排导入后确定。",
        ),
    ],
)
def test_a_reminder_is_number_light_and_date(given, sentence):
    assert due_text("2026-0001", "答复期限", given) == sentence


def test_a_reminder_says_what_else_there_is_to_know():
    text = due_text("2026-0001", "答复期限", reading(3), cautious=True, told=date(2026, 10, 22))
    assert text.endswith("尚未与申请人确认，按到达之日从严计算。已告知申请人的日期为 2026-10-22。")
