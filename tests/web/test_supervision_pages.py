"""The supervisor's pages: board, lists, calendar, reminders, items; reports; the queue of messages."""

import re
from datetime import time
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook

from engine.cases.accounts import account_named
from engine.cases.messages import tell
from engine.cases.supervision import UNITS
from engine.store.session import Sessions
from engine.store.tables import OutboxMessage, Unit


@pytest.fixture
def running(office):
    """A case of 2026-05-08 in the hands of handler, due on 4 June."""
    case = office.register(subject="青石街改造工程批复").case_id
    office.do("completeness", case=case, who="handler", outcome="complete")
    office.do("triage", case=case, who="handler", outcome="handle")
    return case


@pytest.fixture
def supervisor(logged_in):
    return logged_in("supervisor")


def test_every_figure_of_the_board_opens_its_list(clock, running, logged_in):
    clock.forward(days=32)
    supervisor = logged_in("supervisor")
    page = supervisor.get("/supervision").text
    assert "/supervision/cases?group=overdue&amp;handler=" in page
    assert "/supervision/cases?group=overdue&amp;unit=" in page
    assert 'data-table="by-month"' in page
    for address in set(re.findall(r'href="(/supervision/(?:cases|steps)[^"]+)"', page)):
        listed = supervisor.get(unescape(address))
        assert listed.status_code == 200
        assert "2026-0001" in listed.text or address.endswith(("group=soon", "group=late")), address
    listed = supervisor.get("/supervision/cases?group=overdue").text
    assert "2026-0001" in listed
    assert "办理安排" in listed  # the step that held it
    assert "仍未办结" in listed
    for odd in ("group=x", "group=late&handler=abc", "unit=99999", "page=-1"):
        assert supervisor.get(f"/supervision/cases?{odd}").status_code == 200


def test_a_large_office_leafs_through_its_units_and_reads_the_causes_on_a_page_of_their_own(
    clock, desk, running, logged_in, monkeypatch
):
    clock.forward(days=32)
    many = [Unit(agency_id=1, name=f"第{number:02}科") for number in range(UNITS)]
    desk.write(lambda session: session.add_all(many))
    for counted in ("engine.cases.supervision.CAUSES_FROM", "webui.desks.supervision.CAUSES_FROM"):
        monkeypatch.setattr(counted, 0)
    supervisor = logged_in("supervisor")
    first = supervisor.get("/supervision").text
    assert "<b>0+</b>" in first
    assert 'rel="next" href="/supervision?page=2"' in first
    assert '<th scope="row">政务公开股</th>' in first
    second = supervisor.get("/supervision?page=2").text
    assert '<th scope="row">政务公开股</th>' not in second
    assert 'rel="next"' not in second
    assert 'href="/supervision/causes"' in first
    causes = supervisor.get("/supervision/causes").text
    [address] = set(re.findall(r'href="(/supervision/cases[^"]+)"', causes))
    assert "2026-0001" in supervisor.get(unescape(address)).text
    assert supervisor.get("/supervision?page=99").status_code == 200


def test_steps_past_their_internal_limit_have_a_list_of_their_own(office, clock, running, logged_in):
    late, supervisor = "/supervision/steps?limit=late", logged_in("supervisor")
    assert f'href="{late}"' in supervisor.get("/supervision").text
    assert "2026-0001" not in supervisor.get(late).text
    clock.forward(days=4)
    supervisor = logged_in("supervisor")
    page = supervisor.get(late).text
    assert "2026-0001" in page
    assert "已过 1 个工作日" in page
    assert "2026-0001" in supervisor.get(f"{late}&handler={office.people['handler'].id}").text
    assert "2026-0001" not in supervisor.get(f"{late}&handler=0").text


def test_a_limit_that_stands_still_is_said_to_wherever_it_is_shown(office, logged_in):
    case = office.register().case_id
    for element, outcome in (("completeness", "correct"), ("correction_draft", ""), ("correction_issue", "issue")):
        office.do(element, case=case, outcome=outcome)
    assert "内部时限随本件停止计算" not in logged_in("supervisor").get(f"/cases/{case}").text
    office.do("correction_service", case=case)
    supervisor, handler = logged_in("supervisor"), logged_in("handler")
    assert "随本件停止计算" in supervisor.get("/supervision/steps").text
    assert "内部时限随本件停止计算" in supervisor.get(f"/cases/{case}").text
    assert "内部时限随本件停止计算" in supervisor.get("/cases").text
    (work,) = office.open_steps(case)
    whose = handler if "handler" in work.role else logged_in(work.role.split()[0])
    assert "内部时限随本件停止计算" in whose.get(f"/work/{work.id}").text


def test_the_calendar_by_week_and_month(running, supervisor):
    week = supervisor.get("/supervision/due?on=2026-06-04").text
    assert "2026-0001" in week
    month = supervisor.get("/supervision/due?on=2026-06-20&view=month").text
    assert "2026-0001" in month
    assert "on=2026-05-01" in month
    assert "on=2026-07-01" in month
    assert "2026-0001" not in supervisor.get("/supervision/due?on=2026-07-20").text
    assert supervisor.get("/supervision/due?on=9999-99-99").status_code == 200


@pytest.mark.parametrize(
    ("who", "address", "entry"),
    [
        ("supervisor", "/supervision/remind/{case}", "/supervision/reminders"),
        ("supervisor", "/supervision/reminders", "/supervision/reminders"),
        ("supervisor", "/supervision/items/new", "/supervision/items"),
        ("supervisor", "/supervision/cases?group=open", "/supervision"),
        ("supervisor", "/supervision/due", "/supervision/due"),
        ("intake", "/cases/{case}/registered", "/register"),
        ("handler", "/work/{work}/reassign", "/work?tab=todo"),
        ("handler", "/cases/{case}", "/cases"),
    ],
)
def test_the_menu_lights_the_entry_that_a_page_belongs_to(office, running, logged_in, who, address, entry):
    address = address.format(case=running, work=office.open_steps(running)[0].id)
    page = logged_in(who).get(address).text
    menu = page[page.index("<nav") : page.index("</nav>")]
    assert re.findall(r'<a href="([^"]+)"[^>]*aria-current="page"', menu) == [entry]


def test_a_reminder_goes_out_and_comes_back_answered(running, supervisor, logged_in):
    page = f"/supervision/remind/{running}"
    assert "经办人甲（办理安排）" in supervisor.get(page).text
    assert supervisor.post(page, {"account_id": "", "text": ""}).status_code == 422
    handler = logged_in("handler")
    assert "没有待答复的催办" in handler.get("/supervision/reminders").text
    options = supervisor.get(page).text.split('<option value="')
    account_id = next(part.partition('"')[0] for part in options if "经办人甲" in part)
    assert supervisor.post(page, {"account_id": account_id, "text": "请抓紧办理。"}).status_code == 303
    assert "请抓紧办理。" in handler.get(f"/cases/{running}").text
    place = "/supervision/reminders"
    handler.get(place)
    assert handler.post(f"{place}/1", {"answer": ""}, page=place).status_code == 422
    assert handler.post(f"{place}/1", {"answer": "明日办结。"}, page=place).status_code == 303
    assert "明日办结。" in supervisor.get(f"{place}?all=yes").text
    assert handler.get(page).status_code == 403


def test_an_item_is_opened_reported_and_closed(supervisor, logged_in, desk):
    supervisor.get("/supervision/items/new")
    wrong = supervisor.post("/supervision/items/new", {"title": "整改", "due_on": "2026-05-01"})
    assert wrong.status_code == 422
    assert "请选择承办人" in wrong.text
    handler_id = next(
        part.partition('"')[0]
        for part in supervisor.get("/supervision/items/new").text.split('<option value="')
        if "经办人甲" in part
    )
    given = {"title": "整改", "demand": "逐件说明", "holder_id": handler_id, "due_on": "2026-05-15"}
    assert supervisor.post("/supervision/items/new", given).status_code == 303
    handler, place = logged_in("handler"), "/supervision/items"
    assert "逐件说明" in handler.get(place).text
    assert handler.post(f"{place}/1/report", {"report": "已说明。"}, page=place).status_code == 303
    assert handler.post(f"{place}/1/close", {"result": "x"}, page=place).status_code == 403
    assert supervisor.post(f"{place}/1/close", {"result": ""}, page=place).status_code == 422
    assert supervisor.post(f"{place}/1/close", {"result": "到位"}, page=place).status_code == 303
    assert "到位" in supervisor.get(f"{place}?all=yes").text


def test_reports_say_how_they_count_and_the_workbook_opens(office, supervisor):
    office.advance(office.register().case_id)
    page = supervisor.get("/measures").text
    assert "按期办结率 = " in page
    address = next(one for one in re.findall(r'href="(/measures/cases[^"]+)"', page) if "decision:G2" in unescape(one))
    listed = supervisor.get(unescape(address))
    assert "2026-0001" in listed.text
    assert "所计共 1 条" in listed.text
    assert supervisor.get("/measures/cases?report=none").status_code == 404
    listed = supervisor.get("/cases?concluded_from=2026-01-01&concluded_to=2026-05-08&real=yes&decision=G2")
    assert "办结不晚于 2026-05-08" in listed.text
    assert "2026-0001" not in supervisor.get("/cases?concluded_to=2026-05-07").text
    answer = supervisor.get("/measures/book.xlsx?from=2026-01-01&to=2026-12-31")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert load_workbook(BytesIO(answer.data))["按期办结率"]["B6"].value == 1
    assert supervisor.get("/measures?from=2026-12-31&to=2026-01-01").status_code == 200


def test_hours_of_silence_are_told_beside_the_queue(desk, logged_in):
    admin = logged_in("admin")
    assert "免打扰时段" not in admin.get("/admin/outbox").text
    ladder = desk.settings.ladder.model_copy(update={"quiet": (time(20), time(7, 30))})
    desk.settings = desk.settings.model_copy(update={"ladder": ladder})
    assert "免打扰时段 20:00 至 07:30" in admin.get("/admin/outbox").text


def test_the_administrator_sees_what_could_not_be_sent_and_sends_it_again(desk, office, logged_in):
    desk.sessions = Sessions(desk.sessions.engine, told_by=["wecom"])
    people = [office.people["handler"].id]
    desk.write(lambda session: tell(session, people, key="k", text="2026-0001：请办理", at=desk.now()))

    def fail(session):
        row = session.get(OutboxMessage, 1)
        row.dead_at, row.error = desk.now(), "对方拒收（HTTP 404）。"

    desk.write(fail)
    admin = logged_in("admin")
    page = admin.get("/admin/outbox").text
    assert "对方拒收（HTTP 404）。" in page
    assert "渠道未启用" in page
    assert admin.post("/admin/outbox/1", page="/admin/outbox").status_code == 303
    assert admin.post("/admin/outbox/1", page="/admin/outbox").status_code == 404
    assert "2026-0001：请办理" in admin.get("/admin/outbox?state=waiting").text
    assert admin.post("/admin/outbox", page="/admin/outbox").status_code == 303
    assert logged_in("handler").get("/admin/outbox").status_code == 403


def test_addresses_of_an_account_are_checked_and_kept(logged_in, desk):
    admin = logged_in("admin")
    admin.get("/admin/accounts/new")
    given = {"username": "zhou.min", "name": "周敏", "roles": "handler", "email": "zhou.min@yunling.example"}
    wrong = admin.post("/admin/accounts/new", {**given, "email": "zhou\nBcc: x@y.z", "phone": "12"})
    assert wrong.status_code == 422
    assert "电子邮箱写法不对" in wrong.text
    assert "手机号码写法不对" in wrong.text
    assert admin.post("/admin/accounts/new", {**given, "phone": "13905550101"}).status_code == 200
    made = account_named(desk, "zhou.min")
    assert (made.email, made.phone) == ("zhou.min@yunling.example", "13905550101")
    assert 'value="zhou.min@yunling.example"' in admin.get(f"/admin/accounts/{made.id}").text
