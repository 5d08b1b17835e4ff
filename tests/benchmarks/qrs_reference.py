"""The fast QRS detection against the plain one, on whole records of MIT-BIH.

The tests compare twenty seconds of every record; this takes minutes. Beats must be the same
envelope samples, with the first channel and with both.
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
    """Records compared, and how many of them differ in a beat."""
    compared = unequal = beats = 0
    for record in records(DATA / "mitdb"):
        grid = Grid.of(record.fs)
        for leads in (1, 2):
            signal = record.signal[:leads]
            squared = squared_envelope(signal, grid)[None]
            found = decide(fuse(squared, None, grid, signal.shape[1]), grid)[0]
            expected = reference_beats(signal, record.fs)
            compared, beats = compared + 1, beats + len(expected)
            if not np.array_equal(found, expected):
                unequal += 1
                print(record.name, leads, sorted(set(found.tolist()) ^ set(expected)))
    return {"compared": float(compared), "unequal": float(unequal), "beats": float(beats)}
