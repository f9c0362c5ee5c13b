"""The audit trail: events chained by hash, one chain per case, account and office, sealed from time to time."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from engine.store.tables import AuditSeal, Case, CaseEvent
from engine.store.unit_of_work import append


@dataclass(frozen=True, slots=True)
class Author:
    """Who stands in the record: an account, or the system itself (`id` None).

    `behalf`: the absent person in whose place it was done (代).
    """

    id: int | None
    name: str
    behalf: "Author | None" = None


SYSTEM = Author(None, "系统")

_DATA = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str)
_TOLD = json.JSONEncoder(ensure_ascii=False)


def event_hash(event: Mapping[str, Any]) -> str:
    """SHA-256 over everything an event says (its columns) and the hash before it."""
    told = [
        event["chain"],
        event["seq"],
        event["agency_id"],
        event["case_id"],
        event["at"].astimezone(UTC).isoformat(),
        event["actor_id"],
        event["actor_name"],
        event["action"],
        event["element"],
        event["data"],
        event["previous_hash"],
    ]
    return hashlib.sha256(_TOLD.encode(told).encode()).hexdigest()


def _append(session: Session, author: Author, data: Mapping[str, Any] | None, **event: Any) -> str:
    """Complete an event with author, data and hash and add it to the trail; returns the hash."""
    event["actor_id"] = author.id
    event["actor_name"] = author.name
    if author.behalf is not None:
        data = {**(data or {}), "on_behalf_of": author.behalf.name}
    event["data"] = _DATA.encode(data or {})
    event["hash"] = event_hash(event)
    append(session, CaseEvent, **event)
    return str(event["hash"])


def record_case_event(
    session: Session,
    case: Case,
    author: Author,
    at: datetime,
    action: str,
    *,
    element: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append to the case's own chain; the head lies on the case row, which the step rewrites anyway."""
    seq = case.event_seq + 1
    case.event_hash = _append(
        session,
        author,
        data,
        agency_id=case.agency_id,
        chain=f"case:{case.id}",
        seq=seq,
        previous_hash=case.event_hash or None,
        at=at,
        action=action,
        element=element,
        case_id=case.id,
    )
    case.event_seq = seq


def record_event(
    session: Session,
    agency_id: int,
    chain: str,
    author: Author,
    at: datetime,
    action: str,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append to a chain that is not a case (`account:7`, `calendar`, `templates`)."""
    session.flush()
    name = f"{agency_id}:{chain}"
    head = select(CaseEvent.seq, CaseEvent.hash).where(CaseEvent.chain == name).order_by(CaseEvent.seq.desc()).limit(1)
    last = session.execute(head).one_or_none()
    _append(
        session,
        author,
        data,
        agency_id=agency_id,
        chain=name,
        seq=last.seq + 1 if last else 1,
        previous_hash=last.hash if last else None,
        at=at,
        action=action,
        element=None,
        case_id=None,
    )


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of checking the whole trail: `broken` names the first bad event, or is None."""

    events: int
    last_seal: str | None
    unsealed: int
    broken: str | None


def _heads_hash(session: Session, last_event_id: int) -> tuple[int, str]:
    newest = (
        select(CaseEvent.chain, func.max(CaseEvent.seq).label("seq"))
        .where(CaseEvent.id <= last_event_id)
        .group_by(CaseEvent.chain)
        .subquery()
    )
    digest = hashlib.sha256()
    rows = session.execute(
        select(CaseEvent.chain, CaseEvent.seq, CaseEvent.hash)
        .join(newest, (CaseEvent.chain == newest.c.chain) & (CaseEvent.seq == newest.c.seq))
        .execution_options(yield_per=5000)
    )
    heads = sorted((chain, seq, head) for chain, seq, head in rows)
    for chain, seq, head in heads:
        digest.update(f"{chain}/{seq}/{head}\n".encode())
    total = session.scalar(select(func.count()).select_from(CaseEvent).where(CaseEvent.id <= last_event_id)) or 0
    return total, digest.hexdigest()


def _seal_hash(seal: AuditSeal) -> str:
    told = [
        seal.sealed_at.astimezone(UTC).isoformat(),
        seal.last_event_id,
        seal.events,
        seal.heads_hash,
        seal.previous_hash,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _newest_event(session: Session) -> int | None:
    """The newest event, once no transaction under way can still bring an earlier one; one seal at a time.

    SQLite has a single writer. PostgreSQL hands out ids before it commits: a writer that is slower than the next one
    would leave its event below the seal after the fact, and the seal would look broken.
    """
    newest = select(func.max(CaseEvent.id))
    if session.get_bind().dialect.name != "postgresql":
        return session.scalar(newest)
    session.execute(text("LOCK TABLE audit_seal IN SHARE ROW EXCLUSIVE MODE"))
    with session.begin_nested() as waiting:
        session.execute(text("LOCK TABLE case_event IN SHARE MODE"))
        last_event_id = session.scalar(newest)
        waiting.rollback()  # lets the writers go on before the heads are read
    return last_event_id


def seal(session: Session, at: datetime) -> AuditSeal | None:
    """Chain the heads of all chains into a new seal; None when nothing happened since the last one."""
    last_event_id = _newest_event(session)
    last = session.scalar(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1))
    if last_event_id is None or (last is not None and last.last_event_id == last_event_id):
        return None
    events, heads = _heads_hash(session, last_event_id)
    new = AuditSeal(
        sealed_at=at,
        last_event_id=last_event_id,
        events=events,
        heads_hash=heads,
        previous_hash=last.hash if last else None,
    )
    new.hash = _seal_hash(new)
    session.add(new)
    return new


def verify(session: Session) -> Verification:
    """Recompute every hash of every chain and every seal."""
    count = 0
    chain, seq, previous = "", 0, None
    columns = CaseEvent.__table__.c
    query = select(*columns).order_by(columns.chain, columns.seq).execution_options(yield_per=2000)
    with session.execute(query) as rows:
        for event in rows.mappings():
            if event["chain"] != chain:
                chain, seq, previous = event["chain"], 0, None
            good = event["seq"] == seq + 1 and event["previous_hash"] == previous
            if not good or event["hash"] != event_hash(dict(event)):
                return Verification(count, None, 0, f"{event['chain']} #{event['seq']}")
            seq, previous = event["seq"], event["hash"]
            count += 1
    heads = dict(session.execute(select(Case.id, Case.event_seq)).all())
    for case_id, newest in session.execute(
        select(CaseEvent.case_id, func.max(CaseEvent.seq))
        .where(CaseEvent.case_id.is_not(None))
        .group_by(CaseEvent.case_id)
    ):
        if case_id is None or heads.pop(case_id, None) != newest:
            return Verification(count, None, 0, f"case:{case_id} #{newest + 1}")
    missing = next((case_id for case_id, last in heads.items() if last), None)
    if missing is not None:
        return Verification(count, None, 0, f"case:{missing} #1")
    return _verify_seals(session, count)


def _verify_seals(session: Session, count: int) -> Verification:
    previous, sealed, last_event_id = None, 0, 0
    for one in session.scalars(select(AuditSeal).order_by(AuditSeal.id)):
        good = one.previous_hash == previous and one.hash == _seal_hash(one)
        if not good or _heads_hash(session, one.last_event_id) != (one.events, one.heads_hash):
            return Verification(count, previous, 0, f"seal #{one.id}")
        previous, sealed, last_event_id = one.hash, one.events, one.last_event_id
    unsealed = session.scalar(select(func.count()).select_from(CaseEvent).where(CaseEvent.id > last_event_id)) or 0
    if sealed + unsealed != count:
        return Verification(count, previous, unsealed, f"seal covers {sealed} events")
    return Verification(count, previous, unsealed, None)
