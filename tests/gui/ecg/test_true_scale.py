"""Millimetres on the glass: rulers by screen, and pixels against the geometry at any scale."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from farlead.errors import SettingsError
from farlead_ui.ecg.geometry import scale_for
from farlead_ui.ecg.rulers import Matching, Ruled, Rulers, Screen, first_guess
from farlead_ui.seat import SeatMemory, recall, remember

DESK = Screen("Dell", "U2419H", "A1", "DP-1", 1920, 1080, 1.0, 3.5)
DENSE = Screen("BOE", "0x0812", "", "eDP-1", 3840, 2160, 2.0, 0.0)

_PROGRAM = """
import json, sys
import numpy as np
from dataclasses import replace
from farlead.model.recording import Recording
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.rulers import Rulers, Screen
from farlead_ui.ecg.screens import ScreenWatch, screen_of
from farlead_ui.ecg.view import EcgView
from farlead_ui.theme.tokens import DAY

app = QApplication([])
model = SheetModel()
view = EcgView(model, DAY)
screens = {
    name: replace(screen_of(view), model=name) for name in ("plain", "dense", "odd", "unknown")
}
rulers = Rulers()
for name, scale in (("plain", 3.60), ("dense", 6.42), ("odd", 3.74)):
    rulers.keep(screens[name], scale)
here = ["plain"]
watch = ScreenWatch(view, rulers, model.set_calibration, lambda _widget: screens[here[0]])
view.resize(1100, 620)
view.show()
box = np.zeros((1, 1500), np.float32)
box[0, 500:1008] = 2.54  # 1016 ms at 500 Hz
model.show(Recording(box, ("I",), 500.0))


def measured():
    app.processEvents()
    image = view.grab().toImage()
    sheet = view.sheet
    base = sheet.baselines[0]
    dark = lambda x, y: QColor(image.pixel(x, y)).lightness() < 90
    middle = base - round(13 * sheet.scale.px_per_mm)
    columns = [x for x in range(sheet.trace_left + 5, image.width()) if dark(x, middle)]
    left = [x for x in columns if x - columns[0] < 6]
    right = [x for x in columns if columns[-1] - x < 6]
    x = sheet.trace_left + round(0.4 * (right[-1] - left[0])) + left[0] - sheet.trace_left
    rows = [y for y in range(image.height()) if dark(x, y)]
    foot_x = left[0] - round(5 * sheet.scale.px_per_mm)
    feet = [y for y in range(image.height()) if dark(foot_x, y)]
    centre = lambda found: sum(found) / len(found)
    bold = QColor(DAY.grid_bold).rgb()
    lines = [p for p in range(0, image.width()) if image.pixel(p, 3) == bold]
    return {
        "wide": centre(right) - centre(left), "high": centre(feet) - centre(rows),
        "ratio": view.devicePixelRatioF(), "said": model.calibration,
        "texts": list(view.texts), "lines": lines,
    }


found = {}
for name in ("plain", "dense", "odd", "unknown", "plain"):
    here[0] = name
    app.sendEvent(view, QEvent(QEvent.Type.DevicePixelRatioChange))
    found[name] = measured()
print(json.dumps(found))
"""


@pytest.mark.parametrize("factor", ["1", "1.25", "1.5", "2"])
def test_a_box_of_an_inch_is_an_inch_on_every_screen(factor: str) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": factor}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=environment, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    for name, scale in (("plain", 3.60), ("dense", 6.42), ("odd", 3.74)):
        told = found[name]
        assert told["ratio"] == float(factor)
        assert told["said"] == scale
        assert told["wide"] == pytest.approx(25.4 * scale, rel=0.01, abs=0.6), name
        assert told["high"] == pytest.approx(25.4 * scale, rel=0.01, abs=0.6), name
        assert "Not calibrated" not in " ".join(told["texts"])
    assert found["unknown"]["said"] is None
    assert "Not calibrated" in " ".join(found["unknown"]["texts"])
    plain = float(factor) * 3.6 * 25.4
    assert found["unknown"]["wide"] == pytest.approx(plain, rel=0.03)


def test_whole_pixels_where_the_error_allows_it_else_snapped_lines() -> None:
    for hundredths in range(100, 2000):
        truth = hundredths / 100
        scale = scale_for(truth, 1.0)
        assert abs(scale.px_per_mm / truth - 1) <= 0.01 + 1e-9
        if scale.bold is not None:
            assert scale.px_per_mm * 5 == pytest.approx(scale.bold)
        else:
            assert scale.px_per_mm == truth
            assert abs(round(5 * truth) / 5 / truth - 1) > 0.01
        for mm in (0, 5, 50, 254):
            assert abs(scale.line(mm) - mm * scale.px_per_mm) <= 0.5


def test_each_screen_has_its_own_ruler() -> None:
    rulers, told = Rulers(), []
    rulers.changed.connect(lambda: told.append(1))
    assert rulers.of(DESK) is None
    rulers.keep(DESK, 3.6)
    rulers.keep(DENSE, 11.2)
    assert (rulers.of(DESK), rulers.of(DENSE)) == (3.6, 11.2)
    assert rulers.of(replace(DESK, ratio=1.5, name="HDMI-2")) == 3.6, "its own at any scale"
    assert rulers.of(replace(DESK, serial="B2")) is None, "the twin beside it is not measured"
    assert rulers.of(replace(DESK, width=1280, height=720)) is None, "another resolution"
    assert rulers.of(replace(DESK, width=1919, height=1081)) == 3.6, "fractional scaling rounds"
    assert rulers.of(replace(DENSE, name="eDP-2")) is None, "no serial number: by its connector"
    rulers.forget(DESK)
    assert rulers.of(DESK) is None
    assert len(told) == 3


def test_rulers_are_remembered_between_starts(tmp_path: Path) -> None:
    rulers = Rulers()
    rulers.keep(DESK, 3.6)
    remember(tmp_path, SeatMemory(login="demo", screens=rulers.known))
    again = recall(tmp_path)
    assert Rulers(again.screens).of(DESK) == 3.6
    (tmp_path / "seat.json").write_text(
        '{"screens": {"x": {"px_per_mm": 400, "width": 1, "height": 1}}}', "utf-8"
    )
    with pytest.raises(SettingsError, match="screens"):
        recall(tmp_path)


def test_no_screen_has_such_a_scale() -> None:
    with pytest.raises((ValueError, ValidationError)):
        Ruled(0.2, 100, 100)


@given(st.floats(1.0, 40.0), st.integers(-300, 300))
def test_a_step_of_matching_is_a_pixel_of_what_is_matched(start: float, by: int) -> None:
    matching = Matching(start)
    for ruler in (False, True):
        before, matching.ruler = matching.px_per_mm, ruler
        pixels = matching.pixels
        matching.turn()
        matching.turn()
        assert matching.px_per_mm == before, "turning from card to ruler changes nothing"
        matching.step(by)
        inside = 1.0 < matching.px_per_mm < 40.0
        assert not inside or matching.pixels == pixels + by
        assert 1.0 <= matching.px_per_mm <= 40.0


def test_matching_begins_with_what_is_known_or_can_be() -> None:
    assert first_guess(DESK, 3.61) == 3.61
    assert first_guess(DESK, None) == 3.5
    assert first_guess(DENSE, None) == 7.2
    assert first_guess(replace(DESK, px_per_mm=90.0), None) == 3.6
