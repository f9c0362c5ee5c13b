"""The papers of a case side by side, a lane for each: version in force, who signed it, whether it is public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.cases.desk import Actor
from engine.cases.flow import Turn
from engine.cases.in_force import in_force, newest_rounds
from engine.cases.replacing import may_replace
from engine.cases.signing import kind_title, signatures_of
from engine.store.tables import CaseItem, Document, FormRecord, Signature


@dataclass(frozen=True, slots=True)
class Stage:
    """A signing step as one paper stands to it.

    Attributes:
        title: of the step.
        asked: the step signs papers of this kind; waiting: it is open now.
        signature: the one that stands over exactly these files, None while there is none.
    """

    title: str
    asked: bool
    waiting: bool
    signature: Signature | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One place for a paper.

    Attributes:
        title: of its kind; member: the list member it belongs to.
        documents: in force, empty while nothing was handed in; version: which delivery they are.
        stages: the signing steps of the case so far, the same in every lane.
        signatures: those that stand over exactly these files, oldest first.
        published_at: since when they are public; links: where; publishable: some step makes papers of the kind public.
        replace_id: the document a newer version may be handed in for, None where the actor may not.
    """

    title: str
    member: str
    documents: tuple[Document, ...]
    version: int
    stages: tuple[Stage, ...]
    signatures: tuple[Signature, ...]
    published_at: datetime | None
    links: tuple[str, ...]
    publishable: bool
    replace_id: int | None


def lanes(turn: Turn, actor: Actor) -> tuple[Lane, ...]:
    """The lanes of every kind of paper that the case type declares, in its order.

    A kind that is not on the way to the public has no lane before something was handed in.
    """
    kinds = turn.definition.case_type.documents
    if not kinds:
        return ()
    papers = in_force(turn.session, turn.case.id, kinds)
    members = _members(turn)
    reader = _Reader(turn, actor, members if papers else [])
    found = []
    for kind in kinds:
        of_kind = [one for one in papers if one.kind == kind]
        seats: Sequence[CaseItem | None] = [one for one in members if _asks(turn, one, kind)] or [None]
        for seat in seats:
            seated = [one for one in of_kind if one.item_id == (seat.id if seat else None)]
            if seated or seat is not None or (not of_kind and kind in reader.publishes | reader.signed):
                found.append(reader.lane(kind, seat, seated))
    return tuple(found)


def _members(turn: Turn) -> list[CaseItem]:
    rounds = newest_rounds(turn.session, turn.case.id)
    rows = turn.session.scalars(select(CaseItem).where(CaseItem.case_id == turn.case.id).order_by(CaseItem.id))
    return [one for one in rows if one.round == rounds[one.kind]]


def _asks(turn: Turn, member: CaseItem, kind: str) -> bool:
    """Whether some step done for this list asks for papers of the kind."""
    return any(
        turn.definition.item_kind(step.element) == member.kind
        and any(one.type == "file" and one.kind == kind for one in turn.definition.forms[step.form].fields)
        for step in turn.definition.steps.values()
    )


class _Reader:
    """What all lanes of a case are told by, read once."""

    def __init__(self, turn: Turn, actor: Actor, members: Sequence[CaseItem]) -> None:
        self.turn = turn
        self.actor = actor
        self.steps = turn.definition.steps
        self.standing = [one for one in signatures_of(turn.session, turn.case.id) if one.superseded_at is None]
        self.waiting = [one.element for one in turn.open_items if self.steps[one.element].signs]
        self.signed = {kind for step in self.steps.values() for kind in step.signs}
        self.publishes = {kind for step in self.steps.values() for kind in step.publishes}
        self.links = _links(turn, {one.id: _name(one) for one in members})

    def lane(self, kind: str, member: CaseItem | None, documents: Sequence[Document]) -> Lane:
        ids = {one.id for one in documents}
        over = [one for one in self.standing if ids and ids <= {paper["document"] for paper in one.papers}]
        first = documents[0] if documents else None
        name = _name(member) if member is not None else ""
        return Lane(
            title=kind_title(self.turn.definition, kind),
            member=name,
            documents=tuple(documents),
            version=first.version if first else 0,
            stages=self.stages(kind, over),
            signatures=tuple(over),
            published_at=first.published_at if first else None,
            links=self.pages(kind, name) if first and (first.published_at or kind not in self.publishes) else (),
            publishable=kind in self.publishes,
            replace_id=first.id if first and may_replace(self.turn, self.actor, first) else None,
        )

    def stages(self, kind: str, over: Sequence[Signature]) -> tuple[Stage, ...]:
        """The steps at which papers were signed, in that order, and those at which they wait to be."""
        return tuple(
            Stage(
                self.steps[element].name,
                kind in self.steps[element].signs,
                element in self.waiting,
                next((one for one in reversed(over) if one.element == element), None),
            )
            for element in dict.fromkeys([*(one.element for one in self.standing), *self.waiting])
        )

    def pages(self, kind: str, name: str) -> tuple[str, ...]:
        """The pages of papers of a kind: those given for this list member, else all of the kind."""
        known = self.links.get(kind, {})
        return tuple(known.get(name) or [link for links in known.values() for link in links])


def _name(member: CaseItem) -> str:
    return str(member.data.get("name", member.public_id))


def _links(turn: Turn, members: Mapping[int, str]) -> Mapping[str, Mapping[str, list[str]]]:
    """Kind of paper -> name of the row or list member, else "" -> addresses.

    They are the newest answers of the `link` fields that name the kind.
    """
    fields = [
        (table, one)
        for form in turn.definition.forms.values()
        for table in form.fields
        for one in (table, *table.columns)
        if one.type == "link" and one.kind is not None
    ]
    if not fields:
        return {}
    records = select(FormRecord.answers, FormRecord.item_id).where(FormRecord.case_id == turn.case.id)
    found: dict[str, dict[str, list[str]]] = {}
    for answers, item_id in turn.session.execute(records.order_by(FormRecord.id)):
        for table, one in fields:
            given = answers.get(table.name)
            if not given:
                continue
            rows = given if table is not one else [{one.name: given, "name": members.get(item_id, "")}]
            kept = found.setdefault(one.kind or "", {})
            links: dict[str, list[str]] = {}
            for row in rows:
                if row.get(one.name):
                    links.setdefault(str(row.get("name", "")), []).append(row[one.name])
            found[one.kind or ""] = links if item_id is None else kept | links
    return found
