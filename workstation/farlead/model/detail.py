"""What screening measured beat by beat and lead by lead: the part of a result that is large.

Plain numbers in tuples, so that it compares by value, travels and is stored as compact lists.
"""

from dataclasses import dataclass
from enum import StrEnum

#: Positions below zero: the wave is not there; it cannot be judged.
ABSENT, UNTOLD = -1, -2


class BeatKind(StrEnum):
    """Class of a beat."""

    DOMINANT = "dominant"
    SUPRAVENTRICULAR = "supraventricular"
    VENTRICULAR = "ventricular"
    PACED = "paced"
    FUSION = "fusion"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class WaveMarks:
    """Where the waves of each beat begin, peak and end.

    Each a tuple of int, one for each beat: samples of the recording (of the window, for a
    median beat), :data:`ABSENT` or :data:`UNTOLD`.
    """

    p_on: tuple[int, ...] = ()
    p_peak: tuple[int, ...] = ()
    p_off: tuple[int, ...] = ()
    qrs_on: tuple[int, ...] = ()
    qrs_off: tuple[int, ...] = ()
    t_on: tuple[int, ...] = ()
    t_peak: tuple[int, ...] = ()
    t_off: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LeadQuantity:
    """One column of the table of leads.

    Parameters
    ----------
    name : str
        ``r_amplitude``, ``st_j60``, ``noise`` …; its text has the id ``lead_quantity.NAME``.
    unit : str
        ``mV``, ``ms``, ``mV/s``.
    method : str
        How it was made.
    values : tuple of float or None
        One for each lead.
    reasons : tuple of str
        Why a value is None or doubtful, one id for each lead ("" where it is good); empty when
        all are good.
    """

    name: str
    unit: str
    method: str
    values: tuple[float | None, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MedianBeats:
    """The median beat of the dominant class.

    Parameters
    ----------
    r : int
        Index of the QRS peak in the windows.
    members : tuple of int
        Numbers of the beats that made it.
    microvolts : tuple of tuple of (int or None)
        One window for each lead; None where nothing was recorded.
    leads, overall : WaveMarks
        Of each lead, and over all leads; positions are indices of the windows.
    """

    r: int
    members: tuple[int, ...]
    microvolts: tuple[tuple[int | None, ...], ...]
    leads: tuple[WaveMarks, ...] = ()
    overall: WaveMarks = WaveMarks()


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything of a recording that is not one figure.

    Parameters
    ----------
    fs : float or None
        Sampling rate in hertz that positions count; None when the recording has no usable one.
    samples : int
        Length of the recording.
    leads : tuple of str
        Names as the recording has them, in the order of all that is given by lead.
    states : tuple of str
        Verdict on each lead: ``good``, ``noisy``, ``missing`` …
    rr : tuple of float or None
        Milliseconds from each beat to the next; None across a stretch without verdict.
    beats : tuple of BeatKind
        Class of each beat.
    overall : WaveMarks or None
        Fiducial points over all leads; None where no waves were looked for.
    marks : tuple of WaveMarks
        Fiducial points of each lead.
    table : tuple of LeadQuantity
        Measurements of each lead.
    medians : MedianBeats or None
    spikes : tuple of int
        Samples of the pacing spikes.
    missing : tuple of (str, str)
        Which part is not there, and the id of the reason.
    """

    fs: float | None
    samples: int
    leads: tuple[str, ...]
    states: tuple[str, ...] = ()
    rr: tuple[float | None, ...] = ()
    beats: tuple[BeatKind, ...] = ()
    overall: WaveMarks | None = None
    marks: tuple[WaveMarks, ...] = ()
    table: tuple[LeadQuantity, ...] = ()
    medians: MedianBeats | None = None
    spikes: tuple[int, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()

    def quantity(self, name: str) -> LeadQuantity | None:
        """A column of the table of leads; None when it was not measured."""
        return next((column for column in self.table if column.name == name), None)
