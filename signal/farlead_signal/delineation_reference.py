"""Delineation, plain and slow: what :func:`farlead_signal.delineation.delineate` does, in loops.

One beat, one lead, one sample at a time, for reading and for tests that compare the two. The
parameters are those of the fast path; the points are not put in order. It takes recordings of a
few beats without gaps, says nothing of what cannot be judged, and does not know pacing spikes.
"""

from collections.abc import Callable
from math import nan, sqrt, tanh
from statistics import median
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal import complexes as qrs
from farlead_signal import delineation as fast
from farlead_signal import waves
from farlead_signal import windows as cuts
from farlead_signal.plain_rows import Row, correlation, covered, hump, slope, smooth

#: A beat as its leads.
Beat: TypeAlias = list[Row]
#: Onset, peak and offset.
Three: TypeAlias = tuple[float, float, float]


def delineate_plainly(
    signal: NDArray[np.floating], fs: float, r_peaks: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Points of every lead and beat.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts, no gaps.
    fs : float
        Hertz.
    r_peaks : ndarray of int64, shape (beats,)
        As many as are worked on at once, at most.

    Returns
    -------
    ndarray of float64, shape (8, leads, beats)
        Samples, not rounded; NaN where there is no P wave.
    """
    step = max(1, round(fs / cuts.WORKING_RATE))
    rate = fs / step
    leads = [smooth([float(v) for v in row], cuts.SMOOTH * fs, step) for row in signal]
    centres = _aligned(leads, [(int(p) + step // 2) // step for p in r_peaks], rate)
    r, after = round(cuts.BEFORE * rate), round(cuts.AFTER * rate)
    beats = [[_cut(lead, centre, r, after) for lead in leads] for centre in centres]
    rr = [float(gap) / fs for gap in np.diff(r_peaks)]
    found = _points(beats, [fast.UNSEEN, *rr], [*rr, fast.UNSEEN], r, rate)
    shifts = np.array(centres, float) - r
    return np.asarray((np.array(found).transpose(2, 1, 0) + shifts) * step)


def _cut(row: Row, centre: int, before: int, after: int) -> Row:
    return [row[min(max(i, 0), len(row) - 1)] for i in range(centre - before, centre + after)]


def _aligned(leads: list[Row], peaks: list[int], fs: float) -> list[int]:
    """Peaks, moved to where the slopes over all leads lie on their median."""
    activity = [sum(abs(s) for s in of_leads) for of_leads in zip(*map(slope, leads), strict=True)]
    before, after = round(cuts.ALIGN_BEFORE * fs), round(cuts.ALIGN_AFTER * fs)
    moved = round(cuts.MOVED * fs)
    for _ in range(2):
        parts = [_cut(activity, peak, before, after) for peak in peaks]
        usual = [median(values) for values in zip(*parts, strict=True)]

        def fit(place: int, usual: Row = usual) -> float:
            part = _cut(activity, place, before, after)
            product = sum(a * b for a, b in zip(part, usual, strict=True))
            return product / sqrt(max(sum(a * a for a in part), 1e-12))

        peaks = [max(range(p - moved, p + moved + 1), key=fit) for p in peaks]
    return peaks


def _points(
    beats: list[Beat], before: list[float], after: list[float], r: int, fs: float
) -> list[list[list[float]]]:
    """Points of each beat and lead, as window indices."""
    low, high = r - round(cuts.ALIKE_BEFORE * fs), r + round(cuts.ALIKE_AFTER * fs)
    parts = [[lead[low:high] for lead in beat] for beat in beats]
    weights = _weights(parts, cuts.ALIKE, cuts.SAME)
    means = _averaged(beats, _lent(weights, before, after))
    extents = [_extent(beat, r, fs) for beat in means]
    t = _repolarisation(means, [last for _, last in extents], before, after, r, fs)
    ends = [median(lead[2] for lead in beat) for beat in t]
    ended = [end - gap * fs for end, gap in zip([ends[0], *ends[:-1]], before, strict=True)]
    on_t: list[bool] = []
    for k, (first, _) in enumerate(extents):
        latest = first - fast.P_ROOM * fs
        on_t.append(before[k] >= fast.EARLY * median(before) and ended[k] > latest)
        ended[k] = latest if on_t[k] else ended[k]
    calm = [_calm_before(b, first, fs) for b, (first, _) in zip(means, extents, strict=True)]
    p, there = _atrial(beats, calm, ended, on_t, r, fs)
    found = []
    for k, beat in enumerate(means):
        edges = [_edges(lead, *extents[k], r, fs) for lead in beat]
        rows = [[*p[k][i], *edges[i], *t[k][i]] for i in range(len(beat))]
        found.append(_following(rows, there[k], fs))
    return found


def _weights(
    parts: list[Beat],
    from_: float,
    full: float,
    like: Callable[[Beat, Beat], float] = correlation,
) -> list[list[float]]:
    """With what weight each beat enters the average of each other."""
    weights = []
    for k, one in enumerate(parts):
        row = [min(max((like(one, o) - from_) / (full - from_), 0.0), 1.0) for o in parts]
        row[k] = 1.0
        weights.append([value / sum(row) for value in row])
    return weights


def _lent(weights: list[list[float]], before: list[float], after: list[float]) -> list[list[float]]:
    """Weights without those of beats whose next one has begun where T is looked for."""
    kept = []
    for k, row in enumerate(weights):
        latest = waves.T_GONE * sqrt(max(0.5 * (before[k] + after[k]), waves.SHORTEST))
        enough = min(after[k], latest + waves.T_MEETS, median(after))
        lent = [w if gap >= enough else 0.0 for w, gap in zip(row, after, strict=True)]
        kept.append([w / sum(lent) for w in lent])
    return kept


def _averaged(beats: list[Beat], weights: list[list[float]]) -> list[Beat]:
    leads, w = len(beats[0]), len(beats[0][0])
    return [
        [
            [sum(v * b[lead][i] for v, b in zip(row, beats, strict=True) if v) for i in range(w)]
            for lead in range(leads)
        ]
        for row in weights
    ]


def _extent(beat: Beat, r: int, fs: float) -> tuple[int, int]:
    """First and last sample of the complex over all leads."""
    start = max(0, r - round((qrs.REACH_BEFORE + qrs.MARGIN) * fs))
    stop = r + round((qrs.REACH_AFTER + qrs.MARGIN) * fs)
    raw = [
        sqrt(sum(s * s for s in of_leads) / len(beat))
        for of_leads in zip(*(slope(lead[start:stop]) for lead in beat), strict=True)
    ]
    inner = [sum(raw[i - 1 : i + 2]) / 3 for i in range(1, len(raw) - 1)]
    activity, r = [raw[0], *inner, raw[-1]], r - start
    near, size = round(0.1 * fs), max(2, round(qrs.CALM * fs))
    peak = max(range(max(0, r - near), r + near), key=lambda i: activity[i])
    limit = max(qrs.STEEP * activity[peak], qrs.RESTLESS * median(activity))
    low = [value < limit for value in activity]
    calm = [i for i in range(len(low) - size + 1) if all(low[i : i + size])]
    longer = max(size, round(qrs.CALM_BEFORE * fs))
    still = [i + longer for i in calm if i + longer <= peak and all(low[i : i + longer])]
    first = max(still, default=0)
    last = min([i - 1 for i in calm if i > peak], default=len(activity))
    first = max(first, r - round(qrs.REACH_BEFORE * fs))
    return first + start, min(last, r + round(qrs.REACH_AFTER * fs)) + start


def _edges(lead: Row, first: int, last: int, r: int, fs: float) -> tuple[float, float]:
    """Onset and offset of the complex in one lead."""
    beyond = round(qrs.BEYOND * fs)
    inside = range(first - beyond, last + beyond + 1)
    start = max(0, r - round((qrs.REACH_BEFORE + qrs.MARGIN) * fs))
    stop = r + round((qrs.REACH_AFTER + qrs.MARGIN) * fs)
    steep = slope(lead[start:stop])
    way = [abs(s) if start + i in inside else 0.0 for i, s in enumerate(steep)]
    begin = covered(way, qrs.FIRST)
    lead_in = qrs.LEAD_IN * (covered(way, qrs.SECOND) - begin)
    return start + begin - min(lead_in, qrs.LONGEST * fs), start + covered(way, 1 - qrs.LAST)


def _repolarisation(
    means: list[Beat], last: list[int], before: list[float], after: list[float], r: int, fs: float
) -> list[list[Three]]:
    rate = fs / waves.STEP
    rows = [[smooth(lead[r:], waves.T_SMOOTH * fs, waves.STEP) for lead in b] for b in means]
    found, share = [], _shares(rows)
    for k, beat in enumerate(rows):
        rr = max(0.5 * (before[k] + after[k]), waves.SHORTEST)
        begin = (last[k] - r) / fs + waves.T_AFTER
        met = min(waves.T_USUAL * sqrt(max(before[k], 0.0)), after[k] - waves.T_MEETS)
        end = max(waves.T_SHARE * after[k] - waves.T_SPARED, met)
        weight = []
        for time in (i / rate for i in range(len(beat[0]))):
            full = _falling(time / sqrt(rr), waves.T_FULL, waves.T_GONE)
            weight.append(full if begin <= time <= end else 0.0)
        near = _near(beat, share, weight, rate, waves.T_NEAR)
        weight = [w * max(n, waves.T_LEAST) for w, n in zip(weight, near, strict=True)]
        sizes = round(waves.T_REACH * rate), round(waves.T_LONGEST * rate)
        of_leads = [hump(lead, weight, waves.T_EDGES, *sizes) for lead in beat]
        found.append([tuple(r + waves.STEP * point for point in hump[:3]) for hump in of_leads])
    return found  # type: ignore[return-value]  # tuples of three


def _calm_before(beat: Beat, first: int, fs: float) -> int:
    """Where a P wave must be over: before all that is steeper than anything further ahead."""
    early, late = round(qrs.EARLIEST * fs), round(qrs.TAPERS * fs)

    def power(at: int) -> float:
        ends = [(lead[max(at - 1, 0)], lead[max(at + 1, 0)]) for lead in beat]
        return sum((b - a) ** 2 for a, b in ends)

    usual = max(power(first - k) for k in range(late + 1, early + 1))
    last = first - round(qrs.SPARED * fs)
    for at in range(first - late, first):
        if power(at) > qrs.STEEPER**2 * usual:
            return min(last, at - 1)
    return last


def _atrial(
    beats: list[Beat], calm: list[int], ended: list[float], on_t: list[bool], r: int, fs: float
) -> tuple[list[list[Three]], list[bool]]:
    rate, span = fs / waves.STEP, round(waves.COMPARED * fs / waves.STEP)
    ends = [min(max(at, 1), r) for at in calm]
    begins = [min(max(int(e - waves.P_ON_T * fs), 0), b) for e, b in zip(ended, ends, strict=True)]
    rows = []
    for beat, begin, end in zip(beats, begins, ends, strict=True):
        held = [[lead[min(max(i, begin), end)] for i in range(r + 1)] for lead in beat]
        rows.append([smooth(lead, waves.P_SMOOTH * fs, waves.STEP) for lead in held])
    parts = []
    for beat, end in zip(rows, ends, strict=True):
        at = [max(end // waves.STEP + i, 0) for i in range(-span, 0)]
        parts.append([_straightened([lead[i] for i in at]) for lead in beat])
    room = [e - b >= waves.P_SHORTEST * fs for b, e in zip(begins, ends, strict=True)]
    there = [_supported(parts, k) and room[k] for k in range(len(parts))]
    rows = _averaged(rows, _weights(parts, waves.P_ALIKE, waves.P_SAME, _same_wave))
    found: list[list[tuple[float, ...]]] = []
    share = _shares(rows)
    for beat, end, begin in zip(rows, ends, begins, strict=True):
        weight = []
        for i in range(len(beat[0])):
            ahead = (end - waves.STEP * i) / fs
            allowed = waves.STEP * i >= begin
            clear = min(max(ahead / waves.P_CLEAR, 0.0), 1.0)
            weight.append(allowed * clear * _falling(ahead, waves.P_FULL, waves.P_GONE))
        near = _near(beat, share, weight, rate, waves.P_NEAR)
        weight = [w * n for w, n in zip(weight, near, strict=True)]
        sizes = round(waves.P_REACH * rate), round(waves.P_LONGEST * rate)
        of_leads = [hump(lead, weight, waves.P_EDGES, *sizes) for lead in beat]
        there[len(found)] &= _whole(of_leads, on_t[len(found)])
        ways = [[abs(s) * w for s, w in zip(slope(lead), weight, strict=True)] for lead in beat]
        usual = median(max(way) for way in ways)
        threes = [_by_way(h[:3], way, usual) for h, way in zip(of_leads, ways, strict=True)]
        found.append([tuple(waves.STEP * point for point in three) for three in threes])
    return found, there  # type: ignore[return-value]  # tuples of three


def _whole(of_leads: list[tuple[float, float, float, float, float]], on_t: bool) -> bool:
    """Whether the wave comes and goes, or at least goes upon a T wave, and is high enough."""
    heights = [0.5 * abs(before + after) for *_, before, after in of_leads]
    comes = sum(max(min(before, after), 0.0) for *_, before, after in of_leads)
    goes = sum(max(after, 0.0) for *_, after in of_leads)
    share = waves.SIDES * sum(heights)
    whole = comes >= share and max(heights) >= waves.LEAST_P
    return whole or (on_t and goes >= share and max(heights) >= waves.LEAST_ON_T)


def _by_way(three: Three, steep: Row, usual: float) -> Three:
    """Onset and offset of P halfway to where the way of its weighted slopes begins and ends."""
    own = max(steep)
    noise = min(max(waves.P_STEEP * own, waves.P_COMMON * usual), waves.P_NOISY * own)
    way = [max(s - noise, 0.0) for s in steep]
    begin, end = covered(way, waves.P_FIRST), covered(way, 1 - waves.P_LAST)
    return 0.5 * (three[0] + begin), three[1], 0.5 * (three[2] + end)


def _straightened(row: Row) -> Row:
    """A row less the straight line through it that has no mean."""
    line = [-1 + 2 * i / (len(row) - 1) for i in range(len(row))]
    tilt = sum(a * b for a, b in zip(row, line, strict=True)) / sum(b * b for b in line)
    return [a - tilt * b for a, b in zip(row, line, strict=True)]


def _same_wave(one: Beat, other: Beat) -> float:
    """Correlation of what lies before the complex, less when the sizes differ much."""
    sizes = sorted(
        sqrt(sum((v - sum(r) / len(r)) ** 2 for r in b for v in r)) for b in (one, other)
    )
    return correlation(one, other) * min(1.0, waves.UNLIKE * sizes[0] / (sizes[1] + 1e-9))


def _supported(parts: list[Beat], k: int) -> bool:
    others = [_same_wave(parts[k], other) for j, other in enumerate(parts) if j != k]
    return len(parts) < 3 or median(others) >= waves.SUPPORT


def _falling(value: float, full: float, gone: float) -> float:
    return min(max((gone - value) / (gone - full), 0.0), 1.0)


def _shares(rows: list[Beat]) -> list[float]:
    """One over the mean squared slope of each lead, all beats."""
    leads = range(len(rows[0]))
    squares = [[s * s for beat in rows for s in slope(beat[lead])] for lead in leads]
    return [1 / max(sum(values) / len(values), 1e-12) for values in squares]


def _near(
    beat: Beat, share: list[float], weight: Row, fs: float, near: tuple[float, float, float]
) -> Row:
    """How near each sample is to where the slopes of all leads are steepest."""
    steep = [slope(lead) for lead in beat]
    energy = [
        w * sum(v * s[i] ** 2 for v, s in zip(share, steep, strict=True))
        for i, w in enumerate(weight)
    ]
    width, full, gone = near
    half = round(width / 2 * fs)
    sums = [sum(energy[max(i - half + 1, 0) : i + half + 1]) for i in range(len(energy))]
    centre = sums.index(max(sums))
    return [_falling(abs(i - centre) / fs, full, gone) for i in range(len(energy))]


def _following(rows: list[list[float]], has_p: bool, fs: float) -> list[list[float]]:
    """Points of one beat's leads, drawn to the middle of the leads."""
    drawn = []
    for name, points in zip(fast.POINTS, zip(*rows, strict=True), strict=True):
        usual = median(points)
        share, far = fast.P_FOLLOWS if name.startswith("p_") else fast.FOLLOWS
        kept = [usual + share * far * fs * tanh((point - usual) / (far * fs)) for point in points]
        drawn.append([nan] * len(kept) if name.startswith("p_") and not has_p else kept)
    return [list(lead) for lead in zip(*drawn, strict=True)]
