"""The four marks that PR, QRS and QT are counted from, moved by the reader; no Qt.

They are those of the median beat over all leads, so a move holds for all beats and leads at once.
"""

from collections.abc import Mapping

from psygnal import Signal

from farlead.model.detail import Detail
from farlead.model.moved import MARKS

_NONE: Mapping[str, int] = {}


class FiducialModel:
    """Marks and their moves; `changed` after anything that is to be seen.

    A position is in samples from the R wave of each beat that made the median.
    """

    changed = Signal()

    def __init__(self) -> None:
        self.found: dict[str, int] = {}
        self.moved: dict[str, int] = {}
        self.beats: tuple[int, ...] = ()
        self.current = ""
        self.active = False
        self._limits = (0, 0)
        self._before: list[dict[str, int]] = []

    def load(
        self, detail: Detail | None, r_peaks: tuple[int, ...], moved: Mapping[str, int] = _NONE
    ) -> None:
        """Take up the marks of a recording, and the moves that its draft knows."""
        medians = detail.medians if detail is not None else None
        self.found, self.beats, self._limits = {}, (), (0, 0)
        if medians is not None:
            first = {name: getattr(medians.overall, name) for name in MARKS}
            self.found = {n: at[0] - medians.r for n, at in first.items() if at and at[0] >= 0}
            width = max((len(lead) for lead in medians.microvolts), default=0)
            self._limits = (-medians.r, width - 1 - medians.r)
            self.beats = tuple(r_peaks[n] for n in medians.members if n < len(r_peaks))
        self.moved = {name: by for name, by in moved.items() if name in self.found and by}
        self._before = []
        self.current = next(iter(self.found), "")
        self.active = False
        self.changed.emit()

    @property
    def places(self) -> dict[str, int]:
        """Where the marks lie now, samples from R, from left to right."""
        return {name: at + self.moved.get(name, 0) for name, at in self.found.items()}

    @property
    def known(self) -> bool:
        """Whether there are marks to move."""
        return bool(self.found and self.beats)

    def take(self) -> None:
        """Show the marks and give them the keyboard."""
        if self.known and not self.active:
            self.active = True
            self.changed.emit()

    def release(self) -> None:
        """Give the keyboard back; the moves stay."""
        if self.active:
            self.active = False
            self.changed.emit()

    def choose(self, name: str) -> None:
        """The keyboard moves this one."""
        if name in self.found and name != self.current:
            self.current = name
            self.changed.emit()

    def choose_next(self) -> None:
        """The following mark; after the last one the first."""
        names = list(self.found)
        if names:
            self.choose(names[(names.index(self.current) + 1) % len(names)])

    def step(self, by: int) -> None:
        """Move the chosen mark by samples; it stops before its neighbours."""
        if self.current in self.found:
            self.put(self.current, self.places[self.current] + by)

    def put(self, name: str, place: int, *, going_on: bool = False) -> None:
        """Move a mark there, samples from R.

        `going_on`: part of the drag that the last call began, undone with it.
        """
        if name not in self.found:
            return
        low, high = self._room(name)
        by = min(max(place, low), high) - self.found[name]
        if by == self.moved.get(name, 0):
            return
        if not going_on:
            self._before.append(dict(self.moved))
        self.moved = {n: b for n, b in {**self.moved, name: by}.items() if b}
        self.changed.emit()

    @property
    def can_undo(self) -> bool:
        """Whether a move of this sitting can be taken back."""
        return bool(self._before)

    def undo(self) -> None:
        """Take the last move back."""
        if self._before:
            self.moved = self._before.pop()
            self.changed.emit()

    def reset(self) -> None:
        """All marks where screening found them; this can be undone, too."""
        if self.moved:
            self._before.append(dict(self.moved))
            self.moved = {}
            self.changed.emit()

    def _room(self, name: str) -> tuple[int, int]:
        """Between its neighbours, and inside the median beat."""
        places = list(self.places.items())
        here = next(n for n, (each, _) in enumerate(places) if each == name)
        low = places[here - 1][1] + 1 if here else self._limits[0]
        high = places[here + 1][1] - 1 if here + 1 < len(places) else self._limits[1]
        return low, high
