"""The median beat as a reader has it before the eyes: leads by name, in the order of the body.

What the criteria of conduction, ischaemia and repolarisation ask for, each in one place.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.amplitudes import LeadMeasures
from farlead_signal.axis import Axes
from farlead_signal.beat_classes import BeatClass
from farlead_signal.delineation import Fiducials
from farlead_signal.intervals import Intervals
from farlead_signal.qt import QtFormula
from farlead_signal.representative import Representative
from farlead_signal.voltages import r_height, s_depth

Floats: TypeAlias = NDArray[np.floating]

#: Neighbours: the frontal plane in Cabrera's order, with aVR from its other side, and the chest
#: from right to left.
FRONTAL = ("aVL", "I", "-aVR", "II", "aVF", "III")
CHEST = ("V1", "V2", "V3", "V4", "V5", "V6")
WHOLE_CHEST = ("V6R", "V5R", "V4R", "V3R", *CHEST, "V7", "V8", "V9")
INFERIOR, HIGH_LATERAL, LATERAL = ("II", "III", "aVF"), ("I", "aVL"), ("I", "aVL", "V5", "V6")
#: Findings of a rhythm whose QRS complexes a pacemaker makes.
PACED = frozenset({"rhythm.paced", "pacing.ventricular", "pacing.dual"})
#: Rate per minute below which Bazett's formula takes too much off QT.
SLOW = 60.0
#: Comparisons are made to 0.01 mV, as measures are shown: what reads 0.10 is 0.10.
DIGITS = 2

Measure: TypeAlias = Callable[[LeadMeasures], float | None]


@dataclass(frozen=True, slots=True, eq=False)
class BeatSheet:
    """A median beat with what was measured of it.

    Parameters
    ----------
    leads : mapping of str to LeadMeasures
        By standard name; those without any measure are left out.
    rows : mapping of str to ndarray, shape (w,)
        Millivolts.
    qrs_on, qrs_off, t_on, t_off, p_on, p_off : int
        Global points in samples of the window; below zero where there is none.
    fs : float
        Hertz.
    pr, qrs, qtc, rate, axis : float or None
        Milliseconds, per minute, degrees; QTc after Bazett, and QT itself below 60/min.
    kind : BeatClass
        Of the beats that made the median.
    codes : frozenset of str
        Findings that are known already: rhythm, and conduction.
    columns : dict of str to dict of str to float
        Measures that were asked for, by their names.
    """

    leads: Mapping[str, LeadMeasures]
    rows: Mapping[str, Floats]
    qrs_on: int
    qrs_off: int
    t_on: int
    t_off: int
    fs: float
    pr: float | None = None
    qrs: float | None = None
    qtc: float | None = None
    rate: float | None = None
    axis: float | None = None
    kind: BeatClass = BeatClass.DOMINANT
    codes: frozenset[str] = field(default_factory=frozenset)
    p_on: int = -1
    p_off: int = -1
    columns: dict[str, dict[str, float]] = field(default_factory=dict)

    def told(self, codes: Iterable[str]) -> "BeatSheet":
        """The same with more findings known."""
        more = self.codes.union(codes)
        return self if more == self.codes else replace(self, codes=more)

    def value(self, lead: str, name: str) -> float | None:
        """A measure in mV, ms or mV/s; of ``-aVR`` that of aVR seen from the other side."""
        if name not in self.columns:
            self.columns[name] = self._column(name)
        return self.columns[name].get(lead)

    def _column(self, name: str) -> dict[str, float]:
        """A measure of every lead where it is known, as it is shown."""
        found = {lead: getattr(measured, name) for lead, measured in self.leads.items()}
        known = {lead: value for lead, value in found.items() if value is not None}
        if name.endswith("_ms"):
            return known
        if "aVR" in known:
            known["-aVR"] = -known["aVR"]
        return {lead: round(value, DIGITS) for lead, value in known.items()}

    def at_least(self, lead: str, name: str, limit: float) -> bool:
        """Whether a measure is known and no less than this."""
        value = self.value(lead, name)
        return value is not None and value >= limit

    def at_most(self, lead: str, name: str, limit: float) -> bool:
        """Whether a measure is known and no more than this."""
        value = self.value(lead, name)
        return value is not None and value <= limit

    def r(self, lead: str) -> float:
        """The tallest positive wave of the QRS complex in mV; 0 without one."""
        return r_height(self.leads[lead]) if lead in self.leads else 0.0

    def s(self, lead: str) -> float:
        """The deepest negative wave after R or of a QS complex in mV, above 0; 0 without one."""
        return s_depth(self.leads[lead]) if lead in self.leads else 0.0

    def r_time(self, lead: str) -> float:
        """Longest positive wave of the QRS complex, in ms."""
        found = self.leads.get(lead)
        return 0.0 if found is None else max(found.r_ms or 0.0, found.r2_ms or 0.0)

    def net(self, lead: str) -> float:
        """The QRS complex's positive less its negative part in mV: which way it points."""
        found = self.leads.get(lead)
        return 0.0 if found is None else self.r(lead) - max(self.s(lead), -(found.q or 0.0))

    def qrs_row(self, lead: str) -> Floats:
        """The QRS complex of a lead; empty where the lead is missing."""
        row = self.rows.get(lead)
        return np.zeros(0) if row is None else row[self.qrs_on : self.qrs_off + 1]

    def peak_time(self, lead: str) -> float | None:
        """From QRS onset to the last of the highest points of QRS, in ms (R peak time)."""
        row = self.qrs_row(lead)
        return None if row.size == 0 else 1000.0 * int(row.argmax()) / self.fs


def beat_sheet(
    beat: Representative | None,
    names: Sequence[str],
    fs: float,
    leads: Sequence[LeadMeasures],
    intervals: Intervals,
    axes: Axes,
    codes: Iterable[str] = (),
) -> BeatSheet | None:
    """What the criteria are asked of; None without a median beat that has a QRS complex.

    Parameters
    ----------
    beat : Representative or None
    names : sequence of str
        Standard name of each row, "" where it is not known.
    fs : float
        Hertz.
    leads : sequence of LeadMeasures
        Of the same rows.
    intervals, axes
        Of the same beat.
    codes : iterable of str
        Findings that are known already.
    """
    if beat is None:
        return None
    overall: Fiducials = beat.fiducials.overall or beat.fiducials
    on, off, t_on, t_off, p_on, p_off = (
        int(getattr(overall, name).flat[0])
        for name in ("qrs_on", "qrs_off", "t_on", "t_off", "p_on", "p_off")
    )
    measured = {lead.lead: lead for lead in leads if lead.lead and lead.qrs_pp}
    if on < 0 or off <= on or not measured:
        return None
    rows = {name: row for name, row in zip(names, beat.beats, strict=True) if name in measured}
    rate, qt = intervals.rate.value, intervals.qt.value
    # As the formula that asks for it was made: Bazett, and not corrected below 60/min.
    bazett = intervals.qtc.get(QtFormula.BAZETT)
    qtc = qt if rate is not None and rate < SLOW else None if bazett is None else bazett.value
    return BeatSheet(
        leads=measured, rows=rows, qrs_on=on, qrs_off=off, t_on=t_on, t_off=t_off, fs=fs,
        pr=intervals.pr.value, qrs=intervals.qrs.value, rate=rate,
        qtc=qtc, axis=axes.qrs.value,
        kind=beat.kind, codes=frozenset(codes), p_on=p_on, p_off=p_off,
    )  # fmt: skip


def in_a_row(
    leads: Iterable[str], least: int = 2, orders: Sequence[Sequence[str]] = (FRONTAL, WHOLE_CHEST)
) -> tuple[str, ...]:
    """Those leads that stand beside at least so many less one others, in the order of the body.

    Examples
    --------
    >>> in_a_row(["I", "V1", "V2", "III"])
    ('V1', 'V2')
    """
    given, chosen = set(leads), []
    if len(given) < least:
        return ()
    for order in orders:
        run: list[str] = []
        for lead in (*order, ""):
            if lead in given:
                run.append(lead)
                continue
            chosen += run if len(run) >= least else []
            run = []
    return tuple(chosen)


def named(leads: Iterable[str]) -> tuple[str, ...]:
    """Leads by the names they have on the sheet."""
    return tuple(lead.removeprefix("-") for lead in leads)
