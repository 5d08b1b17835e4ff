"""No table changes: functions of PostgreSQL are made anew, which pass over what others hold."""

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do here: functions and triggers are made anew after every migration."""
