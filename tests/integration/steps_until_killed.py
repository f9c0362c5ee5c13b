"""A process that carries cases through the office, step after step, until somebody kills it.

python -m tests.integration.steps_until_killed DATABASE_URL FOLDER
"""

import sys
from itertools import count
from pathlib import Path

from sqlalchemy import select

from engine.cases.desk import Actor, open_desk
from engine.store.tables import Account, Unit
from tests.office import STRAIGHT, Clock, Office, office_settings, open_office


def reopen(url: str, folder: Path) -> Office:
    """The office in this database, opened when the database is empty."""
    clock = Clock()
    desk = open_desk(office_settings(url, folder), now=clock)
    with desk.reading() as session:
        accounts = session.scalars(select(Account)).all()
        people = {
            one.username: Actor(
                one.id, one.name, one.agency_id, one.unit_id, frozenset(held.role for held in one.roles)
            )
            for one in accounts
        }
        units = {unit.name: unit.id for unit in session.scalars(select(Unit))}
    if not people:
        desk.sessions.engine.dispose()
        return open_office(url, folder, clock)
    return Office(desk, clock, people, units)


def main(url: str, folder: Path) -> None:
    """Register a case and take it to the archive, again and again; one line of output for each step."""
    office = reopen(url, folder)
    for serial in count(1):
        case = office.register(subject=f"第{serial}件").case_id
        say("register")
        while waiting := office.waiting(case):
            office.do(waiting[0], case=case, **STRAIGHT[waiting[0]])
            say(waiting[0])


def say(step: str) -> None:
    """Told only after the step is stored: whoever reads it may kill from here on."""
    sys.stdout.write(f"{step}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
