"""Ventricular beats in a row: patterns, runs, tachycardia, its forms, and beats on T waves.

Nothing here decides what a beat is (:mod:`farlead_signal.beat_labels` does); nothing here says how
dangerous it is (rule tables do).
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.beat_windows import BeatWindows
from farlead_signal.findings import Finding
from farlead_signal.spans import SignalSpan, runs

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

#: Beats that make a run, and rate from which a run is a tachycardia.
RUN, TACHYCARDIA = 3, 100.0
#: Beats of the pattern that make bigeminy and trigeminy: three times the group.
GROUPS = 3
#: The QRS complex for comparing successive beats, in seconds around the middle of its slopes.
QRS = (-0.11, 0.16)
#: Correlation below which two beats have different forms.
DIFFERENT = 0.6
#: Beats of a run needed to call its form changing; share of successive pairs that differ.
CHANGING_RUN, CHANGING = 5, 0.4
#: Beats of a run whose axis turns round, and the correlation of two of them that points the other
#: way.
TWIST_BEATS, OPPOSITE = 6, -0.5
#: QTc of the other beats, in ms, from which a polymorphic tachycardia is torsades de pointes.
LONG_QTC = 480.0
#: A beat falls on the T wave when it begins before this share of the time from its top to its
#: end; the beat begins so long before R, in seconds.
ON_T, BEGINS = 0.5, 0.06


def ectopy(
    seconds: Floats, marked: Bools, kind: str, beats: BeatWindows | None = None
) -> tuple[Finding, ...]:
    """Premature beats of one kind: their number, couplets, bigeminy, trigeminy, forms.

    Parameters
    ----------
    seconds : ndarray of float64, shape (beats,)
        Times of the beats.
    marked : ndarray of bool, shape (beats,)
        Beats of this kind.
    kind : str
        ``v`` or ``sv``.
    beats : BeatWindows, optional
        Of the same beats; without it the forms are not told.
    """
    count = int(np.count_nonzero(marked))
    if count == 0:
        return ()
    at = np.flatnonzero(marked)
    found = [Finding(f"ectopy.{kind}", _numbers(at), values={"count": count})]
    stretches = runs(marked)
    pairs = stretches[stretches[:, 1] - stretches[:, 0] == 2]
    if pairs.size:
        found.append(
            Finding(
                f"ectopy.{kind}.couplet",
                _numbers(np.unique(_within(pairs))),
                values={"count": len(pairs)},
            )
        )
    for name, period in (("bigeminy", 2), ("trigeminy", 3)):
        if kind == "sv" and period > 2:
            continue
        members = _periodic(marked, period)
        if members.size:
            found.append(Finding(f"ectopy.{kind}.{name}", _numbers(members)))
    if kind == "v" and beats is not None and count > 1:
        found.extend(_multiform(beats, at))
    if kind == "sv":
        found.extend(_supraventricular_runs(seconds, stretches))
    return tuple(found)


def _numbers(at: Ints) -> tuple[int, ...]:
    return tuple(at.tolist())


def _within(stretches: Ints) -> Ints:
    return np.concatenate([np.arange(a, b) for a, b in stretches.tolist()])


def _periodic(marked: Bools, period: int) -> Ints:
    """Marked beats of stretches in which exactly every n-th beat is marked."""
    at = np.flatnonzero(marked)
    steady = np.diff(at) == period
    members = [at[a : b + 1] for a, b in runs(steady).tolist() if b - a + 1 >= GROUPS]
    return np.concatenate(members) if members else np.zeros(0, np.int64)


def _correlations(beats: BeatWindows, at: Ints) -> Floats:
    """Correlation of the QRS complexes of some beats with one another."""
    rows = beats.part(*QRS)[at]
    rows = (rows - rows.mean(2, keepdims=True)).reshape(at.size, -1)
    rows = rows / np.sqrt(np.einsum("mf,mf->m", rows, rows) + 1e-9)[:, None]
    return np.asarray(rows @ rows.T)


def _multiform(beats: BeatWindows, at: Ints) -> tuple[Finding, ...]:
    at = at[:256]
    alike = _correlations(beats, at)
    if alike.min() > DIFFERENT:
        return ()
    first = int(np.count_nonzero(alike > DIFFERENT, axis=1).argmax())
    other = at[alike[first] <= DIFFERENT]
    values = {"count": 2.0}
    return (Finding("ectopy.v.multiform", _numbers(other), values=values, certain=at.size > 2),)


def _supraventricular_runs(seconds: Floats, stretches: Ints) -> list[Finding]:
    found = []
    for first, last in stretches[stretches[:, 1] - stretches[:, 0] >= RUN].tolist():
        values = _run_values(seconds, first, last)
        found.append(Finding("ectopy.sv.run", tuple(range(first, last)), values=values))
    return found


def _run_values(seconds: Floats, first: int, last: int) -> dict[str, float]:
    """Beats, seconds and rate of a run; its rate is that of its inner intervals."""
    begins = max(first, 0)
    inner = np.diff(seconds[begins:last])
    lasts = float(seconds[last - 1] - seconds[first])
    usual = float(np.median(inner)) if inner.size else np.nan
    return {"beats": float(last - first), "seconds": lasts + usual, "rate": 60.0 / usual}


def ventricular_runs(
    seconds: Floats, fs: float, marked: Bools, beats: BeatWindows | None, qtc: float | None = None
) -> tuple[Finding, ...]:
    """Runs of three ventricular beats or more: tachycardia from 100/min, and its forms.

    Parameters
    ----------
    seconds : ndarray of float64, shape (beats,)
        Times of the beats.
    fs : float
        Hertz.
    marked : ndarray of bool, shape (beats,)
        Ventricular beats.
    beats : BeatWindows, optional
        Of the same beats; without it the forms are not told.
    qtc : float, optional
        Of the other beats, in ms: torsades de pointes is a polymorphic tachycardia where QT is
        long.
    """
    stretches = runs(marked)
    found: list[Finding] = []
    for first, last in stretches[stretches[:, 1] - stretches[:, 0] >= RUN].tolist():
        values = _run_values(seconds, first, last)
        at = np.arange(first, last)
        span = SignalSpan(round(seconds[first] * fs), round(seconds[last - 1] * fs) + 1, "run")
        fast = values["rate"] >= TACHYCARDIA
        code = "rhythm.vt" if fast else "rhythm.ventricular"
        found.append(Finding(code, _numbers(at), spans=(span,), values=values))
        if fast:
            found.append(Finding("ectopy.v.run", _numbers(at), spans=(span,), values=values))
        if fast and beats is not None and at.size >= CHANGING_RUN:
            found.extend(_forms(beats, at, span, values, qtc))
    return tuple(found)


def _forms(
    beats: BeatWindows, at: Ints, span: SignalSpan, values: dict[str, float], qtc: float | None
) -> list[Finding]:
    """Bidirectional or polymorphic tachycardia; torsades where it twists or QT is long."""
    alike = _correlations(beats, at[:256])
    following, second = np.diagonal(alike, 1), np.diagonal(alike, 2)
    if (following < 0).mean() > 1 - CHANGING and np.median(second) > DIFFERENT:
        code = "rhythm.vt.bidirectional"
    elif (following < DIFFERENT).mean() >= CHANGING:
        code = "rhythm.vt.polymorphic"
    elif at.size >= TWIST_BEATS and alike.min() <= OPPOSITE and np.median(following) > 0:
        code = "rhythm.vt.polymorphic"  # the axis turns round, a little with each beat
    else:
        return []
    found = [Finding(code, _numbers(at), spans=(span,), values=values, certain=False)]
    if code == "rhythm.vt.polymorphic" and qtc is not None and qtc >= LONG_QTC:
        values = values | {"qtc": qtc}
        found.append(Finding("rhythm.torsades", _numbers(at), (), (span,), values, certain=False))
    return found


def r_on_t(peaks: Ints, fs: float, marked: Bools, t_peak: Ints, t_off: Ints) -> tuple[Finding, ...]:
    """Ventricular beats that begin on the T wave of the beat before.

    Parameters
    ----------
    peaks : ndarray of int64, shape (beats,)
        Samples of R.
    fs : float
        Hertz.
    marked : ndarray of bool, shape (beats,)
        Ventricular beats.
    t_peak, t_off : ndarray of int64, shape (beats,)
        Top and end of the T waves, below zero where not known. The usual ones of the other beats
        are taken: where a beat falls on it, the end of the T wave is not seen.
    """
    known = (t_peak >= 0) & (t_off >= 0) & ~marked
    if not known.any() or not marked[1:].any():
        return ()
    top, end = (float(np.median((t - peaks)[known])) for t in (t_peak, t_off))
    limit = top + ON_T * (end - top)
    on = marked.copy()
    on[0] = False
    on[1:] &= ~marked[:-1] & (np.diff(peaks) - BEGINS * fs < limit)
    at = np.flatnonzero(on)
    if at.size == 0:
        return ()
    values = {
        "count": float(at.size),
        "rr_shortest": float(1000 * np.diff(peaks)[at - 1].min() / fs),
    }
    return (Finding("ectopy.v.r_on_t", _numbers(at), values=values, certain=False),)
