"""Running cases moved from one version of their process to another: one row per run, one per case."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.types import Instant, Json, Key


class ProcessMigration(Base):
    """One run over the running cases of a version. `finished_at` stays NULL when it was broken off."""

    __tablename__ = "process_migration"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    from_digest: Mapped[str] = mapped_column(ForeignKey("process_definition.digest"))
    to_digest: Mapped[str] = mapped_column(ForeignKey("process_definition.digest"))
    started_at: Mapped[datetime] = mapped_column(Instant)
    started_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class MigratedCase(Base):
    """What became of one case in a run. `result`: moved, refused (`why` says what kept it) or failed.

    `landings` lists [element, name before, name after] of every token that waited.
    """

    __tablename__ = "migrated_case"
    __table_args__ = (UniqueConstraint("migration_id", "case_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    migration_id: Mapped[int] = mapped_column(ForeignKey("process_migration.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    result: Mapped[str] = mapped_column(String(10))
    why: Mapped[str | None] = mapped_column(Text)
    landings: Mapped[list[Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Instant)
