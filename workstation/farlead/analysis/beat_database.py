"""Scoring beat detectors on WFDB databases: ours and those of others, in one run.

Needs the extra ``bench`` (wfdb, and the peers that are to be compared).
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.qrs import detect_qrs
from farlead_signal.scoring import BeatScore, score_beats

#: WFDB codes of beats.
BEATS = frozenset("NLRBAaJSVrFejnE/fQ?")
#: Records of MIT-BIH with a pacemaker.
PACED = frozenset({"102", "104", "107", "217"})

Signal: TypeAlias = NDArray[np.float64]
Detector: TypeAlias = Callable[[Signal, float], NDArray[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class BeatRecord:
    """A record with reference beats.

    Parameters
    ----------
    signal : ndarray of float64, shape (leads, n)
        Millivolts.
    beats : ndarray of int64
        Reference beats, in samples.
    exclude : tuple of (int, int)
        Spans of ventricular fibrillation or flutter, in samples.
    """

    name: str
    signal: Signal
    fs: float
    beats: NDArray[np.int64]
    exclude: tuple[tuple[int, int], ...]

    @property
    def seconds(self) -> float:
        """Length."""
        return float(self.signal.shape[1] / self.fs)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A detector on a database: score of each record and milliseconds for each."""

    scores: Mapping[str, BeatScore]
    milliseconds: Mapping[str, float]


def records(folder: Path, extension: str = "atr") -> Iterator[BeatRecord]:
    """Records of a folder that have beat annotations, in order of their names.

    Raises
    ------
    FileNotFoundError
        When there is none.
    """
    names = sorted(file.stem for file in folder.glob(f"*.{extension}"))
    if not names:
        raise FileNotFoundError(f"no annotated records (*.{extension}) in {folder}")
    wfdb = import_module("wfdb")
    for name in names:
        record = wfdb.rdrecord(str(folder / name))
        marks = wfdb.rdann(str(folder / name), extension)
        symbols = np.array(marks.symbol)
        beats = np.asarray(marks.sample, np.int64)[np.isin(symbols, list(BEATS))]
        signal = np.ascontiguousarray(record.p_signal.T)
        exclude = _fibrillation(symbols, marks.sample, signal.shape[1])
        yield BeatRecord(name, signal, float(record.fs), beats, exclude)


def _fibrillation(
    symbols: NDArray[np.str_], samples: Sequence[int], length: int
) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    begun: int | None = None
    for symbol, sample in zip(symbols, samples, strict=True):
        if symbol == "[":
            begun = int(sample)
        elif symbol == "]" and begun is not None:
            spans.append((begun, int(sample)))
            begun = None
    return tuple(spans if begun is None else [*spans, (begun, length)])


def detectors() -> dict[str, Detector]:
    """Our detector and the peers that are installed, for one lead."""
    found: dict[str, Detector] = {"farlead": detect_qrs}
    if find_spec("sleepecg"):
        sleepecg = import_module("sleepecg")
        found["sleepecg"] = lambda lead, fs: np.asarray(sleepecg.detect_heartbeats(lead, fs))
    if find_spec("neurokit2"):
        neurokit = import_module("neurokit2")
        found["neurokit2"] = lambda lead, fs: np.asarray(
            neurokit.ecg_peaks(neurokit.ecg_clean(lead, fs), fs)[1]["ECG_R_Peaks"]
        )
    if find_spec("wfdb"):
        processing = import_module("wfdb.processing")
        found["wfdb gqrs"] = lambda lead, fs: np.asarray(processing.gqrs_detect(lead, fs))
        found["wfdb xqrs"] = lambda lead, fs: np.asarray(
            processing.xqrs_detect(lead, fs, verbose=False)
        )
    return found


def run(
    folder: Path,
    chosen: Mapping[str, Detector],
    *,
    start: float = 0.0,
    rounds: int = 3,
    only: Iterable[str] = (),
) -> dict[str, Outcome]:
    """Score and time detectors on the first lead of every record.

    Parameters
    ----------
    folder : Path
    chosen : mapping
        Detectors by name, as :func:`detectors` returns them.
    start : float
        Beginning of the comparison in seconds; 300 for EC57.
    rounds : int
        Repeats of each detector that takes less than half a second; the median counts.
        Detectors take turns, so that a busy machine slows all of them.
    only : iterable of str
        Names of the records to use; all when empty.
    """
    wanted = set(only)
    scores: dict[str, dict[str, BeatScore]] = {name: {} for name in chosen}
    times: dict[str, dict[str, float]] = {name: {} for name in chosen}
    for record in records(folder):
        if wanted and record.name not in wanted:
            continue
        taken: dict[str, list[float]] = {name: [] for name in chosen}
        for turn in range(rounds):
            for name, detect in chosen.items():
                if turn and taken[name][0] > 0.5:
                    continue
                began = time.perf_counter()
                beats = detect(record.signal[0], record.fs)
                taken[name].append(time.perf_counter() - began)
                scores[name][record.name] = score_beats(
                    record.beats, beats, record.fs, start=start, exclude=record.exclude
                )
        for name, seconds in taken.items():
            times[name][record.name] = 1000 * median(seconds)
    return {name: Outcome(scores[name], times[name]) for name in chosen}
