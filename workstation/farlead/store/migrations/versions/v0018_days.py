"""Finished days in columns, for the wall and the manager's numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table; the services fill it."""
    op.create_table(
        "day_figures",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("start", TIME, nullable=False),
        sa.Column("stop", TIME, nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_figures")),
    )
