"""Signing papers in one act, keeping them as signed, and making public exactly what was signed.

A step says which kinds of papers its completion signs (`signs`) or publishes (`publishes`, `as_signed`). The signer's
page carries the documents it showed; when others are in force at the moment of signing, nothing is stored.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.errors import Refusal, Stale
from engine.cases.flow import Turn
from engine.cases.in_force import in_force, members_without
from engine.cases.texts import Text, difference, text_of
from engine.process import Definition, Step
from engine.statute.said import said
from engine.store.files import FileStore
from engine.store.tables import Document, Signature


@dataclass(frozen=True, slots=True)
class Change:
    """A paper that is not what the signer saw: file names and hashes before and after (None: was not there).

    `lines` show the difference where both have a text; `faults` say of each that has none why.
    """

    title: str
    before: str | None
    after: str | None
    before_sha256: str | None
    after_sha256: str | None
    lines: tuple[str, ...]
    faults: tuple[str, ...] = ()


class PapersChanged(Stale):
    """Papers were replaced between opening the page and signing."""

    def __init__(self, changes: Sequence[Change]) -> None:
        """`changes`: what is different now."""
        self.changes = tuple(changes)
        names = "、".join(dict.fromkeys(one.title for one in changes))
        super().__init__(
            said("您打开页面以后，%(names)s有了新的版本，签署没有生效。请核对变动后重新签署。", names=names)
        )


def seen_code(documents: Sequence[Document]) -> str:
    """What the signer's page carries: the ids of the documents it shows."""
    return ".".join(str(document.id) for document in documents)


def kind_title(definition: Definition, kind: str) -> str:
    """The Chinese name of a kind of paper."""
    known = definition.case_type.documents.get(kind)
    return known.title if known is not None else kind


def refuse_changed(turn: Turn, step: Step, seen: str | None) -> None:
    """Raise PapersChanged unless the papers in force are those that the signer saw, Refusal when none were shown."""
    now = in_force(turn.session, turn.case.id, step.signs)
    if seen is None:
        raise Refusal(said("办理“%(name)s”要先打开本页，看过要签署的材料。", name=step.name))
    if seen == seen_code(now):
        return
    ids = [int(one) for one in seen.split(".") if one.isascii() and one.isdecimal() and len(one) < 18]
    query = select(Document).where(Document.case_id == turn.case.id, Document.kind.in_(step.signs))
    shown = list(turn.session.scalars(query.where(Document.id.in_(ids)).order_by(Document.id)))
    changes = _changes(turn, shown, now)
    if not changes:
        raise Refusal("页面上的材料清单不完整，请重新打开本页后再签署。")
    raise PapersChanged(changes)


def _changes(turn: Turn, shown: Sequence[Document], now: Sequence[Document]) -> list[Change]:
    gone = [one for one in shown if one.id not in {other.id for other in now}]
    fresh = [one for one in now if one.id not in {other.id for other in shown}]
    found = []
    for new in fresh:
        old = next((one for one in gone if (one.kind, one.item_id) == (new.kind, new.item_id)), None)
        if old is not None:
            gone.remove(old)
        found.append(change_of(turn, old, new))
    return found + [change_of(turn, one, None) for one in gone]


def change_of(turn: Turn, old: Document | None, new: Document | None) -> Change:
    """The difference between two versions of a paper."""
    files = FileStore(turn.desk.files)
    before = text_of(files, old) if old is not None else Text()
    after = text_of(files, new) if new is not None else Text()
    one = new or old
    assert one is not None, "a change has at least one side"
    faults = tuple(text.fault for text in (before, after) if text.fault is not None)
    return Change(
        title=kind_title(turn.definition, one.kind),
        before=old.filename if old else None,
        after=new.filename if new else None,
        before_sha256=old.sha256 if old else None,
        after_sha256=new.sha256 if new else None,
        lines=() if faults else difference(before.lines, after.lines),
        faults=tuple(dict.fromkeys(faults)),
    )


def needs_papers(turn: Turn, step: Step, kinds: Sequence[str]) -> None:
    """Raise Refusal naming the kinds of papers that are not on file."""
    held = {document.kind for document in in_force(turn.session, turn.case.id, kinds)}
    missing = [kind_title(turn.definition, kind) for kind in kinds if kind not in held]
    for kind in kinds:
        missing.extend(
            f"{kind_title(turn.definition, kind)}（{member.data.get('name', member.public_id)}）"
            for member in members_without(turn.session, turn.case.id, turn.definition, kind)
        )
    if missing:
        raise Refusal(
            said(
                "材料不全，不能办理“%(name)s”：缺少%(names)s。请先补齐。",
                name=step.name,
                names="、".join(dict.fromkeys(missing)),
            )
        )


def sign(turn: Turn, step: Step, words: str) -> Signature:
    """Store the signature over the papers in force. Raises Refusal when one of the kinds is not on file."""
    needs_papers(turn, step, step.signs)
    papers = [
        {
            "kind": one.kind,
            "title": kind_title(turn.definition, one.kind),
            "document": one.id,
            "version": one.version,
            "filename": one.filename,
            "sha256": one.sha256,
        }
        for one in in_force(turn.session, turn.case.id, step.signs)
    ]
    assert turn.author.id is not None, "the system signs nothing"
    if turn.author.behalf is not None:
        words = f"代 {turn.author.behalf.name}：{words}"
    signature = Signature(
        case_id=turn.case.id,
        element=step.element,
        step=step.name,
        signed_by=turn.author.id,
        signer_name=turn.author.name,
        signed_at=turn.at,
        words=words,
        papers=papers,
        event_seq=turn.case.event_seq + 1,
    )
    turn.session.add(signature)
    turn.record("signature", element=step.element, data=signed_facts(signature))
    turn.session.flush()
    return signature


def signed_facts(signature: Signature) -> dict[str, object]:
    """What the audit event of a signature says, word for word what the row says."""
    return {"step": signature.step, "words": signature.words, "papers": signature.papers}


def signatures_of(session: Session, case_id: int) -> list[Signature]:
    """All signatures of a case, oldest first, superseded ones too."""
    return list(session.scalars(select(Signature).where(Signature.case_id == case_id).order_by(Signature.id)))


def replaced(turn: Turn, kinds: Collection[str]) -> bool:
    """After newer papers of these kinds came in: signatures that cover one of them no longer stand. Whether any did."""
    standing = [
        one
        for one in signatures_of(turn.session, turn.case.id)
        if one.superseded_at is None and not {paper["kind"] for paper in one.papers}.isdisjoint(kinds)
    ]
    for one in standing:
        one.superseded_at = turn.at
        turn.record("signature_superseded", element=one.element, data={"signature": one.id, "step": one.step})
    return bool(standing)


def publish(turn: Turn, step: Step) -> None:
    """Mark the papers as public, if they are byte for byte what was signed. Raises Refusal otherwise.

    The signature must have been given at one of the steps that the diagram names (`as_signed`): who may release what,
    and after which approval, is drawn, not programmed.
    """
    needs_papers(turn, step, step.publishes)
    papers = in_force(turn.session, turn.case.id, step.publishes)
    signature = next(
        (
            one
            for one in reversed(signatures_of(turn.session, turn.case.id))
            if one.element in step.as_signed and one.superseded_at is None
        ),
        None,
    )
    names = "、".join(turn.definition.name_of(element) for element in step.as_signed)
    if signature is None:
        raise Refusal(said("材料尚未经“%(names)s”签署，或者签署后又有变动，不能公布。请重新送签。", names=names))
    signed = {(paper["kind"], paper["document"], paper["sha256"]) for paper in signature.papers}
    files = FileStore(turn.desk.files)
    for one in papers:
        if (one.kind, one.id, one.sha256) not in signed:
            raise Refusal(
                said(
                    "“%(filename)s”不是“%(step)s”签署的版本，不能公布。请重新送签。",
                    filename=one.filename,
                    step=signature.step,
                )
            )
        if not files.intact(one.sha256):
            raise Refusal(
                said(
                    "“%(filename)s”的存储文件缺失或被改动，不能公布。请联系系统管理员核查备份。", filename=one.filename
                )
            )
        one.published_at = one.published_at or turn.at
    turn.record(
        "publication",
        element=step.element,
        data={"signature": signature.id, "papers": [{"document": one.id, "sha256": one.sha256} for one in papers]},
    )
