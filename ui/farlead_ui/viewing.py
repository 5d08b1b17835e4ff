"""How long the sheet in hand has really been on the screen. Plain; no Qt."""

from collections.abc import Callable


class Viewing:
    """Counts only while the sheet can be seen, by a clock that nobody sets.

    Parameters
    ----------
    ticks : callable
        Seconds of a clock that only goes forward.
    """

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._gone = self._begun = 0.0
        self._since: float | None = None  # None while it stands still
        self._visible = True

    def begin(self) -> None:
        """The sheet has been painted in full: its time begins."""
        self._gone, self._begun = 0.0, self._ticks()
        self._since = self._begun if self._visible else None

    def show(self, *, visible: bool) -> None:
        """Whether the window shows the sheet: not minimised, hidden, locked or covered."""
        if visible == self._visible:
            return
        self._gone, self._visible = self.seconds, visible
        self._since = self._ticks() if visible else None

    @property
    def age(self) -> float:
        """Seconds since it was painted in full, seen or not."""
        return self._ticks() - self._begun

    @property
    def seconds(self) -> float:
        """Time on the screen since it was painted in full."""
        running = self._ticks() - self._since if self._since is not None else 0.0
        return self._gone + running
