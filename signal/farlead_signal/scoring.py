"""Beat-by-beat comparison of detected with reference beats, after ANSI/AAMI EC57.

Rules, as the reference implementation ``bxb`` applies them and as the tests state them:

- Beats match when they are no farther apart than the window (0.15 s), the limit included.
- Each beat matches at most once; two detections at one place are one too many, while
  the same mark twice is one beat. Beats are taken in order; before a pair is accepted one beat
  ahead is looked at on both sides, and the nearer partner is preferred. At a tie the earlier
  beats pair.
- The comparison begins at `start` (EC57: 5:00); earlier beats of both lists do not count. A
  beat just before `start` is no partner for one just after it.
- Inside the spans given in `exclude` (shutdown, ventricular fibrillation), widened by the
  window, no beat of either list counts.

References
----------
ANSI/AAMI EC57:2012, Testing and reporting performance results of cardiac rhythm and
ST segment measurement algorithms, 4.3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]

#: Matching window of EC57 and its learning period, in seconds.
WINDOW, LEARNING = 0.150, 300.0


@dataclass(frozen=True, slots=True)
class BeatScore:
    """Counts of a comparison; scores add up with ``+`` to gross figures.

    Parameters
    ----------
    tp, fp, fn : int
        Matched beats, extra detections, missed reference beats.
    """

    tp: int
    fp: int
    fn: int

    @property
    def sensitivity(self) -> float:
        """``tp / (tp + fn)``; NaN without reference beats."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def ppv(self) -> float:
        """Positive predictivity, ``tp / (tp + fp)``; NaN without detections."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def f1(self) -> float:
        """Harmonic mean of both; NaN where there are neither beats nor detections."""
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def errors(self) -> int:
        """Extra and missed beats together."""
        return self.fp + self.fn

    def __add__(self, other: "BeatScore") -> "BeatScore":
        return BeatScore(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def score_beats(
    reference: ArrayLike,
    detected: ArrayLike,
    fs: float,
    window: float = WINDOW,
    *,
    start: float = 0.0,
    exclude: Sequence[tuple[float, float]] = (),
) -> BeatScore:
    """Compare detected with reference beats.

    Parameters
    ----------
    reference, detected : array_like, shape (beats,)
        Positions in samples, in any order; fractions are rounded.
    fs : float
        Sampling rate in hertz.
    window : float
        Greatest distance of a match, in seconds.
    start : float
        Beginning of the comparison, in seconds (EC57: 300).
    exclude : sequence of (float, float)
        Spans left out, in samples.

    Raises
    ------
    ValueError
        When the window is negative, the rate is not positive, a span ends before it begins, or
        a position is not a finite number.
    """
    pairs, extra, missed = match_beats(
        reference, detected, fs, window, start=start, exclude=exclude
    )
    return BeatScore(len(pairs), extra.size, missed.size)


def match_beats(
    reference: ArrayLike,
    detected: ArrayLike,
    fs: float,
    window: float = WINDOW,
    *,
    start: float = 0.0,
    exclude: Sequence[tuple[float, float]] = (),
) -> tuple[NDArray[np.int64], Ints, Ints]:
    """Matched pairs (shape (pairs, 2)), extra detections and missed reference beats.

    Parameters and errors as for :func:`score_beats`.
    """
    if not (np.isfinite(window) and window >= 0 and np.isfinite(fs) and fs > 0):
        raise ValueError(f"a window of {window} s at {fs} Hz")
    if not all(first <= last for first, last in exclude):
        raise ValueError(f"a span left out ends before it begins: {list(exclude)}")
    reach = window * fs
    known = np.unique(_counted(reference, start * fs, exclude, reach))
    found = _counted(detected, start * fs, exclude, reach)
    i, j = _pairs(known.tolist(), found.tolist(), reach).T
    return np.stack([known[i], found[j]], axis=1), np.delete(found, j), np.delete(known, i)


def _counted(
    beats: ArrayLike, start: float, exclude: Sequence[tuple[float, float]], reach: float
) -> Ints:
    given = np.asarray(beats)
    if given.size == 0:
        return np.zeros(0, np.int64)
    if given.ndim != 1 or given.dtype.kind not in "fiu" or not np.isfinite(given).all():
        raise ValueError("beats are samples: one dimension of finite numbers")
    positions = np.sort(np.rint(given).astype(np.int64))
    counted = positions >= start
    for first, last in exclude:
        counted &= (positions < first - reach) | (positions > last + reach)
    return positions[counted]


def _pairs(known: list[int], found: list[int], reach: float) -> NDArray[np.int64]:
    """Places of the partners in both lists, shape (pairs, 2)."""
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(known) and j < len(found):
        gap = found[j] - known[i]
        if abs(gap) > reach:
            i, j = (i + 1, j) if gap > 0 else (i, j + 1)
        elif _nearer(found, j, known, i):
            j += 1
        elif _nearer(known, i, found, j):
            i += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return np.array(pairs, np.int64).reshape(-1, 2)


def _nearer(candidates: list[int], at: int, partners: list[int], partner: int) -> bool:
    """Whether the next candidate is nearer to the partner and has no nearer partner itself."""
    if at + 1 >= len(candidates):
        return False
    following, wanted = candidates[at + 1], partners[partner]
    if abs(following - wanted) >= abs(candidates[at] - wanted):
        return False
    if partner + 1 >= len(partners):
        return True
    return abs(following - wanted) <= abs(following - partners[partner + 1])


def windowed_sensitivity(
    reference: ArrayLike,
    detected: ArrayLike,
    fs: float,
    seconds: float = 10.0,
    *,
    start: float = 0.0,
    exclude: Sequence[tuple[float, float]] = (),
) -> NDArray[np.float64]:
    """Sensitivity in each stretch of `seconds` that holds reference beats.

    The sensitivity of a long record hides trouble; alarms follow the worst stretches.
    """
    pairs, _, missed = match_beats(reference, detected, fs, start=start, exclude=exclude)
    everything = np.concatenate([pairs[:, 0], missed])
    if everything.size == 0:
        return np.zeros(0)
    stretch = (everything // (seconds * fs)).astype(np.int64)
    hit = np.bincount(stretch[: len(pairs)], minlength=int(stretch.max()) + 1)
    total = np.bincount(stretch, minlength=hit.size)
    return np.asarray(hit[total > 0] / total[total > 0])


def gross(scores: Mapping[str, BeatScore]) -> BeatScore:
    """Sum over all records."""
    return sum(scores.values(), BeatScore(0, 0, 0))


def average(scores: Mapping[str, BeatScore]) -> tuple[float, float]:
    """Mean sensitivity and positive predictivity over the records that have them."""
    sensitivity = [s.sensitivity for s in scores.values() if s.tp + s.fn]
    ppv = [s.ppv for s in scores.values() if s.tp + s.fp]
    nothing = float("nan")
    return (
        float(np.mean(sensitivity)) if sensitivity else nothing,
        float(np.mean(ppv)) if ppv else nothing,
    )


def table(scores: Mapping[str, BeatScore]) -> str:
    """The EC57 table: one line a record, then gross and average."""
    lines = [f"{'record':<10}{'TP':>8}{'FN':>6}{'FP':>6}{'Se %':>9}{'+P %':>9}{'F1 %':>9}"]
    lines += [_line(name, score) for name, score in scores.items()]
    lines.append(_line("gross", gross(scores)))
    sensitivity, ppv = average(scores)
    lines.append(f"{'average':<30}{100 * sensitivity:>9.3f}{100 * ppv:>9.3f}")
    return "\n".join(lines)


def _line(name: str, score: BeatScore) -> str:
    figures = "".join(f"{100 * x:>9.3f}" for x in (score.sensitivity, score.ppv, score.f1))
    return f"{name:<10}{score.tp:>8}{score.fn:>6}{score.fp:>6}{figures}"
