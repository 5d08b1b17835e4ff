"""How long to wait before the next try."""

from datetime import timedelta

_FIRST = timedelta(seconds=10)
_LONGEST = timedelta(hours=1)


def pause(failures: int) -> timedelta:
    """Pause after one more failure than `failures`: 10 s, 20 s, 40 s … at most an hour."""
    return min(_FIRST * (1 << min(failures, 20)), _LONGEST)
