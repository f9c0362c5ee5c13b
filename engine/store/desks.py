"""What belongs to a person's desk: leave and who stands in, saved filters, and which receipts have been printed."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.types import Instant, Key

_STANDS = text("ended_at IS NULL")


class Leave(Base):
    """Somebody is away from `first_on` to `last_on`, both included, and `deputy_id` does his work items meanwhile.

    One that was taken back early keeps its row, with who ended it and when.
    """

    __tablename__ = "leave"
    __table_args__ = (
        Index("ix_leave_deputy", "deputy_id", "last_on", sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index("ix_leave_absent", "absent_id", "last_on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    absent_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    reason: Mapped[str | None] = mapped_column(String(200))
    set_at: Mapped[datetime] = mapped_column(Instant)
    set_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class SavedFilter(Base):
    """Filters of a list that somebody keeps under a name; `query` is the address's query part."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("account_id", "page", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    page: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(Instant)


class ReceiptPrint(Base):
    """A receipt that was printed: which letter, when and by whom; a further print is a further row."""

    __tablename__ = "receipt_print"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "agency_id", "id"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    printed_at: Mapped[datetime] = mapped_column(Instant)
    printed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
