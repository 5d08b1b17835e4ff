"""What in a beat speaks for its origin: shape, slowness, smoothness, P wave, T wave, time.

Beats of one shape share their evidence: each figure is the mean over all beats like this one
within some minutes, weighted by the likeness. What is made of the figures is told by
:mod:`farlead_signal.beat_labels`.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.beat_windows import BeatWindows
from farlead_signal.rows import means, without_mean
from farlead_signal.windows import adding_up

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

#: The QRS complex lies within this time around the middle of its slopes, in seconds.
QRS = (-0.11, 0.16)
#: Without all of this part no other origin is told of a beat, in seconds.
CORE = (-0.03, 0.06)
#: The P wave lies here, in seconds.
PR = (-0.26, -0.07)
#: Level before the complex, the complex, and the T wave, for their areas, in seconds.
LEVEL, MAIN_AREA, T_AREA = (-0.12, -0.06), (-0.06, 0.10), (0.16, 0.36)
#: Beats are moved so many samples (8 ms each) against one another, and against the dominant one.
ROOM, ROOM_DOMINANT = 2, 5
#: Likeness from which beats begin to share their evidence, and from where they share it fully:
#: breathing leaves 0.97 and more, fusion and other origins 0.9 and less.
ALIKE_FROM, ALIKE = 0.82, 0.94
#: In the choice of the dominant shape a beat counts by exp(EARLY_COUNTS x log of its interval
#: over the usual one) when early, and a shape by exp(-slowness / SLOWNESS_COUNTS in ms): among
#: shapes of like frequency the one that is on time and fast is conducted.
EARLY_COUNTS, SLOWNESS_COUNTS = 4.0, 8.0
#: Beats take part in the dominant shape from this share of likeness.
TAKES_PART = 0.3
#: Distance of shape (1 - likeness): what is added to it, and to the scatter of the dominant
#: beats, before the ratio is taken: the least that noise leaves.
DISTANCE_FLOOR, SCATTER_FLOOR = 0.01, 0.02
#: The ratio's logarithm is cut here.
NEAREST, FARTHEST = -1.0, 3.5
#: Distance at which a single beat's own shape is clearly another.
FAR = 0.15


def evidence(
    beats: BeatWindows, early: Floats, late: Floats
) -> tuple[dict[str, Floats], Floats, Ints]:
    """Figures by the names of WEIGHTS and more, share in the dominant shape, and lag to it.

    Parameters
    ----------
    beats : BeatWindows
    early, late : ndarray of float64, shape (beats,)
        Of :func:`interval_ratios`.
    """
    qrs = without_mean(beats.part(*QRS))
    slopes = qrs[:, :, 1:] - qrs[:, :, :-1]
    turns = slopes[:, :, 1:] - slopes[:, :, :-1]
    power, steep, sharp = _energy(qrs), _energy(slopes) + 1e-9, _energy(turns) + 1e-9
    slowness = np.maximum(1000 / beats.rate * np.sqrt(power / steep), 1.0)
    smooth = np.log(np.maximum(1000 / beats.rate * np.sqrt(steep / sharp), 1.0))
    alike = _likenesses(beats, qrs)
    weights = alike / alike.sum(1, keepdims=True)
    slow = weights @ slowness
    merit = (alike @ np.exp(EARLY_COUNTS * np.minimum(early, 0))) * np.exp(-slow / SLOWNESS_COUNTS)
    share = alike[int(merit.argmax())]
    share = np.where(share > TAKES_PART, share, 0) / share[share > TAKES_PART].sum()
    every = beats.values.reshape(len(share), -1)
    template = (share.astype(np.float32) @ every).reshape(beats.values.shape[1:])
    like, lag = _likeness_to(beats, template)
    apart = np.maximum(1 - like, 0)  # rounding on a huge scale
    p_like = _as_usual(_correlation(beats, template, PR), share, beats.recorded(*PR))
    discordance = _as_usual(_discordance(beats), share, beats.recorded(QRS[0], T_AREA[1]))
    own = np.array([apart, p_like, early, late, discordance, smooth])
    like_apart, p_like, like_early, like_late, discordance, like_smooth = own @ weights.T
    scatter = share @ apart
    distance = np.log((like_apart + DISTANCE_FLOOR) / (scatter + SCATTER_FLOOR))
    figures = {
        "apart": apart,
        "distance": distance.clip(NEAREST, FARTHEST),
        "own_distance": np.tanh(apart / FAR),
        "slowness": slow / 10,
        "smoother": like_smooth - share @ smooth,
        "own_slowness": slowness / 10,
        "like_early": like_early,
        "p_like": p_like,
        "discordance": discordance,
        "pause": np.maximum(like_late, 0),
        "early_and_unlike": np.maximum(-like_early, 0) * like_apart,
    }
    return figures, share / share.max(), lag


def _as_usual(values: Floats, share: Floats, known: Bools) -> Floats:
    """Figures with those that the recording's ends cut off as the dominant beats have them."""
    if known.all() or not share[known].any():
        return values
    return np.where(known, values, share[known] @ values[known] / share[known].sum())


def _energy(windows: NDArray[np.floating]) -> Floats:
    """Energy of each window of shape (leads, w), shape (beats,)."""
    rows = windows.reshape(len(windows), -1)
    return np.asarray(np.vecdot(rows, rows))


def energies(wide: NDArray[np.float32], width: int) -> Floats:
    """Energy without the leads' means of all windows of `width`, shape (beats, places)."""
    # What stands far off the line has a small energy beside a great sum: in double precision.
    within = adding_up(wide.shape[2], width).astype(np.float64)
    total = wide @ within
    energy = np.add.reduce(wide * wide, 1) @ within
    return np.asarray(energy - np.add.reduce(total * total, 1) / width)


def _wide(beats: BeatWindows, room: int) -> NDArray[np.float32]:
    """QRS complexes with `room` samples more on both sides."""
    apart = room / beats.rate
    return beats.part(QRS[0] - apart, QRS[1] + apart)


def _likenesses(beats: BeatWindows, qrs: NDArray[np.float32]) -> Floats:
    """How far each pair of beats shares its evidence: 0 to 1, 1 for a beat itself."""
    wide, count = _wide(beats, ROOM), len(qrs)
    width = wide.shape[2] - 2 * ROOM
    energy = energies(wide, width).astype(np.float32)
    here, own = qrs[:, :, :width].reshape(count, -1), energy[:, ROOM, None]
    best = np.full((count, count), -1, np.float32)
    for moved in range(2 * ROOM + 1):
        # One of the two has no mean, so that the other's does not matter.
        row = wide[:, :, moved : moved + width].reshape(count, -1)
        like = here @ row.T
        like /= own + energy[:, moved] + np.float32(1e-6)
        np.maximum(best, like, out=best)
    shared = (2 * np.maximum(best, best.T) - ALIKE_FROM) / (ALIKE - ALIKE_FROM)
    shared = np.minimum(np.maximum(shared, 0), 1)
    np.fill_diagonal(shared, 1)
    return shared.astype(np.float64)


def _likeness_to(beats: BeatWindows, template: NDArray[np.float32]) -> tuple[Floats, Ints]:
    """Likeness of every beat to one at the best place, and how far that lies from its own."""
    wide = _wide(beats, ROOM_DOMINANT)
    width = wide.shape[2] - 2 * ROOM_DOMINANT
    one = without_mean(_wide(beats.one(template), 0)[0, :, :width])
    energy = energies(wide, width) + (np.vdot(one, one) + 1e-6)
    like = 2 * laid_over(wide, one) / energy
    best = like.argmax(1)
    return like[np.arange(len(best)), best], best - ROOM_DOMINANT


def laid_over(wide: NDArray[np.floating], one: NDArray[np.floating]) -> NDArray[np.float32]:
    """Product of every wide window with one at each place within it, shape (beats, places).

    Parameters
    ----------
    wide : ndarray, shape (beats, leads, w + places - 1)
    one : ndarray, shape (leads, w)
    """
    width = one.shape[1]
    places = wide.shape[2] - width + 1
    shifted = np.zeros((*wide.shape[1:], places), np.float32)
    for moved in range(places):
        shifted[:, moved : moved + width, moved] = one
    samples = wide.shape[1] * wide.shape[2]
    return np.asarray(wide.reshape(-1, samples) @ shifted.reshape(samples, places))


def _correlation(
    beats: BeatWindows, template: NDArray[np.float32], part: tuple[float, float]
) -> Floats:
    """Correlation of a part of every beat with that of one, over all leads."""
    rows = without_mean(beats.part(*part))
    line = without_mean(beats.one(template).part(*part)).ravel()
    flat = rows.reshape(len(rows), -1)
    return np.asarray(flat @ line / np.sqrt(_energy(rows) * (line @ line) + 1e-6))


def _discordance(beats: BeatWindows) -> Floats:
    """Minus the cosine between the areas of QRS complex and T wave over the leads."""
    level = means(beats.part(*LEVEL))
    qrs = means(beats.part(*MAIN_AREA)) - level
    t = means(beats.part(*T_AREA)) - level
    sizes = np.vecdot(qrs, qrs) * np.vecdot(t, t)
    return np.asarray(-np.vecdot(qrs, t) / np.sqrt(sizes + 1e-6))
