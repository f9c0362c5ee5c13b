"""One case: its row, its ledger of legal events, what people filled in and handed over."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from engine.store.base import Base
from engine.store.types import Instant, Json, Key

_OPEN = text("closed_at IS NULL")
_CLOSED = text("closed_at IS NOT NULL")
_REPLIED = text("replied_on IS NOT NULL")
_RUNNING = text("archived_at IS NULL")
_LATE_ON_SQLITE = text("closed_at IS NOT NULL AND in_time IS 0")
_DRILL_ON_SQLITE, _DRILL = text("drill = 1"), text("drill")
_LATE = text("closed_at IS NOT NULL AND in_time IS false")
_TELLING = text("type IN ('extension', 'consult_sent')")


class Case(Base):
    """A case of any type.

    `due_on`, `estimated_due_on`, `clock_status` and the other clock columns are an index derived from the ledger,
    rewritten in the transaction that appends an event; nothing reads law from them.
    A `confidential` case is seen by those who work on it and those named (engine/cases/access.py).
    `counted` names the rows of case_count in which it is counted (engine/cases/case_counts.py).
    `state` holds the live tokens only and is empty once the case has ended; `open_timers` counts waiting
    timer rows, `watchers` the people who want to be told.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("agency_id", "number"),
        UniqueConstraint("registered_by", "once"),
        # Everything that a list of open cases is narrowed and counted by, so that counting reads the index alone.
        Index(
            "ix_case_file_open",
            "agency_id",
            "sort_due_on",
            "id",
            "clock_status",
            "drill",
            "handler_id",
            "closed_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_case_file_late",
            "agency_id",
            "replied_on",
            "drill",
            "handler_id",
            "in_time",
            "closed_at",
            sqlite_where=_LATE_ON_SQLITE,
            postgresql_where=_LATE,
        ),
        Index(
            "ix_case_file_handler_due",
            "handler_id",
            "sort_due_on",
            "id",
            "clock_status",
            "drill",
            "agency_id",
            "closed_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_case_file_handler_late",
            "handler_id",
            "replied_on",
            "drill",
            "agency_id",
            "in_time",
            "closed_at",
            sqlite_where=_LATE_ON_SQLITE,
            postgresql_where=_LATE,
        ),
        Index(
            "ix_case_file_drill",
            "agency_id",
            "id",
            "drill",
            sqlite_where=_DRILL_ON_SQLITE,
            postgresql_where=_DRILL,
        ),
        Index("ix_case_file_kind", "agency_id", "case_type", "closed_at", "sort_due_on", "id"),
        # What came in and what was answered, by day.
        Index("ix_case_file_received", "agency_id", "received_on", "id", "drill"),
        Index(
            "ix_case_file_replied",
            "agency_id",
            "replied_on",
            "in_time",
            "id",
            "drill",
            sqlite_where=_REPLIED,
            postgresql_where=_REPLIED,
        ),
        Index("ix_case_file_applicant", "agency_id", "applicant_key"),
        Index("ix_case_file_applicant_name", "agency_id", "applicant_name_key"),
        Index("ix_case_file_ended", "agency_id", "closed_at", "id", sqlite_where=_CLOSED, postgresql_where=_CLOSED),
        Index(
            "ix_case_file_running",
            "definition_digest",
            "id",
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
        Index(
            "ix_case_file_confidential",
            "agency_id",
            "id",
            sqlite_where=text("confidential = 1"),
            postgresql_where=text("confidential"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_type: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(40))
    definition_digest: Mapped[str] = mapped_column(ForeignKey("process_definition.digest"))
    version: Mapped[int] = mapped_column()
    state: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    open_timers: Mapped[int] = mapped_column(default=0)

    subject: Mapped[str] = mapped_column(Text)
    channel: Mapped[str | None] = mapped_column(String(20))
    drill: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    watchers: Mapped[int] = mapped_column(default=0, server_default="0")
    query_code: Mapped[str] = mapped_column(String(12))
    form_requested: Mapped[str | None] = mapped_column(String(200))
    applicant_name: Mapped[str | None] = mapped_column(String(200))
    applicant_kind: Mapped[str | None] = mapped_column(String(20))
    applicant_category: Mapped[str | None] = mapped_column(String(40))
    applicant_key: Mapped[str | None] = mapped_column(String(200))
    applicant_name_key: Mapped[str | None] = mapped_column(String(200))

    decision: Mapped[str | None] = mapped_column(String(10))
    ground: Mapped[str | None] = mapped_column(String(40))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    arrived_on: Mapped[date | None]
    received_on: Mapped[date | None]
    due_on: Mapped[date | None]
    estimated_due_on: Mapped[date | None]
    cautious_due_on: Mapped[date | None]
    sort_due_on: Mapped[date | None]
    clock_status: Mapped[str] = mapped_column(String(20), default="unconfirmed")
    told_due_on: Mapped[date | None]
    replied_on: Mapped[date | None]
    in_time: Mapped[bool | None]

    counted: Mapped[str | None] = mapped_column(String(90))

    registered_at: Mapped[datetime] = mapped_column(Instant)
    registered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    once: Mapped[str | None] = mapped_column(String(40))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    event_seq: Mapped[int] = mapped_column(default=0)
    event_hash: Mapped[str] = mapped_column(String(64), default="")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the mapper reads it as it stands


class LegalEvent(Base):
    """One legal event of the ledger, append-only.

    A mistaken entry stays; `voided_by` and `void_reason` say who struck it out of the clock and why.
    """

    __tablename__ = "legal_event"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("ix_legal_event_telling", "type", "case_id", sqlite_where=_TELLING, postgresql_where=_TELLING),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    seq: Mapped[int]
    type: Mapped[str] = mapped_column(String(60))
    on: Mapped[date] = mapped_column("event_on")
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    void_reason: Mapped[str | None] = mapped_column(String(500))


class Party(Base):
    """A person or body in the case. Personal data live here and nowhere else."""

    __tablename__ = "party"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    part: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str | None] = mapped_column(String(20))
    category: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    id_kind: Mapped[str | None] = mapped_column(String(30))
    id_number: Mapped[str | None] = mapped_column(String(40))
    contact_person: Mapped[str | None] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(String(300))
    postcode: Mapped[str | None] = mapped_column(String(10))
    assistance: Mapped[str | None] = mapped_column(String(300))


class FormRecord(Base):
    """One filled-in form as it was handed in, append-only."""

    __tablename__ = "form_record"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    element: Mapped[str] = mapped_column(String(80))
    form: Mapped[str] = mapped_column(String(60))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("case_item.id"))
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    filled_at: Mapped[datetime] = mapped_column(Instant)
    filled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class CaseItem(Base):
    """A member of a list inside a case: one search order, one consultee; `public_id` is its id in the ledger (c1…)."""

    __tablename__ = "case_item"
    __table_args__ = (UniqueConstraint("case_id", "kind", "seq"), UniqueConstraint("case_id", "public_id"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int]
    round: Mapped[int]
    public_id: Mapped[str] = mapped_column(String(20))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))


class Document(Base):
    """An uploaded file; its bytes lie outside the web root under their SHA-256.

    `version` counts the deliveries of a kind to the case, or to one list member (`item_id`): the newest is the one in
    force. `published_at` is set when a step makes it public; from then on it cannot be replaced.
    """

    __tablename__ = "document"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str] = mapped_column(String(40))
    filename: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    restricted: Mapped[bool] = mapped_column(default=False)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("case_item.id"))
    version: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class CaseGram(Base):
    """A fragment by which a case is found: two neighbouring characters of its subject or applicant, or its number.

    An index made by the application (engine/cases/search.py), because those of the databases cannot find words of two
    characters, which most Chinese words are.
    """

    __tablename__ = "case_gram"

    gram: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
