"""A delivery may wait for the answer of its receiver: storage commitment."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nothing waits yet."""
    op.add_column("delivery", sa.Column("asked", sa.Text()))
