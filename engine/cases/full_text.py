"""Full-text search over requests, replies and attachments, in Chinese and whatever else, narrowed to what one may see.

The index (engine/cases/postings.py) names the cases in which all pairs of the words stand, the newest blocks first; the
stored texts then say whether the words stand there as they are, and around which words of the text.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from engine.cases import search
from engine.cases.access import needs_case_work, sees_all, visible
from engine.cases.desk import Actor, Desk
from engine.cases.documents import RESTRICTED_TO
from engine.cases.errors import Refusal
from engine.cases.postings import PLACES, Found, folded, pairs, rarest, rows_of
from engine.store.tables import Case, Document, Letter, SearchedText

PAGE = 20
FOUND = 200
"""So many hits are listed; whoever has more narrows the words."""

_WORDS, _LONGEST = 8, 40
_ASKED = 8  # pairs of one word that are looked up; the text tells the rest
_STAGES = (4, 16, 64)  # blocks read at first, then, then …; the rest at the end
_CHUNK = 250  # cases whose texts are asked at once: a full list, and some that are not there for everybody
_AT_ONCE = 100
_OWN = 5000  # cases of somebody who sees only those that came to him
_AROUND = 36  # characters before and after a hit
_SNIPPETS = 3  # of one case

Marked = tuple[tuple[str, bool], ...]
"""A text in parts; True: this part is a word that was searched."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a case was hit: `place` of PLACES, the paper's title, its id, and the words around the hit."""

    place: str
    title: str
    source_id: int
    text: Marked
    voided: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found."""

    case_id: int
    number: Marked
    subject: Marked
    applicant: Marked
    drill: bool
    decision: str | None
    received_on: date | None
    arrived_on: date | None
    closed_at: datetime | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits, the newest case first: `total` in all, or more than that when `more`."""

    rows: tuple[Hit, ...]
    total: int
    number: int
    more: bool


def search_text(desk: Desk, actor: Actor, text: str, place: str = "", page: int = 1) -> Hits:
    """Cases in which every word stands, in one of their texts each. `place` of PLACES narrows where.

    Raises Refusal for words too short to be looked up, NotPermitted for roles that see no case.
    """
    needs_case_work(actor)
    words = list(dict.fromkeys(word[:_LONGEST] for word in folded(text).split()))[:_WORDS]
    if not any(pairs(word) for word in words):
        raise Refusal("请输入至少两个字的词，例如“征地”；多个词用空格隔开。")
    with desk.reading() as session:
        found = _Search(session, actor, words, place).cases(FOUND + 1)
        total = min(len(found), FOUND)
        number = min(max(page, 1), max(-(-total // PAGE), 1))
        rows = _hits(session, actor, found[:FOUND][(number - 1) * PAGE : number * PAGE], words, place)
        return Hits(rows, total, number, len(found) > FOUND)


class _Search:
    """One search; every statement it sends is bounded by the number of cases asked for."""

    def __init__(self, session: Session, actor: Actor, words: Sequence[str], place: str) -> None:
        self.session, self.actor, self.words, self.place = session, actor, words, place
        self.bits = PLACES.get(place, 15)
        self.reads_all = not actor.roles.isdisjoint(RESTRICTED_TO)
        self.own: frozenset[int] | None = None
        if not sees_all(actor):
            mine = visible(select(Case.id), actor).order_by(Case.id.desc()).limit(_OWN)
            self.own = frozenset(session.scalars(mine))

    def cases(self, at_most: int) -> list[int]:
        """Ids, the newest first."""
        found = set()
        if not self.place:  # what has just been registered is found before its text has been read
            fresh = search.newest(
                self.session, visible(select(Case.id), self.actor), " ".join(self.words), at_most, self._read()
            )
            found = {row[0] for row in fresh}
        held = 0
        for candidates in self._candidates():
            known = self._held(candidates)
            found |= known
            held += len(known)
            if held >= at_most:
                break
        return sorted(found, reverse=True)[:at_most]

    def _read(self) -> int:
        """All cases up to this one, but for a few that were registered at the same time, have been read."""
        newest = select(SearchedText.case_id).where(SearchedText.place == "request")
        return (self.session.scalar(newest.order_by(SearchedText.source_id.desc()).limit(1)) or 0) - _AT_ONCE

    def _candidates(self) -> Iterator[list[int]]:
        """Cases in which all pairs of every word stand, in chunks, the newest first."""
        asked = {word: pairs(word)[:_ASKED] for word in self.words}
        weights = rarest(self.session, list(dict.fromkeys(gram for grams in asked.values() for gram in grams)))
        if not weights or not weights[0].size:
            return
        blocks, first = weights[0].blocks, 0
        for size in (*_STAGES, len(blocks)):
            stage = blocks[first : first + size]
            first += size
            if not stage:
                return
            rows = rows_of(self.session, [one.gram for one in weights], stage)
            together = sorted((one for block in stage for one in self._together(asked, rows, block)), reverse=True)
            for at in range(0, len(together), _CHUNK):
                yield together[at : at + _CHUNK]

    def _together(
        self, asked: dict[str, list[str]], rows: dict[tuple[str, int], dict[int, int]], block: int
    ) -> set[int]:
        """Cases of a block in which the pairs of each word stand together in one place."""
        found: Collection[int] | None = self.own
        for grams in filter(None, asked.values()):
            postings = sorted((rows.get((gram, block), {}) for gram in grams), key=len)
            few = {one: bits for one, bits in postings[0].items() if found is None or one in found}
            found = {one for one, bits in few.items() if self._share(bits, postings[1:], one)}
        return set(found or ())

    def _share(self, bits: int, others: Sequence[Found], case_id: int) -> bool:
        bits &= self.bits
        for one in others:
            bits &= one.get(case_id, 0)
        return bool(bits)

    def _held(self, candidates: Sequence[int]) -> set[int]:
        """Those that the actor may see and in whose texts the words stand as they are."""
        if all(self._is_pair(word) for word in self.words):
            return set(self.session.scalars(visible(select(Case.id), self.actor, candidates)))
        known = cast("Select[Any]", select(Case.id, Case.subject, Case.applicant_name, Case.number))
        rows = self.session.execute(visible(known, self.actor, candidates))
        left = {row.id: row for row in rows}
        for word in self.words:
            if self._is_pair(word):
                continue
            named = set() if self.place else {row.id for row in left.values() if word in _named(row)}
            unsure = left.keys() - named
            if not unsure:
                continue
            held = set(self.session.scalars(self._told(word).where(SearchedText.case_id.in_(unsure)).distinct()))
            left = {one: row for one, row in left.items() if one in named or one in held}
        return set(left)

    def _is_pair(self, word: str) -> bool:
        """Whether what the index says of a word is all there is to know."""
        return self.reads_all and pairs(word) == [word]

    def _told(self, word: str) -> Select[Any]:
        told = readable(select(SearchedText.case_id), self.actor).where(_holding(word))
        return told.where(stands_in(self.place)) if self.place else told


def stands_in(place: str) -> ColumnElement[bool]:
    """Texts of a place, found by their case: as a bare comparison it would lead a database to every text there is."""
    return SearchedText.place + "" == place


def _named(row: Row[Any]) -> str:
    return folded(f"{row.subject}\n{row.applicant_name or ''}\n{row.number}")


def _holding(word: str) -> ColumnElement[bool]:
    if word == word.upper():  # Chinese and figures know no capitals, and comparing them as they are is much quicker
        return SearchedText.text.contains(word, autoescape=True)
    return SearchedText.text.icontains(word, autoescape=True)


def readable(query: Select[Any], actor: Actor) -> Select[Any]:
    """Narrow a query over SearchedText to papers that the actor may read; who may see the case is asked elsewhere."""
    if not actor.roles.isdisjoint(RESTRICTED_TO):
        return query
    paper = aliased(Document)
    hidden = exists().where(paper.id == SearchedText.source_id, paper.restricted.is_(True))
    return query.where(~and_(SearchedText.place == "attachment", hidden))


def _hits(session: Session, actor: Actor, ids: Sequence[int], words: Sequence[str], place: str) -> tuple[Hit, ...]:
    cases = {one.id: one for one in session.scalars(select(Case).where(Case.id.in_(ids)))}
    passages = _passages(session, actor, ids, words, place)
    return tuple(
        Hit(
            case_id=one.id,
            number=marked(one.number, words),
            subject=marked(one.subject, words),
            applicant=marked(one.applicant_name or "", words),
            drill=one.drill,
            decision=one.decision,
            received_on=one.received_on,
            arrived_on=one.arrived_on,
            closed_at=one.closed_at,
            passages=tuple(passages.get(one.id, [])[:_SNIPPETS]),
        )
        for one in (cases[case_id] for case_id in ids)
    )


def _passages(
    session: Session, actor: Actor, ids: Sequence[int], words: Sequence[str], place: str
) -> dict[int, list[Passage]]:
    replied = and_(SearchedText.place == "reply", Letter.decision.is_not(None))
    order = case((SearchedText.place == "request", 0), (replied, 1), (SearchedText.place == "reply", 2), else_=3)
    query = (
        select(SearchedText, Letter.name, Letter.number, Letter.voided_at, Document.filename)
        .outerjoin(Letter, and_(SearchedText.place == "reply", Letter.id == SearchedText.source_id))
        .outerjoin(Document, and_(SearchedText.place == "attachment", Document.id == SearchedText.source_id))
        .where(SearchedText.case_id.in_(ids), or_(*[_holding(word) for word in words]))
        .order_by(SearchedText.case_id, order, SearchedText.source_id)
    )
    asked = readable(cast("Select[Any]", query), actor)
    if place:
        asked = asked.where(stands_in(place))
    found: dict[int, list[Passage]] = {}
    for text, letter, number, voided, filename in session.execute(asked):
        title = f"{letter} {number or ''}".strip() if letter else filename or ""
        passage = Passage(text.place, title, text.source_id, snippet(text.text, words), voided is not None)
        found.setdefault(text.case_id, []).append(passage)
    return found


def snippet(text: str, words: Collection[str]) -> Marked:
    """The words around the first hit, in one line."""
    plain = folded(text)
    places = [place for word in words if (place := plain.find(word)) >= 0]
    first = min(places, default=0)
    begin, end = max(first - _AROUND, 0), first + 2 * _AROUND
    parts = marked(re.sub(r"\s+", " ", text[begin:end]), words)
    before = (("…", False),) if begin else ()
    return (*before, *parts, *((("…", False),) if end < len(text) else ()))


def marked(text: str, words: Collection[str]) -> Marked:
    """The text in parts, with the words told apart; nothing is escaped, that is the page's business."""
    if not text:
        return ()
    plain = folded(text)
    if len(plain) != len(text):
        return ((text, False),)
    wanted = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    parts, at = [], 0
    for hit in wanted.finditer(plain):
        if hit.start() > at:
            parts.append((text[at : hit.start()], False))
        parts.append((text[hit.start() : hit.end()], True))
        at = hit.end()
    if at < len(text):
        parts.append((text[at:], False))
    return tuple(parts)
