"""Numbers of HL7 messages are forgotten in time: the guards are made anew."""

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing but the guards, which are bound after every migration."""
