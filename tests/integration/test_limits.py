"""Internal limits of steps: rungs of their own, standing still while the case does, derived like every other date."""

from datetime import date

import pytest
from sqlalchemy import select

from engine.cases.calendar_change import apply_import
from engine.cases.calendars import calendar_of
from engine.cases.corrections import strike_event
from engine.cases.escalation import escalate
from engine.cases.timers import fire_due_timers
from engine.settings import ClockLadder, Late, Rung
from engine.store.tables import InboxMessage, LegalEvent, WorkItem
from tests.integration.test_calendar_change import amended_2026
from tests.office import Office


@pytest.fixture
def case(office: Office) -> int:
    """A case whose draft waits with the handler since Wednesday 2026-09-16, for three working days at most."""
    number = office.register(name="韩立国").case_id
    office.do("completeness", outcome="complete")
    office.do("triage", outcome="direct")
    return number


def limit(office: Office, case: int) -> str:
    (work,) = office.open_steps(case)
    return work.limit_on.isoformat()


def told(office: Office, username: str) -> list[str]:
    return [text for text in office.inbox(username) if "内部时限" in text]


def days(office: Office, *wanted: str) -> None:
    for day in wanted:
        office.clock.on(day)
        escalate(office.desk)
        assert escalate(office.desk) == 0, "a second run has nothing new to say"


def with_ladder(office: Office, ladder: ClockLadder) -> None:
    ladder_of_all = office.desk.settings.ladder.model_copy(update={"clocks": {"limit": ladder}})
    office.desk.settings = office.desk.settings.model_copy(update={"ladder": ladder_of_all})


def test_the_limit_of_a_step_is_told_before_it_on_it_and_on_every_working_day_after(office, case):
    last = limit(office, case)
    assert last == "2026-09-20", "20 September is worked in place of a day of the holidays"
    days(office, "2026-09-17", "2026-09-18", "2026-09-19", "2026-09-20", "2026-09-21", "2026-09-22")
    said = [
        f"2026-0001：“拟稿”的内部时限剩 1 个工作日，{last} 到期。",
        f"2026-0001：“拟稿”的内部时限今日到期（{last}）。",
        f"2026-0001：“拟稿”的内部时限已超期 1 个工作日，应于 {last} 前办结。",
        f"2026-0001：“拟稿”的内部时限已超期 2 个工作日，应于 {last} 前办结。",
    ]
    assert told(office, "handler") == said
    assert told(office, "unit_head") == said[2:]
    for outsider in ("handler2", "disclosure_head", "leader", "supervisor", "intake"):
        assert told(office, outsider) == []
    assert not [text for text in said if "韩立国" in text]


def test_after_a_standstill_only_the_highest_rung_of_a_limit_is_told(office, case):
    days(office, "2026-09-28")
    (text,) = told(office, "handler")
    assert "已超期" in text
    office.do("draft", outcome="replan")
    days(office, "2026-09-29")
    assert not [text for text in told(office, "handler") if "拟稿" in text][1:], "what is done is silent"


def test_a_limit_that_moves_has_rungs_of_its_own(office, case):
    days(office, "2026-09-18")
    assert len(told(office, "handler")) == 1
    apply_import(office.desk, office.people["admin"], amended_2026("2026-09-18"))
    assert limit(office, case) == "2026-09-21"
    days(office, "2026-09-20")
    assert told(office, "handler")[1:] == ["2026-0001：“拟稿”的内部时限剩 1 个工作日，2026-09-21 到期。"]


def test_a_step_of_one_day_is_not_warned_on_the_day_it_opens(office):
    short = {"disclosure_request": {"completeness": 1}}
    office.desk.settings = office.desk.settings.model_copy(update={"limits": short})
    office.register()
    days(office, "2026-09-16")
    assert told(office, "handler") == []
    days(office, "2026-09-17")
    assert [text.split("：", 1)[1] for text in told(office, "handler")] == [
        "“完整性审查”的内部时限今日到期（2026-09-17）。"
    ]
    assert told(office, "handler2") == told(office, "handler"), "nobody has taken it: everybody who could is told"


def test_a_limit_in_a_year_whose_notice_is_missing_says_so(office):
    office.clock.on("2026-12-30")
    office.register()
    (work,) = office.open_steps(1)
    assert work.limit_on.year == 2027
    days(office, "2026-12-31")
    assert told(office, "handler") == [
        f"2026-0001：“完整性审查”的内部时限剩 1 个工作日，{work.limit_on} 到期。该日期为暂定，须待放假安排导入后确定。"
    ]


def consulted(office: Office) -> None:
    """The case waits for a third party, and a unit searches meanwhile: its time stands still, and so do the limits."""
    office.do("draft", outcome="replan")
    party = [{"name": "云岭县青石纸业有限公司", "address": "云岭县青石街7号"}]
    search = [{"unit": office.units["自然资源股"], "search_request": "请检索。"}]
    office.do("plan", outcome="measures", third_parties=party, units=search)
    for element, outcome in (("third_party_draft", ""), ("third_party_issue", "issue"), ("third_party_send", "")):
        office.do(element, outcome=outcome)
    office.do("third_party_reply", outcome="received")
    assert office.case(1).clock_status == "suspended"


def searching(office: Office) -> WorkItem:
    return next(work for work in office.open_steps(1) if work.unit_id == office.units["自然资源股"])


def working_days_after(office: Office, day: date, days: int) -> date:
    with office.desk.reading() as session:
        return calendar_of(session, 1, office.desk.settings).add_working_days(day, days)


def test_a_stopped_case_is_silent_and_its_limits_go_on_where_they_stood(office, case):
    consulted(office)
    stood = searching(office).limit_on
    waits_until = max(one.due_on for one in office.timers(case) if one.clock == "consultation")
    office.clock.on(stood.isoformat())
    for _ in range(6):
        escalate(office.desk)
        office.clock.forward(days=1)
    assert [told(office, name) for name in ("unit", "unit_head", "handler")] == [[], [], []]
    assert searching(office).limit_on == stood
    office.clock.forward(days=30)
    assert fire_due_timers(office.desk).fired >= 1
    assert office.case(case).clock_status == "running"
    # No day of the search had passed when the letter left.
    assert searching(office).limit_on == working_days_after(office, waits_until, 7)


def test_when_the_applicant_lets_his_time_pass_the_limit_of_what_the_office_does_then_is_told(office):
    case = office.register().case_id
    for element, outcome in (("completeness", "correct"), ("correction_draft", ""), ("correction_issue", "issue")):
        office.do(element, outcome=outcome)
    office.do("correction_service")
    assert office.case(case).clock_status == "waiting"
    office.clock.forward(days=20)
    escalate(office.desk)
    assert not [text for name in office.people for text in told(office, name) if "接收补正材料" in text]
    office.clock.forward(days=20)
    assert fire_due_timers(office.desk).fired == 1
    (work,) = office.open_steps(case)
    assert (work.element, office.case(case).clock_status) == ("abandon_check", "waiting")
    days(office, work.limit_on.isoformat())
    assert [text for text in told(office, "disclosure_head") if "逾期未补正认定" in text]


def test_a_unit_without_a_head_is_known_to_the_head_of_the_disclosure_office(office, case):
    office.do("draft", outcome="replan")
    search = [{"unit": office.units["自然资源股"], "search_request": "请检索。"}]
    office.do("plan", outcome="measures", units=search)
    days(office, working_days_after(office, searching(office).limit_on, 1).isoformat())
    (text,) = told(office, "unit")
    assert "协查检索" in text
    assert told(office, "disclosure_head") == [text]
    assert told(office, "unit_head") == [], "he is the head of another unit"


def test_a_stop_that_is_corrected_moves_the_limits_with_it(office, case):
    consulted(office)
    office.clock.forward(days=40)
    fire_due_timers(office.desk)
    before = searching(office).limit_on
    with office.desk.reading() as session:
        served = session.scalars(select(LegalEvent).where(LegalEvent.type == "consult_received")).one()
    head, next_day = office.people["disclosure_head"], date(2026, 9, 17)
    strike_event(office.desk, head, case, served.seq, "签收日期登记有误", corrected_on=next_day)
    assert searching(office).limit_on == working_days_after(office, before, 1)


def test_the_rungs_of_limits_are_the_offices_own(office, case):
    with_ladder(
        office, ClockLadder(rungs=(Rung(before=2, tell=("legal",)),), overdue=(Late(after=2, tell=("leader",)),))
    )
    days(office, "2026-09-17", "2026-09-18", "2026-09-20", "2026-09-21", "2026-09-22")
    assert len(told(office, "legal")) == 1
    (text,) = told(office, "leader")
    assert "已超期 2 个工作日" in text
    assert told(office, "handler") == told(office, "unit_head") == []


def test_a_message_of_a_limit_is_a_warning_and_carries_its_case(office, case):
    days(office, "2026-09-20")
    with office.desk.reading() as session:
        row = session.scalars(select(InboxMessage).where(InboxMessage.text.contains("内部时限"))).one()
    assert (row.level, row.case_id, row.key) == (
        "warning",
        case,
        f"limit:{office.open_steps(case)[0].id}:2026-09-20:b0",
    )
