"""The page of a case asks as many questions of the database for a long case as for a short one."""

import pytest
from sqlalchemy import event

from engine.cases.casepage import SHOWN, case_page
from engine.cases.comments import add_comment, comments, mentionable
from engine.cases.diagrams import case_track
from engine.cases.process_overview import process_overview
from engine.store.tables import CaseItem, Document, FormRecord, LegalEvent, Letter, WorkItem


@pytest.fixture
def case(office):
    case = office.register(subject="走了很久的一件").case_id
    office.do("completeness", case=case, outcome="complete")
    return case


@pytest.fixture
def asked(office):
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(office.desk.sessions.engine, "before_cursor_execute", note)
    return statements


def lengthen(office, case, by):
    """Give the case a long history: steps done and open, forms, files, letters, list members, struck events."""
    at, person = office.desk.now(), office.people["handler"].id
    with office.desk.reading() as session:
        form = session.query(FormRecord).filter_by(case_id=case).order_by(FormRecord.id.desc()).first().form

    def work(session):
        for number in range(by):
            item = CaseItem(
                case_id=case, kind="old", seq=number, round=number, public_id=f"o{number}", data={"name": "甲"}
            )
            session.add(item)
            session.flush()
            step = {"agency_id": 1, "case_id": case, "element": "triage", "name": "分流", "role": "handler"}
            step |= {"opened_at": at, "item_id": item.id, "assignee_id": person}
            session.add(WorkItem(**step, token=f"d{number}", status="done", done_at=at, done_by=person))
            step |= {"element": "legal_review", "name": "法制审核", "role": "legal", "assignee_id": None}
            session.add(WorkItem(**step, token=f"o{number}", status="open"))
            session.add(
                FormRecord(case_id=case, element="triage", form=form, answers={}, filled_at=at, filled_by=person)
            )
            file = {"filename": "a.pdf", "media_type": "application/pdf", "size": 1, "sha256": "0" * 64}
            session.add(Document(case_id=case, kind="attachment", version=number, uploaded_at=at, **file))
            letter = {"code": "L-02", "name": "回执", "addressee": "韩", "template_sha256": "", "docx_sha256": ""}
            letter |= {"fields": {}, "dated_on": office.desk.today(), "issued_at": at, "issued_by": person}
            session.add(Letter(agency_id=1, case_id=case, **letter))
            struck = {"voided_at": at, "voided_by": person, "void_reason": "重复"}
            on = office.desk.today()
            row = LegalEvent(case_id=case, seq=1000 + number, type="confirm", on=on, data={}, recorded_at=at, **struck)
            session.add(row)

    office.desk.write(work)
    for number in range(by):
        add_comment(office.desk, office.people["legal"], case, f"第{number}条，@经办人甲 请看")


def test_a_long_case_asks_no_more_than_a_short_one(office, case, asked):
    desk, legal = office.desk, office.people["legal"]
    lengthen(office, case, 2)

    def questions():
        counts = []
        for ask in (
            lambda: case_page(desk, legal, case, limit=SHOWN),
            lambda: case_page(desk, legal, case),
            lambda: case_track(desk, legal, case),
            lambda: comments(desk, legal, case, SHOWN),
            lambda: mentionable(desk, legal, case),
            lambda: process_overview(desk, legal, "disclosure_request"),
        ):
            asked.clear()
            ask()
            counts.append(len(asked))
        return counts

    questions()  # definitions are kept from here on
    before = questions()
    assert before[0] <= 28, before
    lengthen_more(office, case)
    after = questions()
    assert after[0] <= before[0] + 1, "the first form is read by itself once the list is cut"
    assert after[1:] == before[1:]


def lengthen_more(office, case):
    """Beyond what a page shows of each list."""
    at, person = office.desk.now(), office.people["handler"].id

    def work(session):
        for number in range(SHOWN + 20):
            step = {"agency_id": 1, "case_id": case, "element": "triage", "name": "分流", "role": "handler"}
            session.add(WorkItem(**step, token=f"m{number}", status="done", opened_at=at, done_at=at, done_by=person))
            step |= {"element": "legal_review", "name": "法制审核", "role": "legal"}
            session.add(WorkItem(**step, token=f"n{number}", status="open", opened_at=at))
            session.add(
                FormRecord(case_id=case, element="triage", form="triage", answers={}, filled_at=at, filled_by=person)
            )

    office.desk.write(work)


def test_a_long_list_is_cut_to_its_newest_lines_and_told_in_full_when_asked(office, case):
    desk, legal = office.desk, office.people["legal"]
    first = case_page(desk, legal, case).answered[0]
    lengthen_more(office, case)
    cut, whole = case_page(desk, legal, case, limit=10), case_page(desk, legal, case)
    assert len(cut.flow) == 10
    assert cut.flow == whole.flow[-10:]
    assert cut.totals.flow == len(whole.flow) == whole.totals.flow
    assert cut.answered[0] == first, "what was asked for stays on the page"
    assert len(cut.answered) == 11
    assert len(cut.waiting) == len(whole.waiting), "what waits is never cut"
