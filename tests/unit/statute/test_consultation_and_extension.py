"""Suspension (Arts. 32-34), extension (Art. 33), abnormal requests (Art. 35), fee (109号)."""

import pytest

from engine.statute.events import LedgerError

START = "2026-05-06 submit channel=in_person"  # base due date 2026-06-02


def test_until_receipt_is_known_the_addressee_counts_from_sending(dates):
    out = dates(START, "2026-05-12 consult_sent id=a to=joint_agency")
    assert out["consult_deadline"] == {"a": "2026-06-02"}
    assert out["deemed_consent"] == {"a": "2026-06-03"}
    assert out["suspended_working_days"] == 15
    assert out["reply_due"] == "2026-06-24"
    received = dates(START, "2026-05-12 consult_sent id=a to=joint_agency", "2026-05-14 consult_received id=a")
    assert received["consult_deadline"] == {"a": "2026-06-04"}
    assert received["suspended_working_days"] == 17


def test_a_third_party_never_consents_by_silence(dates):
    assert "deemed_consent" not in dates(START, "2026-05-12 consult_sent id=a to=third_party")


def test_a_joint_agency_that_answered_or_was_not_reached_is_not_silent(dates):
    sent = (START, "2026-05-12 consult_sent id=a to=joint_agency")
    assert "deemed_consent" not in dates(*sent, "2026-06-02 opinion id=a")
    assert "deemed_consent" not in dates(*sent, "2026-05-20 consult_returned id=a")
    assert dates(*sent, "2026-06-03 opinion id=a")["deemed_consent"] == {"a": "2026-06-03"}


def test_late_opinion_and_returned_letter_end_the_gap(dates):
    sent = (START, "2026-05-12 consult_sent id=a to=third_party")
    assert dates(*sent, "2026-07-01 opinion id=a")["suspended_working_days"] == 15
    returned = dates(*sent, "2026-05-18 consult_returned id=a")
    assert returned["suspended_working_days"] == 4
    assert returned["reply_due"] == "2026-06-08"


def test_several_consultations_count_as_their_union(dates):
    out = dates(
        START,
        "2026-05-12 consult_sent id=a to=third_party",
        "2026-05-14 consult_sent id=b to=joint_agency",
        "2026-05-18 opinion id=a",
        "2026-05-20 opinion id=b",
        "2026-05-25 consult_sent id=c to=third_party",
        "2026-05-26 opinion id=c",
    )
    assert out["suspended_working_days"] == 7
    assert out["reply_due"] == "2026-06-11"


def test_the_sending_day_itself_by_policy(dates):
    lines = (START, "2026-05-12 consult_sent id=a to=third_party", "2026-05-13 opinion id=a")
    assert dates(*lines)["suspended_working_days"] == 1
    out = dates(*lines, suspension_includes_sending_day=True)
    assert out["suspended_working_days"] == 2
    assert out["reply_due"] == "2026-06-04"


def test_the_receipt_day_is_never_left_out_because_it_is_not_counted(dates):
    out = dates(
        START,
        "2026-05-06 consult_sent id=a to=third_party",
        "2026-05-07 opinion id=a",
        suspension_includes_sending_day=True,
    )
    assert out["suspended_working_days"] == 1
    assert out["reply_due"] == "2026-06-03"


def test_nor_is_the_day_a_later_period_starts_from(dates):
    """Art. 30, 33(3); 民法典 Art. 201: the day a period is counted from is not one of its days."""
    out = dates(
        START,
        "2026-05-08 correction_notice_served",
        "2026-05-13 corrected_received",
        "2026-05-13 consult_sent id=a to=third_party",
        "2026-05-15 opinion id=a",
        suspension_includes_sending_day=True,
    )
    assert out["suspended_working_days"] == 2
    assert out["reply_due"] == "2026-06-12"


def test_a_consultation_sent_after_the_due_date_changes_nothing(dates):
    out = dates(START, "2026-06-03 consult_sent id=a to=joint_agency")
    assert out["reply_due"] == "2026-06-02"
    assert out["suspended_working_days"] == 0
    assert out["consult_deadline"] == {"a": "2026-06-25"}
    on_the_day = dates(START, "2026-06-02 consult_sent id=a to=third_party", "2026-06-04 opinion id=a")
    assert on_the_day["reply_due"] == "2026-06-04"
    assert [segment["working_days"] for segment in on_the_day["explain"]] == [20, 2]


def test_a_consultation_during_the_extension_moves_only_the_extended_date(dates):
    out = dates(
        START,
        "2026-06-01 extension days=10",
        "2026-06-04 consult_sent id=a to=third_party",
        "2026-06-08 opinion id=a",
    )
    assert out["reply_due_before_extension"] == "2026-06-02"
    assert out["reply_due"] == "2026-06-18"
    assert [(s["working_days"], s["counts"]) for s in out["explain"]] == [(20, True), (2, True), (2, False), (8, True)]


def test_extension_limits(dates):
    assert dates(START, "2026-06-02 extension days=20")["reply_due"] == "2026-07-01"
    after = dates(START, "2026-06-03 extension days=5")
    assert after["extension_valid"] is False
    assert after["reply_due"] == "2026-06-02"
    assert "reply_due_before_extension" not in after
    long = dates(START, "2026-06-01 extension days=21")
    assert long["extensions"][0]["valid"] is False
    assert "20" in long["extensions"][0]["why"]


def test_a_second_extension_only_by_policy_and_only_up_to_twenty(dates):
    lines = (START, "2026-05-20 extension days=10", "2026-06-10 extension days=10")
    forbidden = dates(*lines)
    assert (forbidden["extension_valid"], forbidden["second_extension_valid"]) == (True, False)
    assert forbidden["reply_due"] == "2026-06-16"
    allowed = dates(*lines, second_extension=True)
    assert allowed["second_extension_valid"] is True
    assert allowed["reply_due"] == "2026-07-01"
    beyond = dates(*lines[:2], "2026-06-10 extension days=11", second_extension=True)
    assert beyond["second_extension_valid"] is False
    third = dates(
        START,
        "2026-05-20 extension days=5",
        "2026-05-21 extension days=5",
        "2026-05-22 extension days=5",
        second_extension=True,
    )
    assert [one["valid"] for one in third["extensions"]] == [True, True, False]
    assert third["second_extension_valid"] is True


def test_a_refused_first_extension_does_not_make_the_next_a_second(dates):
    out = dates(START, "2026-05-20 extension days=25", "2026-05-21 extension days=15")
    assert [one["valid"] for one in out["extensions"]] == [False, True]
    assert out["extension_valid"] is True
    assert "second_extension_valid" not in out
    assert out["reply_due"] == "2026-06-24"


def test_an_extension_while_nothing_runs_is_refused(dates):
    out = dates(START, "2026-05-11 correction_notice_served", "2026-05-12 extension days=5")
    assert out["extension_valid"] is False
    assert out["extensions"][0]["valid"] is False


def test_deferral_replaces_the_due_date_and_only_a_restart_moves_it(dates):
    lines = (START, "2026-05-20 reasons_requested", "2026-05-25 reasons_received")
    out = dates(*lines, "2026-06-02 delayed_reply_notice new_due=2026-07-31")
    assert out["reply_due"] == "2026-07-31"
    assert out["overdue_on"] == "2026-08-01"
    assert out["explain"][-1]["to"] == "2026-07-31"
    fixed = dates(
        *lines,
        "2026-06-02 delayed_reply_notice new_due=2026-07-31",
        "2026-06-03 extension days=5",
        "2026-06-04 consult_sent id=a to=third_party",
    )
    assert fixed["reply_due"] == "2026-07-31"
    assert fixed["extension_valid"] is False
    restarted = dates(
        *lines,
        "2026-06-02 delayed_reply_notice new_due=2026-07-31",
        "2026-06-05 fee_notice_served",
        "2026-06-08 fee_paid",
    )
    assert restarted["reply_due"] == "2026-07-07"


@pytest.mark.parametrize(
    "line",
    [
        "2026-06-03 delayed_reply_notice new_due=2026-07-31",
        "2026-06-01 delayed_reply_notice new_due=2026-06-02",
        "2026-06-01 delayed_reply_notice new_due=2026-08-01",
    ],
)
def test_a_deferral_outside_its_conditions_is_refused(dates, line):
    with pytest.raises(LedgerError, match="delayed_reply_notice"):
        dates(START, line)


def test_reasons_stop_the_clock_only_by_policy(dates):
    lines = (START, "2026-05-20 reasons_requested", "2026-05-25 reasons_received")
    assert dates(*lines)["reply_due"] == "2026-06-02"
    out = dates(*lines, art35_suspends=True)
    assert out["reply_due"] == "2026-06-05"
    assert "suspended_working_days" not in out
    silent = dates(*lines[:2], art35_suspends=True)
    assert silent["reply_due"] == "2026-06-24"  # cut after fifteen working days


def test_fee_notice_stops_and_late_payment_does_not_restart(dates):
    lines = (START, "2026-05-11 fee_notice_served")
    waiting = dates(*lines)
    assert waiting["reply_due"] is None
    assert waiting["payment_deadline"] == "2026-06-08"
    assert waiting["deemed_abandoned_from"] == "2026-06-09"
    late = dates(*lines, "2026-06-09 fee_paid")
    assert late["reply_due"] is None
    assert late["deemed_abandoned_from"] == "2026-06-09"
    assert dates(*lines, "2026-06-09 fee_paid accepted=true")["reply_due"] == "2026-07-08"


def test_a_fee_notice_after_the_due_date_has_no_effect(dates):
    out = dates(START, "2026-06-03 fee_notice_served", "2026-06-04 fee_paid")
    assert out["fee_notice_valid"] is False
    assert "payment_deadline" not in out
    assert out["reply_due"] == "2026-06-02"
    assert dates(START, "2026-06-02 fee_notice_served")["fee_notice_valid"] is True


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (("2026-05-12 opinion id=a",), "opinion"),
        (("2026-05-12 consult_received id=a",), "consult_received"),
        (("2026-05-12 consult_returned id=a",), "consult_returned"),
        (("2026-05-12 consult_sent id=a to=third_party", "2026-05-11 opinion id=a"), "opinion"),
        (
            ("2026-05-12 consult_sent id=a to=third_party", "2026-05-13 consult_sent id=a to=third_party"),
            "consult_sent",
        ),
        (
            (
                "2026-05-12 consult_sent id=a to=third_party",
                "2026-05-13 opinion id=a",
                "2026-05-14 opinion id=a",
            ),
            "opinion",
        ),
        (("2026-05-12 fee_paid",), "fee_paid"),
        (("2026-05-11 fee_notice_served", "2026-05-12 fee_paid", "2026-05-13 fee_paid"), "fee_paid"),
        (("2026-05-12 reasons_received",), "reasons_received"),
        (("2026-05-12 reasons_requested", "2026-05-13 reasons_requested"), "reasons_requested"),
    ],
)
def test_answers_to_nothing_are_refused_and_the_event_named(dates, lines, named):
    with pytest.raises(LedgerError, match=named):
        dates(START, *lines)
