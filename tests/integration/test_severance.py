"""Severance of a case's document: the original is restricted, the copy proved, the record filed and carried over."""

import io

import pytest
from sqlalchemy import select

from engine.cases.documents import Upload, add_documents, read_document
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.evidence import latest_answers
from engine.cases.severance import (
    Mark,
    add_found,
    add_mark,
    finish_severance,
    open_severance,
    remove_marks,
    severance,
    severance_picture,
)
from engine.cases.stepform import step_form
from engine.store.tables import CaseEvent
from letters.pdf_text import text_of
from letters.plain_text import lines
from tests.paper import drawn_pdf

TOLD = {"what": "联系电话", "ground": "R4", "why": "个人隐私，与申请目的无关"}


def mark(page=1, **changed):
    return Mark(**{"page": page, "left": 0.1, "top": 0.5, "right": 0.4, "bottom": 0.6, **TOLD, **changed})


@pytest.fixture
def case(office):
    return office.register(subject="青石街改造工程批复").case_id


@pytest.fixture
def handler(office):
    return office.people["handler"]


@pytest.fixture
def document(office, case, handler):
    upload = Upload("合同.pdf", io.BytesIO(drawn_pdf("Zhang Wei 13800138000", 2)))
    return add_documents(office.desk, handler, case, [upload], "found")[0].id


@pytest.fixture
def opened(office, handler, document):
    return open_severance(office.desk, handler, document)


def test_a_document_is_severed_proved_and_filed(office, case, handler, document, opened):
    assert open_severance(office.desk, handler, document) == opened, "one goes on where one was"
    assert add_found(office.desk, handler, opened, "13800138000", mark()) == 2
    add_mark(office.desk, handler, opened, mark(2, what="签名"))
    result = finish_severance(office.desk, handler, opened)
    row, content = read_document(office.desk, handler, result)
    assert (row.kind, row.filename) == ("severed", "合同（区分处理）.pdf")
    assert "".join(text_of(content)).strip() == ""
    view = severance(office.desk, handler, opened)
    record = "\n".join(lines(read_document(office.desk, handler, view.record.id)[1]))
    assert "条例第十五条、第三十二条（保护第三方合法权益）" in record
    assert row.sha256 in record
    with office.desk.reading() as session:
        actions = session.scalars(select(CaseEvent.action).where(CaseEvent.case_id == case)).all()
        rows = latest_answers(session, case)["severance"]
    assert actions[-2:] == ["severance_opened", "severance_finished"]
    assert [one["part"] for one in rows] == ["《合同》第1、2页：联系电话", "《合同》第2页：签名"]


def test_the_original_is_restricted_from_the_first_moment(office, case, handler, document, opened):
    assert read_document(office.desk, handler, document)[0].restricted
    with pytest.raises(NotPermitted, match="限制查看"):
        read_document(office.desk, office.people["leader"], document)


def test_the_draft_of_a_partial_disclosure_opens_with_the_record_and_has_its_evidence(office, case, handler, opened):
    add_mark(office.desk, handler, opened, mark())
    finish_severance(office.desk, handler, opened)
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, outcome="handle")
    office.do("plan", case=case, outcome="draft")
    work = office.open_steps(case)[0]
    form = step_form(office.desk, handler, work.id)
    assert form.values["severance"][0]["why"].endswith("个人隐私，与申请目的无关")
    office.do(
        "draft", case=case, outcome="submit", decision="P1", ground="R5", withheld_part="联系电话", reason="个人隐私"
    )
    assert office.waiting(case) == ["first_signoff"]


def test_marks_are_taken_away_and_a_second_document_adds_its_rows(office, case, handler, opened):
    add_mark(office.desk, handler, opened, mark())
    add_mark(office.desk, handler, opened, mark())
    assert len(severance(office.desk, handler, opened).marks) == 1, "the same area twice is one"
    add_mark(office.desk, handler, opened, mark(2))
    remove_marks(office.desk, handler, opened, [0])
    assert [one.page for one in severance(office.desk, handler, opened).marks] == [2]
    finish_severance(office.desk, handler, opened)
    upload = Upload("附表.pdf", io.BytesIO(drawn_pdf("salary")))
    other = add_documents(office.desk, handler, case, [upload], "found")[0].id
    second = open_severance(office.desk, handler, other)
    add_mark(office.desk, handler, second, mark(what="工资"))
    finish_severance(office.desk, handler, second)
    with office.desk.reading() as session:
        rows = latest_answers(session, case)["severance"]
    assert [one["part"] for one in rows] == ["《合同》第2页：联系电话", "《附表》第1页：工资"]


def test_what_makes_no_sense_is_refused_with_a_sentence(office, case, handler, document, opened):
    def refuses(said, do, *given):
        with pytest.raises(Refusal, match=said):
            do(office.desk, handler, opened, *given)

    refuses("还没有划定", finish_severance)
    refuses("选择不予公开的依据", add_mark, mark(ground="G1"))
    refuses("写明遮盖的是什么", add_mark, mark(what=" "))
    refuses("不在页面内", add_mark, mark(left=2.0, right=3.0))
    refuses("页码不对", add_mark, mark(3))
    refuses("至少两个字", add_found, "W", mark())
    refuses("写明遮盖的是什么", add_found, "Zhang", mark(what=""))
    refuses("没有找到“李四”", add_found, "李四", mark())
    with pytest.raises(NotFound, match="没有第 9 页"):
        severance_picture(office.desk, handler, opened, 9)
    assert severance_picture(office.desk, handler, opened, 1).startswith(b"\x89PNG")
    add_mark(office.desk, handler, opened, mark())
    result = finish_severance(office.desk, handler, opened)
    refuses("已经完成", add_mark, mark(2))
    refuses("已经完成", finish_severance)
    with pytest.raises(Refusal, match="从原件开始"):
        open_severance(office.desk, handler, result)


def test_only_a_readable_pdf_can_be_severed(office, case, handler):
    sent = [Upload("说明.txt", io.BytesIO("文字".encode())), Upload("坏.pdf", io.BytesIO(b"%PDF-1.7 nonsense"))]
    text, broken = add_documents(office.desk, handler, case, sent, "found")
    with pytest.raises(Refusal, match="不是 PDF"):
        open_severance(office.desk, handler, text.id)
    with pytest.raises(Refusal, match="不是有效的 PDF"):
        open_severance(office.desk, handler, broken.id)


def test_only_handlers_and_legal_staff_sever_and_strangers_see_nothing(office, case, document, opened):
    for role in ("leader", "intake", "unit", "admin"):
        with pytest.raises(NotPermitted):
            severance(office.desk, office.people[role], opened)
    assert severance(office.desk, office.people["legal"], opened).document.id == document


def test_a_failed_proof_files_nothing(office, case, handler, opened, monkeypatch):
    from engine.cases import severance as module

    add_mark(office.desk, handler, opened, mark())
    monkeypatch.setattr(module, "burn", lambda content, _boxes: content)
    with pytest.raises(Refusal, match=r"核验没有通过.*可以提取的文字"):
        finish_severance(office.desk, handler, opened)
    assert severance(office.desk, handler, opened).result is None
