"""Every way a disclosure request can go, walked through the diagrams that the office runs on."""

from collections.abc import Callable

import pytest

from engine.process import Definition, NotWaiting, StaleToken, complete
from tests.unit.process.disclosure_walk import Walk, definition


@pytest.fixture(scope="module")
def disclosure() -> Definition:
    return definition()


def accepted(of: Definition, channel: str = "in_person") -> Walk:
    """Registered, confirmed where the channel needs it, found complete, and waiting for triage."""
    walk = Walk(of, channel=channel)
    if channel in {"internet", "fax", "ordinary_mail"}:
        walk.at("confirm").do("confirm", confirmed_on="2026-05-06")
    return walk.do("completeness", outcome="complete").at("triage")


def planned(of: Definition, channel: str = "in_person") -> Walk:
    return accepted(of, channel).do("triage", outcome="handle").at("plan")


def straight_to_draft(of: Definition, channel: str = "in_person") -> Walk:
    return accepted(of, channel).do("triage", outcome="direct").at("draft")


def searched(of: Definition, channel: str = "in_person", units: int = 1) -> Walk:
    """Search orders sent and answered, back at the plan."""
    walk = planned(of, channel).do("plan", outcome="measures", units=[{"unit": n} for n in range(units)])
    for index in range(units):
        walk.do("search", item=index)
    return walk.at("plan")


def drafting(walk: Walk) -> Walk:
    return walk.do("plan", outcome="draft").at("draft")


def ask(walk: Walk, whom: str) -> Walk:
    """One consultation letter drafted, issued and sent."""
    walk.do(f"{whom}_draft").do(f"{whom}_issue", outcome="issue")
    return walk.do(f"{whom}_send", sent_on="2026-05-12")


def needs_correction(of: Definition, channel: str = "fax") -> Walk:
    walk = Walk(of, channel=channel).do("confirm", confirmed_on="2026-05-06")
    walk.do("completeness", outcome="correct").do("correction_draft").do("correction_issue", outcome="issue")
    return walk.do("correction_service", correction_served_on="2026-05-08").at("correction_receive")


# --------------------------------------------------------------------------------- the twenty-one sample requests


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


# ------------------------------------------------------------------------------------------------------- receipt


@pytest.mark.parametrize("channel", ["internet", "fax", "ordinary_mail"])
def test_these_channels_wait_for_confirmation(disclosure: Definition, channel: str) -> None:
    assert Walk(disclosure, channel=channel).open() == ["confirm"]


@pytest.mark.parametrize("channel", ["in_person", "oral", "signed_mail"])
def test_these_channels_need_no_confirmation(disclosure: Definition, channel: str) -> None:
    assert Walk(disclosure, channel=channel).open() == ["completeness"]


def test_alarm_of_the_unconfirmed_does_not_take_the_step_away(disclosure: Definition) -> None:
    walk = Walk(disclosure, channel="internet").fire("confirmation_due").at("confirm")
    assert walk.calls == ["notify"]


# ----------------------------------------------------------------------------------------------------- correction


def test_second_notice_needs_the_head_of_the_disclosure_office(disclosure: Definition) -> None:
    walk = needs_correction(disclosure).do("correction_receive").do("completeness", outcome="correct")
    assert walk.open() == ["second_notice"]
    assert disclosure.steps["second_notice"].role == ("disclosure_head",)
    assert walk.do("second_notice", outcome="approve").open() == ["correction_draft"]


def test_refused_second_notice_leads_on_to_handling(disclosure: Definition) -> None:
    walk = needs_correction(disclosure).do("correction_receive").do("completeness", outcome="correct")
    walk.do("second_notice", outcome="refuse").at("triage").do("triage", outcome="direct").reply("N3").serve()
    assert walk.decision == "N3"


def test_late_correction_may_be_accepted(disclosure: Definition) -> None:
    walk = needs_correction(disclosure).fire("correction_due").do("abandon_check", outcome="accept")
    assert walk.open() == ["completeness"]
    assert walk.events[-1] == "corrected_received"
    rule = disclosure.forms["abandon_check"].events[0]
    assert rule.with_["accepted"] in ("=true", True)


def test_notice_goes_back_to_its_drafter(disclosure: Definition) -> None:
    walk = Walk(disclosure, channel="in_person").do("completeness", outcome="correct").do("correction_draft")
    walk.do("correction_issue", outcome="return").at("correction_draft")
    assert walk.letters == []


# ------------------------------------------------------------------------------------------------------- handling


def test_search_and_both_consultations_run_side_by_side(disclosure: Definition) -> None:
    walk = planned(disclosure).do(
        "plan",
        outcome="measures",
        units=[{"unit": 1}, {"unit": 2}],
        third_parties=[{"name": "甲"}, {"name": "乙"}],
        joint_agencies=[{"name": "丙"}],
        helpers=[{"name": "丁"}],
    )
    walk.at("search", "search", "third_party_draft", "third_party_draft", "joint_agency_draft", "help_letter")
    items = {(wait.element, wait.item) for wait in walk.waits if wait.element == "third_party_draft"}
    assert items == {("third_party_draft", 0), ("third_party_draft", 1)}
    ask(walk, "joint_agency").fire("joint_agency_due")
    walk.do("search").do("search").do("help_letter").do("help_reply", outcome="answered")
    ask(walk, "third_party").do("third_party_reply", outcome="undelivered", returned_on="2026-05-20")
    assert walk.open() == ["third_party_draft"]
    ask(walk, "third_party").fire("third_party_due").at("plan")
    assert walk.letters == ["L-10", "L-08", "L-11", "L-06", "L-08", "L-06", "L-08"]


def test_each_consultation_has_its_own_limit(disclosure: Definition) -> None:
    walk = planned(disclosure).do("plan", outcome="measures", third_parties=[{"name": "甲"}, {"name": "乙"}])
    ask(ask(walk, "third_party"), "third_party")
    timers = [wait for wait in walk.waits if wait.kind == "timer"]
    assert {(wait.clock, wait.item) for wait in timers} == {("consultation", 0), ("consultation", 1)}
    walk.fire("third_party_due", item=1)
    assert [wait.item for wait in walk.waits if wait.kind == "step"] == [0]


def test_measures_may_be_planned_again(disclosure: Definition) -> None:
    walk = searched(disclosure, units=2)
    walk.do("plan", outcome="measures", units=[{"unit": 3}]).at("search").do("search").at("plan")


def test_conference_leads_back_to_the_plan(disclosure: Definition) -> None:
    assert planned(disclosure).do("plan", outcome="conference").do("conference").open() == ["plan"]


def test_unpaid_fee_ends_the_request(disclosure: Definition) -> None:
    walk = planned(disclosure).do("plan", outcome="fee").do("fee_draft").do("fee_issue", outcome="issue")
    walk.do("fee_service").fire("payment_due").do("unpaid_check", outcome="unpaid").at("unpaid_note")
    walk.do("unpaid_note", decision="O2").archive()
    assert walk.letters == ["L-12", "L-14"]
    assert "fee_paid" not in walk.events


def test_payment_in_time_that_was_entered_late_counts(disclosure: Definition) -> None:
    walk = planned(disclosure).do("plan", outcome="fee").do("fee_draft").do("fee_issue", outcome="issue")
    walk.do("fee_service").fire("payment_due").do("unpaid_check", outcome="paid").at("plan")
    assert walk.events[-1] == "fee_paid"


def test_reasons_not_given_are_assessed_all_the_same(disclosure: Definition) -> None:
    walk = accepted(disclosure).do("triage", outcome="reasons").do("reasons_draft")
    walk.do("reasons_issue", outcome="issue").do("reasons_service").fire("reasons_due").at("reasons_assess")
    walk.do("reasons_assess", outcome="reasonable").at("plan")


def test_deferral_is_approved_and_told_before_handling_goes_on(disclosure: Definition) -> None:
    walk = accepted(disclosure).do("triage", outcome="reasons").do("reasons_draft")
    walk.do("reasons_issue", outcome="issue").do("reasons_service").do("reasons_receive")
    walk.do("reasons_assess", outcome="defer").at("deferral_approve").do("deferral_approve", outcome="approve")
    walk.do("deferral_issue").do("deferral_service").at("plan")
    assert walk.letters == ["L-04", "L-13"]
    assert walk.events[-1] == "delayed_reply_notice"


# ------------------------------------------------------------------------------------------- extension, withdrawal


def test_refused_extension_may_be_asked_for_again(disclosure: Definition) -> None:
    walk = planned(disclosure).act("request_extension").do("extension_approve", outcome="refuse")
    walk.act("request_extension").at("extension_approve", "plan")
    assert walk.letters == []


def test_one_request_for_extension_at_a_time(disclosure: Definition) -> None:
    walk = planned(disclosure).act("request_extension")
    with pytest.raises(NotWaiting):
        walk.act("request_extension")


def test_third_extension_is_not_offered(disclosure: Definition) -> None:
    walk = planned(disclosure)
    for _ in range(2):
        walk.act("request_extension").do("extension_approve", outcome="approve").do("extension_issue")
        walk.do("extension_service")
    with pytest.raises(NotWaiting):
        walk.act("request_extension")


def test_reply_ends_an_extension_that_is_still_being_asked_for(disclosure: Definition) -> None:
    walk = drafting(searched(disclosure)).act("request_extension")
    walk.reply("G1").at("dispatch")


def test_withdrawal_recalls_everything_that_is_open(disclosure: Definition) -> None:
    walk = planned(disclosure).do(
        "plan", outcome="measures", units=[{"unit": 1}, {"unit": 2}], third_parties=[{"name": "甲"}]
    )
    walk.act("request_extension")
    before = walk.waits
    state = walk.now.state
    walk.act("withdraw").at("withdrawal_note")
    assert len([wait for wait in before if wait.kind == "step"]) == 4
    assert [wait.kind for wait in walk.waits] == ["step"]
    with pytest.raises(StaleToken):
        complete(disclosure, walk.now.state, before[0].token, {}, {})
    assert state != walk.now.state


@pytest.mark.parametrize("stage", ["confirm", "correction_receive", "triage", "leader_signoff"])
def test_withdrawal_is_possible_until_the_reply_is_issued(disclosure: Definition, stage: str) -> None:
    walk = {
        "confirm": lambda: Walk(disclosure, channel="fax"),
        "correction_receive": lambda: needs_correction(disclosure),
        "triage": lambda: accepted(disclosure),
        "leader_signoff": lambda: (
            straight_to_draft(disclosure)
            .do("draft", outcome="submit", decision="G2")
            .do("first_signoff", outcome="approve")
            .do("secrecy_review", outcome="approve")
            .do("legal_review", outcome="approve")
        ),
    }[stage]()
    walk.at(stage).act("withdraw").at("withdrawal_note")


def test_withdrawal_after_the_reply_is_too_late(disclosure: Definition) -> None:
    walk = straight_to_draft(disclosure).reply("G2").at("dispatch")
    with pytest.raises(NotWaiting):
        walk.act("withdraw")


# -------------------------------------------------------------------------------------------- sign-off and service


@pytest.mark.parametrize("reviewer", ["first_signoff", "secrecy_review", "legal_review", "leader_signoff"])
def test_whoever_signs_may_return_the_draft(disclosure: Definition, reviewer: str) -> None:
    walk = straight_to_draft(disclosure).do("draft", outcome="submit", decision="G2")
    for element in ("first_signoff", "secrecy_review", "legal_review", "leader_signoff"):
        if element == reviewer:
            walk.do(element, outcome="return").at("draft")
            return
        walk.do(element, outcome="approve")


def test_change_after_signature_reopens_the_sign_off(disclosure: Definition) -> None:
    walk = straight_to_draft(disclosure).do("draft", outcome="submit", decision="G2").sign_off()
    walk.do("issue_reply", outcome="return").at("draft")
    assert walk.letters == []
    assert walk.reply("G2").letters == ["decision"]


def test_drafter_may_go_back_for_more(disclosure: Definition) -> None:
    assert straight_to_draft(disclosure).do("draft", outcome="replan").open() == ["plan"]


def test_third_parties_are_told_of_a_disclosure_against_their_will(disclosure: Definition) -> None:
    walk = drafting(searched(disclosure)).do(
        "draft", outcome="submit", decision="G1", told_third_parties=[{"name": "甲"}, {"name": "乙"}]
    )
    walk.sign_off().do("issue_reply", outcome="issue").at("third_party_notice", "third_party_notice")
    walk.do("third_party_notice", item=0).do("third_party_notice", item=1).at("dispatch")
    assert walk.letters == ["decision", "L-09", "L-09"]


def test_drafter_approver_and_secrecy_reviewer_are_different_persons(disclosure: Definition) -> None:
    apart = {name: set(step.apart_from) for name, step in disclosure.steps.items()}
    assert "draft" in apart["first_signoff"]
    assert apart["secrecy_review"] >= {"draft", "first_signoff"}
    assert "draft" in apart["legal_review"]
    assert apart["leader_signoff"] >= {"draft", "secrecy_review"}
    assert "spot_reply" in apart["spot_review"]


def test_no_decision_leaves_the_office_without_its_evidence(disclosure: Definition) -> None:
    guarded = {name: step.evidence_when for name, step in disclosure.steps.items() if step.evidence}
    assert guarded.keys() >= {"draft", "leader_signoff", "issue_reply", "spot_reply", "abandon_note", "unpaid_note"}
    assert guarded["leader_signoff"] == ("approve",)


def test_head_of_the_disclosure_office_approves_extensions_and_deferrals(disclosure: Definition) -> None:
    for element in ("extension_approve", "deferral_approve", "second_notice", "abandon_check"):
        assert disclosure.steps[element].role == ("disclosure_head",)
