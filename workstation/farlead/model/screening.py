"""Result of screening: measurements and flags made at arrival, never a diagnosis.

A result is one value. What is large in it, beat by beat and lead by lead, is its `detail`, which
a list of many studies leaves out.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Self

from farlead.messages import Message
from farlead.model.comparison import Comparison
from farlead.model.detail import Detail
from farlead.model.study import Severity

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class Quality(StrEnum):
    """Verdict on the signal."""

    FIT = "fit"
    FIT_WITH_REMARK = "fit_with_remark"
    RETAKE = "retake"

    @classmethod
    def _missing_(cls, value: object) -> "Quality | None":
        return cls.RETAKE if value == "unfit" else None  # results stored before "retake"


class Certainty(StrEnum):
    """How far a figure may be trusted."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"


class QtFormula(StrEnum):
    """How QT is corrected for rate; the first one is the standard."""

    FRIDERICIA = "fridericia"
    BAZETT = "bazett"
    FRAMINGHAM = "framingham"
    HODGES = "hodges"

    @property
    def letters(self) -> str:
        """What stands behind QTc: F, B, Fra, H."""
        return "Fra" if self is QtFormula.FRAMINGHAM else self.value[0].upper()


#: Method of a figure whose marks the reader has moved.
EDITED = "marks moved by the reader"
#: Method of a figure that the reader has written over.
TYPED = "typed by the reader"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure. `value` None means "cannot be told", and is shown so.

    A value that is no number, or whose `quality` is unknown, becomes None: what is not known
    cannot be shown by mistake.

    Parameters
    ----------
    name : str
        ``heart_rate``, ``rr_mean``, ``longest_pause`` …; its text has the id ``measurement.NAME``.
    unit : str
        ``/min``, ``ms``, ``mV``, ``°``, ``1``.
    method : str
        How it was made, for the report's JSON.
    quality : Certainty
    reason : str
        Why it is unknown or doubtful: an id whose text is ``measurement.reason.REASON``.
    source : str
        What it was made from: ``recording``, ``beats``, ``median_beat``, or a lead's name.
    formula : QtFormula or None
        Of a corrected QT.
    before : float or None
        What screening had measured, where the reader has changed it.
    """

    name: str
    value: float | None
    unit: str
    method: str
    quality: Certainty = Certainty.GOOD
    reason: str = ""
    source: str = ""
    formula: QtFormula | None = None
    before: float | None = None

    @property
    def edited(self) -> bool:
        """Whether the reader has moved its marks or written over it."""
        return self.method in {EDITED, TYPED}

    def __post_init__(self) -> None:
        untold = self.value is None or not math.isfinite(self.value)
        if untold or self.quality is Certainty.UNKNOWN:
            object.__setattr__(self, "value", None)
            object.__setattr__(self, "quality", Certainty.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a recording, in samples, half open. `kind`: vf, noise, flat, lead_off, pause."""

    start: int
    stop: int
    kind: str


@dataclass(frozen=True, slots=True)
class EvidenceValue:
    """One value that a flag rests on, beside the limit that it passed.

    `measure` is the name of a measurement or of a quantity of leads; `lead` is "" for one of
    the whole recording. `limit` None: there is no limit, the value is shown as it is.
    """

    measure: str
    value: float | None
    unit: str
    limit: float | None = None
    lead: str = ""


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
        Name and version of the rule, e.g. ``rate.slow/2``; changed by an institution,
        ``rate.slow/2+own-3``.
    beats : tuple of int
        Numbers of the beats that show it, from 0.
    values : tuple of EvidenceValue
        What was measured, and the limits.
    """

    code: str
    severity: Severity
    text: Message
    rule: str
    statement: str | None = None
    leads: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    beats: tuple[int, ...] = ()
    values: tuple[EvidenceValue, ...] = ()


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
    quality : Quality
        May this recording be read, or must it be taken again?
    r_peaks : tuple of int
        R positions in samples of the recording.
    verdict : Message or None
        The one sentence that says why the signal is not simply fit, and what to do.
    detail : Detail or None
        Beat by beat and lead by lead; None in a list, and in results stored before it existed.
    comparison : Comparison or None
        With the patient's last earlier ECG; None in results stored before it existed.
    """

    version: str
    severity: Severity
    known: bool
    quality: Quality
    measurements: tuple[Measurement, ...] = ()
    flags: tuple[Flag, ...] = ()
    r_peaks: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()
    verdict: Message | None = None
    detail: Detail | None = None
    comparison: Comparison | None = None

    def measurement(self, name: str) -> Measurement | None:
        """A measurement by name; None when nobody measured it."""
        return next((m for m in self.measurements if m.name == name), None)

    def measured(self, name: str) -> float | None:
        """Value of a measurement by name; None when absent or unknown."""
        found = self.measurement(name)
        return found.value if found is not None else None

    def corrected_by(self, formula: QtFormula) -> "Screening":
        """The same with `qtc` by this formula; unchanged where it was not measured so.

        All formulas are measured as ``qtc_FORMULA``; ``qtc`` is the one that is shown.
        """
        wanted = self.measurement(f"qtc_{formula}")
        if wanted is None:
            return self
        headline = replace(wanted, name="qtc", formula=formula)
        made = tuple(headline if m.name == "qtc" else m for m in self.measurements)
        return replace(self, measurements=made)

    @property
    def rank(self) -> Severity:
        """Where the list puts it: what could not be judged, or must be taken again, is urgent."""
        if self.known and self.quality is not Quality.RETAKE:
            return self.severity
        return max(self.severity, Severity.URGENT)

    @property
    def gravest(self) -> Flag | None:
        """The flag that decides where the list puts it; the first of equals."""
        return max(self.flags, key=lambda flag: flag.severity, default=None)

    @property
    def brief(self) -> "Screening":
        """The same without what is large."""
        return self if self.detail is None else replace(self, detail=None)

    def to_json(self) -> str:
        """JSON text from which :meth:`from_json` makes an equal value."""
        return _adapter().dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read back; ValueError when it is no result of screening."""
        found = _adapter().validate_json(text)
        if not isinstance(found, cls):
            raise TypeError("not a screening")
        return found


@cache
def _adapter() -> "TypeAdapter[Screening]":
    # Here, because values are imported everywhere: 0.1 s, and a pydantic that is half loaded
    # when Qt for Python comes cannot load the rest (its import hook reads each module's source).
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(Screening)
