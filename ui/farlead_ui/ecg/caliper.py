"""One caliper: two legs in samples and millivolts; no Qt."""

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Self

from farlead_ui.ecg.tangent import Tangent


class Kind(StrEnum):
    """What a caliper measures."""

    TIME = "time"
    VOLTAGE = "voltage"


class Hold(IntEnum):
    """Which part of a caliper moves."""

    FIRST = 0
    SECOND = 1
    BOTH = 2


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: a sample of the recording and, for voltages, a level in millivolts."""

    sample: int
    mv: float = 0.0


@dataclass(frozen=True, slots=True)
class Caliper:
    """Two legs.

    Parameters
    ----------
    kind : Kind
    legs : (Leg, Leg)
    lead : int or None
        Row of the samples; None: across all leads (time only).
    march : bool
        Whether the interval is repeated over the whole page.
    tangent : Tangent or None
        Of a QT that was measured so; gone once a leg is moved by hand.
    """

    kind: Kind
    legs: tuple[Leg, Leg]
    lead: int | None = None
    march: bool = False
    tangent: Tangent | None = None

    @property
    def samples(self) -> int:
        """Distance of the legs in samples."""
        return abs(self.legs[1].sample - self.legs[0].sample)

    @property
    def millivolts(self) -> float:
        """From the first leg to the second."""
        return self.legs[1].mv - self.legs[0].mv

    def ms(self, fs: float) -> float:
        """Distance of the legs in milliseconds."""
        return self.samples / fs * 1000.0

    def with_leg(self, which: int, leg: Leg) -> Self:
        """The same with one leg elsewhere."""
        legs = (leg, self.legs[1]) if which == 0 else (self.legs[0], leg)
        return replace(self, legs=legs, tangent=None)
