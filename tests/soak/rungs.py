"""Schedulers killed at random points while cases pass their rungs: `python -m tests.soak.rungs [KILLS] [CASES]`.

The same office lives twice through the same working days: once undisturbed, once with schedulers that are killed again
and again in the middle of their work. Afterwards everybody must have been told the same, each message once in the
inbox and at least once by mail with its one Message-ID, and every timer must have fired once. Ends with a line of JSON.
"""

import argparse
import json
import logging
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from engine.cases.accounts import change_account
from engine.cases.audit import verify
from engine.cases.desk import Desk
from engine.delivery.mail import message_id
from engine.schedule import tick
from engine.store import migrate
from engine.store.base import Base
from engine.store.copying import copy_database
from engine.store.session import open_engine
from engine.store.tables import Account, CaseEvent, InboxMessage, OutboxMessage, Timer
from tests.office import ZONE, Office, open_office
from tests.postbox import Mailbox, mail_server
from tests.soak.lives import Life, Place, born
from tests.soak.server import Server

FIRST_DAY = date(2026, 9, 16)
ARRIVALS = 5
# The days on which the requests' dates climb the ladder, from the holiday before to the third day after the last one.
DAYS = tuple(date(2026, 9, 22) + timedelta(days=number) for number in (0, 1, *range(15, 38)))
MAILED = ("handler", "supervisor")
# A day's work may be done before all its kills have come: more are planned early, that the last days need not make up.
EAGER = 2
# Longer than any lease: what a dead scheduler held is free again.
LATER = timedelta(minutes=6)

Say = Callable[[str], None]


@dataclass
class Result:
    """What one office lived through."""

    database: str
    schedulers: int
    cases: int
    kills: int = 0
    messages: int = 0
    mails_sent: int = 0
    mails_received: int = 0
    timers_fired: int = 0
    seconds: float = 0.0


def lay_out(office: Office, cases: int) -> None:
    """Requests of five days: unconfirmed ones, ones that wait for a correction, ones that lie on the handler's desk."""
    for name in MAILED:
        actor = office.people[name]
        change_account(
            office.desk, None, actor.id, name=actor.name, roles=actor.roles, unit_id=actor.unit_id,
            email=f"{name}@yunling.example",
        )  # fmt: skip
    for number in range(cases):
        day = FIRST_DAY + timedelta(days=number * ARRIVALS // cases)
        office.clock.on(day.isoformat(), "10:00")
        case = office.register(channel="internet" if number % 5 == 1 else "in_person").case_id
        if number % 5 == 2:
            office.do("completeness", case=case, outcome="correct")
            office.do("correction_draft", case=case)
            office.do("correction_issue", case=case, outcome="issue")
            office.do("correction_service", case=case)
        elif number % 5 > 2:
            office.do("completeness", case=case, outcome="complete")


@contextmanager
def laid_out(folder: Path, cases: int) -> Iterator[Place]:
    """An office on SQLite with its cases, sending no mail yet."""
    place = Place(f"sqlite:///{folder / 'office.db'}", folder)
    migrate.upgrade(place.url)
    office = open_office(place.url, folder)
    lay_out(office, cases)
    office.desk.sessions.engine.dispose()
    yield place


def copied(place: Place, url: str, folder: Path) -> Place:
    """The same office elsewhere."""
    shutil.copytree(place.folder / "files", folder / "files", dirs_exist_ok=True)
    migrate.upgrade(url)
    engines = [open_engine(one, patient=True) for one in (place.url, url)]
    with engines[1].begin() as connection:  # the schema brings the shipped case types along
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    copy_database(engines[0], engines[1], lambda _copy: None)
    for engine in engines:
        engine.dispose()
    return Place(url, folder)


def told(desk: Desk) -> Counter[tuple[int, str]]:
    """How often each person was told what."""
    with desk.reading() as session:
        return Counter((row.account_id, row.text) for row in session.scalars(select(InboxMessage)))


def undisturbed(place: Place, days: Sequence[date]) -> tuple[Counter[tuple[int, str]], list[int]]:
    """What the office is told when nobody dies, and how many messages each day brings."""
    totals = [0]
    for day in days:
        with place.desk(at(day)) as desk:
            tick(desk, "the undisturbed one")
            got = told(desk)
        totals.append(got.total())
    return got, [after - before for before, after in pairwise(totals)]


def at(day: date) -> datetime:
    """Nine o'clock at the office."""
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=ZONE)


class Ordeal:
    """An office whose schedulers are killed."""

    def __init__(self, place: Place, result: Result, kills: int, chance: random.Random, say: Say) -> None:
        self.place, self.result, self.kills, self.chance, self.say = place, result, kills, chance, say
        self.longest = 1.0

    def endure(self, days: Sequence[date], messages: Sequence[int]) -> None:
        """Every day with kills by the messages it brings, and quiet at the end of each day."""
        for number, day in enumerate(days):
            share = min(EAGER * messages[number] / max(sum(messages[number:]), 1), 1)
            moment = self._disturbed(at(day), ceil((self.kills - self.result.kills) * share))
            for _ in range(2):
                moment += 2 * LATER
                with self.place.desk(moment) as desk:
                    tick(desk, "the one that lives")
            self.say(f"{day}  {self.result.kills} of {self.kills} killed")

    def _disturbed(self, moment: datetime, kills: int) -> datetime:
        """Kill schedulers at work until it is enough for the day or nothing is left to do."""
        lives: list[Life] = []
        wanted = self.result.kills + kills
        while self.result.kills < wanted:
            while len(lives) < self.result.schedulers:
                moment += LATER
                lives.append(born(self.place, moment, f"scheduler {self.result.kills} {len(lives)}"))
            victim = self.chance.choice(lives)
            begun = time.monotonic()
            if victim.ends_within(self.chance.uniform(0, self.longest)):
                self.longest = max(0.2, time.monotonic() - begun)
                break  # nothing was left to do
            victim.kill()
            lives.remove(victim)
            self.result.kills += 1
            self.longest = min(self.longest * 1.05, 8.0)
        for life in lives:
            life.ends_within(300)
            life.kill()
        return moment


def check(place: Place, last: date, box: Mailbox, expected: Counter[tuple[int, str]], result: Result) -> None:
    """Raise AssertionError naming what was lost or doubled."""
    with place.desk(at(last)) as desk:
        got = told(desk)
        lost, extra = list((expected - got).items()), list((got - expected).items())
        assert set(got.values()) == {1}, f"told twice: {[one for one, times in got.items() if times > 1][:5]}"
        assert not lost, f"{len(lost)} messages lost: {lost[:5]}"
        assert not extra, f"{len(extra)} messages too many: {extra[:5]}"
        with desk.reading() as session:
            verdict = verify(session)
            assert verdict.broken is None, verdict.broken
            outbox = session.scalars(select(OutboxMessage)).all()
            mailed = session.scalar(
                select(func.count())
                .select_from(InboxMessage)
                .join(Account, Account.id == InboxMessage.account_id)
                .where(Account.email.is_not(None))
            )
            due = session.scalars(
                select(Timer).where(Timer.fired_at.is_(None), Timer.cancelled_at.is_(None), Timer.due_on < last)
            ).all()
            fired = Counter(session.scalars(select(Timer.case_id).where(Timer.fired_at.is_not(None))))
            recorded = Counter(session.scalars(select(CaseEvent.case_id).where(CaseEvent.action == "timer")))
    assert not due, f"timers lost: {[timer.id for timer in due]}"
    assert fired == recorded, "a timer fired without its event, or twice"
    assert len(outbox) == mailed, "a message without its mail"
    unsent = [row.id for row in outbox if row.sent_at is None]
    assert not unsent, f"never sent: {unsent[:5]}"
    ids = {message_id(row.key, "yishen@yunling.example") for row in outbox}
    received = Counter(str(mail["Message-ID"]) for mail in box.mails)
    assert set(received) == ids, "a mail was lost, or came under another Message-ID"
    result.messages, result.mails_sent = got.total(), len(outbox)
    result.mails_received, result.timers_fired = received.total(), fired.total()


def endured(kind: str, schedulers: int, kills: int, cases: int, say: Say, days: Sequence[date] = DAYS) -> Result:
    """Let an office live through the days; returns the figures, raises AssertionError."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # the mail server complains of its own ways
    result, begun = Result(kind, schedulers, cases), time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="yishen-soak-")))
        folder.chmod(0o755)
        places = [folder / name for name in ("first", "quiet", "killed")]
        for one in places:
            one.mkdir()
        first = stack.enter_context(laid_out(places[0], cases))
        say(f"{cases} cases laid out")
        expected, daily = undisturbed(copied(first, f"sqlite:///{places[1] / 'office.db'}", places[1]), days)
        say(f"{expected.total()} messages when nobody dies")
        if kind == "postgresql":
            url = stack.enter_context(Server()).create("office")
        else:
            url = f"sqlite:///{places[2] / 'office.db'}"
        box = stack.enter_context(mail_server(places[2]))
        place = copied(first, url, places[2]).with_mail(box)
        Ordeal(place, result, kills, random.Random(kills), say).endure(days, daily)
        check(place, days[-1], box, expected, result)
    return replace(result, seconds=round(time.monotonic() - begun, 1))


RUNS = (("sqlite", 1), ("postgresql", 1), ("postgresql", 2))


def main() -> None:
    """All three runs at the size asked for."""
    parser = argparse.ArgumentParser(description="Kill schedulers while cases pass their rungs.")
    parser.add_argument("kills", type=int, nargs="?", default=200)
    parser.add_argument("cases", type=int, nargs="?", default=500)
    asked = parser.parse_args()
    results = []
    for kind, schedulers in RUNS:
        name = f"{kind}, {schedulers} scheduler{'s'[: schedulers - 1]}"

        def say(line: str, name: str = name) -> None:
            sys.stderr.write(f"{name}: {line}\n")

        results.append(asdict(endured(kind, schedulers, asked.kills, asked.cases, say)))
    sys.stdout.write(json.dumps({"rungs": results}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
