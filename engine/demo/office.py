"""The people of the demonstration office, and who of them does what."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from engine.cases.accounts import create_account, office_agency
from engine.cases.definitions import case_type_folders, register_definitions
from engine.cases.desk import Actor, Desk
from engine.cases.spot import approve_spot_item
from engine.cases.units import create_unit
from engine.demo.stories import office_book
from engine.store.tables import Account, ProcessDefinition, SpotItem, Unit, WorkItem


@dataclass(frozen=True, slots=True)
class People:
    """The actors by login name, and the units by name."""

    actors: Mapping[str, Actor]
    units: Mapping[str, int]

    def holder(self, role: str, handler: str) -> Actor:
        """The first holder of a role; for `handler` the story's own."""
        return (
            self.actors[handler]
            if role == "handler"
            else next(one for one in self.actors.values() if role in one.roles)
        )

    def doer(self, work: WorkItem, handler: str, apart: Collection[int] = ()) -> Actor:
        """Who does a work item: its holder, the unit it was given to, else the first holder of its first role.

        `apart`: accounts that are kept from it by what they did before.
        """
        if work.assignee_id is not None:
            return next(actor for actor in self.actors.values() if actor.id == work.assignee_id)
        role = work.role.split()[0]
        if role == "handler":
            return self.actors[handler]
        fits = (
            actor
            for actor in self.actors.values()
            if role in actor.roles and work.unit_id in (None, actor.unit_id) and actor.id not in apart
        )
        return next(fits)


def open_office(desk: Desk, opened: datetime, at: datetime) -> People:
    """Case types and units as of the day `opened`, accounts as of the load `at` (their passwords are that old).

    What exists already is left alone, so that a load that broke off can be carried on. Moves the desk's clock.
    """
    book = office_book()
    desk.now = lambda: opened
    with desk.reading() as session:
        units = {name: id_ for id_, name in session.execute(select(Unit.id, Unit.name))}
        known = dict(session.execute(select(Account.username, Account.id)).all())
        defined = session.scalar(select(ProcessDefinition.digest).limit(1)) is not None
        listed = set(session.scalars(select(SpotItem.title)))
    if not defined:
        desk.write(lambda session: register_definitions(session, case_type_folders(), opened))
    for name in book["units"]:
        if name not in units:
            units[name] = create_unit(desk, None, name)
    desk.now = lambda: at
    hasty = _hasty(desk)
    for person in book["accounts"]:
        if person["username"] not in known:
            made = create_account(
                hasty,
                None,
                username=person["username"],
                name=person["name"],
                roles=person["roles"],
                unit_id=units[person["unit"]],
                password=book["password"],
            )
            known[made.username] = made.account_id
    with desk.reading() as session:
        agency_id = office_agency(session, desk).id
    actors = {
        person["username"]: Actor(
            known[person["username"]], person["name"], agency_id, units[person["unit"]], frozenset(person["roles"])
        )
        for person in book["accounts"]
    }
    desk.now = lambda: opened + timedelta(hours=1)
    head = next(actor for actor in actors.values() if "disclosure_head" in actor.roles)
    for item in book["spot_items"]:
        if item["title"] not in listed:
            approve_spot_item(desk, head, item["title"], item["locator"])
    return People(actors, units)


def _hasty(desk: Desk) -> Desk:
    """The desk with cheap password hashing: the password is printed anyway, and the first login hashes it again."""
    cheap = desk.settings.security.model_copy(update={"argon2_time_cost": 1, "argon2_memory_kib": 8})
    return replace(desk, settings=desk.settings.model_copy(update={"security": cheap}))
