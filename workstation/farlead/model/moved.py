"""Measurements after the reader has moved marks of the median beat: what changes, and from what."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from farlead.model.screening import EDITED, Certainty, Measurement, Screening
from farlead_signal.qt import QtFormula, qtc

#: Marks of the median beat that can be moved, from left to right.
MARKS = ("p_on", "qrs_on", "qrs_off", "t_off")
#: Intervals by the marks that they lie between.
_BETWEEN = {
    "pr": ("p_on", "qrs_on"),
    "qrs": ("qrs_on", "qrs_off"),
    "qt": ("qrs_on", "t_off"),
    "jt": ("qrs_off", "t_off"),
    "p_duration": ("p_on", "p_off"),
}


def with_marks_moved(screening: Screening, moved: Mapping[str, int]) -> Screening:
    """The same with PR, QRS, QT, QTc, JT and P duration counted from the moved marks.

    Parameters
    ----------
    screening : Screening
        With its detail; without the marks of a median beat it is returned as it is.
    moved : mapping of str to int
        Samples by which marks of :data:`MARKS` were moved, later positive.

    Returns
    -------
    Screening
        What changed is :data:`~farlead.model.screening.EDITED` and keeps its old value.
    """
    fs = screening.detail.fs if screening.detail is not None else None
    if not any(moved.values()) or not fs:
        return screening
    changed = {made.name: made for made in _intervals(screening, moved, fs)}
    if "qt" in changed:
        changed |= {made.name: made for made in _corrected(screening, changed["qt"])}
    made = tuple(changed.get(m.name, m) for m in screening.measurements)
    return replace(screening, measurements=made)


def edited(screening: Screening | None) -> list[Measurement]:
    """What the reader's marks have changed."""
    return [m for m in screening.measurements if m.edited] if screening is not None else []


def _intervals(screening: Screening, moved: Mapping[str, int], fs: float) -> Iterator[Measurement]:
    for name, (first, last) in _BETWEEN.items():
        by = (moved.get(last, 0) - moved.get(first, 0)) / fs * 1000.0
        made = screening.measurement(name)
        if made is None or by == 0:
            continue
        before = made.value
        whole = before if before is not None else _between(screening, first, last, fs)
        if whole is not None:
            yield _by_reader(made, whole + by)


def _between(screening: Screening, first: str, last: str, fs: float) -> float | None:
    """Interval between two marks as screening found them, ms; None where one is missing."""
    medians = screening.detail.medians if screening.detail is not None else None
    if medians is None:
        return None
    at: list[tuple[int, ...]] = [getattr(medians.overall, name) for name in (first, last)]
    if not all(place and place[0] >= 0 for place in at):
        return None
    return (at[1][0] - at[0][0]) / fs * 1000.0


def _corrected(screening: Screening, qt: Measurement) -> Iterator[Measurement]:
    """QTc of every formula from the moved QT and the mean RR interval."""
    rr = screening.measured("rr_mean")
    for made in screening.measurements:
        if made.formula is None or not made.name.startswith("qtc"):
            continue
        possible = rr is not None and rr > 0 and qt.value is not None and qt.value > 0
        value = qtc(qt.value or 0.0, rr or 0.0, QtFormula(made.formula)) if possible else None
        yield _by_reader(made, value)


def _by_reader(made: Measurement, value: float | None) -> Measurement:
    return replace(
        made, value=value, method=EDITED, quality=Certainty.GOOD, reason="", before=made.value
    )
