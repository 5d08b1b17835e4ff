"""Intervals and axes on LUDB beside the cardiologists' marks and statements, and time.

A recording's interval by the marks is the median over its beats; of each beat the onset is the
second earliest and the offset the second latest of the leads' marks (``…``), or the medians over
the leads (``…_middle``: one lead's interval, shorter). Ours is that of the median beat. Records
with odd numbers were looked at during development, even ones were only ever scored
(``…_scored``).

Keys: ``pr_mean``, ``pr_sd`` (ms, ours less theirs), ``pr_count`` recordings, ``pr_none``
recordings with marks for which ours is unknown; so for p, qrs, qt. ``axis_order`` percent of the
pairs of recordings with different statements on the axis (left deviation, horizontal, normal,
vertical, right deviation) that our axis puts in the same order. ``kind_sinus`` percent of the
recordings without a statement on extrasystoles or pacing in which no beat is called ventricular,
paced or fusion. ``mitdb_veb_se``, ``mitdb_veb_ppv``, ``mitdb_sveb_se``, ``mitdb_sveb_ppv`` percent
of the ventricular (V, E) and supraventricular (A, a, J, S) beats of MIT-BIH found and of those
claimed that are right, both channels, whole records without the four paced ones (ventricular
beats were tuned on half of them, see screening.py). ``rest_ms`` one ECG of 10 s with 12 leads at
500 Hz, from beats and their fiducials to measurements.
"""

import csv
import os
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from statistics import median

import numpy as np

from farlead.analysis.wave_database import Wave, WaveRecord, read_waves
from farlead_signal import detect_qrs
from farlead_signal.amplitudes import measure_leads
from farlead_signal.axis import Axes, measure_axes
from farlead_signal.beat_classes import BeatClass
from farlead_signal.delineation import delineate
from farlead_signal.intervals import Intervals, measure_intervals
from farlead_signal.representative import Representative, representative
from farlead_signal.scoring import match_beats
from farlead_signal.voltages import voltage_sums

DATA = Path(os.environ.get("FARLEAD_DATA", Path(__file__).parents[3] / "shared" / "data"))
LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
#: Statements on the axis from left to right.
ORDER = ("left axis deviation", "horizontal", "normal", "vertical", "right axis deviation")
#: Leads with a mark that a beat needs to have a global point.
ENOUGH = 8
PACED = {"102", "104", "107", "217"}
BEATS = frozenset("NLRBAaJSVrFejnE/fQ?")
KINDS = (("veb", ["V", "E"], "ventricular"), ("sveb", ["A", "a", "J", "S"], "supraventricular"))
OTHERS = {BeatClass.VENTRICULAR, BeatClass.PACED, BeatClass.FUSION}


def run() -> dict[str, float]:
    """All figures, in this process."""
    seen, scored = _ludb(range(1, 141, 2)), _ludb(range(2, 141, 2))
    results = {
        **seen,
        **{f"{key}_scored": value for key, value in scored.items()},
        **_mitdb(),
        **_time(),
    }
    for key, value in results.items():
        print(f"{key:<28}{value:10.2f}")
    return results


def _ludb(numbers: Iterable[int]) -> dict[str, float]:
    with (DATA / "ludb" / "ludb.csv").open(encoding="utf-8") as file:
        stated = {int(row["ID"]): row for row in csv.DictReader(file)}
    errors: dict[str, list[float]] = {}
    unknown: dict[str, int] = {}
    axes, quiet = [], []
    for number in numbers:
        record = read_waves(DATA / "ludb", str(number), raw_microvolts=True)
        intervals, found_axes, beat = _ours(record)
        for middle in (False, True):
            for name, theirs in _theirs(record, middle=middle).items():
                key = f"{name}_middle" if middle else name
                value = getattr(intervals, name).value
                if value is None:
                    unknown[key] = unknown.get(key, 0) + 1
                else:
                    errors.setdefault(key, []).append(value - theirs)
        row = stated[number]
        statement = row["Electric axis of the heart"].strip().partition(": ")[2]
        if statement in ORDER and found_axes.qrs.value is not None:
            axes.append((ORDER.index(statement), found_axes.qrs.value))
        if not row["Extrasystolies"].strip() and not row["Cardiac pacing"].strip():
            quiet.append(not OTHERS & set(beat.classes))
    return {**_figures(errors, unknown), **_order(axes), "kind_sinus": 100 * float(np.mean(quiet))}


def _figures(errors: dict[str, list[float]], unknown: dict[str, int]) -> dict[str, float]:
    found = {}
    for name, values in errors.items():
        found[f"{name}_mean"], found[f"{name}_sd"] = float(np.mean(values)), float(np.std(values))
        found[f"{name}_count"] = float(len(values))
        found[f"{name}_none"] = float(unknown.get(name, 0))
    return found


def _order(axes: list[tuple[int, float]]) -> dict[str, float]:
    pairs = [(a, b) for i, a in enumerate(axes) for b in axes[:i] if a[0] != b[0]]
    right = sum((a[0] > b[0]) == (a[1] > b[1]) for a, b in pairs)
    return {"axis_order": 100 * right / len(pairs), "axis_pairs": float(len(pairs))}


def _ours(record: WaveRecord) -> tuple[Intervals, Axes, Representative]:
    peaks = detect_qrs(record.signal, record.fs)
    fiducials = delineate(record.signal, record.fs, peaks)
    beat = representative(record.signal, record.fs, peaks, fiducials)
    if beat is None:
        raise ValueError(f"no beats in {record.name}")
    found = measure_intervals(record.fs, peaks, fiducials, beat)
    return found, measure_axes(beat, LEADS), beat


def _theirs(record: WaveRecord, *, middle: bool) -> dict[str, float]:
    """Intervals in ms by the marks, median over the beats that are marked in most leads."""
    found: dict[str, list[float]] = {"p": [], "pr": [], "qrs": [], "qt": []}
    factor = 1000 / record.fs
    for peak in detect_qrs(record.signal, record.fs):
        qrs = _near(record, Wave.QRS, peak - 60, peak + 60, middle=middle)
        if qrs is None:
            continue
        found["qrs"].append(factor * (qrs[1] - qrs[0]))
        p = _near(record, Wave.P, peak - 200, peak - 20, middle=middle)
        if p is not None:
            found["p"].append(factor * (p[1] - p[0]))
            found["pr"].append(factor * (qrs[0] - p[0]))
        t = _near(record, Wave.T, peak + 50, peak + 350, middle=middle)
        if t is not None:
            found["qt"].append(factor * (t[1] - qrs[0]))
    return {name: float(np.median(values)) for name, values in found.items() if values}


def _near(
    record: WaveRecord, wave: Wave, first: float, last: float, *, middle: bool
) -> tuple[float, float] | None:
    """Onset and offset over the leads of the wave whose peak lies in a span."""
    onsets, offsets = [], []
    for marks in record.marks:
        rows = marks.rows[wave]
        inside = rows[(rows[:, 1] > first) & (rows[:, 1] < last) & (rows >= 0).all(1)]
        if len(inside):
            onsets.append(int(inside[0, 0]))
            offsets.append(int(inside[0, 2]))
    if len(onsets) < ENOUGH:
        return None
    if middle:
        return float(np.median(onsets)), float(np.median(offsets))
    return sorted(onsets)[1], sorted(offsets)[-2]


def _mitdb() -> dict[str, float]:
    wfdb = import_module("wfdb")
    counts = dict.fromkeys(("veb", "veb_hit", "veb_claim", "sveb", "sveb_hit", "sveb_claim"), 0)
    for file in sorted((DATA / "mitdb").glob("*.hea")):
        if file.stem in PACED:
            continue
        record = wfdb.rdrecord(str(file.with_suffix("")))
        marks = wfdb.rdann(str(file.with_suffix("")), "atr")
        is_beat = np.isin(marks.symbol, list(BEATS))
        where, symbols = marks.sample[is_beat], np.array(marks.symbol)[is_beat]
        signal = np.ascontiguousarray(record.p_signal.T, np.float32)
        peaks = detect_qrs(signal, record.fs)
        fiducials = delineate(signal, record.fs, peaks)
        beat = representative(signal, record.fs, peaks, fiducials)
        if beat is None:
            raise ValueError(f"no beats in {file.stem}")
        claimed = np.array([str(kind) for kind in beat.classes])
        pairs = match_beats(where, peaks, record.fs)[0]
        place = dict(zip(pairs[:, 0].tolist(), pairs[:, 1].tolist(), strict=True))
        at = np.searchsorted(peaks, [place.get(int(mark), -1) for mark in where])
        matched = np.array([int(mark) in place for mark in where])
        theirs = np.full(peaks.size, "none", object)
        theirs[at[matched]] = symbols[matched]
        for name, letters, kind in KINDS:
            counts[name] += int(np.isin(symbols, letters).sum())
            counts[f"{name}_claim"] += int((claimed == kind).sum())
            counts[f"{name}_hit"] += int((np.isin(theirs, letters) & (claimed == kind)).sum())
    return {
        f"mitdb_{name}_{figure}": 100 * counts[f"{name}_hit"] / counts[key]
        for name in ("veb", "sveb")
        for figure, key in (("se", name), ("ppv", f"{name}_claim"))
    }


def _time() -> dict[str, float]:
    signal = np.ascontiguousarray(
        read_waves(DATA / "ludb", "1", raw_microvolts=True).signal, np.float32
    )
    peaks = detect_qrs(signal, 500.0)
    fiducials = delineate(signal, 500.0, peaks)
    return {"rest_ms": _median_ms(lambda: _measured(signal, peaks, fiducials))}


def _measured(signal: np.ndarray, peaks: np.ndarray, fiducials: object) -> None:
    beat = representative(signal, 500.0, peaks, fiducials)
    measure_intervals(500.0, peaks, fiducials, beat)
    voltage_sums(measure_leads(beat, LEADS, 500.0))
    measure_axes(beat, LEADS)


def _median_ms(task: Callable[[], object], rounds: int = 200) -> float:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        task()
        taken.append(time.perf_counter() - began)
    return 1000 * median(taken)


if __name__ == "__main__":
    run()
