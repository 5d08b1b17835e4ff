"""The measurements of the median beat, plainly: slow, readable, one lead and one wave at a time.

It decides as :mod:`farlead_signal.intervals`, :mod:`farlead_signal.amplitudes`,
:mod:`farlead_signal.axis` and :mod:`farlead_signal.representative` do; tests compare them.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def median_beat(
    signal: Floats, fs: float, centres: Sequence[int], before: int, after: int, onset: int
) -> Floats:
    """Median of windows around `centres`, baseline a parabola through the PQ levels.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts; beyond its ends its last value goes on.
    fs : float
        Hertz.
    centres : sequence of int
        Samples of the members, put in place.
    before, after : int
        Samples of the window before and after each centre.
    onset : int
        Samples from the beginning of the QRS complexes to their centres.

    Returns
    -------
    ndarray of float64, shape (leads, before + after + 1)
    """
    rows = []
    for lead in signal.astype(np.float64):
        levels = [_level(lead, centre - onset, fs) for centre in centres]
        beats = []
        for number, centre in enumerate(centres):
            beat = []
            for sample in range(centre - before, centre + after + 1):
                t = (sample - (centre - onset)) / fs
                inside = min(max(sample, 0), lead.size - 1)
                beat.append(lead[inside] - _baseline(t, number, centres, levels, fs))
            beats.append(beat)
        rows.append([median(column) for column in zip(*beats, strict=True)])
    return np.array(rows)


def _level(lead: Floats, onset: int, fs: float) -> float:
    first, last = onset - max(1, round(0.018 * fs)), onset - round(0.004 * fs)
    return float(np.mean(lead[first : max(last, first + 1)]))


def _baseline(
    t: float, number: int, centres: Sequence[int], levels: Sequence[float], fs: float
) -> float:
    """Lagrange's polynomial through this member's level and its near neighbours'."""
    knots = [(0.0, levels[number])]
    for other in (number - 1, number + 1):
        if 0 <= other < len(centres):
            apart = (centres[other] - centres[number]) / fs
            if abs(apart) < 2.5:
                knots.append((apart, levels[other]))
    total = 0.0
    for i, (x, level) in enumerate(knots):
        weight = 1.0
        for k, (other_x, _) in enumerate(knots):
            if k != i:
                weight *= (t - other_x) / (x - other_x)
        total += weight * level
    return total


def qrs_waves(lead: Floats, first: int, last: int, noise: float, fs: float) -> dict[str, float]:
    """Q, R, S, R′, S′ in mV and their durations in ms, of one lead.

    Parameters
    ----------
    lead : ndarray, shape (w,)
        Millivolts above the PQ junction.
    first, last : int
        Global QRS onset and offset.
    noise : float
        Noise of the median beat in mV.
    fs : float
        Hertz.
    """
    level = max(0.010, 3 * noise)
    waves: list[tuple[int, int, int, float]] = []
    sample = first
    while sample <= last:
        way = _sign(float(lead[sample]), level)
        stop = sample
        while stop <= last and _sign(float(lead[stop]), level) == way:
            stop += 1
        height = max(abs(float(v)) for v in lead[sample:stop])
        turns = stop <= last or height - abs(float(lead[last])) >= 0.030
        if way != 0 and height >= 0.030 and stop - sample >= 0.006 * fs and turns:
            if waves and waves[-1][0] == way:
                _, start, _, tall = waves.pop()
                waves.append((way, start, stop, max(tall, height)))
            else:
                waves.append((way, sample, stop, height))
        sample = stop
    names = ["q", "r", "s", "r2", "s2"]
    if not waves or waves[0][0] > 0:
        names = names[1:]
    found = {}
    for name, (way, start, stop, height) in zip(names, waves, strict=False):
        found[name] = way * height
        if name != "s2":
            found[f"{name}_ms"] = 1000 * (stop - start) / fs
    return found


def _sign(value: float, level: float) -> int:
    return 1 if value > level else -1 if value < -level else 0


def own_j(lead: Floats, offset: int, fs: float) -> int:
    """First sample, within 20 ms, from which the lead moves by 5 mV/s or less over 6 ms."""
    run = max(1, round(0.006 * fs))
    for j in range(offset, offset + round(0.020 * fs) + 1):
        if j + run < len(lead) and abs(float(lead[j + run]) - float(lead[j])) <= 5.0 * run / fs:
            return j
    return offset


def st_levels(lead: Floats, offset: int, fs: float) -> dict[str, float]:
    """ST at J and 40, 60, 80 ms after it in mV, and the slope from J to 80 ms in mV/s."""
    found = {}
    j = own_j(lead, offset, fs)
    for name, after in (("j", 0.0), ("j40", 0.040), ("j60", 0.060), ("j80", 0.080)):
        first = j + round(after * fs)
        count = max(1, round(0.004 * fs) + 1)
        found[name] = sum(float(v) for v in lead[first : first + count]) / count
    part = [float(v) for v in lead[j : j + round(0.080 * fs) + 1]]
    times = [i / fs for i in range(len(part))]
    mean_t, mean = sum(times) / len(times), sum(part) / len(part)
    above = sum((t - mean_t) * (v - mean) for t, v in zip(times, part, strict=True))
    found["st_slope"] = above / sum((t - mean_t) ** 2 for t in times)
    return found


def greatest(lead: Floats, first: int, last: int) -> float:
    """Value farthest from the baseline between two samples, with its sign."""
    part = [float(v) for v in lead[first : last + 1]]
    return max(part) if max(part) >= -min(part) else min(part)


#: Directions of the limb leads in degrees, and their lengths in Einthoven's triangle.
DIRECTIONS = {"I": 0, "II": 60, "III": 120, "aVR": -150, "aVL": -30, "aVF": 90}


def axis(leads: Mapping[str, Floats], first: int, last: int) -> float:
    """Axis in degrees from the net amplitudes of limb leads, by the normal equations.

    Parameters
    ----------
    leads : mapping of str to ndarray
        Two limb leads at least, in mV above the PQ junction.
    first, last : int
        Begin and end of the wave.
    """
    xx = xy = yy = xn = yn = 0.0
    for name, lead in leads.items():
        part = [float(v) for v in lead[first : last + 1]]
        net = max(*part, 0.0) + min(*part, 0.0)
        length = math.sqrt(3) / 2 if name.startswith("aV") else 1.0
        x = length * math.cos(math.radians(DIRECTIONS[name]))
        y = length * math.sin(math.radians(DIRECTIONS[name]))
        xx, xy, yy = xx + x * x, xy + x * y, yy + y * y
        xn, yn = xn + x * net, yn + y * net
    det = xx * yy - xy * xy
    return math.degrees(math.atan2((xx * yn - xy * xn) / det, (yy * xn - xy * yn) / det))
