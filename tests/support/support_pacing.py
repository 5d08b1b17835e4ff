"""Pacing spikes as recorders leave them, and how many are found.

``python tests/support/support_pacing.py`` prints spikes found in LUDB's records with and without
a pacemaker, in noise, and the share found of spikes put into records without one.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from farlead_signal import detect_qrs
from farlead_signal.pacing import find_spikes
from support_reversals import DATA, ludb

Samples = NDArray[np.floating]
#: The rate at which pulses are drawn before a recorder's filter, in hertz.
FINE = 16000


def paced_numbers(folder: Path = DATA) -> set[int]:
    """Records of LUDB in whose description a pacemaker is named."""
    with (folder / "ludb" / "ludb.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {int(row["ID"]) for row in rows if row["Cardiac pacing"].strip()}


def pulse(fs: float, width: float = 0.0005, cut: float = 150.0) -> NDArray[np.float64]:
    """A rectangular pulse of `width` seconds behind a low-pass of `cut` hertz, 40 ms long.

    Of the height of 1 before the filter.
    """
    fine = np.zeros(int(0.08 * FINE))
    fine[fine.size // 2 : fine.size // 2 + max(round(width * FINE), 1)] = 1.0
    low = sosfiltfilt(butter(2, cut / (FINE / 2), output="sos"), fine)
    return np.asarray(low[int(0.02 * FINE) : int(0.06 * FINE) : round(FINE / fs)])


def with_spikes(
    samples: Samples, fs: float, at: Iterable[int], height: float, *, cut: float = 150.0
) -> Samples:
    """Samples with a spike of `height` mV after the filter at each position, as dipoles are seen.

    The heights of the twelve leads are those of one direction in space.
    """
    shares = np.array([0.5, 1.0, 0.5, -0.75, 0.0, 0.75, -0.3, -0.5, 0.2, 0.6, 0.8, 0.7])
    wave = pulse(fs, cut=cut)
    wave = height * wave / np.abs(wave).max()
    result = np.array(samples, np.float64)
    for position in at:
        begin = position - wave.size // 2
        if begin >= 0 and begin + wave.size <= result.shape[1]:
            result[:, begin : begin + wave.size] += shares[: len(result), None] * wave
    return result.astype(samples.dtype)


def noise(name: str, fs: float = 500.0, seconds: float = 10.0) -> Samples:
    """Twelve stretches of a noise record of the noise stress collection, in millivolts."""
    import wfdb

    record = wfdb.rdrecord(str(DATA / "nstdb" / name))
    length = int(seconds * 360)
    at = np.arange(int(seconds * fs)) / fs
    rows = [
        np.interp(at, np.arange(length) / 360, record.p_signal[k * 9000 : k * 9000 + length, k % 2])
        for k in range(12)
    ]
    return np.array([row - row.mean() for row in rows])


def found_share(
    samples: Samples, fs: float, height: float, *, cut: float = 150.0
) -> tuple[int, int]:
    """Spikes put 30 ms before the QRS complexes of a record: how many, and how many found."""
    peaks = detect_qrs(samples, fs)
    put = peaks[(peaks > 0.2 * fs) & (peaks < samples.shape[1] - 0.1 * fs)] - round(0.07 * fs)
    found = find_spikes(with_spikes(samples, fs, put, height, cut=cut), fs).positions
    hits = [np.abs(found - at).min(initial=10**9) <= 0.006 * fs for at in put]
    return len(put), sum(hits)


def figures(numbers: Iterable[int]) -> dict[str, float]:
    """Spikes a beat in paced records, spikes an hour in the others, shares found of those put."""
    paced = paced_numbers()
    records = {number: ludb(number) for number in numbers}
    with_pacemaker = [records[n] for n in records if n in paced]
    without = [records[n] for n in records if n not in paced]
    spikes = [find_spikes(*record).positions.size for record in with_pacemaker]
    beats = [detect_qrs(*record).size for record in with_pacemaker]
    hours = sum(x.shape[1] / fs for x, fs in without) / 3600
    false = sum(find_spikes(*record).positions.size for record in without)
    results = {
        "paced_records": float(len(spikes)),
        "paced_records_with_spikes": float(sum(n > 0 for n in spikes)),
        "spikes_a_beat_in_them": sum(spikes) / max(sum(beats), 1),
        "false_an_hour": false / hours,
        "hours": hours,
    }
    for name in ("ma", "em"):
        dirt = noise(name).astype(np.float32)
        dirty = [find_spikes(x + dirt[:, : x.shape[1]], fs).positions.size for x, fs in without]
        results[f"false_an_hour_in_{name}"] = sum(dirty) / hours
    for height in (0.2, 0.5, 1.0, 2.0):
        counts = np.array([found_share(x, fs, height) for x, fs in without]).sum(axis=0)
        results[f"found_of_{height:g}_mv"] = 100 * counts[1] / counts[0]
    return results


def main() -> None:
    """Print the figures of both halves of LUDB; `odd` for the first alone."""
    for name, numbers in (("odd", range(1, 141, 2)), ("even", range(2, 141, 2))):
        if name == "odd" or "odd" not in sys.argv:
            sys.stdout.writelines(f"{name} {k:<30}{v:9.3f}\n" for k, v in figures(numbers).items())


if __name__ == "__main__":
    main()
