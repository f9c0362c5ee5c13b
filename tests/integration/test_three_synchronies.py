"""Document, plan and material of a policy: organised, signed and published together, and never otherwise."""

import dataclasses

import pytest
from sqlalchemy import select

from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal, Stale
from engine.cases.in_force import in_force
from engine.cases.replacing import replace_document
from engine.cases.signing import PapersChanged, signatures_of
from engine.cases.timers import fire_due_timers
from engine.cases.verification import verify_all
from engine.schedule.jobs import tick
from engine.store.files import FileStore
from engine.store.tables import Document, Letter
from tests.office import Office, uploads

POLICY = "第一条 为了规范老旧小区改造，制定本办法。\n第二条 改造资金由县财政和住户共同承担，县财政承担七成。\n"
MATERIAL = "为什么要出台这个办法？县里有四十二个建成二十年以上的小区，住户反映最多的是漏水和停车。\n"
EXCERPT = "改造资金由县财政和住户共同承担，县财政承担七成。\n您家只需要承担其余部分。\n"
REVIEWS = ["fair_competition_review", "legal_review", "secrecy_review"]
KINDS = ("policy_document", "plan", "material")


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite, unless a test asks for both: what a paper is does not depend on the database."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    return request.getfixturevalue("postgresql_database")()


BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def case(office: Office) -> int:
    return office.open_case(
        "policy_interpretation",
        "handler",
        {"policy_files": {"改造办法.txt": POLICY}},
        title="云岭县老旧小区改造办法",
        document_type="normative_government",
        attribute="active",
        lead_unit=str(office.units["政务公开股"]),
    )


def prepare(office: Office, case: int, material: str = MATERIAL) -> None:
    office.do("need", case=case, outcome="interpret", materials=[{"name": "一图读懂", "form": "chart"}])
    office.do("plan", case=case)
    office.do("material", case=case, papers={"material_files": {"一图读懂.txt": material}})
    office.do("element_check", case=case, outcome="complete", own_words="yes", not_reposted="1")


def review(office: Office, case: int) -> None:
    office.do("secrecy_review", case=case, secrecy_verdict="approve")
    office.do("legal_review", case=case, legal_verdict="approve")
    office.do("fair_competition_review", case=case, fair_verdict="approve", fair_result="passed")


def to_the_leader(office: Office, case: int, *, signoff_way: str = "one") -> None:
    review(office, case)
    office.do("first_interpreter", case=case, outcome="sign", first_interpreter="周启明")
    office.do("submit", case=case)
    office.do("gate", case=case, outcome="accept")
    office.do("disclosure_review", case=case, outcome="approve", excerpt="no", signoff_way=signoff_way)


def publish(office: Office, case: int) -> None:
    office.do("numbering", case=case, document_number="云政办发〔2026〕31号")
    office.do("publication", case=case, linked="both", contact_published="yes")


def document(office: Office, case: int, kind: str) -> Document:
    with office.desk.reading() as session:
        return in_force(session, case, [kind])[0]


def replace(office: Office, case: int, kind: str, text: str, who: str = "handler") -> None:
    found = document(office, case, kind)
    replace_document(office.desk, office.people[who], found.id, uploads({"files": {found.filename: text}})["files"])


@BOTH
def test_the_three_go_together_from_draft_to_archive(office: Office, case: int) -> None:
    prepare(office, case)
    assert sorted(office.waiting(case)) == REVIEWS
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign", opinion="同意")
    publish(office, case)
    filed = office.case(case)
    assert office.ledger(case) == ["policy_published", "interpretation_published"]
    assert (filed.in_time, filed.clock_status, filed.closed_at) == (True, "replied", office.clock())
    office.do("tracking", case=case, outcome="follow_up", follow_ups=[{"name": "加装电梯", "source": "hotline"}])
    office.do("follow_up_order", case=case)
    office.do("follow_up_interpret", case=case, papers={"follow_up_files": {"电梯问答.txt": MATERIAL}})
    office.do("tracking", case=case, outcome="close")
    office.do("archive", case=case)
    assert office.case(case).archived_at is not None
    with office.desk.reading() as session:
        letters = list(session.scalars(select(Letter.code).where(Letter.case_id == case).order_by(Letter.id)))
    assert letters == ["P-02", "P-01", "P-03", "P-04", "P-05"]


@BOTH
def test_the_signature_says_who_when_what_and_over_which_files(office: Office, case: int) -> None:
    prepare(office, case)
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign", opinion="同意，按期公布")
    with office.desk.reading() as session:
        signature = signatures_of(session, case)[-1]
        papers = in_force(session, case, KINDS)
        assert signature.signer_name == office.people["leader"].name
        assert signature.signed_at == office.clock()
        assert signature.words.endswith("政策文件、解读方案、解读材料一并签发：同意，按期公布")
        assert [paper["sha256"] for paper in signature.papers] == [one.sha256 for one in papers]
        assert [one.kind for one in papers] == list(KINDS)
        files = FileStore(office.desk.files)
        assert verify_all(session, files).broken is None
        files.path(papers[2].sha256).write_bytes("换过的材料".encode())
        assert "一图读懂.txt" in (verify_all(session, files).broken or "")


def test_a_signature_cannot_be_rewritten_unnoticed(office: Office, case: int) -> None:
    prepare(office, case)
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign")

    def forge(session):
        signatures_of(session, case)[-1].signer_name = "别人"

    office.desk.write(forge)
    with office.desk.reading() as session:
        assert "与审计记录不符" in (verify_all(session, FileStore(office.desk.files)).broken or "")


def test_a_signature_that_no_longer_stands_cannot_be_brought_back(office: Office, case: int) -> None:
    prepare(office, case)
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign")
    replace(office, case, "policy_document", POLICY.replace("七成", "五成"))
    with office.desk.reading() as session:
        assert verify_all(session, FileStore(office.desk.files)).broken is None

    def revive(session):
        signatures_of(session, case)[-1].superseded_at = None

    office.desk.write(revive)
    with office.desk.reading() as session:
        assert "是否仍然有效" in (verify_all(session, FileStore(office.desk.files)).broken or "")


def test_a_signature_cannot_disappear(office: Office, case: int) -> None:
    prepare(office, case)
    to_the_leader(office, case)
    office.desk.write(lambda session: session.delete(signatures_of(session, case)[0]))
    with office.desk.reading() as session:
        assert "有签署记录被删除" in (verify_all(session, FileStore(office.desk.files)).broken or "")


@BOTH
def test_a_change_between_opening_and_signing_is_refused_and_shown(office: Office, case: int) -> None:
    prepare(office, case)
    to_the_leader(office, case)
    page, leader = office.open("leader_signoff", case=case)
    replace(office, case, "policy_document", POLICY.replace("七成", "五成"))
    with pytest.raises(PapersChanged) as refused:
        office.hand_in(page, leader, outcome="sign")
    change = refused.value.changes[0]
    assert (change.title, change.before, change.after) == ("政策文件", "改造办法.txt", "改造办法.txt")
    assert [line for line in change.lines if line.startswith(("+", "-"))] == [
        "-第二条 改造资金由县财政和住户共同承担，县财政承担七成。",
        "+第二条 改造资金由县财政和住户共同承担，县财政承担五成。",
    ]
    with office.desk.reading() as session:
        assert [one.element for one in signatures_of(session, case)] == ["first_interpreter"]


def test_signing_without_having_seen_the_papers_is_refused(office: Office, case: int) -> None:
    prepare(office, case)
    to_the_leader(office, case)
    page, leader = office.open("leader_signoff", case=case)
    for seen in (None, "", "999999", "x.y"):
        with pytest.raises(Refusal):
            office.hand_in(dataclasses.replace(page, seen=seen), leader, outcome="sign")
    assert office.waiting(case) == ["leader_signoff"]


@pytest.mark.parametrize("kind", ["policy_document", "material"])
def test_a_change_after_the_signature_reopens_the_signoff_of_all(office: Office, case: int, kind: str) -> None:
    prepare(office, case)
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign")
    office.do("numbering", case=case, document_number="云政办发〔2026〕31号")
    assert office.waiting(case) == ["publication"]
    page, publisher = office.open("publication", case=case)
    replace(office, case, kind, "改过的内容，字数足够长，可以比较。\n")
    assert sorted(office.waiting(case)) == REVIEWS
    with office.desk.reading() as session:
        assert all(one.superseded_at is not None for one in signatures_of(session, case))
    with pytest.raises(Stale):
        office.hand_in(page, publisher, linked="both", contact_published="yes")
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign")
    publish(office, case)
    assert document(office, case, kind).published_at is not None


def test_what_is_published_cannot_be_replaced(office: Office, case: int) -> None:
    prepare(office, case)
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign")
    publish(office, case)
    with pytest.raises(Refusal, match="已经公布"):
        replace(office, case, "policy_document", "事后改动")


def test_only_who_the_case_type_names_replaces_a_paper(office: Office, case: int) -> None:
    with pytest.raises(NotPermitted):
        replace(office, case, "policy_document", "改动", who="leader")


@pytest.mark.parametrize(
    ("element", "answers"),
    [
        ("secrecy_review", {"secrecy_verdict": "return"}),
        ("first_interpreter", {"outcome": "return"}),
        ("gate", {"outcome": "return"}),
        ("disclosure_review", {"outcome": "return"}),
        ("leader_signoff", {"outcome": "return"}),
    ],
)
def test_the_return_of_one_returns_all_three(office: Office, case: int, element: str, answers: dict) -> None:
    prepare(office, case)
    steps = {
        "secrecy_review": {"secrecy_verdict": "approve"},
        "legal_review": {"legal_verdict": "approve"},
        "fair_competition_review": {"fair_verdict": "approve", "fair_result": "passed"},
        "first_interpreter": {"outcome": "sign"},
        "submit": {},
        "gate": {"outcome": "accept"},
        "disclosure_review": {"outcome": "approve", "excerpt": "no"},
        "leader_signoff": answers,
    }
    for name, usual in steps.items():
        if name in office.waiting(case):
            office.do(name, case=case, **(answers if name == element else usual))
    assert office.waiting(case) == ["plan", "material"]
    office.do("plan", case=case)
    office.do("material", case=case)  # the file in force stays
    office.do("element_check", case=case, outcome="complete", own_words="yes", not_reposted="1")
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign")
    publish(office, case)


def test_a_package_without_material_does_not_leave_the_drafting_unit(office: Office, case: int) -> None:
    materials = [{"name": "一图读懂", "form": "chart"}, {"name": "问答", "form": "qa"}]
    office.do("need", case=case, outcome="interpret", materials=materials)
    office.do("plan", case=case)
    with pytest.raises(AnswerErrors) as refused:
        office.do("material", case=case)
    assert refused.value.errors == {"material_files": "请上传“解读材料”。"}
    office.do("material", case=case, papers={"material_files": {"一图读懂.txt": MATERIAL}})
    assert office.waiting(case) == ["material"]


def test_an_exempted_document_is_published_alone_after_its_own_signature(office: Office, case: int) -> None:
    office.do("need", case=case, outcome="exempt", exempt_reason="内容单一")
    office.do("exemption_approve", case=case, outcome="approve")
    office.do("document_secrecy", case=case, outcome="approve")
    office.do("document_legal", case=case, outcome="approve")
    office.do("document_signoff", case=case, outcome="sign")
    office.do("document_numbering", case=case)
    office.do("document_publication", case=case)
    assert office.ledger(case) == ["interpretation_exempted", "policy_published"]
    assert (office.case(case).due_on, office.waiting(case)) == (None, ["archive"])


def urgently(office: Office, case: int) -> None:
    office.act("urgent_release", case, urgent_reason="防汛")
    office.do("urgent_approval", case=case, outcome="approve", opinion="同意先行公布")
    office.do("urgent_publication", case=case, document_number="云政办发〔2026〕31号")


def test_an_urgent_release_names_its_approver_and_starts_the_clock(office: Office, case: int) -> None:
    office.do("need", case=case, outcome="interpret", materials=[{"name": "问答", "form": "qa"}])
    urgently(office, case)
    filed = office.case(case)
    # Wednesday 2026-09-16: Thursday, Friday, and the Sunday that is worked before the autumn holiday.
    assert (str(filed.due_on), filed.clock_status) == ("2026-09-20", "running")
    with office.desk.reading() as session:
        assert [(one.signer_name, one.papers[0]["kind"]) for one in signatures_of(session, case)] == [
            (office.people["leader"].name, "policy_document")
        ]


def test_an_overdue_interpretation_climbs_the_ladder(office: Office, case: int) -> None:
    office.do("need", case=case, outcome="interpret", materials=[{"name": "问答", "form": "qa"}])
    urgently(office, case)
    office.clock.on("2026-09-21")
    tick(office.desk, "test")
    assert any("超期 1 个工作日" in text and "补发解读期限" in text for text in office.inbox("supervisor"))
    assert any("逾期未公布" in text for text in office.inbox("publisher"))
    office.do("plan", case=case)
    office.do("material", case=case, papers={"material_files": {"问答.txt": MATERIAL}})
    office.do("element_check", case=case, outcome="complete", own_words="yes", not_reposted="1")
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign")
    office.do("numbering", case=case, document_number="云政办发〔2026〕31号")
    assert office.waiting(case) == ["later_publication"]
    office.do("later_publication", case=case, linked="both", contact_published="yes")
    filed = office.case(case)
    assert (filed.in_time, filed.clock_status) == (False, "replied")
    assert fire_due_timers(office.desk).fired == 0


@pytest.mark.parametrize("days", [0, 5])
def test_the_office_sets_how_many_working_days_the_interpretation_has(office: Office, days: int) -> None:
    clock = office.desk.settings.clock.model_copy(update={"interpretation_working_days": days})
    office.desk.settings = office.desk.settings.model_copy(update={"clock": clock})
    case = office.open_case(
        "policy_interpretation", "handler", {"policy_files": {"a.txt": POLICY}}, attribute="active", lead_unit="1"
    )
    office.do("need", case=case, outcome="interpret", materials=[{"name": "问答", "form": "qa"}])
    urgently(office, case)
    assert str(office.case(case).due_on) == {0: "2026-09-16", 5: "2026-09-22"}[days]


def test_a_paper_changed_after_the_urgent_approval_is_approved_anew(office: Office, case: int) -> None:
    office.do("need", case=case, outcome="interpret", materials=[{"name": "问答", "form": "qa"}])
    office.act("urgent_release", case, urgent_reason="防汛")
    office.do("urgent_approval", case=case, outcome="approve", opinion="同意")
    replace(office, case, "policy_document", "改过的文件，内容不同。\n")
    assert "urgent_approval" in office.waiting(case)
    assert "urgent_publication" not in office.waiting(case)


def test_an_excerpt_is_seen_before_anybody_signs(office: Office, case: int) -> None:
    prepare(office, case, EXCERPT)
    review(office, case)
    page, _head = office.open("first_interpreter", case=case)
    material = next(one for one in page.papers if one.document.kind == "material")
    assert material.similar is not None
    assert (material.similar.percent, page.limit_percent) == (50, 30)
    assert material.similar.passages[0].source == "改造资金由县财政和住户共同承担，县财政承担七成"


def test_the_head_of_the_lead_unit_interprets(office: Office) -> None:
    case = office.open_case(
        "policy_interpretation",
        "handler",
        {"policy_files": {"a.txt": POLICY}},
        attribute="active",
        lead_unit=str(office.units["财政股"]),
        other_units=[str(office.units["政务公开股"])],
    )
    prepare(office, case)
    review(office, case)
    with pytest.raises(NotFound):
        office.open("first_interpreter", case=case, who="unit_head")


def test_a_document_that_is_not_made_public_needs_its_attribute_reviewed(office: Office) -> None:
    case = office.open_case(
        "policy_interpretation",
        "handler",
        {"policy_files": {"a.txt": POLICY}},
        attribute="withheld",
        attribute_reason="涉及内部事务",
        lead_unit="1",
    )
    assert office.waiting(case) == ["attribute_review"]
    office.do("attribute_review", case=case, outcome="publish")
    assert office.waiting(case) == ["need"]
