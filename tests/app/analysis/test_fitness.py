"""What is no trustworthy ECG is never known, and stands with urgent at least."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ecg_files import recording
from farlead.analysis import screen
from farlead.model.recording import Recording
from farlead.model.screening import Quality
from farlead.model.study import Severity


def _changed(change: Callable[[np.ndarray], np.ndarray], **more: object) -> Recording:
    content = recording(rate=70, noise=0.005)
    samples = np.asarray(change(content.samples.copy()), np.float32)
    return replace(content, samples=samples, **more)


def _only_lead_two(samples: np.ndarray) -> np.ndarray:
    samples[[row for row in range(12) if row != 1]] = 0.0
    return samples


CASES = {
    "microvolts-as-millivolts": (lambda: _changed(lambda s: s * 1000), "unknown.scale"),
    "ten-times": (lambda: _changed(lambda s: s * 15), "unknown.scale"),
    "clipped": (lambda: _changed(lambda s: np.clip(s, -0.05, 0.05)), "unknown.saturated"),
    "only-lead-ii": (lambda: _changed(_only_lead_two), "unknown.leads"),
    "one-name-for-all": (
        lambda: _changed(lambda s: s, leads=("I", *(f"I ({n})" for n in range(2, 13)))),
        "unknown.names",
    ),
}


@pytest.mark.parametrize("name", list(CASES))
def test_what_is_no_trustworthy_ecg_is_not_known(name: str) -> None:
    make, code = CASES[name]
    found = screen(make())
    assert code in {flag.code for flag in found.flags}
    assert not found.known
    assert found.quality is Quality.RETAKE
    assert found.severity >= Severity.URGENT


def test_an_ordinary_ecg_is_fit_and_known() -> None:
    found = screen(recording(rate=70, noise=0.005))
    assert found.known
    assert found.quality is Quality.FIT
    assert found.severity is Severity.NORMAL


def test_tall_waves_within_reason_stay_known() -> None:
    found = screen(_changed(lambda s: s * 3))
    assert found.known, found.flags


def test_unfit_is_never_known() -> None:
    square = np.where((np.arange(5000) // 250) % 2, 0.5, -0.5)
    for content in (
        recording(samples=np.tile(square, (12, 1))),
        recording(samples=np.zeros((12, 5000))),
        recording(samples=np.full((12, 5000), np.nan)),
    ):
        found = screen(content)
        assert found.quality is not Quality.RETAKE or not found.known
        assert not found.known
        assert found.severity >= Severity.URGENT


@pytest.mark.data
def test_two_leads_of_a_monitor_stay_known(farlead_data: Path) -> None:
    codes = np.fromfile(farlead_data / "ludb" / "1.dat", "<i2").reshape(-1, 12).T / 1000
    content = recording(samples=codes[[1, 6]], leads=("II", "V1"))
    assert screen(content).known
