"""The whole proof at once: every hash of the audit trail, every signature, and the files that were signed."""

import json
from contextlib import closing

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.audit import Verification, verify
from engine.cases.signing import signed_facts
from engine.store.files import FileStore
from engine.store.tables import CaseEvent, Signature


def verify_all(session: Session, files: FileStore) -> Verification:
    """As `audit.verify`; then whether each signature reads and stands as the trail says, and its files are intact."""
    found = verify(session)
    if found.broken is not None:
        return found
    broken = _broken_signature(session, files)
    return found if broken is None else Verification(found.events, found.last_seal, found.unsealed, broken)


def _broken_signature(session: Session, files: FileStore) -> str | None:
    """The first signature that does not hold, with what is wrong."""
    found = session.execute(
        select(Signature, CaseEvent)
        .join(
            CaseEvent, (CaseEvent.case_id == Signature.case_id) & (CaseEvent.seq == Signature.event_seq), isouter=True
        )
        .order_by(Signature.id)
        .execution_options(yield_per=500)
    )
    intact: dict[str, bool] = {}
    superseded = _superseded(session)
    told = 0
    with closing(found) as rows:
        for signature, joined in rows:
            event: CaseEvent | None = joined
            told += 1
            name = f"签署记录 {signature.id}（{signature.step}，{signature.signer_name}）"
            if event is None or not _agrees(signature, event):
                return f"{name}与审计记录不符"
            if (signature.superseded_at is not None) != (signature.id in superseded):
                return f"{name}是否仍然有效，与审计记录不符"
            for paper in signature.papers:
                sha256 = str(paper["sha256"])
                if sha256 not in intact:
                    intact[sha256] = files.intact(sha256)
                if not intact[sha256]:
                    return f"{name}的文件“{paper['filename']}”缺失或被改动"
    recorded = session.scalars(select(CaseEvent.id).where(CaseEvent.action == "signature")).all()
    return None if len(recorded) == told else "有签署记录被删除"


def _superseded(session: Session) -> set[int]:
    """Signatures that do not stand any more, as the audit trail tells it."""
    data = session.scalars(select(CaseEvent.data).where(CaseEvent.action == "signature_superseded"))
    return {int(json.loads(one)["signature"]) for one in data}


def _agrees(signature: Signature, event: CaseEvent) -> bool:
    return (
        event.action == "signature"
        and event.element == signature.element
        and (event.actor_id, event.actor_name) == (signature.signed_by, signature.signer_name)
        and event.at == signature.signed_at
        and json.loads(event.data) == signed_facts(signature)
    )
