"""Beat detectors on WFDB databases: ours and those of others, in one run.

Needs the extra ``bench`` (wfdb, and the peers that are to be compared). Peers take one lead;
with all leads asked for, they still get the first, and ours gets all.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.beat_database import BeatRecord, Signal, names, read, records
from farlead.errors import UnreadableFile
from farlead.messages import Message
from farlead_signal.envelope import without_gaps
from farlead_signal.qrs import detect_qrs
from farlead_signal.scoring import LEARNING, BeatScore, score_beats, windowed_sensitivity

Detector: TypeAlias = Callable[[Signal, float], NDArray[np.int64]]
Leads: TypeAlias = Literal["first", "all"]

#: Our own detector among the others.
OURS = "farlead"
#: Modules of the peers, and the detectors that each brings.
PEERS: Mapping[str, tuple[str, ...]] = {
    "sleepecg": ("sleepecg",),
    "neurokit2": ("neurokit2", "neurokit2 pantompkins1985"),
    "wfdb": ("wfdb gqrs", "wfdb xqrs"),
}
#: A detector that takes longer than this, in seconds, is not timed again on the same record.
SLOW = 0.5
#: What makes linear algebra use one thread; read when numpy is imported.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A detector on a database: score of each record and milliseconds for each."""

    scores: Mapping[str, BeatScore]
    milliseconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Result:
    """A detector on one record.

    Parameters
    ----------
    ec57 : BeatScore
        From 5:00; ventricular fibrillation and unreadable spans are left out.
    whole : BeatScore
        The same from the first beat on.
    windows : tuple of float
        Sensitivity in each 10 s with reference beats, whole record.
    apart : BeatScore
        What the spans that were left out held.
    milliseconds : float
        Median over the rounds.
    failure : str
        What the detector raised; it has found no beats then.
    """

    ec57: BeatScore
    whole: BeatScore
    windows: tuple[float, ...]
    apart: BeatScore
    milliseconds: float
    failure: str = ""


@dataclass(frozen=True, slots=True)
class RecordResult:
    """All detectors on one record, or why it is of no use."""

    name: str
    seconds: float
    results: Mapping[str, Result]
    useless: Message | None = None


def detectors() -> dict[str, Detector]:
    """Our detector and the peers that are installed, for one lead; ours takes all as well."""
    found: dict[str, Detector] = {OURS: detect_qrs}
    if find_spec("sleepecg"):
        sleepecg = import_module("sleepecg")
        found["sleepecg"] = lambda lead, fs: np.asarray(sleepecg.detect_heartbeats(lead, fs))
    if find_spec("neurokit2"):
        found["neurokit2"] = _neurokit("neurokit")
        found["neurokit2 pantompkins1985"] = _neurokit("pantompkins1985")
    if find_spec("wfdb"):
        processing = import_module("wfdb.processing")
        found["wfdb gqrs"] = lambda lead, fs: np.asarray(processing.gqrs_detect(lead, fs))
        found["wfdb xqrs"] = lambda lead, fs: np.asarray(
            processing.xqrs_detect(lead, fs, verbose=False)
        )
    return found


def missing_peers() -> list[str]:
    """Peers that are not installed."""
    return [name for name in PEERS if find_spec(name) is None]


def _neurokit(method: str) -> Detector:
    neurokit = import_module("neurokit2")

    def detect(lead: Signal, fs: float) -> NDArray[np.int64]:
        clean = neurokit.ecg_clean(lead, round(fs), method=method)
        return np.asarray(neurokit.ecg_peaks(clean, round(fs), method=method)[1]["ECG_R_Peaks"])

    return detect


def run(
    folder: Path,
    chosen: Mapping[str, Detector],
    *,
    start: float = 0.0,
    rounds: int = 3,
    leads: Leads = "first",
) -> dict[str, Outcome]:
    """Score and time detectors on every record, ventricular fibrillation left out.

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
    leads : str
        ``first``, or ``all`` for our own detector.
    """
    scores: dict[str, dict[str, BeatScore]] = {name: {} for name in chosen}
    times: dict[str, dict[str, float]] = {name: {} for name in chosen}
    for record in records(folder):
        for name, (beats, taken, _) in _detected(record, chosen, rounds, leads).items():
            times[name][record.name] = taken
            scores[name][record.name] = score_beats(
                record.beats, beats, record.fs, start=start, exclude=record.exclude
            )
    return {name: Outcome(scores[name], times[name]) for name in chosen}


def compare(
    folder: Path, extension: str = "atr", *, rounds: int = 3, leads: Leads = "first"
) -> Iterator[RecordResult]:
    """Every detector on every record of a database, one record after the other.

    The work is done in a child process in which linear algebra has one thread.

    Raises
    ------
    FileNotFoundError
        When no record is annotated.
    """
    found = names(folder, extension)
    with _one_thread(), ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
        tasks = [child.submit(_record, folder, n, extension, rounds, leads) for n in found]
        for task in tasks:
            yield task.result()


@contextmanager
def _one_thread() -> Iterator[None]:
    """One thread for linear algebra in child processes that are started meanwhile."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _record(folder: Path, name: str, extension: str, rounds: int, leads: Leads) -> RecordResult:
    try:
        record = read(folder, name, extension)
    except UnreadableFile as error:
        return RecordResult(name, 0.0, {}, error.reason)
    found = _detected(record, detectors(), rounds, leads)
    results = {
        detector: _scored(record, beats, taken, failure)
        for detector, (beats, taken, failure) in found.items()
    }
    return RecordResult(name, record.seconds, results)


def _detected(
    record: BeatRecord, chosen: Mapping[str, Detector], rounds: int, leads: Leads
) -> dict[str, tuple[NDArray[np.int64], float, str]]:
    """Beats, milliseconds and failure of each detector; the detectors take turns."""
    bridged = without_gaps(record.signal[:1])[0][0].astype(np.float64)  # peers know no gaps
    first = record.signal[0] if leads == "first" else record.signal
    beats: dict[str, NDArray[np.int64]] = {}
    taken: dict[str, list[float]] = {name: [] for name in chosen}
    failures = dict.fromkeys(chosen, "")
    for turn in range(rounds):
        for name, detect in chosen.items():
            if turn and (taken[name][0] > SLOW or failures[name]):
                continue
            signal = first if name == OURS else bridged
            began = time.perf_counter()
            try:
                beats[name] = _usable(detect(signal, record.fs))
            except Exception as error:  # a peer's failure is a finding, and is told
                if name == OURS:
                    raise
                beats[name], failures[name] = np.zeros(0, np.int64), repr(error)
            taken[name].append(time.perf_counter() - began)
    return {n: (beats[n], 1000 * median(taken[n]), failures[n]) for n in chosen}


def _usable(beats: NDArray[np.generic]) -> NDArray[np.int64]:
    """Positions as integers; some peers mark beats that they cannot place as not a number."""
    positions = np.asarray(beats, np.float64)
    return positions[np.isfinite(positions)].astype(np.int64)


def _scored(record: BeatRecord, beats: NDArray[np.int64], taken: float, failure: str) -> Result:
    apart = (*record.exclude, *record.unreadable)
    return Result(
        _score(record, beats, apart, LEARNING),
        _score(record, beats, apart, 0.0),
        tuple(windowed_sensitivity(record.beats, beats, record.fs, exclude=apart).tolist()),
        score_beats(_within(record.beats, apart), _within(beats, apart), record.fs),
        taken,
        failure,
    )


def _score(
    record: BeatRecord, beats: NDArray[np.int64], apart: Sequence[tuple[int, int]], start: float
) -> BeatScore:
    return score_beats(record.beats, beats, record.fs, start=start, exclude=apart)


def _within(beats: NDArray[np.int64], spans: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    inside = np.zeros(beats.size, bool)
    for first, last in spans:
        inside |= (beats >= first) & (beats <= last)
    return beats[inside]
