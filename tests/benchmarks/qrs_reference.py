"""The fast QRS detection against the plain one, on whole records of MIT-BIH.

The tests compare twenty seconds of every record; this takes minutes. With the first channel
and with both, beats must be the same; where two neighbouring envelope samples differ by less
than single precision shows, the two detectors may take one each, and this is counted.
"""

import os
from pathlib import Path

import numpy as np

from farlead.analysis.beat_database import records
from farlead_signal.beats import decide
from farlead_signal.envelope import Grid, squared_envelope
from farlead_signal.fusion import fuse
from farlead_signal.qrs_reference import reference_beats

DATA = Path(os.environ.get("FARLEAD_DATA", Path(__file__).parents[3] / "shared" / "data"))


def run() -> dict[str, float]:
    """Records compared, how many differ in a beat, and beats that are one envelope sample off."""
    compared = unequal = beats = rounded = 0
    for record in records(DATA / "mitdb"):
        grid = Grid.of(record.fs)
        for leads in (1, 2):
            signal = record.signal[:leads]
            squared = squared_envelope(signal, grid)[None]
            found = decide(fuse(squared, None, grid, signal.shape[1]), grid)[0]
            expected = np.array(reference_beats(signal, record.fs))
            compared, beats = compared + 1, beats + expected.size
            same = found.size == expected.size and np.abs(found - expected).max(initial=0) <= 1
            if not same:
                unequal += 1
            differing = sorted(set(found.tolist()) ^ set(expected.tolist()))
            if differing:
                print(record.name, leads, differing)
                rounded += len(differing) // 2 if same else 0
    return {
        "compared": float(compared),
        "unequal": float(unequal),
        "beats": float(beats),
        "one_sample_off": float(rounded),
    }
