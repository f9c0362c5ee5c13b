"""The whole proof at once: every hash of the audit trail, ledgers, signatures, and the files that were signed."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.audit import Verification, verify
from engine.cases.signing import signed_facts
from engine.store.files import FileStore
from engine.store.tables import CaseEvent, LegalEvent, Signature


def verify_all(session: Session, files: FileStore) -> Verification:
    """As `audit.verify`; then whether ledgers and signatures read and stand as the trail says, and files are intact."""
    found = verify(session)
    if found.broken is not None:
        return found
    broken = _broken_ledger(session) or _broken_signature(session, files)
    return found if broken is None else Verification(found.events, found.last_seal, found.unsealed, broken)


def _broken_ledger(session: Session) -> str | None:
    """The first legal event that does not stand as the trail tells: another day, gone, struck out or back unnoticed.

    Events that follow from a letter, a review or an order stand in the trail under these, and are not compared here.
    """
    told = (
        select(CaseEvent.case_id, CaseEvent.seq, CaseEvent.action, CaseEvent.data)
        .where(CaseEvent.action.in_(("legal_event", "strike")))
        .order_by(CaseEvent.case_id, CaseEvent.seq)
        .execution_options(yield_per=2000)
    )
    held = (
        select(
            LegalEvent.case_id, LegalEvent.seq, LegalEvent.type, LegalEvent.on, LegalEvent.data, LegalEvent.voided_at
        )
        .order_by(LegalEvent.case_id, LegalEvent.seq)
        .execution_options(yield_per=2000)
    )
    with closing(session.execute(told)) as trail, closing(session.execute(held)) as ledger:
        told_of, rows_of = _by_case(trail), _by_case(ledger)
        of_trail, of_ledger = next(told_of, None), next(rows_of, None)
        while of_trail or of_ledger:
            case = min(one[0] for one in (of_trail, of_ledger) if one)
            events, rows = [], []
            if of_trail and of_trail[0] == case:
                events, of_trail = of_trail[1], next(told_of, None)
            if of_ledger and of_ledger[0] == case:
                rows, of_ledger = of_ledger[1], next(rows_of, None)
            if broken := _differs(case, events, rows):
                return broken
    return None


def _by_case(rows: Iterable[Any]) -> Iterator[tuple[int, list[Any]]]:
    return ((case, list(group)) for case, group in groupby(rows, key=lambda row: row.case_id))


def _differs(case: int, events: list[Any], rows: list[Any]) -> str | None:
    standing = Counter(_said({"type": row.type, "on": row.on.isoformat(), **row.data}) for row in rows)
    struck = {row.seq for row in rows if row.voided_at is not None}
    for event in events:
        data = json.loads(event.data)
        data.pop("on_behalf_of", None)  # of the audit event, not of the legal one
        if event.action == "strike":
            if data["seq"] not in struck:
                return f"case:{case} #{event.seq}：时间线第 {data['seq']} 项已更正，时间线中却仍然有效"
            struck.remove(data["seq"])
            continue
        if not standing[_said(data)]:
            return f"case:{case} #{event.seq}：时间线中的 {data['type']}（{data['on']}）与审计记录不符"
        standing[_said(data)] -= 1
    return f"case:{case}：时间线第 {min(struck)} 项被划去，没有审计记录" if struck else None


def _said(event: dict[str, Any]) -> str:
    return json.dumps(event, sort_keys=True)


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
