"""Card and ruler over the window: by key, by mouse, by wheel; said until it is done."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from support_gui import SHIFT, Key, TestSeat


def _drag(seat: TestSeat, by: int) -> None:
    picture = seat.station.window.over.calibration.picture
    QTest.mousePress(picture, Qt.MouseButton.LeftButton, pos=QPoint(200, 60))
    QTest.mouseMove(picture, QPoint(200 + by, 60))
    QTest.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=QPoint(200 + by, 60))


def test_the_card_is_matched_by_keys_and_kept(seat: TestSeat) -> None:
    window = seat.station.window
    seat.station.reading.take(1)
    assert window.ecg_words.calibration.text() == "未校准"
    seat.seen()
    assert any("未校准" in text for text in window.ecg.texts)
    seat.press(Key.Key_K, SHIFT)
    dialog = window.over.calibration
    assert dialog.isVisible()
    start = dialog.matching.pixels
    seat.press(Key.Key_Right)
    seat.press(Key.Key_Right, SHIFT)
    seat.press(Key.Key_Left)
    assert dialog.matching.pixels == start + 10
    while dialog.matching.pixels != 308:
        seat.press(Key.Key_Right if dialog.matching.pixels < 308 else Key.Key_Left)
    seat.press(Key.Key_Return)
    assert not dialog.isVisible()
    assert window.sheet.calibration == 308 / 85.6
    assert window.ecg_words.calibration.text() == "已校准 3.60 px/mm"
    assert not any("未校准" in text for text in window.ecg.texts)
    assert window.rulers.of(window.screens.screen) == 308 / 85.6


def test_escape_keeps_nothing_and_delete_takes_it_back(seat: TestSeat) -> None:
    window = seat.station.window
    window.rulers.keep(window.screens.screen, 4.0)
    assert window.sheet.calibration == 4.0
    seat.press(Key.Key_K, SHIFT)
    assert window.over.calibration.matching.px_per_mm == 4.0
    seat.press(Key.Key_Right)
    seat.press(Key.Key_Escape)
    assert window.sheet.calibration == 4.0
    seat.press(Key.Key_K, SHIFT)
    seat.press(Key.Key_Delete)
    assert window.sheet.calibration is None


def test_the_ruler_is_matched_by_mouse_and_wheel(seat: TestSeat) -> None:
    window = seat.station.window
    window.ecg_words.calibration.click()
    dialog = window.over.calibration
    assert dialog.isVisible()
    seat.press(Key.Key_Tab)
    assert dialog.matching.ruler
    assert dialog.hasFocus(), "Tab has not left the dialog"
    start = dialog.matching.pixels
    _drag(seat, 25)
    assert dialog.matching.pixels == start + 25
    place = QPointF(100, 50)
    turn = QWheelEvent(
        place, QPointF(dialog.picture.mapToGlobal(place.toPoint())), QPoint(), QPoint(0, -240),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(dialog.picture, turn)
    assert dialog.matching.pixels == start + 23
    dialog.keep.click()
    assert window.sheet.calibration == (start + 23) / 100


def test_the_card_is_drawn_as_wide_as_it_says(seat: TestSeat) -> None:
    window = seat.station.window
    window.rulers.keep(window.screens.screen, 3.6)
    seat.press(Key.Key_K, SHIFT)
    image = window.over.calibration.picture.grab().toImage()
    accent = QColor(window.appearance.palette.accent).rgb()
    row = [x for x in range(image.width()) if image.pixel(x, 60) == accent]
    assert row[-1] - row[0] + 1 == 308
    column = [y for y in range(260) if image.pixel(100, y) == accent]
    assert column[-1] - column[0] + 1 == 194
