"""What happened to one study is found by it, whatever it was.

On PostgreSQL the functions are made anew after this step, the one of plain claims among them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the subject in front of the act."""
    op.drop_index(op.f("ix_audit_action_subject"), table_name="audit")
    op.create_index(op.f("ix_audit_subject_action"), "audit", ["subject", "action"], unique=False)
    arrived = sa.text("action = 'study.arrived'")
    op.create_index(
        "ix_audit_arrived",
        "audit",
        ["subject"],
        unique=False,
        sqlite_where=arrived,
        postgresql_where=arrived,
    )
