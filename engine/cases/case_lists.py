"""The lists of single case types, with the words and columns that each declares (`[list]` in case.toml)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from engine.cases.column_values import column_values, newest_answers
from engine.cases.definitions import case_types
from engine.cases.desk import Actor, Desk
from engine.cases.ledger import events_of
from engine.cases.permissions import Permission, require
from engine.process import Definition
from engine.process.case_type import CaseList
from engine.store.tables import Case


@dataclass(frozen=True, slots=True)
class Kind:
    """A case type as lists speak of it; `asked`: its cases are requests of somebody (they have an applicant)."""

    id: str
    words: CaseList
    asked: bool


def kinds(desk: Desk) -> tuple[Kind, ...]:
    """Every case type that is registered, requests of the public first."""
    with desk.reading() as session:
        return kinds_of(case_types(session, desk.library))


def kinds_of(current: Iterable[Definition]) -> tuple[Kind, ...]:
    """As `kinds`, of the case types at hand."""
    found = [
        Kind(
            one.case_type.id,
            one.case_type.listing,
            any(target.startswith("party.") for form in one.forms.values() for target in form.keep.values()),
        )
        for one in current
    ]
    return tuple(sorted(found, key=lambda one: (not one.asked, one.id)))


def own_cells(desk: Desk, actor: Actor, kind: Kind, case_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """What stands in the kind's own columns, for cases of a list that the actor is shown. Raises NotPermitted."""
    require(actor, Permission.OFFICE_CASES_READ)
    if not kind.words.columns or not case_ids:
        return {}
    with desk.reading() as session:
        cases = session.scalars(select(Case).where(Case.id.in_(list(case_ids)))).all()
        ledgers = events_of(session, list(case_ids))
        answers = newest_answers(session, case_ids)
        return column_values(session, desk, kind.words.columns, cases, ledgers, answers)
