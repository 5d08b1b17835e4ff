"""Times of the chest pain clock that no other row has."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "study_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(length=16), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("entered", TIME, nullable=False),
        sa.CheckConstraint(
            "moment IN ('symptom', 'contact', 'ecg', 'opened')", name=op.f("ck_study_time_moment")
        ),
        sa.CheckConstraint("at <= entered", name=op.f("ck_study_time_has_been")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_time_study_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_study_time_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_time")),
    )
    op.create_index(op.f("ix_study_time_study_id"), "study_time", ["study_id"])
    op.create_index(
        "ix_study_time_opened_once",
        "study_time",
        ["study_id"],
        unique=True,
        sqlite_where=sa.text("moment = 'opened'"),
        postgresql_where=sa.text("moment = 'opened'"),
    )
