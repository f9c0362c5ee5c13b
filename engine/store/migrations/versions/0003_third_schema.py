"""Third schema"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_work_item_free"), sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL")
        )
        batch_op.create_index(
            "ix_work_item_free_to_all",
            ["agency_id", "role", "sort_due_on", "id", "unit_id", "assignee_id", "status"],
            unique=False,
            sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL AND unit_id IS NULL"),
            postgresql_where=sa.text("status = 'open' AND assignee_id IS NULL AND unit_id IS NULL"),
        )
        batch_op.create_index(
            "ix_work_item_free_to_unit",
            ["unit_id", "role", "sort_due_on", "id", "agency_id", "assignee_id", "status"],
            unique=False,
            sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL AND unit_id IS NOT NULL"),
            postgresql_where=sa.text("status = 'open' AND assignee_id IS NULL AND unit_id IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_work_item_free_to_unit",
            sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL AND unit_id IS NOT NULL"),
            postgresql_where=sa.text("status = 'open' AND assignee_id IS NULL AND unit_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_work_item_free_to_all",
            sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL AND unit_id IS NULL"),
            postgresql_where=sa.text("status = 'open' AND assignee_id IS NULL AND unit_id IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_work_item_free"),
            ["agency_id", "role", "unit_id", "sort_due_on", "id", "assignee_id", "status"],
            unique=False,
            sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL"),
        )
