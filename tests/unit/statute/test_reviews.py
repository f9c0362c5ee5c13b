"""The agency's own dates in reconsideration and suit, and table 4."""

from datetime import date

import pytest

from engine.holidays import builtin_calendar
from engine.statute.policy import Policy
from engine.statute.reviews import (
    Procedure,
    ReviewFact,
    ReviewKind,
    ReviewResult,
    block_total,
    own_dates,
    table4,
    table4_warnings,
)

CALENDAR, POLICY = builtin_calendar(), Policy()


@pytest.mark.parametrize(
    ("kind", "procedure", "received", "due"),
    [
        # Ten working days of 行政复议法 Art. 48: over Mid-Autumn (25 September) and the make-up Sunday 20 September.
        (ReviewKind.RECONSIDERATION, Procedure.ORDINARY, "2026-09-16", "2026-09-30"),
        # Five working days of the summary procedure (Art. 54).
        (ReviewKind.RECONSIDERATION, Procedure.SUMMARY, "2026-09-16", "2026-09-22"),
        # Nobody said which: the shorter one.
        (ReviewKind.RECONSIDERATION, Procedure.UNKNOWN, "2026-09-16", "2026-09-22"),
        # Fifteen calendar days (行政诉讼法 Art. 67): 1 October is a rest day, so is every day up to the 7th.
        (ReviewKind.DIRECT_SUIT, None, "2026-09-16", "2026-10-08"),
        (ReviewKind.SUIT_AFTER, None, "2026-09-14", "2026-09-29"),
    ],
)
def test_the_answer_falls_due_as_the_law_says(kind, procedure, received, due):
    answer, filing = own_dates(kind, procedure, date.fromisoformat(received), CALENDAR, POLICY, 3)
    assert answer.due.value.isoformat() == due
    assert answer.due.firm
    assert (filing.clock, filing.met_by) == ("filing", "filed")


def test_filing_counts_the_offices_own_days():
    _answer, filing = own_dates(ReviewKind.DIRECT_SUIT, None, date(2026, 9, 16), CALENDAR, POLICY, 3)
    assert filing.due.value == date(2026, 9, 20)  # the make-up Sunday is worked
    _answer, filing = own_dates(ReviewKind.DIRECT_SUIT, None, date(2026, 9, 16), CALENDAR, POLICY, 1)
    assert filing.due.value == date(2026, 9, 17)


def fact(kind, received, result=None, decided=None, *, first=False):
    return ReviewFact(
        ReviewKind(kind),
        date.fromisoformat(received),
        ReviewResult(result) if result else None,
        date.fromisoformat(decided) if decided else None,
        first,
    )


FACTS = [
    fact("reconsideration", "2026-03-02", "maintained", "2026-05-01"),
    fact("reconsideration", "2026-03-02", "corrected", "2027-01-05"),
    fact("reconsideration", "2025-11-02", "other", "2026-01-15"),
    fact("reconsideration", "2025-02-02", "maintained", "2025-04-01"),
    fact("reconsideration", "2027-01-02"),
    fact("direct_suit", "2026-06-01", "maintained", "2026-10-01", first=True),
    fact("suit_after_reconsideration", "2025-06-01"),
]


def test_table_4_shows_how_things_stood_at_the_end_of_the_year():
    table = table4(FACTS, 2026)
    assert table[ReviewKind.RECONSIDERATION] == {"maintained": 1, "corrected": 0, "other": 1, "pending": 1}
    assert block_total(table, ReviewKind.RECONSIDERATION) == 3
    assert table[ReviewKind.DIRECT_SUIT] == {"maintained": 1, "corrected": 0, "other": 0, "pending": 0}
    assert table[ReviewKind.SUIT_AFTER] == {"maintained": 0, "corrected": 0, "other": 0, "pending": 1}


def test_what_is_open_at_the_end_of_a_year_is_counted_again_in_the_next():
    pending = table4(FACTS, 2026)[ReviewKind.RECONSIDERATION][ReviewResult.PENDING]
    assert pending == 1
    assert table4(FACTS, 2027)[ReviewKind.RECONSIDERATION] == {
        "maintained": 0,
        "corrected": 1,
        "other": 0,
        "pending": 1,
    }
    assert table4(FACTS, 2024)[ReviewKind.RECONSIDERATION] == dict.fromkeys(ReviewResult, 0)


def test_a_direct_suit_against_a_refusal_that_goes_to_reconsideration_first_stands_out():
    [told] = table4_warnings(FACTS, 2026)
    assert "1 件" in told
    assert table4_warnings(FACTS, 2025) == ()
    assert table4_warnings([fact("direct_suit", "2026-06-01", "other", "2026-10-01", first=True)], 2026) == ()
