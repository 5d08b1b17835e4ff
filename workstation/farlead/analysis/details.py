"""Beat by beat and lead by lead: arrays of the signal core as plain, compact values."""

from collections.abc import Callable, Iterable
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.evidence import intervals
from farlead.analysis.measure import Measured
from farlead.model.detail import BeatKind, Detail, LeadQuantity, MedianBeats, WaveMarks
from farlead_signal.amplitudes import METHODS, UNITS, LeadMeasures
from farlead_signal.delineation import Fiducials
from farlead_signal.quality import LeadQuality
from farlead_signal.representative import Representative

_POINTS = tuple(field.name for field in fields(WaveMarks))


def detail(measured: Measured) -> Detail:
    """Everything of a recording that is not one figure."""
    fiducials, median = measured.fiducials, measured.representative
    return Detail(
        fs=float(measured.recording.fs) if measured.rate_possible else None,
        samples=int(measured.recording.samples.shape[-1]),
        leads=measured.recording.leads,
        states=tuple(str(quality.state) for quality in measured.leads),
        rr=intervals(measured),
        beats=() if median is None else tuple(BeatKind(str(kind)) for kind in median.classes),
        overall=None if fiducials is None else _overall(fiducials),
        marks=() if fiducials is None else lead_marks(fiducials),
        table=(*_noise(measured.leads), *_waves(measured.lead_measures)),
        medians=None if median is None else _medians(median),
        missing=measured.missing,
    )


def _medians(median: Representative) -> MedianBeats:
    """The median beat in whole microvolts, as fine as any recorder is."""
    known = np.isfinite(median.beats)
    whole = np.rint(np.where(known, median.beats, 0.0) * 1000).astype(np.int64)
    rows: list[list[int | None]] = whole.tolist()
    for row in np.flatnonzero(~known.all(1)).tolist():
        rows[row] = [v if k else None for v, k in zip(rows[row], known[row].tolist(), strict=True)]
    return MedianBeats(
        r=int(median.r),
        members=tuple(median.members.tolist()),
        microvolts=tuple(map(tuple, rows)),
        leads=lead_marks(median.fiducials),
        overall=_overall(median.fiducials),
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


def _waves(leads: tuple[LeadMeasures, ...]) -> Iterable[LeadQuantity]:
    """Waves and ST of each lead; a wave that is not there says so."""
    absent = [dict(lead.absent) for lead in leads]
    for name in METHODS if leads else ():
        wave = name.removesuffix("_ms")
        values: list[float | None] = [getattr(lead, name) for lead in leads]
        reasons = tuple(
            lead.reason or ("" if value is not None else gone.get(wave, "no_wave"))
            for lead, gone, value in zip(leads, absent, values, strict=True)
        )
        digits = 1 if UNITS[name] == "ms" else 4
        kept = tuple(None if v is None else round(v, digits) for v in values)
        said = reasons if any(reasons) else ()
        yield LeadQuantity(name, UNITS[name], METHODS[name], kept, said)


def rounded(values: NDArray[np.floating], digits: int = 4) -> tuple[float | None, ...]:
    """Values as they are stored: what is no number is None."""
    cut = np.round(np.asarray(values, np.float64), digits)
    known = np.isfinite(cut)
    if known.all():
        return tuple(cut.tolist())
    return tuple(v if k else None for v, k in zip(cut.tolist(), known.tolist(), strict=True))
