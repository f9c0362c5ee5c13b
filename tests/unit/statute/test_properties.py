"""What holds for every ledger, tried on many."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.holidays import builtin_calendar
from engine.statute.clock import fold
from engine.statute.events import Event
from engine.statute.light import Light, light
from engine.statute.policy import Policy

CALENDAR = builtin_calendar()
days = st.dates(date(2023, 1, 1), date(2026, 4, 30))
offsets = st.integers(0, 45)
policies = st.builds(
    Policy, suspension_includes_sending_day=st.booleans(), art35_suspends=st.booleans(), second_extension=st.booleans()
)


def received(day: date) -> Event:
    return Event("submit", day, {"channel": "in_person"})


@st.composite
def ledgers(draw: st.DrawFn) -> list[Event]:
    """A request with consultations, extensions, reasons, stops and restarts in an order that can be."""
    start = draw(days)
    events = [received(start)]
    for name in draw(st.lists(st.sampled_from("abc"), unique=True)):
        sent = start + timedelta(days=draw(offsets))
        events.append(Event("consult_sent", sent, {"id": name, "to": "joint_agency"}))
        if draw(st.booleans()):
            events.append(Event("consult_received", sent + timedelta(days=draw(st.integers(0, 5))), {"id": name}))
        if draw(st.booleans()):
            events.append(Event("opinion", sent + timedelta(days=draw(st.integers(6, 40))), {"id": name}))
    for offset, length in draw(st.lists(st.tuples(offsets, st.integers(1, 22)), max_size=2)):
        events += [Event("extension", start + timedelta(days=offset), {"days": length})]
    if draw(st.booleans()):
        asked = start + timedelta(days=draw(offsets))
        events.append(Event("reasons_requested", asked))
        events.append(Event("reasons_received", asked + timedelta(days=draw(st.integers(1, 30)))))
    if draw(st.booleans()):
        served = start + timedelta(days=draw(offsets))
        events.append(Event("correction_notice_served", served))
        events.append(Event("corrected_received", served + timedelta(days=draw(st.integers(0, 12)))))
    if draw(st.booleans()):
        events.append(Event("ordered_to_reply_again", start + timedelta(days=120), {"days": draw(st.integers(1, 30))}))
    return events


@given(days)
def test_a_due_date_is_a_working_day_and_never_falls_with_a_later_receipt(day: date) -> None:
    due, later = (fold([received(one)], CALENDAR, Policy()).reply_due for one in (day, day + timedelta(days=1)))
    assert due is not None
    assert later is not None
    assert CALENDAR.is_working_day(due.value)
    assert later.value >= due.value
    # The start day is not counted, so only a working day in between moves the date.
    assert (later.value > due.value) == CALENDAR.is_working_day(day + timedelta(days=1))


@given(days, st.integers(1, 60))
def test_a_longer_period_ends_later(day: date, length: int) -> None:
    assert CALENDAR.add_working_days(day, length + 1) > CALENDAR.add_working_days(day, length)
    assert CALENDAR.working_days_between(day, CALENDAR.add_working_days(day, length)) == length


@given(days, st.integers(0, 25), st.integers(0, 40))
def test_a_suspension_of_k_working_days_moves_the_date_by_exactly_k(
    day: date, sent_after: int, opinion_after: int
) -> None:
    plain = fold([received(day)], CALENDAR, Policy()).reply_due
    sent = day + timedelta(days=sent_after)
    opinion = sent + timedelta(days=opinion_after)
    result = fold(
        [
            received(day),
            Event("consult_sent", sent, {"id": "a", "to": "third_party"}),
            Event("opinion", opinion, {"id": "a"}),
        ],
        CALENDAR,
        Policy(),
    )
    assert plain is not None
    assert result.reply_due is not None
    expected = min(CALENDAR.working_days_between(sent, opinion), 15) if sent <= plain.value else 0
    assert result.suspended_working_days == expected
    assert CALENDAR.working_days_between(plain.value, result.reply_due.value) == expected


@given(ledgers(), policies)
def test_the_explanation_tiles_the_period_and_counts_its_length(events: list[Event], policy: Policy) -> None:
    result = fold(events, CALENDAR, policy)
    if result.reply_due is None:
        assert result.explain == ()
        return
    assert result.period_start is not None
    expected_first = result.period_start + timedelta(days=1)
    for segment in result.explain:
        assert segment.first == expected_first
        assert segment.last >= segment.first
        assert segment.working_days == len(CALENDAR.working_days(segment.first, segment.last)) > 0
        expected_first = segment.last + timedelta(days=1)
    assert result.explain[-1].last == result.reply_due.value
    assert sum(segment.working_days for segment in result.explain if segment.counts) == result.period_working_days
    assert CALENDAR.is_working_day(result.reply_due.value)


@given(ledgers(), policies, st.randoms(use_true_random=False))
def test_the_order_in_which_days_are_written_does_not_matter(events: list[Event], policy: Policy, chance) -> None:
    by_day: dict[date, list[Event]] = {}
    for event in events:
        by_day.setdefault(event.date, []).append(event)
    blocks = list(by_day.values())
    chance.shuffle(blocks)
    shuffled = [event for block in blocks for event in block]
    assert fold(shuffled, CALENDAR, policy).as_json() == fold(events, CALENDAR, policy).as_json()


@given(ledgers(), policies)
def test_a_correction_always_starts_the_period_afresh(events: list[Event], policy: Policy) -> None:
    last = max(event.date for event in events) + timedelta(days=1)
    corrected = [
        *events,
        Event("correction_notice_served", last),
        Event("corrected_received", last + timedelta(days=3), {"channel": "oral"}),
    ]
    result = fold(corrected, CALENDAR, policy)
    assert result.period_start == last + timedelta(days=3)
    assert result.period_working_days == 20


@given(ledgers(), policies, st.integers(0, 200), st.integers(0, 60))
def test_lateness_grows_with_the_day_it_is_looked_at(
    events: list[Event], policy: Policy, first: int, further: int
) -> None:
    start = max(event.date for event in events)
    early, late = start + timedelta(days=first), start + timedelta(days=first + further)
    one, two = (fold(events, CALENDAR, policy, day) for day in (early, late))
    assert one.reply_due == two.reply_due
    if one.late_working_days is not None:
        assert two.late_working_days is not None
        assert two.late_working_days >= one.late_working_days
        assert one.in_time or not two.in_time


@given(ledgers(), policies, st.integers(0, 90))
def test_the_light_agrees_with_the_clock(events: list[Event], policy: Policy, offset: int) -> None:
    today = max(event.date for event in events) + timedelta(days=offset)
    result = fold(events, CALENDAR, policy, today)
    reading = light(result, today, CALENDAR)
    if reading.light is Light.STOPPED:
        return
    assert (reading.light is Light.OVERDUE) == (result.in_time is False)
    assert (reading.light is Light.TODAY) == (result.reply_due is not None and result.reply_due.value == today)
    if reading.light is Light.OVERDUE:
        assert reading.remaining_working_days == -(result.late_working_days or 0)
