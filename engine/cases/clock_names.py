"""The names under which a ladder of its own can be written down: `[ladder.clocks.<name>]`."""

from sqlalchemy import select

from engine.cases.definitions import load_definition
from engine.cases.desk import Desk
from engine.settings import WAITING
from engine.store.tables import ProcessDefinition

# The clocks of the product; those of the case types stand in their case.toml.
CLOCKS = frozenset(
    {
        WAITING,
        "answer",
        "consultation",
        "correction",
        "correction_notice",
        "defence",
        "filing",
        "hearing",
        "item",
        "limit",
        "payment",
        "publication",
        "reminder",
        "reply",
    }
)


def unknown_clocks(desk: Desk) -> tuple[str, list[str]] | None:
    """The first name in the configuration that no clock has, with every name there is; None when all are known."""
    known = set(CLOCKS)
    with desk.reading() as session:
        for digest in session.scalars(select(ProcessDefinition.digest)).all():
            known |= set(load_definition(session, desk.library, digest).case_type.clocks)
    unknown = sorted(set(desk.settings.ladder.clocks) - known)
    return (unknown[0], sorted(known)) if unknown else None
