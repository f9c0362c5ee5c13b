"""A policy document that is given up, one that two leaders sign one after the other, and links that cannot be."""

import pytest

from engine.cases.accounts import create_account
from engine.cases.actions import take_action
from engine.cases.casepage import case_page
from engine.cases.desk import Actor
from engine.cases.errors import AnswerErrors, NotPermitted, Refusal
from engine.cases.signing import signatures_of
from engine.store.tables import WorkItem
from tests.integration.test_three_synchronies import (
    KINDS,
    MATERIAL,
    POLICY,
    prepare,
    publish,
    replace,
    to_the_leader,
    urgently,
)
from tests.office import PASSWORD, Office


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def case(office: Office) -> int:
    return office.open_case(
        "policy_interpretation",
        "handler",
        {"policy_files": {"改造办法.txt": POLICY}},
        title="云岭县老旧小区改造办法",
        attribute="active",
        lead_unit=str(office.units["政务公开股"]),
    )


@pytest.fixture
def deputy(office: Office) -> Actor:
    """A second leader."""
    home = office.units["财政股"]
    made = create_account(
        office.desk, None, username="leader2", name="领导乙", roles=["leader"], unit_id=home, password=PASSWORD
    )
    office.people["leader2"] = Actor(
        made.account_id, "领导乙", office.people["leader"].agency_id, home, frozenset({"leader"})
    )
    return office.people["leader2"]


def offered(office: Office, case: int) -> list[str]:
    return [one.id for one in case_page(office.desk, office.people["handler"], case).actions]


def test_a_draft_is_given_up_with_the_approval_of_its_unit(office: Office, case: int) -> None:
    prepare(office, case)
    assert "stop_drafting" in offered(office, case)
    office.act("stop_drafting", case, stop_ground="superior", stop_reason="市里已发文")
    office.do("secrecy_review", case=case, secrecy_verdict="approve")  # work goes on until the approval
    office.do("stop_approval", case=case, who="unit_head", outcome="approve")
    assert office.waiting(case) == ["archive"]
    filed = office.case(case)
    assert (filed.closed_at, filed.archived_at) == (office.clock(), None)
    with office.desk.reading() as session:
        recalled = session.query(WorkItem).filter_by(case_id=case, status="recalled").all()
        assert {one.element for one in recalled} == {"legal_review", "fair_competition_review"}
    assert any("已停止制发" in text for text in office.inbox("disclosure_head"))
    office.do("archive", case=case)
    assert office.case(case).archived_at is not None
    assert office.ledger(case) == []


def test_a_refused_request_changes_nothing_and_may_be_made_again(office: Office, case: int) -> None:
    office.act("stop_drafting", case)
    assert "stop_drafting" not in offered(office, case)  # one request waits already
    office.do("stop_approval", case=case, outcome="refuse")
    assert office.waiting(case) == ["need"]
    assert "stop_drafting" in offered(office, case)


@pytest.mark.parametrize("way", ["exempt", "withheld"])
def test_it_is_given_up_on_every_way(office: Office, way: str) -> None:
    case = office.open_case(
        "policy_interpretation",
        "handler",
        {"policy_files": {"a.txt": POLICY}},
        attribute="withheld" if way == "withheld" else "active",
        attribute_reason="涉及内部事务",
        lead_unit=str(office.units["政务公开股"]),
    )
    if way == "exempt":
        office.do("need", case=case, outcome="exempt")
        office.do("exemption_approve", case=case, outcome="approve")
    office.act("stop_drafting", case)
    office.do("stop_approval", case=case, outcome="approve")
    assert office.waiting(case) == ["archive"]


def test_only_the_head_of_the_lead_unit_gives_a_draft_up(office: Office) -> None:
    case = office.open_case(
        "policy_interpretation",
        "handler",
        {"policy_files": {"a.txt": POLICY}},
        attribute="active",
        lead_unit=str(office.units["财政股"]),
    )
    office.act("stop_drafting", case)
    work = next(one for one in office.open_steps(case) if one.element == "stop_approval")
    assert work.unit_id == office.units["财政股"]


def test_what_is_public_cannot_be_given_up(office: Office, case: int) -> None:
    office.do("need", case=case, outcome="interpret", materials=[{"name": "问答", "form": "qa"}])
    office.act("stop_drafting", case)
    urgently(office, case)
    office.do("stop_approval", case=case, outcome="approve")  # too late: the document went out meanwhile
    assert office.case(case).closed_at is None
    assert "plan" in office.waiting(case)
    assert "stop_drafting" not in offered(office, case)
    with pytest.raises(Refusal, match="已经登记“政策文件公布”"):
        take_action(
            office.desk,
            office.people["handler"],
            case,
            "stop_drafting",
            {"stop_ground": "other", "stop_reason": "不再需要"},
        )


def test_two_leaders_sign_the_same_three_one_after_the_other(office: Office, case: int, deputy: Actor) -> None:
    prepare(office, case)
    to_the_leader(office, case, signoff_way="two")
    assert office.waiting(case) == ["deputy_signoff"]
    office.do("deputy_signoff", case=case, who="leader2", outcome="sign", opinion="同意")
    with pytest.raises(NotPermitted):
        office.open("leader_signoff", case=case, who="leader2")
    office.do("leader_signoff", case=case, who="leader", outcome="sign")
    with office.desk.reading() as session:
        signed = signatures_of(session, case)
    assert [(one.element, one.signer_name) for one in signed[1:]] == [
        ("deputy_signoff", "领导乙"),
        ("leader_signoff", office.people["leader"].name),
    ]
    assert all(tuple(paper["kind"] for paper in one.papers) == KINDS for one in signed)
    assert len({str(one.papers) for one in signed}) == 1
    publish(office, case)


def test_a_change_between_the_two_signatures_lets_neither_stand(office: Office, case: int, deputy: Actor) -> None:
    prepare(office, case)
    to_the_leader(office, case, signoff_way="two")
    office.do("deputy_signoff", case=case, who="leader2", outcome="sign")
    replace(office, case, "material", MATERIAL + "再加一句，讲清楚怎么申请。\n")
    assert "leader_signoff" not in office.waiting(case)
    with office.desk.reading() as session:
        assert all(one.superseded_at is not None for one in signatures_of(session, case))
    to_the_leader(office, case, signoff_way="two")
    assert office.waiting(case) == ["deputy_signoff"]


def test_the_deputy_returns_all_three(office: Office, case: int, deputy: Actor) -> None:
    prepare(office, case)
    to_the_leader(office, case, signoff_way="two")
    office.do("deputy_signoff", case=case, who="leader2", outcome="return")
    assert sorted(office.waiting(case)) == ["material", "plan"]


def ready_to_publish(office: Office, case: int) -> None:
    prepare(office, case)
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign")
    office.do("numbering", case=case, document_number="云政办发〔2026〕31号")


@pytest.mark.parametrize(
    ("document", "interpretation", "wrong"),
    [
        ("www.yunling.example/1", "https://www.yunling.example/2", "document_url"),
        ("https://yunling/1", "https://www.yunling.example/2", "document_url"),
        ("javascript:alert(1)", "https://www.yunling.example/2", "document_url"),
        ("https://www.yunling.example/1", "见县政府网站", "interpretations-0-url"),
        ("https://www.yunling.example/1", "http://www.Yunling.example/1/#jd", "interpretations-0-url"),
    ],
)
def test_document_and_interpretation_have_a_page_of_their_own(
    office: Office, case: int, document: str, interpretation: str, wrong: str
) -> None:
    ready_to_publish(office, case)
    with pytest.raises(AnswerErrors) as refused:
        office.do(
            "publication",
            case=case,
            document_url=document,
            interpretations=[{"name": "一图读懂", "form": "chart", "url": interpretation}],
            linked="both",
            contact_published="yes",
        )
    assert list(refused.value.errors) == [wrong]


def test_links_that_were_missing_are_added_while_tracking(office: Office, case: int) -> None:
    ready_to_publish(office, case)
    office.do("publication", case=case, linked="not", contact_published="yes")
    page, handler = office.open("tracking", case=case)
    assert page.values["linked"] == "not"
    office.hand_in(page, handler, outcome="close", linked="both")
    assert office.waiting(case) == ["archive"]
