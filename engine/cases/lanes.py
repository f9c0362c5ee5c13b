"""The papers of a case side by side: version in force, who signed it, whether it is public; one lane for each place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.cases.desk import Actor
from engine.cases.flow import Turn
from engine.cases.in_force import in_force, newest_rounds
from engine.cases.replacing import may_replace
from engine.cases.signing import signatures_of
from engine.store.tables import CaseItem, Document, Signature


@dataclass(frozen=True, slots=True)
class Lane:
    """One place for a paper.

    Attributes:
        title: of its kind; member: the list member it belongs to.
        documents: in force, empty while nothing was handed in; version: which delivery they are.
        signatures: those that stand over exactly these files, oldest first.
        published_at: since when they are public.
        replace_id: the document a newer version may be handed in for, None where the actor may not.
    """

    title: str
    member: str
    documents: tuple[Document, ...]
    version: int
    signatures: tuple[Signature, ...]
    published_at: datetime | None
    replace_id: int | None


def lanes(turn: Turn, actor: Actor) -> tuple[Lane, ...]:
    """The lanes of every kind of paper that the case type declares, in its order."""
    kinds = turn.definition.case_type.documents
    if not kinds:
        return ()
    papers = in_force(turn.session, turn.case.id, kinds)
    standing = [one for one in signatures_of(turn.session, turn.case.id) if one.superseded_at is None]
    members = _members(turn)
    found = []
    for kind, known in kinds.items():
        of_kind = [one for one in papers if one.kind == kind]
        seats: Sequence[CaseItem | None] = [one for one in members if _asks(turn, one, kind)] or [None]
        for seat in seats:
            seated = [one for one in of_kind if one.item_id == (seat.id if seat else None)]
            if seated or seat is not None or not of_kind:
                found.append(_lane(turn, actor, known.title, seat, seated, standing))
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


def _lane(
    turn: Turn,
    actor: Actor,
    title: str,
    member: CaseItem | None,
    documents: Sequence[Document],
    standing: Sequence[Signature],
) -> Lane:
    ids = {one.id for one in documents}
    over = [one for one in standing if ids and ids <= {paper["document"] for paper in one.papers}]
    first = documents[0] if documents else None
    return Lane(
        title=title,
        member=str(member.data.get("name", member.public_id)) if member is not None else "",
        documents=tuple(documents),
        version=first.version if first else 0,
        signatures=tuple(over),
        published_at=first.published_at if first else None,
        replace_id=first.id if first and may_replace(turn, actor, first) else None,
    )
