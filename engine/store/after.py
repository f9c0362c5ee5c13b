"""What follows a reply: reconsideration and suit, and information that is made public for everybody."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.types import Instant, Key

_UNDECIDED = text("result IS NULL AND voided_at IS NULL")
_UNPUBLISHED = text("status IN ('proposed', 'approved')")


class Review(Base):
    """A reconsideration or a suit about one case: a line of table 4.

    `result` stays NULL while it is not concluded (尚未审结). `event_seq` is the event of the case's ledger that began
    it. A line registered by mistake is voided and keeps its reason.
    """

    __tablename__ = "review"
    __table_args__ = (
        Index("ix_review_case", "case_id"),
        Index("ix_review_agency_received", "agency_id", "received_on"),
        Index("ix_review_open", "agency_id", "id", sqlite_where=_UNDECIDED, postgresql_where=_UNDECIDED),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str] = mapped_column(String(30))
    forum: Mapped[str] = mapped_column(String(200))
    docket: Mapped[str | None] = mapped_column(String(80))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    issue: Mapped[str] = mapped_column(Text)
    procedure: Mapped[str | None] = mapped_column(String(20))
    received_on: Mapped[date]
    agent: Mapped[str | None] = mapped_column(String(100))
    result: Mapped[str | None] = mapped_column(String(20))
    decided_on: Mapped[date | None]
    lesson: Mapped[str | None] = mapped_column(Text)
    correction: Mapped[str | None] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(Instant)
    registered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    event_seq: Mapped[int]
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    void_reason: Mapped[str | None] = mapped_column(Text)


class ReviewStage(Base):
    """A step of a reconsideration or suit with its day, append-only: answered, filed, heard, decided …"""

    __tablename__ = "review_stage"
    __table_args__ = (Index(None, "review_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    stage: Mapped[str] = mapped_column(String(20))
    on: Mapped[date] = mapped_column("stage_on")
    note: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class PublicationTask(Base):
    """Information disclosed on request that is to be published for everybody (Art. 44).

    `status`: proposed, approved, declined, published. The twenty working days run from `approved_on` (Art. 26).
    """

    __tablename__ = "publication_task"
    __table_args__ = (
        Index("ix_publication_task_case", "case_id"),
        Index(
            "ix_publication_task_open",
            "agency_id",
            "id",
            sqlite_where=_UNPUBLISHED,
            postgresql_where=_UNPUBLISHED,
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    title: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12), default="proposed")
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    settled_why: Mapped[str | None] = mapped_column(Text)
    approved_on: Mapped[date | None]
    published_on: Mapped[date | None]
    locator: Mapped[str | None] = mapped_column(String(400))
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
