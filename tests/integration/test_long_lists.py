"""Lists and searches: the same rows whatever index they are read by, and counted no further than anybody leafs."""

from datetime import timedelta

import pytest
from sqlalchemy import event, insert

from engine.cases import search, worklists
from engine.cases.casepage import case_page
from engine.cases.filters import Filters
from engine.cases.listing import AT_FIRST
from engine.cases.menu_counts import in_hand
from engine.cases.work_tabs import Tab
from engine.cases.worklists import all_cases, my_work
from engine.store.tables import InboxMessage
from tests.office import STRAIGHT

SUBJECTS = ("青石街征地补偿方案", "北门村政府采购合同", "白水河用地审批", "青石街政府采购台账")


@pytest.fixture
def busy(office):
    """Four requests, a day apart, each a step further than the one after it."""
    office.cases = []
    for place, subject in enumerate(SUBJECTS):
        office.cases.append(
            office.register(subject=subject, name=f"韩{'立国正明'[place]}", id_number=f"云{place}").case_id
        )
        office.clock.forward(days=1)
    for place, case in enumerate(office.cases):
        for element in list(STRAIGHT)[: len(SUBJECTS) - place]:
            office.do(element, case=case, **STRAIGHT[element])
    return office


def found(office, text, **more):
    return [row.case_id for row in all_cases(office.desk, office.people["leader"], Filters(text=text, **more)).rows]


def test_a_word_of_any_length_finds_every_case_that_holds_it(busy):
    first, second, third, fourth = busy.cases
    assert set(found(busy, "采购")) == {second, fourth}
    assert set(found(busy, "政府采购")) == {second, fourth}
    assert set(found(busy, "青石街")) == {first, fourth}
    assert found(busy, "青石街 采购") == [fourth]
    assert set(found(busy, "河")) == {third}
    assert found(busy, "韩立") == [first]
    assert found(busy, "采石") == []
    assert found(busy, "购政") == []
    assert found(busy, "%") == []


def test_cases_that_hold_only_the_pairs_of_a_word_do_not_crowd_out_those_that_hold_it(busy, monkeypatch):
    monkeypatch.setattr(worklists, "FOUND", 1)
    wanted = busy.register(subject="东山片区用地红线图").case_id
    for number in range(3):
        busy.register(subject=f"片区用地红线 东山片段{number}")
    assert found(busy, "东山片区") == [wanted]


def test_hits_go_by_number_as_a_number_and_not_as_letters(busy):
    for number in range(8):
        busy.register(subject=f"东山片区第{number}号")
    expected = sorted(found(busy, "东山片区"), reverse=True)
    assert len(str(expected[0])) > len(str(expected[-1]))
    assert found(busy, "东山片区", sort="number") == expected


def test_a_number_is_found_whole_by_its_beginning_and_by_its_serial(busy):
    numbers = [busy.case(case).number for case in busy.cases]
    assert found(busy, numbers[1]) == [busy.cases[1]]
    assert found(busy, "0002") == [busy.cases[1]]
    assert found(busy, "2") == [busy.cases[1]]
    assert set(found(busy, numbers[1][:-1])) == set(busy.cases)


def test_the_rarest_pair_of_a_word_leads_to_the_cases(busy, monkeypatch):
    monkeypatch.setattr(search, "_GLANCE", 2)
    for subject in ("水库", "水库", "水库采购"):
        busy.register(subject=subject)
    with busy.desk.reading() as session:
        assert search._rarest_first(session, ["水库", "采购", "石街", "白水"]) == ["白水", "石街", "采购", "水库"]
        assert search._rarest_first(session, ["水库", "没有"]) == []


def test_a_search_goes_on_behind_the_cases_that_the_filters_leave_out(busy, monkeypatch):
    monkeypatch.setattr(worklists, "FOUND", 1)
    first = busy.cases[0]
    for number in range(4):
        busy.register(subject=f"青石街绿化{number}")
    number = busy.case(first).number
    assert found(busy, "青石街", number=number) == [first]
    assert found(busy, "青石街", number="2026-00000") == []


def test_a_changed_subject_is_found_by_its_new_words_only(busy):
    case = busy.cases[0]
    busy.desk.write(lambda session: _rename(session, busy.case(case), "红岩水库验收报告"))
    assert found(busy, "水库") == [case]
    assert case not in found(busy, "补偿")


def _rename(session, row, subject):
    from engine.cases.search import grams, reindex

    row = session.merge(row)
    before = grams(row)
    row.subject = subject
    reindex(session, row, before)


def test_open_cases_stand_before_closed_ones_the_most_pressing_first(busy):
    busy.advance(busy.cases[1])
    listed = all_cases(busy.desk, busy.people["leader"], Filters())
    assert [row.case_id for row in listed.rows] == [busy.cases[0], busy.cases[2], busy.cases[3], busy.cases[1]]
    assert (listed.total, listed.pages, listed.more) == (4, 1, False)


def test_a_closed_case_is_counted_once_however_many_of_its_steps_one_did(busy):
    busy.advance(busy.cases[1])
    for text, found in (("", [busy.cases[1]]), ("采购", [busy.cases[1]]), ("白水河", [])):
        listed = my_work(busy.desk, busy.people["handler"], Tab.CLOSED, Filters(text=text))
        assert [row.case_id for row in listed.rows] == found
        assert listed.total == len(found)


def test_pages_tile_the_list(busy):
    busy.advance(busy.cases[1])
    whole = [row.case_id for row in all_cases(busy.desk, busy.people["leader"], Filters()).rows]
    pages = [all_cases(busy.desk, busy.people["leader"], Filters(), page, size=3) for page in (1, 2, 3)]
    assert [row.case_id for row in (*pages[0].rows, *pages[1].rows)] == whole
    assert (pages[2].page, pages[0].pages) == (2, 2)


def test_a_list_is_counted_no_further_than_anybody_leafs(busy, monkeypatch):
    monkeypatch.setattr("engine.cases.listing.COUNTED", 3)
    listed = all_cases(busy.desk, busy.people["leader"], Filters())
    assert (listed.total, listed.more) == (3, True)


def test_whoever_leafs_on_is_told_of_more(busy, monkeypatch):
    monkeypatch.setattr("engine.cases.listing.AT_FIRST", 1)
    monkeypatch.setattr("engine.cases.listing.AHEAD", 1)

    def told(page):
        listed = all_cases(busy.desk, busy.people["leader"], Filters(), page, size=1)
        return listed.total, listed.page, listed.more

    assert [told(page) for page in (1, 2, 3, 4, 9)] == [
        (2, 1, True), (3, 2, True), (4, 3, False), (4, 4, False), (4, 4, False),
    ]  # fmt: skip


def test_what_the_menu_has_counted_is_counted_on_by_whoever_leafs_beyond(busy, monkeypatch):
    monkeypatch.setattr("engine.cases.listing.AT_FIRST", 1)
    monkeypatch.setattr("engine.cases.listing.AHEAD", 1)
    handler = busy.people["handler"]
    busy.do("completeness", case=busy.register().case_id, who="handler", outcome="complete")
    whole = [row.case_id for row in my_work(busy.desk, handler, Tab.TODO, Filters()).rows]
    assert len(whole) > 2

    def leafed(page):
        listed = my_work(busy.desk, handler, Tab.TODO, Filters(), page, size=1, counted=2)
        return [row.case_id for row in listed.rows], listed.page

    assert [leafed(page) for page in (1, 2, 3)] == [([case], page) for page, case in enumerate(whole[:3], start=1)]


def test_what_is_dear_to_count_is_counted_a_few_pages_ahead(busy, monkeypatch):
    monkeypatch.setattr("engine.cases.listing.DEAR_AHEAD", 1)
    handler = busy.people["handler"]
    for case in busy.cases:
        busy.advance(case)
    first, last = (my_work(busy.desk, handler, Tab.CLOSED, Filters(), page, size=1) for page in (1, 4))
    assert (first.total, first.more) == (2, True)
    assert (last.total, last.more) == (4, False)


def test_of_more_than_a_thousand_it_is_said_that_there_are_more(busy):
    handler = busy.people["handler"]
    told = {"account_id": handler.id, "text": "期限将至", "sent_at": busy.clock(), "level": "info"}
    with busy.desk.sessions.write() as session:
        session.execute(insert(InboxMessage), [{"key": f"test:{number}", **told} for number in range(1003)])
    assert in_hand(busy.desk, handler).unread == AT_FIRST + 1


def test_what_can_be_claimed_is_in_order_whatever_role_or_unit_it_is_for(busy):
    open_steps = {work.case_id: work for work in busy.open_steps()}
    for person in busy.people.values():
        if person.roles <= {"admin", "auditor"}:
            continue
        listed = my_work(busy.desk, person, Tab.CLAIM, Filters())
        mine = [
            case
            for case, work in open_steps.items()
            if work.assignee_id is None
            and not person.roles.isdisjoint(work.role.split())
            and work.unit_id in (None, person.unit_id)
        ]
        assert [row.case_id for row in listed.rows] == sorted(mine, key=lambda case: busy.case(case).sort_due_on)
        assert in_hand(busy.desk, person).claim == len(mine)


def test_open_work_goes_by_the_date_of_its_case(busy):
    case = busy.register(subject="延期", channel="internet").case_id
    before = busy.case(case).sort_due_on
    busy.clock.forward(days=1)
    busy.do("confirm", case=case)
    after = busy.case(case).sort_due_on
    assert after > before
    assert {work.sort_due_on for work in busy.open_steps(case)} == {after}


def test_the_filters_of_the_search_page_find_the_same_on_both_databases(busy):
    first, second, third, fourth = busy.cases
    leader, home = busy.people["leader"], busy.units["政务公开股"]
    busy.advance(first)
    busy.act("request_extension", second)
    busy.do("extension_approve", case=second, outcome="approve")
    busy.do("extension_issue", case=second)
    busy.do("extension_service", case=second)
    number = busy.case(first).number

    def listed(**wanted):
        return {row.case_id for row in all_cases(busy.desk, leader, Filters(**wanted)).rows}

    day = busy.case(third).sort_due_on
    assert listed(number=number) == {first}
    assert listed(document="〔2026〕1号") == listed(document="2026-0001") == {first, second}
    assert listed(document="云政公复〔2026〕1号") == {first}
    assert listed(document="公复") == {first}
    assert listed(document="无此字〔2026〕1号") == set()
    assert listed(applicant="韩国") == {second}
    assert listed(content="青石街", applicant="韩明") == {fourth}
    assert listed(due_from=day, due_to=day) == {case for case in busy.cases if busy.case(case).sort_due_on == day}
    assert listed(extension="yes") == {second}
    assert listed(extension="no", status="open") == {third, fourth}
    assert listed(consultation="yes") == listed(review="yes") == set()
    assert listed(unit=home) >= {first}
    assert listed(unit=busy.units["财政股"]) == set()
    assert listed(unit_name="公开股") == listed(unit=home)
    assert listed(unit_name="财政股") == listed(unit_name="%") == set()
    assert listed(handler_name="甲") == listed(handler=busy.people["handler"].id) >= {first}
    assert listed(handler_name="乙", unit_name="公开") == listed(handler=busy.people["handler2"].id)
    assert listed(concluded_from=busy.desk.today(), concluded_to=busy.desk.today()) == {first}


@pytest.mark.parametrize(("sort", "turned"), [("received", False), ("number", True), ("due", True)])
def test_a_list_and_a_search_go_by_the_column_asked_for(busy, sort, turned):
    leader, wanted = busy.people["leader"], {"sort": sort, "turned": turned}
    falling = [row.case_id for row in all_cases(busy.desk, leader, Filters(**wanted)).rows]
    found = [row.case_id for row in all_cases(busy.desk, leader, Filters(content="青石街", **wanted)).rows]
    expected = busy.cases if (sort, turned) == ("number", True) else busy.cases[::-1]
    assert falling == expected
    assert found == [case for case in expected if case in {busy.cases[0], busy.cases[3]}]


@pytest.mark.parametrize("turned", [False, True])
def test_what_has_only_just_arrived_is_the_newest_on_every_database(busy, turned):
    waiting = busy.register(channel="internet").case_id
    expected = [*busy.cases, waiting] if turned else [waiting, *busy.cases[::-1]]
    wanted = Filters(sort="received", turned=turned)
    assert [row.case_id for row in all_cases(busy.desk, busy.people["leader"], wanted).rows] == expected


@pytest.fixture
def asked(busy):
    """Statements that reach the database; its BEGIN, which PostgreSQL's driver keeps to itself, is not one."""
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(busy.desk.sessions.engine, "before_cursor_execute", note)
    return statements


def test_a_page_asks_a_bounded_number_of_questions(busy, asked):
    leader, handler = busy.people["leader"], busy.people["handler"]

    def questions(page):
        asked.clear()
        page()
        return len(asked)

    before = [
        questions(lambda: all_cases(busy.desk, leader, Filters())),
        questions(lambda: all_cases(busy.desk, leader, Filters(text="青石街征地补偿"))),
        questions(lambda: my_work(busy.desk, handler, Tab.TODO, Filters())),
        questions(lambda: my_work(busy.desk, handler, Tab.CLAIM, Filters())),
        questions(lambda: case_page(busy.desk, handler, busy.cases[0])),
    ]
    assert all(count <= most for count, most in zip(before, [6, 7, 4, 7, 15], strict=True)), before
    for number in range(8):
        case = busy.register(subject=f"青石街征地补偿方案第{number}号").case_id
        busy.do("completeness", case=case, outcome="complete")
    for _ in range(4):
        busy.clock.moment += timedelta(hours=1)
    assert questions(lambda: all_cases(busy.desk, leader, Filters())) <= before[0]
    assert questions(lambda: my_work(busy.desk, handler, Tab.TODO, Filters())) <= before[2] + 2


@pytest.mark.parametrize("path", ["straight", "loop"])
def test_a_step_sends_at_most_twelve_statements(busy, asked, path):
    case = busy.register(subject="步骤的语句").case_id
    steps = {
        "straight": [pair for pair in STRAIGHT.items() if pair[0] != "issue_reply"],
        "loop": [("completeness", {"outcome": "complete"}), ("triage", {"outcome": "handle"})]
        + [("plan", {"outcome": "conference"}), ("conference", {})] * 3,
    }[path]
    for element, answers in steps:
        if path == "straight" and element == "dispatch":
            busy.do("issue_reply", case=case, outcome="issue")  # renders, numbers and stores a letter besides
        work = next(one for one in busy.open_steps(case) if one.element == element)
        sent = _statements(busy, asked, work, answers)
        assert len(sent) <= 12, (element, sent)


def _statements(office, asked, work, answers):
    from engine.cases.stepform import step_form
    from engine.cases.steps import complete_step
    from tests.office import fill

    actor = office._doer(work)
    opened = step_form(office.desk, actor, work.id)
    filled = fill(opened.form, {**opened.values, **answers}, office.clock.today)
    asked.clear()
    complete_step(office.desk, actor, work.id, filled)
    return list(asked)
