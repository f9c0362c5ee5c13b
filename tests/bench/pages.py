"""What the pages of lists cost: `make bench-pages N=100000`, or `python -m tests.bench.pages [N] [--at URL]`.

Fills SQLite with a year of N requests (year.py) and opens the lists in the web application as a browser would. Two
floors in the same run: all statements of a page against those alone that read the rows of its list, and the whole
answer against rendering the same template from what is already in memory. Figures are the least of many turns.
"""

import argparse
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from flask import Flask, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine

from engine.cases.desk import Desk
from engine.store.tables import Account, AccountRole
from tests.bench.databases import folder
from tests.bench.national_year import NOON, opened
from tests.bench.year import OFFICER
from tests.office import PASSWORD, Clock, office_settings
from webui.app import create_app
from webui.serve import collect_rarely

REPEAT = 25
# What the frame of a page asks the database for while it is rendered.
ASKED_BY_THE_FRAME = ("scheduler_stopped", "missing_notices", "visible_menu")
# The statements that read what the lines of a list show.
_ROWS = re.compile(r"SELECT (work_item|case_file)\.id( AS item_id)?, ")
PATHS = (
    ("待办", "officer", "/work"),
    ("待签", "officer", "/work?tab=claim"),
    ("已办", "officer", "/work?tab=done"),
    ("全部申请", "supervisor", "/cases"),
    ("全部申请，已超期", "supervisor", "/cases?light=overdue"),
    ("全部申请，第 40 页", "supervisor", "/cases?page=40"),
    ("全部申请，检索", "supervisor", "/cases?q=征地补偿"),
)


@dataclass
class Taken:
    """Seconds of one page at its quickest."""

    whole: float
    template: float
    statements: int
    queries: float
    bare: float


class Tape:
    """The statements of one answer, to be run again."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements: list[tuple[Any, Any]] = []
        self.forbidden = False
        event.listen(engine, "before_execute", self._take)

    def _take(self, _conn: Any, statement: Any, several: Any, one: Any, _options: Any) -> None:
        assert not self.forbidden, f"rendering asks the database: {statement}"
        self.statements.append((statement, several or one))


def measured(app: Flask, tape: Tape, client: FlaskClient, path: str) -> Taken:
    """One list, opened again and again."""
    whole = min(_clocked(lambda: client.get(path, buffered=True)) for _ in range(REPEAT))
    tape.statements.clear()
    answer = client.get(path, buffered=True)
    assert answer.status_code == 200, answer.status_code
    statements = list(tape.statements)
    queries, bare = _replayed(tape, statements)
    return Taken(whole, _rendering(app, tape, client, path), len(statements), queries, bare)


def _rendering(app: Flask, tape: Tape, client: FlaskClient, path: str) -> float:
    """Seconds that the template takes from what the view handed it, inside the same request."""
    took: list[float] = []

    def again(_sender: Any, template: Any, context: dict[str, Any], **_more: Any) -> None:
        known = template.environment.globals
        asking = {name: known[name] for name in ASKED_BY_THE_FRAME if name in known}
        remembered = {name: ask() for name, ask in asking.items()}
        known.update({name: (lambda value=value: value) for name, value in remembered.items()})
        template.globals.update({name: known[name] for name in asking})
        tape.forbidden = True
        try:
            took.extend(_clocked(lambda: template.render(context)) for _ in range(REPEAT))
        finally:
            tape.forbidden = False
            known.update(asking)
            template.globals.update(asking)

    with template_rendered.connected_to(again, app):
        client.get(path, buffered=True)
    return min(took)


def _replayed(tape: Tape, statements: list[tuple[Any, Any]]) -> tuple[float, float]:
    """Seconds of the statements through SQLAlchemy Core: of all, and of those that read the page's rows."""
    best = [9.0] * len(statements)
    for _ in range(REPEAT):
        with tape.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
            for place, (statement, parameters) in enumerate(statements):
                started = time.perf_counter()
                result = connection.execute(statement, parameters)
                if result.returns_rows:
                    result.all()
                best[place] = min(best[place], time.perf_counter() - started)
            connection.rollback()
    rows = [took for took, (statement, _given) in zip(best, statements, strict=True) if _ROWS.match(str(statement))]
    assert rows, "the page reads no rows"
    return sum(best), sum(rows)


def _clocked(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _let_in(desk: Desk) -> None:
    """The officer of the year gets the password of everybody else here, and the role of the lists."""
    with desk.sessions.engine.begin() as connection:
        known = connection.scalar(select(Account.password_hash).where(Account.username == "handler"))
        new = {"username": "officer", "password_hash": known, "password_changed_at": NOON}
        connection.execute(update(Account).where(Account.id == OFFICER).values(**new))
        held = select(AccountRole.role).where(AccountRole.account_id == OFFICER)
        assert connection.scalar(held) == "handler"


def _logged_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert token is not None
    answer = client.post("/login", data={"csrf_token": token[1], "username": username, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def main() -> None:
    """Fill, open, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="?", type=int, default=100_000)
    parser.add_argument("--at", metavar="URL", help="a database of an earlier run, or to be kept")
    given = parser.parse_args()
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        url = given.at or f"sqlite:///{place}/year.db"
        desk = stack.enter_context(opened(url, place, given.cases)).desk
        _let_in(desk)
        app = create_app(office_settings(url, place / "files"), Clock(NOON))
        collect_rarely()  # as the server does
        tape = Tape(app.extensions["yishen_desk"].sessions.engine)
        print("| page | statements | queries ms | rows alone ms | ratio | whole ms | template ms | ratio |")
        print("|---|---:|---:|---:|---:|---:|---:|---:|")
        clients = {name: _logged_in(app, name) for name in ("officer", "supervisor")}
        for title, who, path in PATHS:
            one = measured(app, tape, clients[who], path)
            print(
                f"| {title} | {one.statements} | {one.queries * 1000:.2f} | {one.bare * 1000:.2f} |"
                f" {one.queries / one.bare:.2f} | {one.whole * 1000:.2f} | {one.template * 1000:.2f} |"
                f" {one.whole / one.template:.2f} |"
            )
        app.extensions["yishen_desk"].sessions.engine.dispose()


if __name__ == "__main__":
    main()
