"""What cases are found by beyond number, subject and applicant: the words of requests, letters and attachments."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.types import Instant, Key


class SearchedText(Base):
    """The readable text of a filled-in request, an issued letter or an attachment, made from it and replaceable.

    `place` is `request`, `reply` or `attachment`; `source_id` the id of the form_record, letter or document. Numbers
    that are somebody's personal data are masked in it. `fault` says why there is no text
    (engine/cases/reading_files.py).
    """

    __tablename__ = "searched_text"
    __table_args__ = (UniqueConstraint("place", "source_id"), Index(None, "case_id"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    place: Mapped[str] = mapped_column(String(12))
    source_id: Mapped[int] = mapped_column(Key)
    text: Mapped[str] = mapped_column(Text)
    fault: Mapped[str | None] = mapped_column(String(20))
    read_at: Mapped[datetime] = mapped_column(Instant)


class TextGram(Base):
    """In which cases of a block two neighbouring characters stand, and where.

    A block is 4,096 consecutive case ids. `cases` packs a case into sixteen bits: its place in the block and four bits
    for where the pair stands (engine/cases/postings.py). A row for every case would take some hundred times the room.
    """

    __tablename__ = "text_gram"

    gram: Mapped[str] = mapped_column(String(4), primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cases: Mapped[bytes] = mapped_column(LargeBinary)
