"""Measurement: fiducial points on LUDB, P waves claimed in atrial fibrillation, time.

Records of LUDB with an even number were only ever scored (the keys as the issue names them); those
with an odd number were tuned on (``…_tuned_on``). Everything runs in a child process with one
thread for linear algebra. ``python tests/benchmarks/measurement.py`` prints the same.

Keys: ``p_on_sd``, ``p_on_mean`` (ms), ``p_on_se`` and ``p_on_ppv`` (%); so for the other points;
``…_neurokit2`` the same of neurokit2's dwt delineator on leads II and V2 of every tenth scored
record, beside ``…_beside`` ours on these; ``false_p_af`` percent of the beats of MIT-BIH in
rhythm AFIB with a P wave in ``.overall``, ``false_p_af_lead`` of single channels; ``measure_ms``
one ECG of 10 s with 12 leads at 500 Hz from samples to measurements: detection, delineation, median
beat, intervals, axes, amplitudes, quality, pacing spikes, exchanged electrodes; ``measure_all_ms``
with the findings of rhythm and shape, ``screen_ms`` with the rules. Each is a median;
``…_fastest_ms`` the fastest of the rounds, which on a machine with other work is nearer to what
the work takes.
"""

import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median

import numpy as np
from run import in_one_thread

from farlead.analysis import screen
from farlead.analysis.measure import measure as measure_recording
from farlead.analysis.wave_comparison import PointScore, by_lead, score_record, total
from farlead.analysis.wave_database import WaveRecord, read_waves
from farlead.model.recording import Recording
from farlead_signal import delineate, detect_qrs
from farlead_signal.amplitudes import measure_leads
from farlead_signal.axis import measure_axes
from farlead_signal.electrodes import p_waves_in, reversals
from farlead_signal.intervals import measure_intervals
from farlead_signal.leads import STANDARD
from farlead_signal.pacing import find_spikes
from farlead_signal.qrs import find_beats
from farlead_signal.quality import assess
from farlead_signal.representative import representative
from farlead_signal.voltages import voltage_sums

DATA = Path(os.environ.get("FARLEAD_DATA", Path(__file__).parents[3] / "shared" / "data"))
SCORED, TUNED_ON = range(2, 141, 2), range(1, 141, 2)
#: Leads and records that neurokit2 is given; it takes about a second for one lead.
PEER_LEADS, PEER_RECORDS = ("ii", "v2"), range(2, 141, 10)
#: neurokit2's names of the points.
PEER_POINTS = {
    "p_on": "ECG_P_Onsets",
    "p_peak": "ECG_P_Peaks",
    "p_off": "ECG_P_Offsets",
    "qrs_on": "ECG_R_Onsets",
    "qrs_off": "ECG_R_Offsets",
    "t_on": "ECG_T_Onsets",
    "t_peak": "ECG_T_Peaks",
    "t_off": "ECG_T_Offsets",
}


def run() -> dict[str, float]:
    """Measure in a child process with one thread."""
    return in_one_thread(__file__)


def measure() -> dict[str, float]:
    """All figures, in this process."""
    scored, tuned_on = _ludb(SCORED), _ludb(TUNED_ON)
    return {
        **_figures(total(scored.values())),
        **_figures(total(tuned_on.values()), "_tuned_on"),
        **_peer(),
        **_false_p(),
        **_reversals(),
        **_time(),
    }


def _record(number: int) -> WaveRecord:
    return read_waves(DATA / "ludb", str(number), raw_microvolts=True)


def _ludb(numbers: Iterable[int]) -> dict[str, dict[str, PointScore]]:
    scores = {}
    for number in numbers:
        record = _record(number)
        scores[record.name] = score_record(record, by_lead(delineate(record.signal, record.fs)))
    return scores


def _figures(scores: Mapping[str, PointScore], suffix: str = "") -> dict[str, float]:
    found = {}
    for name, score in scores.items():
        found[f"{name}_sd{suffix}"] = score.sd
        found[f"{name}_mean{suffix}"] = score.mean
        found[f"{name}_se{suffix}"] = 100 * score.sensitivity
        found[f"{name}_ppv{suffix}"] = 100 * score.ppv
    return found


def _peer() -> dict[str, float]:
    """neurokit2 and ours on the same leads; a lead it fails on counts as nothing found."""
    theirs, ours, failures = [], [], 0
    for number in PEER_RECORDS:
        record = _record(number)
        found = by_lead(delineate(record.signal, record.fs))
        for name in PEER_LEADS:
            lead = record.leads.index(name)
            one = WaveRecord(name, record.signal[[lead]], record.fs, (name,), (record.marks[lead],))
            ours.append(score_record(one, {point: [found[point][lead]] for point in found}))
            points, failed = _neurokit2(one)
            theirs.append(score_record(one, points))
            failures += failed
    return {
        **_figures(total(theirs), "_neurokit2"),
        **_figures(total(ours), "_beside"),
        "neurokit2_failures": failures,
    }


def _neurokit2(record: WaveRecord) -> tuple[dict[str, list[np.ndarray]], bool]:
    import neurokit2

    fs = round(record.fs)
    warnings.simplefilter("ignore")  # pandas warns neurokit2, thousands of times
    try:
        clean = neurokit2.ecg_clean(record.signal[0], fs)
        _, info = neurokit2.ecg_delineate(
            clean, detect_qrs(record.signal, record.fs), fs, method="dwt"
        )
        points = {}
        for name, theirs in PEER_POINTS.items():
            samples = np.asarray(info[theirs], float)
            points[name] = [samples[np.isfinite(samples)].astype(np.int64)]
    except (ValueError, IndexError, TypeError, ZeroDivisionError, KeyError):
        return {name: [np.zeros(0, np.int64)] for name in PEER_POINTS}, True
    return points, False


def _false_p() -> dict[str, float]:
    """P waves claimed in atrial fibrillation, percent of the beats there."""
    beats = overall = leads = 0
    for header in sorted((DATA / "mitdb").glob("*.hea")):
        for span, signal, fs in _fibrillating(header.stem):
            found = delineate(signal, fs)
            inside = (found.r_peaks >= span[0]) & (found.r_peaks < span[1])
            beats += int(inside.sum())
            overall += int((found.overall.p_peak[inside] >= 0).sum())
            leads += int((found.p_peak[:, inside] >= 0).sum()) / len(found.p_peak)
    return {
        "false_p_af": 100 * overall / beats,
        "false_p_af_lead": 100 * leads / beats,
        "false_p_af_beats": float(beats),
    }


def _reversals() -> dict[str, float]:
    """Exchanged electrodes made from LUDB records: missed, and originals accused, percent."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
    from support_reversal_scores import reversal_figures

    return reversal_figures(SCORED) | reversal_figures(TUNED_ON, "_tuned_on")


def _fibrillating(name: str) -> Iterable[tuple[tuple[int, int], np.ndarray, float]]:
    """Spans of rhythm AFIB of a record of MIT-BIH, with its signal."""
    import wfdb

    marks = wfdb.rdann(str(DATA / "mitdb" / name), "atr")
    notes = [note.rstrip("\x00") for note in marks.aux_note]
    changes = [
        (int(s), note) for s, note in zip(marks.sample, notes, strict=True) if note[:1] == "("
    ]
    if not any(note == "(AFIB" for _, note in changes):
        return
    record = wfdb.rdrecord(str(DATA / "mitdb" / name))
    ends = [*(sample for sample, _ in changes[1:]), record.sig_len]
    signal = np.ascontiguousarray(record.p_signal.T)
    for (begin, note), end in zip(changes, ends, strict=True):
        if note == "(AFIB":
            yield (begin, end), signal, float(record.fs)


def _time() -> dict[str, float]:
    twelve = np.ascontiguousarray(_record(1).signal, np.float32)
    peaks = detect_qrs(twelve, 500.0)
    recording = Recording(samples=twelve, leads=STANDARD, fs=500.0)
    return {
        **_ms("measure", lambda: _measured(twelve, 500.0)),
        **_ms("measure_all", lambda: measure_recording(recording)),
        **_ms("screen", lambda: screen(recording)),
        **_ms("delineate", lambda: delineate(twelve, 500.0, peaks)),
    }


def _measured(samples: np.ndarray, fs: float) -> None:
    """From samples to measurements, as screening does it before it looks at rhythm and shape."""
    found = find_beats(samples, fs)
    spikes = find_spikes(samples, fs)
    points = delineate(samples, fs, found.r_peaks)
    paced = spikes.positions if spikes.able else None
    beat = representative(samples, fs, found.r_peaks, points, paced)
    measure_intervals(fs, found.r_peaks, points, beat)
    voltage_sums(measure_leads(beat, STANDARD, fs))
    measure_axes(beat, STANDARD)
    assess(samples, fs)
    reversals(beat.beats, STANDARD, fs, beat.fiducials, p_waves=p_waves_in(points, beat.members))


def _ms(name: str, task: Callable[[], object], rounds: int = 200) -> dict[str, float]:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        task()
        taken.append(time.perf_counter() - began)
    return {f"{name}_ms": 1000 * median(taken), f"{name}_fastest_ms": 1000 * min(taken)}


def main() -> None:
    """Print the figures; with ``--json`` on one line."""
    results = measure()
    if "--json" in sys.argv:
        print(json.dumps(results))
        return
    for key, value in results.items():
        print(f"{key:<30}{value:12.3f}")


if __name__ == "__main__":
    main()
