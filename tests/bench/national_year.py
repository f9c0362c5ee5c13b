"""Pages and sweeps over a national year of requests: `make bench-national N=1000000`.

    python -m tests.bench.national_year [N] [--sqlite] [--plans FILE]

Fills a database with N requests (year.py), then asks what the pages ask, through the program's own queries. What a
page costs is the time of its statements, replayed through SQLAlchemy Core, against one SELECT of a case by primary key
in the same run (a probe), the two taking turns; each figure is the least of its repetitions. With --plans the plan of
every statement is written to a file.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, event, select, text

from engine.cases.casepage import case_page
from engine.cases.desk import Actor, Desk
from engine.cases.timers import due_timers
from engine.cases.worklists import Filters, Tab, all_cases, counts, my_work
from engine.store import migrate
from engine.store.session import open_engine
from engine.store.tables import Case, ProcessDefinition
from tests.bench.databases import folder, postgresql
from tests.bench.year import RARE, TODAY, UNITS, generate
from tests.office import ZONE, Clock, open_office

REPEAT = 15
SERVER = ("shared_buffers = '1GB'", "work_mem = '32MB'", "maintenance_work_mem = '512MB'", "max_wal_size = '8GB'")


@dataclass
class Asked:
    """A page: its statements with parameters, and what each repetition took."""

    name: str
    tape: list[tuple[Any, Any]]
    rows: int
    took: list[list[float]] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)

    @property
    def quiet(self) -> float:
        """Seconds of the page in its least disturbed repetition."""
        return min(sum(each) for each in self.took)


class Bench:
    """A filled database and the pages asked of it."""

    def __init__(self, desk: Desk, cases: int) -> None:
        self.desk = desk
        self.cases = cases
        self.engine = desk.sessions.engine
        self.asked: list[Asked] = []
        self.probes: list[float] = []

    def ask(self, name: str, page: Callable[[], Any]) -> None:
        """Take down what a page asks of the database."""
        page()  # definitions are parsed once in the life of a process
        tape: list[tuple[Any, Any]] = []

        def take(_conn: Any, statement: Any, several: Any, one: Any, _options: Any) -> None:
            tape.append((statement, several or one))

        event.listen(self.engine, "before_execute", take)
        try:
            answer = page()
        finally:
            event.remove(self.engine, "before_execute", take)
        self.asked.append(Asked(name, tape, len(answer) if isinstance(answer, list | tuple) else answer or 0))

    def measure(self) -> None:
        """Replay every page and a probe in turn, REPEAT times."""
        probe = select(Case.__table__).where(Case.__table__.c.id == bindparam("id"))
        for number in range(REPEAT):
            for one in self.asked:
                self.probes += self._timed([(probe, {"id": 1 + (number * 7919 + len(self.probes)) % self.cases})])
                one.took.append(self._timed(one.tape))

    def _timed(self, tape: list[tuple[Any, Any]]) -> list[float]:
        """Seconds of each statement."""
        took = []
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            for statement, parameters in tape:
                started = time.perf_counter()
                connection.execute(statement, parameters).all()
                took.append(time.perf_counter() - started)
        return took

    def explain(self) -> None:
        """The plan of every statement, as the database ran it."""
        word = "EXPLAIN (ANALYZE, BUFFERS)" if self.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"

        def prefix(_c: Any, _k: Any, sql: str, parameters: Any, _x: Any, _m: Any) -> tuple[str, Any]:
            return f"{word} {sql}", parameters

        for one in self.asked:
            with self.engine.connect() as connection:
                for place, (statement, parameters) in enumerate(one.tape):
                    best = min(each[place] for each in one.took) * 1000
                    compiled = str(statement.compile(self.engine))
                    event.listen(connection, "before_cursor_execute", prefix, retval=True)
                    try:
                        raw = connection.execute(statement, parameters).cursor
                        plan = "\n".join("  " + str(row[-1]) for row in raw.fetchall()) if raw else ""
                    finally:
                        event.remove(connection, "before_cursor_execute", prefix)
                    one.plans.append(f"{best:.2f} ms\n{compiled}\n{plan}")

    def table(self) -> str:
        """The figures as a table of Markdown."""
        probe = min(self.probes)
        lines = [
            f"One probe: {probe * 1000:.3f} ms. {self.cases:,} cases on {self.engine.dialect.name}.",
            "",
            "| page | statements | ms | probes |",
            "|---|---:|---:|---:|",
        ]
        lines += [
            f"| {one.name} | {len(one.tape)} | {one.quiet * 1000:.2f} | {one.quiet / probe:.1f} |" for one in self.asked
        ]
        return "\n".join(lines)


def pages(bench: Bench, handler: Actor, head: Actor) -> None:
    """Everything that is asked."""
    desk, nothing = bench.desk, Filters()
    overdue = Filters(light="overdue", status="open")

    def listing(filters: Filters, page: int = 1) -> Callable[[], int]:
        return lambda: len(all_cases(desk, head, filters, page).rows)

    bench.ask("my to-do", lambda: len(my_work(desk, handler, Tab.TODO, nothing).rows))
    bench.ask("to claim", lambda: len(my_work(desk, handler, Tab.CLAIM, nothing).rows))
    bench.ask("to claim, leader", lambda: len(my_work(desk, head, Tab.CLAIM, nothing).rows))
    bench.ask("overdue, first page", listing(overdue))
    bench.ask("overdue, page 40", listing(overdue, 40))
    bench.ask("all open, first page", listing(Filters(status="open")))
    bench.ask("all cases, first page", listing(nothing))
    bench.ask("search, two characters (采购)", listing(Filters(text="采购")))
    bench.ask("search, four characters (征地补偿)", listing(Filters(text="征地补偿")))
    bench.ask(f"search, rare word ({RARE})", listing(Filters(text=RARE)))
    bench.ask("search, applicant", listing(Filters(text="王伟芳")))
    bench.ask("search, number", listing(Filters(text=f"2026-{bench.cases // 2}")))
    bench.ask("counts beside the menu", lambda: counts(desk, handler).todo)
    bench.ask("case page", lambda: len(case_page(desk, handler, bench.cases // 2).flow))
    bench.ask("due timers, first portion", lambda: reading(desk, lambda session: len(due_timers(session, TODAY))))


def reading(desk: Desk, ask: Callable[[Any], Any]) -> Any:
    """One query in a session of its own."""
    with desk.reading() as session:
        return ask(session)


@contextmanager
def filled(url: str, place: Path, cases: int) -> Iterator[Bench]:
    """The office with its year."""
    migrate.upgrade(url)
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=ZONE)
    office = open_office(url, place / "files", Clock(noon))
    with office.desk.reading() as session:
        own = ProcessDefinition.case_type == "disclosure_request"
        digest = session.scalar(select(ProcessDefinition.digest).where(own))
    patient = open_engine(url, patient=True)
    started = time.monotonic()
    generate(patient, cases, str(digest))
    patient.dispose()
    print(f"{cases:,} cases made in {timedelta(seconds=round(time.monotonic() - started))}")
    bench = Bench(office.desk, cases)
    leader = office.people["leader"]
    handler = Actor(1000 + UNITS // 2, "经办", leader.agency_id, 1000 + UNITS // 2, frozenset({"handler"}))
    pages(bench, handler, leader)
    yield bench
    office.desk.sessions.engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL")
    parser.add_argument("--plans", type=Path, metavar="FILE", help="write the plan of every statement")
    given = parser.parse_args()
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        url = f"sqlite:///{place}/year.db" if given.sqlite else stack.enter_context(postgresql(place, *SERVER))("year")
        bench = stack.enter_context(filled(url, place, given.cases))
        bench.measure()
        print(bench.table())
        if given.plans:
            bench.explain()
            told = [f"## {one.name}\n\n" + "\n\n".join(one.plans) for one in bench.asked]
            given.plans.write_text("\n\n".join(told), encoding="utf-8")


if __name__ == "__main__":
    main()
