"""Records of WFDB databases with reference beats.

Needs wfdb, which is imported when the first record is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.messages import message

#: WFDB codes of beats.
BEATS = frozenset("NLRBAaJSVrFejnE/fQ?")
#: Records of MIT-BIH with a pacemaker.
PACED = frozenset({"102", "104", "107", "217"})
#: Units of voltages, in millivolts; a signal in another unit is no ECG.
MILLIVOLTS = {"nv": 1e-6, "uv": 1e-3, "µv": 1e-3, "mv": 1.0, "v": 1e3}
#: Beginnings of the names of voltages that are no ECG either.
NO_ECG = ("eeg", "emg", "eog", "resp", "abp", "bp", "art", "pleth", "cvp", "pap", "scg", "co2")
#: What wfdb raises on a record that is broken or incomplete.
BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError)

Signal: TypeAlias = NDArray[np.float64]
Spans: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class BeatRecord:
    """A record with reference beats.

    Parameters
    ----------
    name : str
        Path within the database, without suffix.
    signal : ndarray of float64, shape (leads, n)
        Millivolts.
    fs : float
        Hertz.
    beats : ndarray of int64
        Reference beats, in samples.
    exclude : tuple of (int, int)
        Spans of ventricular fibrillation or flutter, in samples.
    unreadable : tuple of (int, int)
        Spans in which the annotators could not read the signal (shutdown), in samples.
    """

    name: str
    signal: Signal
    fs: float
    beats: NDArray[np.int64]
    exclude: Spans
    unreadable: Spans = ()

    @property
    def seconds(self) -> float:
        """Length."""
        return float(self.signal.shape[1] / self.fs)


def names(folder: Path, extension: str = "atr") -> list[str]:
    """Names of the annotated records of a folder, or else of all folders below it.

    Raises
    ------
    FileNotFoundError
        When there is none.
    """
    files = list(folder.glob(f"*.{extension}")) or list(folder.rglob(f"*.{extension}"))
    if not files:
        raise FileNotFoundError(f"no annotated records (*.{extension}) in {folder}")
    return sorted(file.relative_to(folder).with_suffix("").as_posix() for file in files)


def records(folder: Path, extension: str = "atr") -> Iterator[BeatRecord]:
    """Records of a folder that have beat annotations, in order of their names.

    Raises
    ------
    FileNotFoundError
        When there is none.
    UnreadableFile
        When one of them is of no use; see :func:`read`.
    """
    for name in names(folder, extension):
        yield read(folder, name, extension)


def read(folder: Path, name: str, extension: str = "atr") -> BeatRecord:
    """One record.

    Raises
    ------
    UnreadableFile
        When it is broken, or has no ECG or no beat marks.
    """
    wfdb = import_module("wfdb")
    try:
        record = wfdb.rdrecord(str(folder / name))
        marks = wfdb.rdann(str(folder / name), extension)
    except BROKEN as error:
        raise UnreadableFile(message("bench.broken", record=name, error=str(error))) from error
    symbols, samples = np.array(marks.symbol), np.asarray(marks.sample, np.int64)
    if record.p_signal is None or not (scales := ecg_scales(record.sig_name, record.units)):
        raise UnreadableFile(message("bench.no_ecg", record=name))
    beats = samples[np.isin(symbols, list(BEATS))]
    if beats.size == 0:
        raise UnreadableFile(message("bench.no_beats", record=name))
    signal = np.stack([record.p_signal[:, lead] * scale for lead, scale in scales.items()])
    vf = between(samples, symbols == "[", symbols == "]", signal.shape[1])
    noise, shut = symbols == "~", np.asarray(marks.subtype) == -1
    unreadable = between(samples, noise & shut, noise & ~shut, signal.shape[1])
    return BeatRecord(name, signal, float(record.fs), beats, vf, unreadable)


def ecg_scales(labels: Sequence[str], units: Sequence[str]) -> dict[int, float]:
    """Signals that are ECG leads, with what makes millivolts of them."""
    return {
        at: MILLIVOLTS[unit.lower()]
        for at, (label, unit) in enumerate(zip(labels, units, strict=True))
        if unit.lower() in MILLIVOLTS and not (label or "").lower().startswith(NO_ECG)
    }


def between(
    samples: NDArray[np.int64], begins: NDArray[np.bool_], ends: NDArray[np.bool_], length: int
) -> Spans:
    """Spans from a mark of the first kind to the next of the second, else to the end."""
    spans: list[tuple[int, int]] = []
    begun: int | None = None
    for at in np.flatnonzero(begins | ends):
        if begins[at]:
            begun = int(samples[at]) if begun is None else begun
        elif begun is not None:
            spans.append((begun, int(samples[at])))
            begun = None
    return tuple(spans if begun is None else [*spans, (begun, length)])
