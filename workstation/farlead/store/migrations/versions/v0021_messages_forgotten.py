"""Numbers of HL7 messages are forgotten in time: the guards are made anew."""

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing but the guards, which are bound after every migration."""
