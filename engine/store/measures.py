"""What reports say of a concluded case, worked out once: a cache, which reading never has to trust."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.types import Json


class CaseMeasure(Base):
    """The facts of a case that reports count (engine/cases/measured.py).

    They hold for one version of the case row and one `basis` (holiday notices, configuration, case types); a row with
    another version or basis is passed over and worked out anew.
    """

    __tablename__ = "case_measure"
    __table_args__ = (Index(None, "agency_id", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    version: Mapped[int]
    basis: Mapped[str] = mapped_column(String(32))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
