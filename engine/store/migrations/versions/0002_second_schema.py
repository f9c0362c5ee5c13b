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
        "text_gram",
        sa.Column("gram", sa.String(length=4), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("gram", "block", name=op.f("pk_text_gram")),
    )
    op.create_table(
        "case_count",
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_type", sa.String(length=60), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("applicant_kind", sa.String(length=20), nullable=False),
        sa.Column("applicant_category", sa.String(length=40), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_case_count_agency_id")),
        sa.PrimaryKeyConstraint(
            "agency_id",
            "case_type",
            "what",
            "year",
            "decision",
            "applicant_kind",
            "applicant_category",
            name=op.f("pk_case_count"),
        ),
    )
    op.create_table(
        "kept_upload",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_at", types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_kept_upload_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_upload")),
    )
    with op.batch_alter_table("kept_upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_upload_account_id_form"), ["account_id", "form"], unique=False)

    op.create_table(
        "leave",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("absent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deputy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("set_at", types.Instant(timezone=True), nullable=False),
        sa.Column("set_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", types.Instant(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["absent_id"], ["account.id"], name=op.f("fk_leave_absent_id")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_leave_agency_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["account.id"], name=op.f("fk_leave_deputy_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_leave_ended_by")),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_leave_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.create_index("ix_leave_absent", ["absent_id", "last_on"], unique=False)
        batch_op.create_index(
            "ix_leave_deputy",
            ["deputy_id", "last_on"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "saved_filter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_filter_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("account_id", "page", "name", name=op.f("uq_saved_filter_account_id_page_name")),
    )
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
        "case_measure",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_case_measure_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_measure_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_measure")),
    )
    with op.batch_alter_table("case_measure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_measure_agency_id_case_id"), ["agency_id", "case_id"], unique=False)

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

    op.create_table(
        "searched_text",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.String(length=12), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fault", sa.String(length=20), nullable=True),
        sa.Column("read_at", types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_searched_text_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searched_text")),
        sa.UniqueConstraint("place", "source_id", name=op.f("uq_searched_text_place_source_id")),
    )
    with op.batch_alter_table("searched_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_searched_text_case_id"), ["case_id"], unique=False)

    op.create_table(
        "receipt_print",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("printed_at", types.Instant(timezone=True), nullable=False),
        sa.Column("printed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_receipt_print_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_receipt_print_case_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_receipt_print_letter_id")),
        sa.ForeignKeyConstraint(["printed_by"], ["account.id"], name=op.f("fk_receipt_print_printed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_print")),
    )
    with op.batch_alter_table("receipt_print", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_print_agency_id_id"), ["agency_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_print_case_id_id"), ["case_id", "id"], unique=False)

    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confidential", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
        batch_op.add_column(sa.Column("watchers", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("applicant_name_key", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("counted", sa.String(length=90), nullable=True))
        batch_op.drop_index(batch_op.f("ix_case_file_closed"))
        batch_op.drop_index(batch_op.f("ix_case_file_open_due"), sqlite_where=sa.text("closed_at IS NULL"))
        batch_op.create_index("ix_case_file_applicant_name", ["agency_id", "applicant_name_key"], unique=False)
        batch_op.create_index(
            "ix_case_file_confidential",
            ["agency_id", "id"],
            unique=False,
            sqlite_where=sa.text("confidential = 1"),
            postgresql_where=sa.text("confidential"),
        )
        batch_op.create_index(
            "ix_case_file_ended",
            ["agency_id", "closed_at", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NOT NULL"),
            postgresql_where=sa.text("closed_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_case_file_kind", ["agency_id", "case_type", "closed_at", "sort_due_on", "id"], unique=False
        )
        batch_op.create_index(
            "ix_case_file_late",
            ["agency_id", "replied_on", "drill", "handler_id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NOT NULL AND in_time IS 0"),
            postgresql_where=sa.text("closed_at IS NOT NULL AND in_time IS false"),
        )
        batch_op.create_index(
            "ix_case_file_open",
            ["agency_id", "sort_due_on", "id", "clock_status", "drill", "handler_id", "closed_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    with op.batch_alter_table("legal_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_legal_event_telling",
            ["type", "case_id"],
            unique=False,
            sqlite_where=sa.text("type IN ('extension', 'consult_sent')"),
            postgresql_where=sa.text("type IN ('extension', 'consult_sent')"),
        )

    with op.batch_alter_table("letter_template", schema=None) as batch_op:
        batch_op.alter_column(
            "code", existing_type=sa.VARCHAR(length=20), type_=sa.String(length=100), existing_nullable=False
        )

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("done_for", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.drop_index(batch_op.f("ix_work_item_assignee"), sqlite_where=sa.text("status = 'open'"))
        batch_op.drop_index(
            batch_op.f("ix_work_item_claim"), sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_work_item_done"))
        batch_op.create_index(
            "ix_work_item_done_by",
            ["done_by", "done_at", "id", "status"],
            unique=False,
            sqlite_where=sa.text("status = 'done'"),
            postgresql_where=sa.text("status = 'done'"),
        )
        batch_op.create_index(
            "ix_work_item_done_in",
            ["done_by", "case_id", "id", "status"],
            unique=False,
            sqlite_where=sa.text("status = 'done'"),
            postgresql_where=sa.text("status = 'done'"),
        )
        batch_op.create_index(
            "ix_work_item_element",
            ["agency_id", "element", "case_id", "status"],
            unique=False,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )
        batch_op.create_index(
            "ix_work_item_free",
            ["agency_id", "role", "unit_id", "sort_due_on", "id", "assignee_id", "status"],
            unique=False,
            sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL"),
            postgresql_where=sa.text("status = 'open' AND assignee_id IS NULL"),
        )
        batch_op.create_index(
            "ix_work_item_limit",
            ["agency_id", "limit_on", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )
        batch_op.create_index(
            "ix_work_item_taken",
            ["assignee_id", "sort_due_on", "id", "status"],
            unique=False,
            sqlite_where=sa.text("status = 'open' AND assignee_id IS NOT NULL"),
            postgresql_where=sa.text("status = 'open' AND assignee_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(batch_op.f("fk_work_item_done_for"), "account", ["done_for"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_work_item_done_for"), type_="foreignkey")
        batch_op.drop_index(
            "ix_work_item_taken",
            sqlite_where=sa.text("status = 'open' AND assignee_id IS NOT NULL"),
            postgresql_where=sa.text("status = 'open' AND assignee_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_work_item_limit", sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'")
        )
        batch_op.drop_index(
            "ix_work_item_free",
            sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL"),
            postgresql_where=sa.text("status = 'open' AND assignee_id IS NULL"),
        )
        batch_op.drop_index(
            "ix_work_item_element", sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'")
        )
        batch_op.drop_index(
            "ix_work_item_done_in", sqlite_where=sa.text("status = 'done'"), postgresql_where=sa.text("status = 'done'")
        )
        batch_op.drop_index(
            "ix_work_item_done_by", sqlite_where=sa.text("status = 'done'"), postgresql_where=sa.text("status = 'done'")
        )
        batch_op.create_index(batch_op.f("ix_work_item_done"), ["done_by", "done_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_work_item_claim"),
            ["agency_id", "role", "unit_id", "sort_due_on", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_work_item_assignee"),
            ["assignee_id", "sort_due_on", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'open'"),
        )
        batch_op.drop_column("done_for")

    with op.batch_alter_table("letter_template", schema=None) as batch_op:
        batch_op.alter_column(
            "code", existing_type=sa.String(length=100), type_=sa.VARCHAR(length=20), existing_nullable=False
        )

    with op.batch_alter_table("legal_event", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_legal_event_telling",
            sqlite_where=sa.text("type IN ('extension', 'consult_sent')"),
            postgresql_where=sa.text("type IN ('extension', 'consult_sent')"),
        )

    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_case_file_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_case_file_late",
            sqlite_where=sa.text("closed_at IS NOT NULL AND in_time IS 0"),
            postgresql_where=sa.text("closed_at IS NOT NULL AND in_time IS false"),
        )
        batch_op.drop_index("ix_case_file_kind")
        batch_op.drop_index(
            "ix_case_file_ended",
            sqlite_where=sa.text("closed_at IS NOT NULL"),
            postgresql_where=sa.text("closed_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_case_file_confidential",
            sqlite_where=sa.text("confidential = 1"),
            postgresql_where=sa.text("confidential"),
        )
        batch_op.drop_index("ix_case_file_applicant_name")
        batch_op.create_index(
            batch_op.f("ix_case_file_open_due"),
            ["agency_id", "sort_due_on", "id", "clock_status"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_case_file_closed"), ["agency_id", "closed_at"], unique=False)
        batch_op.drop_column("counted")
        batch_op.drop_column("applicant_name_key")
        batch_op.drop_column("watchers")
        batch_op.drop_column("confidential")

    with op.batch_alter_table("receipt_print", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_print_case_id_id"))
        batch_op.drop_index(batch_op.f("ix_receipt_print_agency_id_id"))

    op.drop_table("receipt_print")
    with op.batch_alter_table("searched_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_searched_text_case_id"))

    op.drop_table("searched_text")
    with op.batch_alter_table("case_watcher", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_watcher_account_id_case_id"))

    op.drop_table("case_watcher")
    with op.batch_alter_table("case_named", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_named_account_id_case_id"))

    op.drop_table("case_named")
    with op.batch_alter_table("case_measure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_measure_agency_id_case_id"))

    op.drop_table("case_measure")
    with op.batch_alter_table("case_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_link_other_id"))
        batch_op.drop_index(batch_op.f("ix_case_link_case_id"))

    op.drop_table("case_link")
    with op.batch_alter_table("case_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_comment_case_id_id"))

    op.drop_table("case_comment")
    op.drop_table("saved_filter")
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_leave_deputy", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )
        batch_op.drop_index("ix_leave_absent")

    op.drop_table("leave")
    with op.batch_alter_table("kept_upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kept_upload_account_id_form"))

    op.drop_table("kept_upload")
    op.drop_table("case_count")
    op.drop_table("text_gram")
