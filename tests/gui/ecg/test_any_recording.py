"""Whatever a device sends, the sheet lays it out: nothing raises, all samples have a place."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farlead_ui.ecg.gain import GAINS, Gain
from farlead_ui.ecg.geometry import Paper, lay_out, scale_for
from farlead_ui.ecg.layouts import LAYOUTS, Layout, place
from farlead_ui.ecg.speeds import SPEEDS
from farlead_ui.ecg.trace import strokes
from support_sheet import EIGHTEEN

LEADS = st.lists(st.sampled_from((*EIGHTEEN, "MLII", "X", "")), min_size=1, max_size=24)


@settings(deadline=None, max_examples=80)
@given(
    leads=LEADS,
    layout=st.sampled_from(LAYOUTS),
    speed=st.sampled_from(SPEEDS),
    gain=st.sampled_from(GAINS),
    fs=st.floats(20.0, 40_000.0),
    n=st.integers(1, 30_000),
    page=st.integers(0, 50),
    size=st.tuples(st.integers(1, 4000), st.integers(1, 3000)),
    ratio=st.sampled_from((1.0, 1.25, 1.5, 2.0)),
    calibration=st.none() | st.floats(1.0, 40.0),
)
def test_every_recording_is_laid_out(
    leads: list[str], layout: Layout, speed: float, gain: float, fs: float, n: int, page: int,
    size: tuple[int, int], ratio: float, calibration: float | None,
) -> None:  # fmt: skip
    placement = place(layout, leads)
    scale = scale_for(calibration, ratio)
    sheet = lay_out(placement, Paper(speed, Gain(gain, gain), fs, n, page), scale, *size, ratio)
    assert 0 <= sheet.page < sheet.pages
    assert 0.0 <= sheet.seconds[0] < sheet.seconds[1] <= n / fs + 1e-9
    if sheet.pages == 1:
        assert sheet.seconds == (0.0, n / fs)
    lead = np.sin(np.arange(n, dtype=np.float32))
    for cell in sheet.cells:
        assert 0 <= cell.start <= cell.stop <= n
        for points in strokes(lead, cell, sheet):
            assert np.isfinite(points).all()
            assert points[:, 0].min() >= cell.left - 1
            assert points[:, 0].max() <= cell.right + 2


@settings(deadline=None, max_examples=30)
@given(fs=st.sampled_from((250.0, 360.0, 500.0, 997.0)), n=st.integers(1, 60_000))
def test_the_pages_together_show_every_sample(fs: float, n: int) -> None:
    placement, scale = place(LAYOUTS[2], EIGHTEEN[:12]), scale_for(None, 1.0)
    shown = np.zeros(n, bool)
    page = pages = 0
    while page == 0 or page < pages:
        sheet = lay_out(placement, Paper(25.0, Gain(), fs, n, page), scale, 1140, 856, 1.0)
        cell = sheet.cells[0]
        shown[cell.start : cell.stop] = True
        page, pages = page + 1, sheet.pages
    assert shown.all()
