"""Timeliness (235号), remedies, the organ's own dates, years without a holiday notice."""

from datetime import date

import pytest

from engine.statute.decisions import RemedyType
from engine.statute.remedies import remedy_type

START = "2026-05-06 submit channel=in_person"  # due 2026-06-02


def test_the_earliest_of_posting_signature_and_arrival_governs(dates):
    out = dates(
        START,
        "2026-06-02 reply_posted carrier=postal_enterprise",
        "2026-06-05 reply_signed_personally",
        "2026-06-04 reply_sent_electronically",
    )
    assert (out["in_time"], out["late_working_days"]) == (True, 0)
    assert "carrier_warning" not in out


def test_a_reply_dated_in_time_and_handed_over_later_is_late(dates):
    out = dates(START, "2026-06-02 reply_dated", "2026-06-02 handed_over", "2026-06-08 reply_posted carrier=courier")
    assert (out["in_time"], out["late_working_days"]) == (False, 4)
    assert out["carrier_warning"] is True


def test_as_of_judges_an_open_case_and_decides_nothing_once_there_is_a_reply(dates):
    assert "in_time" not in dates(START)
    assert dates(START, as_of="2026-06-02")["in_time"] is True
    late = dates(START, as_of="2026-06-04")
    assert (late["in_time"], late["late_working_days"]) == (False, 2)
    replied = dates(START, "2026-06-01 reply_sent_electronically", as_of="2026-07-01")
    assert replied["in_time"] is True


def test_events_after_as_of_are_ignored_even_when_they_make_no_sense(dates):
    out = dates(START, "2026-06-10 opinion id=nowhere", as_of="2026-05-20")
    assert out["reply_due"] == "2026-06-02"
    assert dates(START, as_of="2026-05-05") == {}


def test_remedies_run_from_delivery_else_from_the_personal_signature(dates):
    delivered = dates(START, "2026-06-01 reply_signed_personally", "2026-06-05 reply_delivered decision=G1")
    assert delivered["reconsideration_deadline"] == "2026-08-04"
    assert delivered["litigation_deadline"] == "2026-12-07"  # 5 December is a Saturday
    posted = dates(START, "2026-06-01 reply_posted carrier=postal_enterprise")
    assert "reconsideration_deadline" not in posted


def test_month_ends_and_make_up_days(dates):
    assert dates("2025-08-31 reply_delivered")["litigation_deadline"] == "2026-02-28"  # a worked Saturday
    assert dates("2026-03-31 record_correction_request")["fallback_due"] == "2026-06-01"  # 31 May is a Sunday
    assert dates("2025-12-31 record_correction_request")["fallback_due"] == "2026-02-28"


def test_refusals_go_to_reconsideration_first(dates):
    refused = dates("2026-03-02 reply_delivered decision=R5")
    assert "litigation_deadline" not in refused
    assert refused["reconsideration_deadline"] == "2026-05-06"
    reviewed = dates("2026-03-02 reply_delivered decision=R5", "2026-05-20 reconsideration_decision_received")
    assert reviewed["litigation_deadline"] == "2026-06-04"
    assert dates("2026-03-02 reply_delivered decision=P1")["litigation_deadline"] == "2026-09-02"
    assert dates("2026-03-02 reply_delivered decision=R8")["litigation_deadline"] == "2026-09-02"
    # Before 2024 there was a choice.
    assert dates("2023-12-20 reply_delivered decision=R5")["litigation_deadline"] == "2024-06-20"


def test_the_organs_own_dates(dates):
    out = dates("2026-04-28 reconsideration_copy_received", "2026-04-20 complaint_copy_received")
    assert out["answer_due_ordinary"] == "2026-05-14"
    assert out["answer_due_summary"] == "2026-05-08"
    assert out["defence_due"] == "2026-05-06"
    assert dates("2026-09-16 information_formed") == {"publish_due": "2026-10-20"}


def test_an_order_to_reply_again_opens_a_new_period_and_asks_for_a_new_reply(dates):
    lines = (
        START,
        "2026-06-01 reply_posted carrier=postal_enterprise",
        "2026-06-03 reply_delivered decision=R5",
        "2026-08-10 reconsideration_decision_received",
        "2026-08-10 ordered_to_reply_again days=15",
    )
    out = dates(*lines)
    assert out["reply_due"] == "2026-08-31"
    assert "in_time" not in out
    assert out["litigation_deadline"] == "2026-08-25"
    assert dates(*lines, as_of="2026-09-01")["late_working_days"] == 1
    again = dates(*lines, "2026-08-28 reply_signed_personally")
    assert again["in_time"] is True
    assert again["reconsideration_deadline"] == "2026-10-27"
    assert dates(START, "2026-05-20 ordered_to_reply_again")["reply_due"] == "2026-06-17"


def test_a_year_without_notice_gives_an_estimate_and_a_warning(dates):
    out = dates("2026-12-10 submit channel=in_person")
    assert out["correction_notice_due"] == "2026-12-21"
    assert out["reply_due"] == "INDETERMINATE"
    assert out["provisional_reply_due"] == "2027-01-08"  # 1 January left out, no make-up days
    assert out["original_reply_due"] == "INDETERMINATE"
    assert "2027" in out["must_flag"]
    assert "overdue_on" not in out
    assert out["explain"][-1]["to"] == "2027-01-08"
    firm = dates("2026-12-03 submit channel=in_person")
    assert firm["reply_due"] == "2026-12-31"
    assert "must_flag" not in firm


def test_dates_by_id_are_indeterminate_one_by_one(dates):
    out = dates(
        "2026-12-01 submit channel=in_person",
        "2026-12-02 consult_sent id=a to=joint_agency",
        "2026-12-20 consult_sent id=b to=joint_agency",
    )
    assert out["consult_deadline"] == {"a": "2026-12-23", "b": "INDETERMINATE"}
    assert out["provisional_consult_deadline"] == {"b": "2027-01-11"}
    assert out["deemed_consent"] == {"a": "2026-12-24", "b": "INDETERMINATE"}
    assert out["provisional_deemed_consent"] == {"b": "2027-01-12"}


def test_a_calendar_period_is_indeterminate_only_when_it_ends_in_such_a_year(dates):
    out = dates("2026-10-30 reply_delivered", "2026-12-20 complaint_copy_received")
    assert out["reconsideration_deadline"] == "2026-12-29"
    assert out["litigation_deadline"] == "INDETERMINATE"
    assert out["provisional_litigation_deadline"] == "2027-04-30"
    assert out["defence_due"] == "INDETERMINATE"
    assert out["provisional_defence_due"] == "2027-01-04"


def test_local_holidays_push_working_days_and_calendar_periods(dates):
    days = frozenset({date(2026, 6, 2)})
    assert dates(START, extra_rest_days=days)["reply_due"] == "2026-06-03"
    assert dates("2026-04-03 reply_delivered", extra_rest_days=days)["reconsideration_deadline"] == "2026-06-03"


@pytest.mark.parametrize(
    ("code", "ground", "dated", "expected"),
    [
        ("R4", None, date(2026, 1, 5), RemedyType.RF),
        ("R4", None, date(2023, 12, 31), RemedyType.CH),
        ("R8", None, date(2026, 1, 5), RemedyType.CH),
        ("P1", "R3", date(2026, 1, 5), RemedyType.SPLIT),
        ("P1", "N1", date(2026, 1, 5), RemedyType.CH),
        ("O3", None, date(2026, 1, 5), RemedyType.NONE),
    ],
)
def test_remedy_types(code, ground, dated, expected):
    assert remedy_type(code, dated, ground=ground) is expected


def test_an_office_may_set_a_row_to_reconsideration_only():
    chosen = {"D2": RemedyType.RECONSIDERATION_ONLY}
    assert remedy_type("D2", date(2026, 1, 5), overrides=chosen) is RemedyType.RECONSIDERATION_ONLY
