"""Which rooms stand in windows of their own, and where; kept for each set of screens. Plain; no Qt.

A screen that is taken away brings the windows that stood on it home; when the same set of screens
is there again, everything stands as it stood.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from psygnal import Signal
from pydantic import BaseModel, ConfigDict, Field


class Room(StrEnum):
    """What can have a window of its own; the sheet has the main window."""

    LIST = "list"
    COMPARISON = "comparison"
    REPORT = "report"


class Place(BaseModel):
    """Where a window stands: on which screen, and where on it in device-independent pixels.

    Parameters
    ----------
    screen : str
        Key of the screen (:attr:`farlead_ui.ecg.rulers.Screen.key`).
    left, top : int
        From the screen's own corner.
    width, height : int
    full : bool
        As large as the screen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    screen: str
    left: int
    top: int
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    full: bool = False


class Standing(BaseModel):
    """How everything stands on one set of screens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window: Place | None = None
    rooms: dict[Room, Place] = {}


class RoomsModel:
    """The rooms that are out. Signals: `changed` (what is out, or where), `kept_changed`.

    Parameters
    ----------
    kept : mapping of set of screens to Standing
        As it was at the end of the last session.
    """

    changed = Signal()
    kept_changed = Signal()

    def __init__(self, kept: Mapping[str, Standing] = MappingProxyType({})) -> None:
        self._kept = dict(kept)
        self._screens: str | None = None
        self.window: Place | None = None
        self.out: dict[Room, Place] = {}

    @property
    def kept(self) -> dict[str, Standing]:
        """All that is known, to be stored."""
        return dict(self._kept)

    def screens_are(self, keys: Collection[str]) -> None:
        """These screens are there now: as it last stood on them, else what still has a screen."""
        screens = " + ".join(sorted(keys))
        if screens == self._screens:
            return
        self._screens = screens
        before = self._kept.get(screens)
        if before is not None:
            self.window, self.out = before.window, dict(before.rooms)
        else:
            there = self.window is not None and self.window.screen in keys
            self.window = self.window if there else None
            self.out = {room: at for room, at in self.out.items() if at.screen in keys}
        self._keep()
        self.changed.emit()

    def send_out(self, room: Room, place: Place) -> None:
        """Give a room a window of its own."""
        self.out[room] = place
        self._keep()
        self.changed.emit()

    def bring_home(self, room: Room) -> None:
        """Back into the main window."""
        if self.out.pop(room, None) is not None:
            self._keep()
            self.changed.emit()

    def note(self, window: Place, rooms: Mapping[Room, Place]) -> None:
        """The reader has moved windows; those of rooms that are home say nothing."""
        self.window = window
        self.out |= {room: place for room, place in rooms.items() if room in self.out}
        self._keep()

    def _keep(self) -> None:
        now = Standing(window=self.window, rooms=self.out)
        if self._screens is not None and self._kept.get(self._screens) != now:
            self._kept[self._screens] = now
            self.kept_changed.emit()
