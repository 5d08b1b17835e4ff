"""Needles: peaks too narrow for a heart to make, above all pacing spikes.

A pacing pulse lasts 0.5 to 2 ms and can be taller than the QRS complexes; its answer of the
wavelet is that of a beat. A beat whose peak is a needle is therefore cut out of all leads and
the recording is looked at once more: the captured beat is found, the spike is not.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Samples = NDArray[np.floating]

#: Half width in seconds. Ventricular activation takes 60 ms, its sharpest turn more than 10.
HALF = 0.005
#: Share of a peak's height that may be left at HALF on either side.
LEFT = 0.25
#: Where the height is measured from, in seconds on either side.
BESIDE = 0.030
#: A needle is this many times as sharp as what is around it; the peaks of noise are not.
ALONE, AROUND = 6.0, 0.040
#: Sampling rate in hertz below which a needle cannot be told from a QRS complex.
SLOWEST = 200.0


def needles(samples: Samples, peaks: Ints, fs: float) -> Ints:
    """Those peaks that are needles in some lead.

    Parameters
    ----------
    samples : ndarray, shape (leads, n)
        Millivolts.
    peaks : ndarray of int64
        Samples of the beats.
    fs : float
        Hertz.

    Returns
    -------
    ndarray of int64
        Empty for rates below 200 Hz.
    """
    n, half, beside = samples.shape[1], round(HALF * fs), round(BESIDE * fs)
    margin = round(AROUND * fs) + half
    inner = peaks[(peaks >= margin) & (peaks < n - margin)]
    if fs < SLOWEST or inner.size == 0:
        return np.zeros(0, np.int64)
    with np.errstate(invalid="ignore", over="ignore"):
        base = 0.5 * (samples[:, inner - beside] + samples[:, inner + beside])
        height = samples[:, inner] - base
        left = LEFT * np.abs(height)
        narrow = np.abs(samples[:, inner - half] - base) < left
        narrow &= np.abs(samples[:, inner + half] - base) < left
        lead, beat = np.nonzero(narrow)
        if beat.size == 0:
            return np.zeros(0, np.int64)
        alone = _stands_alone(samples, lead, inner[beat], fs)
    return np.unique(inner[beat[alone]])


def _stands_alone(samples: Samples, lead: Ints, at: Ints, fs: float) -> NDArray[np.bool_]:
    """Whether samples are much sharper than those around them."""
    half, around = round(HALF * fs), round(AROUND * fs)
    near = at[:, None] + np.arange(-around, around + 1)
    row = lead[:, None]
    beside = 0.5 * (samples[row, near - half] + samples[row, near + half])
    sharp = np.abs(samples[row, near] - beside)
    return np.asarray(sharp[:, around] > ALONE * np.median(sharp, axis=1))


def without_needles(samples: Samples, at: Ints, fs: float) -> Samples:
    """Recording with a straight line in place of each needle, in all leads.

    Parameters
    ----------
    samples : ndarray, shape (leads, n)
    at : ndarray of int64
        Samples of the needles.
    fs : float
    """
    half = round(HALF * fs) + 1
    share = (np.arange(-half, half + 1) + half) / (2 * half)
    before, after = samples[:, at - half, None], samples[:, at + half, None]
    smooth = samples.copy()
    smooth[:, at[:, None] + np.arange(-half, half + 1)] = before + share * (after - before)
    return smooth
