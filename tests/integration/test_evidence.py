"""A reply that rests on evidence cannot be submitted before the evidence is on file."""

import pytest

from engine.cases.errors import Refusal

NOT_FOUND = {"outcome": "submit", "decision": "N1", "ground": "not_found"}


def search(office, case: int, searcher: str, second: str) -> None:
    units = [{"unit": str(office.units["自然资源股"]), "search_request": "请检索。"}]
    office.do("plan", case=case, outcome="measures", units=units)
    office.do("search", case=case, search_result="none", searcher=searcher, second_searcher=second)
    office.do("plan", case=case, outcome="draft")


def test_not_found_needs_a_search_record_with_two_signatures(office):
    case = office.register().case_id
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, outcome="handle")
    office.do("plan", case=case, outcome="draft")
    before = office.ledger(case)
    with pytest.raises(Refusal, match="缺少检索记录（检索范围、关键词、人员、日期、结果，两人签字）"):
        office.do("draft", case=case, **NOT_FOUND)
    assert office.case(case).decision is None
    assert (office.waiting(case), office.ledger(case)) == (["draft"], before)

    office.do("draft", case=case, outcome="replan", replan_reason="补做检索")
    search(office, case, "沈静", "沈静")
    with pytest.raises(Refusal, match="缺少检索记录"):
        office.do("draft", case=case, **NOT_FOUND)

    office.do("draft", case=case, outcome="replan", replan_reason="检索记录只有一人签名")
    search(office, case, "沈静", "杜若兰")
    office.do("draft", case=case, **NOT_FOUND)
    assert office.waiting(case) == ["first_signoff"]


def test_a_third_party_refusal_needs_the_third_party_to_have_been_asked(office):
    case = office.register().case_id
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, outcome="direct")
    with pytest.raises(Refusal, match="缺少征求意见记录"):
        office.do("draft", case=case, outcome="submit", decision="R4", ground="trade_secret")
    assert office.waiting(case) == ["draft"]
