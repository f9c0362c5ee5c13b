"""Second schema"""

import sqlalchemy as sa
from alembic import op

from engine.store import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_comment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("written_at", types.Instant(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("struck_at", types.Instant(timezone=True), nullable=True),
        sa.Column("struck_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("strike_reason", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_comment_case_id")),
        sa.ForeignKeyConstraint(["struck_by"], ["account.id"], name=op.f("fk_case_comment_struck_by")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_case_comment_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_comment")),
    )
    with op.batch_alter_table("case_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_comment_case_id_id"), ["case_id", "id"], unique=False)

    op.create_table(
        "case_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("linked_at", types.Instant(timezone=True), nullable=False),
        sa.Column("linked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("removed_at", types.Instant(timezone=True), nullable=True),
        sa.Column("removed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("remove_reason", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_link_case_id")),
        sa.ForeignKeyConstraint(["linked_by"], ["account.id"], name=op.f("fk_case_link_linked_by")),
        sa.ForeignKeyConstraint(["other_id"], ["case_file.id"], name=op.f("fk_case_link_other_id")),
        sa.ForeignKeyConstraint(["removed_by"], ["account.id"], name=op.f("fk_case_link_removed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
    )
    with op.batch_alter_table("case_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_link_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_link_other_id"), ["other_id"], unique=False)

    op.create_table(
        "case_named",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("named_at", types.Instant(timezone=True), nullable=False),
        sa.Column("named_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_named_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_named_case_id")),
        sa.ForeignKeyConstraint(["named_by"], ["account.id"], name=op.f("fk_case_named_named_by")),
        sa.PrimaryKeyConstraint("case_id", "account_id", name=op.f("pk_case_named")),
    )
    with op.batch_alter_table("case_named", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_named_account_id_case_id"), ["account_id", "case_id"], unique=False)

    op.create_table(
        "case_watcher",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_watcher_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_watcher_case_id")),
        sa.PrimaryKeyConstraint("case_id", "account_id", name=op.f("pk_case_watcher")),
    )
    with op.batch_alter_table("case_watcher", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_watcher_account_id_case_id"), ["account_id", "case_id"], unique=False)

    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confidential", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
        batch_op.add_column(sa.Column("watchers", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(
            "ix_case_file_confidential",
            ["agency_id", "id"],
            unique=False,
            sqlite_where=sa.text("confidential = 1"),
            postgresql_where=sa.text("confidential"),
        )


def downgrade() -> None:
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_case_file_confidential",
            sqlite_where=sa.text("confidential = 1"),
            postgresql_where=sa.text("confidential"),
        )
        batch_op.drop_column("watchers")
        batch_op.drop_column("confidential")

    with op.batch_alter_table("case_watcher", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_watcher_account_id_case_id"))

    op.drop_table("case_watcher")
    with op.batch_alter_table("case_named", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_named_account_id_case_id"))

    op.drop_table("case_named")
    with op.batch_alter_table("case_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_link_other_id"))
        batch_op.drop_index(batch_op.f("ix_case_link_case_id"))

    op.drop_table("case_link")
    with op.batch_alter_table("case_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_comment_case_id_id"))

    op.drop_table("case_comment")
