"""Names of people, units and list members by id, for a page: of those in its rows at once, of others when asked for."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import literal_column, select, union_all
from sqlalchemy.orm import Session

from engine.store.one_of import OneOf
from engine.store.tables import Account, CaseItem, Unit

_Named = type[Account] | type[Unit]


class NamesById(Mapping[int, str]):
    """The names of accounts or of units. An office may have thousands of both, and a case knows a handful."""

    def __init__(self, session: Session, model: _Named, known: dict[int, str]) -> None:
        """`known`: the names read already."""
        self._session = session
        self._model = model
        self._known = known

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


def names_of(session: Session, people: Collection[int], units: Collection[int]) -> tuple[NamesById, NamesById]:
    """The names of these people and units, read at once; both tell others, too."""
    found: dict[str, dict[int, str]] = {"person": {}, "unit": {}}
    wanted: list[tuple[str, Any, Collection[int]]] = [("person", Account, people), ("unit", Unit, units)]
    parts = [
        select(literal_column(f"'{kind}'"), model.id, model.name).where(OneOf(model.id, ids))
        for kind, model, ids in wanted
        if ids
    ]
    for kind, key, name in session.execute(union_all(*parts)) if parts else ():
        found[kind][key] = name
    return NamesById(session, Account, found["person"]), NamesById(session, Unit, found["unit"])


def member_names(items: Iterable[CaseItem], units: Mapping[int, str]) -> dict[int, str]:
    """What the members of a case's lists are called, by id: as they were named, or as the unit they are."""
    return {
        one.id: str(one.data.get("name", one.public_id)) if one.unit_id is None else units.get(one.unit_id, "")
        for one in items
    }
