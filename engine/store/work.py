"""What waits in a case: steps for people, and timers of the diagram."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.types import Instant, Key

_ITEM_OPEN = text("status = 'open'")
_ITEM_TAKEN = text("status = 'open' AND assignee_id IS NOT NULL")
_ITEM_FREE_TO_ALL = text("status = 'open' AND assignee_id IS NULL AND unit_id IS NULL")
_ITEM_FREE_TO_UNIT = text("status = 'open' AND assignee_id IS NULL AND unit_id IS NOT NULL")
_ITEM_DONE = text("status = 'done'")
_TIMER_OPEN = text("fired_at IS NULL AND cancelled_at IS NULL")


class WorkItem(Base):
    """A human step that waits or has been done: the row behind 待办, 待签, 已办.

    `sort_due_on` of an open one is that of its case, kept here too so that lists are read in the order of an index.
    `done_for`: the absent person in whose place `done_by` did it.
    """

    __tablename__ = "work_item"
    __table_args__ = (
        Index("ix_work_item_case", "case_id", "id"),
        Index("ix_work_item_open", "case_id", "id", sqlite_where=_ITEM_OPEN, postgresql_where=_ITEM_OPEN),
        # The columns of the condition stand in the index too: SQLite would look each row up for them.
        Index(
            "ix_work_item_taken",
            "assignee_id",
            "sort_due_on",
            "id",
            "case_id",
            "agency_id",
            "status",
            sqlite_where=_ITEM_TAKEN,
            postgresql_where=_ITEM_TAKEN,
        ),
        # PostgreSQL keeps the order behind a column that is asked for by a value, not behind one that IS NULL.
        Index(
            "ix_work_item_free_to_all",
            "agency_id",
            "role",
            "sort_due_on",
            "id",
            "unit_id",
            "assignee_id",
            "status",
            sqlite_where=_ITEM_FREE_TO_ALL,
            postgresql_where=_ITEM_FREE_TO_ALL,
        ),
        Index(
            "ix_work_item_free_to_unit",
            "unit_id",
            "role",
            "sort_due_on",
            "id",
            "agency_id",
            "assignee_id",
            "status",
            sqlite_where=_ITEM_FREE_TO_UNIT,
            postgresql_where=_ITEM_FREE_TO_UNIT,
        ),
        Index(
            "ix_work_item_limit",
            "agency_id",
            "limit_on",
            "id",
            sqlite_where=_ITEM_OPEN,
            postgresql_where=_ITEM_OPEN,
        ),
        Index(
            "ix_work_item_element",
            "agency_id",
            "element",
            "case_id",
            "status",
            sqlite_where=_ITEM_OPEN,
            postgresql_where=_ITEM_OPEN,
        ),
        Index(
            "ix_work_item_done_by",
            "done_by",
            "done_at",
            "id",
            "case_id",
            "status",
            sqlite_where=_ITEM_DONE,
            postgresql_where=_ITEM_DONE,
        ),
        Index(
            "ix_work_item_done_in",
            "done_by",
            "case_id",
            "id",
            "status",
            sqlite_where=_ITEM_DONE,
            postgresql_where=_ITEM_DONE,
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    token: Mapped[str] = mapped_column(String(40))
    element: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("case_item.id"))
    status: Mapped[str] = mapped_column(String(12), default="open")
    sort_due_on: Mapped[date | None]
    limit_on: Mapped[date | None]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    done_for: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)


WAITS = WorkItem.status == literal_column("'open'")
"""Of a work item: it is open. Written out, so that both databases see that the indexes of open ones will do."""
DONE = WorkItem.status == literal_column("'done'")
"""Of a work item: it has been done. Written out as WAITS is."""


class Timer(Base):
    """A timer of the diagram that waits: `due_on` is derived again whenever ledger or calendar change.

    It fires on the first day after `due_on`; NULL means its date is not firm yet, so it cannot fire.
    """

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("case_id", "token"),
        Index("ix_timer_due", "due_on", "id", sqlite_where=_TIMER_OPEN, postgresql_where=_TIMER_OPEN),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    token: Mapped[str] = mapped_column(String(40))
    element: Mapped[str] = mapped_column(String(80))
    clock: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("case_item.id"))
    due_on: Mapped[date | None]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    fired_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
