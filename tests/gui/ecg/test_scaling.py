"""Crisp lines and true millimetres at scale factors other than 100 %, also at odd places."""

import json
import os
import subprocess
import sys
from itertools import pairwise

import pytest

_PROGRAM = """
import json, sys
import numpy as np
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.view import EcgView
from farlead_ui.theme.tokens import DAY

app = QApplication([])
desk = QWidget()
desk.resize(1300, 700)
view = EcgView(SheetModel(), DAY, desk)
view.setGeometry(int(sys.argv[1]), int(sys.argv[2]), 901, 501)
desk.show()
app.processEvents()
image = desk.grab().toImage()
bold = QColor(DAY.grid_bold).rgb()
ratio = desk.devicePixelRatioF()
x0, y0 = int(int(sys.argv[1]) * ratio) + 1, int(int(sys.argv[2]) * ratio) + 1
w, h = int(900 * ratio) - 2, int(500 * ratio) - 2

def lines(pixel, count):
    best = []
    for probe in range(12):
        found = [k for k in range(count) if pixel(probe, k) == bold]
        if len(found) < count // 2 and len(found) > len(best):
            best = found
    return best

across = lines(lambda p, k: image.pixel(x0 + k, y0 + p), w)
down = lines(lambda p, k: image.pixel(x0 + p, y0 + k), h)
print(json.dumps({"across": across, "down": down, "ratio": ratio}))
"""


@pytest.mark.parametrize(
    ("factor", "bold", "weight"), [("1.25", 22, 1), ("1.5", 27, 1), ("2", 36, 2)]
)
@pytest.mark.parametrize("corner", [(0, 0), (341, 109)])
def test_lines_lie_on_whole_device_pixels(
    factor: str, bold: int, weight: int, corner: tuple[int, int]
) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": factor}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *map(str, corner)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["ratio"] == float(factor)
    for found in (told["across"], told["down"]):
        starts = [k for k in found if k - 1 not in found]
        assert len(found) == pytest.approx(weight * len(starts), abs=weight)
        assert len(starts) > 15
        assert {b - a for a, b in pairwise(starts[1:])} == {bold}
