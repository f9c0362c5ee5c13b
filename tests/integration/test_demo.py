"""The demonstration office: loaded into an empty database, complete, in the past, and repaired when it broke off."""

import json
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.cases.accounts import create_account
from engine.cases.audit import verify
from engine.cases.calendar_change import apply_import
from engine.cases.calendars import calendar_of
from engine.cases.definitions import SHIPPED
from engine.cases.desk import Desk, open_desk
from engine.cases.errors import Refusal
from engine.cases.filters import Filters
from engine.cases.letters_desk import issue_receipt
from engine.cases.lights import row_light
from engine.cases.login import authenticate
from engine.cases.work_tabs import Tab
from engine.cases.worklists import all_cases, my_work
from engine.demo import loading
from engine.demo.loading import demo_office, is_unfinished, load_demo
from engine.demo.queue import queue
from engine.demo.stories import all_stories, usual_answers
from engine.holidays import builtin_calendar
from engine.process import parse, read_bundle
from engine.statute.festivals import statutory_holidays
from engine.store.tables import (
    AuditSeal,
    Case,
    CaseEvent,
    Document,
    InboxMessage,
    LegalEvent,
    Letter,
    WorkItem,
)
from tests.office import ROOT, office_settings
from tests.told import AFTER_ALL, PASSWORD, ZONE, Told, tell_stories
from webui.lights import FILTERS, group_of

LOADED_AT = datetime(2026, 11, 23, 15, 0, tzinfo=ZONE)  # a Monday
DESKS = (
    "intake",
    "handler",
    "unit",
    "unit_head",
    "disclosure_head",
    "secrecy_reviewer",
    "legal",
    "leader",
    "supervisor",
)


def desk_on(url: str, folder: Path) -> Desk:
    return open_desk(office_settings(url, folder), now=lambda: LOADED_AT)


@pytest.fixture(scope="module")
def demo(sqlite_template, tmp_path_factory) -> Told:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "yishen.db").write_bytes(sqlite_template.read_bytes())
    desk = desk_on(f"sqlite:///{folder / 'yishen.db'}", folder / "var")
    load_demo(desk, LOADED_AT)
    yield Told(desk, {})
    desk.sessions.engine.dispose()


def test_every_light_shows(demo):
    with demo.desk.reading() as session:
        calendar = calendar_of(session, 1, demo.desk.settings)
    rows = demo.rows(select(Case))
    lights = {row_light(case, LOADED_AT.date(), calendar).light for case in rows}
    assert lights == {"overdue", "today", "soon", "week", "later", "stopped", "closed"}
    assert {case.clock_status for case in rows} >= {"unconfirmed", "suspended", "waiting", "running", "replied"}
    assert [case.subject for case in rows if case.due_on is None and case.estimated_due_on] != []
    assert [case.number for case in rows if case.drill] == ["演练2026-0001"]


def test_each_light_narrows_a_list_to_the_group_of_that_name(demo):
    leader = demo.actor(next(one.username for one in demo_office(demo.desk).accounts if "leader" in one.roles))

    def listed(**narrowed):
        return all_cases(demo.desk, leader, Filters(status="open", **narrowed), size=500).rows

    groups = {}
    for row in listed():
        groups.setdefault(group_of(row), set()).add(row.case_id)
    assert {"overdue", "soon", "week", "later", "stopped", "none"} <= groups.keys()
    for light in FILTERS.keys() - {"closed", "late"}:
        assert {row.case_id for row in listed(light=light)} == groups.get(light, set()), light


@pytest.mark.parametrize("role", DESKS)
def test_every_desk_has_something_to_take_and_something_in_hand(demo, role):
    people = [one for one in demo_office(demo.desk).accounts if role in one.roles]
    for tab in (Tab.CLAIM, Tab.TODO):
        found = [row for one in people for row in my_work(demo.desk, demo.actor(one.username), tab, Filters()).rows]
        steps = {row.work_item_id for row in found}
        with demo.desk.reading() as session:
            roles = " ".join(session.scalars(select(WorkItem.role).where(WorkItem.id.in_(steps))))
        assert role in roles.split(), f"{role}: {tab}"


def test_every_kind_of_letter_has_been_issued(demo):
    issued = set(demo.rows(select(Letter.code)))
    assert issued >= {f"A-{number:02d}" for number in range(1, 22)}
    assert issued >= {f"L-{number:02d}" for number in (2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14)}


def test_every_letter_reads_clean(demo):
    assert demo.findings() == []


def test_officers_work_on_working_days():
    calendar = builtin_calendar()
    acts = queue(all_stories(), AFTER_ALL, ZONE, calendar)
    assert {str(act.moment.date()) for act in acts if not calendar.is_working_day(act.moment.date())} == set()


def test_nothing_lies_in_the_future_and_the_trail_is_sealed(demo):
    moments = [
        CaseEvent.at, Case.registered_at, Case.closed_at, WorkItem.opened_at, WorkItem.done_at, WorkItem.claimed_at,
        Letter.issued_at, LegalEvent.recorded_at, InboxMessage.sent_at, AuditSeal.sealed_at, Document.uploaded_at,
    ]  # fmt: skip
    with demo.desk.reading() as session:
        assert [str(one) for one in moments if session.scalar(select(func.max(one))) > LOADED_AT] == []
        days = [LegalEvent.on, Letter.dated_on, Case.received_on, Case.replied_on]
        assert [str(one) for one in days if session.scalar(select(func.max(one))) > LOADED_AT.date()] == []
        checked = verify(session)
    assert (checked.broken, checked.unsealed) == (None, 0)


def test_every_account_can_log_in(demo):
    for row in demo_office(demo.desk).accounts:
        present = authenticate(demo.desk, row.username, PASSWORD)
        assert not present.must_change_password
        assert present.actor.roles == set(row.roles)


def test_a_database_in_use_is_refused(demo, sqlite_url, tmp_path):
    with pytest.raises(Refusal, match="已经装入示范数据"):
        load_demo(demo.desk, LOADED_AT)
    desk = desk_on(sqlite_url, tmp_path)
    create_account(desk, None, username="he.ping", name="何平", roles=["admin"])
    with pytest.raises(Refusal, match="已经有账号"):
        load_demo(desk, LOADED_AT)
    assert demo_office(desk) is None
    desk.sessions.engine.dispose()


# Enough to be killed in: stories with timers, a withdrawal, a correction, an alarm.
SOME = ("R01", "R06", "R18", "R21", "P01", "P16", "P20")


def load_some(url: str, folder: Path) -> Desk:
    """Load an office of these stories only; also what the killed process does."""
    desk = desk_on(url, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "all_stories", lambda: [story for story in all_stories() if story.id in SOME])
        load_demo(desk, LOADED_AT)
    return desk


def test_a_killed_load_is_carried_on_and_becomes_the_same_office(postgresql_database, sqlite_url, tmp_path):
    url = postgresql_database()
    script = f"""
from pathlib import Path
from tests.integration.test_demo import load_some
load_some({url!r}, Path({str(tmp_path / "killed")!r}))
"""
    desk = desk_on(url, tmp_path / "killed")
    killed = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    deadline = time.monotonic() + 60
    while letters_in(desk) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    killed.kill()
    killed.wait()
    assert demo_office(desk) is None
    assert is_unfinished(desk)
    desk.sessions.engine.dispose()

    carried_on, whole = load_some(url, tmp_path / "killed"), load_some(sqlite_url, tmp_path / "whole")
    columns = [Case.number, Case.subject, Case.decision, Case.due_on, Case.closed_at, Case.event_seq, Case.clock_status]
    with carried_on.reading() as one, whole.reading() as other:
        query = select(*columns).order_by(Case.id)
        assert one.execute(query).all() == other.execute(query).all()
        assert verify(one).broken is None
    assert letters_in(carried_on) == letters_in(whole)
    carried_on.sessions.engine.dispose()
    whole.sessions.engine.dispose()


def letters_in(desk: Desk) -> int:
    with desk.reading() as session:
        return session.scalar(select(func.count()).select_from(Letter)) or 0


def test_a_load_day_before_a_story_leaves_it_out_and_cuts_those_under_way(sqlite_url, tmp_path):
    told = tell_stories(sqlite_url, tmp_path, ["R04", "R06", "R07"], datetime(2026, 6, 10, 9, 0, tzinfo=ZONE))
    assert told.cases.keys() == {"R04", "R06"}
    assert told.case("R04").archived_at is not None
    assert [one.element for one in told.page("R06").waiting] == ["correction_receive"]
    told.desk.sessions.engine.dispose()


def test_a_limit_that_needs_a_missing_notice_does_not_run_out(sqlite_url, tmp_path):
    told = tell_stories(sqlite_url, tmp_path, ["P20", "P24"], datetime(2027, 6, 1, 16, 0, tzinfo=ZONE))
    assert [one.element for one in told.page("P20").waiting] == ["correction_receive"]
    assert [one.element for one in told.page("P24").waiting] == ["completeness"]
    told.desk.sessions.engine.dispose()


def test_the_stories_name_only_fields_that_the_forms_have():
    forms = parse(read_bundle(SHIPPED / "disclosure_request")).forms
    told = [("usual.toml", name, set(answers)) for name, answers in usual_answers().items()]
    told += [(story.id, name, set(answers)) for story in all_stories() for name, answers in story.answers.items()]
    strange = [(where, name, given - {one.name for one in forms[name].fields}) for where, name, given in told]
    assert [one for one in strange if one[2]] == []


def test_a_date_in_a_year_without_a_notice_is_provisional_until_the_notice_comes(sqlite_url, tmp_path):
    moment = datetime(2026, 12, 11, 16, 0, tzinfo=ZONE)
    told = tell_stories(sqlite_url, tmp_path, ["R13"], moment)
    case = told.case("R13")
    assert (case.due_on, case.estimated_due_on) == (None, date(2027, 1, 8))
    page = told.page("R13")
    assert (page.light.provisional, page.clock.reply_due.missing_years) == (True, (2027,))
    assert told.letters("R13", "L-02")[0].fields["reply_due"]["provisional"] is True
    assert "2027年" in told.letter_text("R13", "L-02")
    days = [{"name": "假日", "date": day.isoformat(), "isOffDay": True} for day in sorted(statutory_holidays(2027))]
    notice = json.dumps({"year": 2027, "papers": ["测试发〔2026〕1号"], "days": days})
    apply_import(told.desk, told.actor("admin"), notice)
    assert told.case("R13").due_on is not None
    assert told.case("R13").estimated_due_on is None
    issue_receipt(told.desk, told.actor("intake"), case.id)
    assert told.letters("R13", "L-02")[-1].fields["reply_due"]["provisional"] is False
    told.desk.sessions.engine.dispose()
