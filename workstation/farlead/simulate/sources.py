"""Real recordings by what experts said of them: critical ones by their labels, and the others.

Critical are, by the labels alone:

- ST-elevation infarction in LUDB's table;
- ten seconds that are ventricular tachycardia, or flutter or fibrillation, throughout;
- third-degree AV block in LUDB's table where no pacemaker beats for the patient; ten seconds of
  marked second-degree block of the second type in which the reference beats come at 35 a minute
  or less, which is where the Chinese consensus of 2017 draws the line.

Whatever else is marked, faster block and block under a pacemaker too, is an ordinary arrival.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from farlead.analysis.beat_database import names
from farlead.analysis.critical_database import (
    CONDUCTION,
    PACING,
    Labels,
    read_labels,
    read_recording,
)
from farlead.analysis.marked_segments import Marks, read_marks, read_segment
from farlead.analysis.rhythm_database import LETHAL
from farlead.errors import SettingsError
from farlead.messages import message
from farlead.model.people import Patient
from farlead.model.recording import Recording

#: Databases: twelve leads with a table; marked rhythms that are needed, and that may be there.
TWELVE_LEADS, RHYTHMS, MORE_RHYTHMS = "ludb", "mitdb", ("vfdb", "cudb")
#: Seconds of a segment; between two ordinary ones of a record; a minute at its begin is left out.
SECONDS, APART, FROM = 10, 300, 60
#: Ventricular rate of a second-degree block from which downwards it is critical, a minute.
SLOW = 35
_SECOND_TYPE = "BII"


class Truth(StrEnum):
    """What experts labelled."""

    STEMI = "stemi"
    VT = "vt"
    VF = "vf"
    BLOCK = "block"
    ORDINARY = "ordinary"

    @property
    def critical(self) -> bool:
        """Whether it is a critical value by its label."""
        return self is not Truth.ORDINARY


@dataclass(frozen=True, slots=True)
class Source:
    """A recording, or a part of it.

    Parameters
    ----------
    truth : Truth
    database, record : str
    first, last : int or None
        Samples, half open; None: the whole record.
    patient : Patient
        Sex and age, where the database says so.
    fs : float
        Hertz, where a part is meant.
    """

    truth: Truth
    database: str
    record: str
    first: int | None = None
    last: int | None = None
    patient: Patient = Patient()
    fs: float = 1.0

    @property
    def name(self) -> str:
        """As it is told: database, record, second."""
        second = "" if self.first is None else f" {self.first / self.fs:.0f} s"
        return f"{self.database} {self.record}{second}"

    def read(self, data: Path) -> Recording:
        """Its samples; UnreadableFile."""
        folder = data / self.database
        if self.first is None or self.last is None:
            labels = Labels(self.record, {})
            found = read_recording(folder, labels, raw_microvolts=True)
        else:
            found = read_segment(folder, self.record, self.first, self.last)
        return replace(found, patient=self.patient)


def read_sources(data: Path | None) -> tuple[Source, ...]:
    """All recordings of a folder that can come in, in a fixed order.

    Raises
    ------
    SettingsError
        There is no such folder, or one of the databases that are needed is not in it.
    UnreadableFile
    """
    missing = [
        name
        for name in (TWELVE_LEADS, RHYTHMS)
        if data is None or not (data / name).is_dir() or not any((data / name).glob("*.hea"))
    ]
    if data is None or missing:
        folder = "–" if data is None else str(data)
        told = message("simulate.no_data", folder=folder, databases=", ".join(missing))
        raise SettingsError(told)
    found = [*_of_table(data / TWELVE_LEADS)]
    for name in (RHYTHMS, *(more for more in MORE_RHYTHMS if (data / more).is_dir())):
        for record in names(data / name):
            found += _of_marks(name, read_marks(data / name, record))
    return tuple(found)


def _of_table(folder: Path) -> Iterator[Source]:
    for name, labels in read_labels(folder).items():
        if (folder / f"{name}.hea").is_file():
            yield Source(_labelled(labels), folder.name, name, patient=labels.patient)


def _labelled(labels: Labels) -> Truth:
    if labels.stemi:
        return Truth.STEMI
    third = any(line.lower().startswith("iii degree") for line in labels.of(CONDUCTION))
    return Truth.BLOCK if third and not labels.of(PACING) else Truth.ORDINARY


def _of_marks(database: str, marks: Marks) -> Iterator[Source]:
    """Critical ten seconds wherever they are; ordinary ones now and then."""
    length = round(SECONDS * marks.fs)
    every = round(APART * marks.fs)
    taken = round(FROM * marks.fs) - every
    for first in range(0, marks.length - length + 1, length):
        truth = _marked(marks, first, first + length)
        if truth is Truth.ORDINARY:
            if first < taken + every or _in_part(marks, first, first + length):
                continue
            taken = first
        yield Source(truth, database, marks.name, first, first + length, fs=marks.fs)


def _marked(marks: Marks, first: int, last: int) -> Truth:
    throughout = marks.fills(first, last)
    if "VT" in throughout:
        return Truth.VT
    if throughout & LETHAL:
        return Truth.VF
    rate = marks.rate(first, last)
    if _SECOND_TYPE in throughout and rate is not None and round(rate) <= SLOW:
        return Truth.BLOCK
    return Truth.ORDINARY


def _in_part(marks: Marks, first: int, last: int) -> bool:
    """Whether what is marked there is lethal in part, or not to be judged: neither is ordinary."""
    return bool(marks.touches(first, last) & {*LETHAL, "NOISE", "ASYS"})
