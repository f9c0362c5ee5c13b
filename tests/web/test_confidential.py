"""A confidential case is there for those who work on it and those named, and for nobody else on any page."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from engine.cases import confidential
from engine.cases.access import may_see, visible
from engine.cases.errors import NotFound
from engine.cases.letters_desk import issue_receipt
from engine.cases.messages import tell
from engine.cases.permissions import ROLES
from engine.cases.reminding import remind
from engine.cases.reviews import register_review
from engine.cases.supervision_items import open_item
from engine.store.tables import Account, Case, CaseEvent
from tests.web.test_routes import ARGUMENTS, get_routes, path_of

SUBJECT = "红岩水库移民安置密件"
APPLICANT = "贺知远"
FOUND_BY = ("移民安置", "知远", "0002")
INSIDERS = {"intake", "handler", "unit_head", "disclosure_head", "secrecy_reviewer", "leader"}
# The auditor reads the whole trail: an audit that somebody could hide from would be none.
OUTSIDERS = sorted(set(ROLES) - INSIDERS - {"auditor"})


@pytest.fixture
def case(office):
    """A case that has left its traces everywhere: letter, review, reminder, supervision item, messages."""
    office.register(subject="普通的一件")
    case = office.register(subject=SUBJECT, name=APPLICANT, id_number="云0077").case_id
    office.advance(case, until="legal_review")
    desk, people = office.desk, office.people
    issue_receipt(desk, people["intake"], case)
    given = {"kind": "reconsideration", "procedure": "ordinary", "forum": "市政府", "issue": SUBJECT}
    register_review(desk, people["legal"], case, {**given, "received_on": office.clock.today, "letter": ""})
    remind(desk, people["supervisor"], case, people["handler"].id, SUBJECT)
    supervisor = people["supervisor"]
    due = {"due_on": office.clock.today, "case_id": case}
    open_item(desk, supervisor, title=SUBJECT, demand=SUBJECT, holder_id=people["handler"].id, **due)

    def to_everybody(session):
        row = session.get(Case, case)
        ids = session.scalars(select(Account.id)).all()
        return tell(session, ids, key="known", text=f"{row.number}：{SUBJECT}", at=desk.now(), case=row)

    assert desk.write(to_everybody) == len(ROLES)
    return case


@pytest.fixture
def secret(office, case):
    """The same case, now confidential; returns (id, what must not be seen)."""
    confidential.set_confidential(office.desk, office.people["handler"], case, "涉及未公开的安置方案")
    return case, (SUBJECT, APPLICANT, office.case(case).number)


def text_of(answer):
    if "spreadsheet" not in answer.mimetype:
        return answer.get_data(as_text=True) if answer.mimetype.startswith(("text/", "application/json")) else ""
    book = load_workbook(io.BytesIO(answer.data), read_only=True)
    return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def searches():
    # Words that find it, but do not name it when the page repeats them.
    yield from (
        f"{page}?{name}={word}" for page in ("/cases", "/search") for name in ("text", "q") for word in FOUND_BY
    )
    yield from ("/cases?light=soon", "/cases?status=open", "/work?tab=claim", "/inbox", "/reviews", "/letters")


def test_no_page_of_an_outsider_holds_a_trace_of_it(app, desk, secret, logged_in):
    case, traces = secret
    paths = [path_of(app, desk, rule) for rule in get_routes(app) if ARGUMENTS.keys() >= rule.arguments]
    paths += [path.replace("/cases/1", f"/cases/{case}") for path in paths if path.startswith("/cases/1")]
    for role in OUTSIDERS:
        visitor = logged_in(role)
        for path in [*paths, *searches()]:
            answer = visitor.get(path)
            assert answer.status_code != 500, (role, path)
            shown = text_of(answer)
            for trace in traces:
                assert trace not in shown, (role, path, trace)
            if path.startswith(f"/cases/{case}"):
                assert answer.status_code in {403, 404}, (role, path)


@pytest.mark.parametrize("role", ["legal", "supervisor"])
def test_nothing_can_be_done_to_it_from_outside(desk, secret, office, logged_in, role):
    case, _traces = secret
    visitor = logged_in(role)
    work = office.open_steps(case)[0].id
    paths = [f"/cases/{case}/{what}" for what in ("comments", "watch", "documents", "links", "access", "receipt")]
    for path in [*paths, f"/work/{work}/claim", f"/work/{work}"]:
        assert visitor.post(path, {"text": "知道了", "on": "yes"}).status_code in {403, 404, 400, 303}, path
    with desk.reading() as session:
        last = session.scalars(
            select(CaseEvent).where(CaseEvent.case_id == case).order_by(CaseEvent.seq.desc())
        ).first()
    assert last.action == "confidential_set"
    assert office.open_steps(case)[0].assignee_id is None


def test_those_who_work_on_it_go_on_seeing_it_marked(secret, logged_in):
    case, _traces = secret
    for role in sorted(INSIDERS):
        page = logged_in(role).get(f"/cases/{case}")
        assert page.status_code == 200, role
        assert "保密件" in page.text
    listed = logged_in("leader").get("/cases").text
    assert "保密件" in listed.split("<tbody")[1]


@pytest.mark.parametrize("narrow", [False, True])
def test_the_query_and_the_question_about_one_person_agree(office, case, narrow):
    if narrow:
        confidential.set_confidential(office.desk, office.people["handler"], case, "安置方案")
    with office.desk.reading() as session:
        row = session.get(Case, case)
        ids = {role: actor.id for role, actor in office.people.items()}
        by_question = may_see(session, row, ids.values())
        by_query = {
            ids[role]
            for role, actor in office.people.items()
            if session.scalar(visible(select(Case.id).where(Case.id == case), actor)) is not None
        }
    assert by_question == by_query
    listed = {one.id for one in confidential.circle(office.desk, office.people["handler"], case).insiders}
    assert by_query == listed or not narrow


def test_a_named_person_sees_it_and_is_told_until_taken_off(office, secret, logged_in):
    case, traces = secret
    handler = logged_in("handler")
    page = handler.get(f"/cases/{case}/access").text
    assert "法制人员甲" in page
    legal = office.people["legal"].id
    path = f"/cases/{case}/access/people"
    assert handler.post(path, {"account_id": legal, "reason": ""}, page=f"/cases/{case}/access").status_code == 422
    asked = {"account_id": legal, "reason": "需要他把关"}
    assert handler.post(path, asked, page=f"/cases/{case}/access").status_code == 303
    seen = logged_in("legal")
    assert SUBJECT in seen.get(f"/cases/{case}").text
    assert traces[2] in seen.get("/inbox").text
    assert "指定您可以查看这件保密件" in seen.get("/inbox").text
    assert SUBJECT in seen.get("/cases").text
    assert handler.post(f"{path}/{legal}/remove", page=f"/cases/{case}/access").status_code == 303
    assert seen.get(f"/cases/{case}").status_code == 404
    assert traces[2] not in seen.get("/inbox").text


def test_its_waiting_step_is_nobodys_until_it_is_given_to_somebody(office, secret, logged_in):
    case, _traces = secret
    legal = logged_in("legal")
    assert SUBJECT not in legal.get("/work?tab=claim").text
    head = logged_in("disclosure_head")
    work = office.open_steps(case)[0].id
    head.get(f"/work/{work}/reassign")
    answer = head.post(f"/work/{work}/reassign", {"to": f"p{office.people['legal'].id}", "reason": "保密件"})
    assert answer.status_code == 303
    assert legal.get(f"/work/{work}").status_code == 200
    office.do("legal_review", case=case, who="legal", outcome="approve")
    office.do("leader_signoff", case=case, who="leader", outcome="approve")
    assert any("还没有承办人，请指定" in text for text in office.inbox("disclosure_head"))


def test_only_who_answers_for_the_case_decides_and_gives_a_reason(office, case, desk, logged_in):
    intake = logged_in("intake")
    assert intake.get(f"/cases/{case}/access").status_code == 403
    head = logged_in("disclosure_head")
    page = f"/cases/{case}/access"
    head.get(page)
    assert head.post(page, {"on": "yes", "reason": " "}).status_code == 422
    assert head.post(page, {"on": "yes", "reason": "有保密要求"}).status_code == 303
    assert logged_in("supervisor").get(f"/cases/{case}").status_code == 404
    assert head.post(page, {"on": "no", "reason": "方案已公布"}).status_code == 303
    assert logged_in("supervisor").get(f"/cases/{case}").status_code == 200
    with desk.reading() as session:
        actions = session.scalars(select(CaseEvent.action).where(CaseEvent.action.startswith("confidential"))).all()
    assert actions == ["confidential_set", "confidential_lifted"]
    with pytest.raises(NotFound):
        confidential.circle(desk, office.people["admin"], case)
