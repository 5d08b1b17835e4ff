"""What was found in a recording: a value without any threshold of an institution in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from farlead_signal.spans import SignalSpan


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with its evidence.

    Parameters
    ----------
    code : str
        Stable id, such as ``rhythm.af`` or ``ectopy.v.bigeminy``.
    beats : tuple of int
        Numbers of the beats that show it.
    leads : tuple of str
        Leads that show it best, by the names they were given with; empty for all.
    spans : tuple of SignalSpan
        Where it shows, in samples.
    values : mapping
        What was measured of it: ``rate`` (/min), ``seconds``, ``beats``, ``count``,
        ``rr_shortest`` (ms), ``rr_longest`` (s), ``ratio``; others are named where they are made.
    certain : bool
        Whether nothing else explains it as well.
    """

    code: str
    beats: tuple[int, ...] = ()
    leads: tuple[str, ...] = ()
    spans: tuple[SignalSpan, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)
    certain: bool = True
