"""Every other beat differs: T wave alternans, and electrical alternans of the QRS complex.

Both are looked for in regular beats of the dominant shape that follow one another. What alternates
is seen on paper: the microvolt alternans of a stress test is no matter of a resting ECG. Sizes and
shares are ours; the synthetic ECGs of the tests stand for them, there were no real ones.

References
----------
D. S. Rosenbaum et al., N Engl J Med 330 (1994) 235-241, doi:10.1056/NEJM199401273300402.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.beat_sheet import in_a_row
from farlead_signal.beat_windows import BeatWindows, middle
from farlead_signal.findings import Finding
from farlead_signal.rows import means
from farlead_signal.spans import runs

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

#: Beats in a row that are needed, so that each half of them has two of a kind; their intervals are
#: as even as this share: after an early beat T is another for a reason of its own.
FEWEST, EVEN = 8, 0.10
#: Beats that are looked at.
MOST = 64
#: QRS complex and T wave after R, and the level before them, in seconds. T ends no later than so
#: long before the next R.
QRS, T, LEVEL, BEFORE_NEXT = (-0.06, 0.08), (0.16, 0.42), (-0.10, -0.06), 0.22
#: A T wave alternates by this in mV, a QRS complex by this share of its height; where QRS does so
#: by more than the last share, T follows it and does not alternate by itself.
T_SIZE, QRS_SHARE, QRS_STEADY = 0.10, 0.20, 0.10
#: The size is so many times what the beats of one kind scatter.
TIMES_SCATTER = 3.0
#: Likeness of the difference in the first half of the beats to that in the second half: of noise
#: every mean of a few beats differs from that of others.
SAME = 0.7
#: Leads with an alternating T wave, one beside the other: two may share a loose electrode's fate.
#: Leads with an alternating QRS complex.
T_LEADS, QRS_LEADS = 3, 4


def alternans(
    beats: BeatWindows, usual: Bools, seconds: Floats, names: Sequence[str]
) -> tuple[Finding, ...]:
    """``repolarisation.alternans`` or ``pattern.electrical_alternans``.

    Parameters
    ----------
    beats : BeatWindows
    usual : ndarray of bool, shape (beats,)
        Beats of the dominant class and shape.
    seconds : ndarray of float64, shape (beats,)
        Times of the beats.
    names : sequence of str
        Of the leads.
    """
    first, last = _even_run(usual, seconds)
    if last - first < FEWEST:
        return ()
    part = replace(beats, values=beats.values[first:last])
    interval = float(middle(seconds[first + 1 : last] - seconds[first : last - 1]))
    end = min(T[1], interval - BEFORE_NEXT)
    if end - T[0] < 0.1:
        return ()
    # What the beats of one kind have in common, against the other: most hearts go no further.
    scale = np.asarray(np.where(part.scale > 0, part.scale, np.inf), np.float32)[:, None]
    first_kind, second_kind = (_mean(part.values[kind::2] / scale) for kind in (0, 1))
    apart = part.one(first_kind - second_kind)
    mean = part.one(0.5 * (first_kind + second_kind)).part(*QRS)[0]
    height = np.maximum(mean.max(1) - mean.min(1), 1e-9)
    shares = _size(apart, QRS) / height
    sizes = _size(apart, (T[0], end))
    told = tuple(range(first, last))
    many = (shares >= QRS_SHARE) & _in_turn(part, QRS, asked=bool(shares.max() >= QRS_SHARE))
    if np.count_nonzero(many) >= min(QRS_LEADS, len(names)):
        leads = tuple(names[i] for i in np.flatnonzero(many).tolist() if i < len(names))
        values = {"share": float(shares.max())}
        return (Finding("pattern.electrical_alternans", told, leads, (), values, False),)
    own = (np.round(sizes, 2) >= T_SIZE) & (shares < QRS_STEADY)
    if np.count_nonzero(own) < T_LEADS:
        return ()
    own &= _in_turn(part, (T[0], end), asked=True)
    named = [names[i] for i in np.flatnonzero(own).tolist() if i < len(names)]
    shown = in_a_row([*named, *(["-aVR"] if "aVR" in named else [])], T_LEADS)
    if not shown:
        return ()
    values = {"t": float(sizes[own].max())}
    found = tuple(lead.removeprefix("-") for lead in shown)
    return (Finding("repolarisation.alternans", told, found, (), values, certain=False),)


def _size(apart: BeatWindows, window: tuple[float, float]) -> Floats:
    """Greatest difference of the two kinds in each lead, in the units of the rows."""
    rows = apart.part(*window)[0] - means(apart.part(*LEVEL)[0])[:, None]
    return np.asarray(np.abs(rows).max(1))


def _mean(beats: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.add.reduce(beats) / np.float32(len(beats)))


def _even_run(usual: Bools, seconds: Floats) -> tuple[int, int]:
    """The longest stretch of usual beats at even intervals, no more than MOST beats of it."""
    intervals = seconds[1:] - seconds[:-1]
    if intervals.size < FEWEST - 1:
        return 0, 0
    even = np.abs(intervals / float(middle(intervals)) - 1) <= EVEN
    stretches = runs(usual[1:] & usual[:-1] & even)
    if stretches.size == 0:
        return 0, 0
    a, b = stretches[int((stretches[:, 1] - stretches[:, 0]).argmax())].tolist()
    return a, min(b + 1, a + MOST)


def _in_turn(beats: BeatWindows, window: tuple[float, float], *, asked: bool) -> Bools:
    """Leads in which each beat differs from the one before by turns, and always alike.

    Every pair differs in its turn, by more than the beats of one kind scatter, and the first half
    of the beats shows the same difference as the second.
    """
    if not asked:
        return np.zeros(beats.values.shape[1], bool)
    rows = beats.part(*window) - means(beats.part(*LEVEL))[..., None]
    difference = _mean(rows[::2]) - _mean(rows[1::2])
    along = np.vecdot(rows, difference)
    along /= np.sqrt(np.vecdot(difference, difference)) + 1e-12
    half = len(rows) // 4 * 2
    one, other = (_mean(part[::2]) - _mean(part[1::2]) for part in (rows[:half], rows[half:]))
    power = np.vecdot(one, one) * np.vecdot(other, other)
    again = np.vecdot(one, other) >= SAME * np.sqrt(power)
    signs = np.where(np.arange(len(rows)) % 2, -1.0, 1.0)[:, None]
    turns = ((signs[:-1] * (along[:-1] - along[1:])) > 0).all(0)
    apart = along[::2].mean(0) - along[1::2].mean(0)
    rest = np.where(signs > 0, along - along[::2].mean(0), along - along[1::2].mean(0))
    return np.asarray(turns & again & (apart >= TIMES_SCATTER * rest.std(0)))
