"""Every measurement of a recording in one go, as screening makes them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration_ecg import LEADS, Calibration
from farlead_signal.amplitudes import LeadMeasures, measure_leads
from farlead_signal.axis import Axes, measure_axes
from farlead_signal.blanking import without_spikes
from farlead_signal.delineation import Fiducials, delineate
from farlead_signal.intervals import Intervals, measure_intervals
from farlead_signal.representative import Representative, representative
from farlead_signal.values import Value
from farlead_signal.voltages import voltage_sums


@dataclass(frozen=True)
class Measured:
    """All that is measured on one recording."""

    fiducials: Fiducials
    beat: Representative
    intervals: Intervals
    leads: tuple[LeadMeasures, ...]
    axes: Axes
    sums: dict[str, Value]

    def values(self) -> dict[str, Value]:
        """Every value by a name of its own."""
        found = {
            name: getattr(self.intervals, name)
            for name in ("p", "pr", "qrs", "qt", "jt", "rate", "rate_min", "rate_max", "rr_mean")
        }
        found["atrial_rate"] = self.intervals.atrial_rate
        found |= {f"qtc_{key}": value for key, value in self.intervals.qtc.items()}
        found |= {f"axis_{key}": getattr(self.axes, key) for key in ("p", "qrs", "t")}
        return found | self.sums


def measure(
    signal: NDArray[np.floating],
    fs: float,
    r_peaks: NDArray[np.int64],
    names: Sequence[str] = LEADS,
    spikes: NDArray[np.int64] | None = None,
) -> Measured:
    """Measure a recording whose beats are known."""
    clean = signal if spikes is None else without_spikes(signal, fs, spikes)
    fiducials = delineate(clean, fs, r_peaks)
    beat = representative(signal, fs, r_peaks, fiducials, spikes)
    assert beat is not None
    leads = measure_leads(beat, names, fs)
    return Measured(
        fiducials,
        beat,
        measure_intervals(fs, r_peaks, fiducials, beat),
        leads,
        measure_axes(beat, names),
        voltage_sums(leads),
    )


def measure_calibration(made: Calibration) -> Measured:
    """Measure a calibration ECG; its spikes are told."""
    spikes = made.spikes if made.spikes.size else None
    return measure(made.signal, made.fs, made.r_peaks, made.names, spikes)
