"""A newer version of a paper, outside of any step: what had been signed no longer stands and is signed anew."""

from sqlalchemy.orm import Session

from engine.cases.access import find_case
from engine.cases.desk import Actor, Desk
from engine.cases.documents import Upload, store_uploads
from engine.cases.errors import NotFound, NotPermitted, Refusal, Stale
from engine.cases.flow import Turn, apply
from engine.cases.in_force import newest_version
from engine.cases.signing import kind_title, replaced
from engine.cases.steps import StepDone, done, open_turn
from engine.process import NotWaiting, send
from engine.statute.said import said
from engine.store.tables import Document


def may_replace(turn: Turn, actor: Actor, document: Document) -> bool:
    """Whether the case type lets this person hand in a newer version of the paper."""
    kind = turn.definition.case_type.documents.get(document.kind)
    open_case = turn.case.archived_at is None and document.published_at is None
    return kind is not None and open_case and not actor.roles.isdisjoint(kind.roles)


def replace_document(desk: Desk, actor: Actor, document_id: int, uploads: list[Upload]) -> StepDone:
    """Put newer files in the place of a paper.

    Signatures over it are superseded, and the process is sent the message that its type names for this, so that the
    sign-off begins anew for all papers. Raises Refusal, and changes nothing, where a signed paper is replaced while
    the process does not wait for that message.
    """
    if not uploads:
        raise Refusal("请先选择要上传的文件。")

    def work(session: Session) -> StepDone:
        document = session.get(Document, document_id)
        if document is None:
            raise NotFound("没有找到这个附件。")
        case = find_case(session, actor, document.case_id)
        turn = open_turn(desk, session, case, actor.author)
        title = kind_title(turn.definition, document.kind)
        if case.archived_at is not None:
            raise Refusal("该件已归档，材料不能再更换。")
        if document.id not in {one.id for one in newest_version(session, case.id, document.kind, document.item_id)}:
            raise Stale(
                said(
                    "%(title)s“%(filename)s”已经有更新的版本，请重新打开本页。", title=title, filename=document.filename
                )
            )
        stored = store_uploads(desk, session, case, actor.id, uploads, document.kind, document.item_id)
        if not may_replace(turn, actor, document):
            raise NotPermitted(said("更换%(title)s不属于您的岗位职责。", title=title))
        for one in stored:
            data = {"document": one.id, "filename": one.filename, "sha256": one.sha256, "kind": one.kind}
            turn.record("document", data={**data, "version": one.version, "replaces": document.id})
        signed = replaced(turn, {document.kind})
        _tell_the_process(turn, title, signed=signed)
        return done(turn)

    return desk.write(work)


def _tell_the_process(turn: Turn, title: str, *, signed: bool) -> None:
    message, state = turn.definition.case_type.changed, turn.case.state
    try:
        if message is None or state is None:
            raise NotWaiting(message or "")
        outcome = send(turn.definition, state, message, {}, turn.ledger.facts())
    except NotWaiting:
        if signed:
            raise Refusal(
                said("%(title)s已经签署，现在的环节不能更换。需要改动的，请先退回重新送签。", title=title)
            ) from None
        return
    apply(turn, outcome, "papers_changed", None, {"title": title})
