"""Whoever takes a shift on takes its drafts: the rights are made anew."""

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing but the guards, which are bound after every migration."""
