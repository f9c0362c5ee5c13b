"""The index of words: for every pair of neighbouring characters, the cases it stands in and where in them.

Chinese words mostly have two characters and stand without spaces, so pairs are what is looked up. A case takes
sixteen bits of its block's row: twelve for its place among the 4,096 cases of the block, four for where in the case the
pair stands. Entries are only ever added: what they are made from (answers, letters, attachments) never changes.
"""

import sys
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.store.tables import TextGram

BLOCK = 4096
"""Cases in a block."""

PLACES: Mapping[str, int] = {"request": 1, "reply": 2, "attachment": 4, "name": 8}
"""Where a pair can stand; `name` is the applicant's name and the case's number."""

_PORTION = 500  # grams of one statement

Found = dict[int, int]
"""Case id -> places, as the bits of PLACES."""


# Full-width digits and letters stand 0xFEE0 behind the usual ones.
_HALF = {code: code - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for code in range(ord(first), ord(last) + 1)}


def half_width(text: str) -> str:
    """Full-width letters and digits as the usual ones; every other character as it is."""
    return text.translate(_HALF)


def folded(text: str) -> str:
    """As texts are compared: letters and digits of the usual width, in small letters."""
    return half_width(text).lower()


def pairs(text: str) -> list[str]:
    """Every pair of neighbouring letters, digits or Han characters, each once, in the order of the text."""
    text = folded(text)
    known = [mark.isalnum() for mark in text]
    found = (text[at : at + 2] for at in range(len(text) - 1) if known[at] and known[at + 1])
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be indexed: the pairs of a text of a case, and where it stands."""

    case_id: int
    place: str
    grams: Collection[str]


def post(session: Session, entries: Iterable[Entry]) -> None:
    """Add the entries. Rows are locked in one order, so that any number of writers may do so at once."""
    blocks: dict[int, dict[str, Found]] = defaultdict(lambda: defaultdict(dict))
    for entry in entries:
        block, place = divmod(entry.case_id, BLOCK)
        for gram in entry.grams:
            found = blocks[block][gram]
            found[place] = found.get(place, 0) | PLACES[entry.place]
    for block, grams in sorted(blocks.items()):
        names = sorted(grams)
        for first in range(0, len(names), _PORTION):
            _merge(session, block, {name: grams[name] for name in names[first : first + _PORTION]})


def _merge(session: Session, block: int, grams: Mapping[str, Found]) -> None:
    rows = session.scalars(
        select(TextGram)
        .where(TextGram.block == block, TextGram.gram.in_(list(grams)))
        .order_by(TextGram.gram)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    known = {row.gram: row for row in rows}
    for gram, found in grams.items():
        row = known.get(gram)
        if row is None:
            session.add(TextGram(gram=gram, block=block, cases=_packed(found)))
            continue
        merged = _unpacked(row.cases)
        before = dict(merged)
        for place, bits in found.items():
            merged[place] = merged.get(place, 0) | bits
        if merged != before:
            row.cases = _packed(merged)
    session.flush()


def _packed(found: Found) -> bytes:
    words = array("H", sorted(place << 4 | bits for place, bits in found.items()))
    if sys.byteorder == "big":
        words.byteswap()
    return words.tobytes()


def _unpacked(cases: bytes) -> Found:
    words = array("H")
    words.frombytes(cases)
    if sys.byteorder == "big":
        words.byteswap()
    return {word >> 4: word & 15 for word in words}


@dataclass(frozen=True, slots=True)
class Weight:
    """How much room a pair takes in the index: bytes, two for each case, over so many blocks."""

    gram: str
    size: int
    blocks: tuple[int, ...]


def rarest(session: Session, grams: Sequence[str], above: int = -1) -> list[Weight]:
    """The pairs with their weight in the blocks above a number, the rarest first; one that stands nowhere is first."""
    rows = session.execute(
        select(TextGram.gram, TextGram.block, func.length(TextGram.cases)).where(
            TextGram.gram.in_(grams), TextGram.block > above
        )
    )
    sizes: dict[str, dict[int, int]] = {gram: {} for gram in grams}
    for gram, block, size in rows:
        sizes[gram][block] = size
    weights = [Weight(gram, sum(own.values()), tuple(sorted(own, reverse=True))) for gram, own in sizes.items()]
    return sorted(weights, key=lambda one: (one.size, one.gram))


def rows_of(session: Session, grams: Collection[str], blocks: Collection[int]) -> dict[tuple[str, int], Found]:
    """What these blocks say of the pairs: (gram, block) -> case id -> places."""
    rows = session.execute(
        select(TextGram.gram, TextGram.block, TextGram.cases).where(
            TextGram.gram.in_(list(grams)), TextGram.block.in_(list(blocks))
        )
    )
    return {
        (gram, block): {block * BLOCK + place: bits for place, bits in _unpacked(cases).items()}
        for gram, block, cases in rows
    }
