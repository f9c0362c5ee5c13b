"""The worked examples of the law, date by date, through the same door as everybody: a ledger of events."""

from typing import Any

import pytest

from engine.holidays import builtin_calendar
from engine.statute.clock import fold
from engine.statute.events import parse_ledger
from engine.statute.policy import Policy


def dates(*events: dict[str, Any]) -> dict[str, Any]:
    return fold(parse_ledger({"events": list(events)}), builtin_calendar(), Policy()).as_json()


EXAMPLES = {
    "in person before the October holidays": (
        [{"type": "submit", "channel": "in_person", "date": "2024-09-24"}],
        {"correction_notice_due": "2024-10-09", "reply_due": "2024-10-25"},
    ),
    "EMS signed for in the Spring Festival": (
        [{"type": "sign_mail", "channel": "signed_mail", "date": "2025-02-01"}],
        {"correction_notice_due": "2025-02-12", "reply_due": "2025-03-03"},
    ),
    "web form confirmed before May": (
        [
            {"type": "submit", "channel": "internet", "date": "2026-04-20"},
            {"type": "confirm", "date": "2026-04-20"},
        ],
        {"receipt": "2026-04-20", "correction_notice_due": "2026-04-29", "reply_due": "2026-05-20"},
    ),
    "two holidays and two make-up days": (
        [{"type": "submit", "channel": "in_person", "date": "2026-09-16"}],
        {"correction_notice_due": "2026-09-24", "reply_due": "2026-10-20"},
    ),
    "correction starts the period afresh": (
        [
            {"type": "submit", "channel": "in_person", "date": "2026-01-05"},
            {"type": "correction_notice_served", "date": "2026-01-09"},
            {"type": "corrected_received", "channel": "in_person", "date": "2026-01-20"},
        ],
        {
            "correction_notice_due": "2026-01-14",
            "correction_notice_late": False,
            "correction_deadline_for_applicant": "2026-01-30",
            "reply_due": "2026-02-24",
            "original_reply_due": "2026-02-02",
        },
    ),
    "third party asked, then extended": (
        [
            {"type": "submit", "channel": "in_person", "date": "2026-05-06"},
            {"type": "consult_sent", "id": "甲", "to": "third_party", "date": "2026-05-12"},
            {"type": "consult_received", "id": "甲", "date": "2026-05-14"},
            {"type": "opinion", "id": "甲", "date": "2026-05-27"},
            {"type": "extension", "days": 15, "date": "2026-06-01"},
        ],
        {
            "original_reply_due": "2026-06-02",
            "consult_deadline": {"甲": "2026-06-04"},
            "suspended_working_days": 11,
            "reply_due_before_extension": "2026-06-17",
            "extension_valid": True,
            "reply_due": "2026-07-09",
            "overdue_on": "2026-07-10",
        },
    ),
    "fee paid": (
        [
            {"type": "submit", "channel": "in_person", "date": "2026-03-02"},
            {"type": "fee_notice_served", "date": "2026-03-10"},
            {"type": "fee_paid", "date": "2026-03-24"},
        ],
        {"fee_notice_valid": True, "payment_deadline": "2026-04-08", "reply_due": "2026-04-22"},
    ),
    "sixtieth day inside the October holidays": (
        [{"type": "reply_signed_personally", "date": "2025-08-05"}],
        {"reconsideration_deadline": "2025-10-09", "litigation_deadline": "2026-02-05"},
    ),
    "policy published before May": (
        [{"type": "policy_published", "date": "2026-04-30"}],
        {"interpretation_due_3wd": "2026-05-08", "interpretation_due_5wd": "2026-05-11"},
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_worked_examples_of_the_law_come_out_day_by_day(name: str) -> None:
    events, expected = EXAMPLES[name]
    out = dates(*events)
    assert {key: out.get(key) for key in expected} == expected


def test_signing_on_saturday_and_on_the_friday_before_give_the_same_due_date() -> None:
    friday, saturday = (
        dates({"type": "sign_mail", "channel": "signed_mail", "date": day}) for day in ("2026-03-06", "2026-03-07")
    )
    assert friday["reply_due"] == saturday["reply_due"] == "2026-04-03"
