"""The annual report's table of requests (表三), read from the counts that every closing keeps (case_counts.py)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from engine.cases.accounts import office_agency
from engine.cases.case_counts import RECEIVED, Key, kept, of_years, recount, scanned
from engine.cases.definitions import reply_types
from engine.cases.desk import Actor, Desk
from engine.cases.permissions import Permission, require
from engine.statute.decisions import DECISIONS
from engine.statute.returns import Applicant, Table3, applicant_column, table3_faults

# The row of what ended without a decision: withdrawn by the applicant, merged (表三“其他处理”3).
_WITHOUT_DECISION = "O3"


@dataclass(frozen=True, slots=True)
class AnnualTable3:
    """Table 3 of a year, and what does not add up in it (Chinese sentences)."""

    year: int
    table: Table3
    faults: tuple[str, ...]


def annual_table3(desk: Desk, actor: Actor | None, year: int) -> AnnualTable3:
    """Table 3 of the annual report; `actor` None is the server's own command line. Raises NotPermitted."""
    if actor is not None:
        require(actor, Permission.REPORTS_ANNUAL_READ)
    with desk.reporting() as session:
        agency_id = office_agency(session, desk).id if actor is None else actor.agency_id
        table = table3_of(of_years(session, agency_id, year), year, reply_types(desk, session))
    return AnnualTable3(year, table, tuple(table3_faults(table)))


def table3_of(counts: Mapping[Key, int], year: int, case_types: frozenset[str]) -> Table3:
    """Table 3 of a year from counts of one agency; cases of other types than `case_types` stay out.

    What was received before the year and not concluded before it is carried in; what is then left is carried out.
    """
    cells: dict[str, Counter[Applicant]] = {name: Counter() for name in ("received", "carried_in", "carried_out")}
    for key, cases in counts.items():
        if key.case_type not in case_types or key.year > year:
            continue
        column, came = _column(key), key.what == RECEIVED
        cells["carried_out"][column] += cases if came else -cases
        if key.year < year:
            cells["carried_in"][column] += cases if came else -cases
        else:
            row = "received" if came else DECISIONS[key.decision or _WITHOUT_DECISION].row
            cells.setdefault(row, Counter())[column] += cases
    return {row: dict(found) for row, found in cells.items()}


def _column(key: Key) -> Applicant:
    try:
        return applicant_column(key.applicant_kind, key.applicant_category)
    except ValueError:
        # An organisation whose category was not asked for when the case was taken in.
        return Applicant.OTHER_ORGANISATION


def counts_agree(desk: Desk) -> bool:
    """Whether the counts kept are those of reading every case."""
    with desk.reading() as session:
        return kept(session) == scanned(session, desk.zone)


def count_anew(desk: Desk) -> int:
    """Replace the counts kept by those of reading every case; returns how many are counted."""
    return desk.write(lambda session: recount(session, desk.zone))
