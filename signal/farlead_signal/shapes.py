"""Beats grouped by the shape of their QRS complexes, in all leads at once.

Shapes are compared at about 125 Hz by their *likeness*, 2 x·y / (x·x + y·y) over all samples of
all leads: 1 for the same beat, 0.97 for the same shape at 1.3 times the size, 0.8 at twice, about
0 for unrelated shapes, -1 for the inverse. Memory is bounded: templates are found on a sample of
the beats, then all beats are compared with them in parts.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.middle import middle

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float32]

#: Rate at which shapes are compared, in hertz: twice the highest frequency of a QRS complex
#: that tells one origin from another.
RATE = 125.0
#: The window reaches from so long before R to so long after it, in seconds: a wide QRS complex
#: whose R peak lies at either of its ends.
BEFORE, AFTER = 0.10, 0.16
#: Detected peaks of one shape may lie on different waves of it, apart by so much, in seconds.
MOVED = 0.048
#: Likeness from which two beats have one shape: above what breathing (amplitude up to 1.5
#: times) and moderate noise leave, below a normal beat and a ventricular one in any lead set.
ALIKE = 0.8
#: Share of the usual size (median over leads) that a small lead is raised to at most: leads
#: count alike whatever their size, but a lead of noise alone does not.
LEAST_LEAD = 0.3
#: Clip of a sample, in multiples of its lead's size: one artefact must not decide.
CLIP = 6.0
#: Share of a window that must lie in the recording for a beat at its end to be compared.
LEAST_REST = 0.4
#: Shapes told apart in one recording; beats looked at for templates; beats compared at once.
MOST, SAMPLE, TOGETHER = 12, 300, 512
#: Rounds of looking for templates among beats that fit none yet.
ROUNDS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """Groups of beats.

    Parameters
    ----------
    group : ndarray of int64, shape (beats,)
        Number of the group, the largest group is 0; -1 where a beat fits none.
    aligned : ndarray of int64, shape (beats,)
        Sample at which the group's template has its R.
    templates : ndarray of float32, shape (groups, leads * samples)
        Windows at the rate of comparison with room for moving.
    likeness : ndarray of float32, shape (groups, groups)
        Of every template's inner part to every other, at the best lag.
    size, room : int
        Samples of a lead in a window without and on each side of its room for moving.
    """

    group: Ints
    aligned: Ints
    templates: Floats
    likeness: Floats
    size: int
    room: int


def group_shapes(signal: NDArray[np.floating], fs: float, r_peaks: Ints) -> Shapes:
    """Group the beats of a recording by shape.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts; what is not finite counts as 0 in its lead.
    fs : float
        Hertz.
    r_peaks : ndarray of int64, shape (beats,)
        Samples, at least one.
    """
    cut = _Cut(signal, fs, r_peaks)
    whole = np.flatnonzero(~cut.at_edge) if not cut.at_edge.all() else np.arange(r_peaks.size)
    sample = whole[np.linspace(0, whole.size - 1, min(SAMPLE, whole.size)).astype(int)]
    cut.measure_leads(sample)
    templates = _templates(cut.windows(sample), cut, MOST)
    group, lag = _assign(cut, templates)
    for _ in range(ROUNDS if r_peaks.size > sample.size else 0):
        rest = np.flatnonzero(group < 0)[:SAMPLE]
        if rest.size == 0 or len(templates) == MOST:
            break
        more = _templates(cut.windows(rest), cut, MOST - len(templates))
        templates = np.concatenate([templates, more])
        group, lag = _assign(cut, templates)
    return _by_size(cut, templates, group, lag)


def _by_size(cut: "_Cut", templates: Floats, group: Ints, lag: Ints) -> Shapes:
    """Groups in the order of their size; the earlier one first where they are equal."""
    counts = np.bincount(group[group >= 0], minlength=len(templates))
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    number = np.full(len(templates) + 1, -1)
    number[order] = np.arange(order.size)
    templates = templates[order]
    likeness = _likeness(templates, templates, cut)[0] if order.size else np.zeros((0, 0))
    aligned = np.clip(cut.r_peaks + lag * cut.step, 0, cut.n - 1)
    return Shapes(
        number[group], aligned, templates, likeness.astype(np.float32), cut.size, cut.room
    )


def windows_at(signal: NDArray[np.floating], start: Ints, width: int) -> Floats:
    """Windows of a recording, shape (windows, leads, width); its ends go on beyond themselves.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        At least one sample.
    start : ndarray of int64, shape (windows,)
        First samples; may lie outside.
    width : int
    """
    n = signal.shape[1]
    found = np.empty((start.size, signal.shape[0], width), np.float32)
    if n >= width:
        inside = np.minimum(np.maximum(start, 0), n - width)
        down, right = signal.strides
        every = np.lib.stride_tricks.as_strided(
            signal, (len(signal), n - width + 1, width), (down, right, right), writeable=False
        )
        found[:] = every[:, inside].transpose(1, 0, 2)
        out = np.flatnonzero(inside != start)
    else:
        out = np.arange(start.size)
    if out.size:
        at = np.minimum(np.maximum(start[out, None] + np.arange(width), 0), n - 1)
        found[out] = signal[:, at].transpose(1, 0, 2)
    return found


class _Cut:
    """Cuts the windows of beats out of the signal, at the rate of comparison."""

    def __init__(self, signal: NDArray[np.floating], fs: float, r_peaks: Ints) -> None:
        self.signal, self.r_peaks = signal, r_peaks
        self.leads, self.n = signal.shape
        self.step = max(1, round(fs / RATE))
        rate = fs / self.step
        self.room = max(1, round(MOVED * rate))
        self.before, self.size = round(BEFORE * rate), round((BEFORE + AFTER) * rate)
        self.width = self.size + 2 * self.room
        last = r_peaks + (self.size - self.before) * self.step
        self.at_edge = (r_peaks < self.before * self.step) | (last > self.n)
        self.scale = np.ones((self.leads, 1), np.float32)
        self.whole: Floats | None = None

    def measure_leads(self, sample: Ints) -> None:
        """Find the size of every lead, so that leads of different size count alike."""
        few = self.r_peaks.size <= TOGETHER
        raw = self._raw(np.arange(self.r_peaks.size) if few else sample)
        part = raw[sample] if few and sample.size < len(raw) else raw
        power = np.sort(np.einsum("mlw,mlw->ml", part, part), axis=0)
        rms = np.sqrt(power[len(power) // 2] / self.width)
        seen = rms[rms > 0]
        least = LEAST_LEAD * middle(seen) if seen.size else 1.0
        self.scale = (1.0 / np.maximum(rms, least))[:, None].astype(np.float32)
        if few:
            self.whole = self._scaled(raw)

    def windows(self, which: Ints) -> Floats:
        """Windows of some beats, shape (beats, leads * width), without mean, leads of one size."""
        if self.whole is not None:
            return self.whole if which.size == len(self.whole) else self.whole[which]
        return self._scaled(self._raw(which))

    def _scaled(self, raw: Floats) -> Floats:
        raw *= self.scale
        np.minimum(np.maximum(raw, -CLIP, out=raw), CLIP, out=raw)
        return raw.reshape(len(raw), self.leads * self.width)

    def _raw(self, which: Ints) -> Floats:
        start = self.r_peaks[which] - (self.before + self.room) * self.step
        fine = windows_at(self.signal, start, self.width * self.step)
        mean = np.full(self.step, 1 / self.step, np.float32)
        raw = (fine.reshape(-1, self.step) @ mean).reshape(len(which), self.leads, self.width)
        raw -= raw.mean(2, keepdims=True)
        if not np.isfinite(raw.sum()):
            raw[~np.isfinite(raw).all(2)] = 0
        return raw


def _likeness(windows: Floats, templates: Floats, cut: _Cut) -> tuple[Floats, Ints]:
    """Likeness of windows to the inner part of templates at the best lag, and that lag.

    Returns
    -------
    likeness, lag
        Shape (windows, templates).
    """
    count, lags = len(templates), 2 * cut.room + 1
    inner = templates.reshape(count, cut.leads, cut.width)[..., cut.room : cut.room + cut.size]
    shifted = np.zeros((cut.leads, cut.width, lags, count), np.float32)
    for lag in range(lags):
        shifted[:, lag : lag + cut.size, lag] = inner.transpose(1, 2, 0)
    product = windows @ shifted.reshape(windows.shape[1], -1)
    own = np.einsum("klw,klw->k", inner, inner)
    energy = _energy(windows, cut)
    like = 2 * product.reshape(len(windows), lags, count)
    like /= energy[..., None] + own + np.float32(1e-6)
    best = like.argmax(1)
    return np.take_along_axis(like, best[:, None], 1)[:, 0], best - cut.room


def _likeness_of_rests(which: Ints, templates: Floats, cut: _Cut) -> tuple[Floats, Ints]:
    """As :func:`_likeness`, of what is left of beats that the recording's ends cut off."""
    lags = np.arange(2 * cut.room + 1)
    at = lags[:, None] + np.arange(cut.size)
    start = cut.r_peaks[which] - (cut.before + cut.room) * cut.step
    first = start[:, None] + np.arange(cut.width) * cut.step
    here = ((first >= 0) & (first + cut.step <= cut.n)).astype(np.float32)[:, at][:, None]
    count = here.sum(3, keepdims=True)
    rows = cut.windows(which).reshape(-1, cut.leads, cut.width)[:, :, at]
    rows = (rows - (rows * here).sum(3, keepdims=True) / np.maximum(count, 1)) * here
    energy = np.einsum("mltw,mltw->mt", rows, rows)
    like = np.empty((len(which), lags.size, len(templates)), np.float32)
    for number, template in enumerate(templates.reshape(-1, cut.leads, cut.width)):
        inner = template[:, None, cut.room : cut.room + cut.size]
        part = (inner - (inner * here).sum(3, keepdims=True) / np.maximum(count, 1)) * here
        own = np.einsum("mltw,mltw->mt", part, part)
        product = np.einsum("mltw,mltw->mt", rows, part)
        like[:, :, number] = 2 * product / (energy + own + np.float32(1e-6))
    like[count[:, 0, :, 0] < LEAST_REST * cut.size] = -1
    best = like.argmax(1)
    return np.take_along_axis(like, best[:, None], 1)[:, 0], best - cut.room


def _energy(windows: Floats, cut: _Cut) -> Floats:
    """Energy of windows inside of every lag, shape (windows, lags)."""
    squares = np.einsum("mlw,mlw->mw", *(windows.reshape(-1, cut.leads, cut.width),) * 2)
    up_to = np.zeros((len(windows), cut.width + 1), np.float32)
    np.cumsum(squares, axis=1, out=up_to[:, 1:])
    return up_to[:, cut.size :] - up_to[:, : 2 * cut.room + 1]


def _shifted(windows: Floats, lag: Ints, width: int, cut: _Cut) -> Floats:
    """Windows of `width` around each one's middle moved by its lag; the ends are repeated."""
    rows = windows.reshape(-1, cut.leads, cut.width)
    at = lag[:, None] + (cut.width - width) // 2 + np.arange(width)
    at = np.minimum(np.maximum(at, 0), cut.width - 1)
    return np.take_along_axis(rows, at[:, None], 2).reshape(len(rows), -1)


def _templates(windows: Floats, cut: _Cut, most: int) -> Floats:
    """Means of groups of alike beats: the beat with the most like it first, again and again."""
    centre = _centres(windows, cut)
    level = _shifted(windows, centre, cut.size, cut)
    energy = np.einsum("mf,mf->m", level, level)
    like = 2 * (level @ level.T) / (energy[:, None] + energy + np.float32(1e-6))
    left = np.ones(len(windows), bool)
    found: list[Floats] = []
    while left.any() and len(found) < most:
        close = (like > ALIKE) & left & left[:, None]
        seed = int(close.sum(1).argmax())
        members = np.flatnonzero(close[seed])
        if members.size == 0:  # a beat without any signal is not even like itself
            break
        left[members] = False
        moved = np.minimum(np.maximum(centre[members] - centre[seed], -cut.room), cut.room)
        template = _shifted(windows[members], moved, cut.width, cut).mean(0, keepdims=True)
        if left.any():
            left &= _likeness(windows, template, cut)[0][:, 0] <= ALIKE
        found.append(template)
    return np.concatenate(found) if found else np.zeros((0, windows.shape[1]), np.float32)


def _centres(windows: Floats, cut: _Cut) -> Ints:
    """Where the slopes have their centre, in samples from the median of all beats.

    It puts beats of one shape in one place before there is a template.
    """
    slopes = np.diff(windows.reshape(-1, cut.leads, cut.width), axis=2)
    power = np.einsum("mlw,mlw->mw", slopes, slopes)
    centre = power @ np.arange(cut.width - 1, dtype=np.float32) / (power.sum(1) + np.float32(1e-9))
    apart = np.rint(centre - middle(centre))
    return np.asarray(np.minimum(np.maximum(apart, -cut.room), cut.room), np.int64)


def _assign(cut: _Cut, templates: Floats) -> tuple[Ints, Ints]:
    """Group of every beat and its lag there, in steps; -1 and 0 where it is like none."""
    count = cut.r_peaks.size
    group, lag = np.full(count, -1), np.zeros(count, np.int64)
    if len(templates) == 0:
        return group, lag
    for first in range(0, count, TOGETHER):
        which = np.arange(first, min(first + TOGETHER, count))
        like, moved = _likeness(cut.windows(which), templates, cut)
        edge = np.flatnonzero(cut.at_edge[which])
        if edge.size:
            like[edge], moved[edge] = _likeness_of_rests(which[edge], templates, cut)
        best = like.argmax(1)
        rows = np.arange(which.size)
        fits = like[rows, best] > ALIKE
        group[which] = np.where(fits, best, -1)
        lag[which] = np.where(fits, moved[rows, best], 0)
    return group, lag
