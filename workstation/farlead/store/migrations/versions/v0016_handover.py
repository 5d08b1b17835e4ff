"""Shifts that are handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("given", TIME, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=True),
        sa.Column("taken", TIME, nullable=True),
        sa.CheckConstraint(
            "(taken IS NULL) = (taker_id IS NULL)", name=op.f("ck_handover_taken_whole")
        ),
        sa.CheckConstraint(
            "taker_id IS NULL OR taker_id <> giver_id", name=op.f("ck_handover_to_another")
        ),
        sa.ForeignKeyConstraint(["giver_id"], ["account.id"], name=op.f("fk_handover_giver_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["account.id"], name=op.f("fk_handover_taker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
