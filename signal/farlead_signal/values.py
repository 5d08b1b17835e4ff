"""A measured value, with what it takes to judge it."""

import math
from dataclasses import dataclass
from typing import Literal

Quality = Literal["good", "doubtful", "unknown"]


@dataclass(frozen=True, slots=True)
class Value:
    """One figure. What cannot be told is None, with the reason; it is never a number.

    Parameters
    ----------
    value : float or None
    unit : str
        ``ms``, ``/min``, ``mV``, ``mV/s``, ``°``.
    method : str
        How it was made, in a few words.
    quality : {"good", "doubtful", "unknown"}
        ``unknown`` exactly when `value` is None.
    reason : str
        Stable id of why it is doubtful or unknown; "" when it is good.
    """

    value: float | None
    unit: str
    method: str
    quality: Quality = "good"
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != (self.quality == "unknown"):
            raise ValueError(f"value {self.value} of quality {self.quality}")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.value} is no value")
        if (self.quality == "good") == bool(self.reason):
            raise ValueError(f"quality {self.quality} for the reason {self.reason!r}")


def known(value: float, unit: str, method: str, doubt: str = "") -> Value:
    """A value; doubtful when a reason for doubt is given."""
    return Value(float(value), unit, method, "doubtful" if doubt else "good", doubt)


def unknown(unit: str, method: str, reason: str) -> Value:
    """No value, and why."""
    return Value(None, unit, method, "unknown", reason)
