"""Same applicant, same matter: what the office has been asked before, seen while a request is registered and examined.

A repeat by the same applicant that has been answered is not processed again (Art. 36(6)); what several people ask for
and may be disclosed may be made public for everybody (Art. 44). Both are the officer's to decide: here is only told
what there is. What a look costs does not grow with the office: rare pairs of characters lead to the few cases that
share them.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, cast, func, literal_column, or_, select, union_all
from sqlalchemy.orm import Session

from engine.cases.access import find_case, hidden_from, needs_case_work, visible
from engine.cases.applicants import identity_key, name_key
from engine.cases.desk import Actor, Desk
from engine.cases.full_text import stands_in
from engine.cases.postings import BLOCK, PLACES, pairs, weights, where_they_stand
from engine.cases.publications import DISCLOSED
from engine.process import Form
from engine.store.one_of import OneOf
from engine.store.tables import Case, CaseGram, CaseLink, Letter, Party, SearchedText

REPEATED = "D2"
"""The decision that a request is not processed again (Art. 36(6))."""

SIMILAR = 50
"""Per cent of the pairs of the shorter text that stand in the other, from which on two requests are called similar."""

_LISTED = 8  # of the same applicant
_LIKE = 6  # of similar content
_CANDIDATES = 12
_BLOCKS = 8  # newest blocks of 4,096 cases that are looked at
_RARE = 10  # pairs that lead to candidates, if they are rare: so many entries together in a block
_ENTRIES = 1250
_OLDER = 4  # pairs that lead to candidates of any age
_ASKED = 24  # pairs of a request that are weighed
_GLANCE = 60  # cases with a pair
_READ = 1500  # characters of a request that are compared
_FEWEST = 3  # pairs in common, at least

# All that is told of a case, with the newest text of its request as far as it is compared and the reply in force.
_READ_OF: tuple[Any, ...] = (
    Case.id, Case.number, Case.subject, Case.applicant_name, Case.applicant_key, Case.applicant_name_key,
    Case.received_on, Case.arrived_on, Case.decision, Case.closed_at,
    SearchedText.source_id, func.substr(SearchedText.text, 1, _READ).label("text"),
    Letter.id.label("letter_id"), Letter.name.label("letter_name"), Letter.number.label("letter_number"),
    Letter.dated_on.label("replied_on"),
)  # fmt: skip
_REPLY = and_(
    Letter.case_id == Case.id,
    or_(Letter.decision.is_not(None), Letter.code.startswith("A-")),
    Letter.voided_at.is_(None),
)

# A part of the statement: what is told as a Python string is written into it anew each time it is executed.
_BLANK: Any = literal_column("' '")

# What every request says.
_STOCK = re.compile(
    r"申请|请求|要求|公开|政府信息|信息|贵局|贵单位|贵机关|依法|向本人|提供|关于|有关|相关|以及|本人|复印件|\s+"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An issued reply: the letter's id, and its number or, without one, its name."""

    letter_id: int
    title: str
    dated_on: date


@dataclass(frozen=True, slots=True)
class Earlier:
    """A request that was there before.

    Attributes:
        by: why it counts as the same applicant's: `id`, `name` (as far as known the same person), `namesake` (the name
            is the same, the number of the proof of identity is not), "" for somebody else's.
        percent: how much of the shorter request stands in the other one; 0 when it is not similar.
        split: both were split from one request, or one from the other (一事一申请): alike, and no repeat.
    """

    case_id: int
    number: str
    subject: str
    applicant: str
    received_on: date | None
    decision: str | None
    closed_at: datetime | None
    reply: Reply | None
    by: str
    percent: int
    split: bool

    @property
    def again(self) -> bool:
        """Whether the same applicant seems to ask for the same in another letter."""
        return bool(self.percent) and self.by != "namesake" and not self.split


@dataclass(frozen=True, slots=True)
class Alike:
    """What stands beside a request.

    Attributes:
        same: other requests of the applicant, the newest first; `more`: there are others yet.
        similar: requests of similar content by others, the most similar first.
    """

    same: tuple[Earlier, ...] = ()
    similar: tuple[Earlier, ...] = ()
    more: bool = False

    @property
    def repeats(self) -> tuple[Earlier, ...]:
        """Similar requests of the same applicant that have been answered (Art. 36(6)), not themselves as repeats."""
        return tuple(one for one in self.same if one.again and one.reply and one.decision != REPEATED)

    @property
    def open_twins(self) -> tuple[Earlier, ...]:
        """Requests of the same applicant and content that are still open: this one may have been registered twice."""
        return tuple(one for one in self.same if one.again and not one.closed_at)

    @property
    def askers(self) -> int:
        """How many others asked for something similar that was disclosed (Art. 44)."""
        return len({name_key(one.applicant) for one in self.similar if one.decision in DISCLOSED})

    def __bool__(self) -> bool:
        return bool(self.same or self.similar)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as far as it is known: name and number of the applicant, what is asked for."""

    name: str = ""
    id_number: str = ""
    subject: str = ""
    content: str = ""
    drill: bool = False


def asked_fields(form: Form) -> Mapping[str, str]:
    """Which field of a registration form says what of `Asked`; empty for a case type without applicants."""
    kept = {target: name for name, target in form.keep.items()}
    if "party.applicant.name" not in kept:
        return {}
    content = next((one.name for one in form.fields if one.type == "text"), "")
    found = {
        "name": kept["party.applicant.name"],
        "id_number": kept.get("party.applicant.id_number", ""),
        "subject": kept.get("case.subject", ""),
        "content": content,
    }
    return {part: name for part, name in found.items() if name}


def asked_in(form: Form, answers: Mapping[str, Any]) -> Asked:
    """What a registration form, perhaps half filled in, says so far."""
    said = {part: str(answers.get(name) or "") for part, name in asked_fields(form).items()}
    return Asked(said.get("name", ""), said.get("id_number", ""), said.get("subject", ""), said.get("content", ""))


def alike(desk: Desk, actor: Actor, asked: Asked, but: int | None = None) -> Alike:
    """Requests that belong beside this one, as far as the actor may see them.

    `but`: the case itself, or the one that this one is to be split from.
    """
    needs_case_work(actor)
    with desk.reading() as session:
        return _Look(session, actor, asked, but).everything()


def alike_to(desk: Desk, actor: Actor, case_id: int) -> Alike:
    """As `alike`, for a registered case. Raises NotFound."""
    needs_case_work(actor)
    with desk.reading() as session:
        case = find_case(session, actor, case_id)
        party = session.scalar(select(Party).where(Party.case_id == case.id, Party.part == "applicant"))
        if party is None:
            return Alike()
        said = select(SearchedText.text).where(SearchedText.case_id == case.id, stands_in("request"))
        content = session.scalar(said.order_by(SearchedText.source_id.desc()).limit(1)) or ""
        asked = Asked(party.name, party.id_number or "", case.subject, content, case.drill)
        return _Look(session, actor, asked, case.id).everything()


class _Look:
    """One look around a request."""

    def __init__(self, session: Session, actor: Actor, asked: Asked, but: int | None) -> None:
        self.session, self.actor, self.asked, self.but = session, actor, asked, but
        self.pairs = _pairs(f"{asked.subject} {asked.content[:_READ]}")
        self.hidden = hidden_from(session, actor)

    def everything(self) -> Alike:
        same = self._same()
        leads = self._leads()
        cases = self._read({*same, *leads})
        percents = {one: self._percent(case) for one, case in cases.items()}
        similar = [one for one in leads if one in cases and one not in same and percents[one]]
        others = sorted(similar, key=lambda one: (-percents[one], -one))[:_LIKE]
        shown = [*same[:_LISTED], *others]
        split = _split_with(self.session, self.but) if self.but and same else frozenset()
        found = {one: _earlier(cases[one], self._by(cases[one]), percents[one], one in split) for one in shown}
        return Alike(
            same=tuple(found[one] for one in same[:_LISTED]),
            similar=tuple(found[one] for one in others),
            more=len(same) > _LISTED,
        )

    def _same(self) -> list[int]:
        """Cases of the same number or the same name, each found by its index, the newest first."""
        number, name = identity_key(self.asked.id_number), name_key(self.asked.name)
        whose = [
            *([Case.applicant_key == number] if number else []),
            *([Case.applicant_name_key == name] if len(name) > 1 else []),
        ]
        others = select(Case.id).where(*self._not_itself())
        own = [visible(others.where(condition), self.actor, hidden=self.hidden) for condition in whose]
        newest = [select(one.order_by(Case.id.desc()).limit(_LISTED + 1).subquery()) for one in own]
        return sorted(set(self.session.scalars(union_all(*newest))), reverse=True) if newest else []

    def _by(self, case: Row[Any]) -> str:
        number, name = identity_key(self.asked.id_number), name_key(self.asked.name)
        if number and case.applicant_key == number:
            return "id"
        if not name or case.applicant_name_key != name:
            return ""
        # Without a number the key of a case is the name itself.
        unknown = not number or name_key(case.applicant_key) == name
        return "name" if unknown else "namesake"

    def _not_itself(self) -> list[ColumnElement[bool]]:
        return [Case.drill.is_(self.asked.drill), Case.id != (self.but or 0)]

    def _leads(self) -> list[int]:
        """Cases that share the rarest pairs, those that share most of them first."""
        if len(self.pairs) < _FEWEST:
            return []
        grams = self.pairs[:_ASKED]
        sizes = weights(self.session, grams)
        unknown = [gram for gram in grams if gram not in sizes]
        known = sorted(sizes, key=lambda gram: (sizes[gram], gram))[:_RARE]
        while len(known) > _FEWEST and sum(sizes[gram] for gram in known) > _ENTRIES:
            known.pop()
        shared = self._by_subject(unknown, known)
        # Found once the texts have been read, a minute after registration at the latest.
        shared.update(where_they_stand(self.session, [*unknown, *known], _BLOCKS, PLACES["request"]))
        shared.pop(self.but or 0, None)
        best = sorted(shared.items(), key=lambda one: (-one[1], -one[0]))
        return [case_id for case_id, _count in best[:_CANDIDATES]]

    def _by_subject(self, unknown: Sequence[str], known: Sequence[str]) -> Counter[int]:
        """By the index over subjects, which is written with the case.

        It knows those whose texts have not been read yet, found by pairs that no recent text has, and older ones than
        the texts that are looked at.
        """
        index = select(cast(CaseGram.case_id, String).label("found")).order_by(CaseGram.case_id.desc())
        older = [*unknown[:_OLDER], *known[:_OLDER]]
        parts = [index.where(CaseGram.gram == gram).limit(_GLANCE) for gram in older]
        if more := unknown[_OLDER:]:
            recent = select(func.max(Case.id)).scalar_subquery() - _BLOCKS * BLOCK
            parts.append(index.where(OneOf(CaseGram.gram, more), CaseGram.case_id > recent).limit(_GLANCE * len(more)))
        # One value for each part: hundreds of rows would take longer than what they say.
        lists = [func.aggregate_strings(part.subquery().c.found, _BLANK) for part in parts]
        row = self.session.execute(select(*[select(one).scalar_subquery() for one in lists])).one()
        shared = Counter(int(case_id) for found in row if found for case_id in found.split())
        most = sorted(shared.items(), key=lambda one: (-one[1], -one[0]))
        return Counter(dict(most[: 2 * _CANDIDATES]))

    def _read(self, case_ids: Collection[int]) -> Mapping[int, Row[Any]]:
        """Those of the cases that the actor may see."""
        if not case_ids:
            return {}
        query = select(*_READ_OF).where(*self._not_itself()).outerjoin(Letter, _REPLY)
        query = query.outerjoin(SearchedText, and_(SearchedText.case_id == Case.id, stands_in("request")))
        rows = self.session.execute(visible(query, self.actor, case_ids, self.hidden)).all()
        # The last one stays: the newest text, and beside it the newest reply.
        return {row.id: row for row in sorted(rows, key=lambda row: (row.source_id or 0, row.letter_id or 0))}

    def _percent(self, case: Row[Any]) -> int:
        """How much of the shorter text stands in the other one, 0 below SIMILAR."""
        own, theirs = set(self.pairs), set(_pairs(f"{case.subject} {case.text or ''}"))
        common = len(own & theirs)
        if common < _FEWEST:
            return 0
        percent = round(100 * common / min(len(own), len(theirs)))
        return percent if percent >= SIMILAR else 0


def _pairs(text: str) -> list[str]:
    return pairs(_STOCK.sub(" ", text))


def _reply(case: Row[Any]) -> Reply | None:
    """The reply in force."""
    if case.letter_id is None:
        return None
    return Reply(case.letter_id, case.letter_number or case.letter_name, case.replied_on)


def _split_with(session: Session, case_id: int) -> frozenset[int]:
    """The case with those it was split from, and all parts of these."""
    splits = (CaseLink.kind == "split", CaseLink.removed_at.is_(None))
    wholes = {case_id, *session.scalars(select(CaseLink.case_id).where(CaseLink.other_id == case_id, *splits))}
    return frozenset(wholes).union(
        session.scalars(select(CaseLink.other_id).where(OneOf(CaseLink.case_id, wholes), *splits))
    )


def _earlier(case: Row[Any], by: str, percent: int, split: bool) -> Earlier:
    return Earlier(
        case_id=case.id,
        number=case.number,
        subject=case.subject,
        applicant=case.applicant_name or "",
        received_on=case.received_on or case.arrived_on,
        decision=case.decision,
        closed_at=case.closed_at,
        reply=_reply(case),
        by=by,
        percent=percent,
        split=split,
    )
