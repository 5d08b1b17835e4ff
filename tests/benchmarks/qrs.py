"""QRS detection: accuracy on MIT-BIH, LUDB and the noise stress test, speed against peers.

Accuracy without peers takes half a minute; of the peers only the fastest and the most accurate are
run here (gqrs takes three seconds a record), all of them by ``farleadctl bench qrs``. Everything
runs in a child process with one thread for linear algebra, so that times are those of one core.
``python tests/benchmarks/qrs.py`` prints the tables as well.
"""

import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from run import in_one_thread

from farlead.analysis.beat_comparison import detectors
from farlead.analysis.beat_comparison import run as compare
from farlead.analysis.beat_database import BeatRecord, records
from farlead_signal import detect_qrs, detect_qrs_batch
from farlead_signal.scoring import BeatScore, gross, score_beats, table

DATA = Path(os.environ.get("FARLEAD_DATA", Path(__file__).parents[3] / "shared" / "data"))
LUDB_LEADS = ("i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6")
#: Detectors of the comparison, and how often the fast ones are timed on each record.
COMPARED, ROUNDS = ("farlead", "sleepecg", "wfdb gqrs"), 9


def run() -> dict[str, float]:
    """Measure in a child process with one thread; returns the keys of the issue."""
    return in_one_thread(__file__)


def measure(*, show: bool, peers: bool = True) -> dict[str, float]:
    """All figures, in this process."""
    results = {**_accuracy(show), **_ludb(show), **_noise_stress(), **_speed()}
    if peers:
        results.update(_peers(show))
    return results


def _accuracy(show: bool) -> dict[str, float]:
    first: dict[str, BeatScore] = {}
    both: dict[str, BeatScore] = {}
    for record in records(DATA / "mitdb"):
        first[record.name] = _scored(record, 1)
        both[record.name] = _scored(record, 2)
    if show:
        print("MIT-BIH, first channel", table(first), sep="\n")
        print("MIT-BIH, both channels", table(both), sep="\n")
    odd = {name: score for i, (name, score) in enumerate(first.items()) if i % 2}
    even = {name: score for i, (name, score) in enumerate(first.items()) if not i % 2}
    return {
        "mitdb_first_f1": 100 * gross(first).f1,
        "mitdb_first_f1_developed_on": 100 * gross(even).f1,
        "mitdb_first_f1_checked_on": 100 * gross(odd).f1,
        "mitdb_all_f1": 100 * gross(both).f1,
        "mitdb_first_sensitivity": 100 * gross(first).sensitivity,
        "mitdb_first_ppv": 100 * gross(first).ppv,
    }


def _scored(record: BeatRecord, leads: int, start: float = 0.0) -> BeatScore:
    beats = detect_qrs(record.signal[:leads], record.fs)
    return score_beats(record.beats, beats, record.fs, start=start, exclude=record.exclude)


def _ludb(show: bool) -> dict[str, float]:
    """Missed and extra beats between the first and the last beat that is marked in most leads."""
    total, beats = BeatScore(0, 0, 0), 0
    for number in range(1, 141):
        signal, fs, marked = _ludb_record(number)
        span = (marked[0] - 0.15 * fs, marked[-1] + 0.15 * fs)
        found = detect_qrs(signal, fs)
        found = found[(found >= span[0]) & (found <= span[1])]
        score = score_beats(marked, found, fs)
        total, beats = total + score, beats + marked.size
        if show and score.errors:
            print(f"LUDB {number}: {score}")
    return {"ludb_errors": float(total.errors), "ludb_beats": float(beats)}


def _ludb_record(number: int) -> tuple[np.ndarray, float, np.ndarray]:
    """Signal (raw integers are microvolts), rate, and QRS peaks: medians over the leads."""
    import wfdb

    folder = DATA / "ludb"
    record = wfdb.rdrecord(str(folder / str(number)), physical=False)
    fs = float(record.fs)
    marks = []
    for lead in LUDB_LEADS:
        annotation = wfdb.rdann(str(folder / str(number)), lead)
        marks += [s for s, c in zip(annotation.sample, annotation.symbol, strict=True) if c == "N"]
    ordered = np.sort(np.array(marks))
    groups = np.split(ordered, np.flatnonzero(np.diff(ordered) > 0.15 * fs) + 1)
    peaks = np.array([int(np.median(g)) for g in groups if len(g) >= len(LUDB_LEADS) // 2])
    return np.ascontiguousarray(record.d_signal.T / 1000.0), fs, peaks


def _noise_stress() -> dict[str, float]:
    wanted = {"118e24": "nst_24db", "118e06": "nst_6db", "118e00": "nst_0db", "118e_6": "nst_-6db"}
    found = {}
    for record in records(DATA / "nstdb"):
        if record.name in wanted:
            found[wanted[record.name]] = 100 * _scored(record, 1, 300.0).f1
            found[wanted[record.name] + "_both"] = 100 * _scored(record, 2, 300.0).f1
    return found


def _speed() -> dict[str, float]:
    record = next(r for r in records(DATA / "mitdb") if r.name == "203")
    day = np.tile(record.signal[0], 48).astype(np.float32)
    twelve = np.ascontiguousarray(_ludb_record(1)[0], np.float32)
    batch = np.stack([np.roll(twelve, 7 * i, axis=1) for i in range(256)])
    return {
        "day_s": _median(lambda: detect_qrs(day, record.fs), 3),
        "day_memory": _memory(day, record.fs),
        "ecg12_ms": 1000 * _median(lambda: detect_qrs(twelve, 500.0), 200),
        "batch12_ms": 1000 * _median(lambda: detect_qrs_batch(batch, 500.0), 3) / 256,
    }


def _median(task: Callable[[], object], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        task()
        taken.append(time.perf_counter() - began)
    return median(taken)


def _memory(signal: np.ndarray, fs: float) -> float:
    """Peak of what is there during detection, the input included, over the input."""
    tracemalloc.start()
    detect_qrs(signal, fs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return (peak + signal.nbytes) / signal.nbytes


def _peers(show: bool) -> dict[str, float]:
    chosen = {name: each for name, each in detectors().items() if name in COMPARED}
    outcomes = compare(DATA / "mitdb", chosen, rounds=ROUNDS)
    ours = outcomes["farlead"]
    if show:
        for name, outcome in outcomes.items():
            score = gross(outcome.scores)
            print(
                f"{name:<12} Se {100 * score.sensitivity:.3f} +P {100 * score.ppv:.3f} "
                f"F1 {100 * score.f1:.3f} {median(outcome.milliseconds.values()):9.2f} ms"
            )
    results = {"ms_per_30min": median(ours.milliseconds.values())}
    if "sleepecg" in outcomes:
        theirs = outcomes["sleepecg"].milliseconds
        ratios = [theirs[name] / taken for name, taken in ours.milliseconds.items()]
        results["times_sleepecg"] = median(ratios)
    if "wfdb gqrs" in outcomes:
        theirs_scored = outcomes["wfdb gqrs"].scores
        losses = {n: 100 * (theirs_scored[n].f1 - s.f1) for n, s in ours.scores.items()}
        results["worst_vs_gqrs"] = max(0.0, *losses.values())
        if show:
            print("largest losses to gqrs:", sorted(losses.items(), key=lambda x: -x[1])[:5])
    return results


def main() -> None:
    """Print tables and figures; with ``--json`` the figures alone, on one line."""
    if "--json" in sys.argv:
        print(json.dumps(measure(show=False)))
        return
    for key, value in measure(show=True, peers="--quick" not in sys.argv).items():
        print(f"{key:<30}{value:12.4f}")


if __name__ == "__main__":
    main()
