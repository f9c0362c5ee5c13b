"""Third schema"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_unit_id_id"), ["unit_id", "id"], unique=False)

    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_file_handler_due"), sqlite_where=sa.text("closed_at IS NULL"))
        batch_op.create_index(
            "ix_case_file_handler_due",
            ["handler_id", "sort_due_on", "id", "clock_status", "drill", "agency_id", "closed_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(
            batch_op.f("ix_case_file_late"), sqlite_where=sa.text("closed_at IS NOT NULL AND in_time IS 0")
        )
        batch_op.create_index(
            "ix_case_file_late",
            ["agency_id", "replied_on", "drill", "handler_id", "in_time", "closed_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NOT NULL AND in_time IS 0"),
            postgresql_where=sa.text("closed_at IS NOT NULL AND in_time IS false"),
        )
        batch_op.drop_index(batch_op.f("ix_case_file_received"))
        batch_op.create_index("ix_case_file_received", ["agency_id", "received_on", "id", "drill"], unique=False)
        batch_op.create_index(
            "ix_case_file_drill",
            ["agency_id", "id", "drill"],
            unique=False,
            sqlite_where=sa.text("drill = 1"),
            postgresql_where=sa.text("drill"),
        )
        batch_op.create_index(
            "ix_case_file_handler_late",
            ["handler_id", "replied_on", "drill", "agency_id", "in_time", "closed_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NOT NULL AND in_time IS 0"),
            postgresql_where=sa.text("closed_at IS NOT NULL AND in_time IS false"),
        )
        batch_op.create_index(
            "ix_case_file_replied",
            ["agency_id", "replied_on", "in_time", "id", "drill"],
            unique=False,
            sqlite_where=sa.text("replied_on IS NOT NULL"),
            postgresql_where=sa.text("replied_on IS NOT NULL"),
        )

    with op.batch_alter_table("inbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("said", sa.JSON(none_as_null=True), nullable=True))

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
            postgresql_where=sa.text("status = 'open' AND assignee_id IS NULL"),
        )

    with op.batch_alter_table("inbox_message", schema=None) as batch_op:
        batch_op.drop_column("said")

    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_case_file_replied",
            sqlite_where=sa.text("replied_on IS NOT NULL"),
            postgresql_where=sa.text("replied_on IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_case_file_handler_late",
            sqlite_where=sa.text("closed_at IS NOT NULL AND in_time IS 0"),
            postgresql_where=sa.text("closed_at IS NOT NULL AND in_time IS false"),
        )
        batch_op.drop_index("ix_case_file_drill", sqlite_where=sa.text("drill = 1"), postgresql_where=sa.text("drill"))
        batch_op.drop_index("ix_case_file_received")
        batch_op.create_index(batch_op.f("ix_case_file_received"), ["agency_id", "received_on"], unique=False)
        batch_op.drop_index(
            "ix_case_file_late",
            sqlite_where=sa.text("closed_at IS NOT NULL AND in_time IS 0"),
            postgresql_where=sa.text("closed_at IS NOT NULL AND in_time IS false"),
        )
        batch_op.create_index(
            batch_op.f("ix_case_file_late"),
            ["agency_id", "replied_on", "drill", "handler_id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NOT NULL AND in_time IS 0"),
            postgresql_where=sa.text("closed_at IS NOT NULL AND in_time IS false"),
        )
        batch_op.drop_index(
            "ix_case_file_handler_due",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_case_file_handler_due"),
            ["handler_id", "sort_due_on", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_unit_id_id"))
