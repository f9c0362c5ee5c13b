"""After the reply: reconsideration and suit, an order to reply again, conversion to publication."""

import pytest
from sqlalchemy import select

from engine.cases.audit import verify
from engine.cases.casepage import case_page
from engine.cases.diagrams import case_track
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal, Stale
from engine.cases.escalation import escalate
from engine.cases.publications import (
    propose_publication,
    publication_tasks,
    publications_of,
    publish,
    settle_publication,
)
from engine.cases.review_register import ReviewFilter, annual_table4, review_register, reviews_of
from engine.cases.reviews import record_stage, register_review, void_review
from engine.statute.light import Light
from engine.statute.reviews import ReviewKind, ReviewResult
from engine.store.tables import Letter

COPY = {
    "kind": "reconsideration",
    "forum": "北江市人民政府",
    "docket": "北政复〔2026〕18号",
    "issue": "请求撤销答复书，责令公开。",
    "procedure": "ordinary",
    "agent": "高文",
}


@pytest.fixture
def closed(office):
    """A case that was answered on 2026-09-16, with its letter on file."""
    case = office.register(subject="青石街改造工程批复").case_id
    office.advance(case)
    return case


def letter_of(office, case):
    with office.desk.reading() as session:
        return session.scalar(select(Letter.id).where(Letter.case_id == case, Letter.code.like("A-%")))


def copy_received(office, case, **changed):
    given = {**COPY, "letter": str(letter_of(office, case)), "received_on": office.clock.today, **changed}
    return register_review(office.desk, office.people["legal"], case, given)


def stage(office, review, code, **given):
    given = {"stage": code, "on": office.clock.today, **given}
    return record_stage(office.desk, office.people["legal"], review, given)


def line(office, case):
    return reviews_of(office.desk, office.people["legal"], case)[-1]


def test_a_reconsideration_is_registered_on_a_closed_case_with_the_agencys_own_dates(office, closed):
    office.clock.on("2026-10-12")
    copy_received(office, closed)
    found = line(office, closed)
    assert found.letter.endswith("号")
    assert [(one.own.clock, str(one.own.due.value)) for one in found.dates] == [
        ("answer", "2026-10-26"),
        ("filing", "2026-10-15"),
    ]
    assert [one.light.light for one in found.dates] == [Light.LATER, Light.SOON]
    assert found.result is ReviewResult.PENDING
    assert "reconsideration_copy_received" in office.ledger(closed)
    assert any("行政复议" in text for text in office.inbox("handler"))
    assert office.case(closed).closed_at is not None
    page = case_page(office.desk, office.people["legal"], closed)
    assert str(page.clock.answer_due_ordinary.value) == "2026-10-26"


def test_stages_settle_the_dates_and_tell_what_was_late(office, closed):
    office.clock.on("2026-10-12")
    review = copy_received(office, closed)
    office.clock.on("2026-10-16")
    stage(office, review, "filed")
    stage(office, review, "answered", note="答复书及证据目录")
    answer, filing = line(office, closed).dates
    assert (answer.in_time, filing.in_time) == (True, False)
    assert line(office, closed).pressing is None
    office.clock.on("2026-11-20")
    stage(office, review, "decided", result="maintained")
    stage(office, review, "lesson", lesson="检索记录应当写明关键词。", correction="修改检索表。")
    found = line(office, closed)
    assert (found.result, found.lesson) == (ReviewResult.MAINTAINED, "检索记录应当写明关键词。")
    assert [one.stage for one in found.stages] == ["filed", "answered", "decided", "lesson"]
    # From the decision on, the applicant has fifteen days to sue (行政诉讼法 Art. 45).
    page = case_page(office.desk, office.people["legal"], closed)
    assert str(page.clock.litigation_deadline.value) == "2026-12-07"


def test_the_register_narrows_and_counts_table_4(office, closed):
    office.clock.on("2026-10-12")
    review = copy_received(office, closed)
    copy_received(office, closed, kind="direct_suit", forum="北江市中级人民法院", procedure="", letter="")
    legal = office.people["legal"]

    def register(**wanted):
        return [one.kind for one in review_register(office.desk, legal, ReviewFilter(**wanted)).rows]

    assert register() == [ReviewKind.DIRECT_SUIT, ReviewKind.RECONSIDERATION]
    assert register(kind="reconsideration") == [ReviewKind.RECONSIDERATION]
    assert register(text="中级人民法院") == [ReviewKind.DIRECT_SUIT]
    assert register(year=2025) == []
    assert len(register(due=True)) == 2
    stage(office, review, "filed")
    stage(office, review, "decided", result="other")
    assert register(due=True) == [ReviewKind.DIRECT_SUIT]
    assert register(result="pending") == [ReviewKind.DIRECT_SUIT]
    table = annual_table4(office.desk, legal, 2026)
    assert table.cells[ReviewKind.RECONSIDERATION][ReviewResult.OTHER] == 1
    assert table.cells[ReviewKind.DIRECT_SUIT][ReviewResult.PENDING] == 1
    assert annual_table4(office.desk, None, 2026) == table


def test_an_order_to_reply_again_opens_a_new_clock_on_the_same_case(office, closed):
    number, letters = office.case(closed).number, letter_of(office, closed)
    office.clock.on("2026-10-12")
    review = copy_received(office, closed)
    office.clock.on("2026-12-01")
    stage(office, review, "decided", result="corrected", again="yes", again_days="15")
    case = office.case(closed)
    assert (case.number, case.closed_at, case.archived_at, case.replied_on) == (number, None, None, None)
    assert (case.clock_status, str(case.due_on)) == ("running", "2026-12-22")
    assert office.waiting(closed) == ["triage"]
    assert office.open_steps(closed)[0].assignee_id == office.people["handler"].id
    assert any("责令重新答复" in text for text in office.inbox("handler"))
    office.clock.on("2026-12-08")
    office.advance(closed)
    case = office.case(closed)
    assert case.archived_at is not None
    assert (str(case.replied_on), case.in_time) == ("2026-12-08", True)
    with office.desk.reading() as session:
        replies = session.scalars(select(Letter).where(Letter.case_id == closed, Letter.code.like("A-%"))).all()
        assert verify(session).broken is None
    assert len(replies) == 2
    assert {one.voided_at for one in replies} == {None}
    assert letters in {one.id for one in replies}


def test_an_order_recalls_what_the_closed_case_still_waited_for(office):
    case = office.register().case_id
    office.advance(case, until="archive")
    review = copy_received(office, case)
    stage(office, review, "decided", result="corrected", again="yes")
    assert office.waiting(case) == ["triage"]
    page = case_page(office.desk, office.people["legal"], case)
    assert "recalled" in {one.status for one in page.flow}
    assert "register" not in case_track(office.desk, office.people["legal"], case).passed
    assert str(page.clock.reply_due.value) == str(office.case(case).due_on)


def test_only_a_corrected_result_orders_a_new_reply(office, closed):
    review = copy_received(office, closed)
    with pytest.raises(AnswerErrors) as faults:
        stage(office, review, "decided", result="maintained", again="yes", again_days="0")
    assert set(faults.value.errors) == {"again", "again_days"}
    assert office.case(closed).closed_at is not None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "petition"}, "kind"),
        ({"procedure": ""}, "procedure"),
        ({"forum": " "}, "forum"),
        ({"issue": ""}, "issue"),
        ({"received_on": "2026-09-01"}, "received_on"),
        ({"received_on": "2027-01-01"}, "received_on"),
        ({"received_on": "昨天"}, "received_on"),
        ({"letter": "99999"}, "letter"),
        ({"letter": "x"}, "letter"),
        ({"agent": "名" * 101}, "agent"),
    ],
)
def test_a_wrong_registration_names_the_field_and_stores_nothing(office, closed, changed, field):
    with pytest.raises(AnswerErrors) as faults:
        copy_received(office, closed, **changed)
    assert set(faults.value.errors) == {field}
    assert reviews_of(office.desk, office.people["legal"], closed) == ()
    assert "reconsideration_copy_received" not in office.ledger(closed)


def test_a_line_registered_by_mistake_is_voided_with_its_event(office, closed):
    review = copy_received(office, closed)
    legal = office.people["legal"]
    with pytest.raises(Refusal):
        void_review(office.desk, legal, review, " ")
    void_review(office.desk, legal, review, "登记到了别的申请上。")
    assert review_register(office.desk, legal, ReviewFilter()).total == 0
    assert line(office, closed).void_reason == "登记到了别的申请上。"
    assert case_page(office.desk, legal, closed).clock.answer_due_ordinary is None
    with pytest.raises(NotFound):
        stage(office, review, "answered")


def test_who_may_and_what_may_not(office, closed):
    with pytest.raises(NotPermitted):
        register_review(office.desk, office.people["handler"], closed, COPY)
    drill = office.register(drill="1").case_id
    with pytest.raises(Refusal):
        register_review(office.desk, office.people["legal"], drill, COPY)


def test_what_was_disclosed_can_be_published_for_everybody_within_twenty_working_days(office):
    case = office.register(subject="青石街改造工程批复").case_id
    office.advance(case, until="draft")
    office.do("draft", case=case, outcome="submit", decision="G3", place="政务服务中心", available_on="2026-09-18")
    office.advance(case)
    legal, head, publisher = (office.people[name] for name in ("legal", "disclosure_head", "publisher"))
    with pytest.raises(AnswerErrors):
        propose_publication(office.desk, legal, case, "", "")
    task = propose_publication(office.desk, legal, case, "青石街改造工程批复", "多人申请同一信息。")
    assert any("请审定" in text for text in office.inbox("disclosure_head"))
    with pytest.raises(NotPermitted):
        settle_publication(office.desk, legal, task, approve=True, why="")
    settle_publication(office.desk, head, task, approve=True, why="")
    with pytest.raises(Stale):
        settle_publication(office.desk, head, task, approve=True, why="")
    [found] = publication_tasks(office.desk, publisher, "approved")
    assert str(found.due.value) == "2026-10-20"  # Art. 26: twenty working days over the National Day holiday
    assert found.light.light is Light.LATER
    with pytest.raises(AnswerErrors) as faults:
        publish(office.desk, publisher, task, "2026-09-01", "")
    assert set(faults.value.errors) == {"on", "locator"}
    publish(office.desk, publisher, task, office.clock.today, "https://www.yunling.example/gk/1.html")
    [found] = publications_of(office.desk, legal, case)
    assert (found.status, found.light) == ("published", None)


def test_a_refusal_cannot_be_converted(office):
    case = office.register().case_id
    with pytest.raises(Refusal):
        propose_publication(office.desk, office.people["legal"], case, "名称", "理由")


def test_the_agencys_own_dates_climb_the_ladder(office, closed):
    office.clock.on("2026-10-12")
    review = copy_received(office, closed)  # answer due 26 October, filing due 15 October
    office.clock.on("2026-10-14")
    escalate(office.desk)
    escalate(office.desk)

    def told(name):
        return [text for text in office.inbox(name) if "期限" in text and "2026-10" in text]

    number = office.case(closed).number
    assert f"{number}：行政复议向主管部门备案期限剩 1 个工作日，2026-10-15 到期。" in told("legal")
    assert f"{number}：行政复议提出书面答复和证据期限剩 8 个工作日，2026-10-26 到期。" in told("legal")
    assert len(told("legal")) == len(set(told("legal"))) == 2
    stage(office, review, "filed")
    office.clock.on("2026-10-28")
    escalate(office.desk)
    assert any("已超期 2 个工作日" in text for text in told("leader"))
    stage(office, review, "answered")
    before = len(told("legal"))
    office.clock.on("2026-10-30")
    escalate(office.desk)
    assert len(told("legal")) == before


def test_every_figure_of_table_4_opens_what_it_counts(office, closed):
    office.clock.on("2026-12-20")
    first = copy_received(office, closed)
    copy_received(office, closed, kind="direct_suit", forum="北江市中级人民法院", procedure="")
    second = copy_received(office, closed)
    stage(office, second, "decided", result="maintained")
    office.clock.on("2027-02-10")
    stage(office, first, "decided", result="corrected")
    legal = office.people["legal"]
    for year in (2025, 2026, 2027):
        cells = annual_table4(office.desk, legal, year).cells
        for kind, row in cells.items():
            for result, count in row.items():
                listed = review_register(office.desk, legal, ReviewFilter(kind=kind, result=result, table4=year))
                assert listed.total == count, (year, kind, result)
            assert review_register(office.desk, legal, ReviewFilter(kind=kind, table4=year)).total == sum(row.values())
    assert annual_table4(office.desk, legal, 2026).cells[ReviewKind.RECONSIDERATION][ReviewResult.PENDING] == 1


def test_a_hearing_is_one_of_the_agencys_dates_until_it_was_held(office, closed):
    review = copy_received(office, closed)
    stage(office, review, "summoned", on="2026-10-15")
    with pytest.raises(AnswerErrors):
        stage(office, review, "heard", on="2026-10-15")
    hearing = line(office, closed).dates[-1].own
    assert (hearing.clock, hearing.due.value.isoformat()) == ("hearing", "2026-10-15")
    office.clock.on("2026-10-12")
    escalate(office.desk)
    assert "2026-0001：行政复议听证、开庭剩 3 个工作日，2026-10-15 到期。" in office.inbox("legal")
    stage(office, review, "summoned", on="2026-10-20")  # put off
    office.clock.on("2026-10-20")
    escalate(office.desk)
    assert "2026-0001：行政复议听证、开庭今日到期（2026-10-20）。" in office.inbox("legal")
    stage(office, review, "heard")
    hearing = line(office, closed).dates[-1]
    assert (hearing.met_on.isoformat(), hearing.in_time, hearing.light) == ("2026-10-20", True, None)


def test_what_runs_for_the_others_is_told_beside(office, closed):
    review = copy_received(office, closed)
    others = {one.what: one.due.value.isoformat() for one in line(office, closed).others}
    assert others == {
        "复议机关作出决定": "2026-11-16",  # 60 days end on a Sunday
        "经批准延长的": "2026-12-15",
        "逾期不决定，申请人起诉": "2026-12-01",
    }
    stage(office, review, "accepted", on="2026-09-14")  # before the copy came
    assert line(office, closed).others[0].due.value.isoformat() == "2026-11-13"
    office.clock.on("2026-11-10")
    stage(office, review, "decided", result="maintained")
    [suit] = line(office, closed).others
    assert (suit.what, suit.due.value.isoformat()) == ("申请人不服复议决定起诉", "2026-11-25")
    remedies = case_page(office.desk, office.people["legal"], closed).remedies
    assert [(one.what, one.due.value.isoformat()) for one in remedies] == [("没有告知救济途径的，最长至", "2027-09-16")]


def test_a_silent_office_may_be_sued_for_six_months(office):
    case = office.register().case_id  # due on 2026-10-20
    assert case_page(office.desk, office.people["legal"], case).remedies == ()
    office.clock.on("2026-10-21")
    [one] = case_page(office.desk, office.people["legal"], case).remedies
    assert (one.what, one.due.value.isoformat()) == ("逾期不答复，起诉期限", "2027-04-20")
