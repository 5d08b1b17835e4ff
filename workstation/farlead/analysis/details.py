"""Beat by beat and lead by lead: arrays of the signal core as plain, compact values."""

from collections.abc import Callable, Iterable
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.evidence import intervals
from farlead.analysis.measure import Measured
from farlead.model.detail import Detail, LeadQuantity, WaveMarks
from farlead_signal.delineation import Fiducials
from farlead_signal.quality import LeadQuality

_POINTS = tuple(field.name for field in fields(WaveMarks))


def detail(measured: Measured) -> Detail:
    """Everything of a recording that is not one figure."""
    fiducials = measured.fiducials
    return Detail(
        fs=float(measured.recording.fs) if measured.rate_possible else None,
        samples=int(measured.recording.samples.shape[-1]),
        leads=measured.recording.leads,
        states=tuple(str(quality.state) for quality in measured.leads),
        rr=intervals(measured),
        overall=None if fiducials is None else _overall(fiducials),
        marks=() if fiducials is None else lead_marks(fiducials),
        table=tuple(_noise(measured.leads)),
        missing=measured.missing,
    )


def lead_marks(fiducials: Fiducials) -> tuple[WaveMarks, ...]:
    """Fiducial points of each lead, as plain numbers."""
    every = np.stack([getattr(fiducials, name) for name in _POINTS])
    return tuple(_marks(lead) for lead in every.transpose(1, 0, 2).tolist())


def _overall(fiducials: Fiducials) -> WaveMarks:
    found = fiducials.overall
    if found is None:
        return WaveMarks()
    return _marks([getattr(found, name).tolist() for name in _POINTS])


def _marks(points: Iterable[list[int]]) -> WaveMarks:
    return WaveMarks(*(tuple(each) for each in points))


def _noise(leads: tuple[LeadQuality, ...]) -> Iterable[LeadQuantity]:
    """What disturbs each lead."""
    columns: tuple[tuple[str, str, Callable[[LeadQuality], float]], ...] = (
        ("noise", "above the QRS band, rms", lambda lead: lead.noise),
        ("mains", "amplitude at 50 or 60 Hz, the greater", lambda lead: lead.mains),
    )
    for name, method, value in columns if leads else ():
        yield LeadQuantity(name, "mV", method, rounded(np.array([value(lead) for lead in leads])))


def rounded(values: NDArray[np.floating], digits: int = 4) -> tuple[float | None, ...]:
    """Values as they are stored: what is no number is None."""
    cut = np.round(np.asarray(values, np.float64), digits)
    known = np.isfinite(cut)
    if known.all():
        return tuple(cut.tolist())
    return tuple(v if k else None for v, k in zip(cut.tolist(), known.tolist(), strict=True))
