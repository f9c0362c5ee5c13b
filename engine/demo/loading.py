"""Load the demonstration office into an empty database, or carry on a load that broke off."""

import gc
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.cases.accounts import AccountRow, accounts, office_agency
from engine.cases.audit import SYSTEM, record_event, seal
from engine.cases.calendars import calendar_of
from engine.cases.desk import Desk
from engine.cases.errors import Refusal
from engine.cases.text_index import index_texts
from engine.demo.afterwards import follow_up
from engine.demo.office import open_office
from engine.demo.queue import queue
from engine.demo.stories import Story, all_stories, edition, office_book
from engine.demo.telling import ClockStands, Teller, stories_told
from engine.store.tables import Account, Case, CaseEvent

_CHAIN = "demo"
_BEGUN, _LOADED = "demo_begun", "demo_loaded"
# Each act leaves exactly one of these in its case's audit trail: counting them says how far a load has come.
_ACT_EVENTS = ("register", "complete", "action", "claim")


@dataclass(frozen=True, slots=True)
class DemoLoaded:
    """The demonstration office: its accounts, their common password, how many cases it holds."""

    accounts: tuple[AccountRow, ...]
    password: str
    cases: int


def load_demo(desk: Desk, at: datetime) -> DemoLoaded:
    """Tell every story up to the moment `at` (aware) in a migrated database without accounts.

    A load that broke off is recognised by its mark in the audit trail and carried on, as of its own moment. Moves the
    desk's clock while it runs. Raises Refusal for a database that holds accounts of its own.
    """
    begun, loaded = _mark(desk, _BEGUN), _mark(desk, _LOADED)
    if loaded is not None:
        raise Refusal("这个数据库已经装入示范数据，不需要再装。")
    if begun is None:
        _begin(desk, at)
    elif begun["edition"] != edition():
        raise Refusal("示范数据上次没有装完，程序此后又有更新，不能接着装。请删除这个数据库，换一个空数据库重新装入。")
    else:
        at = datetime.fromisoformat(begun["at"])
    now = desk.now
    gc.disable()  # looking for cycles among so many short-lived rows takes a sixth of the time
    try:
        tell(desk, [story for story in all_stories() if not story.tests_only], at)
        follow_up(desk, open_office(desk, at, at), at)
    finally:
        gc.enable()
        desk.now = now
    desk.write(lambda session: _note(session, desk, at, _LOADED))
    desk.write(lambda session: seal(session, at))
    index_texts(desk, seconds=None)
    found = demo_office(desk)
    assert found is not None, "the mark has just been written"
    return found


def demo_office(desk: Desk) -> DemoLoaded | None:
    """The demonstration office that this database holds, or None when it holds another or an unfinished one."""
    if _mark(desk, _LOADED) is None:
        return None
    with desk.reading() as session:
        cases = session.scalar(select(func.count()).select_from(Case)) or 0
    known = {person["username"] for person in office_book()["accounts"]}
    rows = tuple(row for row in accounts(desk, None, size=200).rows if row.username in known)
    return DemoLoaded(rows, office_book()["password"], cases)


def is_unfinished(desk: Desk) -> bool:
    """Whether a load has begun in this database and broke off."""
    return _mark(desk, _BEGUN) is not None and _mark(desk, _LOADED) is None


def _begin(desk: Desk, at: datetime) -> None:
    def work(session: Session) -> None:
        if session.scalar(select(Account.id).limit(1)) is not None:
            raise Refusal("这个数据库已经有账号，不能装入示范数据。请另用一个空数据库（--database-url）。")
        _note(session, desk, at, _BEGUN)

    desk.write(work)


def _note(session: Session, desk: Desk, at: datetime, action: str) -> None:
    told = {"at": at.astimezone(UTC).isoformat(), "edition": edition()}
    record_event(session, office_agency(session, desk).id, _CHAIN, SYSTEM, at, action, told)


def _mark(desk: Desk, action: str) -> dict[str, str] | None:
    with desk.reading() as session:
        found = session.scalar(select(CaseEvent.data).where(CaseEvent.action == action).limit(1))
    return None if found is None else dict(json.loads(found))


def tell(desk: Desk, stories: Sequence[Story], at: datetime) -> Mapping[str, int]:
    """Tell these stories up to the moment `at`, in an office that opens a week before the first of them.

    What has been told already is not told again. Leaves the desk's clock at `at`. Returns story id -> case id.
    """
    with desk.reading() as session:
        calendar = calendar_of(session, office_agency(session, desk).id, desk.settings)
    acts = queue(stories, at, desk.zone, calendar)
    opened = min((act.moment for act in acts), default=at) - timedelta(days=7)
    people = open_office(desk, opened, at)
    with desk.reading() as session:
        cases = session.execute(select(Case.id, Case.number).order_by(Case.id)).all()
        counted = select(CaseEvent.case_id, func.count()).where(CaseEvent.action.in_(_ACT_EVENTS))
        done = dict(session.execute(counted.group_by(CaseEvent.case_id)).all())
    teller = Teller(desk, people, at, stories_told(cases, acts))
    ahead = {story: done[case_id] for story, (case_id, _number) in teller.cases.items()}
    standing: set[str] = set()
    for serial, act in enumerate(acts, start=1):
        story = act.story.id
        if ahead.get(story, 0) > 0:
            ahead[story] -= 1
        elif story not in standing:
            try:
                teller.tell(act, serial)
            except ClockStands:
                standing.add(story)
    teller.rest(at)
    desk.now = lambda: at
    return {story: case_id for story, (case_id, _number) in teller.cases.items()}
