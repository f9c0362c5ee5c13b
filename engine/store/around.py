"""Around a case: who may see a confidential one, who watches it, what is said about it, which cases belong with it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.types import Instant, Json, Key


class CaseNamed(Base):
    """A person named to see a confidential case; the rows go when the flag does, the audit trail keeps both."""

    __tablename__ = "case_named"
    __table_args__ = (Index(None, "account_id", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    named_at: Mapped[datetime] = mapped_column(Instant)
    named_by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class CaseWatcher(Base):
    """Somebody who wants to be told what happens in a case; `case_file.watchers` counts these rows."""

    __tablename__ = "case_watcher"
    __table_args__ = (Index(None, "account_id", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant)


class CaseComment(Base):
    """A remark on a case, append-only; a mistaken one is struck with a reason and stays.

    `mentions`: ids of the accounts named in it with @.
    """

    __tablename__ = "case_comment"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    text: Mapped[str] = mapped_column(Text)
    mentions: Mapped[list[int]] = mapped_column(Json)
    written_at: Mapped[datetime] = mapped_column(Instant)
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    struck_at: Mapped[datetime | None] = mapped_column(Instant)
    struck_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    strike_reason: Mapped[str | None] = mapped_column(String(300))


class CaseLink(Base):
    """Two cases that belong together. `kind` is read from `case_id` to `other_id` (engine/cases/links.py).

    A link made by mistake is taken off with a reason; the row stays.
    """

    __tablename__ = "case_link"
    __table_args__ = (Index(None, "case_id"), Index(None, "other_id"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str] = mapped_column(String(20))
    linked_at: Mapped[datetime] = mapped_column(Instant)
    linked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    remove_reason: Mapped[str | None] = mapped_column(String(300))
