"""The twenty-one sample requests, each walked through the diagrams to its decision, letters and ledger."""

from collections.abc import Callable

import pytest

from engine.process import Definition
from tests.unit.process.disclosure_walk import (
    Walk,
    accepted,
    ask,
    definition,
    drafting,
    needs_correction,
    planned,
    searched,
    straight_to_draft,
)


@pytest.fixture(scope="module")
def disclosure() -> Definition:
    return definition()


def already_public(of: Definition) -> Walk:
    return straight_to_draft(of, "internet").reply("G2").serve("electronic")


def two_units_search(of: Definition) -> Walk:
    return drafting(searched(of, units=2)).reply("G1").serve("pickup")


def third_party_objects(of: Definition) -> Walk:
    walk = planned(of, "signed_mail").do("plan", outcome="measures", third_parties=[{"name": "云岭化工"}])
    ask(walk, "third_party").do("third_party_reply", outcome="received", consult_received_on="2026-05-13")
    walk.do("third_party_reply", outcome="opinion", opinion_on="2026-05-20")
    return drafting(walk).reply("P1", "R4").serve()


def confirmed_late(of: Definition) -> Walk:
    walk = Walk(of, channel="ordinary_mail").fire("confirmation_due").at("confirm").do("confirm")
    return walk.do("completeness", outcome="complete").do("triage", outcome="direct").reply("R6").serve()


def complaint(of: Definition) -> Walk:
    walk = Walk(of, channel="internet").fire("confirmation_due").do("confirm")
    return walk.do("completeness", outcome="complete").do("triage", outcome="direct").reply("D1").serve("electronic")


def never_corrected(of: Definition) -> Walk:
    walk = needs_correction(of).fire("correction_due").at("abandon_check").do("abandon_check", outcome="abandon")
    return walk.at("abandon_note").do("abandon_note", decision="O1").archive()


def registry(of: Definition) -> Walk:
    return straight_to_draft(of).reply("R8").serve()


def would_have_to_be_made(of: Definition) -> Walk:
    return drafting(searched(of, "internet")).reply("N2").serve("electronic")


def other_agency(of: Definition) -> Walk:
    return straight_to_draft(of, "signed_mail").reply("N1", "other_agency").serve()


def repeated(of: Definition) -> Walk:
    return straight_to_draft(of, "internet").reply("D2").serve("electronic")


def fee_paid(of: Definition) -> Walk:
    walk = searched(of).do("plan", outcome="fee").do("fee_draft").do("fee_issue", outcome="issue")
    walk.do("fee_service", fee_served_on="2026-05-20").do("fee_payment", outcome="full", fee_paid_on="2026-05-27")
    return drafting(walk).reply("G1").serve()


def silent_joint_agency(of: Definition) -> Walk:
    walk = planned(of).do("plan", outcome="measures", joint_agencies=[{"name": "北江市水务局"}])
    ask(walk, "joint_agency").do("joint_agency_reply", outcome="received", consult_received_on="2026-05-13")
    return drafting(walk.fire("joint_agency_due").at("plan")).reply("G1").serve()


def over_the_year(of: Definition) -> Walk:
    return drafting(searched(of)).reply("G1").serve()


def on_the_spot(of: Definition) -> Walk:
    walk = Walk(of, channel="oral").do("completeness", outcome="spot").at("spot_reply")
    walk.do("spot_reply", decision="G3", spot_basis="approved_list", signed_on="2026-05-06").at("spot_review")
    return walk.do("spot_review", outcome="pass").archive()


def extended(of: Definition) -> Walk:
    walk = searched(of, "signed_mail").act("request_extension", extension_days=15).at("extension_approve", "plan")
    walk.do("extension_approve", outcome="approve", extension_days=15).do("extension_issue", extension_days=15)
    walk.do("extension_service", extension_served_on="2026-05-25", extension_days=15).at("plan")
    return drafting(walk).reply("P1", "R3").serve()


def silent_third_party(of: Definition) -> Walk:
    walk = planned(of, "signed_mail").do("plan", outcome="measures", third_parties=[{"name": "云河水泥"}])
    walk = ask(walk, "third_party").fire("third_party_due")
    return drafting(walk).reply("R4", "trade_secret").serve()


def not_found(of: Definition) -> Walk:
    return drafting(searched(of, units=2)).reply("N1", "not_found").serve()


def withdrawn(of: Definition) -> Walk:
    walk = planned(of, "internet").do("plan", outcome="measures", units=[{"unit": 1}]).at("search")
    walk.act("withdraw", withdrawn_on="2026-05-10").at("withdrawal_note")
    return walk.do("withdrawal_note", decision="O3").archive()


def second_attempt(of: Definition) -> Walk:
    walk = drafting(searched(of, "ordinary_mail")).reply("G1").do("dispatch", mode="postal", posted_on="2026-09-28")
    walk.do("delivery", outcome="returned", returned_on="2026-10-12").at("dispatch")
    walk.do("dispatch", mode="postal", posted_on="2026-10-13")
    return walk.do("delivery", outcome="delivered", delivered_on="2026-10-16").archive()


def too_many(of: Definition) -> Walk:
    walk = accepted(of, "internet").do("triage", outcome="reasons").do("reasons_draft")
    walk.do("reasons_issue", outcome="issue").do("reasons_service", reasons_served_on="2026-10-23")
    walk.do("reasons_receive", reasons_on="2026-10-30").do("reasons_assess", outcome="unreasonable")
    return walk.at("draft").reply("D4").serve("electronic")


def corrected(of: Definition) -> Walk:
    walk = needs_correction(of).do("correction_receive", corrected_on="2026-07-28").at("completeness")
    walk.do("completeness", outcome="complete").do("triage", outcome="handle")
    walk.do("plan", outcome="measures", units=[{"unit": 1}]).do("search")
    return drafting(walk).reply("G1").serve("electronic")


SAMPLES: list[tuple[Callable[[Definition], Walk], str, list[str], list[str]]] = [
    (already_public, "G2", ["decision"], ["submit", "confirm", "reply_dated", "reply_sent_electronically"]),
    (two_units_search, "G1", ["decision"], ["submit", "reply_dated", "reply_signed_personally"]),
    (
        third_party_objects,
        "P1",
        ["L-06", "L-08", "decision"],
        ["sign_mail", "consult_sent", "consult_received", "opinion", "reply_dated", "reply_signed_personally"],
    ),
    (confirmed_late, "R6", ["decision"], ["arrive", "confirm", "reply_dated", "reply_signed_personally"]),
    (complaint, "D1", ["decision"], ["submit", "confirm", "reply_dated", "reply_sent_electronically"]),
    (never_corrected, "O1", ["L-03", "L-14"], ["submit", "confirm", "correction_notice_served"]),
    (registry, "R8", ["decision"], ["submit", "reply_dated", "reply_signed_personally"]),
    (would_have_to_be_made, "N2", ["decision"], ["submit", "confirm", "reply_dated", "reply_sent_electronically"]),
    (other_agency, "N1", ["decision"], ["sign_mail", "reply_dated", "reply_signed_personally"]),
    (repeated, "D2", ["decision"], ["submit", "confirm", "reply_dated", "reply_sent_electronically"]),
    (
        fee_paid,
        "G1",
        ["L-12", "decision"],
        ["submit", "fee_notice_served", "fee_paid", "reply_dated", "reply_signed_personally"],
    ),
    (
        silent_joint_agency,
        "G1",
        ["L-10", "L-08", "decision"],
        ["submit", "consult_sent", "consult_received", "reply_dated", "reply_signed_personally"],
    ),
    (over_the_year, "G1", ["decision"], ["submit", "reply_dated", "reply_signed_personally"]),
    (on_the_spot, "G3", ["decision"], ["submit", "reply_dated", "reply_signed_personally"]),
    (
        extended,
        "P1",
        ["L-05", "decision"],
        ["sign_mail", "extension", "reply_dated", "reply_signed_personally"],
    ),
    (
        silent_third_party,
        "R4",
        ["L-06", "L-08", "decision"],
        ["sign_mail", "consult_sent", "reply_dated", "reply_signed_personally"],
    ),
    (not_found, "N1", ["decision"], ["submit", "reply_dated", "reply_signed_personally"]),
    (withdrawn, "O3", ["L-14"], ["submit", "confirm", "withdrawn"]),
    (second_attempt, "G1", ["decision"], ["arrive", "confirm", "reply_dated", "reply_posted", "reply_posted"]),
    (
        too_many,
        "D4",
        ["L-04", "decision"],
        ["submit", "confirm", "reasons_requested", "reasons_received", "reply_dated", "reply_sent_electronically"],
    ),
    (
        corrected,
        "G1",
        ["L-03", "decision"],
        [
            "submit",
            "confirm",
            "correction_notice_served",
            "corrected_received",
            "reply_dated",
            "reply_sent_electronically",
        ],
    ),
]


@pytest.mark.parametrize(("path", "decision", "letters", "events"), SAMPLES, ids=[one[0].__name__ for one in SAMPLES])
def test_sample_request_ends_with_its_decision_letters_and_ledger(
    disclosure: Definition, path: Callable[[Definition], Walk], decision: str, letters: list[str], events: list[str]
) -> None:
    walk = path(disclosure)
    assert walk.decision == decision
    assert walk.letters == letters
    assert [one for one in walk.events if one != "reply_delivered"] == events


def test_every_reply_that_reaches_the_applicant_is_recorded_as_delivered(disclosure: Definition) -> None:
    for path, _decision, letters, _events in SAMPLES:
        assert ("reply_delivered" in path(disclosure).events) == ("decision" in letters)
