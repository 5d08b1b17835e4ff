"""Limits of what may be judged at all: signal, leads, electrodes; read from ``judged.toml``."""

from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict

from farlead.analysis.rules.reading import read_table, refused
from farlead.analysis.rules.table import Number, Version


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


#: Between what each limit must lie.
_RANGES = {
    "fewest": (1, 20),
    "shortest": (1, 60),
    "unjudged": (0, 1),
    "amplitude": (1, 100),
    "smallest": (0, 1),
    "held": (0.1, 60),
    "hum": (0, 1),
    "contradiction": (0, 10),
    "fewest_leads": (1, 12),
    "fewest_limb": (0, 6),
    "fewest_chest": (0, 6),
    "contrast": (1, 100),
    "doubt": (0, 10),
    "retake": (0.5, 1),
}


class _Beats(_Section):
    fewest: Number


class _Judged(_Section):
    shortest: Number
    unjudged: Number
    amplitude: Number
    smallest: Number
    held: Number
    hum: Number
    contradiction: Number
    fewest_leads: Number
    fewest_limb: Number
    fewest_chest: Number
    contrast: Number
    doubt: Number


class _Electrodes(_Section):
    retake: Number


class JudgedFile(_Section):
    """``judged.toml``, as written; an institution's own has the same tables."""

    version: Version
    beats: _Beats
    judged: _Judged
    electrodes: _Electrodes


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits beyond which an ECG is not judged; what each one is stands in ``judged.toml``."""

    version: str
    fewest: float
    shortest: float
    unjudged: float
    amplitude: float
    smallest: float
    held: float
    hum: float
    contradiction: float
    fewest_leads: float
    fewest_limb: float
    fewest_chest: float
    contrast: float
    doubt: float
    retake: float

    @classmethod
    def from_toml(cls, text: str, file: str) -> Self:
        """Read the table; RuleTableError with file, line and reason when it is wrong."""
        read = read_table(text, file, JudgedFile)
        sections = (read.beats, read.judged, read.electrodes)
        values = {name: value for section in sections for name, value in section}
        for name, value in values.items():
            check_range(name, value, text, file)
        return cls(version=read.version, **values)


def check_range(name: str, value: float, text: str, file: str, *path: str) -> None:
    """Refuse a limit that makes no sense; RuleTableError."""
    low, high = _RANGES[name]
    if not low <= value <= high:
        raise refused(text, file, (*path, name), "range", f"{name}: {value:g} ({low:g} … {high:g})")
