"""The office's calendar: the built-in years and the notices that administrators have imported."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from engine.holidays import HolidayNotice as Notice
from engine.holidays import combine
from engine.settings import Settings
from engine.statute.calendar import Calendar
from engine.store.session import once
from engine.store.tables import HolidayNotice

_ACTIVE_NOTICES = (
    select(HolidayNotice)
    .where(HolidayNotice.agency_id == bindparam("agency_id"), HolidayNotice.active)
    .order_by(HolidayNotice.id)
)


_COLUMNS = HolidayNotice.__table__.c
_IN_FORCE = (
    select(_COLUMNS.year, _COLUMNS.paper, _COLUMNS.rest_days, _COLUMNS.make_up_days, _COLUMNS.names)
    .where(_COLUMNS.agency_id == bindparam("agency_id"), _COLUMNS.active)
    .order_by(_COLUMNS.id)
)


def to_notice(row: HolidayNotice | Row[*tuple[Any, ...]]) -> Notice:
    """A stored notice as the value that the calendar is made of."""
    return Notice(
        year=row.year,
        paper=row.paper,
        rest_days=frozenset(date.fromisoformat(day) for day in row.rest_days),
        make_up_days=frozenset(date.fromisoformat(day) for day in row.make_up_days),
        names={date.fromisoformat(day): name for day, name in row.names.items()},
    )


def active_notices(session: Session, agency_id: int) -> list[HolidayNotice]:
    """The notices in force, oldest first, so that a later one overrides single days."""
    return list(session.scalars(_ACTIVE_NOTICES, {"agency_id": agency_id}))


@lru_cache(maxsize=16)
def _built(notices: tuple[Notice, ...], extra_rest_days: frozenset[date]) -> Calendar:
    return combine(notices, extra_rest_days=extra_rest_days)


def calendar_of(session: Session, agency_id: int, settings: Settings) -> Calendar:
    """The calendar in force at this moment: read anew each time, so a changed notice is seen at once everywhere."""
    notices = once(session, (calendar_of, agency_id), lambda: _in_force(session, agency_id))
    return _built(notices, settings.policy().extra_rest_days)


def _in_force(session: Session, agency_id: int) -> tuple[Notice, ...]:
    return tuple(to_notice(row) for row in session.connection().execute(_IN_FORCE, {"agency_id": agency_id}))
