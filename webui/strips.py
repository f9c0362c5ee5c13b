"""The twenty-day strip for the page: cells in weeks, so that lines break between weeks."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from engine.cases.strip import Cell, Day
from webui.speech import gettext

# The id of a list member in the ledger, in brackets of either language.
_MEMBER = re.compile(r"([（(])(c[0-9]+)([）)])")


def weeks(cells: Sequence[Cell]) -> list[list[Cell]]:
    """The cells, Monday to Sunday, in the order of days."""
    return [list(found) for _week, found in groupby(cells, key=lambda cell: cell.on.isocalendar()[:2])]


def classes(cell: Cell) -> str:
    """The style classes of a cell."""
    flags = ("late", "extension", "make_up", "used", "today", "due", "provisional", "cautious")
    found = [str(cell.kind), *(flag for flag in flags if getattr(cell, flag))]
    return " ".join([*found, "ahead"] if expected(cell) else found)


def expected(cell: Cell) -> bool:
    """A day to come that is left out only if the answer that is waited for does not arrive before it."""
    return cell.kind is Day.STOPPED and not cell.used and not cell.today


def named(reason: str, names: Mapping[str, str]) -> str:
    """A reason in the reader's language, with consultees by name instead of by their id in the ledger."""
    return _MEMBER.sub(lambda found: found[1] + names.get(found[2], found[2]) + found[3], gettext(reason))


def counted(cells: Sequence[Cell]) -> tuple[int, int]:
    """How many working days of the period are used up, today included, and how many it has."""
    numbers = [cell.number for cell in cells if cell.number is not None and not cell.late]
    reached = [cell.number for cell in cells if cell.number is not None and not cell.late and (cell.used or cell.today)]
    return max(reached, default=0), max(numbers, default=0)


def stopped(cells: Sequence[Cell]) -> int:
    """How many working days are left out."""
    return sum(cell.kind is Day.STOPPED for cell in cells)
