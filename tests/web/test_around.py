"""Around a case: comments that reach colleagues, watchers, links, the sheet of the deadline, the diagrams."""

import json
import re
from html import unescape

import pytest
from sqlalchemy import select

from engine.cases.confidential import set_confidential
from engine.cases.watching import watch
from engine.store.tables import CaseComment, CaseEvent, CaseLink


@pytest.fixture
def case(office):
    return office.register(subject="青石街改造工程批复").case_id


@pytest.fixture
def handler(case, logged_in):
    visitor = logged_in("handler")
    visitor.get(f"/cases/{case}?tab=talk")
    return visitor


def say(visitor, case, text):
    return visitor.post(f"/cases/{case}/comments", {"text": text}, page=f"/cases/{case}")


def test_a_comment_reaches_whom_it_names_and_says_who_was_not_told(handler, case, office):
    answer = say(handler, case, "请@法制人员甲看第二条，@admin 知悉；来信地址 han@example.org。\n谢谢@LEADER")
    assert answer.status_code == 303
    page = handler.get(answer.headers["Location"]).text
    assert '<b class="mention">@法制人员甲</b>看第二条' in page
    assert "已告知：法制人员甲、分管领导甲。" in page
    assert "系统管理员甲 无权查看本件，没有告知。" in page
    number = office.case(case).number
    assert office.inbox("legal") == [f"{number}：经办人甲 在讨论中提到您。"]
    assert office.inbox("admin") == []
    assert len(office.inbox("leader")) == 1


def test_a_name_nobody_has_is_a_slip_and_what_was_written_stays(handler, case, office, desk):
    answer = say(handler, case, "@法治人员 请看")
    assert answer.status_code == 422
    assert "没有叫“法治人员”的同事，@ 后面请写姓名或者账号。" in answer.text
    assert "@法治人员 请看</textarea>" in answer.text
    with desk.reading() as session:
        assert session.scalars(select(CaseComment)).all() == []
    assert say(handler, case, "  ").status_code == 422


def test_a_mistaken_comment_is_struck_by_its_author_and_stays(handler, case, logged_in, desk):
    say(handler, case, "<b>记错了</b>")
    assert "&lt;b&gt;记错了&lt;/b&gt;" in handler.get(f"/cases/{case}?tab=talk").text
    legal = logged_in("legal")
    assert "记错了" in legal.get(f"/cases/{case}?tab=talk").text
    assert legal.post("/cases/comments/1/strike", {"reason": "不对"}).status_code == 403
    assert handler.post("/cases/comments/1/strike", {"reason": "与本件无关"}, page=f"/cases/{case}").status_code == 303
    page = handler.get(f"/cases/{case}?tab=talk").text
    assert "<s>&lt;b&gt;记错了&lt;/b&gt;</s>" in page
    assert "与本件无关" in page
    with desk.reading() as session:
        actions = session.scalars(select(CaseEvent.action).where(CaseEvent.action.startswith("comment"))).all()
    assert actions == ["comment", "comment_struck"]


def test_who_sees_no_case_says_nothing_about_it(case, logged_in):
    assert say(logged_in("unit"), case, "我也说一句").status_code == 404
    assert say(logged_in("admin"), case, "我也说一句").status_code == 403


def test_a_watcher_hears_the_newest_of_what_happened_and_not_his_own_doing(case, office, logged_in):
    supervisor = logged_in("supervisor")
    assert supervisor.post(f"/cases/{case}/watch", {"on": "yes"}).status_code == 303
    assert supervisor.post(f"/cases/{case}/watch", {"on": "yes"}).status_code == 303
    assert "督办人员甲" in supervisor.get(f"/cases/{case}").text
    watch(office.desk, office.people["handler"], case, on=True)
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, outcome="direct")
    told = office.inbox("supervisor")
    assert len(told) == 1
    assert told[0].startswith(f"{office.case(case).number}：经办人甲 办理了“")
    assert "现在待办：" in told[0]
    assert office.inbox("handler") == []
    assert supervisor.post(f"/cases/{case}/watch", {"on": "no"}).status_code == 303
    office.do("draft", case=case, outcome="submit", decision="G2", locator="县政府网站")
    assert len(office.inbox("supervisor")) == 1


def test_linked_cases_are_shown_from_both_sides_and_taken_off_with_a_reason(case, office, logged_in, desk):
    child = office.register(subject="拆分出的一件", name="贺知远", id_number="云0077").case_id
    intake = logged_in("intake")
    intake.get(f"/cases/{case}")
    asked = {"way": "split", "number": office.case(child).number}
    assert intake.post(f"/cases/{case}/links", asked, page=f"/cases/{case}").status_code == 303
    there = intake.get(f"/cases/{case}").text
    assert "由本件拆分出" in there
    assert "拆分出的一件" in there
    assert "剩 20 个工作日" in there.split('id="links"')[1]
    assert re.search(r"<td class=\"nowrap\">本件由它拆分出</td>", intake.get(f"/cases/{child}").text)
    twice = intake.post(f"/cases/{child}/links", {**asked, "number": office.case(case).number}, page=f"/cases/{child}")
    assert twice.status_code == 422
    assert "这两件申请已经关联。" in twice.text
    for number, said in (
        ("2026-9999", "没有这个编号的申请，或者您无权查看。"),
        (office.case(case).number, "这就是本件的编号。"),
    ):
        wrong = intake.post(f"/cases/{case}/links", {"way": "related", "number": number}, page=f"/cases/{case}")
        assert said in wrong.text
    assert logged_in("leader").post(f"/cases/{case}/links", asked).status_code == 403
    assert (
        intake.post(f"/cases/{case}/links/1/remove", {"reason": "关联错了"}, page=f"/cases/{case}").status_code == 303
    )
    assert "拆分出的一件" not in intake.get(f"/cases/{case}").text
    with desk.reading() as session:
        actions = session.scalars(select(CaseEvent.action).where(CaseEvent.action.in_(["linked", "unlinked"]))).all()
        link = session.scalars(select(CaseLink)).one()
    assert actions == ["linked", "linked", "unlinked", "unlinked"]
    assert link.remove_reason == "关联错了"


def test_a_confidential_neighbour_is_neither_shown_nor_found(case, office, logged_in):
    other = office.register(subject="密件一件").case_id
    head = logged_in("disclosure_head")
    head.get(f"/cases/{case}")
    asked = {"way": "earlier", "number": office.case(other).number}
    assert head.post(f"/cases/{case}/links", asked, page=f"/cases/{case}").status_code == 303
    set_confidential(office.desk, office.people["leader"], other, "保密")
    assert "密件一件" in head.get(f"/cases/{case}").text
    legal = logged_in("legal")
    page = legal.get(f"/cases/{case}").text
    assert "密件一件" not in page
    assert office.case(other).number not in page
    wrong = legal.post(f"/cases/{case}/links", asked, page=f"/cases/{case}")
    assert "没有这个编号的申请，或者您无权查看。" in wrong.text


def test_the_sheet_of_the_deadline_holds_the_whole_arithmetic(case, office, logged_in):
    page = logged_in("legal").get(f"/cases/{case}/deadline").text
    for word in ("期限计算说明", "条例第三十三条第二款", "20 个工作日计入期限", "提交申请", "2026 年", "经办人："):
        assert word in page, word
    assert page.count('class="day counted') >= 20
    assert logged_in("unit").get(f"/cases/{case}/deadline").status_code == 404


def test_the_diagram_tells_who_and_when_and_lights_where_it_began(case, office, handler):
    office.do("completeness", case=case, outcome="complete")
    top = handler.get(f"/cases/{case}?tab=diagram&level=disclosure_request").text
    done = re.search(r'data-done="([^"]*)"', top)[1]
    start = re.search(r'startEvent id="([^"]+)"', handler.get(f"/cases/{case}/diagrams/disclosure_request.bpmn").text)
    assert start[1] in done
    table = top.split('class="stops"')[1]
    assert "收件员甲" in table
    inner = handler.get(f"/cases/{case}?tab=diagram&level=intake_check").text
    assert "经办人甲" in inner.split('class="stops"')[1]
    assert "2026-05-08 10:00" in inner


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_badges_of_the_diagram_are_plain_words_in_either_language(case, office, handler, language):
    office.do("completeness", case=case, outcome="complete")
    handler.post("/language", {"language": language}, page=f"/cases/{case}")
    inner = handler.get(f"/cases/{case}?tab=diagram&level=intake_check").text
    notes = json.loads(unescape(re.search(r'data-notes="([^"]*)"', inner)[1]))
    assert notes["completeness"] == "经办人甲 05-08"
    for tab in ("overview", "clock", "letters", "papers", "flow", "diagram", "talk"):
        page = handler.get(f"/cases/{case}?tab={tab}").text
        assert not re.search(r"&(amp;)?lt;span|=\"[^\"<>]*<span", page), tab


def test_an_unconfirmed_request_waits_for_a_day_and_says_which(office, logged_in):
    case = office.register(channel="internet", email="han@example.org").case_id
    office.do("confirm", case=case)
    office.do("completeness", case=case, outcome="correct", missing="名称")
    handler = logged_in("handler")
    pages = [
        handler.get(f"/cases/{case}?tab=diagram&level={level}").text for level in ("disclosure_request", "intake_check")
    ]
    assert all("正在办理" in page for page in pages)


def test_the_overview_counts_what_stands_at_each_step_and_opens_the_list(case, office, logged_in):
    second = office.register(subject="第二件").case_id
    office.do("completeness", case=second, outcome="complete")
    leader = logged_in("leader")
    page = leader.get("/overview/disclosure_request?level=intake_check").text
    rows = [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)]
    assert ["1", "0", "1", "次"] in [row[1:] for row in rows]
    listed = leader.get("/overview/disclosure_request/steps/completeness").text
    assert "青石街改造工程批复" in listed
    assert "第二件" not in listed
    whole = leader.get("/overview").text
    assert "在办 2 件" in whole
    assert leader.get("/overview/disclosure_request/steps/no_such").status_code == 404
    assert leader.get("/overview/no_such").status_code == 404
    assert logged_in("admin").get("/overview").status_code == 403


def test_a_request_of_the_same_applicant_is_linked_by_one_click(case, office, logged_in):
    second = office.register(subject="第二次来问").case_id
    intake = logged_in("intake")
    page = intake.get(f"/cases/{second}").text
    assert '<input type="hidden" name="way" value="earlier">' in page
    asked = {"way": "earlier", "number": office.case(case).number}
    assert intake.post(f"/cases/{second}/links", asked, page=f"/cases/{second}").status_code == 303
    page = intake.get(f"/cases/{second}").text
    assert "以前的申请" in page.split('id="links"')[1]
    assert '<input type="hidden" name="way" value="earlier">' not in page
