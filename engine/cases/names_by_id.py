"""Names of people and units by id, for the page of one case: of those in its rows at once, of others when asked for."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from engine.store.tables import Account, Case, CaseItem, FormRecord, LegalEvent, Unit, WorkItem

_Named = type[Account] | type[Unit]


class NamesById(Mapping[int, str]):
    """The names of accounts or of units. An office may have thousands of both, and a case knows a handful."""

    def __init__(self, session: Session, model: _Named, ids: Select[tuple[int]]) -> None:
        """`ids`: a query for those that will be asked for; read at once."""
        self._session = session
        self._model = model
        self._known = dict(session.execute(select(model.id, model.name).where(model.id.in_(ids))).all())

    def __getitem__(self, key: int) -> str:
        """Raises KeyError when there is no such account or unit."""
        if key not in self._known:
            wanted = select(self._model.name).where(self._model.id == key)
            name = self._session.scalar(wanted) if _is_id(key) else None
            if name is None:
                raise KeyError(key)
            self._known[key] = name
        return self._known[key]

    def __iter__(self) -> Iterator[int]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _is_id(key: object) -> bool:
    """What stands in an answer may be anything."""
    return isinstance(key, int) and key > 0


def people_of_case(session: Session, case: Case) -> NamesById:
    """Of everybody who did or has something in the case."""
    of_steps = [
        select(column).where(WorkItem.case_id == case.id)
        for column in (WorkItem.assignee_id, WorkItem.done_by, WorkItem.done_for)
    ]
    filled = select(FormRecord.filled_by).where(FormRecord.case_id == case.id)
    recorded = select(LegalEvent.recorded_by).where(LegalEvent.case_id == case.id)
    handler = select(Case.handler_id).where(Case.id == case.id)
    everybody = union(*of_steps, filled, recorded, handler).subquery()
    return NamesById(session, Account, select(everybody.c[0]))


def units_of_case(session: Session, case: Case) -> NamesById:
    """Of every unit that a step or a list member of the case was given to."""
    given = [select(model.unit_id).where(model.case_id == case.id) for model in (WorkItem, CaseItem)]
    return NamesById(session, Unit, select(union(*given).subquery().c[0]))
