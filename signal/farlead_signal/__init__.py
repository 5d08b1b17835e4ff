"""Signal core: arrays in, arrays out; knows leads and millivolts, not patients."""

from farlead_signal.qrs import BeatFinding, detect_qrs, detect_qrs_batch, find_beats
from farlead_signal.spans import SignalSpan

__all__ = ["BeatFinding", "SignalSpan", "detect_qrs", "detect_qrs_batch", "find_beats"]
