"""What is large in a screening stands apart from its result.

Results stored before stay as they are: they have no detail.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column("screening", sa.Column("detail", sa.Text(), nullable=True))
