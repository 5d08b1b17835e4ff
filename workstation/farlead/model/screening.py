"""Result of screening: measurements and flags made at arrival, never a diagnosis."""

from dataclasses import dataclass
from enum import StrEnum

from farlead.messages import Message
from farlead.model.study import Severity


class Quality(StrEnum):
    """Verdict on the signal."""

    FIT = "fit"
    FIT_WITH_REMARK = "fit_with_remark"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure. `value` None means "cannot be told", and is shown so.

    Parameters
    ----------
    name : str
        ``heart_rate``, ``rr_mean``, ``longest_pause`` …; its text has the id ``measurement.NAME``.
    unit : str
        ``/min``, ``ms``, ``mV``, ``°``, ``1``.
    method : str
        How it was made, for the report's JSON.
    """

    name: str
    value: float | None
    unit: str
    method: str


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a recording, in samples, half open. `kind`: vf, noise, flat, lead_off, pause."""

    start: int
    stop: int
    kind: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A suggestion with its evidence.

    Parameters
    ----------
    code : str
        Stable id of the rule's outcome, e.g. ``rate.slow``, ``unknown.noise``.
    severity : Severity
    text : Message
        What is suspected and the values, e.g. "疑似严重心动过缓，心率 {rate} 次/分".
    statement : str or None
        Code in the statement catalogue that accepting it would add.
    leads : tuple of str
        Leads that show it.
    spans : tuple of Span
        Where it shows.
    rule : str
        Name and version of the rule, e.g. ``rate/1``.
    """

    code: str
    severity: Severity
    text: Message
    rule: str
    statement: str | None = None
    leads: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Screening:
    """What screening found in one recording.

    Parameters
    ----------
    version : str
        Version of the rule tables and of the signal core.
    severity : Severity
        Greatest of the flags; NORMAL when there are none.
    known : bool
        False when rhythm, rate or signal could not be judged: *unknown is never safe*.
    r_peaks : tuple of int
        R positions in samples of the recording.
    """

    version: str
    severity: Severity
    known: bool
    quality: Quality
    measurements: tuple[Measurement, ...] = ()
    flags: tuple[Flag, ...] = ()
    r_peaks: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()

    def measured(self, name: str) -> float | None:
        """Value of a measurement by name; None when absent or unknown."""
        return next((m.value for m in self.measurements if m.name == name), None)
