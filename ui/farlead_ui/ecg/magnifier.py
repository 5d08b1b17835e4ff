"""The magnifier: whether it lies over the sheet, and how much larger it shows; no Qt."""

from psygnal import Signal

#: Both ways alike, so that nothing is stretched.
TIMES = 2


class Magnifier:
    """`changed` when it is laid on the sheet or taken away."""

    changed = Signal()

    def __init__(self) -> None:
        self._on = False

    @property
    def on(self) -> bool:
        """Whether it lies over the sheet."""
        return self._on

    def toggle(self) -> None:
        """Lay it on the sheet, or take it away."""
        self.put(on=not self._on)

    def put(self, *, on: bool) -> None:
        """Lay it on the sheet or take it away, whatever was before."""
        if on != self._on:
            self._on = on
            self.changed.emit()
