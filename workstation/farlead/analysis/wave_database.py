"""Records of WFDB databases in which the waves are marked: onset, peak and offset.

LUDB has one file of marks for each lead (its suffix is the lead's name), the QT database one for
all leads together. Needs wfdb, which is imported when the first record is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.beat_database import BEATS, BROKEN, Signal, ecg_scales
from farlead.errors import UnreadableFile
from farlead.messages import message

#: A wave without this mark.
UNMARKED = -1

#: Rows of onset, peak and offset of one wave after another, in samples, shape (waves, 3).
Rows: TypeAlias = NDArray[np.int64]


class Wave(StrEnum):
    """What the marks tell apart."""

    P = "p"
    QRS = "qrs"
    T = "t"


#: Symbols of the peaks; all symbols of beats are QRS complexes.
SYMBOLS = {"p": Wave.P, "t": Wave.T, **dict.fromkeys(BEATS, Wave.QRS)}


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Marks of one lead, or of all together.

    Parameters
    ----------
    rows : dict of Wave to ndarray of int64, shape (waves, 3)
        Onset, peak and offset of each wave in samples, ascending; :data:`UNMARKED` where there
        is no mark.
    """

    rows: dict[Wave, Rows]

    @property
    def span(self) -> tuple[int, int]:
        """First and last sample with any mark; (0, -1) without marks."""
        every = np.concatenate([each.ravel() for each in self.rows.values()])
        every = every[every >= 0]
        return (int(every.min()), int(every.max())) if every.size else (0, -1)


@dataclass(frozen=True, slots=True, eq=False)
class WaveRecord:
    """A record with marked waves.

    Parameters
    ----------
    name : str
        Path within the database, without suffix.
    signal : ndarray of float64, shape (leads, n)
        Millivolts.
    fs : float
        Hertz.
    leads : tuple of str
        Names as the database has them.
    marks : tuple of Marks
        One for each lead; or a single one for all leads together.
    """

    name: str
    signal: Signal
    fs: float
    leads: tuple[str, ...]
    marks: tuple[Marks, ...]

    @property
    def joint(self) -> bool:
        """Whether the marks were made for all leads together."""
        return len(self.marks) != len(self.leads)


def wave_names(folder: Path) -> list[str]:
    """Names of the records of a folder, or else of all folders below it: numbers in their order.

    Raises
    ------
    FileNotFoundError
        When there is none.
    """
    files = list(folder.glob("*.hea")) or list(folder.rglob("*.hea"))
    if not files:
        raise FileNotFoundError(f"no records (*.hea) in {folder}")
    found = [file.relative_to(folder).with_suffix("").as_posix() for file in files]
    return sorted(found, key=lambda name: (not name.isdigit(), name.zfill(9)))


def read_waves(
    folder: Path, name: str, annotator: str | None = None, *, raw_microvolts: bool = False
) -> WaveRecord:
    """One record.

    Parameters
    ----------
    folder : Path
        The database.
    name : str
        As :func:`wave_names` gives it.
    annotator : str, optional
        Suffix of the marks of all leads together; without it each lead has its own.
    raw_microvolts : bool
        Take the stored integers as microvolts, whatever the header's gain: LUDB's gains scale
        every lead to 1 mV from peak to peak.

    Raises
    ------
    UnreadableFile
        When it is broken, or has no ECG or no marks.
    """
    wfdb = import_module("wfdb")
    try:
        record = wfdb.rdrecord(str(folder / name), physical=not raw_microvolts)
    except BROKEN as error:
        raise UnreadableFile(message("bench.broken", record=name, error=str(error))) from error
    values = record.d_signal if raw_microvolts else record.p_signal
    if values is None or not (scales := ecg_scales(record.sig_name, record.units)):
        raise UnreadableFile(message("bench.no_ecg", record=name))
    if raw_microvolts:
        scales = dict.fromkeys(scales, 1e-3)
    leads = tuple(str(record.sig_name[at]) for at in scales)
    suffixes = (annotator,) if annotator else tuple(lead.lower() for lead in leads)
    marks = tuple(_marks(folder, name, suffix) for suffix in suffixes)
    if not any(rows.size for each in marks for rows in each.rows.values()):
        raise UnreadableFile(message("bench.no_waves", record=name))
    signal = np.stack([values[:, at] * scale for at, scale in scales.items()])
    return WaveRecord(name, signal, float(record.fs), leads, marks)


def _marks(folder: Path, name: str, suffix: str) -> Marks:
    """Marks of one file; none when the file is not there."""
    if not (folder / f"{name}.{suffix}").is_file():
        return paired([], [])
    try:
        marks = import_module("wfdb").rdann(str(folder / name), suffix)
    except BROKEN as error:
        raise UnreadableFile(message("bench.broken", record=name, error=str(error))) from error
    return paired(marks.symbol, [int(sample) for sample in marks.sample])


def paired(symbols: Sequence[str], samples: Sequence[int]) -> Marks:
    """Onset, peak and offset of each wave out of a sequence of ``(``, peak and ``)``.

    A bracket belongs to the peak beside it; one without a peak is left out. Of two peaks within
    one pair of brackets, as the QT database has them in biphasic T waves, the first has the
    onset and the second the offset.
    """
    rows: dict[Wave, list[list[int]]] = {wave: [] for wave in Wave}
    begun, open_row = UNMARKED, None
    for symbol, sample in zip(symbols, samples, strict=True):
        if symbol == "(":
            begun, open_row = sample, None
        elif symbol in SYMBOLS:
            open_row = [begun, sample, UNMARKED]
            rows[SYMBOLS[symbol]].append(open_row)
            begun = UNMARKED
        elif symbol == ")":
            if open_row is not None:
                open_row[2] = sample
            begun, open_row = UNMARKED, None
    return Marks({wave: np.array(each, np.int64).reshape(-1, 3) for wave, each in rows.items()})
