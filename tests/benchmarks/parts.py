"""Small parts that a reader waits for: each a median in milliseconds, beside a copy of its data.

Keys: ``sandbox_call_ms`` an empty call of the confined process; ``decode_ms`` a 12-lead ECG of
10 s at 500 Hz through it, ``screen_ms`` its screening; ``statements_ms`` one look-up of the
type-ahead; ``window_ms`` windowing a 512 × 512 frame of 16 bit, ``window_copy_ms`` copying it,
``times_copy`` the ratio.
"""

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from ecg_files import dicom_bytes, recording
from farlead.analysis import screen
from farlead.model.recording import Window
from farlead.reporting.statements import catalogue
from farlead.sandbox import Sandbox
from farlead_ui.imaging.window import grey_levels

ROUNDS = 30
QUERIES = ("dxxl", "s", "av block", "心房", "x")


def _ms(work: Callable[[], object]) -> float:
    """Median of ROUNDS runs after a warm-up, in milliseconds."""
    work()
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return 1000 * median(taken)


def run() -> dict[str, float]:
    """Measure all of them in this process and one confined child."""
    content = recording(rate=70, noise=0.01)
    data = dicom_bytes(content)
    frame = np.random.default_rng(3).integers(0, 4000, (512, 512)).astype(np.int16)
    with Sandbox() as sandbox:
        results = {
            "sandbox_call_ms": _ms(lambda: sandbox.call("builtins:len", "x")),
            "decode_ms": _ms(lambda: sandbox.call("farlead.formats:read", data)),
        }
    results["screen_ms"] = _ms(lambda: screen(content))
    found = catalogue()
    results["statements_ms"] = _ms(lambda: [found.find(q, 8) for q in QUERIES]) / len(QUERIES)
    window = Window(2000, 3000)
    results["window_ms"] = _ms(lambda: grey_levels(frame, window, inverted=False))
    results["window_copy_ms"] = _ms(frame.copy)
    results["times_copy"] = results["window_ms"] / results["window_copy_ms"]
    return results
