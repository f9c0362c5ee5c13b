"""During leave a deputy does what waits for the absent person, under his own name and kept apart as himself."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from engine.cases.access import visible
from engine.cases.audit import verify
from engine.cases.casepage import case_page
from engine.cases.claims import claim
from engine.cases.errors import AnswerErrors, NotFound, NotPermitted, Refusal
from engine.cases.escalation import escalate
from engine.cases.filters import Filters
from engine.cases.leave import absent_now, end_leave, leave_page, set_leave
from engine.cases.menu_counts import in_hand
from engine.cases.work_tabs import Tab
from engine.cases.worklists import my_work
from engine.store.tables import Case, CaseEvent, WorkItem
from tests.office import fill


def arrange(office, who, deputy, first="2026-09-16", last="2026-09-20", by=None):
    return set_leave(
        office.desk,
        office.people[by or who],
        deputy_id=office.people[deputy].id,
        first_on=date.fromisoformat(first),
        last_on=date.fromisoformat(last),
        reason="年休假",
        account_id=office.people[who].id,
    )


def at_work(office, who):
    """The person as logged in at this moment."""
    with office.desk.reading() as session:
        away = absent_now(session, office.people[who].id, office.desk.today())
    return replace(office.people[who], absent=away)


def events(office, case):
    with office.desk.reading() as session:
        rows = session.execute(
            select(CaseEvent.action, CaseEvent.actor_name, CaseEvent.data).where(CaseEvent.case_id == case)
        )
        return [(action, name, "on_behalf_of" in data) for action, name, data in rows]


def sees(office, actor):
    with office.desk.reading() as session:
        return set(session.scalars(visible(select(Case.id), actor)))


def do(office, actor, work, **answers):
    from engine.cases.stepform import step_form
    from engine.cases.steps import complete_step

    opened = step_form(office.desk, actor, work.id)
    filled = fill(opened.form, {**opened.values, **answers}, office.clock.today)
    return complete_step(office.desk, actor, work.id, filled, {}, opened.seen)


def test_a_deputy_takes_and_does_what_waits_for_the_absent_leader(office):
    case = office.register().case_id
    other = office.register(subject="另一件").case_id
    office.advance(case, until="leader_signoff")
    arrange(office, "leader", "unit")
    unit = at_work(office, "unit")
    assert sees(office, unit) == {case}
    assert in_hand(office.desk, unit).claim == 1
    (work,) = office.open_steps(case)
    claim(office.desk, unit, work.id)
    (row,) = my_work(office.desk, unit, Tab.TODO, Filters()).rows
    assert (row.holder, row.behalf) == ("分管领导甲", "分管领导甲")
    do(office, unit, work, outcome="approve")
    with office.desk.reading() as session:
        done = session.get(WorkItem, work.id)
        assert (done.done_by, done.done_for) == (unit.id, office.people["leader"].id)
        assert verify(session).broken is None
    told = events(office, case)
    assert ("claim", "协办科室甲", True) in told
    assert ("complete", "协办科室甲", True) in told
    assert ("register", "收件员甲", False) in told
    flow = case_page(office.desk, office.people["leader"], case).flow
    assert "协办科室甲（代 分管领导甲）" in [one.who for one in flow]
    assert other not in sees(office, unit)
    with pytest.raises(NotFound):
        case_page(office.desk, unit, other)


def test_only_during_the_days_arranged(office):
    case = office.register().case_id
    office.advance(case, until="leader_signoff")
    leave = arrange(office, "leader", "unit", "2026-09-17", "2026-09-18")
    (work,) = office.open_steps(case)
    for day, may in (("2026-09-16", False), ("2026-09-17", True), ("2026-09-18", True), ("2026-09-19", False)):
        office.clock.on(day)
        assert bool(at_work(office, "unit").absent) is may, day
    office.clock.on("2026-09-17")
    end_leave(office.desk, office.people["leader"], leave)
    unit = at_work(office, "unit")
    assert unit.absent == ()
    with pytest.raises(NotFound):
        claim(office.desk, unit, work.id)
    with pytest.raises(Refusal, match="已经结束"):
        end_leave(office.desk, office.people["leader"], leave)


def test_separation_looks_at_who_really_does_it_and_at_whom_it_is_done_for(office):
    case = office.register().case_id
    office.advance(case, until="first_signoff")
    (work,) = office.open_steps(case)
    arrange(office, "unit_head", "handler")
    with pytest.raises(NotPermitted, match="您已办理本件的“拟稿”"):
        do(office, at_work(office, "handler"), work, outcome="approve")
    office.clock.on("2026-09-21")
    second = office.register(subject="代拟").case_id
    for element in ("completeness", "triage"):
        office.do(
            element, case=second, **{"completeness": {"outcome": "complete"}, "triage": {"outcome": "direct"}}[element]
        )
    (draft,) = office.open_steps(second)
    arrange(office, "handler", "legal", "2026-09-21", "2026-09-30")
    legal = at_work(office, "legal")
    do(office, legal, draft, outcome="submit", decision="G2", locator="县政府网站首页“政务公开—公告栏”。")
    office.do("first_signoff", case=second, outcome="approve")
    office.do("secrecy_review", case=second, outcome="approve")
    (review,) = office.open_steps(second)
    with pytest.raises(NotPermitted, match="您已办理本件的“拟稿”"):
        do(office, legal, review, outcome="approve")


def test_reminders_of_what_is_in_the_hands_of_somebody_on_leave_reach_the_deputy_too(office):
    case = office.register().case_id
    (work,) = office.open_steps(case)
    claim(office.desk, office.people["handler"], work.id)
    office.clock.on("2026-10-12")
    arrange(office, "handler", "unit", "2026-10-12", "2026-10-30")
    before = len(office.inbox("unit"))
    escalate(office.desk)
    told = office.inbox("unit")[before:]
    assert any("的内部时限已超期" in text for text in told)
    assert any("答复期限" in text for text in told)
    assert not any("的内部时限已超期" in text for text in office.inbox("unit2"))


def test_the_arrangement_is_checked(office):
    with pytest.raises(AnswerErrors) as faults:
        arrange(office, "leader", "leader", "2026-09-20", "2026-09-10")
    assert set(faults.value.errors) == {"deputy", "last_on"}
    with pytest.raises(AnswerErrors) as faults:
        arrange(office, "leader", "admin")
    assert "deputy" in faults.value.errors
    with pytest.raises(NotPermitted):
        arrange(office, "leader", "unit", by="handler")
    with pytest.raises(NotFound):
        leave_page(office.desk, office.people["admin"])
    arrange(office, "leader", "unit", by="admin")
    for who, deputy, field in (
        ("leader", "legal", "first_on"),
        ("handler", "leader", "deputy"),
        ("unit", "legal", "first_on"),
    ):
        with pytest.raises(AnswerErrors) as faults:
            arrange(office, who, deputy)
        assert field in faults.value.errors, who
    page = leave_page(office.desk, office.people["leader"])
    assert [(one.deputy, one.state, one.set_by) for one in page.own] == [("协办科室甲", "now", "系统管理员甲")]
    assert any("由 协办科室甲 代为办理" in text for text in office.inbox("unit"))
