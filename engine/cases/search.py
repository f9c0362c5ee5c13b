"""Find cases by a word of their subject, by the applicant or by number, however many cases there are.

Chinese is written without spaces and most of its words have two characters, so the index (case_gram) holds every pair
of neighbouring characters. A longer word is found by all its pairs and then checked as a whole.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, delete, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from engine.store.tables import Case, CaseGram
from engine.store.unit_of_work import append

# Of a longer subject only the beginning is indexed; the words that tell what is asked for stand there.
_INDEXED = 400
# The pairs of a long word tell no more than its first few.
_ASKED = 6
# So many cases that have a pair tell how rare it is.
_GLANCE = 150
# Entries of the index read at once, at most.
_PORTION = 5000
_NUMBER = re.compile(r"[0-9]+(-[0-9]*)?")


def grams(case: Case) -> frozenset[str]:
    """Everything that the case can be found by."""
    return frozenset([*_pairs(case.subject[:_INDEXED]), *_pairs(case.applicant_name or ""), *_numbers(case.number)])


def _pairs(text: str) -> Iterator[str]:
    for word in text.lower().split():
        yield from (word[place : place + 2] for place in range(len(word) - 1))


def _numbers(number: str) -> Iterator[str]:
    """A number from its first serial digit on, and its serial with and without leading zeros."""
    year, _, serial = number.lower().rpartition("-")
    yield from (f"{year}-{serial[:length]}" for length in range(1, len(serial) + 1))
    yield from {serial, serial.lstrip("0") or "0"}


def reindex(session: Session, case: Case, before: frozenset[str]) -> None:
    """Bring the index in line with the case; `before`: what it could be found by until now."""
    now = grams(case)
    if gone := before - now:
        session.execute(delete(CaseGram).where(CaseGram.case_id == case.id, CaseGram.gram.in_(gone)))
    for gram in sorted(now - before):
        append(session, CaseGram, gram=gram, case_id=case.id)


def newest(session: Session, cases: Select[Any], text: str, at_most: int, above: int = 0) -> list[Row[Any]]:
    """The newest rows of a selection over Case in whose subject or applicant every word of the text stands.

    A word of digits also finds the case whose number it begins or is. `cases` selects the id first. Only ids `above` a
    number are looked at.
    """
    words = text.lower().split()
    pairs = list(dict.fromkeys(pair for word in words for pair in list(_pairs(word))[:_ASKED]))
    found: list[Row[Any]] = []
    if not pairs:
        single = cases.where(Case.id > above, *[_inside(word) for word in words]).order_by(Case.id.desc())
        found += session.execute(single.limit(at_most))
    elif held := _rarest_first(session, pairs):
        found += _holding(session, cases, held, words, at_most, above)
    if len(words) == 1 and _NUMBER.fullmatch(words[0]):
        found += _holding(session, cases, words, [], at_most, above)
    by_id = {row[0]: row for row in found}
    return [by_id[case_id] for case_id in sorted(by_id, reverse=True)][:at_most]


def _holding(
    session: Session, cases: Select[Any], grams: Sequence[str], words: Sequence[str], at_most: int, above: int
) -> list[Row[Any]]:
    """The newest cases that have the grams, and in which the words stand as they are, not only their pairs.

    A portion of the index leads to the cases: neither database guesses well how many have a gram. All of the portion
    comes back, with nothing beside an entry whose case is not among the `cases`: so the next one knows where to begin.
    The words are looked for here for the first reason, too; what the index says of a pair is all there is to know.
    """
    longer = [word for word in words if len(word) > 2]
    told = (*cases.selected_columns, *((Case.subject, Case.applicant_name) if longer else ()))
    found: list[Row[Any]] = []
    below: int | None = None
    size = at_most
    while len(found) < at_most:
        portion = _portion(grams, above, below, size).subquery()
        among = and_(Case.id == portion.c.case_id, *([] if cases.whereclause is None else [cases.whereclause]))
        query: Select[Any] = select(*told, portion.c.case_id.label("entry"))
        rows = session.execute(query.select_from(portion.outerjoin(Case, among))).all()
        held = [row for row in rows if row[0] is not None and all(_stands(word, row) for word in longer)]
        found += sorted(held, key=lambda row: row[0], reverse=True)
        if len(rows) < size:
            break
        below, size = min(row.entry for row in rows), min(size * 4, _PORTION)
    return found[:at_most]


def _portion(grams: Sequence[str], above: int, below: int | None, size: int) -> Select[*tuple[Any, ...]]:
    """The newest ids that have every gram: walked along the first one's entries, the others are looked up for each."""
    first = aliased(CaseGram)
    found = select(first.case_id).where(first.gram == grams[0], first.case_id > above)
    for gram in grams[1:]:
        other = aliased(CaseGram)
        found = found.where(exists().where(other.gram == gram, other.case_id == first.case_id))
    if below is not None:
        found = found.where(first.case_id < below)
    return found.order_by(first.case_id.desc()).limit(size)


def _stands(word: str, row: Row[Any]) -> bool:
    return word in row.subject.lower() or word in (row.applicant_name or "").lower()


def reading(text: str) -> ColumnElement[bool]:
    """As `newest`, for the few cases of one person: their words are read, no index is asked."""
    return and_(*[or_(_inside(word), Case.number.icontains(word, autoescape=True)) for word in text.lower().split()])


def _inside(word: str) -> ColumnElement[bool]:
    return or_(Case.subject.icontains(word, autoescape=True), Case.applicant_name.icontains(word, autoescape=True))


def _rarest_first(session: Session, pairs: Sequence[str]) -> Sequence[str]:
    """Those that few cases have come first, the others by how far back one must go to find so many.

    None if one has no case at all.
    """
    if len(pairs) == 1:
        return pairs
    glances = []
    for pair in pairs:
        so_many = select(CaseGram.case_id).where(CaseGram.gram == pair).order_by(CaseGram.case_id.desc())
        few = select(literal_column("0", Integer)).where(CaseGram.gram == pair)
        back = so_many.offset(_GLANCE - 1).limit(1).scalar_subquery()
        glances.append(func.coalesce(back, few.limit(1).scalar_subquery()))
    reached = session.execute(select(*glances)).one()
    return [] if None in reached else [pair for _id, pair in sorted(zip(reached, pairs, strict=True))]
