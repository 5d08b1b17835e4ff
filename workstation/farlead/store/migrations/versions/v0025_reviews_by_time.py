"""Reviews are found by their time; managers' rights are made anew, as after every migration."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index for the reports that were sent back; a manager no longer says what archives gave."""
    op.create_index(op.f("ix_review_asked"), "review", ["asked"])
