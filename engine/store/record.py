"""What leaves the office and what proves it: letters, numbers, audit, messages."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.types import Instant, Json, Key

_UNSENT = text("sent_at IS NULL AND dead_at IS NULL")
_UNREAD = text("read_at IS NULL")


class NumberSeries(Base):
    """The last number allotted in a series (文号 kind or case number) of a year; locked while a number is taken."""

    __tablename__ = "number_series"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    series: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Letter(Base):
    """An issued letter: immutable file, number and the data it was made from. A voided one keeps its row and reason."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("agency_id", "series", "year", "serial"),
        Index(None, "case_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("case_item.id"))
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    addressee: Mapped[str] = mapped_column(String(200))
    series: Mapped[str | None] = mapped_column(String(40))
    year: Mapped[int | None]
    serial: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(String(80))
    decision: Mapped[str | None] = mapped_column(String(10))
    remedy: Mapped[str | None] = mapped_column(String(20))
    template_sha256: Mapped[str] = mapped_column(String(64))
    fields: Mapped[dict[str, Any]] = mapped_column(Json)
    docx_sha256: Mapped[str] = mapped_column(String(64))
    dated_on: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(Instant)
    issued_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    void_reason: Mapped[str | None] = mapped_column(String(500))


class Signature(Base):
    """Papers signed in one act: who, when, which words, and the SHA-256 of every file. Never changed.

    `event_seq` is the event of the case's audit chain that says the same. A signature whose papers were replaced is
    superseded, not removed.
    """

    __tablename__ = "signature"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    element: Mapped[str] = mapped_column(String(80))
    step: Mapped[str] = mapped_column(String(80))
    signed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    signer_name: Mapped[str] = mapped_column(String(60))
    signed_at: Mapped[datetime] = mapped_column(Instant)
    words: Mapped[str] = mapped_column(Text)
    papers: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    event_seq: Mapped[int]
    superseded_at: Mapped[datetime | None] = mapped_column(Instant)


class CaseEvent(Base):
    """One audit event. Events of one chain (a case, an account, the office) are linked by hash."""

    __tablename__ = "case_event"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_case_event_case", "case_id", "seq"),
        Index("ix_case_event_agency_at", "agency_id", "at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    chain: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(60))
    element: Mapped[str | None] = mapped_column(String(80))
    data: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditSeal(Base):
    """A periodic seal over the newest event of every chain; seals are chained among themselves."""

    __tablename__ = "audit_seal"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    sealed_at: Mapped[datetime] = mapped_column(Instant)
    last_event_id: Mapped[int] = mapped_column(Key)
    events: Mapped[int]
    heads_hash: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class InboxMessage(Base):
    """A message in somebody's inbox; the unique key proves that nothing is told twice.

    `said`: what the Chinese `text` is made of (engine/statute/said.py), for a page in another language; NULL for older
    messages and those with nothing to translate.
    """

    __tablename__ = "inbox_message"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index(
            "ix_inbox_message_unread",
            "account_id",
            "id",
            sqlite_where=_UNREAD,
            postgresql_where=_UNREAD,
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    key: Mapped[str] = mapped_column(String(160))
    level: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    said: Mapped[dict[str, Any] | None] = mapped_column(Json)
    sent_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)


class OutboxMessage(Base):
    """A message that must leave the database, at least once, with an idempotency key.

    `kind` names the channel. `due_at` is when it may be tried: whoever takes it moves it on by a lease and raises
    `attempts`, so that a sender that died gives it back by itself. `payload` holds ids of accounts, never addresses.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_outbox_message_due", "due_at", "id", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("ix_outbox_message_agency", "agency_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(160))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    dead_at: Mapped[datetime | None] = mapped_column(Instant)
