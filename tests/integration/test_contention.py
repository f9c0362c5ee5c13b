"""Two officers at one work item at the same moment, and a process killed in the middle of its steps."""

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.cases.audit import verify
from engine.cases.definitions import load_definition
from engine.cases.errors import Stale
from engine.cases.steps import complete_step
from engine.process import waits
from engine.store.tables import Case, CaseEvent, FormRecord, Letter, WorkItem
from tests.integration.steps_until_killed import reopen
from tests.office import ROOT, Office

COMPLETE = {"identity_ok": "yes", "content_ok": "yes", "form_ok": "yes", "outcome": "complete"}


@pytest.mark.parametrize("time_round", range(4))
def test_of_two_officers_one_succeeds_and_the_other_learns_who_and_when(office, time_round):
    case = office.register().case_id
    (work,) = office.open_steps(case)
    start, results = threading.Barrier(2), {}

    def officer(username: str) -> None:
        start.wait()
        try:
            complete_step(office.desk, office.people[username], work.id, COMPLETE)
            results[username] = "done"
        except Stale as stale:
            results[username] = str(stale)

    threads = [threading.Thread(target=officer, args=(name,)) for name in ("handler", "handler2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (first,) = [name for name, result in results.items() if result == "done"]
    (told,) = [result for result in results.values() if result != "done"]
    assert f"已由 {office.people[first].name} 于 2026-09-16 10:00 办理完毕" in told
    with office.desk.reading() as session:
        mine = (FormRecord.case_id == case, FormRecord.form == "completeness")
        assert session.scalars(select(FormRecord.filled_by).where(*mine)).all() == [office.people[first].id]
        assert verify(session).broken is None
    assert office.waiting(case) == ["triage"]


@pytest.mark.parametrize(("kind", "kills"), [("sqlite", 10), ("postgresql", 5)])
def test_a_killed_process_leaves_every_case_before_or_after_a_step(request, tmp_path, kind, kills):
    url = (
        request.getfixturevalue("sqlite_url") if kind == "sqlite" else request.getfixturevalue("postgresql_database")()
    )
    moments, steps = random.Random(20260916), []
    for _ in range(kills):
        steps += killed_after(url, tmp_path, moments)
        office = reopen(url, tmp_path)
        assert_whole(office)
        office.desk.sessions.engine.dispose()
    assert len(steps) >= kills

    # What was cut off can be done again: everything under way is carried to its end.
    office = reopen(url, tmp_path)
    with office.desk.reading() as session:
        under_way = session.scalars(select(Case.id).where(Case.archived_at.is_(None))).all()
    for case in under_way:
        office.advance(case)
        assert office.case(case).archived_at is not None
    assert_whole(office)
    office.desk.sessions.engine.dispose()


def killed_after(url: str, folder: Path, moments: random.Random) -> list[str]:
    """Steps that a process reported before it was killed at a random moment."""
    script = [sys.executable, "-m", "tests.integration.steps_until_killed", url, str(folder)]
    with subprocess.Popen(script, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        reported = [process.stdout.readline() for _ in range(moments.randint(1, 12))]
        time.sleep(moments.uniform(0, 0.05))
        process.kill()
        reported += process.stdout.read().splitlines()
    assert all(reported), "the process ended by itself"
    return reported


def assert_whole(office: Office) -> None:
    """State, work items, forms, letters and audit trail of every case tell one story."""
    with office.desk.reading() as session:
        assert verify(session).broken is None
        open_tokens = Counter()
        for work in session.scalars(select(WorkItem).where(WorkItem.status == "open")):
            open_tokens[work.case_id, work.token] += 1
        awaited = Counter()
        for case in session.scalars(select(Case)).all():
            definition = load_definition(session, office.desk.library, case.definition_digest)
            state = office.case(case.id).state
            found = waits(definition, state) if state else ()
            awaited.update((case.id, wait.token) for wait in found if wait.kind == "step")
            last = session.scalar(select(func.max(CaseEvent.seq)).where(CaseEvent.case_id == case.id))
            assert case.event_seq == last
        assert open_tokens == awaited
        told = session.scalar(
            select(func.count()).select_from(CaseEvent).where(CaseEvent.action.in_(["register", "complete"]))
        )
        assert told == session.scalar(select(func.count()).select_from(FormRecord))
        numbers = session.scalars(select(Case.number).order_by(Case.id)).all()
        assert numbers == [f"2026-{serial:04d}" for serial in range(1, len(numbers) + 1)]
        serials = session.scalars(select(Letter.serial).where(Letter.series == "reply").order_by(Letter.serial)).all()
        assert serials == list(range(1, len(serials) + 1))
