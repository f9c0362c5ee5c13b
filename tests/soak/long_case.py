"""A case of two thousand human steps: `python -m tests.soak.long_case [STEPS]`.

One request goes from the plan to a conference and back, again and again, then to the archive, every step a command in a
transaction of its own, on both databases. Measured are the stored state, the statements and the time of early and of
late steps (the median of nine). Ends with a line of JSON.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import event, func, select

from engine.store import migrate
from engine.store.tables import DONE, WorkItem
from tests.office import Office, open_office
from tests.soak.server import Server

EARLY = 10
_NEAR = 4


@dataclass
class LongCase:
    """What one long case cost."""

    database: str
    steps: int
    state_bytes_early: int
    state_bytes_late: int
    statements_early: int
    statements_late: int
    milliseconds_early: float
    milliseconds_late: float
    archived: bool


def long_case(office: Office, steps: int, say: Callable[[str], None] = lambda _line: None) -> LongCase:
    """Carry a case of the office through so many human steps and to its end."""
    case = office.register().case_id
    office.do("completeness", case=case, outcome="complete")
    office.do("triage", case=case, outcome="handle")
    took, statements, sizes = [0.0] * 3, [0] * 3, [0] * 3
    ending = 9  # drafting, four signatures, issue, dispatch and archive, and the plan that leads there
    for number in range(4, steps - ending + 2):
        element, outcome = ("plan", {"outcome": "conference"}) if number % 2 == 0 else ("conference", {})
        opened, actor = office.open(element, case=case)
        with counted(office) as sent:
            begun = time.perf_counter()
            office.hand_in(opened, actor, **outcome)
            took.append(time.perf_counter() - begun)
        statements.append(len(sent))
        sizes.append(len(office.case(case).state or b""))
        if number % 200 == 0:
            say(f"{number} of {steps} steps")
    if office.waiting(case) == ["conference"]:
        office.do("conference", case=case)
    office.do("plan", case=case, outcome="draft")
    office.advance(case)
    early = slice(EARLY - _NEAR, EARLY + _NEAR + 1)
    late = slice(len(took) - 2 * _NEAR - 1, len(took))
    return LongCase(
        database=office.desk.sessions.engine.dialect.name,
        steps=done_steps(office, case),
        state_bytes_early=max(sizes[early]),
        state_bytes_late=max(sizes[late]),
        statements_early=max(statements[early]),
        statements_late=max(statements[late]),
        milliseconds_early=round(statistics.median(took[early]) * 1000, 2),
        milliseconds_late=round(statistics.median(took[late]) * 1000, 2),
        archived=office.case(case).archived_at is not None and office.case(case).state is None,
    )


def done_steps(office: Office, case: int) -> int:
    """How many steps of the case people have done."""
    with office.desk.reading() as session:
        return session.scalar(select(func.count()).select_from(WorkItem).where(WorkItem.case_id == case, DONE)) or 0


@contextmanager
def counted(office: Office) -> Iterator[list[str]]:
    """The statements sent inside."""
    sent: list[str] = []

    def take(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(office.desk.sessions.engine, "before_cursor_execute", take)
    try:
        yield sent
    finally:
        event.remove(office.desk.sessions.engine, "before_cursor_execute", take)


def main() -> None:
    """Both databases at the length asked for."""
    parser = argparse.ArgumentParser(description="One case with very many human steps.")
    parser.add_argument("steps", type=int, nargs="?", default=2000)
    steps = parser.parse_args().steps
    results = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="yishen-soak-")))
        for url in (f"sqlite:///{folder / 'office.db'}", stack.enter_context(Server()).create("office")):
            migrate.upgrade(url)
            office = open_office(url, folder / "files")
            name = office.desk.sessions.engine.dialect.name
            found = long_case(office, steps, lambda line, name=name: sys.stderr.write(f"{name}: {line}\n") and None)
            results.append(asdict(found))
            office.desk.sessions.engine.dispose()
    sys.stdout.write(json.dumps({"long_case": results}) + "\n")
    whole = all(one["archived"] and one["state_bytes_late"] <= one["state_bytes_early"] for one in results)
    sys.exit(0 if whole else 1)


if __name__ == "__main__":
    main()
