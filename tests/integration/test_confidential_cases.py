"""Who sees a confidential case, asked of both databases: the query, one person at a time, lists and figures."""

import pytest
from sqlalchemy import select

from engine.cases import confidential
from engine.cases.access import may_see, visible
from engine.cases.due_calendar import due_days
from engine.cases.escalation import escalate
from engine.cases.filters import Filters
from engine.cases.menu_counts import in_hand
from engine.cases.messages import inbox, tell
from engine.cases.process_overview import cases_at, process_overview
from engine.cases.supervision import board, trend
from engine.cases.work_tabs import Tab
from engine.cases.worklists import all_cases, my_work
from engine.store.tables import Case


@pytest.fixture
def case(office):
    """A case whose next step nobody has taken, and an ordinary one at the same step."""
    cases = [office.register(subject=subject).case_id for subject in ("普通的一件", "保密的一件")]
    for one in cases:
        office.do("completeness", case=one, outcome="complete")
        office.advance(one, until="legal_review")
    office.desk.write(lambda session: put_into_inboxes(office, session, cases[1]))
    confidential.set_confidential(office.desk, office.people["handler"], cases[1], "涉及未公开的方案")
    return cases[1]


def put_into_inboxes(office, session, case):
    row, ids = session.get(Case, case), [one.id for one in office.people.values()]
    tell(session, ids, key="known", text=f"{row.number}：请知悉。", at=office.desk.now(), case=row)


def test_the_query_and_the_question_about_one_person_agree(office, case):
    with office.desk.reading() as session:
        row = session.get(Case, case)
        by_question = may_see(session, row, [one.id for one in office.people.values()])
        by_query = {
            one.id
            for one in office.people.values()
            if session.scalar(visible(select(Case.id).where(Case.id == case), one)) is not None
        }
    assert by_question == by_query
    names = {name for name, one in office.people.items() if one.id in by_query}
    assert names == {"intake", "handler", "unit_head", "disclosure_head", "secrecy_reviewer", "leader"}


@pytest.mark.parametrize("told_one_by_one", [500, 0])
def test_lists_and_figures_leave_it_out_for_everybody_else(office, case, monkeypatch, told_one_by_one):
    monkeypatch.setattr("engine.cases.access._FEW", told_one_by_one)
    desk, people = office.desk, office.people
    number = office.case(case).number
    for name, there in (
        ("leader", True),
        ("handler", True),
        ("handler2", False),
        ("supervisor", False),
        ("legal", False),
    ):
        rows = all_cases(desk, people[name], Filters()).rows
        assert (number in {row.number for row in rows}) is there, name
        overview = process_overview(desk, people[name], "disclosure_request")
        assert overview.standing["legal_review"].cases == 1 + there
        _name, page = cases_at(desk, people[name], "disclosure_request", "legal_review")
        assert page.total == len(page.rows) == 1 + there
    legal = people["legal"]
    assert [row.number for row in my_work(desk, legal, Tab.CLAIM, Filters()).rows] == ["2026-0001"]
    assert in_hand(desk, legal).claim == 1
    day = office.case(case).sort_due_on
    for name, expected in (("leader", 2), ("supervisor", 1)):
        assert sum(len(line.entries) for line in due_days(desk, people[name], day, day)) == expected
        assert sum(unit.people[0].open_cases for unit in board(desk, people[name]).units if unit.people) == expected
        assert sum(month.received for month in trend(desk, people[name])) == expected


def test_what_was_told_before_is_gone_and_reminders_go_to_insiders_only(office, case):
    desk, people = office.desk, office.people
    number = office.case(case).number
    rows, total = inbox(desk, people["supervisor"])
    assert total == len(rows) == in_hand(desk, people["supervisor"]).unread == 0
    assert in_hand(desk, people["leader"]).unread >= 1
    office.clock.forward(days=60)
    escalate(desk)
    assert not any(number in row.text for row in inbox(desk, people["supervisor"])[0])
    assert any(number in row.text and "超期" in row.text for row in inbox(desk, people["leader"])[0])
    assert escalate(desk) == 0
