"""Lead trouble: pacing spikes found and invented on LUDB, and the time of quality and electrodes.

``…_scored`` records of LUDB with even numbers, ``…_tuned_on`` odd ones. Keys: records with a
pacemaker and those of them in which spikes are found; spikes an hour in records without one, plain
and with noise records ``ma`` and ``em`` of the noise stress collection added to all leads; percent
found of spikes put before every QRS complex, of so many mV behind a filter of 150 Hz. Times are
medians of 300 calls in ms on one thread, 12 leads, 10 s, 500 Hz. Exchanged electrodes are scored
by the benchmark ``measurement``.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from run import in_one_thread

SUPPORT = Path(__file__).parents[1] / "support"


def run() -> dict[str, float]:
    """Measure in a child process with one thread."""
    return in_one_thread(__file__)


def measure() -> dict[str, float]:
    """All figures, in this process."""
    sys.path.insert(0, str(SUPPORT))
    from support_pacing import figures

    halves = {"tuned_on": range(1, 141, 2), "scored": range(2, 141, 2)}
    spikes = {
        f"{key}_{half}": value
        for half, numbers in halves.items()
        for key, value in figures(numbers).items()
    }
    return {**_times(), **spikes}


def _times() -> dict[str, float]:
    from farlead_signal import delineate, detect_qrs
    from farlead_signal.electrodes import reversals
    from farlead_signal.leads import STANDARD
    from farlead_signal.pacing import find_spikes
    from farlead_signal.quality import assess
    from farlead_signal.representative import representative
    from support_reversals import ludb

    samples, fs = ludb(1)
    samples = np.ascontiguousarray(samples)
    peaks = detect_qrs(samples, fs)
    beat = representative(samples, fs, peaks, delineate(samples, fs, peaks))
    assert beat is not None
    return {
        "quality_ms": _median_ms(lambda: assess(samples, fs)),
        "spikes_ms": _median_ms(lambda: find_spikes(samples, fs)),
        "electrodes_ms": _median_ms(lambda: reversals(beat.beats, STANDARD, fs, beat.fiducials)),
    }


def _median_ms(task: Callable[[], object], rounds: int = 300) -> float:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        task()
        taken.append(time.perf_counter() - began)
    return 1000 * median(taken)


def main() -> None:
    """Print the figures; with ``--json`` on one line."""
    results = measure()
    if "--json" in sys.argv:
        print(json.dumps(results))
        return
    for key, value in results.items():
        print(f"{key:<40}{value:10.3f}")


if __name__ == "__main__":
    main()
