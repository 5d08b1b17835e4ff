"""How many exchanges made from LUDB records are missed, and how many originals accused.

Each exchange is made on the recording itself and goes through detection, delineation and the
representative beat. ``python tests/support/support_reversal_scores.py`` prints the figures of the
records with odd numbers, which the fit and the limits come from, and of the others.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from farlead_signal import delineate, detect_qrs
from farlead_signal.electrodes import ReversalKind, p_waves_in, reversals
from farlead_signal.leads import STANDARD
from farlead_signal.representative import representative
from support_reversals import LIMB_SWAPS, ludb, neighbours_swapped, right_leg_swapped, swapped

TUNED_ON, SCORED = range(1, 141, 2), range(2, 141, 2)
Samples = NDArray[np.floating]


def claimed(samples: Samples, fs: float) -> set[ReversalKind]:
    """Kinds of exchange claimed in a recording of the twelve standard leads."""
    peaks = detect_qrs(samples, fs)
    points = delineate(samples, fs, peaks)
    found = representative(samples, fs, peaks, points)
    if found is None:
        return set()
    p_waves = p_waves_in(points, found.members)
    claims = reversals(found.beats, STANDARD, fs, found.fiducials, p_waves=p_waves)
    return {claim.kind for claim in claims}


def reversal_figures(numbers: Iterable[int], suffix: str = "") -> dict[str, float]:
    """Percent missed of each exchange, and percent of the originals accused, by key.

    ``reversal_missed``: the mean over exchanged arms, left arm and leg, right arm and leg;
    missed is also what is claimed as another exchange. ``reversal_false``: originals with any
    claim. The other exchanges have keys of their own.
    """
    records = [ludb(number) for number in numbers]
    made: dict[str, Callable[[Samples], Samples]] = {
        kind: lambda samples, kind=kind: swapped(samples, kind) for kind in LIMB_SWAPS
    }
    figures = {f"reversal_missed_{kind}": _missed(records, kind, made[kind]) for kind in made}
    results = {"reversal_missed": float(np.mean(list(figures.values()))), **figures}
    for arm in ("RA", "LA"):
        key = f"reversal_missed_{arm}_RL"
        results[key] = _missed(records, "RL", lambda s, arm=arm: right_leg_swapped(s, arm))
    chest = [_missed(records, "PRECORDIAL", lambda s, at=at: neighbours_swapped(s, at))
             for at in range(1, 6)]  # fmt: skip
    results["reversal_missed_chest"] = float(np.mean(chest))
    accused = [claimed(*record) for record in records]
    results["reversal_false"] = 100 * float(np.mean([bool(kinds) for kinds in accused]))
    by_kind = Counter(kind for kinds in accused for kind in kinds)
    results |= {f"reversal_false_{k}": 100 * by_kind[k] / len(records) for k in ReversalKind}
    return {f"{key}{suffix}": value for key, value in results.items()}


def _missed(
    records: list[tuple[Samples, float]], kind: str, change: Callable[[Samples], Samples]
) -> float:
    hits = [ReversalKind(kind) in claimed(change(samples), fs) for samples, fs in records]
    return 100 * (1 - float(np.mean(hits)))


def main() -> None:
    """Print the figures of both halves; `odd` for the first alone."""
    figures = reversal_figures(TUNED_ON, "_tuned_on")
    if "odd" not in sys.argv:
        figures |= reversal_figures(SCORED)
    sys.stdout.writelines(f"{key:<40}{value:8.2f}\n" for key, value in figures.items())


if __name__ == "__main__":
    main()
