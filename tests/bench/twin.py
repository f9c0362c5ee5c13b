"""Two offices that are alike to the last row: one works through the commands, the other replays their SQL.

Whatever a step issues at the first office is taken down as SQLAlchemy's own statements with their parameters, and
issued again at the second through SQLAlchemy Core: no process engine, no forms, no clock, no objects. Because every
statement of every step is replayed, the two databases stay alike, and a replay changes the very rows that the step
changed.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event

from engine.cases.stepform import step_form
from engine.cases.steps import complete_step
from engine.store import migrate
from tests.office import fill, open_office

Tape = list[tuple[Any, Any]]


@dataclass
class Measured:
    """Seconds that one kind of step took at each office, and how many statements it issued with BEGIN and COMMIT."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    statements: int = 0


class Twin:
    """The two offices; `worker` does the work, `replayer` is the floor."""

    def __init__(self, urls: tuple[str, str], data: Path) -> None:
        for url in urls:
            migrate.upgrade(url)
        self.worker, self.replayer = (open_office(url, data / str(number)) for number, url in enumerate(urls))
        self.tape: Tape = []
        self._filled: dict[str, dict[str, Any]] = {}
        self._replayed: Tape = []
        # Listening costs something: both are listened to, so that it costs both the same.
        for office, tape in ((self.worker, self.tape), (self.replayer, self._replayed)):
            event.listen(office.desk.sessions.engine, "before_execute", _taking_down(tape))

    def close(self) -> None:
        """Disconnect both."""
        for office in (self.worker, self.replayer):
            office.desk.sessions.engine.dispose()

    def register(self) -> int:
        """A new case at the first office and, by its statements, at the second."""
        self.tape.clear()
        case = self.worker.register().case_id
        self.replay()
        return case

    def step(self, case: int, element: str, answers: Mapping[str, Any], into: Measured) -> None:
        """Do one step at the first office and replay it at the second, both on the clock."""
        work = next(one for one in self.worker.open_steps(case) if one.element == element)
        actor = self.worker._doer(work)
        key = f"{element} {answers}"
        if key not in self._filled:
            opened = step_form(self.worker.desk, actor, work.id)
            self._filled[key] = fill(opened.form, {**opened.values, **answers}, self.worker.clock.today)
        filled = self._filled[key]
        self.tape.clear()
        into.ours.append(_clocked(lambda: complete_step(self.worker.desk, actor, work.id, filled)))
        into.statements = len(self.tape) + 2
        into.floor.append(_clocked(self.replay))

    def replay(self) -> None:
        """The statements taken down, at the second office, in one transaction."""
        self._replayed.clear()
        with self.replayer.desk.sessions.engine.begin() as connection:
            for statement, parameters in self.tape:
                result = connection.execute(statement, parameters)
                if result.returns_rows:
                    result.all()


def _taking_down(tape: Tape) -> Callable[..., None]:
    def take(_conn: Any, statement: Any, several: Any, one: Any, _options: Any) -> None:
        tape.append((statement, several or one))

    return take


def _clocked(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
