"""Atrioventricular conduction: long PR, dropped beats, independent P waves.

The P wave of the conducted beats is looked for where no QRS complex follows it: at the place where
the next P wave is due in a pause, and midway between beats. Independent P waves are looked for in
what is left when the usual beat is taken out of the recording: they come back after their own
interval.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.beat_evidence import energies, laid_over
from farlead_signal.beat_windows import BeatWindows, middle, windows_at
from farlead_signal.findings import Finding
from farlead_signal.rows import means, without_mean
from farlead_signal.spans import SignalSpan

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

#: PR interval of an adult beyond which conduction is delayed, in ms.
LONG_PR = 200.0
#: A pause: longer than this share of the usual interval.
PAUSE = 1.45
#: The interval before a pause is no shorter than this share of the usual one: after an early beat
#: nothing is dropped.
ON_TIME = 0.85
#: Window of the P wave in relation to R, in seconds.
P_WINDOW = (-0.25, -0.06)
#: Correlation with the usual P wave from which a wave is one; size limits in shares of it.
P_ALIKE, P_SIZE = 0.72, (0.5, 1.7)
#: A P wave that was not conducted is due one atrial interval after the last one, within this
#: share of it: sinus arrhythmia, and the shortening that a block itself causes.
DUE = 0.18
#: Sinoatrial block: a pause without P wave is two or three usual intervals, within this share of
#: one; the usual intervals deviate by no more than STEADY from one another.
WHOLE, STEADY = 0.12, 0.06
#: A P wave that is conducted stands at its usual place, within this time in seconds.
HERE = 0.02
#: From this number of intervals in a pause two P waves in a row were not conducted.
TWO_DROPPED = 2.5
#: Wenckebach: the PR interval before the pause is longer than that after it by this, in seconds.
GROWS = 0.030
#: Share of the beats with a P wave midway that makes a two-to-one block, and fastest rate.
MIDWAY, TWO_TO_ONE_RATE = 0.7, 55.0
#: Independent P waves: slowest and fastest atrial interval, seconds; slowest excess of the atrial
#: over the ventricular rate; repetition of the residual that shows them.
P_INTERVALS, FASTER, P_REPEATS = (0.40, 1.20), 1.15, 0.45
#: Fastest ventricular rate and greatest irregularity at which complete block is thought of.
ESCAPE_RATE, ESCAPE_REGULAR = 65.0, 0.06
#: Rate at which the residual is looked at, in hertz; the usual beat that is taken out of it,
#: seconds around R.
SLOW_RATE, BEAT = 62.5, (-0.10, 0.50)


@dataclass(frozen=True, slots=True)
class Conduction:
    """What the search for P waves needs.

    `usual` is the usual RR interval of conducted beats in seconds, `conducted` marks these.
    """

    signal: NDArray[np.floating]
    fs: float
    peaks: Ints
    beats: BeatWindows
    conducted: Bools
    usual: float


def first_degree(pr: float | None, beats: Ints) -> tuple[Finding, ...]:
    """Delayed conduction, from the PR interval of the median beat in ms."""
    if pr is None or not pr > LONG_PR:
        return ()
    return (Finding("av.block1", tuple(beats.tolist()), values={"pr": float(pr)}),)


def second_degree(known: Conduction) -> tuple[Finding, ...]:
    """Dropped beats: P waves without QRS complex in pauses, and two-to-one conduction."""
    if np.count_nonzero(known.conducted) < 3:
        return ()
    return _in_pauses(known) or _midway(known) or _sinoatrial(known)


def _pauses(known: Conduction) -> tuple[Floats, Ints]:
    """Intervals in seconds, and which of them are pauses after a beat on time."""
    intervals = (known.peaks[1:] - known.peaks[:-1]) / known.fs
    plain = known.conducted[1:] & known.conducted[:-1]
    # An early beat brings its own pause; nothing is dropped there.
    (at,) = (plain & (intervals > PAUSE * known.usual)).nonzero()
    at = at[at > 0]
    return intervals, at[intervals[at - 1] > ON_TIME * known.usual]


def _sinoatrial(known: Conduction) -> tuple[Finding, ...]:
    """Pauses of two or three usual intervals in which no P wave stands, in an even rhythm."""
    intervals, at = _pauses(known)
    ratio = intervals / known.usual
    others = ratio[ratio <= PAUSE]
    if at.size == 0 or others.size < 3 or np.abs(others - 1).mean() > STEADY:
        return ()
    whole = np.rint(ratio[at])
    at = at[(np.abs(ratio[at] - whole) <= WHOLE) & (whole <= 3)]
    at = at[_is_p(known, known.peaks[at + 1].astype(float), HERE)]  # no escape beat
    if at.size == 0:
        return ()
    pauses = tuple(
        SignalSpan(int(known.peaks[i]), int(known.peaks[i + 1]), "pause") for i in at.tolist()
    )
    values = {"count": float(at.size), "rr_longest": float(intervals[at].max()),
              "ratio": float(ratio[at].max())}  # fmt: skip
    numbers = tuple(np.unique([at, at + 1]).tolist())
    return (Finding("sa.block", numbers, spans=pauses, values=values, certain=False),)


def _in_pauses(known: Conduction) -> tuple[Finding, ...]:
    intervals, at = _pauses(known)
    if at.size == 0:
        return ()
    due = known.peaks[at] + known.usual * known.fs
    dropped = at[_is_p(known, due, DUE * known.usual)]
    if dropped.size == 0:
        return ()
    pauses = tuple(
        SignalSpan(int(known.peaks[i]), int(known.peaks[i + 1]), "pause") for i in dropped.tolist()
    )
    values = {
        "count": float(dropped.size),
        "rr_longest": float(intervals[dropped].max()),
        "ratio": float(np.median(intervals[dropped]) / known.usual),
    }
    numbers = tuple(np.unique([dropped, dropped + 1]).tolist())
    grows = _p_delay(known, dropped) - _p_delay(known, dropped + 1)
    codes = ["av.block2"]
    codes.append("av.block2.wenckebach" if float(np.median(grows)) > GROWS else "av.block2.mobitz2")
    longest = dropped[intervals[dropped] > TWO_DROPPED * known.usual]
    second = known.peaks[longest] + 2 * known.usual * known.fs
    if longest.size and _is_p(known, second, DUE * known.usual).any():
        codes.append("av.high")
    return tuple(
        Finding(each, numbers, spans=pauses, values=values, certain=False) for each in codes
    )


def _midway(known: Conduction) -> tuple[Finding, ...]:
    """Two P waves for each QRS complex."""
    rate = 60 / known.usual
    if rate > TWO_TO_ONE_RATE:
        return ()
    at = np.flatnonzero(known.conducted[:-1])
    middle = known.peaks[at] + 0.5 * np.diff(known.peaks)[at]
    seen = _is_p(known, middle, DUE * known.usual / 2)
    if seen.mean() < MIDWAY:
        return ()
    values = {"ratio": 2.0, "rate": rate, "count": float(np.count_nonzero(seen))}
    numbers = tuple(at[seen].tolist())
    return tuple(
        Finding(code, numbers, values=values, certain=False)
        for code in ("av.block2", "av.block2.two_one")
    )


def _template(known: Conduction) -> Floats:
    return without_mean(middle(known.beats.part(*P_WINDOW)[known.conducted]))


def _is_p(known: Conduction, due: Floats, within: float) -> Bools:
    """Whether a P wave of the usual shape stands where R would be due, give or take."""
    template = _template(known)
    own = float(np.vdot(template, template)) + 1e-9
    rate, width = known.beats.rate, template.shape[1]
    reach = max(1, round(within * rate))
    step = round(known.fs / rate)
    first = np.rint(due).astype(np.int64) + (round(P_WINDOW[0] * rate) - reach) * step
    wide = _plain(known, first, width + 2 * reach, step)
    # The template has no mean, so that the mean of what it is laid over does not matter.
    product = laid_over(wide, template)
    like = product / np.sqrt(np.maximum(energies(wide, width), 0) * own + 1e-12)
    best = np.arange(len(due)), like.argmax(1)
    size = product[best] / own
    return np.asarray((like[best] > P_ALIKE) & (size > P_SIZE[0]) & (size < P_SIZE[1]))


def _plain(known: Conduction, first: Ints, width: int, step: int) -> Floats:
    """Windows of the signal at the rate and scale of the beats."""
    rows = windows_at(known.signal, first, width * step)
    mean = np.full(step, 1 / step, np.float32)
    rows = (rows.reshape(-1, step) @ mean).reshape(len(first), known.signal.shape[0], width)
    return np.asarray(rows * known.beats.scale[:, None])


def _p_delay(known: Conduction, at: Ints) -> Floats:
    """How much earlier than usual the P wave stands before these beats, in seconds."""
    template = _template(known)
    best, delay = np.full(at.size, -np.inf), np.zeros(at.size)
    for moved in range(-12, 9):
        rows = known.beats.part(*P_WINDOW, moved)[at] if moved >= -12 else None
        if rows is None or rows.shape[2] != template.shape[1]:
            continue
        rows = without_mean(rows)
        like = np.einsum("mlw,lw->m", rows, template) / np.sqrt(
            np.einsum("mlw,mlw->m", rows, rows) + 1e-9
        )
        better = like > best
        best[better], delay[better] = like[better], -moved / known.beats.rate
    return delay


def complete_block(known: Conduction, irregularity: float) -> tuple[Finding, ...]:
    """Independent P waves beside a slow regular rhythm.

    Parameters
    ----------
    known : Conduction
    irregularity : float
        Of the RR intervals (:func:`farlead_signal.atrial.irregularity`).
    """
    rate = 60 / known.usual
    if rate > ESCAPE_RATE or not irregularity < ESCAPE_REGULAR or known.peaks.size < 4:
        return ()
    repeats, interval = p_train(known)
    if not repeats > P_REPEATS:
        return ()
    atrial = 60 / interval
    if atrial < FASTER * rate:
        return ()
    values = {"rate": rate, "ratio": atrial / rate, "atrial_rate": atrial}
    numbers = tuple(range(known.peaks.size))
    return (Finding("av.block3", numbers, values=values, certain=False),)


def p_train(known: Conduction) -> tuple[float, float]:
    """Repetition (-1 to 1) and interval (s) of what is left when the usual beat is taken out."""
    step = max(1, round(known.fs / SLOW_RATE))
    rate, n = known.fs / step, known.signal.shape[1] // step
    slow = means(known.signal[:, : n * step].reshape(len(known.signal), n, step))
    slow = np.where(np.isfinite(slow), slow, 0) * known.beats.scale[:, None]
    slopes = slow[:, 2:] - slow[:, :-2]
    first, width = round(BEAT[0] * rate), round((BEAT[1] - BEAT[0]) * rate)
    at = np.rint(known.peaks / step).astype(np.int64) - 1 + first
    at = at[(at >= 0) & (at + width <= n - 2)]
    if at.size < 3:
        return np.nan, np.nan
    where = at[:, None] + np.arange(width)
    rest = slopes.copy()
    rest[:, where] -= middle(slopes[:, where].transpose(1, 0, 2))[:, None]
    inside = np.arange(round(0.04 * rate), round(0.20 * rate))
    rest[:, (at[:, None] + inside).ravel()] = 0
    lags = np.arange(round(P_INTERVALS[0] * rate), round(P_INTERVALS[1] * rate))
    alike = np.array([np.vecdot(rest[:, :-lag], rest[:, lag:]).sum() for lag in lags])
    alike = alike / (float(np.vdot(rest, rest)) + 1e-9) * (n / (n - lags))
    best = int(alike.argmax())
    return float(alike[best]), float(lags[best] / rate)
