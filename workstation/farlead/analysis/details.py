"""Beat by beat and lead by lead: arrays of the signal core as plain, compact values."""

from collections.abc import Iterable
from dataclasses import fields
from math import isfinite
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.evidence import intervals
from farlead.analysis.figures import no_p
from farlead.analysis.measure import Measured
from farlead.model.detail import BeatKind, Detail, LeadQuantity, MedianBeats, WaveMarks
from farlead_signal.amplitudes import METHODS, UNITS, LeadMeasures
from farlead_signal.delineation import Fiducials
from farlead_signal.pacing import Spikes
from farlead_signal.quality import LeadQuality
from farlead_signal.representative import Representative
from farlead_signal.rows import finite

#: What disturbs a lead, and how it is measured.
_DISTURBANCES = {
    "noise": "above the QRS band, rms",
    "mains50": "amplitude at 50 Hz",
    "mains60": "amplitude at 60 Hz",
    "muscle": "30 to 100 Hz between QRS complexes, without the mains, rms",
    "wander": "way of the baseline from trough to peak within 10 s",
}
_IN_MS = np.array([UNITS[name] == "ms" for name in METHODS])[:, None]
_points = attrgetter(*(field.name for field in fields(WaveMarks)))
_measures = attrgetter(*METHODS)
_disturbances = attrgetter(*_DISTURBANCES)


def detail(measured: Measured) -> Detail:
    """Everything of a recording that is not one figure."""
    fiducials, median = measured.fiducials, measured.representative
    spikes = measured.spikes
    return Detail(
        fs=float(measured.recording.fs) if measured.rate_possible else None,
        samples=int(measured.recording.samples.shape[-1]),
        leads=measured.recording.leads,
        states=tuple(str(quality.state) for quality in measured.leads),
        rr=intervals(measured),
        beats=() if median is None else tuple(BeatKind(str(kind)) for kind in median.classes),
        overall=None if fiducials is None else _overall(fiducials),
        marks=() if fiducials is None else lead_marks(fiducials),
        table=(*_noise(measured.leads), *_waves(measured.lead_measures, no_p(measured))),
        spikes=() if spikes is None else tuple(spikes.positions.tolist()),
        medians=None if median is None else _medians(median),
        missing=(*measured.missing, *_no_spikes(spikes)),
    )


def _no_spikes(spikes: Spikes | None) -> tuple[tuple[str, str], ...]:
    """Why pacing spikes could not be found, where they could not."""
    if spikes is None or spikes.able:
        return ()
    return (("spikes", f"spikes_{spikes.reason}"),)


def _medians(median: Representative) -> MedianBeats:
    """The median beat in whole microvolts, as fine as any recorder is."""
    rows: list[list[int | None]]
    if finite(median.beats):
        rows = np.rint(median.beats * 1000).astype(np.int64).tolist()
    else:
        beats = median.beats.tolist()
        rows = [[round(v * 1000) if isfinite(v) else None for v in row] for row in beats]
    return MedianBeats(
        r=int(median.r),
        members=tuple(median.members.tolist()),
        microvolts=tuple(map(tuple, rows)),
        leads=lead_marks(median.fiducials),
        overall=_overall(median.fiducials),
    )


def lead_marks(fiducials: Fiducials) -> tuple[WaveMarks, ...]:
    """Fiducial points of each lead, as plain numbers."""
    return tuple(map(_marks, zip(*(each.tolist() for each in _points(fiducials)), strict=True)))


def _overall(fiducials: Fiducials) -> WaveMarks:
    found = fiducials.overall
    if found is None:
        return WaveMarks()
    return _marks(each.tolist() for each in _points(found))


def _marks(points: Iterable[list[int]]) -> WaveMarks:
    return WaveMarks(*map(tuple, points))


def _noise(leads: tuple[LeadQuality, ...]) -> Iterable[LeadQuantity]:
    """What disturbs each lead."""
    if not leads:
        return
    millivolts = np.array([_disturbances(lead) for lead in leads], np.float64)
    columns = _told(np.round(1000 * millivolts.T, 1))
    for (name, method), column in zip(_DISTURBANCES.items(), columns, strict=True):
        yield LeadQuantity(name, "µV", method, column)


def _waves(leads: tuple[LeadMeasures, ...], no_p: str) -> Iterable[LeadQuantity]:
    """Waves and ST of each lead; a wave that is not there says so.

    `no_p`: why the beats have no P wave, whatever the median beat shows.
    """
    gone_p = {"p": no_p, "p2": no_p} if no_p else {}
    absent = [dict(lead.absent) | gone_p for lead in leads]
    doubt = any(lead.reason for lead in leads)
    for name, column in zip(METHODS, _columns(leads), strict=True) if leads else ():
        wave = name.removesuffix("_ms")
        values = (None,) * len(leads) if wave in gone_p else column
        reasons: tuple[str, ...] = ()
        if doubt or None in values:
            reasons = tuple(
                lead.reason or ("" if value is not None else gone.get(wave, "no_wave"))
                for lead, gone, value in zip(leads, absent, values, strict=True)
            )
        yield LeadQuantity(name, UNITS[name], METHODS[name], values, reasons)


def _columns(leads: tuple[LeadMeasures, ...]) -> list[tuple[float | None, ...]]:
    """All measures as they are stored, one column of the leads for each."""
    table = np.array([_measures(lead) for lead in leads], np.float64).T
    return _told(np.where(_IN_MS, np.round(table, 1), np.round(table, 4)))


def _told(table: NDArray[np.float64]) -> list[tuple[float | None, ...]]:
    """Rows as they are stored: what is no number is None."""
    return [tuple([v if isfinite(v) else None for v in row]) for row in table.tolist()]
