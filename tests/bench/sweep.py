"""A sweep costs by what is due: `make bench-sweep N=1000000`, or `python -m tests.bench.sweep [N] [--sqlite]`.

Two offices, one with ten thousand open cases and one with N, none of which is due. Into both, 1,000 cases are copied
whose time for correction has passed, and the sweep of a scheduler is timed on both in turn: finding what is due, firing
it, and a run of the escalation ladder after it. On PostgreSQL then one scheduler process against two, each with 1,000
due, and every timer is looked at: it must have fired exactly once. The last line is JSON.
"""

import argparse
import json
import multiprocessing
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.cases.desk import open_desk
from engine.cases.escalation import escalate
from engine.cases.timers import due_timers, fire_due_timers
from engine.store import migrate
from engine.store.session import open_engine
from engine.store.tables import CaseEvent, ProcessDefinition, Timer
from tests.bench.copies import copies, put_off, waiting_for_correction
from tests.bench.databases import folder, postgresql
from tests.bench.year import TODAY, generate
from tests.office import ZONE, Clock, Office, office_settings, open_office

DUE, SMALL, ROUNDS, FINDS = 1000, 10_000, 2, 20
BEFORE = datetime(2026, 11, 2, 10, tzinfo=ZONE)
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=ZONE)
PHASES = ("find", "fire", "escalate")


@dataclass
class Swept:
    """An office, the case that its copies are made of, and the milliseconds of each phase of its sweeps."""

    office: Office
    original: int
    took: dict[str, list[float]] = field(default_factory=lambda: {phase: [] for phase in PHASES})

    def best(self, phase: str) -> float:
        return min(self.took[phase])


def filled(url: str, place: Path, cases: int) -> Swept:
    """An office with so many open cases that nothing is due of."""
    migrate.upgrade(url)
    office = open_office(url, place, Clock(BEFORE))
    with office.desk.reading() as session:
        own = ProcessDefinition.case_type == "disclosure_request"
        digest = session.scalar(select(ProcessDefinition.digest).where(own))
    patient = open_engine(url, patient=True)
    generate(patient, cases, str(digest), idle=True)
    patient.dispose()
    original = waiting_for_correction(office)
    office.clock.moment = NOON
    return Swept(office, original)


def sweep(one: Swept) -> None:
    """Fill in what is due, and time the sweep over it."""
    desk = one.office.desk
    ids = copies(desk, one.original, DUE)
    put_off(desk, one.original)
    for _ in range(FINDS):
        one.took["find"].append(_clocked(lambda: _find(one)))
    one.took["fire"].append(_clocked(lambda: fire_due_timers(desk)))
    _fired_once(one, ids)
    escalate(desk)
    one.took["escalate"].append(_clocked(lambda: escalate(desk)))
    _renew(one)


def _find(one: Swept) -> None:
    found = 0
    with one.office.desk.reading() as session:
        portion = due_timers(session, TODAY)
        while portion:
            found += len(portion)
            portion = due_timers(session, TODAY, portion[-1])
    assert found == DUE, f"{found} timers are due"


def _renew(one: Swept) -> None:
    """The original waits again, for the next copies."""
    with one.office.desk.sessions.engine.begin() as connection:
        table = Timer.__table__
        connection.execute(table.update().where(table.c.case_id == one.original).values(cancelled_at=None))


def _fired_once(one: Swept, ids: list[int]) -> None:
    with one.office.desk.reading() as session:
        rows = session.execute(
            select(CaseEvent.case_id, func.count())
            .where(CaseEvent.case_id.in_(ids), CaseEvent.action == "timer")
            .group_by(CaseEvent.case_id)
        )
        told = [(case, count) for case, count in rows]
        waiting = session.scalar(select(func.count()).where(Timer.case_id.in_(ids), Timer.fired_at.is_(None)))
    assert sorted(told) == [(case, 1) for case in ids], "a timer fired twice, or not at all"
    assert waiting == 0, f"{waiting} timers were left"


def _clocked(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _scheduler(url: str, place: str, ready: Any, go: Any, fired: Any) -> None:
    """A process of its own that sweeps once, when it is told."""
    desk = open_desk(office_settings(url, Path(place)), now=Clock(NOON))
    with desk.reading() as session:
        due_timers(session, TODAY)
    ready.release()
    go.wait()
    fired.put(fire_due_timers(desk).fired)
    desk.sessions.engine.dispose()


def schedulers(one: Swept, url: str, place: Path, count: int) -> float:
    """Seconds that `count` processes together need for 1,000 due timers; each fires once."""
    ids = copies(one.office.desk, one.original, DUE)
    put_off(one.office.desk, one.original)
    spawn = multiprocessing.get_context("spawn")
    ready, go, fired = spawn.Semaphore(0), spawn.Event(), spawn.Queue()
    processes = [spawn.Process(target=_scheduler, args=(url, str(place), ready, go, fired)) for _number in range(count)]
    for process in processes:
        process.start()
    for _process in processes:
        ready.acquire()
    started = time.perf_counter()
    go.set()
    shares = [fired.get() for _process in processes]
    took = time.perf_counter() - started
    for process in processes:
        process.join()
    assert sum(shares) == DUE, f"{shares} of {DUE} fired"
    _fired_once(one, ids)
    _renew(one)
    return took


def whole(small: Swept, large: Swept) -> dict[str, float]:
    """What a sweep takes from finding what is due to the end of the escalation run, in milliseconds, and the ratio."""
    took = [sum(one.best(phase) for phase in PHASES) for one in (small, large)]
    return {"open_10k_ms": round(took[0], 2), "open_N_ms": round(took[1], 2), "ratio": round(took[1] / took[0], 2)}


def main() -> None:
    """Fill both offices, sweep them in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL")
    given = parser.parse_args()
    told: dict[str, Any] = {"due": DUE, "N": given.cases}
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        if given.sqlite:
            urls = {name: f"sqlite:///{place}/{name}.db" for name in ("small", "large")}
        else:
            create = stack.enter_context(postgresql(place, "shared_buffers = '1GB'", "max_wal_size = '8GB'"))
            urls = {name: create(name) for name in ("small", "large")}
        small = filled(urls["small"], place / "small", SMALL)
        large = filled(urls["large"], place / "large", given.cases)
        for _round in range(ROUNDS):
            sweep(small)
            sweep(large)
        told |= whole(small, large)
        for phase in PHASES:
            pair = (small.best(phase), large.best(phase))
            told[phase] = {"10k_ms": round(pair[0], 2), "N_ms": round(pair[1], 2), "ratio": round(pair[1] / pair[0], 2)}
            print(f"{phase:9} 10k: {_spread(small.took[phase])}   N: {_spread(large.took[phase])}  ms")
        if not given.sqlite:
            pairs = [[schedulers(large, urls["large"], place / "large", count) for count in (1, 2)] for _ in range(3)]
            alone, together = (min(times) for times in zip(*pairs, strict=True))
            told["schedulers"] = {
                "one_s": round(alone, 2),
                "two_s": round(together, 2),
                "gain": round(alone / together, 2),
            }
        for one in (small, large):
            one.office.desk.sessions.engine.dispose()
    print(json.dumps({"sqlite" if given.sqlite else "postgresql": told}))


def _spread(took: list[float]) -> str:
    return f"{min(took):.2f} (median {statistics.median(took):.2f})"


if __name__ == "__main__":
    main()
