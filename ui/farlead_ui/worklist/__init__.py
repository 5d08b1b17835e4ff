"""The list at the left: who waits, in which order, and who holds what."""
