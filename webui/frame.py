"""What every page shows around its own part, asked for once for a page."""

from flask import g

from engine.cases import menu_counts
from engine.cases.case_lists import Kind
from engine.cases.listing import AT_FIRST
from webui import visit


def in_hand() -> menu_counts.InHand:
    """The figures that stand in the menu and above the lists."""
    if "in_hand" not in g:
        g.in_hand = menu_counts.in_hand(visit.desk(), visit.actor())
    found: menu_counts.InHand = g.in_hand
    return found


def tally(count: int) -> str:
    """A figure of `in_hand` as it stands beside a word; it says where there are more."""
    return f"{AT_FIRST}+" if count > AT_FIRST else str(count)


def known_kinds() -> tuple[Kind, ...]:
    """Every kind of case, as the menu and the list of all cases name them."""
    return in_hand().kinds
