"""At fast rates P rides on T: a PR interval that rests on that is not good."""

from dataclasses import replace

import numpy as np
import pytest

import calibration_ecg as made
from farlead.analysis import screen
from farlead.model.recording import Recording
from farlead.model.screening import Certainty, Measurement, Screening


def screened(rate: float, pr: float, qt: float) -> Screening:
    shape = replace(made.NORMAL, pr=pr, qt=qt)
    signal = made.make(made.steady(rate, 10.0, shape, 0.7), 500.0, noise=0.01, seed=3).signal
    return screen(Recording(samples=signal.astype(np.float32), leads=made.LEADS, fs=500.0))


def figure(found: Screening, name: str) -> Measurement:
    return next(made for made in found.measurements if made.name == name)


@pytest.mark.parametrize(
    ("rate", "pr", "qt"), [(125, 0.16, 0.32), (130, 0.16, 0.31), (135, 0.13, 0.305)]
)
def test_p_on_t_leaves_pr_in_doubt(rate: float, pr: float, qt: float) -> None:
    found = screened(rate, pr, qt)
    for name in ("pr", "p_duration"):
        assert figure(found, name).quality is not Certainty.GOOD
    assert "pr.long" not in {flag.code for flag in found.flags}


@pytest.mark.parametrize("rate", [60, 90])
def test_p_apart_from_t_is_good(rate: float) -> None:
    found = figure(screened(rate, 0.16, 0.36), "pr")
    assert found.quality is Certainty.GOOD
    assert found.value == pytest.approx(160, abs=12)
