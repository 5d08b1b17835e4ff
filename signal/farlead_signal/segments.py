"""P wave, QRS complex and repolarisation of a representative beat, as slices."""

from dataclasses import dataclass

import numpy as np

from farlead_signal.delineation import Fiducials

#: The level is taken over so many seconds before the QRS complex: after the P wave, before
#: ventricular activation (the PQ segment).
LEVEL = 0.016
#: A P wave of less than this, in seconds, is no P wave; more after its ends belongs to it.
SHORTEST_P, RIM = 0.02, 0.006
#: Where the end of T is not known, repolarisation is looked at for so many seconds after QRS.
REPOLARISATION = 0.3


@dataclass(frozen=True, slots=True)
class Segments:
    """Slices of the window. `p` is None when there is no P wave or it is not known."""

    level: slice
    p: slice | None
    qrs: slice
    t: slice
    qrs_seconds: float

    @property
    def qrst(self) -> slice:
        """From the beginning of QRS to the end of T."""
        return slice(self.qrs.start, self.t.stop)


def segments_of(fiducials: Fiducials, width: int, fs: float) -> Segments | None:
    """Segments from the fiducials over all leads.

    Parameters
    ----------
    fiducials : Fiducials
        Of one beat.
    width : int
        Samples of the window.
    fs : float
        Hertz.

    Returns
    -------
    Segments or None
        None without a QRS complex within the window.
    """
    whole = fiducials.overall or fiducials
    points = (whole.p_on, whole.p_off, whole.qrs_on, whole.qrs_off, whole.t_off)
    if not all(np.size(point) for point in points):
        return None
    p_on, p_off, begin, end, t_off = (int(np.ravel(point)[0]) for point in points)
    if not 0 <= begin < end < width or end - begin < 2:
        return None
    last = t_off + 1 if t_off > end else end + round(REPOLARISATION * fs)
    rim = round(RIM * fs)
    p = None
    if p_on >= 0 and p_off - p_on >= SHORTEST_P * fs and p_on < begin:
        p = slice(max(p_on - rim, 0), min(p_off + rim + 1, begin + 1))
    before = max(round(LEVEL * fs), 1)
    level = slice(max(begin - before, 0), max(begin, 1))
    return Segments(level, p, slice(begin, end), slice(end, min(last, width)), (end - begin) / fs)
