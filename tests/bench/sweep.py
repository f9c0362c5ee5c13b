"""Finding what is due costs by what is due: `make bench-sweep N=1000000`, or `python -m tests.bench.sweep [N]`.

Two offices on PostgreSQL, one with ten thousand cases and one with N, each with 1,000 timers whose day has passed. What
is timed are the queries by which a scheduler finds them (the least of the repetitions, the two taking turns). The last
line is JSON.
"""

import argparse
import json
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text

from engine.cases.timers import due_timers
from engine.store import migrate
from engine.store.session import Sessions, open_engine
from engine.store.tables import ProcessDefinition
from tests.bench.databases import folder, postgresql
from tests.bench.year import TODAY, generate
from tests.office import Clock, open_office

DUE, SMALL, REPEAT = 1000, 10_000, 40

_LATER = "UPDATE timer SET due_on = :later"
_DUE = """
INSERT INTO timer (case_id, token, element, clock, due_on, opened_at)
SELECT id, 'due', 'bench', 'correction', :day, registered_at FROM case_file ORDER BY id LIMIT :due
"""


def _office(url: str, place: Path, cases: int) -> Sessions:
    migrate.upgrade(url)
    office = open_office(url, place, Clock())
    with office.desk.reading() as session:
        digest = session.scalar(
            select(ProcessDefinition.digest).where(ProcessDefinition.case_type == "disclosure_request")
        )
    engine = open_engine(url, patient=True)
    generate(engine, cases, str(digest))
    with engine.begin() as connection:
        connection.execute(text(_LATER), {"later": TODAY + timedelta(days=30)})
        connection.execute(text(_DUE), {"day": TODAY - timedelta(days=1), "due": DUE})
        connection.execute(text("ANALYZE timer"))
    return Sessions(engine)


def _took(sessions: Sessions) -> float:
    with sessions.read() as session:
        found = 0
        started = time.perf_counter()
        portion = due_timers(session, TODAY)
        while portion:
            found += len(portion)
            portion = due_timers(session, TODAY, portion[-1])
        took = time.perf_counter() - started
    assert found == DUE, f"{found} timers are due"
    return took * 1000


def main() -> None:
    """Fill both offices, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="?", type=int, default=1_000_000)
    given = parser.parse_args()
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        create = stack.enter_context(postgresql(place, "shared_buffers = '1GB'", "max_wal_size = '8GB'"))
        small = _office(create("small"), place / "small", SMALL)
        large = _office(create("large"), place / "large", given.cases)
        times = [(_took(small), _took(large)) for _round in range(REPEAT)]
        open_small, open_large = (min(side) for side in zip(*times, strict=True))
        small.engine.dispose()
        large.engine.dispose()
    told = {
        "open_10k_ms": round(open_small, 3),
        "open_N_ms": round(open_large, 3),
        "ratio": round(open_large / open_small, 2),
        "due": DUE,
        "N": given.cases,
    }
    print(json.dumps({"postgresql": told}))


if __name__ == "__main__":
    main()
