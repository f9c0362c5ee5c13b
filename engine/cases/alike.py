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

from sqlalchemy import ColumnElement, func, or_, select, union_all
from sqlalchemy.orm import Session

from engine.cases.access import find_case, needs_case_work, visible
from engine.cases.applicants import identity_key, name_key
from engine.cases.desk import Actor, Desk
from engine.cases.full_text import stands_in
from engine.cases.postings import BLOCK, PLACES, pairs, rarest, rows_of
from engine.cases.publications import DISCLOSED
from engine.process import Form
from engine.store.tables import Case, CaseGram, Letter, Party, SearchedText

REPEATED = "D2"
"""The decision that a request is not processed again (Art. 36(6))."""

SIMILAR = 50
"""Per cent of the pairs of the shorter text that stand in the other, from which on two requests are called similar."""

_LISTED = 8  # of the same applicant
_LIKE = 6  # of similar content
_CANDIDATES = 40
_BLOCKS = 8  # newest blocks of 4,096 cases that are looked at
_RARE = 10  # pairs that lead to candidates
_ASKED = 32  # pairs of a request that are weighed
_GLANCE = 300
_READ = 1500  # characters of a request that are compared
_FEWEST = 3  # pairs in common, at least

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
        answered = (one for one in self.same if one.percent and one.reply and one.by != "namesake")
        return tuple(one for one in answered if one.decision != REPEATED)

    @property
    def open_twins(self) -> tuple[Earlier, ...]:
        """Requests of the same applicant and content that are still open: this one may have been registered twice."""
        return tuple(one for one in self.same if one.percent and not one.closed_at and one.by != "namesake")

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
    """Requests that belong beside this one, as far as the actor may see them; `but`: the case itself."""
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
        content = _texts(session, [case.id]).get(case.id, "")
        asked = Asked(party.name, party.id_number or "", case.subject, content, case.drill)
        return _Look(session, actor, asked, case.id).everything()


class _Look:
    """One look around a request."""

    def __init__(self, session: Session, actor: Actor, asked: Asked, but: int | None) -> None:
        self.session, self.actor, self.asked, self.but = session, actor, asked, but
        self.pairs = _pairs(f"{asked.subject} {asked.content[:_READ]}")

    def everything(self) -> Alike:
        same = self._same()
        leads = self._leads()
        rows = {case.id: case for case in self._seen(leads)} if leads else {}
        cases = {**rows, **{case.id: case for case in same}}
        texts = _texts(self.session, list(cases))
        percents = {one: self._percent(case, texts.get(one, "")) for one, case in cases.items()}
        others = sorted(
            (case for case in rows.values() if percents[case.id] and case.id not in {one.id for one in same}),
            key=lambda case: (-percents[case.id], -case.id),
        )[:_LIKE]
        shown = [*same[:_LISTED], *others]
        replies = _replies(self.session, [case.id for case in shown])
        found = {case.id: _earlier(case, self._by(case), percents[case.id], replies.get(case.id)) for case in shown}
        return Alike(
            same=tuple(found[case.id] for case in same[:_LISTED]),
            similar=tuple(found[case.id] for case in others),
            more=len(same) > _LISTED,
        )

    def _same(self) -> list[Case]:
        """Cases of the same number or the same name, each found by its index."""
        number, name = identity_key(self.asked.id_number), name_key(self.asked.name)
        whose = [
            *([Case.applicant_key == number] if number else []),
            *([Case.applicant_name_key == name] if len(name) > 1 else []),
        ]
        found: dict[int, Case] = {}
        for condition in whose:
            query = visible(select(Case).where(condition, *self._not_itself()), self.actor)
            for case in self.session.scalars(query.order_by(Case.id.desc()).limit(_LISTED + 1)):
                found[case.id] = case
        return [found[case_id] for case_id in sorted(found, reverse=True)]

    def _by(self, case: Case) -> str:
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
        shared = Counter[int]()
        for case_id, count in self._by_subject():
            shared[case_id] += count
        for case_id in self._by_content():
            shared[case_id] += 1
        shared.pop(self.but or 0, None)
        best = sorted(shared.items(), key=lambda one: (-one[1], -one[0]))
        return [case_id for case_id, _count in best[:_CANDIDATES]]

    def _by_subject(self) -> Sequence[tuple[int, int]]:
        """Found at once after registration: the index over subjects is written with the case."""
        grams = self.pairs[:_ASKED]
        glances = [
            select(func.count())
            .select_from(select(CaseGram.case_id).where(CaseGram.gram == gram).limit(_GLANCE).subquery())
            .scalar_subquery()
            for gram in grams
        ]
        counts = self.session.execute(select(*glances)).one()
        rare = [gram for count, gram in sorted(zip(counts, grams, strict=True)) if count][:_RARE]
        if not rare:
            return []
        newest = [
            select(
                select(CaseGram.case_id)
                .where(CaseGram.gram == gram)
                .order_by(CaseGram.case_id.desc())
                .limit(_GLANCE)
                .subquery()
                .c.case_id
            )
            for gram in rare
        ]
        every = union_all(*newest).subquery()
        count = func.count()
        rows = self.session.execute(
            select(every.c.case_id, count)
            .group_by(every.c.case_id)
            .order_by(count.desc(), every.c.case_id.desc())
            .limit(_CANDIDATES)
        )
        return [(case_id, shared) for case_id, shared in rows]

    def _by_content(self) -> list[int]:
        """Found once the texts have been read, a minute after registration at the latest."""
        newest = self.session.scalar(select(func.max(Case.id))) or 0
        weights = rarest(self.session, self.pairs[:_ASKED], newest // BLOCK - _BLOCKS)
        rare = [one.gram for one in weights if one.size][:_RARE]
        blocks = {block for one in weights if one.gram in rare for block in one.blocks}
        if not rare:
            return []
        found = rows_of(self.session, rare, blocks)
        return [one for cases in found.values() for one, places in cases.items() if places & PLACES["request"]]

    def _seen(self, leads: Sequence[int]) -> Collection[Case]:
        return self.session.scalars(visible(select(Case).where(*self._not_itself()), self.actor, leads)).all()

    def _percent(self, case: Case, text: str) -> int:
        """How much of the shorter text stands in the other one, 0 below SIMILAR."""
        own, theirs = set(self.pairs), set(_pairs(f"{case.subject} {text[:_READ]}"))
        common = len(own & theirs)
        if common < _FEWEST:
            return 0
        percent = round(100 * common / min(len(own), len(theirs)))
        return percent if percent >= SIMILAR else 0


def _pairs(text: str) -> list[str]:
    return pairs(_STOCK.sub(" ", text))


def _texts(session: Session, case_ids: Sequence[int]) -> Mapping[int, str]:
    """The newest request text of each case that has been read."""
    rows = session.execute(
        select(SearchedText.case_id, SearchedText.text)
        .where(SearchedText.case_id.in_(case_ids), stands_in("request"))
        .order_by(SearchedText.source_id)
    )
    return dict(rows.all())


def _replies(session: Session, case_ids: Sequence[int]) -> Mapping[int, Reply]:
    """The reply in force of each case."""
    letters = session.scalars(
        select(Letter)
        .where(
            Letter.case_id.in_(case_ids),
            or_(Letter.decision.is_not(None), Letter.code.startswith("A-")),
            Letter.voided_at.is_(None),
        )
        .order_by(Letter.id)
    )
    return {one.case_id: Reply(one.id, one.number or one.name, one.dated_on) for one in letters}


def _earlier(case: Case, by: str, percent: int, reply: Reply | None) -> Earlier:
    return Earlier(
        case_id=case.id,
        number=case.number,
        subject=case.subject,
        applicant=case.applicant_name or "",
        received_on=case.received_on or case.arrived_on,
        decision=case.decision,
        closed_at=case.closed_at,
        reply=reply,
        by=by,
        percent=percent,
    )
