"""Figures that are kept as cases change, so that a year is added up without reading its cases."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base


class CaseCount(Base):
    """How many cases of a kind came in or were concluded (engine/cases/case_counts.py); drills never count.

    `what` is `received` or `concluded` in a year (`month` is 0), or `came`, `replied` or `late` in a month. `decision`
    is empty for what came in, and for what ended without a decision; `applicant_kind` and `applicant_category` are as
    on the case, empty where it has none. All three are empty for a month.
    """

    __tablename__ = "case_count"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    case_type: Mapped[str] = mapped_column(String(60), primary_key=True)
    what: Mapped[str] = mapped_column(String(10), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    decision: Mapped[str] = mapped_column(String(10), primary_key=True)
    applicant_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    applicant_category: Mapped[str] = mapped_column(String(40), primary_key=True)
    cases: Mapped[int]
