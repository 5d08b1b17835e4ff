"""State of the ECG sheet, without Qt: what is shown, at which scale, which page, what is lit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from psygnal import Signal

from farlead.model.recording import Recording
from farlead.model.screening import Flag, Span
from farlead_ui.ecg.arrangement import Arrangement
from farlead_ui.ecg.filtering import FilterModel
from farlead_ui.ecg.gain import Gain, automatic, checked
from farlead_ui.ecg.layouts import LAYOUTS, Layout
from farlead_ui.ecg.magnifier import Magnifier
from farlead_ui.ecg.overlays import OverlayModel
from farlead_ui.ecg.pages import At, Pages
from farlead_ui.ecg.speeds import LADDER, STANDARD_SPEED, step

#: Diagnostic bandwidth of adults, hertz.
STANDARD_BANDWIDTH = (0.05, 150.0)
#: Below this sampling rate, in hertz, a device cannot have recorded up to 150 Hz.
LOWEST_RATE = 250.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a suggestion rests on.

    Parameters
    ----------
    leads : tuple of str
        Leads that show it; empty: all.
    spans : tuple of Span
        Where, in samples; empty: only the leads' names are lit.
    notes : mapping of str to str
        A measured value beside a lead's name, e.g. ``{"V3": "T −0.90"}``.
    """

    leads: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    notes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, flag: Flag, notes: Mapping[str, str] | None = None) -> Self:
        """Evidence of a screening flag."""
        return cls(flag.leads, flag.spans, notes or MappingProxyType({}))

    def concerns(self, lead: str) -> bool:
        """Whether this lead shows it."""
        return lead in self.leads or (not self.leads and bool(self.spans))


NO_EVIDENCE = Evidence()


class SheetModel(Arrangement, Pages):
    """What the sheet shows. The view subscribes; only this is written to.

    Signals (each without arguments; read the attribute): `recording_changed`, `layout_changed`,
    `scale_changed` (speed, gain, calibration), `filter_changed`, `page_changed`,
    `evidence_changed`.
    """

    recording_changed = Signal()
    scale_changed = Signal()
    filter_changed = Signal()
    evidence_changed = Signal()

    def __init__(self, layouts: Sequence[Layout] = LAYOUTS, default: str | None = None) -> None:
        Arrangement.__init__(self, layouts, default)
        Pages.__init__(self)
        self._recording: Recording | None = None
        self._r_peaks: tuple[int, ...] = ()
        self._notes: tuple[str, ...] = ()
        self._failure: str | None = None
        self._speed = STANDARD_SPEED
        self._gain = Gain()
        self._calibration: float | None = None
        self._evidence = NO_EVIDENCE
        self._evidence_shown = True
        self.overlays = OverlayModel()
        self.magnifier = Magnifier()
        self.filters = FilterModel()
        self.filters.changed.connect(self.filter_changed.emit)

    # -- what is shown ------------------------------------------------------------------------

    @property
    def recording(self) -> Recording | None:
        """The recording on the sheet; None: an empty sheet."""
        return self._recording

    @property
    def r_peaks(self) -> tuple[int, ...]:
        """R positions in samples, growing, for the RR line."""
        return self._r_peaks

    @property
    def failure(self) -> str | None:
        """Why nothing is drawn, in the reader's language; None: nothing failed."""
        return self._failure

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of the file had to do or doubts, in the reader's language."""
        return self._notes

    def show(
        self, recording: Recording, r_peaks: Sequence[int] = (), notes: Sequence[str] = ()
    ) -> None:
        """Put a recording on the sheet at its first page; speed, gain, filter return to standard.

        A scale or filter left over from the patient before is the error this avoids.

        Parameters
        ----------
        recording : Recording
        r_peaks : sequence of int
            R positions in samples.
        notes : sequence of str
            `Recording.notes` in the reader's language; they stand at the foot of the sheet.
        """
        self._notes = tuple(notes)
        self._failure = None
        self._recording = recording
        self._r_peaks = tuple(sorted(int(r) for r in r_peaks))
        self.arrange(recording.leads)
        self.rewind()
        self._evidence = NO_EVIDENCE
        self._speed, self._gain = STANDARD_SPEED, Gain()
        self.filters.begin(recording.fs)
        self.magnifier.put(on=False)
        self.recording_changed.emit()

    def clear(self) -> None:
        """Empty the sheet: paper only."""
        self._drop()
        self._failure = None
        self.recording_changed.emit()

    def fail(self, reason: str) -> None:
        """Show that, and why, the waveform cannot be shown; nothing is drawn."""
        self._drop()
        self._failure = reason
        self.recording_changed.emit()

    def _drop(self) -> None:
        self._recording = None
        self.arrange(())
        self._r_peaks = ()
        self._notes = ()
        self._evidence = NO_EVIDENCE
        self.rewind()
        self._pages, self._seconds = 1, (0.0, 0.0)

    # -- scale --------------------------------------------------------------------------------

    @property
    def speed(self) -> float:
        """Paper speed in mm/s."""
        return self._speed

    @property
    def gain(self) -> float:
        """Gain of the limb leads in mm/mV."""
        return self._gain.limb

    @property
    def gains(self) -> Gain:
        """Gain of limb and chest leads."""
        return self._gain

    @property
    def calibration(self) -> float | None:
        """Device pixels per millimetre measured on this screen; None: not calibrated."""
        return self._calibration

    @property
    def speed_standard(self) -> bool:
        """Whether the paper runs at 25 mm/s."""
        return self._speed == STANDARD_SPEED

    @property
    def gain_standard(self) -> bool:
        """Whether 1 mV is 10 mm in every lead."""
        return self._gain.standard

    def set_speed(self, speed: float) -> None:
        """Choose a paper speed of `LADDER`; ValueError for another one."""
        self.set_scale(speed, self._gain)

    def set_scale(self, speed: float, gain: Gain, at: At | None = None) -> None:
        """Choose speed and gain together; `at` keeps its place, else the left edge does."""
        if speed not in LADDER:
            raise ValueError(f"no paper speed: {speed} mm/s")
        if (speed, gain) != (self._speed, self._gain):
            if speed != self._speed:
                self._at = at or (self._seconds[0], None)
            self._speed, self._gain = speed, gain
            self.scale_changed.emit()

    def set_gain(self, gain: float, chest: float | None = None) -> None:
        """Choose a gain of `GAINS`, another one for the chest leads; ValueError otherwise."""
        self._set_gain(Gain(checked(gain), checked(gain if chest is None else chest)))

    def automatic_gain(self) -> None:
        """Choose the gain by the heights of the traces; said where it is not standard."""
        if self._recording is not None and self._placement is not None:
            leads, rows = self._recording.leads, self._placement.rows
            self._set_gain(automatic(self._recording.samples, leads, rows))

    def _set_gain(self, gain: Gain) -> None:
        if gain != self._gain:
            self._gain = gain
            self.scale_changed.emit()

    def next_speed(self) -> None:
        """One step faster, up to the last."""
        self.set_speed(step(self._speed, 1, slow=self._pages > 1))

    def previous_speed(self) -> None:
        """One step slower, down to the first; slow ones while the sheet does not hold all."""
        self.set_speed(step(self._speed, -1, slow=self._pages > 1))

    def gain_up(self) -> None:
        """One step higher, up to the last."""
        self._set_gain(self._gain.stepped(1))

    def gain_down(self) -> None:
        """One step lower, down to the first."""
        self._set_gain(self._gain.stepped(-1))

    def chest_up(self) -> None:
        """Chest leads one step higher, up to the last."""
        self._set_gain(self._gain.chest_stepped(1))

    def chest_down(self) -> None:
        """Chest leads one step lower, down to the first."""
        self._set_gain(self._gain.chest_stepped(-1))

    def standard_speed(self) -> None:
        """Back to 25 mm/s."""
        self.set_speed(STANDARD_SPEED)

    def standard_gain(self) -> None:
        """Back to 10 mm/mV."""
        self._set_gain(Gain())

    def set_calibration(self, px_per_mm: float | None) -> None:
        """Tell the ruler's result: device pixels per millimetre, or None for not calibrated.

        Raises
        ------
        ValueError
            For a scale that no screen has (outside 1 to 40 px/mm).
        """
        if px_per_mm is not None and not 1.0 <= px_per_mm <= 40.0:
            raise ValueError(f"no screen has {px_per_mm} px/mm")
        if px_per_mm != self._calibration:
            self._calibration = px_per_mm
            self.scale_changed.emit()

    # -- evidence -----------------------------------------------------------------------------

    @property
    def evidence(self) -> Evidence:
        """What the focused suggestion rests on."""
        return self._evidence

    @property
    def evidence_shown(self) -> bool:
        """Whether it is lit."""
        return self._evidence_shown

    @property
    def lit(self) -> Evidence:
        """The evidence as far as it is shown."""
        return self._evidence if self._evidence_shown else NO_EVIDENCE

    def set_notes(self, notes: Sequence[str]) -> None:
        """Say this at the foot of the sheet instead."""
        if tuple(notes) != self._notes:
            self._notes = tuple(notes)
            self.evidence_changed.emit()

    def set_evidence(self, evidence: Evidence) -> None:
        """Light this evidence instead of what was lit."""
        if evidence != self._evidence:
            self._evidence = evidence
            self.evidence_changed.emit()

    def toggle_evidence(self) -> None:
        """Show or hide what is lit."""
        self._evidence_shown = not self._evidence_shown
        self.evidence_changed.emit()
