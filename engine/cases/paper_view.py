"""Papers as they are read before they are signed or published: text, what changed, sentences repeated, signatures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from engine.cases.flow import Turn
from engine.cases.in_force import in_force
from engine.cases.signing import Change, change_of, kind_title, signatures_of
from engine.cases.similarity import Similarity, marked, similarity
from engine.cases.texts import Text, text_of
from engine.process import Step
from engine.statute.said import said
from engine.store.files import FileStore
from engine.store.tables import CaseItem, Document, Signature


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper in force.

    Attributes:
        title: of its kind; member: of the list member it belongs to.
        text: its lines, or why there are none to show and compare.
        lines: the same sentence by sentence, with True for one that is repeated.
        change: what is different from the version last signed (change_since_signed), else from the one before it.
        similar: how much of it stands in the paper it is compared with, None where it is not compared.
        incomparable: why it should be compared and cannot be, else empty.
        signatures: those that stand over this very file, oldest first.
    """

    document: Document
    title: str
    member: str
    text: Text
    lines: tuple[tuple[tuple[str, bool], ...], ...]
    change: Change | None
    change_since_signed: bool
    similar: Similarity | None
    incomparable: str
    signatures: tuple[Signature, ...]


def papers_of_step(turn: Turn, step: Step) -> tuple[PaperView, ...]:
    """The papers that a step signs, compares or publishes, in the order the diagram names them."""
    kinds = list(dict.fromkeys(kind for kind in (*step.signs, step.against, step.compares, *step.publishes) if kind))
    if not kinds:
        return ()
    files = FileStore(turn.desk.files)
    papers = in_force(turn.session, turn.case.id, kinds)
    texts = {one.id: text_of(files, one) for one in papers}
    sources = [one for one in papers if one.kind == step.against]
    source = [line for one in sources for line in texts[one.id].lines]
    unread = "、".join(one.filename for one in sources if texts[one.id].fault is not None)
    signed = signatures_of(turn.session, turn.case.id)
    return tuple(_view(turn, step, one, texts[one.id], source, unread, signed) for one in papers)


def _view(
    turn: Turn,
    step: Step,
    document: Document,
    text: Text,
    source: Sequence[str],
    unread: str,
    signed: Sequence[Signature],
) -> PaperView:
    item = turn.session.get(CaseItem, document.item_id) if document.item_id else None
    once_signed = {paper["document"] for one in signed for paper in one.papers}
    earlier = _earlier(turn, document, once_signed)
    compared = document.kind == step.compares
    similar = similarity(text.lines, source) if compared and text.lines and source else None
    standing = [one for one in signed if one.superseded_at is None]
    return PaperView(
        document=document,
        title=kind_title(turn.definition, document.kind),
        member=str(item.data.get("name", item.public_id)) if item is not None else "",
        text=text,
        lines=marked(text.lines, similar),
        change=change_of(turn, earlier, document) if earlier is not None else None,
        change_since_signed=earlier is not None and earlier.id in once_signed,
        similar=similar,
        incomparable=_incomparable(document, text, unread) if compared else "",
        signatures=tuple(one for one in standing if document.id in {paper["document"] for paper in one.papers}),
    )


def _incomparable(document: Document, text: Text, unread: str) -> str:
    if text.fault is not None:
        return said("“%(filename)s”没有可以比较的文字：%(fault)s。", filename=document.filename, fault=text.fault)
    return said("“%(names)s”没有可以比较的文字，没有与它对照。", names=unread) if unread else ""


def _earlier(turn: Turn, document: Document, signed: Collection[int]) -> Document | None:
    """The version that was signed last when it is another one, else the version before this one."""
    here = Document.item_id.is_(None) if document.item_id is None else Document.item_id == document.item_id
    versions = turn.session.scalars(
        select(Document)
        .where(Document.case_id == turn.case.id, Document.kind == document.kind, here, Document.id < document.id)
        .order_by(Document.id)
    ).all()
    older = [one for one in versions if one.version < document.version]
    return next((one for one in reversed(older) if one.id in signed), older[-1] if older else None)
