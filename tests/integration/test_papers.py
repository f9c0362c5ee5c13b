"""Internal papers are made from what the case holds now."""

import io

import pytest
from docx import Document
from sqlalchemy import select

from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.papers import case_paper, papers
from engine.store.tables import CaseEvent, Letter
from letters.catalog import load
from letters.plain_text import lines

CODES = [entry.code for entry in load().letters.values() if entry.paper and entry.to != "office"]


@pytest.fixture
def filed(office):
    """A case that was searched, signed off, answered and served."""
    case = office.register(subject="青石街改造工程批复", address="云岭县青石街7号", postcode="650998").case_id
    office.do("completeness", outcome="complete")
    office.do("triage", outcome="handle")
    unit = str(office.units["自然资源股"])
    office.do("plan", outcome="measures", units=[{"unit": unit, "search_request": "检索批复原件"}])
    office.do("search", search_result="none", searcher="钱峰", second_searcher="沈静", search_scope="档案室\n电子系统")
    office.do("plan", outcome="conference")
    office.do("conference", conclusion="按信息不存在答复。")
    office.do("plan", outcome="draft")
    office.do(
        "draft", outcome="submit", decision="N1", ground="not_found", search_scope="档案室", search_method="翻阅",
        search_words="批复", search_dates="9月16日", reason="改造工程尚未批复。",
    )  # fmt: skip
    office.advance(case, until="dispatch")
    office.do(
        "dispatch", mode="postal", posted_on=office.clock.today, tracking_no="EMS1024000123CN", sent_to="青石街7号"
    )
    office.clock.forward(days=1)
    office.do("delivery", outcome="delivered", delivered_on=office.clock.today, delivered_to="本人")
    return case


def text_of(content):
    return "\n".join(lines(content))


def test_every_paper_of_a_case_can_be_made_and_states_its_facts(office, filed):
    legal = office.people["legal"]
    assert [line.code for line in papers(office.desk, legal, filed) if line.wants] == []
    texts = {code: text_of(case_paper(office.desk, legal, filed, code)) for code in CODES}
    assert "云岭县青石街7号" in texts["L-01"]
    assert "云0001" not in texts["L-01"], "the number of the identity paper is masked"
    assert "按信息不存在答复。" in texts["L-16a"]
    assert "分管领导甲" in texts["L-16b"]
    assert "无法提供：本机关不掌握相关信息" in texts["L-16b"]
    assert "档案室；电子系统" in texts["L-16c"]
    assert "钱峰、沈静" in texts["L-16c"]
    assert "保密审查员甲" in texts["L-16d"]
    proof = texts["L-16e"]
    assert "2026年9月16日" in proof
    assert "2026年9月17日" in proof
    assert "EMS1024000123CN" in proof
    assert "韩立国（收）" in texts["F-01"]
    assert "云政公复〔2026〕1号" in texts["F-01"]
    assert "韩立国申请公开青石街改造工程批复案" in texts["F-02"]
    assert "卷内文件目录" in texts["F-03"]
    assert "政府信息公开申请答复书（政府信息不存在）" in texts["F-03"]
    assert "第三十三条" in texts["F-04"]
    assert "用途" in texts["F-05"]


def test_papers_take_no_number_and_are_not_stored(office, filed):
    def issued():
        with office.desk.reading() as session:
            return list(session.scalars(select(Letter.id)))

    before = issued()
    for code in CODES:
        Document(io.BytesIO(case_paper(office.desk, office.people["legal"], filed, code)))
    assert issued() == before


def test_a_paper_with_masked_data_needs_the_permission_and_is_recorded(office, filed):
    with pytest.raises(NotPermitted):
        case_paper(office.desk, office.people["leader"], filed, "F-01")
    assert "F-01" not in [line.code for line in papers(office.desk, office.people["leader"], filed)]
    case_paper(office.desk, office.people["intake"], filed, "F-01")
    with office.desk.reading() as session:
        told = session.scalars(select(CaseEvent).where(CaseEvent.case_id == filed, CaseEvent.action == "paper")).all()
    assert [event.actor_name for event in told] == ["收件员甲"]


def test_what_the_case_does_not_hold_is_named(office):
    case = office.register(subject="青石街改造工程批复").case_id
    legal = office.people["legal"]
    wants = {line.code: line.wants for line in papers(office.desk, legal, case)}
    assert "会商日期" in wants["L-16a"]
    assert wants["L-01"] == wants["F-04"] == ""
    with pytest.raises(Refusal, match="会商日期"):
        case_paper(office.desk, legal, case, "L-16a")
    with pytest.raises(Refusal, match="还没有出具文书"):
        case_paper(office.desk, legal, case, "L-16e")


def test_a_letter_is_no_paper_and_a_strange_case_stays_hidden(office, filed):
    for code in ("A-14", "F-06", "F-07", "Z-1"):
        with pytest.raises(NotFound):
            case_paper(office.desk, office.people["legal"], filed, code)
    assert {"F-06", "F-07"}.isdisjoint(line.code for line in papers(office.desk, office.people["legal"], filed))
    with pytest.raises(NotFound):
        case_paper(office.desk, office.people["unit2"], filed, "L-16c")
