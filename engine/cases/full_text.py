"""Full-text search over requests, replies and attachments, in Chinese and whatever else, narrowed to what one may see.

The index (engine/cases/postings.py) names the cases in which all pairs of the words stand, the newest blocks first; the
stored texts then say whether the words stand there as they are, and around which words of the text. What a page costs
does not grow with the office: it reads on until the page is full, so much of the index has been read, or so much of it
in vain, and the next page begins where it left off.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from engine.cases import search
from engine.cases.access import needs_case_work, sees_all, visible
from engine.cases.desk import Actor, Desk
from engine.cases.documents import RESTRICTED_TO
from engine.cases.errors import Refusal
from engine.cases.passages import Marked, marked, snippet
from engine.cases.postings import BLOCK, PLACES, Block, folded, newest_blocks, pairs, rows_of, together
from engine.store.one_of import OneOf
from engine.store.tables import Case, Document, Letter, SearchedText

PAGE = 20

_WORDS, _LONGEST = 8, 40
_ASKED = 16  # pairs of all words that are looked up; the texts tell the rest
_FIRST = 3  # blocks read at first
_LEAD_FROM = 8  # blocks from which on two pairs lead to those where the others are looked up
_COMMON, _SMALL = 64, 1024  # so many times the rarest pair, or so many bytes of a block: then a pair is left out
_ROWS = 1000  # of the index, for one page
_BARREN = 32  # blocks on end in which nothing was found: then a page is left; more than all of a county's
_CHUNK = 100  # cases whose texts are asked at once
_SPARE = 4  # beyond a page: some are not there for everybody
_AT_ONCE = 100  # cases registered while a case before them was
_UNREAD = 5000  # so many cases that have not been read yet are looked through; more of them are found by the index
_OWN = 5000  # cases of somebody who sees only those that came to him
_SNIPPETS = 3  # of one case

_SHOWN: tuple[Any, ...] = (
    Case.id, Case.number, Case.subject, Case.applicant_name, Case.drill, Case.decision, Case.received_on,
    Case.arrived_on, Case.closed_at,
)  # fmt: skip
_TOLD: tuple[Any, ...] = (
    SearchedText.case_id, SearchedText.place, SearchedText.source_id, SearchedText.text,
    Letter.name, Letter.number, Letter.decision, Letter.voided_at, Document.filename,
)  # fmt: skip


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
    """A page of hits, the newest case first.

    Attributes:
        older: the id before which the next page looks; None when there is nothing more.
        since: set when the page was left before it was full: all cases registered from this day on have been looked at.
    """

    rows: tuple[Hit, ...]
    older: int | None = None
    since: date | None = None


def search_text(desk: Desk, actor: Actor, text: str, place: str = "", before: int | None = None) -> Hits:
    """Cases in which every word stands, in one of their texts each. `place` of PLACES narrows where.

    `before`: only cases with a smaller id, as `Hits.older` of the page before says. Raises Refusal for words too short
    to be looked up, NotPermitted for roles that see no case.
    """
    needs_case_work(actor)
    words = list(dict.fromkeys(word[:_LONGEST] for word in folded(text).split()))[:_WORDS]
    if not any(pairs(word) for word in words):
        raise Refusal("请输入至少两个字的词，例如“征地”；多个词用空格隔开。")
    with desk.reading() as session:
        found = _Search(session, actor, words, place, before)
        hits = found.hits()
        if len(hits) > PAGE:
            return Hits(tuple(hits[:PAGE]), hits[PAGE - 1].case_id)
        if not found.reached:
            return Hits(tuple(hits))
        first = select(Case.registered_at).where(Case.id >= found.reached).order_by(Case.id).limit(1)
        return Hits(tuple(hits), found.reached, desk.local(session.execute(first).scalar_one()).date())


class _Search:
    """One search for a page; every statement it sends is bounded.

    `reached`: all cases from this id on have been looked at; 0 when there are no others.
    """

    def __init__(self, session: Session, actor: Actor, words: Sequence[str], place: str, before: int | None) -> None:
        self.session, self.actor, self.words, self.place, self.before = session, actor, words, place, before
        self.reached = 0
        self.own: frozenset[int] | None = None
        if not sees_all(actor):
            mine = visible(select(Case.id), actor).where(*self._before()).order_by(Case.id.desc()).limit(_OWN)
            self.own = frozenset(session.scalars(mine))

    def hits(self) -> list[Hit]:
        """The newest, more than a page of them if there are more."""
        found = {row.id: self._hit(row, ()) for row in self._fresh()}
        held = 0
        for portion in self._portions():
            known = self._held(portion)
            found |= known
            held += len(known)
            if held > PAGE:
                break
        return [found[case_id] for case_id in sorted(found, reverse=True)]

    def _portions(self) -> Iterator[list[int]]:
        """Candidates, as many at once as may fill the page."""
        waiting: list[int] = []
        least, size = PAGE + 1, PAGE + 1 + _SPARE
        for candidates in self._candidates():
            waiting += candidates
            while len(waiting) >= least:
                yield waiting[:size]
                waiting = waiting[size:]
                least = size = _CHUNK
        if waiting:
            yield waiting

    def _before(self) -> list[ColumnElement[bool]]:
        return [] if self.before is None else [Case.id < self.before]

    def _fresh(self) -> Sequence[Row[Any]]:
        """What has just been registered is found by subject, applicant and number before its text has been read."""
        if self.place:
            return ()
        of_requests = select(SearchedText.case_id).where(SearchedText.place == "request")
        last_read = of_requests.order_by(SearchedText.source_id.desc()).limit(1).scalar_subquery()
        above = func.coalesce(last_read, 0) - _AT_ONCE
        newest = select(Case.id).where(Case.id > above, *self._before()).order_by(Case.id.desc())
        late = newest.limit(_UNREAD).subquery()
        # One look for each of the few: PostgreSQL would compare them with all texts there are, were this an EXISTS.
        read = select(SearchedText.id).where(SearchedText.case_id == late.c.id, stands_in("request")).limit(1)
        unread = self.session.scalars(select(late.c.id).where(read.scalar_subquery().is_(None))).all()
        words = " ".join(self.words)
        if len(unread) == _UNREAD:
            cases = visible(select(Case.id), self.actor).where(*self._before())
            many = search.newest(self.session, cases, words, PAGE + 1, self.session.scalar(select(above)) or 0)
            return self.session.execute(select(*_SHOWN).where(OneOf(Case.id, [row[0] for row in many]))).all()
        if not unread:
            return ()
        held = visible(select(*_SHOWN), self.actor, unread).where(search.reading(words))
        return self.session.execute(held.order_by(Case.id.desc()).limit(PAGE + 1)).all()

    def _candidates(self) -> Iterator[list[int]]:
        """Cases in which all pairs of every word stand, stretch by stretch of the index, the newest first."""
        asked = _asked(self.words)
        grams = list(dict.fromkeys(gram for own in asked for gram in own))
        leads, size, left, barren = grams, _FIRST, _ROWS, 0
        below = None if self.before is None else (self.before - 1) // BLOCK + 1
        among = None if self.own is None else {case_id // BLOCK for case_id in self.own}
        while left > 0 and barren < _BARREN:
            size = max(min(size, left // len(leads), _BARREN - barren), 1)
            blocks = newest_blocks(self.session, grams, leads, below, size, among)
            left -= len(blocks) * len(leads)
            met = 0
            for candidates, lowest, rows in self._together(asked, leads, blocks):
                met += len(candidates)
                left -= rows
                self.reached = lowest * BLOCK
                yield candidates
                if left <= 0:
                    return
            if len(blocks) < size:
                self.reached = 0
                return
            below = blocks[-1].number
            self.reached = below * BLOCK
            barren = 0 if met else barren + len(blocks)
            size = max(2 * size, ceil(2 * PAGE * size / max(met, 0.1)))
            if leads is grams and size >= _LEAD_FROM:
                asked, leads = _leading(asked, blocks)

    def _together(
        self, asked: Sequence[Sequence[str]], leads: Sequence[str], blocks: Sequence[Block]
    ) -> Iterator[tuple[list[int], int, int]]:
        """Cases in which the pairs of each word stand together in one place, down to a block, and the rows that took.

        `leads`: what the blocks tell of; only where these stand together the others are looked up.
        """
        rest = list(dict.fromkeys(gram for own in asked for gram in own if gram not in leads))
        leading = [[gram for gram in own if gram in leads] for own in asked]
        few = [(block, self._of_block(leading, block)) for block in blocks]
        waiting = [(block, found) for block, found in few if found]
        if sum(len(found) for _block, found in waiting) <= PAGE + _SPARE:
            rest = []  # their texts are read in any case
        while waiting:
            count, met = 0, 0
            while count < len(waiting) and (met < _CHUNK or not rest):
                met += len(waiting[count][1])
                count += 1
            part, waiting = waiting[:count], waiting[count:]
            if rest:
                more = rows_of(self.session, rest, [block.number for block, _found in part])
                whole = [Block(block.number, {**block.rows, **more[block.number]}) for block, _found in part]
                part = [(block, self._of_block(asked, block)) for block in whole]
            found = sorted((one for _block, of_block in part for one in of_block), reverse=True)
            yield found, part[-1][0].number, len(rest) * len(part)

    def _of_block(self, asked: Sequence[Sequence[str]], block: Block) -> set[int]:
        bits = PLACES.get(self.place, 15)
        found = together(block, asked, bits)
        if self.own is not None:
            found &= self.own
        return {one for one in found if self.before is None or one < self.before}

    def _held(self, candidates: Sequence[int]) -> dict[int, Hit]:
        """Those that the actor may see and in whose texts the words stand as they are."""
        rows = self.session.execute(visible(select(*_SHOWN), self.actor, candidates)).all()
        texts = self._texts([row.id for row in rows]) if rows else {}
        found = {}
        for row in rows:
            plain = [folded(text.text) for text in texts.get(row.id, ())]
            if not self.place:
                plain.append(folded(f"{row.subject}\n{row.applicant_name or ''}\n{row.number}"))
            if all(any(word in one for one in plain) for word in self.words):
                found[row.id] = self._hit(row, texts.get(row.id, ()))
        return found

    def _texts(self, case_ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
        """The texts of these cases that the actor may read and in which a word stands; the request's come first."""
        query = (
            select(*_TOLD)
            .outerjoin(Letter, and_(SearchedText.place == "reply", Letter.id == SearchedText.source_id))
            .outerjoin(Document, and_(SearchedText.place == "attachment", Document.id == SearchedText.source_id))
            .where(OneOf(SearchedText.case_id, case_ids), or_(*[_holding(word) for word in self.words]))
        )
        if self.actor.roles.isdisjoint(RESTRICTED_TO):
            query = query.where(Document.restricted.is_not(True))
        if self.place:
            query = query.where(stands_in(self.place))
        found: dict[int, list[Row[Any]]] = {}
        for row in sorted(self.session.execute(query), key=_order):
            found.setdefault(row.case_id, []).append(row)
        return found

    def _hit(self, row: Row[Any], texts: Sequence[Row[Any]]) -> Hit:
        return Hit(
            case_id=row.id,
            number=marked(row.number, self.words),
            subject=marked(row.subject, self.words),
            applicant=marked(row.applicant_name or "", self.words),
            drill=row.drill,
            decision=row.decision,
            received_on=row.received_on,
            arrived_on=row.arrived_on,
            closed_at=row.closed_at,
            passages=tuple(_passage(one, self.words) for one in texts[:_SNIPPETS]),
        )


def _asked(words: Sequence[str]) -> list[list[str]]:
    """The pairs of each word that are looked up; of a long word some from all over it."""
    each = max(_ASKED // len(words), 2)
    found = []
    for known in filter(None, map(pairs, words)):
        step = max(ceil(len(known) / each), 1)
        found.append(known[::step])
    return found


def _leading(asked: Sequence[Sequence[str]], blocks: Sequence[Block]) -> tuple[list[list[str]], list[str]]:
    """The pairs worth reading, as far as some blocks tell, and two of them to begin with, of two words if possible.

    What stands nearly everywhere costs more to read than the texts of the few cases that it would rule out.
    """
    sizes = {gram: sum(len(block.rows[gram]) for block in blocks) for own in asked for gram in own}
    most = max(_COMMON * min(sizes.values()), _SMALL * len(blocks))
    known = [sorted((gram for gram in own if sizes[gram] <= most), key=lambda gram: sizes[gram]) for own in asked]
    few = sorted(filter(None, known), key=lambda own: sizes[own[0]])
    leads = list(dict.fromkeys([*(own[0] for own in few), *few[0][1:]]))
    return few, leads[:2]


def stands_in(place: str) -> ColumnElement[bool]:
    """Texts of a place, found by their case: as a bare comparison it would lead a database to every text there is."""
    return SearchedText.place + "" == place


def _holding(word: str) -> ColumnElement[bool]:
    if word == word.upper():  # Chinese and figures know no capitals, and comparing them as they are is much quicker
        return SearchedText.text.contains(word, autoescape=True)
    return SearchedText.text.icontains(word, autoescape=True)


def _order(text: Row[Any]) -> tuple[int, int]:
    if text.place == "request":
        return 0, text.source_id
    if text.place == "reply":
        return 1 if text.decision is not None else 2, text.source_id
    return 3, text.source_id


def _passage(text: Row[Any], words: Sequence[str]) -> Passage:
    title = f"{text.name} {text.number or ''}".strip() if text.name else text.filename or ""
    return Passage(text.place, title, text.source_id, snippet(text.text, words), text.voided_at is not None)
