"""Crisp lines and true millimetres at scale factors other than 100 %, also at odd places."""

import json
import os
import subprocess
import sys
from itertools import pairwise

import pytest

_PROGRAM = """
import json, math
import numpy as np
from farlead.model.recording import Recording
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from farlead_ui.ecg.model import Evidence, SheetModel
from farlead_ui.ecg.view import EcgView
from farlead_ui.theme.tokens import DAY

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
app = QApplication([])
bold = QColor(DAY.grid_bold).rgb()


def lines(pixel, count):
    # Bold lines along a row or column that none of them runs along itself.
    probes = ([k for k in range(count) if pixel(p, k) == bold] for p in range(12))
    return max((found for found in probes if len(found) < count // 2), key=len)


def measured(left, top):
    desk = QWidget()
    desk.resize(1300, 700)
    model = SheetModel()
    view = EcgView(model, DAY, desk)
    view.setGeometry(left, top, 901, 501)
    desk.show()
    app.processEvents()
    image, ratio = desk.grab().toImage(), desk.devicePixelRatioF()
    x, y = int(left * ratio) + 1, int(top * ratio) + 1
    across = lines(lambda p, k: image.pixel(x + k, y + p), int(900 * ratio) - 2)
    down = lines(lambda p, k: image.pixel(x + p, y + k), int(500 * ratio) - 2)
    model.set_evidence(Evidence())
    model.show(Recording(np.zeros((12, 5000), np.float32), LEADS, 500.0))
    app.processEvents()
    image = desk.grab().toImage()
    x = math.ceil(left * ratio) + view.sheet.trace_left + round(20.5 * view.sheet.scale.px_per_mm)
    y = math.ceil(top * ratio) + view.sheet.baselines[0]
    stroke = [QColor(image.pixel(x, y + k)).lightness() for k in range(-3, 4)]
    return {"across": across, "down": down, "ratio": ratio, "stroke": stroke}


print(json.dumps([measured(0, 0), measured(341, 109)]))
"""


@pytest.mark.parametrize(
    ("factor", "bold", "weight"), [("1.25", 22, 1), ("1.5", 27, 1), ("2", 36, 2)]
)
def test_lines_lie_on_whole_device_pixels(factor: str, bold: int, weight: int) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": factor}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    for told in json.loads(done.stdout.splitlines()[-1]):
        assert told["ratio"] == float(factor)
        for found in (told["across"], told["down"]):
            starts = [k for k in found if k - 1 not in found]
            assert len(found) == pytest.approx(weight * len(starts), abs=weight)
            assert len(starts) > 15
            assert {b - a for a, b in pairwise(starts[1:])} == {bold}
        above, line, below = told["stroke"][2:5]  # a flat line lies in the middle of its grid line
        assert line < 60
        assert above == pytest.approx(below, abs=12)
