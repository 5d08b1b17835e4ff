"""Objects whose bytes an archive keeps, and studies of which one cannot be trusted."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table, empty; objects are found by the hash of their bytes."""
    server = op.get_context().dialect.name == "postgresql"
    uid = sa.Text() if server else sa.String(64)
    op.create_table(
        "archived_object",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("archive", sa.String(24), nullable=False),
        sa.Column("study_uid", uid, nullable=False),
        sa.Column("series_uid", uid, nullable=False),
        sa.Column("sop_instance_uid", uid, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("noted", TIME, nullable=False),
        sa.Column("returned", sa.String(64), nullable=True),
        sa.Column("trouble", sa.String(16), nullable=True),
        sa.Column("looked", TIME, nullable=True),
        sa.CheckConstraint(
            "trouble IN ('altered', 'gone')", name=op.f("ck_archived_object_trouble")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_archived_object")),
    )
    op.create_index(op.f("ix_study_object_sha256"), "study_object", ["sha256"], unique=False)
    op.add_column(
        "study", sa.Column("objects_refused", sa.Integer(), nullable=False, server_default="0")
    )
