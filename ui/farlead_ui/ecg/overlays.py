"""What screening measured, laid over the sheet: which of it is shown; no Qt.

All are off until the reader asks; the evidence of the selected suggestion is not one of them.
"""

from enum import StrEnum

from psygnal import Signal

from farlead.model.detail import Detail


class Overlay(StrEnum):
    """What can be laid over the sheet."""

    BEATS = "beats"
    WAVES = "waves"
    ST = "st"
    SPIKES = "spikes"
    QUALITY = "quality"


class OverlayModel:
    """Which overlays are shown, and what they are made of. `changed` when either changes."""

    changed = Signal()

    def __init__(self) -> None:
        self._shown: frozenset[Overlay] = frozenset()
        self._detail: Detail | None = None
        self._r_peaks: tuple[int, ...] = ()

    @property
    def shown(self) -> frozenset[Overlay]:
        """What the reader has asked for."""
        return self._shown

    @property
    def detail(self) -> Detail | None:
        """What was measured in the recording on the sheet; None: nothing was."""
        return self._detail

    @property
    def r_peaks(self) -> tuple[int, ...]:
        """R positions in samples, one for each beat of the detail."""
        return self._r_peaks

    def toggle(self, overlay: Overlay) -> None:
        """Show it or take it away."""
        self._shown = self._shown ^ {overlay}
        self.changed.emit()

    def measured(self, detail: Detail | None, r_peaks: tuple[int, ...] = ()) -> None:
        """Another recording is on the sheet, or other measurements of it."""
        if detail is not self._detail or r_peaks != self._r_peaks:
            self._detail, self._r_peaks = detail, r_peaks
            self.changed.emit()
