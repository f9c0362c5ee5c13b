"""Holiday notices that ought to be there: an open task of the administrator until each has been imported.

The year itself must be loaded at all times, the next one from 1 November: the yearly notice has come out in late
October or in November. The task is read off the calendar, so it ends with the import and with nothing else.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.cases.calendars import calendar_of
from engine.cases.desk import Actor, Desk
from engine.cases.messages import holders, tell
from engine.cases.permissions import Permission, require
from engine.statute.said import said, together
from engine.store.tables import Agency, Case

_FROM = (11, 1)


@dataclass(frozen=True, slots=True)
class MissingNotice:
    """A year without its notice, and how many open cases have only an estimate for want of a notice."""

    year: int
    provisional: int


def missing_notices(desk: Desk, actor: Actor) -> tuple[MissingNotice, ...]:
    """The administrator's open tasks. Raises NotPermitted."""
    require(actor, Permission.ADMIN_CALENDAR_MANAGE)
    with desk.reading() as session:
        return _missing(desk, session, actor.agency_id)


def watch_calendar(desk: Desk) -> int:
    """Remind the administrators of their open tasks, once a week; returns how many were told."""
    today = desk.today()

    def work(session: Session) -> int:
        told = 0
        for agency_id in session.scalars(select(Agency.id).order_by(Agency.id)).all():
            for one in _missing(desk, session, agency_id):
                waiting = "现有 %(count)s 件申请的答复期限只能暂定。"
                told += tell(
                    session,
                    holders(session, agency_id, ["admin"]),
                    key=f"calendar_watch:{one.year}:{'-'.join(map(str, today.isocalendar()[:2]))}",
                    text=together(
                        said("尚未导入%(year)s年放假安排。", year=one.year),
                        said(waiting, count=one.provisional) if one.provisional else "",
                        said("国务院办公厅公布后，请在“日历”页导入。"),
                    ),
                    at=desk.now(),
                    level="warning",
                )
        return told

    return desk.write(work)


def _missing(desk: Desk, session: Session, agency_id: int) -> tuple[MissingNotice, ...]:
    years = _wanted(desk.today()) - calendar_of(session, agency_id, desk.settings).loaded_years
    if not years:
        return ()
    estimated = (Case.agency_id == agency_id, Case.closed_at.is_(None), Case.estimated_due_on.is_not(None))
    provisional = session.scalar(select(func.count()).select_from(Case).where(*estimated)) or 0
    return tuple(MissingNotice(year, provisional) for year in sorted(years))


def _wanted(today: date) -> set[int]:
    return {today.year, *([today.year + 1] if (today.month, today.day) >= _FROM else [])}
