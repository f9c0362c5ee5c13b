"""Rungs of other dates than replies: answers to reviewing bodies, filing, publication after conversion, 督办."""

from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.calendars import calendar_of
from engine.cases.desk import Desk
from engine.cases.ladder import Reminder, due_text, rung_reached
from engine.cases.publications import open_publications
from engine.cases.review_register import open_reviews
from engine.cases.supervision_items import open_items
from engine.settings import Scheduler
from engine.statute.calendar import StatutoryDate
from engine.statute.light import LightReading, light_of_date
from engine.statute.outcome import PUBLICATION_WORKING_DAYS
from engine.statute.reviews import REVIEW_TITLES
from engine.store.tables import Case

Told = Callable[[str, int | None], frozenset[int]]
"""Whom a rung means by a role, given the case's handler."""


def own_date_reminders(desk: Desk, session: Session, agency_id: int, told: Told) -> list[Reminder]:
    """What has reached a rung, of every reconsideration, suit, publication and followed-up item under way."""
    return [
        *_of_reviews(desk, session, agency_id, told),
        *_of_publications(desk, session, agency_id, told),
        *_of_items(desk, session, agency_id),
    ]


def _of_reviews(desk: Desk, session: Session, agency_id: int, told: Told) -> Iterator[Reminder]:
    lines = open_reviews(desk, session, agency_id)
    query = select(Case.id, Case.handler_id).where(Case.id.in_({line.case_id for line in lines}))
    handlers = dict(session.execute(query).all())
    for line in lines:
        for one in line.dates:
            if one.light is None:
                continue
            period = desk.settings.clock.filing_working_days if one.own.clock == "filing" else None
            what = f"{REVIEW_TITLES[line.kind]}{one.own.title}期限"
            reached = _rung(desk.settings.scheduler, one.light, period, line.number, what)
            if reached is None:
                continue
            code, roles, level, text = reached
            people = frozenset[int]().union(*(told(role, handlers[line.case_id]) for role in ("legal", *roles)))
            yield Reminder(line.case_id, people, f"review:{line.id}:{one.own.clock}:{code}", text, level)


def _of_publications(desk: Desk, session: Session, agency_id: int, told: Told) -> Iterator[Reminder]:
    for task in open_publications(desk, session, agency_id):
        if task.light is None:
            continue
        period, what = PUBLICATION_WORKING_DAYS, "转为主动公开的公开期限"
        reached = _rung(desk.settings.scheduler, task.light, period, task.number, what)
        if reached is None:
            continue
        code, roles, level, text = reached
        # The case is done with: it is no longer its handler's.
        wanted = {"publisher", *roles} - {"handler", "unit_head"}
        people = frozenset[int]().union(*(told(role, None) for role in wanted))
        yield Reminder(task.case_id, people, f"publication:{task.id}:{code}", text, level)


def _of_items(desk: Desk, session: Session, agency_id: int) -> Iterator[Reminder]:
    calendar, today = calendar_of(session, agency_id, desk.settings), desk.today()
    for item, _name, number in open_items(session, agency_id):
        light = light_of_date(StatutoryDate(item.due_on), today, calendar)
        what = f"督办事项“{item.title}”期限"
        reached = _rung(desk.settings.scheduler, light, None, number or "督办", what)
        if reached is None:
            continue
        code, _roles, level, text = reached
        # Whoever is in charge; when it is late, whoever ordered it too.
        people = {item.account_id} | ({item.opened_by} if level == "overdue" else set())
        yield Reminder(item.case_id, frozenset(people), f"item:{item.id}:{code}", text, level)


def _rung(
    ladder: Scheduler, light: LightReading, period: int | None, number: str, what: str
) -> tuple[str, tuple[str, ...], str, str] | None:
    """Code, roles, level and sentence of the rung reached, if any."""
    reached = rung_reached(light, ladder, period)
    if reached is None:
        return None
    return reached.code, reached.tell, reached.level, due_text(number, what, light)
