"""Beats that come late and of themselves: escape beats of the junction.

An escape beat of the dominant shape ends a pause and has no P wave where the others have theirs.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.beat_windows import BeatWindows, middle
from farlead_signal.findings import Finding

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

#: Where P waves lie before R, in seconds.
P_WINDOW = (-0.25, -0.07)
#: Likeness to the usual P wave, and its size as a share of it, below which there is none.
UNLIKE, SMALL = 0.3, 0.3
#: The usual P wave is clear when its power is so many times that of what a beat has for itself.
CLEAR = 2.0


def junctional_escapes(beats: BeatWindows, usual: Bools, late: Bools) -> tuple[Finding, ...]:
    """``escape.j``.

    Parameters
    ----------
    beats : BeatWindows
    usual : ndarray of bool, shape (beats,)
        Beats of the dominant class and shape.
    late : ndarray of bool, shape (beats,)
        Those of them that end a pause.
    """
    before = usual & ~late
    if not late.any() or np.count_nonzero(before) < 3:
        return ()
    rows = beats.part(*P_WINDOW)
    rows = rows - rows.mean(2, keepdims=True)
    p = middle(rows[before])
    own = float(np.einsum("lw,lw->", p, p)) + 1e-9
    rest = np.einsum("mlw,mlw->m", rows[before] - p, rows[before] - p)
    if own < CLEAR * float(middle(rest)):
        return ()
    along = np.einsum("mlw,lw->m", rows, p)
    like = along / np.sqrt(np.einsum("mlw,mlw->m", rows, rows) * own + 1e-9)
    at = np.flatnonzero(late & (like < UNLIKE) & (along < SMALL * own))
    if at.size == 0:
        return ()
    values = {"count": float(at.size), "beats": float(at.size)}
    return (Finding("escape.j", tuple(at.tolist()), values=values, certain=False),)
