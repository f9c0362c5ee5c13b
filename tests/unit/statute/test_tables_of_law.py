"""Fees, decisions, lights and the annual return."""

from datetime import date

import pytest

from engine.statute.decisions import (
    DECISIONS,
    DecisionError,
    Evidence,
    RemedyType,
    evidence_required,
    ground_title,
    grounds_of,
    letter_code,
)
from engine.statute.fees import FeeError, FeeSchedule, FeeSchedules, Mode, Tier, fee
from engine.statute.light import Light, light
from engine.statute.receipt import RECEIPT_RULES, Channel
from engine.statute.remedies import RECONSIDERATION_AUTHORITIES, OrganKind
from engine.statute.returns import (
    ROW_BY_KEY,
    Applicant,
    applicant_column,
    results_total,
    row_total,
    table3_faults,
    table3_row,
)

START = "2026-05-06 submit channel=in_person"  # due 2026-06-02


@pytest.mark.parametrize(
    ("total", "already", "expected"),
    [(0, 0, 0), (10, 0, 0), (11, 0, 100), (30, 0, 2000), (40, 0, 4000), (50, 0, 7000), (51, 50, 400), (61, 60, 500),
     (101, 100, 900), (35, 28, 1200), (14, 13, 100)],
)  # fmt: skip
def test_items_climb_by_bracket(total, already, expected):
    assert fee(Mode.PER_ITEM, total, already=already).total == expected


@pytest.mark.parametrize(("pages", "expected"), [(30, 0), (31, 10), (100, 700), (200, 2700), (201, 2740), (260, 5100)])
def test_pages_climb_by_bracket(pages, expected):
    assert fee(Mode.PER_PAGE, pages).total == expected


def test_the_sum_is_shown_line_by_line():
    out = fee(Mode.PER_ITEM, 32, already=10).as_json()
    assert out == {
        "total": 2400,
        "tiers": [
            {"from": 11, "to": 30, "rate": 100, "count": 20, "amount": 2000},
            {"from": 31, "to": 40, "rate": 200, "count": 2, "amount": 400},
        ],
    }
    assert fee(Mode.PER_PAGE, 500).as_json()["tiers"][-1]["to"] is None


@pytest.mark.parametrize(
    ("mode", "quantity", "already"),
    [(Mode.PER_ITEM, -1, 0), (Mode.PER_ITEM, 5, 6), (Mode.PER_ITEM, 5, -1), (Mode.PER_ITEM, 10**9, 0),
     (Mode.PER_PAGE, 9, 1)],
)  # fmt: skip
def test_quantities_that_make_no_sense_are_refused(mode, quantity, already):
    with pytest.raises(FeeError):
        fee(mode, quantity, already=already)


@pytest.mark.parametrize(
    ("tiers", "block"),
    [((), 0), ((Tier(2, None, 1),), 0), ((Tier(1, 5, 1), Tier(7, None, 2)), 0), ((Tier(1, 5, 1),), 0),
     ((Tier(1, None, 1), Tier(2, None, 1)), 0), ((Tier(1, 0, 1),), 5), ((Tier(1, None, -1),), 0)],
)  # fmt: skip
def test_brackets_with_a_gap_are_refused(tiers, block):
    with pytest.raises(FeeError):
        FeeSchedule(tiers, block=block)


def test_an_office_may_have_its_own_brackets():
    flat = FeeSchedule((Tier(1, None, 3),))
    assert fee(Mode.PER_PAGE, 7, tiers=FeeSchedules(flat, flat)).total == 21


def test_every_decision_has_a_letter_a_row_and_its_remedy():
    assert len(DECISIONS) == 23
    for code, decision in DECISIONS.items():
        assert decision.row in ROW_BY_KEY
        grounds = list(decision.grounds) or [None]
        assert all(letter_code(code, ground)[:2] in {"A-", "L-"} for ground in grounds)
    refused = {code for code, decision in DECISIONS.items() if decision.remedy is RemedyType.RF}
    assert refused == {"R1", "R2", "R3", "R4", "R5", "R6", "R7"}
    assert DECISIONS["P1"].remedy is RemedyType.SPLIT


@pytest.mark.parametrize(
    ("code", "ground", "letter"),
    [("G1", None, "A-02"), ("G2", None, "A-01"), ("P1", "R4", "A-04"), ("R4", "trade_secret", "A-08"),
     ("R4", "privacy", "A-09"), ("R8", None, "A-13"), ("N1", "not_found", "A-14"), ("N1", "other_agency", "A-15"),
     ("D2", None, "A-18"), ("D5", None, "A-18"), ("O3", None, "L-14")],
)  # fmt: skip
def test_letters_of_decisions(code, ground, letter):
    assert letter_code(code, ground) == letter


def test_a_decision_says_what_must_be_on_file():
    assert evidence_required("N1", "not_found") == (Evidence.SEARCH_RECORD,)
    assert Evidence.CLASSIFICATION_BASIS in evidence_required("R1")
    part = evidence_required("P1", "R4")
    assert Evidence.REDACTION_RECORD in part
    assert Evidence.CONSULTATION_RECORD in part
    assert grounds_of("P1") == ("R1", "R2", "R3", "R4", "R5", "R6", "R7")
    assert grounds_of("G1") == ()
    assert ground_title("not_found") == "经检索信息不存在"
    assert ground_title("R3") == DECISIONS["R3"].title


@pytest.mark.parametrize(("code", "ground"), [("X9", None), ("R4", None), ("R4", "other_agency"), ("N1", None)])
def test_a_missing_or_wrong_ground_is_refused(code, ground):
    with pytest.raises(DecisionError):
        letter_code(code, ground)
    with pytest.raises(DecisionError):
        evidence_required("P1", ground)


@pytest.mark.parametrize(
    ("today", "shade", "remaining"),
    [("2026-05-20", Light.LATER, 9), ("2026-05-26", Light.WEEK, 5), ("2026-05-28", Light.SOON, 3),
     ("2026-06-02", Light.TODAY, 0), ("2026-06-03", Light.OVERDUE, -1), ("2026-06-08", Light.OVERDUE, -4)],
)  # fmt: skip
def test_lights_of_a_running_case(clock, calendar, today, shade, remaining):
    reading = light(clock(START), date.fromisoformat(today), calendar)
    assert (reading.light, reading.remaining_working_days) == (shade, remaining)


def test_lights_of_stopped_closed_unconfirmed_and_provisional_cases(clock, calendar):
    day = date(2026, 5, 20)
    assert light(clock(START, "2026-05-18 correction_notice_served"), day, calendar).light is Light.STOPPED
    abandoned = light(clock(START, "2026-05-08 fee_notice_served"), date(2026, 6, 9), calendar)
    assert (abandoned.light, abandoned.abandoned) == (Light.STOPPED, True)
    asked = clock(START, "2026-05-18 consult_sent id=a to=third_party")
    reading = light(asked, day, calendar)
    assert (reading.light, reading.remaining_working_days) == (Light.STOPPED, 11)
    answered = clock(START, "2026-05-18 consult_sent id=a to=third_party", "2026-05-20 opinion id=a")
    assert light(answered, date(2026, 5, 21), calendar).remaining_working_days == 10
    assert light(clock(START, "2026-05-18 withdrawn"), day, calendar).light is Light.CLOSED
    assert light(clock(START, "2026-05-18 reply_sent_electronically"), day, calendar).light is Light.CLOSED
    assert light(clock(START), day, calendar, closed=True).light is Light.CLOSED
    waiting = light(clock("2026-05-06 submit channel=internet"), date(2026, 6, 2), calendar)
    assert (waiting.light, waiting.due) == (Light.TODAY, date(2026, 6, 2))
    assert light(clock("2026-12-10 submit channel=oral"), date(2026, 12, 11), calendar).provisional
    assert light(clock("2026-05-06 policy_published"), day, calendar).light is Light.LATER


def test_a_case_falls_into_one_row_and_one_column():
    assert table3_row("R4").label == "三（三）4"
    assert table3_row("P1").key == "partial"
    assert applicant_column("natural_person") is Applicant.NATURAL_PERSON
    assert applicant_column("organisation", "法律服务机构") is Applicant.LEGAL_SERVICE_ORGANISATION
    assert applicant_column("organisation", "other_organisation") is Applicant.OTHER_ORGANISATION
    for kind, category in (("organisation", "自然人"), ("organisation", None), ("robot", None)):
        with pytest.raises(ValueError, match="申请人类别"):
            applicant_column(kind, category)


def test_table_three_must_add_up():
    person, firm = Applicant.NATURAL_PERSON, Applicant.COMMERCIAL_ENTERPRISE
    table = {
        "received": {person: 5, firm: 1},
        "carried_in": {person: 1},
        "granted": {person: 3, firm: 1},
        "refused_6": {person: 2},
        "carried_out": {person: 1},
    }
    assert table3_faults(table, {person: 1}) == []
    assert results_total(table, person) == 5
    assert row_total(table, "total") == 6
    assert row_total(table, "received") == 6
    assert len(table3_faults(table, {person: 2})) == 1
    assert len(table3_faults({"received": {person: 2}, "granted": {person: -1}})) == 2


def test_every_channel_and_every_kind_of_agency_has_its_rule():
    assert set(RECEIPT_RULES) == set(Channel)
    assert set(RECONSIDERATION_AUTHORITIES) == set(OrganKind)
    assert RECONSIDERATION_AUTHORITIES[OrganKind.COUNTY_DEPARTMENT].authority == "本级人民政府"
