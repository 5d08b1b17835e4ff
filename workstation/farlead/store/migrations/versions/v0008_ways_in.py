"""When a look at a way in last went well."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was seen without trouble went well then."""
    op.add_column("source", sa.Column("good", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE source SET good = seen WHERE trouble IS NULL")
