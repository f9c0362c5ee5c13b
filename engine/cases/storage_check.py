"""Proof of what lies beside the cases: attachments with their files, registered versions with their hashes."""

import json
import zlib
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engine.cases.letter_check import verify_letters
from engine.cases.verification import verify_all
from engine.process import Bundle
from engine.store.files import FileStore
from engine.store.tables import Document, ProcessDefinition


@dataclass(frozen=True, slots=True)
class StorageProof:
    """How many attachments and versions were proved, and what is wrong, one Chinese sentence each."""

    attachments: int
    versions: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficeProof:
    """Audit events, letters and attachments that were proved, and everything that is wrong."""

    events: int
    letters: int
    attachments: int
    faults: tuple[str, ...]


def verify_storage(session: Session, files: FileStore) -> StorageProof:
    """Check the database's own structure, every attachment's file and every registered version's hash."""
    faults = _unsound(session)
    attachments = versions = 0
    known: dict[str, bool] = {}
    rows = session.execute(select(Document.id, Document.sha256).order_by(Document.id).execution_options(yield_per=1000))
    for document_id, sha256 in rows:
        attachments += 1
        if sha256 not in known:
            known[sha256] = files.intact(sha256)
        if not known[sha256]:
            faults.append(f"材料 {document_id} 的存储文件缺失或被改动（{sha256}）")
    for row in session.scalars(select(ProcessDefinition).order_by(ProcessDefinition.digest)):
        versions += 1
        if _digest(row) != row.digest:
            faults.append(f"流程版本 {row.digest[:12]} 的内容与它的摘要不符")
    return StorageProof(attachments, versions, tuple(faults))


def _unsound(session: Session) -> list[str]:
    """What SQLite finds wrong with its own file; PostgreSQL has checksums and constraints of its own."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    found = [str(row[0]) for row in session.execute(text("PRAGMA integrity_check(5)")) if row[0] != "ok"]
    torn = [str(row[0]) for row in session.execute(text("PRAGMA foreign_key_check"))]
    return [f"数据库文件已经损坏：{one}" for one in found] + [
        f"表 {name} 有行指向不存在的内容" for name in dict.fromkeys(torn)
    ]


def _digest(row: ProcessDefinition) -> str | None:
    try:
        return Bundle(row.case_type, json.loads(zlib.decompress(row.files))).digest
    except (ValueError, zlib.error):
        return None


def verify_office(session: Session, files: FileStore) -> OfficeProof:
    """Everything that can be proved: audit trail, signatures, letters, attachments, registered versions."""
    trail = verify_all(session, files)
    letters = verify_letters(session, files)
    storage = verify_storage(session, files)
    broken = () if trail.broken is None else (f"审计记录不完好：{trail.broken}",)
    return OfficeProof(trail.events, letters.letters, storage.attachments, (*broken, *letters.faults, *storage.faults))
