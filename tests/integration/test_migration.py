"""Running cases moved to a changed copy of their process, in every state, on both databases."""

import pytest
from sqlalchemy import select, update

from engine.cases.audit import verify
from engine.cases.casepage import case_page
from engine.cases.claims import claim
from engine.cases.errors import NotFound, NotPermitted, Refusal, Stale
from engine.cases.migration import migrate, rehearse
from engine.cases.stepform import asked_form
from engine.cases.steps import complete_step
from engine.cases.timers import fire_due_timers
from engine.cases.versions import compare, register_folders, version, versions
from engine.process import DefinitionFault
from engine.store.tables import Case, CaseEvent, MigratedCase, ProcessMigration, WorkItem
from tests.changed import Changed, dates, digest_of, move_all
from tests.office import open_office


@pytest.fixture
def office(request, tmp_path):
    """On SQLite; tests that say `both` run on PostgreSQL too."""
    kind = getattr(request, "param", "sqlite")
    url = request.getfixturevalue("sqlite_url" if kind == "sqlite" else "postgresql_database")
    office = open_office(url if kind == "sqlite" else url(), tmp_path / "var")
    yield office
    office.desk.sessions.engine.dispose()


both = pytest.mark.parametrize("office", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def changed(tmp_path):
    return Changed(tmp_path / "changed")


@both
def test_a_renamed_step_with_another_limit_keeps_its_work_item(office, changed):
    case = office.register().case_id
    office.do("completeness", case=case, outcome="complete")
    changed.rename("triage", "研判")
    changed.set("triage", "limit", "9")
    before = dates(office.desk)
    report = move_all(office, changed)
    assert [(row.number, row.result) for row in report.rows] == [("2026-0001", "moved")]
    assert ("triage", "研判分类", "研判") in [(one.element, one.before, one.after) for one in report.rows[0].landings]
    assert dates(office.desk) == before
    (work,) = office.open_steps(case)
    assert work.name == "研判"
    office.advance(case)
    assert office.case(case).archived_at is not None


def test_a_step_added_before_is_done_by_those_who_come_to_it(office, changed):
    early = office.register().case_id
    late = office.register().case_id
    office.do("completeness", case=late, outcome="complete")
    changed.add_before("triage", "screening", "涉密初筛", role="handler", form="conference")
    report = move_all(office, changed)
    assert report.moved == 2
    office.do("completeness", case=early, outcome="complete")
    assert office.waiting(early) == ["screening"], "it has not come past that place yet"
    assert office.waiting(late) == ["triage"]
    office.do("screening", case=early)
    for case in (early, late):
        office.advance(case)
        assert office.case(case).archived_at is not None


def test_a_removed_step_keeps_only_the_cases_that_stand_there(office, changed):
    stands, elsewhere = office.register().case_id, office.register().case_id
    for case in (stands, elsewhere):
        office.do("completeness", case=case, outcome="complete")
        office.do("triage", case=case, outcome="handle")
    office.do("plan", case=stands, outcome="conference")
    changed.remove("conference")
    before = digest_of(office)
    report = move_all(office, changed)
    assert [(row.result, row.why) for row in report.rows] == [
        ("refused", "“疑难会商”在新版中没有了。"),
        ("moved", ""),
    ]
    assert office.case(stands).definition_digest == before
    office.do("conference", case=stands)
    office.do("plan", case=stands, outcome="draft")
    office.do("plan", case=elsewhere, outcome="draft")
    for case in (stands, elsewhere):
        office.advance(case)
        assert office.case(case).archived_at is not None


def test_another_role_keeps_a_step_in_hand_where_it_is_and_hands_on_the_others(office, changed):
    free, held = office.register().case_id, office.register().case_id
    for case in (free, held):
        office.advance(case, until="first_signoff")
    (work,) = office.open_steps(held)
    claim(office.desk, office.people["unit_head"], work.id)
    changed.set("first_signoff", "role", "disclosure_head")
    report = move_all(office, changed)
    assert [row.result for row in report.rows] == ["moved", "refused"]
    assert "已经签收，新版改由政府信息公开工作机构负责人办理" in report.rows[1].why
    assert office.open_steps(free)[0].role == "disclosure_head"
    office.do("first_signoff", case=free, who="disclosure_head", outcome="approve")


def test_a_step_given_to_a_unit_stays_where_nobody_there_could_do_it(office, changed):
    case = office.register().case_id
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, outcome="handle")
    units = [{"unit": str(office.units["自然资源股"]), "search_request": "请检索"}]
    office.do("plan", case=case, outcome="measures", units=units)
    changed.set("search", "role", "unit_head")
    assert "该单位没有这样的人员" in move_all(office, changed).rows[0].why
    old = digest_of(office)
    changed.set("search", "role", "unit unit_head")
    (new,) = register_folders(office.desk, [changed.folder])
    assert migrate(office.desk, None, old, new).moved == 1
    office.do("search", case=case)


def test_a_case_that_cannot_be_read_does_not_hold_up_the_others(office, changed):
    damaged, sound = office.register().case_id, office.register().case_id
    office.desk.write(lambda session: session.execute(update(Case).where(Case.id == damaged).values(state=b"\x01\x93")))
    changed.rename("triage", "研判")
    old = digest_of(office)
    (new,) = register_folders(office.desk, [changed.folder])
    assert [row.result for row in rehearse(office.desk, None, old, new).rows] == ["failed", "moves"]
    report = migrate(office.desk, None, old, new)
    assert [(row.case_id, row.result) for row in report.rows] == [(damaged, "failed"), (sound, "moved")]
    assert "程序出错，没有迁移（StateFault）" in report.rows[0].why
    assert (office.case(damaged).definition_digest, office.case(sound).definition_digest) == (old, new)


def test_a_form_that_asks_more_is_asked_of_the_moved_case(office, changed):
    case = office.register().case_id

    def ask(form):
        form["fields"].append({"name": "urgency", "type": "line", "label": "紧急程度", "required": True})

    changed.form("completeness", ask)
    move_all(office, changed)
    office.clock.forward(minutes=5)
    office.do("completeness", case=case, outcome="complete", urgency="一般")
    answered = case_page(office.desk, office.people["handler"], case).answered
    assert ("紧急程度", "一般") in answered[-1].answers


def test_answers_of_an_old_form_stay_readable(office, changed):
    case = office.register(subject="青石街改造工程批复").case_id
    before = case_page(office.desk, office.people["handler"], case).answered
    changed.form("register", lambda form: form["fields"].pop())
    changed.form("register", lambda form: form.update(title="新登记表"))
    move_all(office, changed)
    assert case_page(office.desk, office.people["handler"], case).answered == before


def waiting_for_correction(office):
    case = office.register().case_id
    office.do("completeness", case=case, outcome="correct")
    office.do("correction_draft", case=case)
    office.do("correction_issue", case=case, outcome="issue")
    office.do("correction_service", case=case)
    return case


@both
def test_a_timer_keeps_its_row_and_fires_once_on_its_day(office, changed):
    case = waiting_for_correction(office)
    (timer,) = office.timers(case)
    changed.rename("correction_receive", "收补正材料")
    changed.rename("correction_due", "补正到期")
    before = dates(office.desk)
    assert move_all(office, changed).moved == 1
    assert dates(office.desk) == before
    office.clock.forward(days=60)
    assert fire_due_timers(office.desk).fired == 1
    assert office.waiting(case) == ["abandon_check"]
    assert fire_due_timers(office.desk).fired == 0
    assert [row.id for row in office.timers(case)] == [timer.id]


def test_a_timer_that_has_fired_does_not_fire_again_after_the_move(office, changed):
    case = office.register(channel="internet").case_id
    office.clock.forward(days=2)
    assert fire_due_timers(office.desk).fired == 1
    assert office.waiting(case) == ["confirm"]
    told = office.inbox("intake")
    changed.rename("confirm", "当日确认")
    assert move_all(office, changed).moved == 1
    office.clock.forward(days=2)
    assert fire_due_timers(office.desk).fired == 0
    assert office.inbox("intake") == told
    assert office.case(case).open_timers == 0


def test_a_timer_of_another_clock_keeps_the_case(office, changed):
    waiting_for_correction(office)
    changed.clock("correction_due", "payment")
    (row,) = move_all(office, changed).rows
    assert row.result == "refused"
    assert "“补正期限届满”的时限由 correction 改为 payment，到期日会变动。" in row.why


def test_a_clock_that_runs_longer_keeps_the_cases_it_would_move(office, changed):
    waits, other = office.register(channel="internet").case_id, office.register().case_id
    changed.rule("working_days = 0", "working_days = 1")
    report = move_all(office, changed)
    assert {row.case_id: row.result for row in report.rows} == {waits: "refused", other: "moved"}
    assert "定时器“当日未确认”的到期日会由 2026-09-16 变为 2026-09-17。" in report.rows[0].why


def test_a_boundary_timer_of_the_new_version_begins_to_wait(office, changed):
    case = office.register().case_id
    changed.add_timer("completeness", "check_late", "审查逾期", "confirmation")
    before = dates(office.desk)
    report = move_all(office, changed)
    assert [(one.element, one.after, one.opened) for one in report.rows[0].landings][-1] == (
        "check_late",
        "审查逾期",
        True,
    )
    (timer,) = office.timers(case)
    assert (timer.clock, timer.due_on.isoformat()) == ("confirmation", "2026-09-16")
    after = dates(office.desk)
    assert (after[0], after[2]) == (before[0], before[2])
    office.clock.forward(days=1)
    assert fire_due_timers(office.desk).fired == 1
    assert office.waiting(case) == ["completeness"]
    office.advance(case)


@both
def test_parallel_instances_and_their_members_go_along(office, changed):
    case = office.register().case_id
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, outcome="handle")
    units = [{"unit": str(office.units[name]), "search_request": "请检索"} for name in ("自然资源股", "财政股")]
    office.do("plan", case=case, outcome="measures", units=units)
    office.do("search", case=case)
    changed.rename("search", "检索")
    before = dates(office.desk)
    assert move_all(office, changed).moved == 1
    assert dates(office.desk) == before
    office.do("search", case=case)
    office.do("plan", case=case, outcome="draft")
    office.advance(case)
    assert office.case(case).archived_at is not None


@both
def test_rehearsing_says_the_same_and_stores_nothing(office, changed):
    stands, other = office.register().case_id, office.register().case_id
    for case in (stands, other):
        office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=stands, outcome="handle")
    changed.rename("plan", "安排")
    changed.clock("correction_due", "payment")
    old = digest_of(office)
    (new,) = register_folders(office.desk, [changed.folder])
    states = [office.case(case).state for case in (stands, other)]
    shown = rehearse(office.desk, None, old, new)
    assert [office.case(case).state for case in (stands, other)] == states
    with office.desk.reading() as session:
        assert session.scalars(select(ProcessMigration)).all() == []
    done = migrate(office.desk, None, old, new)
    assert [row.landings for row in shown.rows] == [row.landings for row in done.rows]


@both
def test_each_case_has_its_row_and_its_event(office, changed):
    moved, stands = office.register().case_id, waiting_for_correction(office)
    changed.clock("correction_due", "payment")
    report = move_all(office, changed)
    with office.desk.reading() as session:
        (run,) = session.scalars(select(ProcessMigration)).all()
        rows = session.scalars(select(MigratedCase).order_by(MigratedCase.case_id)).all()
        assert (run.from_digest, run.to_digest) == (report.old, report.new)
        assert run.finished_at == office.clock()
        assert [(row.case_id, row.result, bool(row.why)) for row in rows] == [
            (moved, "moved", False),
            (stands, "refused", True),
        ]
        actions = session.scalars(select(CaseEvent.action).where(CaseEvent.case_id == moved)).all()
        assert actions.count("migrate") == 1
        assert session.scalar(select(CaseEvent.actor_name).where(CaseEvent.action == "definition_migration")) == "系统"
        assert verify(session).broken is None


def test_only_the_cases_named_are_moved(office, changed):
    first, second = office.register(), office.register()
    changed.rename("completeness", "审查")
    old = digest_of(office)
    (new,) = register_folders(office.desk, [changed.folder])
    with pytest.raises(NotFound, match="2026-0009"):
        migrate(office.desk, None, old, new, ["2026-0009"])
    report = migrate(office.desk, None, old[:10], new[:10], [second.number])
    assert [row.number for row in report.rows] == [second.number]
    assert office.case(first.case_id).definition_digest == old
    assert rehearse(office.desk, None, old, new, limit=1).left == 0
    office.register()
    assert {
        one.digest: one.running for one in versions(office.desk, None) if one.case_type == "disclosure_request"
    } == {
        old: 1,
        new: 2,
    }


def test_a_step_that_was_done_before_the_move_is_told_as_done(office, changed):
    case = office.register().case_id
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, outcome="handle")
    office.do("plan", case=case, outcome="conference")
    office.do("conference", case=case)
    with office.desk.reading() as session:
        gone = session.scalars(select(WorkItem).where(WorkItem.element == "conference")).one().id
    changed.remove("conference")
    assert move_all(office, changed).moved == 1
    handler = office.people["handler"]
    with pytest.raises(Stale, match="办理完毕"):
        complete_step(office.desk, handler, gone, {})
    assert asked_form(office.desk, handler, gone).step.name == "疑难会商"


def test_a_page_opened_before_the_move_can_be_handed_in_after_it(office, changed):
    case = office.register().case_id
    (work,) = office.open_steps(case)
    changed.rename("completeness", "审查")
    move_all(office, changed)
    answers = {"outcome": "complete", "identity_ok": "yes", "content_ok": "yes", "form_ok": "yes"}
    done = complete_step(office.desk, office.people["handler"], work.id, answers)
    assert done.next_steps == ("研判分类",)


def test_who_does_not_administer_moves_nothing(office, changed):
    office.register()
    old = digest_of(office)
    (new,) = register_folders(office.desk, [changed.folder])
    for call in (rehearse, migrate):
        with pytest.raises(NotPermitted):
            call(office.desk, office.people["handler"], old, new)
    with pytest.raises(NotPermitted):
        versions(office.desk, office.people["leader"])
    with pytest.raises(Refusal, match="同一个"):
        migrate(office.desk, office.people["admin"], old, new)
    with pytest.raises(NotFound, match="至少写六位"):
        version(office.desk, None, old[:5])


def test_a_faulty_copy_is_not_registered(office, changed):
    changed.set("triage", "role", "nobody")
    with pytest.raises(DefinitionFault, match="nobody"):
        register_folders(office.desk, [changed.folder])
    assert len([one for one in versions(office.desk, None) if one.case_type == "disclosure_request"]) == 1


def test_versions_of_two_case_types_are_not_compared(office):
    known = {one.case_type: one.digest for one in versions(office.desk, None)}
    with pytest.raises(Refusal, match="两类事项"):
        compare(office.desk, None, known["disclosure_request"], known["policy_interpretation"])
