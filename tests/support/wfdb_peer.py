"""The published WFDB library, as an independent reader; its own warnings are not ours."""

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it calls pandas in a way that pandas warns of
    import wfdb

#: Millivolts of its units.
_VOLTAGES = {"V": 1e3, "mV": 1.0, "uV": 1e-3, "nV": 1e-6}


def peer_record(header: Path, *, physical: bool = True) -> wfdb.Record:
    """Record as the library reads it, several samples a frame kept apart."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return wfdb.rdrecord(
            str(header.with_suffix("")), smooth_frames=False, physical=physical, m2s=True
        )


def peer_signals(header: Path) -> list[tuple[str, float, NDArray[np.float32]]]:
    """Name, rate and millivolts of each signal that is a voltage."""
    record = peer_record(header)
    several = record.e_p_signal is not None
    rows = record.e_p_signal if several else list(record.p_signal.T)
    rates = record.samps_per_frame if several else [1] * len(rows)
    return [
        (name.strip(), record.fs * rate, (np.asarray(row) * _VOLTAGES[unit]).astype(np.float32))
        for name, rate, unit, row in zip(record.sig_name, rates, record.units, rows, strict=True)
        if unit in _VOLTAGES
    ]
