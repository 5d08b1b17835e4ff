"""Screening: atrial fibrillation, ventricular beats and lethal rhythms on MIT-BIH and LUDB.

Everything is read as it would come in: windows are cut out and read by themselves, with all
channels and our own beats. It runs in a child process with one thread for linear algebra.
``python tests/benchmarks/screening.py`` prints the same, record by record.

Keys: ``af_mitdb_se``, ``af_mitdb_sp`` (%) of windows of 10 s: a window counts as fibrillation when
it is marked AFIB throughout; those with atrial flutter anywhere and those that are AFIB in part
are left out (``af_mitdb_flutter``, ``af_mitdb_mixed`` of them, percent called fibrillation or
flutter beside). ``af_mitdb_ctx_…`` the same windows, each read with 60 s: 20 s before, 30 s after.
``veb_se``, ``veb_ppv`` (%) of ventricular beats (marked V or E) from 5:00 on.
``missed_critical_mitdb`` percent of the windows filled by VT, VFL or VF that nothing raises;
``…_unnamed`` percent without a finding that names a ventricular rhythm (an unknown rhythm ranks
with urgent, too). Suffixes: ``_tuned_on`` the records of DS1, ``_ds2`` those of DS2, which were
only ever scored; without one af and missed_critical are of all 48 records, veb of DS2.
``af_ludb_missed`` of the LUDB records with fibrillation or flutter, those called neither;
``…_scored_only`` of those with an even number, which were never looked at.

``missed_critical_ludb`` of the LUDB records labelled ST-elevation infarction
(``…_marked`` of them), those that screening puts neither to critical nor to urgent.
``false_critical`` percent of the records (``…_records``) in sinus rhythm without ischaemia or scar,
pacing and third-degree block that have a critical suggestion, ``false_urgent`` of them those that
stand with urgent without one. ``unknown_normal`` records that could not be judged and yet stand
below urgent. ``block_…_found``, ``…_missed``, ``…_false``: blocks within the ventricles against the
labels. ``…_tuned_on``: records with an odd number; ``…_scored_only``: with an even one.

``screen_ms`` the whole of ``screen()`` of one ECG of 10 s with 12 leads at 500 Hz, median (and
``screen_fastest_ms``); ``screen_500_s`` 500 ECGs of LUDB in two processes that have read them.
"""

import csv
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import numpy as np
from run import in_one_thread

from farlead.analysis import screen
from farlead.analysis.rhythm_comparison import RhythmResult, Shares, compare_rhythms
from farlead.analysis.rhythm_database import DS1, DS2
from farlead.analysis.wave_database import read_waves
from farlead.model.recording import Recording
from farlead_signal import delineate, find_beats
from farlead_signal.leads import STANDARD
from farlead_signal.pacing import find_spikes
from farlead_signal.representative import representative
from farlead_signal.rhythms import RhythmFindings, rhythms
from farlead_signal.scoring import BeatScore

DATA = Path(os.environ.get("FARLEAD_DATA", Path(__file__).parents[3] / "shared" / "data"))
ROUNDS, MORNING = 200, 500
LIMB = {"i": "I", "ii": "II", "iii": "III", "avr": "aVR", "avl": "aVL", "avf": "aVF"}


def run() -> dict[str, float]:
    """Measure in a child process with one thread."""
    return in_one_thread(__file__)


def measure(*, show: bool = False, only: frozenset[str] | None = None) -> dict[str, float]:
    """All figures, in this process; with `only` those of some records of MIT-BIH."""
    found = []
    for result in compare_rhythms(DATA / "mitdb", only=only):
        found.append(result)
        if show:
            print(_line(result), flush=True)
    if only is not None:
        return _mitdb(found, "")
    return {**_figures(found), **_ludb(show), **_shapes(show), **_time()}


def _time() -> dict[str, float]:
    """One ECG on one core, and a morning of them on two; the workers are warm."""
    recording, times = _ecg(1), []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        screen(recording)
        times.append(1000 * (time.perf_counter() - begin))
    with ProcessPoolExecutor(2, get_context("spawn"), initializer=_warm) as pool:
        list(pool.map(_screened, range(1, 41), chunksize=5))
        begin = time.perf_counter()
        list(pool.map(_screened, [1 + n % 140 for n in range(MORNING)], chunksize=5))
        morning = time.perf_counter() - begin
    return {
        "screen_ms": median(times),
        "screen_fastest_ms": min(times),
        "screen_500_s": morning,
    }


def _warm() -> None:
    for number in range(1, 141):
        _ecg(number)


def _screened(number: int) -> int:
    return int(screen(_ecg(number)).severity)


@cache
def _ecg(number: int) -> Recording:
    record = read_waves(DATA / "ludb", str(number), raw_microvolts=True)
    return Recording(np.ascontiguousarray(record.signal, np.float32), STANDARD, record.fs)


def _figures(found: Iterable[RhythmResult]) -> dict[str, float]:
    every = list(found)
    second = [one for one in every if one.name in DS2]
    all_records = {k: v for k, v in _mitdb(every, "").items() if not k.startswith("veb")}
    scored = _mitdb(second, "_ds2")
    return {
        **all_records,
        **_mitdb([one for one in every if one.name in DS1], "_tuned_on"),
        **scored,
        "veb_se": scored.pop("veb_se_ds2"),
        "veb_ppv": scored.pop("veb_ppv_ds2"),
    }


def _mitdb(found: Iterable[RhythmResult], suffix: str) -> dict[str, float]:
    every = list(found)
    alone, context = (
        sum((getattr(one, name) for one in every), Shares()) for name in ("alone", "context")
    )
    beats = sum((one.ventricular for one in every), BeatScore(0, 0, 0))
    apart = sum((one.apart for one in every), Counter())
    lethal = sum(one.lethal for one in every)
    figures = {
        "af_mitdb_se": alone.sensitivity,
        "af_mitdb_sp": alone.specificity,
        "af_mitdb_windows": float(alone.tp + alone.fn),
        "af_mitdb_ctx_se": context.sensitivity,
        "af_mitdb_ctx_sp": context.specificity,
        "af_mitdb_flutter": float(apart["flutter"]),
        "af_mitdb_flutter_found": _percent(apart["flutter_found"], apart["flutter"]),
        "af_mitdb_mixed": float(apart["mixed"]),
        "af_mitdb_mixed_found": _percent(apart["mixed_found"], apart["mixed"]),
        "veb_se": 100 * beats.sensitivity,
        "veb_ppv": 100 * beats.ppv,
        "missed_critical_mitdb": _percent(sum(len(one.missed) for one in every), lethal),
        "missed_critical_mitdb_unnamed": _percent(sum(len(one.unnamed) for one in every), lethal),
        "missed_critical_mitdb_windows": float(lethal),
    }
    return {f"{key}{suffix}": value for key, value in figures.items()}


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else float("nan")


def _line(one: RhythmResult) -> str:
    beats = one.ventricular
    part = "DS1" if one.name in DS1 else "DS2" if one.name in DS2 else "paced"
    text = (
        f"{one.name:<5}{part:<6}af {_counts(one.alone):<18}60 s {_counts(one.context):<18}"
        f"veb tp {beats.tp:<4} fn {beats.fn:<4} fp {beats.fp:<4}"
    )
    if one.apart:
        text += f" apart {dict(one.apart)}"
    if one.lethal:
        text += f" lethal {one.lethal} unnamed {one.unnamed} missed {one.missed}"
    return text


def _counts(one: Shares) -> str:
    return f"{one.tp}/{one.fn}/{one.fp}/{one.tn}"


def ludb_rhythm(number: int) -> RhythmFindings:
    """Rhythm of a record of LUDB."""
    record = read_waves(DATA / "ludb", str(number), raw_microvolts=True)
    names = [LIMB.get(name.lower(), name.upper()) for name in record.leads]
    signal, fs = np.ascontiguousarray(record.signal, np.float32), record.fs
    beats, spikes = find_beats(signal, fs), find_spikes(signal, fs)
    points = delineate(signal, fs, beats.r_peaks)
    beat = representative(signal, fs, beats.r_peaks, points, spikes.positions)
    return rhythms(signal, fs, names, beats, points, beat, spikes)


def _ludb(show: bool) -> dict[str, float]:
    with (DATA / "ludb" / "ludb.csv").open(encoding="utf-8") as file:
        rows = {int(row["ID"]): row["Rhythms"] for row in csv.DictReader(file)}
    marked = {
        number: "fibrillation" in told or "flutter" in told
        for number, told in rows.items()
        if number <= 140
    }
    called = {number: _atrial(ludb_rhythm(number)) for number in marked}
    missed = [n for n, is_so in marked.items() if is_so and not called[n]]
    false = [n for n, is_so in marked.items() if called[n] and not is_so]
    if show:
        print("LUDB: fibrillation or flutter missed", missed, "called without being marked", false)
    return {
        "af_ludb_missed": float(len(missed)),
        "af_ludb_missed_scored_only": float(sum(n % 2 == 0 for n in missed)),
        "af_ludb_false": float(len(false)),
        "af_ludb_false_scored_only": float(sum(n % 2 == 0 for n in false)),
        "af_ludb_marked": float(sum(marked.values())),
    }


def _shapes(show: bool) -> dict[str, float]:
    """What needs the shape of the beat, through the whole of screening."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
    from support_screening_scores import shape_figures, told

    figures, found = shape_figures(DATA / "ludb")
    if show:
        print("\n".join(told(found)))
    return figures


def _atrial(found: RhythmFindings) -> bool:
    return any(one.code in {"rhythm.af", "rhythm.flutter"} for one in found.findings)


def main() -> None:
    """Print the figures; ``--json`` on one line, ``--tuned-on`` of DS1, ``--shapes`` of LUDB's."""
    if "--shapes" in sys.argv:
        for key, value in _shapes(show=True).items():
            print(f"{key:<42}{value:10.2f}")
        return
    results = measure(show="--json" not in sys.argv, only=DS1 if "--tuned-on" in sys.argv else None)
    if "--json" in sys.argv:
        print(json.dumps(results))
        return
    for key, value in results.items():
        print(f"{key:<42}{value:10.2f}")


if __name__ == "__main__":
    main()
