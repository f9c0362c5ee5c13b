"""What pages ask of a database, taken down and replayed: the time of their statements against an index probe's."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, event, select, text

from engine.cases.desk import Desk
from engine.store.tables import Case

REPEAT = 15

# A statement, its parameters, and the options that the page executed it with.
Told = tuple[Any, Any, Any]


@dataclass
class Asked:
    """A page: its statements with parameters, how many rows it shows, and what each repetition took.

    `paged`: it shows so many rows whatever the office has, so its time must not grow with the number of cases.
    """

    name: str
    tape: list[Told]
    rows: int
    paged: bool
    took: list[list[float]] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)

    @property
    def quiet(self) -> float:
        """Seconds of the page, each of its statements in its least disturbed repetition."""
        return sum(min(times) for times in zip(*self.took, strict=True))


class Bench:
    """A filled database and the pages asked of it."""

    def __init__(self, desk: Desk, cases: int) -> None:
        self.desk = desk
        self.cases = cases
        self.engine = desk.sessions.engine
        self.asked: list[Asked] = []
        self.probes: list[float] = []

    def ask(self, name: str, page: Callable[[], int], *, paged: bool = True) -> None:
        """Take down what a page asks of the database; `page` says how many rows it shows."""
        page()  # definitions are parsed once in the life of a process
        tape: list[Told] = []

        def take(_conn: Any, statement: Any, several: Any, one: Any, options: Any) -> None:
            tape.append((statement, several or one, options))

        event.listen(self.engine, "before_execute", take)
        try:
            rows = page()
        finally:
            event.remove(self.engine, "before_execute", take)
        self.asked.append(Asked(name, tape, rows, paged))

    @property
    def probe(self) -> float:
        """Seconds of a SELECT of a case by its primary key, at its quickest."""
        return min(self.probes)

    def replay(self, number: int) -> None:
        """Every page once, a probe before each."""
        probe = select(Case.__table__).where(Case.__table__.c.id == bindparam("id"))
        for one in self.asked:
            self.probes += self._timed([(probe, {"id": 1 + (number * 7919 + len(self.probes)) % self.cases}, {})])
            one.took.append(self._timed(one.tape))

    def _timed(self, tape: list[Told]) -> list[float]:
        """Seconds of each statement."""
        took = []
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            for statement, parameters, options in tape:
                started = time.perf_counter()
                connection.execute(statement, parameters, execution_options=options).all()
                took.append(time.perf_counter() - started)
        return took

    def explain(self) -> None:
        """The plan of every statement, as the database ran it."""
        word = "EXPLAIN (ANALYZE, BUFFERS)" if self.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"

        def prefix(_c: Any, _k: Any, sql: str, parameters: Any, _x: Any, _m: Any) -> tuple[str, Any]:
            return f"{word} {sql}", parameters

        for one in self.asked:
            with self.engine.connect() as connection:
                for place, (statement, parameters, _options) in enumerate(one.tape):
                    best = min(each[place] for each in one.took) * 1000
                    compiled = str(statement.compile(self.engine))
                    event.listen(connection, "before_cursor_execute", prefix, retval=True)
                    try:
                        raw = connection.execute(statement, parameters).cursor
                        plan = "\n".join("  " + str(row[-1]) for row in raw.fetchall()) if raw else ""
                    finally:
                        event.remove(connection, "before_cursor_execute", prefix)
                    one.plans.append(f"{best:.2f} ms\n{compiled}\n{plan}")


def measure(benches: Sequence[Bench]) -> None:
    """Replay all pages of all databases in turn, so that each is disturbed by the machine as much as the others."""
    for number in range(REPEAT):
        for bench in benches:
            bench.replay(number)


def table(small: Bench, large: Bench) -> str:
    """The figures of both as a table of Markdown; the two may be one and the same."""
    lines = [
        f"One probe: {small.probe * 1000:.3f} ms among {small.cases:,} cases, {large.probe * 1000:.3f} ms among"
        f" {large.cases:,}, on {large.engine.dialect.name}.",
        "",
        f"| page | rows | statements | ms, {small.cases:,} | probes | ms, {large.cases:,} | probes | growth |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one, other in zip(small.asked, large.asked, strict=True):
        growth = f"{other.quiet / one.quiet:.2f}" if other.paged else f"({other.quiet / one.quiet:.2f})"
        lines.append(
            f"| {other.name} | {other.rows} | {len(other.tape)} | {one.quiet * 1000:.2f} |"
            f" {one.quiet / small.probe:.1f} | {other.quiet * 1000:.2f} | {other.quiet / large.probe:.1f} | {growth} |"
        )
    return "\n".join(lines)
