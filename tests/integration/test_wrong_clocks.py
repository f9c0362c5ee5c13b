"""Clocks that jump, differ or stand in another time zone: each rung is told once, each timer fires once."""

import json
import shutil
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import apscheduler.schedulers.base
import pytest
from sqlalchemy import select

from engine.cases.audit import verify
from engine.cases.desk import open_desk
from engine.cases.leases import claim, release, scheduler_is_late
from engine.cases.messages import tell
from engine.cases.outbox import _take
from engine.schedule import process, tick
from engine.store.tables import CaseEvent, InboxMessage
from tests.office import ROOT, office_settings, open_office

DAY = timedelta(days=1)


def lay_out(office):
    """A case for the ladder, one whose correction lapses, one that nobody confirms."""
    office.register(subject="第一件")
    office.do("completeness", case=1, outcome="complete")
    lapsing = office.register(subject="第二件").case_id
    office.do("completeness", case=lapsing, outcome="correct")
    for element, outcome in (("correction_draft", ""), ("correction_issue", "issue"), ("correction_service", "")):
        office.do(element, case=lapsing, outcome=outcome)
    office.register(subject="第三件", channel="internet")


def told(office):
    """How often each person was told of each rung."""
    with office.desk.reading() as session:
        rows = session.scalars(select(InboxMessage)).all()
        assert verify(session).broken is None
        fired = Counter(session.scalars(select(CaseEvent.case_id).where(CaseEvent.action == "timer")))
    assert fired == Counter({2: 1, 3: 1})
    return Counter((row.account_id, row.key) for row in rows)


def climb(office, look, days=17):
    """Let the days pass on which the rungs lie; `look(day)` does what the schedulers do on it."""
    for number in range(days):
        office.clock.on((date(2026, 10, 8) + number * DAY).isoformat(), "09:00")
        look(number)


@pytest.fixture(scope="module")
def untroubled(sqlite_template, tmp_path_factory):
    """What is told when every clock is right."""
    folder = tmp_path_factory.mktemp("right")
    shutil.copyfile(sqlite_template, folder / "yishen.db")
    office = open_office(f"sqlite:///{folder / 'yishen.db'}", folder / "var")
    lay_out(office)
    climb(office, lambda _day: tick(office.desk, "one"))
    yield told(office)
    office.desk.sessions.engine.dispose()


@pytest.mark.parametrize("jump", [DAY, -DAY], ids=["forward", "back"])
def test_a_jump_of_a_day_neither_loses_nor_doubles_a_rung(office, untroubled, jump):
    """Every third day the clock is a day wrong at noon and right again in the evening."""
    lay_out(office)

    def look(day):
        tick(office.desk, "one")
        if day % 3 == 1:
            right = office.clock.moment
            office.clock.moment = right + jump + timedelta(hours=3)
            tick(office.desk, "one")
            office.clock.moment = right + timedelta(hours=6)
            done = tick(office.desk, "one")
            assert done.keys() >= {"timers", "escalation"}, "work goes on at once, not when the clock has caught up"

    climb(office, look)
    after = told(office)
    assert set(after.values()) == {1}
    assert after == untroubled


def test_schedulers_whose_clocks_differ_by_a_day_share_the_work(office, untroubled, database_url):
    lay_out(office)
    late, early = (
        open_desk(office.desk.settings, now=lambda ahead=ahead: office.clock() + ahead) for ahead in (-DAY, DAY)
    )

    def look(_day):
        for desk, name in ((early, "early"), (office.desk, "right"), (late, "late")):
            tick(desk, name)
            office.clock.forward(hours=1)

    climb(office, look)
    after = told(office)
    assert set(after.values()) == {1}
    assert after.keys() >= untroubled.keys()
    for desk in (late, early):
        desk.sessions.engine.dispose()


def test_a_lease_from_the_future_holds_nobody_up(office):
    minutes = timedelta(minutes=10)
    term = timedelta(minutes=2)
    assert claim(office.desk, "job", "a", minutes, term)
    office.clock.forward(days=-1)
    assert claim(office.desk, "job", "b", minutes, term), "taken by a clock that was a day ahead"
    release(office.desk, "job", "b", done=True)
    assert not claim(office.desk, "job", "c", minutes, term)
    office.clock.forward(days=-1)
    assert claim(office.desk, "job", "c", minutes, term), "last run in the future"


def test_a_scheduler_seen_only_in_the_future_counts_as_not_seen(office):
    tick(office.desk, "a")
    assert not scheduler_is_late(office.desk)
    office.clock.forward(days=-1)
    assert scheduler_is_late(office.desk)
    tick(office.desk, "a")
    assert not scheduler_is_late(office.desk)


def test_a_message_written_by_a_clock_that_was_ahead_is_sent_at_once(office):
    desk = office.desk
    admin = office.people["admin"].id
    office.clock.forward(days=1)
    desk.sessions._write.kw["info"] = {"told_by": ("wecom",)}  # a channel is on
    desk.write(lambda session: tell(session, [admin], key="k", text="请办理", at=desk.now()))
    office.clock.forward(days=-1)
    assert len(_take(desk, ("wecom",))) == 1
    assert len(_take(desk, ("wecom",))) == 0, "and is in the hands of one"


class SetBack(datetime):
    """The wall clock, until it is set back."""

    by = timedelta(0)

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) - cls.by


def test_the_scheduler_process_goes_on_when_the_systems_clock_is_set_back(office, monkeypatch):
    """APScheduler computes its next run from the wall clock and would stand still for the day that comes again."""
    monkeypatch.setattr(SetBack, "by", timedelta(0))
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", SetBack)
    monkeypatch.setattr(process, "system_now", lambda: SetBack.now(UTC))
    ticks, stop = threading.Semaphore(0), threading.Event()
    monkeypatch.setattr(process, "tick", lambda *_: ticks.release())
    scheduling = office.desk.settings.scheduler.model_copy(update={"tick_seconds": 1})
    office.desk.settings = office.desk.settings.model_copy(update={"scheduler": scheduling})
    office.clock.moment = datetime.now(UTC)
    running = threading.Thread(target=process.run, args=(office.desk, stop))
    running.start()
    assert ticks.acquire(timeout=20)
    SetBack.by = DAY
    assert all(ticks.acquire(timeout=20) for _ in range(3))
    stop.set()
    running.join()


# One process somewhere in the world: it works at the office and says what it did.
ABROAD = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from engine.cases.timers import fire_due_timers
from tests.integration.steps_until_killed import reopen
office = reopen(sys.argv[1], Path(sys.argv[2]))
answers = []
for moment in ("2026-12-31T15:59:00", "2026-12-31T16:01:00"):
    office.clock.moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    done = office.register(channel="internet")
    case = office.case(done.case_id)
    answers.append([done.number, str(case.arrived_on), str(office.timers(done.case_id)[0].due_on)])
for moment in ("2027-01-01T15:59:00", "2027-01-01T16:01:00"):
    office.clock.moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    answers.append(fire_due_timers(office.desk).fired)
print(json.dumps(answers))
"""


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_offices_day_rules_whatever_the_servers_time_zone(database_url, tmp_path, zone):
    """16:00 UTC is midnight at the office: another day, here another year of numbers, and timers are due."""
    told = subprocess.run(
        [sys.executable, "-c", ABROAD, database_url, str(tmp_path / "var")],
        cwd=ROOT, env={"TZ": zone, "PGTZ": zone, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(told.stdout) == [
        ["2026-0001", "2026-12-31", "2026-12-31"],
        ["2027-0001", "2027-01-01", "2027-01-01"],
        1,
        1,
    ]
    desk = open_desk(office_settings(database_url, tmp_path / "var"))
    with desk.reading() as session:
        moments = session.scalars(select(CaseEvent.at).order_by(CaseEvent.id)).all()
        assert verify(session).broken is None
    desk.sessions.engine.dispose()
    assert datetime(2026, 12, 31, 15, 59, tzinfo=UTC) in moments
    assert datetime(2026, 12, 31, 16, 1, tzinfo=UTC) in moments
