"""Which frame is due when a clip plays; late frames are skipped, time is not stretched."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: For clips that do not state their frame times; the view says so.
ASSUMED_RATE = 10.0  # frames a second


@dataclass(frozen=True, slots=True, eq=False)
class Cine:
    """Time line of a clip.

    Parameters
    ----------
    starts : ndarray of float64, shape (frames,)
        Start of each frame in milliseconds, from 0, growing.
    stated : bool
        Whether the file states them.
    """

    starts: NDArray[np.float64]
    stated: bool

    @property
    def period(self) -> float:
        """Milliseconds of one round; the last frame stands as long as the middle one of all."""
        return float(self.starts[-1] + np.median(np.diff(self.starts)))

    def frame_at(self, elapsed: float) -> int:
        """Frame that is due `elapsed` milliseconds after the first one."""
        return int(np.searchsorted(self.starts, elapsed % self.period, side="right")) - 1

    def until_next(self, elapsed: float) -> float:
        """Milliseconds until the next frame is due."""
        within = elapsed % self.period
        following = int(np.searchsorted(self.starts, within, side="right"))
        end = self.period if following == len(self.starts) else float(self.starts[following])
        return end - within


def cine_of(times: NDArray[np.float64] | None, frames: int) -> Cine | None:
    """Time line of an image; None when there is nothing to play.

    Times that do not grow cannot be played and count as not stated.
    """
    if frames < 2:
        return None
    if times is not None and len(times) == frames and bool((np.diff(times) > 0).all()):
        return Cine(np.asarray(times - times[0], dtype=np.float64), stated=True)
    starts = np.arange(frames, dtype=np.float64) * np.float64(1000.0 / ASSUMED_RATE)
    return Cine(starts, stated=False)
