"""Rungs of internal limits: steps that have waited as long as the office allows them, told from the holder upwards."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import not_, select, tuple_

from engine.cases.batch import PORTION
from engine.cases.calendars import calendar_of
from engine.cases.desk import Desk
from engine.cases.ladder import Reminder, due_text, rung_reached
from engine.cases.leave import deputies
from engine.cases.people import People
from engine.cases.stops import STANDS_STILL
from engine.settings import ClockLadder
from engine.statute.calendar import Calendar, StatutoryDate
from engine.statute.light import Light, light_of_date
from engine.statute.said import said
from engine.store.tables import WAITS, Case, WorkItem

CLOCK = "limit"
"""Name of the ladder: `[ladder.clocks.limit]`."""


def limit_reminders(desk: Desk, agency_id: int, people: People) -> Iterator[list[Reminder]]:
    """What has reached a rung, of every open step whose case is not stopped, by the index of limits."""
    ladder, today = desk.settings.ladder.of(CLOCK), desk.today()
    with desk.reading() as session:
        calendar = calendar_of(session, agency_id, desk.settings)
    last = calendar.add_working_days(today, ladder.rungs[0].before) if ladder.rungs else today
    after = (date.min, 0)
    while True:
        with desk.reading() as session:
            query = (
                select(WorkItem, Case.number)
                .join(Case, Case.id == WorkItem.case_id)
                .where(WorkItem.agency_id == agency_id, WAITS, WorkItem.limit_on <= last)
                .where(not_(STANDS_STILL), tuple_(WorkItem.limit_on, WorkItem.id) > after)
                .order_by(WorkItem.limit_on, WorkItem.id)
                .limit(PORTION)
            )
            rows = session.execute(query).all()
            standing_in = deputies(session, {work.assignee_id for work, _number in rows if work.assignee_id}, today)
        if not rows:
            return
        found = (_reminder(desk, work, number, people, standing_in, ladder, calendar) for work, number in rows)
        yield [one for one in found if one is not None]
        newest = rows[-1][0]
        after = (newest.limit_on or last, newest.id)


def _reminder(
    desk: Desk,
    work: WorkItem,
    number: str,
    people: People,
    standing_in: Mapping[int, int],
    ladder: ClockLadder,
    calendar: Calendar,
) -> Reminder | None:
    """The rung of one step; a limit that moves has rungs of its own. `standing_in`: deputies of those on leave."""
    limit = work.limit_on
    assert limit is not None, "the query asks for steps with a limit"
    opened = desk.local(work.opened_at).date()
    missing = tuple(year for year in range(opened.year, limit.year + 1) if year not in calendar.loaded_years)
    reading = light_of_date(StatutoryDate(limit, missing), desk.today(), calendar)
    reached = rung_reached(reading, ladder, calendar.working_days_between(opened, limit))
    if reached is None:
        return None
    holders = _holders(work, people, standing_in)
    single = _told(people, reached.tell, holders)
    digest = _told(people, reached.digest, holders) - single
    return Reminder(
        case_id=work.case_id,
        people=single | digest,
        key=f"{CLOCK}:{work.id}:{limit}:{reached.code}",
        text=due_text(number, said("“%(step)s”的内部时限", step=work.name), reading),
        # The law says nothing of these days: none is more than a warning.
        level="warning" if reading.light in {Light.TODAY, Light.OVERDUE} else "info",
        digest=digest,
        by=reached.by,
    )


def _holders(work: WorkItem, people: People, standing_in: Mapping[int, int]) -> frozenset[int]:
    """Whoever has the step in hand, and his deputy; else everybody who could take it."""
    if work.assignee_id is not None and work.assignee_id in people.unit_of:
        return frozenset({work.assignee_id, standing_in.get(work.assignee_id, work.assignee_id)})
    return frozenset[int]().union(*(people.holding(role, work.unit_id) for role in work.role.split()))


def _told(people: People, roles: Sequence[str], holders: frozenset[int]) -> frozenset[int]:
    found: set[int] = set()
    for role in roles:
        if role == "handler":
            found |= holders
        elif role == "unit_head":
            found |= people.heads_of(holders)
        else:
            found |= people.holding(role)
    return frozenset(found)
