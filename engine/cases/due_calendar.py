"""What falls due on which day: replies, the agency's own dates afterwards, supervision items."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.access import open_to, withheld
from engine.cases.calendars import calendar_of
from engine.cases.definitions import load_definition
from engine.cases.desk import Actor, Desk
from engine.cases.lights import row_light
from engine.cases.permissions import Permission, require
from engine.cases.publications import open_publications
from engine.cases.review_register import open_reviews
from engine.cases.supervision_items import open_items
from engine.process.case_type import REPLY
from engine.statute.calendar import StatutoryDate
from engine.statute.light import LightReading, light_of_date
from engine.store.tables import Account, Case

# While one of these, the date of the row presses; a stopped clock may still move.
_RUNNING = ("running", "unconfirmed", "suspended")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that falls due.

    `kind`: reply, limit (of another case type), answer, defence, filing, hearing, publication or item; `id`: of its
    page.
    """

    on: date
    kind: str
    number: str
    title: str
    holder: str
    case_id: int | None
    id: int
    light: LightReading


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day with what falls due on it."""

    on: date
    working: bool
    today: bool
    entries: tuple[Entry, ...]


def due_days(desk: Desk, actor: Actor, first: date, last: date) -> tuple[DayLine, ...]:
    """Every day from first to last. Raises NotPermitted."""
    require(actor, Permission.SUPERVISION_BOARD_READ)
    today = desk.today()
    with desk.reading() as session:
        calendar = calendar_of(session, actor.agency_id, desk.settings)
        query = (
            select(Case, Account.name)
            .join(Account, Account.id == Case.handler_id, isouter=True)
            .where(
                Case.agency_id == actor.agency_id,
                Case.drill.is_(False),
                open_to(Case.id, actor),
                Case.closed_at.is_(None),
                Case.clock_status.in_(_RUNNING),
                Case.sort_due_on.between(first, last),
            )
            .order_by(Case.sort_due_on, Case.id)
        )
        entries = [
            Entry(
                due,
                _kind(desk, session, case),
                case.number,
                case.subject,
                name or "",
                case.id,
                case.id,
                row_light(case, today, calendar),
            )
            for case, name in session.execute(query)
            if (due := case.sort_due_on) is not None
        ]
        for line in open_reviews(desk, session, actor.agency_id):
            entries += [
                Entry(
                    one.own.due.value,
                    one.own.clock,
                    line.number,
                    line.subject,
                    line.agent,
                    line.case_id,
                    line.id,
                    one.light,
                )
                for one in line.dates
                if one.light
            ]
        entries += [
            Entry(task.due.value, "publication", task.number, task.title, "", task.case_id, task.id, task.light)
            for task in open_publications(desk, session, actor.agency_id)
            if task.due and task.light
        ]
        entries += [
            Entry(
                item.due_on,
                "item",
                number or "",
                item.title,
                name,
                item.case_id,
                item.id,
                light_of_date(StatutoryDate(item.due_on), today, calendar),
            )
            for item, name, number in open_items(session, actor.agency_id)
        ]
        hidden = withheld(session, actor)
        entries = [one for one in entries if one.case_id not in hidden]
        days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return tuple(DayLine(day, calendar.is_working_day(day), day == today, tuple(_on(entries, day))) for day in days)


def _kind(desk: Desk, session: Session, case: Case) -> str:
    definition = load_definition(session, desk.library, case.definition_digest)
    return "reply" if definition.case_type.clock == REPLY else "limit"


def _on(entries: Iterable[Entry], day: date) -> Iterable[Entry]:
    return (entry for entry in entries if entry.on == day)
