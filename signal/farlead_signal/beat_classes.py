"""What a beat is called by its origin; :mod:`farlead_signal.beat_labels` tells it."""

from enum import StrEnum


class BeatClass(StrEnum):
    """Origin of a beat as far as shape, time and P wave tell it."""

    DOMINANT = "dominant"
    SUPRAVENTRICULAR = "supraventricular"
    VENTRICULAR = "ventricular"
    PACED = "paced"
    FUSION = "fusion"
    UNKNOWN = "unknown"
