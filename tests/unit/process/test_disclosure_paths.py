"""Every way a disclosure request can go, walked through the diagrams that the office runs on."""

import pytest

from engine.process import Definition, NotWaiting, StaleToken, complete
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
