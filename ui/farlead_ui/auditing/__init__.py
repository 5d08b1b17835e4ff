"""The audit trail, searched by whoever may read it."""
