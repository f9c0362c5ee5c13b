"""How often somebody asks: what a notice under Art. 35 and a reply that rests on it have to count."""

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import func, select

from engine.cases.flow import Turn
from engine.store.tables import Case


def requests_of_applicant(turn: Turn) -> str:
    """A sentence to the applicant: requests since the first of the month this one came in, and of the year.

    The same applicant is the same number of the proof of identity, or the same name where none was given; drills are
    left out. Empty when the case has no applicant.
    """
    case, today = turn.case, turn.today
    if not case.applicant_key or case.arrived_on is None:
        return ""
    month, year = case.arrived_on.replace(day=1), today.replace(month=1, day=1)
    lately, all_year = _since(turn, month), _since(turn, year)
    until = f"{today.year}年" if today.year != month.year else ""
    return (
        f"{month.year}年{month.month}月1日至{until}{today.month}月{today.day}日，您共提出申请{lately}件；"
        f"{today.year}年以来，您共提出申请{all_year}件。"
    )


def _since(turn: Turn, first: date) -> int:
    query = select(func.count()).where(
        Case.agency_id == turn.case.agency_id,
        Case.case_type == turn.case.case_type,
        Case.applicant_key == turn.case.applicant_key,
        Case.drill.is_(turn.case.drill),
        Case.arrived_on >= first,
    )
    return turn.session.scalar(query) or 0


FILLS: Mapping[str, Callable[[Turn], str]] = {"$applicant_requests": requests_of_applicant}
"""What a form may name as a field's default to have it worked out."""
