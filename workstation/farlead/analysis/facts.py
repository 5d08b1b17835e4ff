"""What the rules look at: quantities, findings, and what is known of the patient.

Plain values, so that rules can be tried on made-up ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from farlead.model.people import Sex
from farlead.model.screening import Span


class SpanLike(Protocol):
    """Part of a recording, in samples, half open."""

    @property
    def start(self) -> int:
        """First sample."""

    @property
    def stop(self) -> int:
        """Sample after the last one."""


class FindingLike(Protocol):
    """A finding of the signal core: what it is and where it shows, without any threshold."""

    @property
    def code(self) -> str:
        """Stable id, one of the vocabulary's."""

    @property
    def beats(self) -> tuple[int, ...]:
        """Numbers of the beats that show it."""

    @property
    def leads(self) -> tuple[str, ...]:
        """Leads that show it."""

    @property
    def spans(self) -> tuple[SpanLike, ...]:
        """Where it shows."""

    @property
    def values(self) -> Mapping[str, float]:
        """What was measured of it."""

    @property
    def certain(self) -> bool:
        """Whether there is no other explanation in the recording."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as a plain value."""

    code: str
    beats: tuple[int, ...] = ()
    leads: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity of the recording with the beats and spans that it was taken over.

    A remark needs a certain one; what is critical or urgent is said of a doubtful one too.
    """

    value: float
    certain: bool = True
    beats: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the patient; None is "not known", and then the most sensitive limit holds.

    Parameters
    ----------
    sex : Sex or None
        MALE or FEMALE.
    age : float or None
        Years.
    symptoms, unstable : bool or None
        Never in a recording; a reader or a request may tell.
    """

    sex: Sex | None = None
    age: float | None = None
    symptoms: bool | None = None
    unstable: bool | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rules of one recording are asked about.

    Parameters
    ----------
    known : Known
    figures : mapping
        Quantity of the recording -> figure; what could not be measured is left out.
    leads : mapping
        Quantity of leads -> lead -> value.
    findings : tuple of FindingLike
    samples : int
        Length of the recording, to tell whether a span was cut off.
    margin : int
        Samples from either end within which a span counts as cut off: about one beat.
    fs : float
        Hertz.
    doubtful : frozenset of str
        Leads whose values are doubtful.
    """

    known: Known = Known()
    figures: Mapping[str, Figure] = field(default_factory=lambda: MappingProxyType({}))
    leads: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[FindingLike, ...] = ()
    samples: int = 0
    margin: int = 0
    fs: float = 500.0
    doubtful: frozenset[str] = frozenset()
