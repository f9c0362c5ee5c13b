"""Importing a holiday notice: the preview tells what will happen, applying does just that, and nothing is lost."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from engine.cases.audit import verify
from engine.cases.calendar_change import apply_import, preview_import
from engine.cases.calendar_impact import Due, Firmness
from engine.cases.calendar_view import DayKind, calendar_year, holiday_notices
from engine.cases.calendar_watch import MissingNotice, missing_notices, watch_calendar
from engine.cases.errors import NotPermitted, Refusal
from engine.cases.stepform import step_form
from engine.cases.timers import fire_due_timers
from engine.holidays import builtin_notices
from engine.statute.festivals import statutory_holidays
from engine.store.tables import CaseEvent
from tests.office import Office, fill


def notice_2027(*more: tuple[str, bool], paper: str = "测试发〔2026〕1号") -> str:
    """An invented arrangement: the statutory holidays alone, and Sunday 10 January worked for nothing."""
    days = [(day.isoformat(), True) for day in sorted(statutory_holidays(2027))] + [("2027-01-10", False), *more]
    listed = [{"name": "假日", "date": day, "isOffDay": off} for day, off in days]
    return json.dumps({"year": 2027, "papers": [paper], "days": listed})


def amended_2026(*more: str) -> str:
    """The built-in year with further days off, as an amending notice would give it."""
    year = next(one for one in builtin_notices() if one.year == 2026)
    days = [(day.isoformat(), True) for day in sorted(year.rest_days)] + [(day, True) for day in more]
    days += [(day.isoformat(), False) for day in sorted(year.make_up_days)]
    listed = [{"name": "假日", "date": day, "isOffDay": off} for day, off in days]
    return json.dumps({"year": 2026, "papers": ["测试发〔2026〕2号"], "days": listed})


def on_day(text: str, firmness: str = "firm") -> Due:
    return Due(date.fromisoformat(text), Firmness(firmness))


@pytest.fixture
def provisional(office: Office) -> int:
    """A case received on Tuesday 2026-12-15: its twenty working days reach into a year without a notice."""
    office.clock.on("2026-12-15")
    case = office.register().case_id
    office.do("completeness", outcome="complete")
    row = office.case(case)
    assert (row.due_on, row.estimated_due_on.isoformat()) == (None, "2027-01-13")
    return case


def test_a_preview_changes_nothing_and_applying_does_what_it_said(office, provisional):
    admin = office.people["admin"]
    preview = preview_import(office.desk, admin, notice_2027())
    (move,) = preview.moves
    assert (move.number, move.before, move.after) == (
        "2026-0001",
        on_day("2027-01-13", "provisional"),
        on_day("2027-01-12"),
    )
    assert (move.moved_by, move.words, move.told) == (-1, "提前 1 个工作日", None)
    assert preview.new_year
    assert [(one.day.isoformat(), one.works) for one in preview.changed] == [("2027-01-10", True)]
    untouched = office.case(provisional)
    assert (untouched.due_on, untouched.estimated_due_on.isoformat()) == (None, "2027-01-13")
    assert holiday_notices(office.desk, admin)[0].year == 2026

    assert apply_import(office.desk, admin, notice_2027()) == preview
    row = office.case(provisional)
    assert (row.due_on.isoformat(), row.estimated_due_on, row.sort_due_on) == ("2027-01-12", None, row.due_on)


def test_the_change_is_recorded_and_told_once(office, provisional):
    apply_import(office.desk, office.people["admin"], notice_2027())
    with office.desk.reading() as session:
        events = session.scalars(select(CaseEvent).where(CaseEvent.action.like("calendar%")).order_by(CaseEvent.id))
        told = [(event.chain.partition(":")[2], event.action, json.loads(event.data)) for event in events]
        assert verify(session).broken is None
    (in_case, in_calendar) = told
    assert in_case[0] == str(provisional)
    assert in_case[2]["due"] == ["暂定 2027-01-13", "2027-01-12"]
    assert in_calendar[:2] == ("calendar", "calendar_import")
    assert (in_calendar[2]["paper"], in_calendar[2]["moved"]) == ("测试发〔2026〕1号", 1)
    assert office.inbox("handler")[-1] == (
        "2026-0001：导入2027年放假安排后，答复期限由 暂定 2027-01-13 改为 2027-01-12（提前 1 个工作日）。"
    )
    assert office.inbox("handler2") == []
    assert office.inbox("supervisor") == ["已导入2027年放假安排，1 件在办申请的期限有变动：2026-0001。"]


def test_the_same_notice_is_refused_the_second_time(office, provisional):
    admin = office.people["admin"]
    apply_import(office.desk, admin, notice_2027())
    with pytest.raises(Refusal, match="已经导入"):
        apply_import(office.desk, admin, notice_2027())
    with pytest.raises(Refusal, match="已经导入"):
        preview_import(office.desk, admin, notice_2027())


def test_a_later_notice_of_the_year_rules_and_the_earlier_one_is_kept(office, provisional):
    admin = office.people["admin"]
    apply_import(office.desk, admin, notice_2027())
    later = notice_2027(("2027-01-04", True), paper="测试发〔2026〕3号")
    preview = apply_import(office.desk, admin, later)
    assert preview.replaces == "测试发〔2026〕1号"
    assert preview.moves[0].moved_by == 1
    assert office.case(provisional).due_on.isoformat() == "2027-01-13"
    rows = [(row.paper, row.active) for row in holiday_notices(office.desk, admin) if row.year == 2027]
    assert rows == [("测试发〔2026〕3号", True), ("测试发〔2026〕1号", False)]


def test_a_date_told_to_the_applicant_stays_the_target_when_the_due_date_moves_later(office):
    case = office.register().case_id
    office.do("completeness", outcome="complete")
    office.do("triage", outcome="direct")
    office.act("request_extension", case)
    for element in ("extension_approve", "extension_issue", "extension_service"):
        office.do(element, outcome="approve")
    told = office.case(case).told_due_on
    assert told == office.case(case).due_on
    preview = apply_import(office.desk, office.people["admin"], amended_2026("2026-10-08", "2026-10-09"))
    (move,) = preview.moves
    assert (move.moved_by, move.told, move.target) == (2, told, told)
    row = office.case(case)
    assert (row.told_due_on, row.sort_due_on) == (told, told)
    assert row.due_on > told
    assert f"申请人已被告知 {told}，请以较早的 {told} 为工作目标" in office.inbox("handler")[-1]
    assert "其中 1 件与已告知申请人的日期不同" in office.inbox("supervisor")[-1]


def test_a_told_date_counts_no_longer_once_the_case_itself_has_moved_on(office):
    case = office.register().case_id
    office.do("completeness", outcome="complete")
    office.do("triage", outcome="handle")
    office.act("request_extension", case)
    for element in ("extension_approve", "extension_issue", "extension_service"):
        office.do(element, outcome="approve")
    told = office.case(case).told_due_on
    assert told is not None
    party = [{"name": "云岭县青石纸业有限公司", "address": "云岭县青石街7号"}]
    office.do("plan", outcome="measures", third_parties=party)
    for element, outcome in (("third_party_draft", ""), ("third_party_issue", "issue"), ("third_party_send", "")):
        office.do(element, outcome=outcome)
    row = office.case(case)
    assert row.told_due_on != told
    assert row.sort_due_on == row.due_on > told


def test_waiting_timers_move_with_the_calendar(office):
    case = office.register().case_id
    office.do("completeness", outcome="correct")
    for element, outcome in (("correction_draft", ""), ("correction_issue", "issue"), ("correction_service", "")):
        office.do(element, outcome=outcome)
    (timer,) = office.timers(case)
    before = timer.due_on
    preview = apply_import(office.desk, office.people["admin"], amended_2026("2026-10-08"))
    (move,) = preview.moves
    assert (move.before, move.after, move.moved_by) == (None, None, None)
    (timer,) = office.timers(case)
    assert (move.timers[0].before, move.timers[0].after) == (before, timer.due_on)
    assert timer.due_on > before
    assert office.inbox("handler")[-1].endswith(f"补正期限由 {before} 改为 {timer.due_on}。")
    office.clock.on(timer.due_on.isoformat())
    assert fire_due_timers(office.desk).fired == 0


def test_a_closed_case_is_judged_by_the_calendar_in_force(office):
    """Whether a reply was in time is a fact of ledger and calendar; the preview says where the answer changes."""
    case = office.register().case_id  # received on 2026-09-16, due on 2026-10-20
    office.clock.on("2026-10-21")
    office.advance(case)
    assert office.case(case).in_time is False
    untouched = office.register().case_id
    office.advance(untouched)
    admin, version = office.people["admin"], office.case(untouched).version
    preview = preview_import(office.desk, admin, amended_2026("2026-10-08"))
    [one] = preview.turned
    assert (one.number, one.before, one.after) == ("2026-0001", on_day("2026-10-20"), on_day("2026-10-21"))
    assert (one.was_in_time, one.in_time, preview.moves) == (False, True, ())
    assert office.case(case).in_time is False  # a preview stores nothing
    assert apply_import(office.desk, admin, amended_2026("2026-10-08")) == preview
    row = office.case(case)
    assert (row.in_time, row.due_on.isoformat()) == (True, "2026-10-21")
    assert office.case(untouched).version == version
    assert any("2026-0001（按期）" in text for text in office.inbox("supervisor"))
    with office.desk.reading() as session:
        query = select(CaseEvent).where(CaseEvent.case_id == case, CaseEvent.action == "calendar")
        assert json.loads(session.scalars(query).one().data)["in_time"] == [False, True]
    assert verify_intact(office)


def verify_intact(office: Office) -> bool:
    with office.desk.reading() as session:
        return not verify(session).broken


def test_a_closed_case_that_nothing_reaches_stays_as_it_is(office):
    case = office.register().case_id
    office.advance(case)
    before = office.case(case).version
    preview = apply_import(office.desk, office.people["admin"], notice_2027())
    assert (preview.open_cases, preview.moves, preview.judged) == (0, (), ())
    assert office.case(case).version == before


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_step_that_began_before_the_import_goes_on_with_the_new_calendar(office, monkeypatch):
    """The import comes between reading the case and writing it, and does not touch that case: the step starts again."""
    from engine.cases import steps

    office.clock.on("2026-11-25")
    case = office.register().case_id
    office.do("completeness", outcome="complete")
    office.do("triage", outcome="direct")
    office.act("request_extension", case, extension_days=20)
    for element in ("extension_approve", "extension_issue"):
        office.do(element, outcome="approve", extension_days=20)
    (work,) = (one for one in office.open_steps(case) if one.element == "extension_service")
    intake = office.people["intake"]
    answers = fill(step_form(office.desk, intake, work.id).form, {"extension_days": 20}, office.clock.today)
    read = steps.calendar_of

    def late(session, agency_id, settings):
        found = read(session, agency_id, settings)
        monkeypatch.setattr(steps, "calendar_of", read)
        assert apply_import(office.desk, office.people["admin"], notice_2027()).moves == ()
        return found

    monkeypatch.setattr(steps, "calendar_of", late)
    steps.complete_step(office.desk, intake, work.id, answers)
    assert office.case(case).due_on.isoformat() == "2027-01-20"


def test_only_the_administrator_imports(office):
    for name in ("handler", "disclosure_head", "supervisor", "auditor"):
        with pytest.raises(NotPermitted):
            preview_import(office.desk, office.people[name], notice_2027())
        with pytest.raises(NotPermitted):
            apply_import(office.desk, office.people[name], notice_2027())


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        ("", {}, "内容是空的"),
        ("你好", {}, "请连标题一起粘贴"),
        (notice_2027(), {"year": 2026}, "通知写的是2027年"),
        (notice_2027(("2027-01-05", False)), {}, "本来就是工作日"),
        (notice_2027().replace("2027-02-08", "2027-02-09"), {}, "2027-02-08 是法定节假日，通知里却没有放假"),
        (notice_2027(), {"paper": "文" * 201}, "最多 200 字"),
    ],
)
def test_a_faulty_notice_is_refused_with_the_reason(office, content, options, sentence):
    with pytest.raises(Refusal, match=sentence):
        apply_import(office.desk, office.people["admin"], content, **options)


def test_administrators_are_reminded_weekly_from_november_until_the_notice_is_there(office, provisional):
    admin = office.people["admin"]
    office.clock.on("2026-10-31")
    assert watch_calendar(office.desk) == 0
    assert missing_notices(office.desk, admin) == ()
    office.clock.on("2026-11-02")  # a Monday
    assert [watch_calendar(office.desk) for _ in range(3)] == [1, 0, 0]
    office.clock.on("2026-11-06")
    assert watch_calendar(office.desk) == 0
    office.clock.on("2026-11-09")
    assert watch_calendar(office.desk) == 1
    assert office.inbox("admin")[-1] == (
        "尚未导入2027年放假安排。现有 1 件申请的答复期限只能暂定。国务院办公厅公布后，请在“日历”页导入。"
    )
    assert missing_notices(office.desk, admin) == (MissingNotice(2027, 1),)  # open until it is done, told or not
    with pytest.raises(NotPermitted):
        missing_notices(office.desk, office.people["leader"])
    apply_import(office.desk, admin, notice_2027())
    assert missing_notices(office.desk, admin) == ()
    office.clock.on("2026-11-16")
    assert watch_calendar(office.desk) == 0


def test_the_year_at_a_glance_tells_rest_days_from_make_up_days(office):
    year = calendar_year(office.desk, office.people["handler"], 2026)
    assert (year.working_days, year.loaded, len(year.months)) == (248, True, 12)
    days = {day.on.isoformat(): day for month in year.months for week in month.weeks for day in week if day}
    assert len(days) == 365
    assert (days["2026-02-17"].kind, days["2026-02-17"].name) == (DayKind.REST, "春节")
    assert (days["2026-02-14"].kind, days["2026-02-14"].name) == (DayKind.MAKE_UP, "春节")
    assert days["2026-01-10"].kind is DayKind.WEEKEND
    assert days["2026-01-12"].kind is DayKind.WORKING
    assert not calendar_year(office.desk, office.people["handler"], 2027).loaded
    assert calendar_year(office.desk, office.people["handler"], 9999).year == 2027
