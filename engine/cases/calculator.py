"""What if: the statutory clock over events that somebody only thinks of. Nothing is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.cases.access import find_case
from engine.cases.calendars import calendar_of
from engine.cases.desk import Actor, Desk
from engine.cases.errors import Refusal
from engine.cases.evidence import items_of
from engine.cases.names_by_id import member_names, names_of
from engine.cases.permissions import Permission, require
from engine.cases.steps import open_turn
from engine.cases.strip import Cell, strip
from engine.statute.calendar import CalendarRangeError
from engine.statute.clock import fold
from engine.statute.events import Event, LedgerError
from engine.statute.light import LightReading, light
from engine.statute.result import ClockResult
from engine.statute.said import said


@dataclass(frozen=True, slots=True)
class Calculation:
    """The folded clock of a supposed ledger, seen on `today`."""

    clock: ClockResult
    light: LightReading
    strip: tuple[Cell, ...]
    today: date


def calculate(desk: Desk, actor: Actor, events: Sequence[Event], today: date | None = None) -> Calculation:
    """Fold `events` with the office's calendar and policy. Raises Refusal with the law's reason when they cannot be."""
    require(actor, Permission.CLOCK_CALCULATOR_USE)
    with desk.reading() as session:
        calendar = calendar_of(session, actor.agency_id, desk.settings)
    day = today or desk.today()
    try:
        clock = fold(events, calendar, desk.settings.policy())
    except (LedgerError, CalendarRangeError) as error:
        raise Refusal(said("这样的时间线不成立：%(error)s。", error=error)) from error
    return Calculation(clock, light(clock, day, calendar), strip(clock, calendar, day), day)


def ledger_of(desk: Desk, actor: Actor, case_id: int) -> tuple[str, tuple[Event, ...]]:
    """Number and live events of a case, consultees by name, to start a calculation from. Raises NotFound."""
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        items = items_of(session, case.id)
        _people, units = names_of(session, (), {one.unit_id for one in items if one.unit_id})
        members, names = member_names(items, units), dict[str, str]()
        for one in items:  # two of one name stay two
            name = members[one.id] or one.public_id
            names[one.public_id] = f"{name}（{one.public_id}）" if name in names.values() else name
        events = open_turn(desk, session, case, actor.author).ledger.events()
        return case.number, tuple(_by_name(event, names) for event in events)


def _by_name(event: Event, names: Mapping[str, str]) -> Event:
    known = names.get(str(event.data.get("id")))
    return replace(event, data={**event.data, "id": known}) if known else event
