"""The fit behind farlead_signal.limb_swaps.

``python tests/support/support_reversal_fit.py`` prints the constants of that module, fitted on
LUDB's records with odd numbers, and what each of these records scores with a fit made without it.
"""

import sys

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from farlead.analysis.wave_database import Wave, WaveRecord, read_waves
from farlead_signal import limb_swaps
from farlead_signal.delineation import Fiducials
from farlead_signal.leads import STANDARD
from farlead_signal.limb_swaps import SWAPS, chest_rows, frontal_plane, lead_and_others
from farlead_signal.segments import Segments, segments_of
from support_reversals import DATA

#: Window around R of the beats that the fit is made on, in seconds.
BEFORE, AFTER = 0.32, 0.56
#: Ridge of both fits: keeps coefficients of nearly equal neighbours from growing.
RIDGE, WEIGHT_RIDGE = 0.03, 0.05


def marked_beat(number: int) -> tuple[NDArray[np.float64], Fiducials, float] | None:
    """Median beat of a LUDB record with fiducials from the cardiologists' marks."""
    record = read_waves(DATA / "ludb", str(number), raw_microvolts=True)
    qrs = record.marks[1].rows[Wave.QRS][:, 1]
    before, width = round(BEFORE * record.fs), round((BEFORE + AFTER) * record.fs)
    qrs = qrs[(qrs >= before) & (qrs - before + width <= record.signal.shape[1])]
    if qrs.size == 0:
        return None
    windows = record.signal[:, qrs[:, None] - before + np.arange(width)]
    windows = windows - np.median(windows, axis=-1, keepdims=True)
    beat = np.median(windows, axis=1)
    alike = np.array([_correlation(windows[:, at], beat) for at in range(qrs.size)])
    beat = np.median(windows[:, alike >= min(0.8, np.median(alike))], axis=1)
    return beat, _fiducials(record, qrs, before), record.fs


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def _fiducials(record: WaveRecord, qrs: NDArray[np.int64], before: int) -> Fiducials:
    """Medians over leads and beats, as indices of the window."""
    points = {
        "p_on": _median(record, Wave.P, 0, qrs, 1),
        "p_off": _median(record, Wave.P, 2, qrs, 1),
        "qrs_on": _median(record, Wave.QRS, 0, qrs, 0),
        "qrs_off": _median(record, Wave.QRS, 2, qrs, 0),
        "t_off": _median(record, Wave.T, 2, qrs, -1),
    }
    given = {name: np.array([-1 if at is None else before + at]) for name, at in points.items()}
    none = np.array([-1])
    return Fiducials(p_peak=none, t_on=none, t_peak=none, r_peaks=np.array([before]), **given)


def _median(
    record: WaveRecord, wave: Wave, column: int, qrs: NDArray[np.int64], side: int
) -> int | None:
    """Median distance of a mark from its QRS complex; None with fewer than six marks."""
    found: list[int] = []
    for marks in record.marks:
        rows = marks.rows[wave]
        at = np.searchsorted(qrs, rows[:, 1]) + (0 if side == 1 else -1)
        if side == 0:
            at = np.abs(rows[:, 1:2] - qrs).argmin(axis=1)
        fits = (at >= 0) & (at < qrs.size) & (rows[:, column] >= 0)
        found += (rows[fits, column] - qrs[at[fits]]).tolist()
    return int(np.median(found)) if len(found) >= 6 else None


Prepared = tuple[NDArray[np.float64], NDArray[np.float64], Segments]


def prepared(number: int) -> Prepared | None:
    """Frontal plane, chest leads and segments of the beat that the fit takes from a record."""
    found = marked_beat(number)
    parts = found and segments_of(found[1], found[0].shape[1], found[2])
    if not found or not parts or not np.isfinite(found[0]).all():
        return None
    beat = found[0] - found[0][:, parts.level].mean(axis=1, keepdims=True)
    leads = dict(zip(STANDARD, beat, strict=True))
    frontal, chest = frontal_plane(leads)[0], chest_rows(leads)
    assert frontal is not None
    assert chest is not None
    return frontal, chest, parts


def model(records: list[Prepared], at: int, during_p: bool) -> NDArray[np.float64]:
    """What V1 … V6 and the perpendicular lead make of the lead of question `at`."""
    left, right = np.zeros((7, 7)), np.zeros(7)
    for frontal, chest, parts in records:
        for part in [parts.p] if during_p else [parts.qrs, parts.t]:
            if part is None or part.stop <= part.start:
                continue
            pair = frontal[:, part], chest[:, part]
            pair = limb_swaps._above_its_ends(*pair) if during_p else pair
            lead, others = lead_and_others(*pair, at)
            energy = (pair[0] ** 2).sum()  # every record counts alike
            left += others @ others.T / energy
            right += others @ lead / energy
    return np.linalg.solve(left + RIDGE * np.trace(left) / 7 * np.eye(7), right)


def weights(answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression without a constant on answers, shape (records, 3), of true signs."""
    found = minimize(
        lambda w: np.logaddexp(0, -answers @ w).sum() + WEIGHT_RIDGE * w @ w, np.zeros(3)
    )
    return np.asarray(found.x)


def answered(records: list[Prepared], one: Prepared) -> NDArray[np.float64]:
    """Answers about one record with models of other records."""
    keep = limb_swaps.DURING_P, limb_swaps.DURING_QRST
    try:
        limb_swaps.DURING_P = np.array([model(records, at, True) for at in range(3)])
        limb_swaps.DURING_QRST = np.array([model(records, at, False) for at in range(3)])
        return limb_swaps.sign_answers(*one)
    finally:
        limb_swaps.DURING_P, limb_swaps.DURING_QRST = keep


def main() -> None:
    """Fit, and score each record with a fit made without it."""
    numbers = [number for number in range(1, 141, 2) if prepared(number)]
    records = [found for number in numbers if (found := prepared(number))]
    answers = np.array(
        [answered(records[:at] + records[at + 1 :], one) for at, one in enumerate(records)]
    )
    lines = [f"{len(records)} records"]
    for at, swap in enumerate(SWAPS):
        mine = answers[:, at]
        scores = np.array([one @ weights(np.delete(mine, k, 0)) for k, one in enumerate(mine)])
        limit = limb_swaps.LIMITS[at]
        lowest = ", ".join(f"{numbers[k]}: {scores[k]:.1f}" for k in np.argsort(scores)[:4])
        lines += [
            f"{swap} P {model(records, at, True).round(2).tolist()}",
            f"{swap} QRS-T {model(records, at, False).round(2).tolist()}",
            f"{swap} weights {weights(mine).round(1).tolist()}",
            f"{swap} missed {100 * (scores < limit).mean():.1f} %, "
            f"false {100 * (scores < -limit).mean():.1f} %; lowest {lowest}",
        ]
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
