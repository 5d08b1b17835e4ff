"""What in a beat speaks for its origin: shape, slowness, smoothness, P wave, T wave, time.

Beats of one shape share their evidence: each figure is the mean over all beats like this one
within some minutes, weighted by the likeness. What is made of the figures is told by
:mod:`farlead_signal.beat_labels`.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.beat_windows import BeatWindows

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
    power = np.einsum("mlw,mlw->m", qrs, qrs)
    slopes = qrs[:, :, 1:] - qrs[:, :, :-1]
    steep = np.einsum("mlw,mlw->m", slopes, slopes) + 1e-9
    turns = slopes[:, :, 1:] - slopes[:, :, :-1]
    sharp = np.einsum("mlw,mlw->m", turns, turns) + 1e-9
    slowness = np.maximum(1000 / beats.rate * np.sqrt(power / steep), 1.0)
    smooth = np.log(np.maximum(1000 / beats.rate * np.sqrt(steep / sharp), 1.0))
    alike = _likenesses(beats, qrs)
    weights = alike / alike.sum(1, keepdims=True)
    slow = weights @ slowness
    merit = (alike @ np.exp(EARLY_COUNTS * np.minimum(early, 0))) * np.exp(-slow / SLOWNESS_COUNTS)
    share = alike[int(merit.argmax())]
    share = np.where(share > TAKES_PART, share, 0) / share[share > TAKES_PART].sum()
    template = np.tensordot(share, beats.values, (0, 0)).astype(np.float32)
    like, lag = _likeness_to(beats, template)
    apart = np.maximum(1 - like, 0)  # rounding on a huge scale
    p_like = _as_usual(_correlation(beats, template, PR), share, beats.recorded(*PR))
    discordance = _as_usual(_discordance(beats), share, beats.recorded(QRS[0], T_AREA[1]))
    own = np.stack([apart, p_like, early, late, discordance, smooth], axis=1)
    like_apart, p_like, like_early, like_late, discordance, like_smooth = (weights @ own).T
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


def without_mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Windows of shape (beats, leads, w) less their mean."""
    return np.asarray(values - values.mean(2, keepdims=True))


def _energies(wide: NDArray[np.float32], width: int) -> Floats:
    """Energy without the leads' means of all windows of `width`, shape (beats, places)."""
    sums = np.zeros((*wide.shape[:2], wide.shape[2] + 1))
    np.cumsum(wide, axis=2, out=sums[:, :, 1:])
    squares = np.zeros((len(wide), wide.shape[2] + 1))
    np.cumsum(np.einsum("mlw,mlw->mw", wide, wide), axis=1, out=squares[:, 1:])
    means = sums[:, :, width:] - sums[:, :, :-width]
    energy = squares[:, width:] - squares[:, :-width]
    return np.asarray(energy - np.einsum("mlp,mlp->mp", means, means) / width)


def _wide(beats: BeatWindows, room: int) -> NDArray[np.float32]:
    """QRS complexes with `room` samples more on both sides."""
    apart = room / beats.rate
    return beats.part(QRS[0] - apart, QRS[1] + apart)


def _likenesses(beats: BeatWindows, qrs: NDArray[np.float32]) -> Floats:
    """How far each pair of beats shares its evidence: 0 to 1, 1 for a beat itself."""
    wide, count = _wide(beats, ROOM), len(qrs)
    width = wide.shape[2] - 2 * ROOM
    energies = _energies(wide, width).astype(np.float32)
    here, own = qrs[:, :, :width].reshape(count, -1), energies[:, ROOM, None]
    best = np.full((count, count), -1, np.float32)
    for moved in range(2 * ROOM + 1):
        # One of the two has no mean, so that the other's does not matter.
        row = wide[:, :, moved : moved + width].reshape(count, -1)
        like = here @ row.T
        like /= own + energies[:, moved] + np.float32(1e-6)
        np.maximum(best, like, out=best)
    shared = (2 * np.maximum(best, best.T) - ALIKE_FROM) / (ALIKE - ALIKE_FROM)
    shared = np.minimum(np.maximum(shared, 0), 1)
    np.fill_diagonal(shared, 1)
    return shared.astype(np.float64)


def _likeness_to(beats: BeatWindows, template: NDArray[np.float32]) -> tuple[Floats, Ints]:
    """Likeness of every beat to one at the best place, and how far that lies from its own."""
    wide = _wide(beats, ROOM_DOMINANT)
    places = 2 * ROOM_DOMINANT + 1
    width = wide.shape[2] - places + 1
    one = _wide(beats.one(template), 0)[:, :, :width]
    one = without_mean(one)[0]
    shifted = np.zeros((*wide.shape[1:], places), np.float32)
    for moved in range(places):
        shifted[:, moved : moved + width, moved] = one
    product = wide.reshape(len(wide), -1) @ shifted.reshape(-1, places)
    energy = _energies(wide, width) + (np.einsum("lw,lw->", one, one) + 1e-6)
    like = 2 * product / energy
    best = like.argmax(1)
    return like[np.arange(len(best)), best], best - ROOM_DOMINANT


def _correlation(
    beats: BeatWindows, template: NDArray[np.float32], part: tuple[float, float]
) -> Floats:
    """Correlation of a part of every beat with that of one, over all leads."""
    rows = without_mean(beats.part(*part))
    line = without_mean(beats.one(template).part(*part))[0]
    own = np.einsum("mlw,mlw->m", rows, rows) * np.einsum("lw,lw->", line, line)
    return np.asarray(np.einsum("mlw,lw->m", rows, line) / np.sqrt(own + 1e-6))


def _discordance(beats: BeatWindows) -> Floats:
    """Minus the cosine between the areas of QRS complex and T wave over the leads."""
    level = beats.part(*LEVEL).mean(2)
    qrs = beats.part(*MAIN_AREA).mean(2) - level
    t = beats.part(*T_AREA).mean(2) - level
    sizes = np.einsum("ml,ml->m", qrs, qrs) * np.einsum("ml,ml->m", t, t)
    return np.asarray(-np.einsum("ml,ml->m", qrs, t) / np.sqrt(sizes + 1e-6))
