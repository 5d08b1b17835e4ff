"""What a ruler told about each screen: device pixels per millimetre. Plain; no Qt."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from psygnal import Signal

#: Bank card (ISO/IEC 7810 ID-1): width and height in millimetres.
CARD = (85.60, 53.98)
#: Length of the line that a ruler is laid on, mm.
RULER = 100.0
#: Scales that a screen may have, device pixels per millimetre.
LEAST, MOST = 1.0, 40.0
#: Sizes that differ by less are the same: fractional scaling rounds them.
_SAME_SIZE = 0.005


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen as the system names it.

    Parameters
    ----------
    manufacturer, model, serial, name : str
        "" where the system does not tell.
    width, height : int
        Device pixels; they do not change with the scale factor of the desktop.
    ratio : float
        Device pixels per device-independent pixel.
    px_per_mm : float
        As the system believes: a first guess and nothing more.
    """

    manufacturer: str
    model: str
    serial: str
    name: str
    width: int
    height: int
    ratio: float = 1.0
    px_per_mm: float = 0.0

    @property
    def key(self) -> str:
        """Under which its ruler is kept; without a serial number the connector is named, too."""
        parts = [self.manufacturer, self.model, self.serial or f"@{self.name}"]
        return "/".join(part.strip() for part in parts)

    @property
    def words(self) -> str:
        """How people know it."""
        known = " ".join(part for part in (self.manufacturer, self.model) if part) or self.name
        size = f"{self.width} × {self.height} px"
        return f"{known}  {size}" if known else size


@dataclass(frozen=True, slots=True)
class Ruled:
    """Result for one screen: device pixels per millimetre, at this number of device pixels."""

    px_per_mm: float
    width: int
    height: int

    def __post_init__(self) -> None:
        if not LEAST <= self.px_per_mm <= MOST:
            raise ValueError(f"no screen has {self.px_per_mm} px/mm")

    def holds_for(self, screen: Screen) -> bool:
        """Whether the screen still has the pixels that it was measured with."""
        sizes = ((self.width, screen.width), (self.height, screen.height))
        return all(abs(a - b) <= max(2.0, _SAME_SIZE * a) for a, b in sizes)


class Rulers:
    """All screens that a ruler was laid on; `changed` after one more or one less."""

    changed = Signal()

    def __init__(self, known: Mapping[str, Ruled] = MappingProxyType({})) -> None:
        self._known = dict(known)

    @property
    def known(self) -> dict[str, Ruled]:
        """Results by the screen's key, to be stored."""
        return dict(self._known)

    def of(self, screen: Screen) -> float | None:
        """Device pixels per millimetre; None: not calibrated, or at another resolution."""
        found = self._known.get(screen.key)
        return found.px_per_mm if found is not None and found.holds_for(screen) else None

    def keep(self, screen: Screen, px_per_mm: float) -> None:
        """Take over what the ruler told; ValueError for a scale that no screen has."""
        self._known[screen.key] = Ruled(px_per_mm, screen.width, screen.height)
        self.changed.emit()

    def forget(self, screen: Screen) -> None:
        """Take a result back: the screen is not calibrated any more."""
        if self._known.pop(screen.key, None) is not None:
            self.changed.emit()


class Matching:
    """A card or a ruler being matched with its picture, in whole device pixels.

    Parameters
    ----------
    px_per_mm : float
        Where to begin.
    """

    def __init__(self, px_per_mm: float) -> None:
        self.px_per_mm = min(max(px_per_mm, LEAST), MOST)
        self.ruler = False

    @property
    def length(self) -> float:
        """Of what is matched, in millimetres."""
        return RULER if self.ruler else CARD[0]

    @property
    def pixels(self) -> int:
        """The same on the glass, in device pixels."""
        return round(self.px_per_mm * self.length)

    def step(self, by: int) -> None:
        """Longer or shorter by device pixels."""
        wanted = (self.pixels + by) / self.length
        self.px_per_mm = min(max(wanted, LEAST), MOST)

    def turn(self) -> None:
        """From the card to the ruler and back; the scale stays."""
        self.ruler = not self.ruler


def first_guess(screen: Screen, known: float | None) -> float:
    """Where matching begins: what was measured, else what the system believes if it can be."""
    if known is not None:
        return known
    plausible = 2.0 <= screen.px_per_mm <= 20.0
    return screen.px_per_mm if plausible else 3.60 * screen.ratio
