"""Measurements as the reader leaves them: marks moved, values written over; and from what."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from farlead.model.report import Draft
from farlead.model.screening import EDITED, TYPED, Certainty, Measurement, Screening
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


def with_values_typed(screening: Screening, typed: Mapping[str, float]) -> Screening:
    """The same with values that the reader has written over what was measured.

    A QT that is written over gives QTc of every formula, unless that is written over too. What
    nobody measured cannot be written over. What changed is
    :data:`~farlead.model.screening.TYPED` and keeps its old value.
    """
    over = {name: found for name in typed if (found := screening.measurement(name)) is not None}
    changed = {name: _by_reader(found, typed[name], TYPED) for name, found in over.items()}
    if "qt" in changed:
        follow = {m.name: m for m in _corrected(screening, changed["qt"], TYPED)}
        changed = follow | changed
    made = tuple(changed.get(m.name, m) for m in screening.measurements)
    return replace(screening, measurements=made) if changed else screening


def as_left(screening: Screening | None, draft: Draft) -> Screening | None:
    """What was measured as a draft leaves it; None where nothing was."""
    if screening is None:
        return None
    return with_values_typed(with_marks_moved(screening, draft.moved), draft.typed)


def edited(screening: Screening | None) -> list[Measurement]:
    """What the reader has changed."""
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


def _corrected(
    screening: Screening, qt: Measurement, method: str = EDITED
) -> Iterator[Measurement]:
    """QTc of every formula from the QT as it is now and the mean RR interval."""
    rr = screening.measured("rr_mean")
    for made in screening.measurements:
        if made.formula is None or not made.name.startswith("qtc"):
            continue
        possible = rr is not None and rr > 0 and qt.value is not None and qt.value > 0
        value = qtc(qt.value or 0.0, rr or 0.0, QtFormula(made.formula)) if possible else None
        yield _by_reader(made, value, method)


def _by_reader(made: Measurement, value: float | None, method: str = EDITED) -> Measurement:
    before = made.before if made.edited else made.value
    return replace(
        made, value=value, method=method, quality=Certainty.GOOD, reason="", before=before
    )
