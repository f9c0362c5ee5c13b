"""Whom a list of cases can be narrowed to: handlers and units, as far as a page can name them all."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import Session

from engine.cases.desk import Actor, Desk
from engine.cases.filters import Filters
from engine.store.tables import Account, AccountRole, Unit

# Nobody looks through more names than these; in a larger office a part of the name is typed.
OFFERED = 60

_Names = Select[int, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """Names by id: all that there are, or where there are too `many` only the one that the list is narrowed to."""

    names: Mapping[int, str]
    many: bool


_PERSON, _HOME = Account.__table__.c, Unit.__table__.c
_PEOPLE = select(_PERSON.id, _PERSON.name).where(_PERSON.agency_id == bindparam("agency_id"))
_HOMES = select(_HOME.id, _HOME.name).where(_HOME.agency_id == bindparam("agency_id"))
_MOST = bindparam("most", type_=Integer)
# Not put in order by the database, which would have to read them all first.
_HANDLERS = (
    _PEOPLE.join(AccountRole, AccountRole.account_id == _PERSON.id).where(AccountRole.role == "handler").limit(_MOST)
)
_UNITS = _HOMES.where(_HOME.active).limit(_MOST)
_CHOSEN_PERSON, _CHOSEN_HOME = _PEOPLE.where(_PERSON.id == bindparam("id")), _HOMES.where(_HOME.id == bindparam("id"))


def choices(desk: Desk, actor: Actor, filters: Filters) -> tuple[Choices, Choices]:
    """Whoever can be a case's handler, by name, and the units in use, as they were opened."""
    with desk.reading() as session:
        found = _choices(session, actor.agency_id, _HANDLERS, _CHOSEN_PERSON, filters.handler)
        by_name = dict(sorted(found.names.items(), key=lambda one: one[1]))
        homes = _choices(session, actor.agency_id, _UNITS, _CHOSEN_HOME, filters.unit)
        return Choices(by_name, found.many), Choices(dict(sorted(homes.names.items())), homes.many)


def _choices(session: Session, agency_id: int, every: _Names, one: _Names, chosen: int | None) -> Choices:
    asking, ours = session.connection(), {"agency_id": agency_id}
    rows = asking.execute(every, ours | {"most": OFFERED + 1}).all()
    many = len(rows) > OFFERED
    if many:
        rows = asking.execute(one, ours | {"id": chosen}).all() if chosen else []
    return Choices({row.id: row.name for row in rows}, many)
