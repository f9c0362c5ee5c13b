"""Reminders before and after a date: each rung once, read off the case as it stands, never the applicant's data."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from engine.cases.calendar_change import apply_import
from engine.cases.calendars import calendar_of
from engine.cases.escalation import escalate
from engine.cases.timers import fire_due_timers
from engine.settings import ClockLadder, Late, Rung
from tests.integration.test_calendar_change import amended_2026
from tests.office import Office


@pytest.fixture
def case(office: Office) -> int:
    """A case of the handler, received on 2026-09-16, waiting for its draft; everybody has read what came before."""
    number = office.register(name="韩立国").case_id
    office.do("completeness", outcome="complete")
    office.do("triage", outcome="direct")
    return number


def due(office: Office, case: int) -> date:
    found = office.case(case).sort_due_on
    assert found is not None
    return found


def before(office: Office, case: int, working_days: int) -> str:
    """The last day on which so many working days are left; negative for days after the date."""
    with office.desk.reading() as session:
        calendar = calendar_of(session, office.people["handler"].agency_id, office.desk.settings)
    last = due(office, case)
    if working_days < 0:
        return calendar.add_working_days(last, -working_days).isoformat()
    day = last
    while not (calendar.is_working_day(day) and calendar.working_days_between(day, last) == working_days):
        day -= timedelta(days=1)
    return day.isoformat()


def told(office: Office, username: str, what: str = "答复期限") -> list[str]:
    return [text for text in office.inbox(username) if what in text]


def run_on(office: Office, day: str) -> None:
    office.clock.on(day)
    escalate(office.desk)
    assert escalate(office.desk) == 0, "a second run has nothing new to say"


def test_the_ladder_is_climbed_day_by_day_and_each_rung_is_told_once(office, case):
    last = due(office, case)
    for left in range(12, -3, -1):
        run_on(office, before(office, case, left))
    said = [
        f"2026-0001：答复期限剩 10 个工作日，{last} 到期。",
        f"2026-0001：答复期限剩 5 个工作日，{last} 到期。",
        f"2026-0001：答复期限剩 3 个工作日，{last} 到期。",
        f"2026-0001：答复期限剩 1 个工作日，{last} 到期。",
        f"2026-0001：答复期限今日到期（{last}）。",
        f"2026-0001：答复期限已超期 1 个工作日，应于 {last} 前办结。",
        f"2026-0001：答复期限已超期 2 个工作日，应于 {last} 前办结。",
    ]
    assert told(office, "handler") == said
    assert told(office, "unit_head") == said[2:]
    assert told(office, "disclosure_head") == said[3:]
    assert told(office, "supervisor") == said[4:]
    assert told(office, "leader") == said[5:]
    for outsider in ("handler2", "intake", "secrecy_reviewer", "admin", "auditor"):
        assert told(office, outsider) == []


def test_after_a_standstill_only_the_highest_rung_is_told(office, case):
    run_on(office, before(office, case, 10))
    run_on(office, before(office, case, 2))
    assert told(office, "handler", "剩 2 个工作日") == told(office, "handler")[1:]
    run_on(office, before(office, case, -4))
    assert len(told(office, "handler")) == 3
    assert len(told(office, "leader")) == 1


def test_nothing_is_told_on_rest_days_that_was_not_told_before(office, case):
    run_on(office, due(office, case).isoformat())
    for _ in range(9):
        office.clock.forward(days=1)
        escalate(office.desk)
    with office.desk.reading() as session:
        calendar = calendar_of(session, office.people["leader"].agency_id, office.desk.settings)
    passed = calendar.working_days_between(due(office, case), date.fromisoformat(office.clock.today))
    assert 0 < len(told(office, "leader")) == passed < 9


def test_a_case_that_waits_for_the_applicant_is_silent_and_a_restart_arms_it_anew(office):
    case = office.register().case_id
    office.clock.on(before(office, case, 14))
    office.do("completeness", outcome="correct")
    for element, outcome in (("correction_draft", ""), ("correction_issue", "issue")):
        office.do(element, outcome=outcome)
    run_on(office, before(office, case, 10))
    first = told(office, "handler")
    assert len(first) == 1
    office.do("correction_service")
    assert office.case(case).clock_status == "waiting"
    office.clock.forward(days=9)
    escalate(office.desk)
    assert told(office, "handler") == first
    office.do("correction_receive")
    run_on(office, before(office, case, 10))
    assert len(told(office, "handler")) == 2
    assert str(due(office, case)) in told(office, "handler")[-1]


def test_a_consultation_stops_the_ladder_until_it_ends(office, case):
    office.do("draft", outcome="replan")
    party = [{"name": "云岭县青石纸业有限公司", "address": "云岭县青石街7号"}]
    office.do("plan", outcome="measures", third_parties=party)
    for element, outcome in (("third_party_draft", ""), ("third_party_issue", "issue"), ("third_party_send", "")):
        office.do(element, outcome=outcome)
    office.do("third_party_reply", outcome="received")
    assert office.case(case).clock_status == "suspended"
    office.clock.forward(days=8)
    escalate(office.desk)
    assert told(office, "handler") == []
    office.clock.forward(days=30)
    assert fire_due_timers(office.desk).fired >= 1
    run_on(office, before(office, case, 5))
    assert len(told(office, "handler")) == 1


def test_a_waiting_case_climbs_the_rungs_of_the_date_it_waits_for(office):
    case = office.register().case_id
    office.do("completeness", outcome="correct")
    for element, outcome in (("correction_draft", ""), ("correction_issue", "issue"), ("correction_service", "")):
        office.do(element, outcome=outcome)
    assert office.case(case).clock_status == "waiting"
    [timer] = [one for one in office.timers(case) if one.clock == "correction"]
    for _ in range(40):
        run_on(office, office.clock.today)
        office.clock.forward(days=1)
    last = timer.due_on
    assert told(office, "handler", "本件等待中") == [
        f"2026-0001：本件等待中，补正期限剩 3 个工作日，{last} 到期。",
        f"2026-0001：本件等待中，补正期限今日到期（{last}）。",
    ]
    assert told(office, "handler") == []
    assert told(office, "leader", "本件等待中") == []


def test_each_clock_may_have_rungs_of_its_own_and_late_rungs_reach_further_up(office, case):
    overdue = (Late(after=1, tell=("handler",)), Late(after=3, tell=("handler", "leader")))
    own = ClockLadder(rungs=(Rung(before=2, tell=("unit_head",)),), overdue=overdue)
    ladder = office.desk.settings.ladder.model_copy(update={"clocks": {"reply": own}})
    office.desk.settings = office.desk.settings.model_copy(update={"ladder": ladder})
    for left in range(6, -5, -1):
        run_on(office, before(office, case, left))
    assert len(told(office, "unit_head")) == 1
    assert len(told(office, "handler", "答复期限已超期")) == 4
    assert [text.split("，")[0] for text in told(office, "leader")] == [
        f"2026-0001：答复期限已超期 {late} 个工作日" for late in (3, 4)
    ]


def test_a_provisional_date_climbs_by_its_estimate_and_says_so(office):
    office.clock.on("2026-12-15")
    case = office.register().case_id
    office.do("completeness", outcome="complete")
    run_on(office, before(office, case, 3))
    assert told(office, "handler") == [
        "2026-0001：答复期限剩 3 个工作日，2027-01-13 到期。该日期为暂定，须待放假安排导入后确定。"
    ]


def test_an_unconfirmed_request_counts_from_its_arrival(office):
    case = office.register(channel="internet").case_id
    assert office.case(case).received_on is None
    run_on(office, before(office, case, 3))
    (text,) = told(office, "disclosure_head") or told(office, "unit_head")
    assert "尚未与申请人确认，按到达之日从严计算" in text


def test_an_earlier_date_that_the_applicant_was_told_is_the_one_that_presses(office, case):
    office.act("request_extension", case)
    for element in ("extension_approve", "extension_issue", "extension_service"):
        office.do(element, outcome="approve")
    promised = office.case(case).told_due_on
    apply_import(office.desk, office.people["admin"], amended_2026("2026-10-08", "2026-10-09"))
    run_on(office, before(office, case, 3))
    assert told(office, "handler", "剩 3 个工作日") == [
        f"2026-0001：答复期限剩 3 个工作日，{promised} 到期。已告知申请人的日期为 {promised}。"
    ]


def test_a_closed_case_is_silent(office, case):
    office.advance(case, until="archive")
    office.clock.on("2027-03-01")
    escalate(office.desk)
    assert told(office, "handler") == []


def test_the_correction_notice_has_a_clock_of_its_own(office):
    case = office.register().case_id
    office.do("completeness", outcome="correct")
    office.do("correction_draft")
    for _ in range(14):
        office.clock.forward(days=1)
        escalate(office.desk)
    said = told(office, "handler", "补正告知期限")
    last = "2026-09-24"
    assert said == [
        f"2026-0001：补正告知期限剩 5 个工作日，{last} 到期。",
        f"2026-0001：补正告知期限剩 3 个工作日，{last} 到期。",
        f"2026-0001：补正告知期限剩 1 个工作日，{last} 到期。",
        f"2026-0001：补正告知期限今日到期（{last}）。",
        f"2026-0001：补正告知期限已超期 1 个工作日，应于 {last} 前办结。",
    ]
    office.do("correction_issue", case=case, outcome="issue")
    office.do("correction_service", case=case)
    office.clock.forward(days=1)
    escalate(office.desk)
    assert told(office, "handler", "补正告知期限") == said


def test_reminders_carry_no_personal_data(office, case):
    for left in (5, 1, -1):
        run_on(office, before(office, case, left))
    texts = [text for person in office.people for text in office.inbox(person)]
    assert texts
    assert not [text for text in texts if "韩立国" in text or "云0001" in text]


def test_cases_far_from_their_date_cost_nothing(office):
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    def statements() -> int:
        seen.clear()
        escalate(office.desk)
        return len(seen)

    event.listen(office.desk.sessions.engine, "before_cursor_execute", note)
    office.register()
    few = statements()
    assert few > 0
    for _ in range(12):
        office.register()
    assert statements() == few
