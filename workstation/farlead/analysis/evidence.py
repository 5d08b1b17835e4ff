"""Where a flag shows: the beats, spans and values that it rests on."""

from dataclasses import dataclass

import numpy as np

from farlead.analysis.measure import Measured
from farlead.model.screening import EvidenceValue, Span
from farlead_signal.quality import HUMMING, NOISY
from farlead_signal.rhythm import RATE_WINDOW, UNJUDGED


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some successive beats: their numbers, and the span from the first to the last of them."""

    beats: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()


def intervals(measured: Measured) -> tuple[float | None, ...]:
    """Milliseconds from each beat to the next; None across a span without verdict."""
    peaks = measured.finding.r_peaks
    if peaks.size < 2:
        return ()
    milliseconds = (peaks[1:] - peaks[:-1]) / measured.recording.fs * 1000
    found: list[float | None] = milliseconds.round(2).tolist()
    for span in measured.finding.spans:
        if span.kind in UNJUDGED:
            first = int(np.searchsorted(peaks, span.start, "right")) - 1
            last = int(np.searchsorted(peaks, span.stop, "left"))
            for place in range(max(first, 0), min(last, len(found))):
                found[place] = None
    return tuple(found)


def extreme_rates(measured: Measured) -> tuple[Stretch, Stretch]:
    """The beats over which the slowest and the fastest rate were taken."""
    rr = [(place, ms) for place, ms in enumerate(intervals(measured)) if ms is not None]
    if not rr:
        return Stretch(), Stretch()
    window, peaks = min(RATE_WINDOW, len(rr)), measured.finding.r_peaks
    sums = np.convolve([ms for _, ms in rr], np.ones(window), "valid")

    def stretch(at: int) -> Stretch:
        first, last = rr[at][0], rr[at + window - 1][0] + 1
        span = Span(int(peaks[first]), int(peaks[last]), "beats")
        return Stretch(tuple(range(first, last + 1)), (span,))

    return stretch(int(sums.argmax())), stretch(int(sums.argmin()))


def lead_noise(measured: Measured, row: int) -> EvidenceValue:
    """What makes a lead noisy, beside its limit."""
    quality, lead = measured.leads[row], measured.recording.leads[row]
    if quality.state == "mains":
        return EvidenceValue("mains", round(quality.mains, 3), "mV", HUMMING, lead)
    return EvidenceValue("noise", round(quality.noise, 3), "mV", NOISY, lead)
