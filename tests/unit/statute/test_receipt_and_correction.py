"""Receipt by channel (Art. 31), correction (Art. 30), withdrawal."""

import pytest

from engine.statute.events import LedgerError

START = "2026-05-06 submit channel=in_person"


@pytest.mark.parametrize(
    "first",
    [
        "2026-04-17 submit channel=internet",
        "2026-04-17 submit channel=fax",
        "2026-04-17 arrive channel=ordinary_mail",
    ],
)
def test_channels_that_wait_for_confirmation_keep_a_cautious_date(dates, first):
    waiting = dates(first)
    assert waiting == {"cautious_reply_due": "2026-05-19"}
    confirmed = dates(first, "2026-04-20 confirm")
    assert confirmed["receipt"] == "2026-04-20"
    assert confirmed["cautious_reply_due"] == "2026-05-19"
    assert confirmed["reply_due"] == "2026-05-20"


def test_a_confirmation_on_the_day_of_arrival_may_be_written_first(dates):
    assert dates("2026-04-20 confirm", "2026-04-20 submit channel=internet")["receipt"] == "2026-04-20"


def test_a_contact_that_missed_the_applicant_confirms_nothing(dates):
    out = dates("2026-04-17 submit channel=fax", "2026-04-17 confirm with_applicant=false", "2026-04-20 confirm")
    assert out["receipt"] == "2026-04-20"
    assert "receipt" not in dates("2026-04-17 submit channel=fax", "2026-04-17 confirm with_applicant=false")


@pytest.mark.parametrize(
    "first", ["2026-05-06 submit channel=oral", "2026-05-06 sign_mail channel=signed_mail signed_by=收发室"]
)
def test_other_channels_are_received_on_the_day_itself(dates, first):
    out = dates(first)
    assert out["receipt"] == "2026-05-06"
    assert "cautious_reply_due" not in out


def test_while_a_correction_is_awaited_nothing_runs(dates):
    out = dates(START, "2026-05-11 correction_notice_served")
    assert out["reply_due"] is None
    assert out["correction_deadline_for_applicant"] == "2026-06-01"
    assert out["deemed_abandoned_from"] == "2026-06-02"
    assert out["original_reply_due"] == "2026-06-02"
    assert "explain" not in out
    assert "overdue_on" not in out


def test_a_late_notice_is_marked_and_a_second_one_has_no_limit(dates):
    late = dates(START, "2026-05-15 correction_notice_served")
    assert late["correction_notice_due"] == "2026-05-14"
    assert late["correction_notice_late"] is True
    second = dates(
        START,
        "2026-05-14 correction_notice_served",
        "2026-05-20 corrected_received",
        "2026-06-10 correction_notice_served",
    )
    assert second["correction_notice_late"] is False
    assert second["correction_notice_due"] == "2026-05-14"
    assert second["correction_deadline_for_applicant"] == "2026-07-02"


def test_late_correction_restarts_only_when_accepted(dates):
    lines = (START, "2026-05-11 correction_notice_served")
    late = dates(*lines, "2026-06-02 corrected_received")
    assert late["reply_due"] is None
    assert late["deemed_abandoned_from"] == "2026-06-02"
    accepted = dates(*lines, "2026-06-02 corrected_received accepted=true")
    assert accepted["reply_due"] == "2026-07-01"
    assert "deemed_abandoned_from" not in accepted
    last_day = dates(*lines, "2026-06-01 corrected_received")
    assert last_day["reply_due"] == "2026-06-30"


def test_correction_period_by_policy_and_by_case(dates):
    assert (
        dates(START, "2026-05-11 correction_notice_served", correction_period_working_days=5)[
            "correction_deadline_for_applicant"
        ]
        == "2026-05-18"
    )
    assert (
        dates(START, "2026-05-11 correction_notice_served period_working_days=40")["correction_deadline_for_applicant"]
        == "2026-07-07"
    )


def test_restart_drops_earlier_suspension_and_extension(dates):
    out = dates(
        START,
        "2026-05-07 consult_sent id=a to=third_party",
        "2026-05-12 opinion id=a",
        "2026-05-13 extension days=10",
        "2026-05-14 correction_notice_served",
        "2026-05-20 corrected_received",
    )
    assert out["reply_due"] == "2026-06-17"
    assert out["suspended_working_days"] == 4  # 8 and 11, 12 May, and the make-up Saturday 9 May
    assert "reply_due_before_extension" not in out
    again = dates(
        START,
        "2026-05-13 extension days=20",
        "2026-05-14 correction_notice_served",
        "2026-05-20 corrected_received",
        "2026-06-10 extension days=20",
    )
    assert again["reply_due_before_extension"] == "2026-06-17"
    assert again["reply_due"] == "2026-07-16"
    assert again["extension_valid"] is True
    assert "second_extension_valid" not in again


def test_consultation_open_at_a_restart_leaves_out_only_the_days_of_the_new_period(dates):
    out = dates(
        START,
        "2026-05-12 consult_sent id=a to=third_party",
        "2026-05-13 correction_notice_served",
        "2026-05-20 corrected_received",
        "2026-05-22 opinion id=a",
    )
    assert out["reply_due"] == "2026-06-22"  # 17 June and the two days 21 and 22 May (19 June is a holiday)
    assert out["explain"][0]["working_days"] == 2
    assert out["explain"][0]["counts"] is False


def test_withdrawal_leaves_nothing_due(dates):
    out = dates(START, "2026-05-13 withdrawn", as_of="2026-12-01")
    assert out["reply_due"] is None
    assert "in_time" not in out
    assert "overdue_on" not in out
    waiting = dates(START, "2026-05-11 correction_notice_served", "2026-05-13 withdrawn")
    assert waiting["reply_due"] is None
    assert "deemed_abandoned_from" not in waiting


def test_two_stops_at_once_run_again_after_the_last(dates):
    lines = (START, "2026-05-11 fee_notice_served", "2026-05-12 correction_notice_served")
    assert dates(*lines, "2026-05-14 corrected_received")["reply_due"] is None
    out = dates(*lines, "2026-05-14 corrected_received", "2026-05-20 fee_paid")
    assert out["reply_due"] == "2026-06-17"


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ((START, "2026-05-07 submit channel=oral"), "submit"),
        ((START, "2026-05-07 confirm"), "confirm"),
        (("2026-05-07 confirm",), "confirm"),
        (("2026-05-07 submit channel=fax", "2026-05-07 confirm", "2026-05-08 confirm"), "confirm"),
        (("2026-05-07 submit channel=fax", "2026-05-06 confirm"), "confirm"),
        ((START, "2026-05-07 corrected_received"), "corrected_received"),
        (
            (
                START,
                "2026-05-07 correction_notice_served",
                "2026-05-08 corrected_received",
                "2026-05-09 corrected_received",
            ),
            "corrected_received",
        ),
        ((START, "2026-05-05 correction_notice_served"), "correction_notice_served"),
        (("2026-05-05 correction_notice_served",), "correction_notice_served"),
        (("2026-05-05 submit channel=fax", "2026-05-06 extension days=5", "2026-05-07 confirm"), "extension"),
        (("2026-05-05 submit channel=fax", "2026-05-06 extension days=5"), "extension"),
        ((START, "2026-05-05 reply_posted carrier=courier"), "reply_posted"),
        ((START, "2026-05-08 withdrawn", "2026-05-11 correction_notice_served"), "correction_notice_served"),
    ],
)
def test_an_order_that_cannot_be_is_refused_and_the_event_named(dates, lines, named):
    with pytest.raises(LedgerError, match=named):
        dates(*lines)


def test_events_with_a_clock_of_their_own_may_be_older_than_the_request(dates):
    assert dates(START, "2026-01-05 information_formed")["publish_due"] == "2026-02-02"
