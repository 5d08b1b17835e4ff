"""Recordings of a WFDB database with a table of what cardiologists found in them, as LUDB has it.

The table is a CSV file with the columns ``ID``, ``Sex``, ``Age``, ``Rhythms``,
``Conduction abnormalities``, ``Cardiac pacing`` and ``Ischemia``; of several findings in a cell
each has its line. Needs wfdb, which is imported when the first record is read.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from farlead.analysis.beat_database import BROKEN, ecg_scales
from farlead.errors import UnreadableFile
from farlead.messages import message
from farlead.model.people import Patient, Sex
from farlead.model.recording import Recording
from farlead_signal.leads import standard_name

#: Columns without which the table is of no use.
RHYTHMS, CONDUCTION, PACING, ISCHAEMIA = (
    "Rhythms",
    "Conduction abnormalities",
    "Cardiac pacing",
    "Ischemia",
)
_NEEDED = ("ID", RHYTHMS, CONDUCTION, PACING, ISCHAEMIA)
#: Years beyond which an age is a slip of the pen.
_OLDEST = 130
_SEXES = {"M": Sex.MALE, "F": Sex.FEMALE}


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of a record.

    Parameters
    ----------
    name : str
    cells : mapping of str to tuple of str
        Column -> its lines.
    """

    name: str
    cells: Mapping[str, tuple[str, ...]]

    def of(self, column: str) -> tuple[str, ...]:
        """Lines of a column; empty where the table has none."""
        return self.cells.get(column, ())

    @property
    def stemi(self) -> bool:
        """Whether an ST-elevation infarction was found."""
        return any(line.lower().startswith("stemi") for line in self.of(ISCHAEMIA))

    @property
    def harmless(self) -> bool:
        """Sinus rhythm, and neither ischaemia or scar, nor a pacemaker, nor complete AV block."""
        block = any("iii degree" in line.lower() for line in self.of(CONDUCTION))
        sinus = " ".join(self.of(RHYTHMS)).startswith("Sinus")
        return sinus and not (block or self.of(PACING) or self.of(ISCHAEMIA))

    @property
    def patient(self) -> Patient:
        """Sex and age as far as the table has them."""
        sex, age = (" ".join(self.of(column)) for column in ("Sex", "Age"))
        years = float(age) if age.isdigit() and int(age) <= _OLDEST else None
        return Patient(sex=_SEXES.get(sex, Sex.UNKNOWN), age_years=years)


def read_labels(folder: Path, table: Path | None = None) -> dict[str, Labels]:
    """The table of a database by the records' names.

    Parameters
    ----------
    folder : Path
        The database.
    table : Path, optional
        The CSV file; the only one in the folder when absent.

    Raises
    ------
    UnreadableFile
        When there is no table, or it lacks a column.
    """
    files = [table] if table is not None else sorted(folder.glob("*.csv"))
    if len(files) != 1:
        raise UnreadableFile(message("bench_critical.no_table", folder=str(folder)))
    try:
        with files[0].open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        told = message("bench.broken", record=files[0].name, error=str(error))
        raise UnreadableFile(told) from error
    missing = [column for column in _NEEDED if rows and column not in rows[0]]
    if not rows or missing:
        columns = ", ".join(missing or _NEEDED)
        raise UnreadableFile(message("bench_critical.no_column", columns=columns))
    return {name: Labels(name, cells) for name, cells in map(_cells, rows)}


def _cells(row: Mapping[str, str | None]) -> tuple[str, dict[str, tuple[str, ...]]]:
    cells = {
        column: tuple(line.strip() for line in (text or "").splitlines() if line.strip())
        for column, text in row.items()
        if isinstance(column, str)
    }
    return " ".join(cells["ID"]), cells


def read_recording(folder: Path, labels: Labels, *, raw_microvolts: bool = False) -> Recording:
    """The recording of a row of the table, with sex and age of its patient.

    Parameters
    ----------
    raw_microvolts : bool
        Take the stored integers as microvolts, whatever the header's gain (LUDB).

    Raises
    ------
    UnreadableFile
        When it is broken, or has no ECG.
    """
    wfdb = import_module("wfdb")
    try:
        record = wfdb.rdrecord(str(folder / labels.name), physical=not raw_microvolts)
    except BROKEN as error:
        raise UnreadableFile(
            message("bench.broken", record=labels.name, error=str(error))
        ) from error
    found = recording_of(record, labels.name, raw_microvolts=raw_microvolts)
    return replace(found, patient=labels.patient)


def recording_of(record: Any, name: str, *, raw_microvolts: bool = False) -> Recording:
    """The ECG leads of a record as wfdb has it, in millivolts; UnreadableFile without any."""
    values = record.d_signal if raw_microvolts else record.p_signal
    if values is None or not (scales := ecg_scales(record.sig_name, record.units)):
        raise UnreadableFile(message("bench.no_ecg", record=name))
    if raw_microvolts:
        scales = dict.fromkeys(scales, 1e-3)
    signal = np.stack([values[:, at] * scale for at, scale in scales.items()])
    leads = tuple(standard_name(str(record.sig_name[at])) for at in scales)
    return Recording(np.ascontiguousarray(signal, np.float32), leads, float(record.fs))
