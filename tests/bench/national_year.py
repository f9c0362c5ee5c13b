"""The pages of a national year of requests: `make bench-national N=1000000`.

    python -m tests.bench.national_year [N] [--sqlite] [--plans FILE] [--at URL URL]

Fills two databases with a year of requests (year.py), N/10 and N of them, then asks what the pages ask, through the
program's own queries. What a page costs is the time of its statements, replayed through SQLAlchemy Core, against one
SELECT of a case by primary key in the same run (a probe), pages and probes taking turns; each figure is the least of
its repetitions. With --plans the plan of every statement is written to a file. With --at the databases of an earlier
run, the smaller first, are measured again.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.cases.alike import Asked, alike
from engine.cases.annual import annual_table3
from engine.cases.case_counts import kept, scanned
from engine.cases.casepage import case_page
from engine.cases.desk import Actor, Desk, open_desk
from engine.cases.filters import Filters
from engine.cases.full_text import search_text
from engine.cases.menu_counts import in_hand
from engine.cases.supervised import Group
from engine.cases.supervision import board, trend
from engine.cases.supervision_lists import Wanted, cases_of
from engine.cases.timers import due_timers
from engine.cases.work_tabs import Tab
from engine.cases.worklists import all_cases, my_work
from engine.store import migrate
from engine.store.session import open_engine
from engine.store.tables import Account, Case, ProcessDefinition
from tests.bench.asked import Bench, measure, table
from tests.bench.databases import folder, postgresql
from tests.bench.texts import REQUEST
from tests.bench.year import OFFICER, RARE, TODAY, generate
from tests.office import ZONE, Clock, office_settings, open_office

SERVER = ("shared_buffers = '1GB'", "work_mem = '32MB'", "maintenance_work_mem = '512MB'", "max_wal_size = '8GB'")
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=ZONE)


def pages(bench: Bench) -> None:
    """Everything that is asked."""
    desk, nothing = bench.desk, Filters()
    head = _actor(desk, Account.username == "supervisor", "supervisor")
    handler = _actor(desk, Account.id == OFFICER, "handler")
    overdue = Filters(light="overdue", status="open")

    def listing(filters: Filters, page: int = 1) -> Callable[[], int]:
        return lambda: len(all_cases(desk, head, filters, page).rows)

    bench.ask("my to-do", lambda: len(my_work(desk, handler, Tab.TODO, nothing).rows))
    bench.ask("to claim", lambda: len(my_work(desk, handler, Tab.CLAIM, nothing).rows))
    bench.ask("done", lambda: len(my_work(desk, handler, Tab.DONE, nothing).rows))
    bench.ask("closed", lambda: len(my_work(desk, handler, Tab.CLOSED, nothing).rows))
    bench.ask("overdue, first page", listing(overdue))
    bench.ask("overdue, page 100", listing(overdue, 100))
    bench.ask("all open, first page", listing(Filters(status="open")))
    bench.ask("all cases, first page", listing(nothing))
    bench.ask("search, two characters (采购)", listing(Filters(text="采购")))
    bench.ask("search, four characters (征地补偿)", listing(Filters(text="征地补偿")))
    bench.ask(f"search, rare word ({RARE})", listing(Filters(text=RARE)))
    bench.ask("search, applicant", listing(Filters(text="王伟芳")))
    bench.ask("search, number", listing(Filters(text=f"2026-{bench.cases // 2}")))
    for word in ("采购", "征地补偿", RARE, "会议记录 征地补偿", "征地补偿 拆迁安置"):
        bench.ask(f"full text ({word})", lambda word=word: len(search_text(desk, head, word).rows))
    asked = Asked("王伟芳", "云1", "青石街征地补偿红线图", f"申请公开青石街征地补偿的红线图。{REQUEST}")
    bench.ask("same applicant, same matter", lambda: len(alike(desk, head, asked).similar))
    bench.ask("counts beside the menu", lambda: in_hand(desk, handler).todo)
    own = _own_case(desk)
    bench.ask("case page", lambda: len(case_page(desk, handler, own).flow))
    bench.ask("supervision, overdue cases", lambda: len(cases_of(desk, head, Wanted(Group.OVERDUE)).rows))
    bench.ask("counts by unit and status", lambda: len(board(desk, head).units), paged=False)
    bench.ask("the last twelve months", lambda: len(trend(desk, head)), paged=False)
    bench.ask("annual table 3", lambda: len(annual_table3(desk, None, TODAY.year).table))
    bench.ask("due timers, first portion", lambda: _due(desk))


def _actor(desk: Desk, who: Any, role: str) -> Actor:
    with desk.reading() as session:
        one = session.scalars(select(Account).where(who)).one()
        return Actor(one.id, one.name, one.agency_id, one.unit_id, frozenset({role}))


def _own_case(desk: Desk) -> int:
    """A case of the officer that has come to its end."""
    with desk.reading() as session:
        mine = select(func.max(Case.id)).where(Case.handler_id == OFFICER, Case.closed_at.is_not(None))
        return session.scalar(mine) or 1


def _due(desk: Desk) -> int:
    with desk.reading() as session:
        return len(due_timers(session, TODAY))


@contextmanager
def opened(url: str, place: Path, cases: int) -> Iterator[Bench]:
    """The office with its year, filled if it is empty."""
    migrate.upgrade(url)
    desk = open_desk(office_settings(url, place / "files"), now=Clock(NOON))
    if desk.sessions.engine.dialect.name == "sqlite":
        # An office's database has no statistics; those of an earlier run are forgotten.
        with desk.sessions.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE IF EXISTS sqlite_stat1")
            connection.exec_driver_sql("DROP TABLE IF EXISTS sqlite_stat4")
        desk.sessions.engine.dispose()
    with desk.reading() as session:
        known = session.scalar(select(func.max(Case.id))) or 0
    if not known:
        desk.sessions.engine.dispose()
        desk = open_office(url, place / "files", Clock(NOON)).desk
        _fill(desk, url, cases)
    bench = Bench(desk, known or cases)
    pages(bench)
    yield bench
    desk.sessions.engine.dispose()


def _fill(desk: Desk, url: str, cases: int) -> None:
    with desk.reading() as session:
        own = ProcessDefinition.case_type == "disclosure_request"
        digest = session.scalar(select(ProcessDefinition.digest).where(own))
    patient = open_engine(url, patient=True)
    started = time.monotonic()
    generate(patient, cases, str(digest), texts=True)
    patient.dispose()
    print(f"{cases:,} cases made in {timedelta(seconds=round(time.monotonic() - started))}")


def _full_scan(bench: Bench) -> str:
    """What the annual table would cost without the counts that are kept; and that it would be the same."""
    started = time.monotonic()
    with bench.desk.reading() as session:
        same = kept(session) == scanned(session, bench.desk.zone)
    took = time.monotonic() - started
    return (
        f"\nAnnual figures by reading all {bench.cases:,} cases: {took:.1f} s, {'the same' if same else 'DIFFERENT'}."
    )


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL")
    parser.add_argument("--plans", type=Path, metavar="FILE", help="write the plan of every statement")
    parser.add_argument("--at", nargs=2, metavar="URL", help="databases to measure, filled first if they are empty")
    given = parser.parse_args()
    sizes = (max(given.cases // 10, 1000), given.cases)
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        if given.at:
            urls = given.at
        elif given.sqlite:
            urls = [f"sqlite:///{place}/{size}.db" for size in sizes]
        else:
            create = stack.enter_context(postgresql(place, *SERVER))
            urls = [create(f"year{size}") for size in sizes]
        small, large = (
            stack.enter_context(opened(url, place / str(size), size)) for url, size in zip(urls, sizes, strict=True)
        )
        measure([small, large])
        print(table(small, large))
        print(_full_scan(large))
        if given.plans:
            large.explain()
            told = [f"## {one.name}\n\n" + "\n\n".join(one.plans) for one in large.asked]
            given.plans.write_text("\n\n".join(told), encoding="utf-8")


if __name__ == "__main__":
    main()
