"""Pages of papers that are signed and published together: reading, signing, changing, publishing, the register."""

import io
import re

import pytest
from openpyxl import load_workbook

from engine.store.tables import Document

POLICY = "第一条 为了规范老旧小区改造，制定本办法。\n第二条 改造资金由县财政和住户共同承担，县财政承担七成。\n"
EXCERPT = "改造资金由县财政和住户共同承担，县财政承担七成。\n您家只需要承担其余部分的费用。\n"


@pytest.fixture
def case(office):
    """A package that waits for the first interpreter."""
    case = office.open_case(
        "policy_interpretation",
        "handler",
        {"policy_files": {"改造办法.txt": POLICY}},
        title="云岭县老旧小区改造办法",
        attribute="active",
        lead_unit="1",
    )
    office.do("need", case=case, outcome="interpret", materials=[{"name": "一图读懂", "form": "chart"}])
    office.do("plan", case=case)
    office.do("material", case=case, papers={"material_files": {"一图读懂.txt": EXCERPT}})
    office.do("element_check", case=case, outcome="complete", own_words="yes", not_reposted="1")
    office.do("secrecy_review", case=case, secrecy_verdict="approve")
    office.do("legal_review", case=case, legal_verdict="approve")
    office.do("fair_competition_review", case=case, fair_verdict="approve", fair_result="passed")
    return case


def to_the_leader(office, case):
    office.do("first_interpreter", case=case, outcome="sign", first_interpreter="周启明")
    office.do("submit", case=case)
    office.do("gate", case=case, outcome="accept")
    office.do("disclosure_review", case=case, outcome="approve", excerpt="no")


def sign_page(office, leader, case):
    work = next(one for one in office.open_steps(case) if one.element == "leader_signoff")
    page = leader.get(f"/work/{work.id}")
    assert page.status_code == 200
    return f"/work/{work.id}", page.text


def test_the_drafting_unit_registers_on_a_page_of_its_own(logged_in, office):
    handler = logged_in("handler")
    assert 'href="/register/policy_interpretation"' in handler.get("/register").text
    page = handler.get("/register/policy_interpretation")
    assert "登记政策文件" in page.text
    answers = {
        "title": "云岭县养犬管理办法",
        "document_type": "normative_government",
        "attribute": "active",
        "basis": "县政府常务会议纪要",
        "lead_unit": "1",
        "drafted_by": "冯远",
        "policy_files": (io.BytesIO(POLICY.encode()), "养犬办法.txt"),
    }
    done = handler.post("/register/policy_interpretation", answers, follow_redirects=True)
    assert done.status_code == 200
    assert "解读2026-001" in done.text
    assert "查询码" not in done.text
    assert handler.get("/register/disclosure_request").status_code == 403


def test_the_leader_reads_the_papers_side_by_side_and_sees_the_excerpt(logged_in, office, case):
    to_the_leader(office, case)
    _path, page = sign_page(office, logged_in("leader"), case)
    for words in ("改造办法.txt", "政策解读方案.docx", "一图读懂.txt", "1／2 句逐字见于政策文件，占 50%", "可能是摘编"):
        assert words in page
    assert page.count('class="sheet-text"') == 3
    assert "<mark>改造资金由县财政和住户共同承担，县财政承担七成。</mark>" in page


def test_the_leader_is_told_where_nothing_can_be_compared(logged_in, office):
    case = office.open_case(
        "policy_interpretation", "handler", {"policy_files": {"办法.txt": POLICY}}, attribute="active", lead_unit="1"
    )
    office.do("need", case=case, outcome="interpret", materials=[{"name": "一图读懂", "form": "chart"}])
    office.do("plan", case=case)
    office.do("material", case=case, papers={"material_files": {"一图读懂.png": b"\x89PNG\r\n\x1a\n picture"}})
    page = logged_in("handler").get(f"/work/{office.open_steps(case)[0].id}").text
    assert "“一图读懂.png”没有可以比较的文字" in page
    assert "句逐字见于政策文件" not in page
    with office.desk.reading() as session:
        sha256 = session.query(Document).filter_by(case_id=case, kind="material").one().sha256
    assert sha256 in page


def test_the_publisher_sees_what_was_signed_and_where_it_went(logged_in, office, case):
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign")
    office.do("numbering", case=case, document_number="云政办发〔2026〕31号")
    publisher = logged_in("publisher")
    path = f"/work/{office.open_steps(case)[0].id}"
    page = publisher.get(path).text
    assert page.count("与“领导一并签发”签署的版本一致，可以公布") == 2
    given = {
        "published_on": office.clock.moment.date().isoformat(),
        "document_url": "https://www.yunling.example/zwgk/31",
        "interpretations-0-name": "一图读懂",
        "interpretations-0-form": "chart",
        "interpretations-0-url": "https://www.yunling.example/zwgk/31/",
        "linked": "both",
        "contact_published": "yes",
    }
    refused = publisher.post(path, given)
    assert refused.status_code == 422
    assert "与另一页的网址相同" in refused.text
    done = publisher.post(path, {**given, "interpretations-0-url": "https://www.yunling.example/jd/31"})
    assert done.status_code == 303
    lanes = publisher.get(f"/cases/{case}").text
    for link in ("https://www.yunling.example/zwgk/31", "https://www.yunling.example/jd/31"):
        assert f'href="{link}"' in lanes


def test_a_change_while_the_page_is_open_refuses_the_signature_and_shows_what_changed(logged_in, office, case):
    to_the_leader(office, case)
    leader, handler = logged_in("leader"), logged_in("handler")
    path, page = sign_page(office, leader, case)
    seen = re.search(r'name="seen" value="([0-9.]+)"', page)[1]
    file_page = handler.get(f"/cases/{case}").text
    replace = re.search(r"/cases/documents/[0-9]+/replace", file_page)[0]
    newer = {"files": (io.BytesIO(POLICY.replace("七成", "五成").encode()), "改造办法.txt")}
    answer = handler.post(replace, newer, page=f"/cases/{case}", follow_redirects=True)
    assert "第2版" in answer.text
    refused = leader.post(path, {"outcome": "sign", "opinion": "同意", "seen": seen})
    assert refused.status_code == 409
    for words in (
        "签署没有生效",
        "<del>第二条 改造资金由县财政和住户共同承担，县财政承担七成。</del>",
        "五成。</ins>",
        "同意",
    ):
        assert words in refused.text


def test_a_page_sent_without_what_it_showed_signs_nothing(logged_in, office, case):
    to_the_leader(office, case)
    leader = logged_in("leader")
    path, _page = sign_page(office, leader, case)
    assert leader.post(path, {"outcome": "sign"}).status_code == 422
    assert office.waiting(case) == ["leader_signoff"]


def test_the_case_page_shows_the_lanes_moving_together(logged_in, office, case):
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign")
    office.do("numbering", case=case, document_number="云政办发〔2026〕31号")
    office.do("publication", case=case, linked="both", contact_published="yes")
    page = logged_in("supervisor").get(f"/cases/{case}").text
    assert page.count(f"<b>{office.people['leader'].name}</b>") == 3  # all three by one act
    assert page.count('scope="col">领导一并签发</th>') == 1
    assert page.count("<b>已公布</b>") == 2  # the plan is signed, not published
    assert "申请人" not in page
    for tab in ("clock", "letters", "papers", "flow", "diagram"):
        assert logged_in("supervisor").get(f"/cases/{case}?tab={tab}").status_code == 200


def test_only_who_may_replaces_a_paper(logged_in, office, case):
    page = logged_in("leader")
    assert "/replace" not in page.get(f"/cases/{case}").text
    answer = page.post("/cases/documents/1/replace", {"files": (io.BytesIO(b"x"), "x.txt")}, page=f"/cases/{case}")
    assert answer.status_code == 403


def test_the_register_answers_what_an_inspector_asks(logged_in, office, case):
    to_the_leader(office, case)
    office.do("leader_signoff", case=case, outcome="sign")
    office.do("numbering", case=case, document_number="云政办发〔2026〕31号")
    pieces = [
        {"name": "一图读懂", "form": "chart", "url": "https://www.yunling.example/jd/1"},
        {"name": "文字解读", "form": "text", "url": "https://www.yunling.example/jd/2"},
    ]
    office.do("publication", case=case, linked="not", contact_published="yes", interpretations=pieces)
    supervisor = logged_in("supervisor")
    page = supervisor.get("/registers/policy_interpretation").text
    for words in ("云政办发〔2026〕31号", "图表图解", "https://www.yunling.example/jd/2", "周启明", "非文字解读比例"):
        assert words in page
    assert "<b>50%</b>非文字解读比例" in page
    assert "<b>0%</b>文件与解读互链率" in page
    assert "<b>100%</b>按期解读率" in page
    assert "<b>—</b>二次解读完成率" in page
    listed = supervisor.get("/registers/policy_interpretation?figure=linked&unmet=yes").text
    assert "云岭县老旧小区改造办法" in listed
    none = supervisor.get("/registers/policy_interpretation?figure=contact&unmet=yes").text
    assert "云岭县老旧小区改造办法" not in none
    book = load_workbook(io.BytesIO(supervisor.get("/registers/policy_interpretation.xlsx").data))
    assert book["台账"]["B3"].value == "云岭县老旧小区改造办法"
    assert book["统计"]["A3"].value == "解读率"


def test_a_register_that_is_not_there_is_not_found(logged_in):
    supervisor = logged_in("supervisor")
    assert supervisor.get("/registers/disclosure_request").status_code == 404
    assert supervisor.get("/registers/nothing").status_code == 404
    assert supervisor.get("/registers/policy_interpretation?year=9&quarter=x&figure=zz").status_code == 200
    assert "政策文件和解读台账" in supervisor.get("/registers").text
