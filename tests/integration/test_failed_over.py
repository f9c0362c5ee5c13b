"""PostgreSQL that refuses, drops, restarts, fails over: what was begun is done once, or one reads why not."""

import re
import threading
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select, text

from engine.cases.audit import verify
from engine.cases.desk import open_desk
from engine.cases.errors import InDoubt, TooSlow, Unreachable, Unreadable
from engine.cases.stepform import registration_form
from engine.cases.units import create_unit
from engine.schedule import tick
from engine.store import migrate
from engine.store.tables import Case, CaseEvent, Unit
from tests.office import PASSWORD, fill, office_settings, open_office
from tests.soak.server import Server
from webui.app import create_app

REQUEST = {
    "channel": "in_person", "kind": "natural_person", "name": "韩立国", "id_kind": "other_id", "id_number": "云0001",
    "arrived_on": "2026-09-16", "phone": "0870-5550188", "subject": "青石街改造工程批复",
}  # fmt: skip
GONE = "postgresql+psycopg://postgres@/office?host=/nowhere"


@pytest.fixture
def office(postgresql_database, tmp_path):
    office = open_office(postgresql_database(), tmp_path / "var")
    yield office
    office.desk.sessions.engine.dispose()


@pytest.fixture
def impatient(monkeypatch):
    """Nobody waits between two attempts."""
    monkeypatch.setattr("engine.cases.desk.time.sleep", lambda _seconds: None)


def failing(office, *statements):
    """A command that meets one of these at each attempt, after it has written something; then it succeeds."""
    attempts = []

    def work(session):
        attempts.append("tried")
        session.add(Unit(agency_id=office.people["admin"].agency_id, name=f"新设科室{len(attempts)}"))
        session.flush()
        if len(attempts) <= len(statements):
            session.execute(text(statements[len(attempts) - 1]))

    return work, attempts


def units(office):
    with office.desk.reading() as session:
        return session.scalars(select(Unit.name).where(Unit.name.startswith("新设")).order_by(Unit.id)).all()


def refuses(code):
    return f"DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$"


DROPS = "SELECT pg_terminate_backend(pg_backend_pid())"


@pytest.mark.parametrize(
    "statement",
    [refuses("40001"), refuses("40P01"), refuses("55P03"), refuses("57P01"), refuses("25006"), DROPS],
    ids=["serialization", "deadlock", "lock not got", "shutdown", "became a standby", "connection dropped"],
)
@pytest.mark.usefixtures("impatient")
def test_a_command_that_the_server_refuses_or_drops_runs_again_and_is_stored_once(office, statement):
    work, attempts = failing(office, statement, statement)
    office.desk.write(work)
    assert len(attempts) == 3
    assert units(office) == ["新设科室3"]


@pytest.mark.usefixtures("impatient")
def test_a_server_that_stays_away_is_told_and_nothing_is_stored(office):
    work, attempts = failing(office, *[DROPS] * 9)
    with pytest.raises(Unreachable, match="没有保存"):
        office.desk.write(work)
    assert len(attempts) == 4
    assert units(office) == []


def test_a_connection_that_breaks_in_the_commit_leaves_the_officer_in_no_false_certainty(office):
    work, attempts = failing(office)

    def drop(session):
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        with office.desk.sessions.engine.connect() as another:
            another.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    def commits(session):
        event.listen(session, "before_commit", drop)
        work(session)

    with pytest.raises(InDoubt, match="不能确定"):
        office.desk.write(commits)
    assert len(attempts) == 1, "it might have been stored, so it is not tried again"


def test_a_statement_without_end_is_ended_and_told(office):
    def endless(session):
        assert session.scalar(text("SHOW statement_timeout")) == "1min"
        assert session.scalar(text("SHOW lock_timeout")) == "15s"
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "5min"
        session.execute(text("SET LOCAL statement_timeout = 50"))
        session.execute(text("SELECT pg_sleep(10)"))

    with pytest.raises(TooSlow, match="时间太长"):
        office.desk.write(endless)
    with pytest.raises(TooSlow), office.desk.reading() as session:
        endless(session)


def test_reports_read_the_replica_and_the_main_database_while_there_is_none_to_reach(
    office, postgresql_database, tmp_path
):
    elsewhere = open_office(postgresql_database(), tmp_path / "elsewhere")
    create_unit(elsewhere.desk, None, "新设科室（副本）")
    for replica, seen in ((elsewhere.desk.settings.database_url, 1), (GONE, 0)):
        settings = office.desk.settings.model_copy(update={"replica_url": replica})
        desk = open_desk(settings, office.clock)
        with desk.reporting() as session:
            found = session.scalar(select(func.count()).select_from(Unit).where(Unit.name.startswith("新设")))
        assert found == seen
        for sessions in (desk.sessions, desk.replica):
            sessions.engine.dispose()
    elsewhere.desk.sessions.engine.dispose()


@pytest.mark.usefixtures("impatient")
def test_without_a_database_pages_say_so_and_the_scheduler_goes_on(postgresql_database, tmp_path, caplog):
    url = postgresql_database()
    settings = office_settings(url, tmp_path / "var")
    app = create_app(settings)
    with at_the_door(app) as browser:
        assert browser.get("/healthz").status_code == 200
        assert browser.get("/readyz").status_code == 503
        for path in ("/work", "/cases/1", "/login"):
            with browser.session_transaction() as session:
                session["_user_id"] = "1:1"
            answer = browser.get(path)
            assert answer.status_code == 503, path
            assert "数据库暂时连接不上，请稍候刷新本页" in answer.text
            assert "Traceback" not in answer.text
        desk = app.extensions["yishen_desk"]
        assert tick(desk, "somebody") == {}
        with pytest.raises(Unreadable), desk.reading():
            pass
    assert "database cannot be used" in caplog.text


@contextmanager
def at_the_door(app):
    """A browser in front of an application whose database cannot be reached any more."""
    desk = app.extensions["yishen_desk"]
    there = desk.sessions
    lost = open_desk(desk.settings.model_copy(update={"database_url": GONE}))
    desk.sessions = lost.sessions
    try:
        yield app.test_client()
    finally:
        for sessions in (there, lost.sessions):
            sessions.engine.dispose()


def test_a_restart_of_the_server_in_the_middle_of_work_loses_and_doubles_nothing(tmp_path):
    """`pg_ctl restart -m immediate`: every connection breaks, the server recovers from its log, the officers go on."""
    with Server() as server:
        url = server.create("office")
        migrate.upgrade(url)
        office = open_office(url, tmp_path / "var")
        app = create_app(office.desk.settings, office.clock)
        form = registration_form(office.desk, office.people["intake"], "disclosure_request").form
        request = fill(form, REQUEST, office.clock.today)
        answers, stop = Counter(), threading.Event()
        officers = [threading.Thread(target=registers, args=(app, request, answers, stop)) for _ in range(3)]
        for officer in officers:
            officer.start()
        wait_for_five_more(answers, stop)
        server.restart_at_once()
        wait_for_five_more(answers, stop)
        stop.set()
        for officer in officers:
            officer.join()
        assert set(answers) <= {"stored", "told"}, answers
        with office.desk.reading() as session:
            numbers = session.scalars(select(Case.number).order_by(Case.id)).all()
            registered = session.scalar(
                select(func.count()).select_from(CaseEvent).where(CaseEvent.action == "register")
            )
            assert verify(session).broken is None
        assert numbers == [f"2026-{serial:04d}" for serial in range(1, len(numbers) + 1)]
        assert registered == len(numbers)
        assert answers["stored"] <= len(numbers) <= answers["stored"] + answers["told"]
        for desk in (office.desk, app.extensions["yishen_desk"]):
            desk.sessions.engine.dispose()


def wait_for_five_more(answers, stop):
    """The officers work in their own threads; one that is answered otherwise than expected stops all."""
    enough = answers["stored"] + 5
    while answers["stored"] < enough and not stop.is_set():
        time.sleep(0.01)


def token_of(browser, path):
    return re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)[1]


def registers(app, request, answers, stop):
    """The intake officer registers one request after another until asked to stop."""
    browser = app.test_client()
    browser.post("/login", data={"csrf_token": token_of(browser, "/login"), "username": "intake", "password": PASSWORD})
    token = token_of(browser, "/password")
    while not stop.is_set():
        answer = browser.post("/register/disclosure_request", data={"csrf_token": token, **request})
        if answer.status_code == 303:
            answers["stored"] += 1
        elif answer.status_code in {409, 422, 503} and "数据库" in answer.text:
            answers["told"] += 1  # 422: the server was back in time to show the form again, as it was filled in
        else:
            answers[answer.status_code, answer.text] += 1
            stop.set()
