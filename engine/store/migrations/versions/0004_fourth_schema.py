"""Fourth schema"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_DONE, _TAKEN = sa.text("status = 'done'"), sa.text("status = 'open' AND assignee_id IS NOT NULL")
# Indexes of work_item: name, condition, columns before and after.
_INDEXES = (
    ("ix_work_item_done_by", _DONE, ["done_by", "done_at", "id"], ["case_id"]),
    ("ix_work_item_taken", _TAKEN, ["assignee_id", "sort_due_on", "id"], ["case_id", "agency_id"]),
)


def _counts(*more: sa.Column[int]) -> None:
    """Make the table anew; its rows are counted from the cases by `yishen db upgrade`."""
    op.drop_table("case_count")
    keys = ("agency_id", "case_type", "what", "year", *(one.name for one in more))
    about = {"decision": 10, "applicant_kind": 20, "applicant_category": 40}
    op.create_table(
        "case_count",
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_type", sa.String(length=60), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        *more,
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in about.items()),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_case_count_agency_id")),
        sa.PrimaryKeyConstraint(*keys, *about, name=op.f("pk_case_count")),
    )
    op.execute("UPDATE case_file SET counted = NULL WHERE counted IS NOT NULL")


def _indexes(*, covering: bool) -> None:
    for name, condition, columns, more in _INDEXES:
        op.drop_index(name, "work_item")
        found = [*columns, *(more if covering else ()), "status"]
        op.create_index(name, "work_item", found, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    _counts(sa.Column("month", sa.Integer(), autoincrement=False, nullable=False))
    _indexes(covering=True)


def downgrade() -> None:
    _indexes(covering=False)
    _counts()
