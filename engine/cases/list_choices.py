"""Whom a list of cases can be narrowed to: handlers and units, as far as a page can name them all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.cases.desk import Actor, Desk
from engine.cases.filters import Filters
from engine.store.tables import Account, AccountRole, Unit

# Nobody looks through more names than these; in a larger office a part of the name is typed.
OFFERED = 100


@dataclass(frozen=True, slots=True)
class Choices:
    """Names by id: all that there are, or where there are too `many` only the one that the list is narrowed to."""

    names: Mapping[int, str]
    many: bool


def choices(desk: Desk, actor: Actor, filters: Filters) -> tuple[Choices, Choices]:
    """Whoever can be a case's handler, by name, and the units in use, as they were opened."""
    people = select(Account.id, Account.name).where(Account.agency_id == actor.agency_id)
    handlers = people.join(AccountRole).where(AccountRole.role == "handler")
    units = select(Unit.id, Unit.name).where(Unit.agency_id == actor.agency_id)
    handler = people.where(Account.id == filters.handler) if filters.handler else None
    home = units.where(Unit.id == filters.unit) if filters.unit else None
    with desk.reading() as session:
        found = _choices(session, handlers, handler)
        by_name = dict(sorted(found.names.items(), key=lambda one: one[1]))
        homes = _choices(session, units.where(Unit.active), home)
        return Choices(by_name, found.many), Choices(dict(sorted(homes.names.items())), homes.many)


def _choices(session: Session, every: Select[*tuple[Any, ...]], chosen: Select[*tuple[Any, ...]] | None) -> Choices:
    # Not put in order by the database, which would have to read them all first.
    rows = session.execute(every.limit(OFFERED + 1)).all()
    many = len(rows) > OFFERED
    if many:
        rows = session.execute(chosen).all() if chosen is not None else []
    return Choices({row.id: row.name for row in rows}, many)
