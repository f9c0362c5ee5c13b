"""Papers as they are read before they are signed: text, difference since the last signature, sentences repeated."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from engine.cases.flow import Turn
from engine.cases.in_force import in_force
from engine.cases.signing import Change, change_of, kind_title, signatures_of
from engine.cases.similarity import Similarity, similarity
from engine.cases.texts import text_of
from engine.process import Step
from engine.store.files import FileStore
from engine.store.tables import CaseItem, Document


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper in force.

    Attributes:
        title: of its kind; member: of the list member it belongs to.
        lines: its text, None where it cannot be read as text.
        change: what is different from the version last signed, or from the version before it.
        similar: how much of it stands in the paper it is compared with, None where it is not compared.
    """

    document: Document
    title: str
    member: str
    lines: tuple[str, ...] | None
    change: Change | None
    similar: Similarity | None


def papers_of_step(turn: Turn, step: Step) -> tuple[PaperView, ...]:
    """The papers that a step signs or compares, in the order the diagram names them."""
    kinds = list(step.signs)
    kinds += [kind for kind in (step.against, step.compares) if kind is not None and kind not in kinds]
    if not kinds:
        return ()
    files = FileStore(turn.desk.files)
    papers = in_force(turn.session, turn.case.id, kinds)
    texts = {one.id: text_of(files, one) for one in papers}
    source = [line for one in papers if one.kind == step.against for line in texts[one.id] or ()]
    return tuple(_view(turn, step, one, texts[one.id], source) for one in papers)


def _view(
    turn: Turn, step: Step, document: Document, lines: tuple[str, ...] | None, source: Sequence[str]
) -> PaperView:
    item = turn.session.get(CaseItem, document.item_id) if document.item_id else None
    earlier = _earlier(turn, document)
    return PaperView(
        document=document,
        title=kind_title(turn.definition, document.kind),
        member=str(item.data.get("name", item.public_id)) if item is not None else "",
        lines=lines,
        change=change_of(turn, earlier, document) if earlier is not None else None,
        similar=similarity(lines, source) if document.kind == step.compares and lines and source else None,
    )


def _earlier(turn: Turn, document: Document) -> Document | None:
    """The version that was signed last when it is another one, else the version before this one."""
    here = Document.item_id.is_(None) if document.item_id is None else Document.item_id == document.item_id
    versions = turn.session.scalars(
        select(Document)
        .where(Document.case_id == turn.case.id, Document.kind == document.kind, here, Document.id < document.id)
        .order_by(Document.id)
    ).all()
    older = [one for one in versions if one.version < document.version]
    signed = {paper["document"] for one in signatures_of(turn.session, turn.case.id) for paper in one.papers}
    return next((one for one in reversed(older) if one.id in signed), older[-1] if older else None)
