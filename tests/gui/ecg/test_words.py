"""Control words: say the state, change it by click, wheel and keyboard."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from farlead.model.recording import Device
from farlead.model.screening import Span
from farlead_ui.control_word import Word
from farlead_ui.ecg.model import Evidence, SheetModel
from farlead_ui.ecg.words import ControlWords
from farlead_ui.theme.tokens import CONTROL_WORDS, DAY, NIGHT
from support_sheet import recording

# The offscreen platform has no window manager to tell sizes to, and says so for each window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def model() -> SheetModel:
    return SheetModel()


@pytest.fixture
def words(model: SheetModel, qtbot: QtBot) -> ControlWords:
    made = ControlWords(model, DAY)
    qtbot.addWidget(made)
    made.resize(1140, made.height())
    made.show()
    return made


def wheel(word: Word, steps: int) -> None:
    event = QWheelEvent(
        QPointF(4, 4),
        QPointF(word.mapToGlobal(QPoint(4, 4))),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # not inverted; Qt takes it by position
    )
    QApplication.sendEvent(word, event)


def test_the_standard_state_is_said_without_warning(words: ControlWords, model: SheetModel) -> None:
    model.show(recording())
    said = [words.speed.text(), words.gain.text(), words.bandwidth.text()]
    assert said == ["25 mm/s", "10 mm/mV", "0.05–150 Hz"]
    assert words.layout_word.text() == "3×4+1"
    assert words.calibration.text() == "Not calibrated"
    assert not any(w.warning for w in words.findChildren(Word))
    assert words.height() == CONTROL_WORDS
    assert not words.standard.isVisible()


def test_a_scale_that_is_not_standard_is_filled_and_says_so(
    words: ControlWords, model: SheetModel, qtbot: QtBot
) -> None:
    model.gain_down()
    assert words.gain.text() == "5 mm/mV not standard"
    assert words.gain.warning
    assert words.standard.isVisible()
    qtbot.mouseClick(words.standard, Qt.MouseButton.LeftButton)
    assert model.gain_standard
    assert not words.gain.warning


def test_a_narrow_device_bandwidth_warns_and_an_unknown_one_is_said(
    words: ControlWords, model: SheetModel
) -> None:
    model.show(recording(device=Device(high_pass=0.5, low_pass=40.0, notch=50.0)))
    assert words.bandwidth.text() == "0.5–40 Hz not standard"
    assert words.bandwidth.warning
    assert words.notch.text() == "Device mains filter 50 Hz"
    model.show(recording(device=Device()))
    assert words.bandwidth.text() == "Device filter not stated"
    assert not words.bandwidth.warning
    assert not words.notch.isVisible()


def test_the_wheel_steps(words: ControlWords, model: SheetModel) -> None:
    wheel(words.gain, 1)
    wheel(words.speed, -1)
    assert (model.gain, model.speed) == (20.0, 12.5)
    wheel(words.layout_word, -1)
    assert model.layout.name == "3×4"
    wheel(words.calibration, 1)  # says something, changes nothing


def test_arrow_keys_step(words: ControlWords, model: SheetModel, qtbot: QtBot) -> None:
    words.gain.setFocus()
    qtbot.keyClick(words.gain, Qt.Key.Key_Down)
    assert model.gain == 5.0
    qtbot.keyClick(words.gain, Qt.Key.Key_Up)
    assert model.gain == 10.0


def test_a_click_offers_all_values_with_the_present_one_marked(
    words: ControlWords, model: SheetModel
) -> None:
    entries = words.gain.menu_entries()
    assert [e.text for e in entries if e.chosen] == ["10 mm/mV"]
    entries[4].run()
    assert model.gain == 40.0
    words.speed.menu_entries()[2].run()
    assert model.speed == 50.0
    words.layout_word.menu_entries()[2].run()
    assert model.layout.name == "12×1"


def test_a_click_opens_the_menu(words: ControlWords, qtbot: QtBot) -> None:
    qtbot.mouseClick(words.gain, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    assert len(menu.actions()) == 8
    menu.close()


def test_evidence_has_a_word_only_where_there_is_some(
    words: ControlWords, model: SheetModel, qtbot: QtBot
) -> None:
    assert not words.evidence.isVisible()
    model.set_evidence(Evidence(("II",), (Span(0, 9, "pause"),)))
    assert words.evidence.isVisible()
    qtbot.mouseClick(words.evidence, Qt.MouseButton.LeftButton)
    assert not model.evidence_shown


def test_pages_have_a_word_only_where_there_are_several(
    words: ControlWords, model: SheetModel, qtbot: QtBot
) -> None:
    assert not words.page.isVisible()
    model.show(recording(seconds=20.0))
    model.laid_out(0, 2, (0.0, 10.0))
    assert words.page.text() == "0–10 s of 20 s"
    qtbot.mouseClick(words.page, Qt.MouseButton.LeftButton)
    assert model.page == 1


def test_calibration_is_said(words: ControlWords, model: SheetModel) -> None:
    model.set_calibration(3.6)
    assert words.calibration.text() == "Calibrated 3.60 px/mm"


def test_by_night(words: ControlWords, model: SheetModel) -> None:
    words.set_palette(NIGHT)
    model.gain_down()
    assert not words.grab().isNull()
