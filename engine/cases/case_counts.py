"""Cases counted by year as they come in and are concluded, in the transaction that makes it so.

Each case row says under which keys it is counted (`counted`), and before every command commits the rows it has touched
are compared with what they should be counted under. So it does not matter which command moved a case, and a table of
the year is read from some hundred rows instead of all cases.
"""

from collections import Counter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.orm import Session

from engine.store.tables import Case, CaseCount
from engine.store.unit_of_work import written

RECEIVED, CONCLUDED = "received", "concluded"
_PORTION = 2000
_GAP = "|"
# Key of a session's `info`: how the counts have moved.
_MOVED = "moved"
_COUNTS, _CASES = CaseCount.__table__, Case.__table__.c
_ASKED = (
    _CASES.id, _CASES.agency_id, _CASES.case_type, _CASES.received_on, _CASES.arrived_on, _CASES.replied_on,
    _CASES.closed_at, _CASES.drill, _CASES.decision, _CASES.applicant_kind, _CASES.applicant_category,
)  # fmt: skip
_MARK = update(Case).where(_CASES.id == bindparam("of")).values(counted=bindparam("under"))
# Both databases know this. The row is locked until the commit, so it is the last thing that a command writes.
_ADD = text(
    "INSERT INTO case_count (agency_id, case_type, what, year, decision, applicant_kind, applicant_category, cases)"
    " VALUES (:agency_id, :case_type, :what, :year, :decision, :applicant_kind, :applicant_category, :cases)"
    " ON CONFLICT (agency_id, case_type, what, year, decision, applicant_kind, applicant_category)"
    " DO UPDATE SET cases = case_count.cases + excluded.cases"
)


class Key(NamedTuple):
    """What a case is counted under: the columns of a row of case_count."""

    agency_id: int
    case_type: str
    what: str
    year: int
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
    """What a case should be counted under: years of receipt and conclusion, decision, applicant; a drill nowhere."""
    came = case.received_on or case.arrived_on
    if came is None or case.drill:
        return None
    left = case.replied_on or (case.closed_at.astimezone(zone).date() if case.closed_at else None)
    years = (str(came.year), str(left.year) if left else "")
    return _GAP.join((*years, case.decision or "", case.applicant_kind or "", case.applicant_category or ""))


def _keys(case: Any, counted: str | None) -> list[Key]:
    if counted is None:
        return []
    came, left, decision, *applicant = counted.split(_GAP)
    keys = [Key(case.agency_id, case.case_type, RECEIVED, int(came), "", *applicant)]
    return [*keys, Key(case.agency_id, case.case_type, CONCLUDED, int(left), decision, *applicant)] if left else keys


def kept(session: Session, agency_id: int | None = None, year: int | None = None) -> dict[Key, int]:
    """The figures as they are kept, of one agency and of years up to `year` when these are given."""
    query = select(_COUNTS).where(_COUNTS.c.cases != 0)
    query = query if agency_id is None else query.where(_COUNTS.c.agency_id == agency_id)
    query = query if year is None else query.where(_COUNTS.c.year <= year)
    return {Key(*row[:-1]): row.cases for row in session.execute(query)}


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
