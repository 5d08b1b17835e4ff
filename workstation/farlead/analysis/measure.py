"""What is measured on a recording before the rules are asked."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from farlead.analysis.tidy import possible_rate, standard_names, tidied
from farlead.model.recording import Recording
from farlead_signal.delineation import Fiducials, delineate
from farlead_signal.qrs import BeatFinding, find_beats
from farlead_signal.quality import LeadQuality, assess
from farlead_signal.rhythm import Pause, Rhythm, rhythm

#: Of a longer recording, in seconds, waves are not measured: one PR interval for a day tells
#: nothing. Rate and rhythm are measured at any length.
LONGEST = 300.0

_LOG = logging.getLogger(__name__)
_NOTHING = BeatFinding(np.zeros(0, np.int64), (), np.zeros(0, np.float32))
_NO_RHYTHM = Rhythm(0, None, None, None, None, None, None, Pause(0, 0, 0.0), 0)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Everything the rules look at.

    Parameters
    ----------
    recording : Recording
        Tidied: samples of shape (leads, n), one name for each row.
    unjudged : float
        Share of the recording, 0 to 1, in which no verdict on beats was possible.
    flat : float
        Share of the recording in which no lead moves.
    names : tuple of str
        Standard name of each row; "" where it cannot be told which lead it is.
    fiducials : Fiducials or None
        None where no waves were looked for; `missing` says why.
    missing : tuple of (str, str)
        What was not measured, and the id of the reason.
    faults : tuple of str
        Steps that failed by a fault of ours; each of them makes a flag.
    """

    recording: Recording
    finding: BeatFinding
    rhythm: Rhythm
    leads: tuple[LeadQuality, ...]
    unjudged: float
    flat: float
    names: tuple[str, ...] = ()
    fiducials: Fiducials | None = None
    missing: tuple[tuple[str, str], ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def rate_possible(self) -> bool:
        """Whether samples can be counted as time at all."""
        return possible_rate(self.recording.fs)

    @property
    def duration(self) -> float:
        """Seconds; 0 where the sampling rate is impossible."""
        return self.recording.duration if self.rate_possible else 0.0


class _Steps:
    """Runs the steps of the signal core; one that fails is noted, and the others go on."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def __call__(self, name: str, otherwise: _T, work: Callable[[], _T]) -> _T:
        try:
            return work()
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the study comes to the top and says so
            _LOG.exception("step %s of screening failed", name)
            self.faults.append(name)
            return otherwise


def measure(recording: Recording) -> Measured:
    """Find the beats of a recording and measure rhythm, waves and quality."""
    tidy = tidied(recording)
    if tidy.samples.size == 0 or not possible_rate(tidy.fs):
        reason = "no_samples" if tidy.samples.size == 0 else "sampling_rate"
        return Measured(tidy, _NOTHING, _NO_RHYTHM, (), 1.0, 0.0, missing=(("all", reason),))
    samples, fs, step = tidy.samples, tidy.fs, _Steps()
    length = samples.shape[1]
    finding = step("beats", _NOTHING, lambda: find_beats(samples, fs))
    told = step("rhythm", _NO_RHYTHM, lambda: rhythm(finding.r_peaks, fs, length, finding.spans))
    fiducials, missing = _waves(tidy, finding, step)
    return Measured(
        recording=tidy,
        finding=finding,
        rhythm=told,
        leads=step("quality", (), lambda: assess(samples, fs)),
        unjudged=_share(finding, ("noise", "lead_off"), length),
        flat=_share(finding, ("flat",), length),
        names=standard_names(tidy.leads),
        fiducials=fiducials,
        missing=missing,
        faults=tuple(step.faults),
    )


def _waves(
    recording: Recording, finding: BeatFinding, step: _Steps
) -> tuple[Fiducials | None, tuple[tuple[str, str], ...]]:
    if finding.r_peaks.size == 0:
        return None, (("waves", "no_beats"),)
    if recording.duration > LONGEST:
        return None, (("waves", "long"),)
    samples, fs = recording.samples, recording.fs
    found = step("delineation", None, lambda: delineate(samples, fs, finding.r_peaks))
    return found, () if found is not None else (("waves", "fault"),)


def _share(finding: BeatFinding, kinds: tuple[str, ...], length: int) -> float:
    covered = sum(s.stop - s.start for s in finding.spans if s.kind in kinds)
    return min(covered / length, 1.0) if length else 1.0
