"""Guards of leases, fencing numbers, deliveries and ends of studies; all triggers are made anew."""

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table changes: after every migration the triggers are made from their declaration."""
