"""The second signature, withdrawals, notices to units, and what was checked for a batch."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the four tables, empty."""
    _review()
    _withdrawal()
    _notice()
    _checked()


def _review() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("asked", TIME, nullable=False),
        sa.Column("escalates", TIME, nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("fencing", sa.Integer(), server_default="0", nullable=False),
        sa.Column("saved", TIME, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("ended", TIME, nullable=True),
        sa.Column("result_sha256", sa.String(length=64), nullable=True),
        sa.Column("result_size", sa.Integer(), nullable=True),
        sa.Column("remarks", sa.Text(), server_default="[]", nullable=False),
        sa.CheckConstraint(
            "outcome IN ('countersigned', 'replaced', 'sent_back')", name=op.f("ck_review_outcome")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (ended IS NULL) AND (outcome IS NULL) = (reviewer_id IS NULL)",
            name=op.f("ck_review_ended_whole"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome <> 'countersigned' OR result_sha256 IS NOT NULL",
            name=op.f("ck_review_countersigned_file"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome <> 'sent_back' OR remarks <> '[]'",
            name=op.f("ck_review_sent_back_because"),
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_review_report_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_review_study_id")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["account.id"], name=op.f("fk_review_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_report_id"), "review", ["report_id"])
    op.create_index(
        "ix_review_one_open",
        "review",
        ["study_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )


def _withdrawal() -> None:
    op.create_table(
        "report_withdrawal",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("TRIM(reason) <> ''", name=op.f("ck_report_withdrawal_because")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_withdrawal_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_report_withdrawal_account_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_withdrawal")),
    )


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("identifier", sa.String(length=64), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("asked", TIME, nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try", TIME, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("told", TIME, nullable=True),
        sa.CheckConstraint("kind IN ('preliminary', 'withdrawn')", name=op.f("ck_notice_kind")),
        sa.CheckConstraint(
            "kind <> 'preliminary' OR file_sha256 IS NOT NULL",
            name=op.f("ck_notice_preliminary_file"),
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_notice_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("identifier", name=op.f("uq_notice_identifier")),
    )
    op.create_index(op.f("ix_notice_report_id"), "notice", ["report_id"])


def _checked() -> None:
    op.create_table(
        "checked",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("fencing", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_checked_study_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_checked_account_id")),
        sa.PrimaryKeyConstraint("study_id", name=op.f("pk_checked")),
    )
    op.create_index(op.f("ix_checked_account_id"), "checked", ["account_id"])
