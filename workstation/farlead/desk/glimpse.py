"""A few seconds of the lead that shows why an ECG is urgent: what an arrival's card draws."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead.desk.contents import Content
from farlead.model.recording import Recording
from farlead.model.screening import Flag
from farlead.model.worklist import Row

#: Seconds of a glimpse, and how much of it lies before what it shows.
SECONDS, BEFORE = 3.0, 0.4

# Where nothing says which lead shows it: the lead of rhythm.
_RHYTHM = ("II", "V1", "I")


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """Part of one lead.

    Parameters
    ----------
    study : int
    lead : str
    samples : ndarray, shape (n,), mV
        At most :data:`SECONDS` of it; NaN where nothing was recorded.
    fs : float
        Samples a second.
    """

    study: int
    lead: str
    samples: NDArray[np.float32]
    fs: float


def glimpse(row: Row, contents: Sequence[Content]) -> Glimpse | None:
    """The evidence of the gravest flag of an ECG, else its lead of rhythm; None without any."""
    recording = next((c for c in contents if isinstance(c, Recording)), None)
    if recording is None or not recording.leads:
        return None
    flag = row.screening.gravest if row.screening is not None else None
    lead = _lead(flag, recording.leads)
    fs = recording.fs
    start = max(round(flag.spans[0].start - BEFORE * fs), 0) if flag and flag.spans else 0
    count = round(SECONDS * fs)
    start = max(min(start, recording.samples.shape[1] - count), 0)
    part = recording.samples[recording.leads.index(lead), start : start + count]
    return Glimpse(row.study.id, lead, part.copy(), fs)  # the recording itself is let go


def _lead(flag: Flag | None, leads: tuple[str, ...]) -> str:
    wanted = (*(flag.leads if flag is not None else ()), *_RHYTHM, leads[0])
    return next(lead for lead in wanted if lead in leads)
