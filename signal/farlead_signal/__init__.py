"""Signal core: arrays in, arrays out; knows leads and millivolts, not patients."""

from farlead_signal.delineation import ABSENT, UNKNOWN, Fiducials, delineate, delineate_beats
from farlead_signal.qrs import BeatFinding, detect_qrs, detect_qrs_batch, find_beats
from farlead_signal.spans import SignalSpan

__all__ = [
    "ABSENT",
    "UNKNOWN",
    "BeatFinding",
    "Fiducials",
    "SignalSpan",
    "delineate",
    "delineate_beats",
    "detect_qrs",
    "detect_qrs_batch",
    "find_beats",
]
