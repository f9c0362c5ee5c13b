"""Events and policies that cannot be are refused in one sentence."""

from datetime import date

import pytest

from engine.statute.events import EVENT_TYPES, Event, LedgerError, parse_ledger
from engine.statute.policy import Policy, PolicyError, policy_from_pairs

DAY = {"date": "2026-05-06"}


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"type": "submit", "channel": "fax"}, "date"),
        (DAY, "type"),
        ({"type": "sumbit", **DAY}, "sumbit"),
        ({"type": None, **DAY}, "None"),
        ({"type": ["submit"], **DAY}, "submit"),
        ({"type": "submit", **DAY}, "channel"),
        ({"type": "submit", "channel": "signed_mail", **DAY}, "in_person"),
        ({"type": "sign_mail", "channel": "ordinary_mail", **DAY}, "signed_mail"),
        ({"type": "submit", "channel": "fax", "date": "2026-02-30"}, "2026-02-30"),
        ({"type": "submit", "channel": "fax", "date": "20260506"}, "YYYY-MM-DD"),
        ({"type": "submit", "channel": "fax", "date": "2026-W19-3"}, "YYYY-MM-DD"),
        ({"type": "submit", "channel": "fax", "date": "２０２６-05-06"}, "YYYY-MM-DD"),
        ({"type": "submit", "channel": "fax", "date": 20260506}, "YYYY-MM-DD"),
        ({"type": "submit", "channel": "fax", "date": "9999-12-31"}, "2099"),
        ({"type": "submit", "channel": "fax", "date": "0000-01-01"}, "没有这一天"),
        ({"type": "extension", **DAY}, "days"),
        ({"type": "extension", "days": 0, **DAY}, "days"),
        ({"type": "extension", "days": True, **DAY}, "days"),
        ({"type": "extension", "days": 5.0, **DAY}, "days"),
        ({"type": "extension", "days": "5", **DAY}, "days"),
        ({"type": "consult_sent", "id": "", "to": "third_party", **DAY}, "id"),
        ({"type": "consult_sent", "id": 7, "to": "third_party", **DAY}, "id"),
        ({"type": "consult_sent", "id": "a\ud800", "to": "third_party", **DAY}, "id"),
        ({"type": "consult_sent", "id": "a", "to": "neighbour", **DAY}, "to"),
        ({"type": "consult_sent", "id": "a", **DAY}, "to"),
        ({"type": "confirm", "with_applicant": "yes", **DAY}, "with_applicant"),
        ({"type": "corrected_received", "accepted": 1, **DAY}, "accepted"),
        ({"type": "corrected_received", "channel": "pigeon", **DAY}, "channel"),
        ({"type": "correction_notice_served", "period_working_days": 3, **DAY}, "period_working_days"),
        ({"type": "delayed_reply_notice", **DAY}, "new_due"),
        ({"type": "delayed_reply_notice", "new_due": "soon", **DAY}, "new_due"),
        ({"type": "reply_posted", **DAY}, "carrier"),
        ({"type": "reply_posted", "carrier": "pigeon", **DAY}, "carrier"),
        ({"type": "reply_delivered", "decision": "Z9", **DAY}, "decision"),
        ({"type": "ordered_to_reply_again", "days": -3, **DAY}, "days"),
        (5, "5"),
        ([[[]]], "对象"),
    ],
)
def test_a_malformed_event_is_refused_by_place_and_reason(event, says):
    good = {"type": "policy_published", **DAY}
    with pytest.raises(LedgerError, match="第 2 个事件") as caught:
        parse_ledger({"events": [good, event]})
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("raw", [None, 5, "events", [], {}, {"events": None}, {"events": "x"}, {"events": []}])
def test_a_malformed_ledger_is_refused(raw):
    with pytest.raises(LedgerError):
        parse_ledger(raw)


def test_an_event_made_in_code_is_checked_too():
    with pytest.raises(LedgerError, match="days"):
        Event("extension", date(2026, 5, 6))
    with pytest.raises(LedgerError, match="1989"):
        Event("withdrawn", date(1989, 5, 6))


def test_every_event_type_has_a_chinese_title():
    assert len(EVENT_TYPES) == 36
    assert all(not kind.title.isascii() for kind in EVENT_TYPES.values())


def test_policy_pairs():
    policy = policy_from_pairs(
        [
            "suspension_includes_sending_day=true",
            "correction_period_working_days=10",
            "art35_suspends=false",
            "extra_rest_days=2026-07-01, 2026-07-02",
            "second_extension=true",
        ],
        Policy(),
    )
    assert policy == Policy(
        suspension_includes_sending_day=True,
        correction_period_working_days=10,
        extra_rest_days=frozenset({date(2026, 7, 1), date(2026, 7, 2)}),
        second_extension=True,
    )
    assert policy_from_pairs(["extra_rest_days="], policy).extra_rest_days == frozenset()


@pytest.mark.parametrize(
    "pair",
    ["art35_suspends", "art35_suspends=yes", "art35_suspends=True", "nonsense=1", "correction_period_working_days=4",
     "correction_period_working_days=31", "correction_period_working_days=1.5", "correction_period_working_days=",
     "extra_rest_days=2026-02-30", "extra_rest_days=2026-07-01,,2026-07-02", "=true"],
)  # fmt: skip
def test_policy_pairs_that_cannot_be_are_refused(pair):
    with pytest.raises(PolicyError):
        policy_from_pairs([pair], Policy())


def test_a_policy_key_given_twice_is_refused():
    with pytest.raises(PolicyError, match="两次"):
        policy_from_pairs(["art35_suspends=true", "art35_suspends=false"], Policy())
