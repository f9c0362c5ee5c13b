"""Cases for tests of pages: registered and carried on by the commands, so that a page has something to show."""

from typing import Any

from engine.cases.desk import Actor, Desk
from engine.cases.login import authenticate
from engine.cases.permissions import ROLES
from tests.office import Clock, Office

PASSWORD = "Qingshi-412-lu"


def people(desk: Desk) -> dict[str, Actor]:
    """The person of each role, by role."""
    return {role: authenticate(desk, role, PASSWORD, "127.0.0.1").actor for role in ROLES}


def office_of(desk: Desk, clock: Any) -> Office:
    """The office behind the pages, for carrying cases on with `do` and `advance`."""
    ours = Clock(clock.moment)
    return Office(desk, ours, people(desk))
