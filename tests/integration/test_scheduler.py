"""The scheduler: any number of processes, killed at any moment, and each timer fires exactly once."""

import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update

from engine.cases.audit import seal, verify
from engine.cases.desk import Desk, open_desk
from engine.cases.leases import HEARTBEAT, claim, release, scheduler_is_late, scheduler_seen
from engine.cases.timers import fire_due_timers
from engine.schedule import JOBS, Job, jobs, tick
from engine.store.tables import Case, CaseEvent, InboxMessage
from tests.office import ROOT, Office

NEVER = timedelta(0)
TERM = timedelta(minutes=2)


@pytest.fixture
def colleagues(office: Office) -> Iterator[list[Desk]]:
    """Two more processes' worth of desks on the same database, by the same clock."""
    settings = office.desk.settings
    desks = [open_desk(settings, now=office.clock) for _ in range(2)]
    yield desks
    for desk in desks:
        desk.sessions.engine.dispose()


def unconfirmed_since_yesterday(office: Office, cases: int) -> None:
    """Requests by internet that nobody has confirmed: their timers are due now (Art. 31)."""
    for _ in range(cases):
        office.register(channel="internet")
    office.clock.forward(days=1)


def alarms(office: Office) -> Counter[tuple[int, int | None]]:
    """How often each person was told of each case that it is unconfirmed."""
    with office.desk.reading() as session:
        query = select(InboxMessage).where(InboxMessage.text.contains("当日未与申请人确认"))
        return Counter((row.account_id, row.case_id) for row in session.scalars(query))


def firings(office: Office) -> Counter[int | None]:
    """How often a timer fired in each case, by the audit trail."""
    with office.desk.reading() as session:
        return Counter(session.scalars(select(CaseEvent.case_id).where(CaseEvent.action == "timer")))


def intact(office: Office) -> bool:
    with office.desk.reading() as session:
        return verify(session).broken is None


def each_once(office: Office, cases: int) -> None:
    assert firings(office) == Counter(range(1, cases + 1))
    assert set(alarms(office).values()) == {1}
    assert len(alarms(office)) == 2 * cases  # the intake officer and the head of the disclosure office
    assert not [timer for timer in office.timers() if timer.fired_at is None and timer.cancelled_at is None]
    assert intact(office)


def test_a_timer_fires_on_the_first_day_after_its_last(office):
    case = office.register().case_id
    office.do("completeness", outcome="correct")
    for element, outcome in (("correction_draft", ""), ("correction_issue", "issue"), ("correction_service", "")):
        office.do(element, outcome=outcome)
    (timer,) = office.timers(case)
    office.clock.on(timer.due_on.isoformat(), "23:59")
    assert fire_due_timers(office.desk).fired == 0
    office.clock.forward(minutes=1)
    assert fire_due_timers(office.desk).fired == 1
    assert office.waiting(case) == ["abandon_check"]
    assert fire_due_timers(office.desk).fired == 0


def test_sweeps_at_the_same_moment_fire_each_timer_once(office, colleagues):
    unconfirmed_since_yesterday(office, 12)
    start = Barrier(2)

    def sweep(desk: Desk) -> int:
        start.wait()
        done = fire_due_timers(desk)
        assert done.failed == 0
        return done.fired

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(sweep, colleagues)) == 12
    each_once(office, 12)


def test_schedulers_at_the_same_moment_share_the_work(office, colleagues):
    unconfirmed_since_yesterday(office, 6)
    start = Barrier(2)

    def work(desk: Desk) -> Counter[str]:
        start.wait()
        return Counter(tick(desk, f"scheduler {id(desk)}"))

    with ThreadPoolExecutor(2) as pool:
        done = sum(pool.map(work, colleagues), Counter[str]())
    assert done[HEARTBEAT] == 6
    each_once(office, 6)


def test_a_scheduler_killed_at_any_moment_loses_and_doubles_nothing(office, database_url, tmp_path):
    cases, chance = 30, random.Random(412)
    unconfirmed_since_yesterday(office, cases)
    for _ in range(3):
        office.clock.forward(minutes=3)  # the lease of a dead process runs out
        command = [sys.executable, "-c", SWEEPER, database_url, str(tmp_path / "var"), office.clock().isoformat()]
        with process(command) as sweeper:
            assert sweeper.stdout is not None
            for _ in range(chance.randint(2, 8)):
                assert sweeper.stdout.readline() == "next\n"
            with pytest.raises(subprocess.TimeoutExpired):
                sweeper.wait(chance.uniform(0, 0.02))  # then it dies somewhere in the middle of a timer
    assert 0 < firings(office).total() < cases
    office.clock.forward(minutes=3)
    tick(office.desk, "the one that lives")
    each_once(office, cases)


@contextmanager
def process(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that is killed (SIGKILL) at the end, if it still runs."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        try:
            yield started
        finally:
            started.kill()


# A scheduler process by a given clock; it says "next" before each job and each timer.
SWEEPER = """
import sys
from datetime import datetime
from pathlib import Path
from engine.cases.desk import open_desk
from engine.schedule import tick
from tests.office import office_settings
url, folder, now = sys.argv[1:]
desk = open_desk(office_settings(url, Path(folder)), now=lambda: datetime.fromisoformat(now))
tick(desk, "the one that dies", lambda: bool(print("next", flush=True)))
"""


def test_one_case_that_cannot_go_on_does_not_hold_up_the_others(office, caplog):
    unconfirmed_since_yesterday(office, 3)
    office.desk.write(lambda session: session.execute(update(Case).where(Case.id == 2).values(state=b"\x7fbroken")))
    done = fire_due_timers(office.desk)
    assert (done.fired, done.failed) == (2, 1)
    assert firings(office) == Counter([1, 3])
    assert "did not fire" in caplog.text
    (left,) = [timer for timer in office.timers() if timer.fired_at is None]
    assert left.case_id == 2


def test_a_failing_job_is_logged_gives_its_lease_back_and_the_others_go_on(office, caplog):
    runs = []

    def fail(_desk: Desk, _stop: object) -> int:
        runs.append("failing")
        raise RuntimeError("the pen is broken")

    def work(_desk: Desk, _stop: object) -> int:
        runs.append("working")
        return 1

    jobs = (Job("failing", lambda _: timedelta(hours=1), fail), Job("working", lambda _: timedelta(hours=1), work))
    assert tick(office.desk, "a", jobs=jobs) == {"working": 1}
    assert "the pen is broken" in caplog.text
    office.clock.forward(seconds=30)
    tick(office.desk, "b", jobs=jobs)
    assert runs == ["failing", "working", "failing"]
    office.clock.forward(hours=1)
    tick(office.desk, "b", jobs=jobs)
    assert runs[3:] == ["failing", "working"]


def test_nothing_is_begun_once_asked_to_stop(office):
    unconfirmed_since_yesterday(office, 2)
    assert tick(office.desk, "a", stop=lambda: True) == {}
    assert fire_due_timers(office.desk, stop=lambda: True).fired == 0


def test_schedulers_that_begin_together_make_the_row_of_a_job_once(office, colleagues):
    start = Barrier(2)

    def begin(desk: Desk) -> list[bool]:
        taken = []
        for number in range(10):
            start.wait(20)
            taken.append(claim(desk, f"job {number}", str(id(desk)), NEVER, TERM))
        return taken

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(begin, colleagues)
    assert [sorted(pair) for pair in zip(one, other, strict=True)] == [[False, True]] * 10


def test_a_lease_is_held_by_one_and_lost_by_the_dead(office):
    desk, clock = office.desk, office.clock
    assert claim(desk, "job", "a", NEVER, TERM)
    assert not claim(desk, "job", "b", NEVER, TERM)
    clock.forward(minutes=2)
    assert claim(desk, "job", "b", NEVER, TERM), "the first holder has died"
    release(desk, "job", "a", done=True)
    assert not claim(desk, "job", "c", NEVER, TERM), "who has lost the lease cannot give it away"
    release(desk, "job", "b", done=True)
    assert not claim(desk, "job", "c", timedelta(minutes=10), TERM), "it has just been done"
    clock.forward(minutes=10)
    assert claim(desk, "job", "c", timedelta(minutes=10), TERM)
    release(desk, "job", "c", done=False)
    assert claim(desk, "job", "a", timedelta(minutes=10), TERM), "it was not done, so it is still due"


def test_whoever_works_on_keeps_the_lease_and_the_dead_lose_it_in_half_a_minute(office):
    desk, clock = office.desk, office.clock

    def long_work(_desk, stop):
        for _ in range(8):
            clock.forward(seconds=20)
            assert not stop()
            assert not claim(desk, "long", "b", NEVER, jobs.TERM)
        clock.forward(seconds=31)  # a piece that takes longer than the lease
        assert claim(desk, "long", "b", NEVER, jobs.TERM)
        assert not stop()
        return 1

    job = Job("long", lambda _settings: NEVER, long_work)
    assert tick(desk, "a", jobs=[job]) == {"long": 1}
    assert not claim(desk, "long", "c", NEVER, jobs.TERM), "whoever took it over has it still"


def test_the_office_is_warned_when_no_scheduler_runs(office):
    assert scheduler_seen(office.desk) is None
    assert scheduler_is_late(office.desk)
    tick(office.desk, "a")
    assert scheduler_seen(office.desk) == office.clock()
    office.clock.forward(seconds=60)
    assert not scheduler_is_late(office.desk)
    office.clock.forward(seconds=1)
    assert scheduler_is_late(office.desk), "two ticks of thirty seconds have passed"
    assert claim(office.desk, HEARTBEAT, "b", NEVER, TERM)
    office.clock.forward(seconds=100)
    assert not scheduler_is_late(office.desk), "a long sweep is no standstill"
    office.clock.forward(seconds=30)
    assert scheduler_is_late(office.desk), "whoever swept has died"


def test_the_audit_trail_is_sealed_every_hour(office):
    sealing = tuple(job for job in JOBS if job.name == "audit_seal")
    assert tick(office.desk, "a", jobs=sealing) == {"audit_seal": 1}
    office.register()
    office.clock.forward(minutes=59)
    assert tick(office.desk, "a", jobs=sealing) == {}
    office.clock.forward(minutes=1)
    assert tick(office.desk, "a", jobs=sealing) == {"audit_seal": 1}
    with office.desk.reading() as session:
        found = verify(session)
    assert (found.broken, found.unsealed) == (None, 0)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_seal_waits_for_writers_that_hold_an_earlier_number(office, colleagues):
    """A step that began before the last committed one and ends after the seal must not make the seal look broken."""
    from engine.cases.audit import SYSTEM, record_event

    agency = office.people["intake"].agency_id
    with ThreadPoolExecutor(1) as pool, colleagues[0].sessions.write() as slow:
        record_event(slow, agency, "templates", SYSTEM, office.clock(), "slow")
        slow.flush()
        office.desk.write(lambda s: record_event(s, agency, "calendar", SYSTEM, office.clock(), "quick"))
        sealing = pool.submit(colleagues[1].write, lambda session: seal(session, office.clock()))
        with pytest.raises(TimeoutError):
            sealing.result(0.3)
        slow.commit()
        assert sealing.result(10) is not None
    with office.desk.reading() as session:
        assert (verify(session).broken, verify(session).unsealed) == (None, 0)


def test_the_process_does_what_is_due_and_stops_cleanly_on_sigterm(office, database_url):
    office.clock.moment = datetime.now(UTC) - timedelta(days=2)  # the process lives by the real clock
    office.register(channel="internet")
    command = [sys.executable, "-m", "webui.command", "scheduler", "--database-url", database_url]
    with process(command) as scheduler:
        assert scheduler.stderr is not None
        lines = [scheduler.stderr.readline() for _ in range(2)]
        assert "looks for due work every 30 s" in "".join(lines)
        assert "timers: 1 done" in "".join(lines)
        scheduler.send_signal(signal.SIGTERM)
        _, errors = scheduler.communicate(timeout=20)
    assert scheduler.returncode == 0
    assert "scheduler stopped" in errors
    assert "Traceback" not in errors
    assert alarms(office).total() == 2


def test_the_process_refuses_a_database_that_is_not_current(tmp_path):
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    command = [sys.executable, "-m", "webui.command", "scheduler", "--database-url", url]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "请先运行 yishen db upgrade" in ended.stderr


def test_a_ladder_for_a_clock_that_does_not_exist_is_named(office, database_url, tmp_path):
    wrong = (ROOT / "config.toml").read_text("utf-8") + "\n[ladder.clocks.replly]\nrungs = []\n"
    config = tmp_path / "config.toml"
    config.write_text(wrong.replace('data_dir = "var"', f'data_dir = "{tmp_path}"'), "utf-8")
    command = [sys.executable, "-m", "webui.command", "scheduler", "--config", config, "--database-url", database_url]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "[ladder.clocks.replly]" in ended.stderr
    assert "confirmation" in ended.stderr  # a clock of a case type is one that may be named
