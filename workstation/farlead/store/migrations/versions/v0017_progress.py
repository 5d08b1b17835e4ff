"""How far each study is, for the places where its unit is told."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
_STATUS = (
    "'received', 'unreadable', 'reading', 'preliminary', 'signed', 'delivered', 'correcting',"
    " 'report_taken', 'retake', 'withdrawn'"
)


def upgrade() -> None:
    """Make the table, empty."""
    outside = sa.String(length=64).with_variant(sa.Text(), "postgresql")
    op.create_table(
        "progress",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("destination", outside, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("critical", sa.Integer(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("told", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try", TIME, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(f"status IN ({_STATUS})", name=op.f("ck_progress_status")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_progress_study_id")),
        sa.PrimaryKeyConstraint("study_id", "destination", name=op.f("pk_progress")),
    )
    op.create_index(
        "ix_progress_untold",
        "progress",
        ["since"],
        sqlite_where=sa.text("told IS NULL"),
        postgresql_where=sa.text("told IS NULL"),
    )
    op.create_index(op.f("ix_progress_destination_since"), "progress", ["destination", "since"])
