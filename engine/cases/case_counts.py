"""Cases counted by year and month as they come in and are concluded, in the transaction that makes it so.

Each case row says under which keys it is counted (`counted`), and before every command commits the rows it has touched
are compared with what they should be counted under. So it does not matter which command moved a case, and a table of
the year, or a curve of its months, is read from some hundred rows instead of all cases.
"""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, delete, select, text, update
from sqlalchemy.orm import Session

from engine.store.one_of import OneOf
from engine.store.tables import Case, CaseCount
from engine.store.unit_of_work import written

# By year, decision and applicant; and by month alone: received, replied to, and of these the late ones.
RECEIVED, CONCLUDED = "received", "concluded"
CAME, REPLIED, LATE = "came", "replied", "late"
_PORTION = 2000
_GAP = "|"
# Key of a session's `info`: how the counts have moved.
_MOVED = "moved"
_COUNTS, _CASES = CaseCount.__table__, Case.__table__.c
_ASKED = (
    _CASES.id, _CASES.agency_id, _CASES.case_type, _CASES.received_on, _CASES.arrived_on, _CASES.replied_on,
    _CASES.closed_at, _CASES.in_time, _CASES.drill, _CASES.decision, _CASES.applicant_kind, _CASES.applicant_category,
)  # fmt: skip
_MARK = update(Case).where(_CASES.id == bindparam("of")).values(counted=bindparam("under"))
# Both databases know this. The row is locked until the commit, so it is the last thing that a command writes.
_ADD = text(
    "INSERT INTO case_count"
    " (agency_id, case_type, what, year, month, decision, applicant_kind, applicant_category, cases)"
    " VALUES (:agency_id, :case_type, :what, :year, :month, :decision, :applicant_kind, :applicant_category, :cases)"
    " ON CONFLICT (agency_id, case_type, what, year, month, decision, applicant_kind, applicant_category)"
    " DO UPDATE SET cases = case_count.cases + excluded.cases"
)


class Key(NamedTuple):
    """What a case is counted under: the columns of a row of case_count; `month` is 0 for a whole year."""

    agency_id: int
    case_type: str
    what: str
    year: int
    month: int
    decision: str
    applicant_kind: str
    applicant_category: str


def settle(session: Session, zone: ZoneInfo) -> None:
    """Bring the counts in line with every case that a command has touched, when all else is written.

    They are written in the order of their keys, so that two commands that share some wait for, and never block, each
    other.
    """
    session.flush()
    for row in written(session):
        if isinstance(row, Case):
            mark(session, row, zone)
    moved = session.info.pop(_MOVED, None)
    if moved is None:
        return
    session.flush()
    changes = sorted((key, by) for key, by in moved.items() if by)
    if changes:
        session.connection().execute(_ADD, [{**key._asdict(), "cases": by} for key, by in changes])


def mark(session: Session, case: Case, zone: ZoneInfo) -> None:
    """Note on the case what it is to be counted under from now on, before it is written; `settle` counts it."""
    now, before = _under(case, zone), case.counted
    if now == before:
        return
    case.counted = now
    moved = session.info.setdefault(_MOVED, Counter())
    for counted, by in ((now, 1), (before, -1)):
        for key in _keys(case, counted):
            moved[key] += by


def _under(case: Any, zone: ZoneInfo) -> str | None:
    """What a case should be counted under; a drill nowhere.

    Years of receipt and conclusion, decision, applicant; then the months of receipt and of the reply, and whether
    that was late.
    """
    came = case.received_on or case.arrived_on
    if came is None or case.drill:
        return None
    left = case.replied_on or (case.closed_at.astimezone(zone).date() if case.closed_at else None)
    years = (str(came.year), str(left.year) if left else "")
    months = (_month(case.received_on), _month(case.replied_on), "1" if case.in_time is False else "")
    about = (case.decision or "", case.applicant_kind or "", case.applicant_category or "")
    return _GAP.join((*years, *about, *months))


def _month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else ""


def _keys(case: Any, counted: str | None) -> list[Key]:
    if counted is None:
        return []
    came, left, decision, kind, category, received, replied, late = counted.split(_GAP)
    of = (case.agency_id, case.case_type)
    keys = [Key(*of, RECEIVED, int(came), 0, "", kind, category)]
    if left:
        keys.append(Key(*of, CONCLUDED, int(left), 0, decision, kind, category))
    for what, month in ((CAME, received), (REPLIED, replied), (LATE, replied if late else "")):
        if month:
            keys.append(Key(*of, what, int(month[:4]), int(month[5:]), "", "", ""))
    return keys


def kept(session: Session, *asked: ColumnElement[bool]) -> dict[Key, int]:
    """The figures as they are kept: all, or those that conditions on case_count ask for."""
    rows = session.connection().execute(select(_COUNTS).where(_COUNTS.c.cases != 0, *asked))
    return {Key(*row[:-1]): row.cases for row in rows}


def of_years(session: Session, agency_id: int, year: int) -> dict[Key, int]:
    """The figures of an agency by year, decision and applicant, up to `year`."""
    return kept(session, _COUNTS.c.agency_id == agency_id, _COUNTS.c.month == 0, _COUNTS.c.year <= year)


def of_months(session: Session, agency_id: int, since: date, without: Collection[int]) -> Counter[tuple[str, date]]:
    """How many cases of an agency came (CAME), were answered (REPLIED), and answered late (LATE), from `since` on.

    By kind and first day of the month. `without`: ids of cases to be left out, such as those hidden from the reader.
    """
    asked = (_COUNTS.c.agency_id == agency_id, _COUNTS.c.month > 0, _COUNTS.c.year >= since.year)
    found: Counter[tuple[str, date]] = Counter()
    for key, cases in kept(session, *asked).items():
        found[key.what, date(key.year, key.month, 1)] += cases
    if without:
        hidden = select(_CASES.agency_id, _CASES.case_type, _CASES.counted).where(OneOf(_CASES.id, without))
        for case in session.connection().execute(hidden):
            found.subtract((key.what, date(key.year, key.month, 1)) for key in _keys(case, case.counted) if key.month)
    return found


def scanned(session: Session, zone: ZoneInfo) -> dict[Key, int]:
    """The same figures by reading every case."""
    found: Counter[Key] = Counter()
    rows = session.execute(select(*_ASKED).execution_options(yield_per=_PORTION))
    for case in rows:
        found.update(_keys(case, _under(case, zone)))
    return dict(found)


def recount(session: Session, zone: ZoneInfo) -> int:
    """Count every case anew; returns how many are counted."""
    session.execute(delete(CaseCount))
    found: Counter[Key] = Counter()
    after = cases = 0
    while portion := session.execute(
        select(*_ASKED).where(_CASES.id > after).order_by(_CASES.id).limit(_PORTION)
    ).all():
        marks = [{"of": case.id, "under": _under(case, zone)} for case in portion]
        for case, mark in zip(portion, marks, strict=True):
            found.update(_keys(case, mark["under"]))
            cases += mark["under"] is not None
        session.connection().execute(_MARK, marks)
        after = portion[-1].id
    if found:
        session.connection().execute(_ADD, [{**key._asdict(), "cases": n} for key, n in sorted(found.items())])
    return cases
