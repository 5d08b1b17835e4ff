"""Comparison with the patient's last earlier recording.

Both are measured by the same program, so that a difference is one of the heart, not of two
methods. What counts as a change is for the rules to say; here stand the differences alone. Whose
recordings are the same patient's is decided before: this module is handed recordings.

References
----------
B. J. A. Schijvenaars, G. van Herpen, J. A. Kors, "Intraindividual variability in
electrocardiograms", J Electrocardiol 41 (2008) 190-196, doi:10.1016/j.jelectrocard.2008.01.012.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.facts import Facts, Figure, FindingLike, Found
from farlead.analysis.measure import Measured
from farlead.model.comparison import Compared, Comparison, Difference

#: Earlier recordings that are looked at, the newest first: the first one that can be compared
#: counts.
MOST = 2
#: Figures that are compared, by the name of their difference.
_FIGURES = {
    "change_heart_rate": "heart_rate",
    "change_pr": "pr",
    "change_qrs": "qrs",
    "change_qtc": "qtc",
    "change_axis": "axis",
}
#: Part of a median beat that is compared, in seconds from its QRS peak: any QRS complex.
_BEFORE, _AFTER = 0.08, 0.10
#: The two are laid over each other as well as can be within so many seconds, in steps.
_SLACK, _STEP = 0.020, 0.002
#: Of one lead the likeness would be that lead's; so many tell the heart's.
_FEWEST_LEADS = 3
#: Begin of the codes of findings whose coming is told; and those that a few milliseconds make
#: come and go: their intervals are compared instead.
_CONDUCTION = ("conduction.", "av.")
_OF_MILLISECONDS = frozenset({"av.block1", "conduction.rbbb.incomplete", "conduction.ivcd"})
#: What leads the heart; runs and tachycardias within a rhythm are findings of their own.
_BASIC = frozenset(
    f"rhythm.{name}"
    for name in (
        "sinus", "atrial", "af", "flutter", "svt", "junctional", "ventricular", "paced", "vf",
        "asystole",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the two recordings: what was measured and what the rules were asked about."""

    measured: Measured
    facts: Facts
    known: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """Differences as quantities and findings for the rules, and the comparison to be shown."""

    comparison: Comparison
    figures: Mapping[str, Figure]
    leads: Mapping[str, Mapping[str, float]]
    findings: tuple[FindingLike, ...] = ()


def compare(now: Side, earlier: Iterable[Side]) -> Changes:
    """Differences between a recording and the last one before it that can be compared.

    Parameters
    ----------
    now : Side
    earlier : iterable of Side
        The newest first; those after the first that can be compared are not asked for.
    """
    seen: Side | None = None
    for before in earlier:
        if _comparable(now) and _comparable(before):
            return _changes(now, before)
        seen = seen or before
    if seen is None:
        return Changes(Comparison(), {}, {})
    recorded = seen.measured.recording.start
    return Changes(Comparison(Compared.NOT_COMPARABLE, recorded), {}, {})


def _comparable(side: Side) -> bool:
    return side.known and side.measured.representative is not None


def _changes(now: Side, before: Side) -> Changes:
    figures = dict(_figures(now.facts, before.facts))
    alike = likeness(now.measured, before.measured)
    if alike is not None:
        doubtful = bool(now.facts.doubtful or before.facts.doubtful)
        figures["likeness_qrs"] = Figure(alike, certain=not doubtful)
    return Changes(
        Comparison(
            Compared.DONE, before.measured.recording.start, tuple(_differences(now, before))
        ),
        figures,
        dict(_leads(now.facts, before.facts)),
        tuple(_findings(now, before)),
    )


def _differences(now: Side, before: Side) -> Iterator[Difference]:
    units = {"heart_rate": "/min", "axis": "°"}
    for name in _FIGURES.values():
        old, new = before.facts.figures.get(name), now.facts.figures.get(name)
        yield Difference(
            name, units.get(name, "ms"), old.value if old else None, new.value if new else None
        )


def _figures(now: Facts, before: Facts) -> Iterator[tuple[str, Figure]]:
    for change, name in _FIGURES.items():
        new, old = now.figures.get(name), before.figures.get(name)
        if new is not None and old is not None:
            apart = abs(new.value - old.value)
            if name == "axis":
                apart = min(apart, 360.0 - apart)
            yield change, Figure(apart, certain=new.certain and old.certain)


def _leads(now: Facts, before: Facts) -> Iterator[tuple[str, dict[str, float]]]:
    """By how much J rose in each lead, and how far T turned over; doubtful leads are left out."""
    doubtful = now.doubtful | before.doubtful

    def pairs(name: str) -> Iterator[tuple[str, float, float]]:
        old = before.leads.get(name, {})
        for lead, value in now.leads.get(name, {}).items():
            if lead in old and lead not in doubtful:
                yield lead, value, old[lead]

    yield "change_j", {lead: new - old for lead, new, old in pairs("j")}
    yield "change_t", {lead: abs(new - old) for lead, new, old in pairs("t") if new * old < 0}


def _findings(now: Side, before: Side) -> Iterator[Found]:
    every = tuple(range(len(now.measured.finding.r_peaks)))
    led, once_led = _basic(now), _basic(before)
    if led and once_led and led != once_led:
        yield Found("serial.rhythm", beats=every)
    old = {finding.code for finding in before.facts.findings}
    for finding in now.facts.findings:
        code = finding.code
        if not code.startswith(_CONDUCTION) or code in _OF_MILLISECONDS | old:
            continue
        if finding.certain:
            leads = tuple(finding.leads) or now.measured.recording.leads
            yield Found("serial.new_conduction", tuple(finding.beats), leads)


def _basic(side: Side) -> str | None:
    """The one rhythm that certainly leads the heart; None where there is doubt."""
    found = [f for f in side.facts.findings if f.code in _BASIC]
    return found[0].code if len(found) == 1 and found[0].certain else None


def likeness(now: Measured, before: Measured) -> float | None:
    """How much alike the QRS complexes of two recordings are, over all leads that both have.

    Returns
    -------
    float or None
        Cosine of the angle between the two median complexes, taken as vectors of all samples of
        all leads: 1 for the same shape at whatever size, 0 for nothing in common. None where
        fewer than three leads can be compared.
    """
    shared = [name for name in now.names if name and name in before.names]
    if len(shared) < _FEWEST_LEADS:
        return None
    at = np.arange(-_BEFORE, _AFTER, _STEP)
    here = _complexes(now, shared, at)
    lags = np.arange(-_SLACK, _SLACK + _STEP / 2, _STEP)
    best = max(_cosine(here, _complexes(before, shared, at + lag)) for lag in lags)
    return best if np.isfinite(best) else None


def _complexes(
    side: Measured, names: Sequence[str], at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Median complexes of these leads at these seconds from the QRS peak, (leads, times)."""
    beat = side.representative
    if beat is None:
        return np.full((len(names), at.size), np.nan)
    places = at * side.recording.fs + beat.r
    samples = np.arange(beat.beats.shape[1])
    rows = [side.names.index(name) for name in names]
    return np.stack([np.interp(places, samples, beat.beats[row]) for row in rows])


def _cosine(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    both = np.isfinite(a).all(1) & np.isfinite(b).all(1)
    if int(both.sum()) < _FEWEST_LEADS:
        return float("-inf")
    x, y = a[both], b[both]
    size = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / size if size > 0 else float("-inf")
