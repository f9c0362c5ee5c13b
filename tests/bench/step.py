"""What one human step costs: `make bench-step`, or `python -m tests.bench.step [--seconds 40]`.

Every step of a disclosure request is done through `complete_step`, each in a transaction of its own, SQLite with
synchronous=FULL and PostgreSQL with fsync. The floor is the very SQL of that step, replayed through SQLAlchemy Core on
an identical database in the same run, the two taking turns. Other programs on the machine only ever add time, so a
step's figure is its minimum over all cases, summed over the steps; medians and quartiles stand beside it.

The last line is JSON: milliseconds per step, their ratio, and the bytes of the stored state.
"""

import argparse
import json
import platform
import sqlite3
import statistics
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import bindparam, func, select, update

from engine.store.tables import Case
from tests.bench.databases import folder, postgresql
from tests.bench.twin import Measured, Twin
from tests.office import STRAIGHT

# Steps that render a letter do work of another kind: they are shown, but not part of the figure.
WITH_LETTER = frozenset({"issue_reply"})
LOOP: tuple[tuple[str, Mapping[str, Any]], ...] = (("plan", {"outcome": "conference"}), ("conference", {}))
LOOPS = 20
STEP_EARLY, STEP_LATE = 10, 200


def straight_way(twin: Twin, seconds: float) -> tuple[dict[str, Measured], int]:
    """Case after case from registration to the archive until the time is over; and the largest state on the way."""
    steps = {element: Measured() for element in STRAIGHT}
    largest, end = 0, time.monotonic() + seconds
    while time.monotonic() < end or len(next(iter(steps.values())).ours) < 5:
        case = twin.register()
        for element, answers in STRAIGHT.items():
            twin.step(case, element, answers, steps[element])
            largest = max(largest, state_bytes(twin, case))
    return steps, largest


def loops(twin: Twin, seconds: float) -> tuple[Measured, Measured, int, int]:
    """Cases going round and round: their early and late steps, and the largest state after some rounds and at the end.

    A case takes its turn at the early and the late steps within seconds, so both are disturbed alike.
    """
    early, late, others = Measured(), Measured(), Measured()
    after_loops = at_end = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(late.ours) < 15:
        case = twin.register()
        twin.step(case, "completeness", {"outcome": "complete"}, others)
        twin.step(case, "triage", {"outcome": "handle"}, others)
        for done in range(2, STEP_LATE + 6):
            element, answers = LOOP[done % 2]
            near = {STEP_EARLY: early, STEP_LATE: late}.get(round(done, -1), others)
            twin.step(case, element, answers, near if element == "plan" else others)
            if done == 1 + 2 * LOOPS:
                after_loops = max(after_loops, state_bytes(twin, case))
        at_end = max(at_end, state_bytes(twin, case))
    return early, late, after_loops, at_end


def state_bytes(twin: Twin, case: int) -> int:
    """The whole stored state column of a case."""
    with twin.worker.desk.reading() as session:
        return session.scalar(select(func.length(Case.state)).where(Case.id == case)) or 0


def bare_update(twin: Twin, rounds: int = 300) -> float:
    """One UPDATE of a state and COMMIT, nothing else."""
    write = update(Case).where(Case.id == 1).values(state=bindparam("bytes"))
    best = 9.0
    for number in range(rounds):
        started = time.perf_counter()
        with twin.replayer.desk.sessions.engine.begin() as connection:
            connection.execute(write, {"bytes": bytes([number % 256]) * 160})
        best = min(best, time.perf_counter() - started)
    return best


def quiet(measured: list[float]) -> float:
    """Milliseconds of the least disturbed run."""
    return min(measured) * 1000


def spread(measured: list[float]) -> str:
    """Median and quartiles in milliseconds."""
    low, middle, high = statistics.quantiles(measured, n=4)
    return f"{middle * 1000:6.2f} [{low * 1000:.2f}–{high * 1000:.2f}]"


def run(name: str, urls: tuple[str, str], data: Path, seconds: float) -> dict[str, float]:
    """Measure one database and print the table."""
    twin = Twin(urls, data)
    straight_way(twin, 0)  # the first cases compile statements and fill caches on both sides
    steps, largest = straight_way(twin, seconds)
    print(f"\n{name}: {len(steps['archive'].ours)} cases; quiet ms, then median [quartiles]")
    print(f"{'step':18} statements   ours  floor ratio    ours median              floor median")
    for element, one in steps.items():
        ours, floor = quiet(one.ours), quiet(one.floor)
        mark = " (renders a letter)" if element in WITH_LETTER else ""
        print(
            f"{element:18} {one.statements:10} {ours:6.2f} {floor:6.2f} {ours / floor:5.2f}   {spread(one.ours)}"
            f"   {spread(one.floor)}{mark}"
        )
    counted = [one for element, one in steps.items() if element not in WITH_LETTER]
    ours = sum(quiet(one.ours) for one in counted) / len(counted)
    floor = sum(quiet(one.floor) for one in counted) / len(counted)
    print(f"{'mean of steps':18} {'':10} {ours:6.2f} {floor:6.2f} {ours / floor:5.2f}")
    print(f"bare UPDATE and COMMIT {bare_update(twin) * 1000:.2f} ms")
    early, late, after_loops, at_end = loops(twin, seconds / 3)
    growth = min(late.ours) / min(early.ours)
    print(
        f"looping case: step {STEP_EARLY} {quiet(early.ours):.2f} ms, step {STEP_LATE} {quiet(late.ours):.2f} ms,",
        end=" ",
    )
    print(f"ratio {growth:.2f}; state {after_loops} bytes after {LOOPS} rounds, {at_end} at the end")
    twin.close()
    return {
        "floor_ms": round(floor, 3),
        "ours_ms": round(ours, 3),
        "ratio": round(ours / floor, 2),
        "state_bytes_max": largest,
        "state_bytes_after_20_loops": after_loops,
    }


def versions(postgresql_url: str) -> dict[str, str]:
    """What was measured with what."""
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as connection:
        server = connection.info.parameter_status("server_version") or ""
    packages = {name: version(name) for name in ("SpiffWorkflow", "SQLAlchemy", "psycopg")}
    return {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "postgresql": server, **packages}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--seconds", type=float, default=40, help="how long the straight way is walked on each database"
    )
    seconds = parser.parse_args().seconds
    with folder() as place, postgresql(place) as create:
        sqlite = (f"sqlite:///{place}/worker.db", f"sqlite:///{place}/replayer.db")
        server = (create("worker"), create("replayer"))
        result: dict[str, Any] = {
            "sqlite": run("SQLite, WAL, synchronous=FULL", sqlite, place / "files-sqlite", seconds),
            "postgresql": run("PostgreSQL, fsync on", server, place / "files-postgresql", seconds),
            "versions": versions(server[0]),
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
