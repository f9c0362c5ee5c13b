"""The index of words: for every pair of neighbouring characters, the cases it stands in and where in them.

Chinese words mostly have two characters and stand without spaces, so pairs are what is looked up. A case takes
sixteen bits of its block's row: twelve for its place among the 4,096 cases of the block, four for where in the case the
pair stands. Entries are only ever added: what they are made from (answers, letters, attachments) never changes.
"""

import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from engine.store.one_of import OneOf
from engine.store.tables import Case, TextGram

BLOCK = 4096
"""Cases in a block."""

PLACES: Mapping[str, int] = {"request": 1, "reply": 2, "attachment": 4, "name": 8}
"""Where a pair can stand; `name` is the applicant's name and the case's number."""

_PORTION = 500  # grams of one statement
_MANY = 8  # times as many entries: then those wanted are looked up one by one

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


def _words(cases: bytes) -> Sequence[int]:
    words = array("H")
    words.frombytes(cases)
    if sys.byteorder == "big":
        words.byteswap()
    return words


def _unpacked(cases: bytes) -> Found:
    return {word >> 4: word & 15 for word in _words(cases)}


@dataclass(frozen=True, slots=True)
class Block:
    """What a block says of some pairs: its number, and pair -> packed cases."""

    number: int
    rows: Mapping[str, bytes]


def newest_blocks(
    session: Session,
    grams: Sequence[str],
    read: Sequence[str],
    below: int | None,
    at_most: int,
    among: Collection[int] | None = None,
) -> list[Block]:
    """The newest blocks in which all of the pairs stand, with what they say of some, `read`.

    `below`: only blocks with a smaller number; `among`: of these alone.
    """
    own = aliased(TextGram)
    narrow = [] if below is None else [own.block < below]
    if among is not None:
        narrow.append(OneOf(own.block, sorted(among)))
    every = select(own.block).where(OneOf(own.gram, grams), *narrow).group_by(own.block)
    newest = every.having(func.count() == len(grams)).order_by(own.block.desc()).limit(at_most)
    return _blocks(session, read, TextGram.block.in_(newest))


def rows_of(session: Session, grams: Sequence[str], blocks: Sequence[int]) -> Mapping[int, Mapping[str, bytes]]:
    """What these blocks say of the pairs: number -> pair -> packed cases."""
    found = {block.number: block.rows for block in _blocks(session, grams, OneOf(TextGram.block, blocks))}
    return {number: found.get(number, {}) for number in blocks}


def _blocks(session: Session, grams: Sequence[str], which: ColumnElement[bool]) -> list[Block]:
    query = select(TextGram.gram, TextGram.block, TextGram.cases)
    rows: dict[int, dict[str, bytes]] = {}
    for gram, block, cases in session.execute(query.where(OneOf(TextGram.gram, grams), which)):
        rows.setdefault(block, {})[gram] = cases
    return [Block(number, rows[number]) for number in sorted(rows, reverse=True)]


def together(block: Block, asked: Sequence[Sequence[str]], bits: int) -> set[int]:
    """Ids of the cases of a block in which the pairs of each group stand together in one of the places of `bits`."""
    found: set[int] | None = None
    for grams in filter(None, asked):
        postings = sorted((block.rows.get(gram, b"") for gram in grams), key=len)
        shared = {place: own & bits for place, own in _unpacked(postings[0]).items() if found is None or place in found}
        for cases in postings[1:]:
            shared = _shared(shared, cases)
        found = {place for place, own in shared.items() if own}
    return {block.number * BLOCK + place for place in found or ()}


def _shared(found: Found, cases: bytes) -> Found:
    """Those of the cases that stand here, too, with the places they have in common."""
    words = _words(cases)
    if len(words) < _MANY * len(found):
        known = {word >> 4: word & 15 for word in words}
    else:
        known = {}
        for place in found:
            at = bisect_left(words, place << 4)
            if at < len(words) and words[at] >> 4 == place:
                known[place] = words[at] & 15
    return {place: bits & known[place] for place, bits in found.items() if bits & known.get(place, 0)}


def weights(session: Session, grams: Sequence[str]) -> dict[str, int]:
    """How many entries each of the pairs has in a recent block; one that does not stand in it is left out.

    The newest block tells, once it is half full; until then the one before.
    """
    entries = func.length(TextGram.cases)
    told = TextGram.block == (_last() - BLOCK // 2) // BLOCK
    rows = session.execute(select(TextGram.gram, entries).where(OneOf(TextGram.gram, grams), told))
    return {gram: size // 2 for gram, size in rows}


def where_they_stand(session: Session, grams: Sequence[str], newest: int, bits: int) -> Iterator[int]:
    """Ids of the cases of the newest blocks in which a pair stands in one of the places of `bits`, once for each."""
    recent = TextGram.block > _last() // BLOCK - newest
    rows = session.execute(select(TextGram.block, TextGram.cases).where(OneOf(TextGram.gram, grams), recent))
    for block, cases in rows:
        yield from (block * BLOCK + (word >> 4) for word in _words(cases) if word & bits)


def _last() -> ScalarSelect[Any]:
    """The id of the newest case."""
    return select(func.max(Case.id)).scalar_subquery()
