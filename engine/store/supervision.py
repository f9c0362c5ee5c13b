"""What supervisors ask of people: reminders that want an answer (催办), and items with a date and a result (督办)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.types import Instant, Key

_UNANSWERED = text("answered_at IS NULL")
_OPEN = text("closed_at IS NULL")


class CaseReminder(Base):
    """A reminder (催办) about a case to one person, who must answer it."""

    __tablename__ = "case_reminder"
    __table_args__ = (
        Index("ix_case_reminder_case", "case_id"),
        Index(
            "ix_case_reminder_unanswered",
            "account_id",
            "id",
            sqlite_where=_UNANSWERED,
            postgresql_where=_UNANSWERED,
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(Instant)
    sent_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)


class SupervisionItem(Base):
    """Something that a supervisor follows up until it is settled (督办): who, by when, with what result."""

    __tablename__ = "supervision_item"
    __table_args__ = (
        Index("ix_supervision_item_case", "case_id"),
        Index("ix_supervision_item_open", "agency_id", "due_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    title: Mapped[str] = mapped_column(String(200))
    demand: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    due_on: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    report: Mapped[str | None] = mapped_column(Text)
    reported_at: Mapped[datetime | None] = mapped_column(Instant)
    result: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
