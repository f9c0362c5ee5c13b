"""The twenty-day strip tells every day apart, and never disagrees with the clock."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from engine.cases.strip import Day, strip
from engine.holidays import builtin_calendar
from engine.statute.clock import fold
from engine.statute.events import Event
from engine.statute.policy import Policy

CALENDAR = builtin_calendar()


def cells(*events, today):
    clock = fold(events, CALENDAR, Policy())
    return clock, strip(clock, CALENDAR, date.fromisoformat(today))


def event(kind, on, **data):
    return Event(kind, date.fromisoformat(on), data)


RECEIVED = event("submit", "2026-09-16", channel="in_person")


def test_weekends_holidays_and_make_up_days_are_told_apart():
    _clock, found = cells(RECEIVED, today="2026-09-18")
    kinds = {cell.on.isoformat(): (cell.kind, cell.number, cell.make_up) for cell in found}
    assert kinds["2026-09-19"] == (Day.WEEKEND, None, False)
    assert kinds["2026-09-20"] == (Day.COUNTED, 3, True)
    assert kinds["2026-09-26"] == (Day.HOLIDAY, None, False)  # a Saturday inside the Mid-autumn holiday
    assert [cell.on.isoformat() for cell in found if cell.today] == ["2026-09-18"]
    assert [cell.on.isoformat() for cell in found if cell.used] == ["2026-09-17"]


def test_days_of_a_consultation_are_hatched_and_the_extension_is_outlined():
    clock, found = cells(
        RECEIVED,
        event("consult_sent", "2026-09-21", id="c1", to="third_party"),
        event("opinion", "2026-09-28", id="c1"),
        event("extension", "2026-09-29", days=5),
        today="2026-09-29",
    )
    stopped = [cell for cell in found if cell.kind is Day.STOPPED]
    assert [cell.on.isoformat() for cell in stopped] == ["2026-09-22", "2026-09-23", "2026-09-24", "2026-09-28"]
    assert all("c1" in cell.reason for cell in stopped)
    assert [cell.number for cell in found if cell.extension] == [21, 22, 23, 24, 25]
    assert [cell.on for cell in found if cell.due] == [clock.reply_due.value]


def test_overdue_days_follow_until_the_reply():
    _clock, found = cells(RECEIVED, today="2026-10-23")
    assert [cell.number for cell in found if cell.late] == [1, 2, 3]
    _clock, found = cells(RECEIVED, event("reply_signed_personally", "2026-10-21"), today="2026-12-01")
    assert [cell.on.isoformat() for cell in found if cell.late] == ["2026-10-21"]


def test_an_unconfirmed_request_shows_the_cautious_period():
    clock, found = cells(event("submit", "2026-09-14", channel="internet"), today="2026-09-15")
    assert all(cell.cautious for cell in found)
    assert found[-1].on == clock.cautious_reply_due.value
    assert found[-1].number == 20


def test_nothing_is_drawn_while_nothing_runs():
    _clock, found = cells(RECEIVED, event("correction_notice_served", "2026-09-18"), today="2026-09-21")
    assert found == ()


def test_a_year_without_notice_is_provisional():
    _clock, found = cells(event("submit", "2026-12-21", channel="in_person"), today="2026-12-22")
    assert {cell.on.year for cell in found if cell.provisional} == {2027}


@given(
    start=some.dates(date(2024, 1, 1), date(2026, 6, 1)),
    sent=some.integers(0, 15),
    answered=some.integers(1, 15),
    extended=some.sampled_from([0, 1, 20]),
)
def test_the_numbers_count_up_to_the_period_and_end_on_the_due_date(start, sent, answered, extended):
    days = CALENDAR.working_days(start, date(2026, 12, 31))
    events = [
        Event("submit", start, {"channel": "in_person"}),
        Event("consult_sent", days[sent], {"id": "c1", "to": "third_party"}),
        Event("opinion", days[sent + answered], {"id": "c1"}),
    ]
    if extended:
        events.append(Event("extension", days[sent], {"days": extended}))
    clock = fold(events, CALENDAR, Policy())
    found = strip(clock, CALENDAR, start)
    assert [cell.number for cell in found if cell.number] == list(range(1, clock.period_working_days + 1))
    assert found[-1].on == clock.reply_due.value
    assert sum(cell.kind is Day.STOPPED for cell in found) == clock.suspended_working_days
