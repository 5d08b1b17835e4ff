"""What is measured on a recording before the rules are asked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead.model.recording import Recording
from farlead.model.screening import Measurement
from farlead_signal.qrs import BeatFinding, find_beats
from farlead_signal.quality import LeadQuality, assess
from farlead_signal.rhythm import Rhythm, rhythm


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Everything the rules look at.

    Parameters
    ----------
    unjudged : float
        Share of the recording, 0 to 1, in which no verdict on beats was possible.
    flat : float
        Share of the recording in which no lead moves.
    """

    recording: Recording
    finding: BeatFinding
    rhythm: Rhythm
    leads: tuple[LeadQuality, ...]
    unjudged: float
    flat: float

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.recording.duration


def measure(recording: Recording) -> Measured:
    """Find the beats of a recording and measure rhythm and quality."""
    samples = _two_dimensional(recording.samples)
    length = samples.shape[1]
    finding = find_beats(samples, recording.fs)
    return Measured(
        recording=recording,
        finding=finding,
        rhythm=rhythm(finding.r_peaks, recording.fs, length, finding.spans),
        leads=assess(samples, recording.fs),
        unjudged=_share(finding, ("noise", "lead_off"), length),
        flat=_share(finding, ("flat",), length),
    )


def _two_dimensional(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return samples[None] if samples.ndim == 1 else samples


def _share(finding: BeatFinding, kinds: tuple[str, ...], length: int) -> float:
    covered = sum(s.stop - s.start for s in finding.spans if s.kind in kinds)
    return min(covered / length, 1.0) if length else 1.0


def measurements(measured: Measured) -> tuple[Measurement, ...]:
    """The figures as they are stored and shown."""
    r = measured.rhythm
    counted, over = "RR intervals between beats found", "mean over 8 RR intervals"
    # Without any beat there is no stretch between beats: the flags tell what there is instead.
    longest = r.pause.seconds if r.beats else None
    return (
        Measurement("heart_rate", r.rate, "/min", counted),
        Measurement("rr_mean", r.rr_mean, "ms", counted),
        Measurement("rr_sd", r.rr_sd, "ms", counted),
        Measurement("rr_cv", r.rr_cv, "1", "standard deviation over mean of the RR intervals"),
        Measurement("rate_slowest", r.slowest, "/min", over),
        Measurement("rate_fastest", r.fastest, "/min", over),
        Measurement("longest_pause", longest, "s", "longest stretch without beat, ends included"),
        Measurement("beats", float(r.beats), "1", "beats found"),
        *(
            Measurement("lead_noise", q.noise, "mV", f"lead {name}: {q.state}")
            for name, q in zip(measured.recording.leads, measured.leads, strict=False)
        ),
    )
