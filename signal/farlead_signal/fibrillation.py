"""Spans in which no beats are claimed: suspected ventricular fibrillation, noise, flat line.

Fibrillation is a coarse, nearly sinusoidal wave of 2.5 to 9 Hz without QRS complexes: its power
lies around one frequency, while a train of QRS complexes has harmonics far above its rate.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from farlead_signal.envelope import Grid, decimated
from farlead_signal.fusion import Fused
from farlead_signal.levels import BLOCK, block_sums
from farlead_signal.spans import SignalSpan, spans_of

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

#: Contrast below which a block is looked at more closely; so is one far from any beat.
DOUBTFUL = 8.0
#: Length of a spectrum, in seconds.
WINDOW = 4.0
#: Frequencies of fibrillation and ventricular flutter, in hertz.
BAND = (2.5, 9.0)
#: Highest frequency of a spectrum, and the blocks of which spectra are made at once.
HIGHEST, TOGETHER = 25.0, 512
#: Least share of the power between 1 Hz and HIGHEST within 0.7 to 1.4 of the strongest frequency.
PEAKED = 0.65
#: Least standard deviation of a fibrillating lead, in millivolts; finer is asystole or noise.
COARSE = 0.06
#: Shortest span, in blocks: the fibrillation must last.
SHORTEST = 3


def without_spans(
    samples: NDArray[np.floating], fused: Fused, positions: list[Ints], grid: Grid
) -> tuple[list[Ints], list[tuple[SignalSpan, ...]]]:
    """Beats outside of the spans in which none are claimed, and these spans.

    Parameters
    ----------
    samples : ndarray, shape (recordings, leads, n)
    fused : Fused
    positions : list of ndarray of int64
        Beats of each recording, in envelope samples.
    grid : Grid
    """
    recordings, count = fused.level.shape
    blocks = [np.minimum(beats // (grid.size * BLOCK), count - 1) for beats in positions]
    look = ~fused.beating | (fused.level < DOUBTFUL * fused.noise) | _far_from_beats(blocks, count)
    kept = list(positions)
    spans: list[tuple[SignalSpan, ...]] = [()] * recordings
    unclear = look.any(1) if fused.missing is None else np.ones(recordings, bool)
    for index in np.flatnonzero(unclear).tolist():
        block = blocks[index]
        vf, spans[index] = _spans(samples[index], fused, index, block, look[index], grid)
        kept[index] = positions[index][~vf[block]]
    return kept, spans


def _spans(
    samples: NDArray[np.floating],
    fused: Fused,
    recording: int,
    block: Ints,
    look: Bools,
    grid: Grid,
) -> tuple[Bools, tuple[SignalSpan, ...]]:
    """Fibrillating blocks, and all spans, of one recording of which some blocks are doubtful."""
    n, count = samples.shape[1], look.size
    cell = grid.size * grid.step
    still = block_sums(fused.flat[recording]) == BLOCK
    flat = still[np.minimum(np.arange(count), still.size - 1)]
    vf = _fibrillating(samples, look & ~flat, grid)
    beating = fused.beating[recording].copy()
    beating[block[~vf[block]]] = True
    found = spans_of(vf, BLOCK * cell, n, "vf")
    found += spans_of(flat & ~vf, BLOCK * cell, n, "flat")
    found += spans_of(~beating & ~vf & ~flat, BLOCK * cell, n, "noise")
    if fused.missing is not None:
        found += spans_of(fused.missing[recording].all(0), cell, n, "lead_off")
    return vf, tuple(sorted(found, key=lambda span: span.start))


def _far_from_beats(blocks: list[Ints], count: int) -> Bools:
    """Blocks of each recording without a beat in them and in both neighbours."""
    which = np.arange(len(blocks)).repeat([block.size for block in blocks])
    beats = np.concatenate(blocks)
    far = np.ones((len(blocks), count + 2), bool)
    for shift in range(3):
        far[which, beats + shift] = False
    return far[:, 1:-1]


def _fibrillating(samples: NDArray[np.floating], look: Bools, grid: Grid) -> Bools:
    doubtful = np.flatnonzero(look)
    found = np.zeros(look.size, bool)
    if doubtful.size == 0:
        return found
    step = 2 * grid.step
    rate = grid.fs / step
    centres = (doubtful + 0.5) * (BLOCK * grid.size / grid.rate) * rate
    votes = np.zeros(doubtful.size)
    for lead in samples:
        for first in range(0, doubtful.size, TOGETHER):
            part = slice(first, first + TOGETHER)
            votes[part] += _one_wave(_windows(lead, centres[part], rate, step), rate)
    found[doubtful] = votes >= max(1.0, samples.shape[0] / 3)
    return _lasting(found)


def _windows(
    lead: NDArray[np.floating], centres: NDArray[np.floating], rate: float, step: int
) -> Floats:
    """Stretches of WINDOW around the centres, averaged down by `step` to `rate`."""
    length = int(WINDOW * rate)
    if lead.size < length * step:
        return decimated(lead[None], step, 0, length).repeat(centres.size, 0)
    last = lead.size // step - length
    start = np.minimum(np.maximum(np.rint(centres - length / 2).astype(int), 0), last)
    stretches = sliding_window_view(lead, length * step)[start * step]
    weights = np.full(step, 1.0 / step, lead.dtype)
    return np.asarray(stretches.reshape(-1, length, step) @ weights, np.float32)


def _one_wave(windows: Floats, rate: float) -> Bools:
    """Whether stretches, sampled at `rate`, are one coarse wave each."""
    length = windows.shape[1]
    windows = (windows - windows.mean(1, keepdims=True)) * np.hanning(length).astype(np.float32)
    power = np.abs(np.fft.rfft(windows, axis=1)) ** 2
    frequency = np.fft.rfftfreq(length, 1 / rate)
    power[:, (frequency < 1.0) | (frequency > HIGHEST)] = 0
    strongest = frequency[power.argmax(1)]
    near = (frequency >= 0.7 * strongest[:, None]) & (frequency <= 1.4 * strongest[:, None])
    total = power.sum(1)
    peaked = (power * near).sum(1) > PEAKED * total
    deviation = np.sqrt(total * 2 / (0.375 * length**2))
    in_band = (strongest >= BAND[0]) & (strongest <= BAND[1])
    return np.asarray(peaked & in_band & (deviation > COARSE))


def _lasting(found: Bools) -> Bools:
    """Runs of at least SHORTEST blocks, after gaps of one block were closed."""
    closed = found.copy()
    closed[1:-1] |= found[:-2] & found[2:]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], closed, [False]])))
    for a, b in edges.reshape(-1, 2):
        if b - a < min(SHORTEST, closed.size):
            closed[a:b] = False
    return closed
