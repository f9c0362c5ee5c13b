"""What belongs to letters beside their rows: the office's templates, PDF and stamped files, severed documents."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.types import Instant, Json, Key

_ACTIVE = text("active")
_WAITING = text("done_at IS NULL AND dead_at IS NULL")


class LetterTemplate(Base):
    """A version of a letter's template that the office has brought in; its bytes lie under their SHA-256.

    At most one version of a letter is active; without one the template that came with the program is used. `code` is
    the letter's key in the catalogue; that of a case type's own letter begins with the case type.
    """

    __tablename__ = "letter_template"
    __table_args__ = (
        UniqueConstraint("agency_id", "code", "sha256"),
        Index(
            "ix_letter_template_active",
            "agency_id",
            "code",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    code: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    filename: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(String(500))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    active: Mapped[bool] = mapped_column(default=False)


class LetterFile(Base):
    """A file that was added to an issued letter, once for each kind (`pdf`, `stamped`), and never changed.

    `substitutes`: fonts that stood in for those of the template, separated by 、.
    """

    __tablename__ = "letter_file"
    __table_args__ = (UniqueConstraint("letter_id", "kind"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    kind: Mapped[str] = mapped_column(String(12))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    substitutes: Mapped[str | None] = mapped_column(String(500))
    added_at: Mapped[datetime] = mapped_column(Instant)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class LetterConversion(Base):
    """A letter that waits for its PDF, or could not be turned into one: `error` says why."""

    __tablename__ = "letter_conversion"
    __table_args__ = (Index("ix_letter_conversion_due", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    due_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    dead_at: Mapped[datetime | None] = mapped_column(Instant)


class PrintBatch(Base):
    """A chosen set of letters printed as one PDF in the order of `letter_ids`, behind a cover list.

    `sha256` once it is ready; `note` names letters that are missing in it.
    """

    __tablename__ = "print_batch"
    __table_args__ = (Index(None, "agency_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    letter_ids: Mapped[list[int]] = mapped_column(Json)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    dead_at: Mapped[datetime | None] = mapped_column(Instant)
    pages: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(Text)


class SealRequest(Base):
    """A letter's PDF that went to the sealing platform under `filename`; `returned_at` once it came back stamped."""

    __tablename__ = "seal_request"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    filename: Mapped[str] = mapped_column(String(120), unique=True)
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(Instant)
    sent_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    returned_at: Mapped[datetime | None] = mapped_column(Instant)
    fault: Mapped[str | None] = mapped_column(String(500))


class Severance(Base):
    """The severance (区分处理) of a document: marks are gathered, then burnt into a copy without text.

    `marks` is a list of {page, left, top, right, bottom, what, ground, why}; places are fractions of the page.
    `result_id` and `record_id` are the documents that finishing it made.
    """

    __tablename__ = "severance"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    pages: Mapped[int]
    marks: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    version: Mapped[int] = mapped_column()
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    result_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the mapper reads it as it stands
