"""Fingers move the paper, the pen's other end rubs out, the right button opens the menu."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from fake_desk import FakeDesk, morning
from farlead.messages import Language
from farlead.model.recording import Recording
from farlead_ui.commands import Where
from farlead_ui.ecg.fields import fields
from farlead_ui.ecg.touch import _REST_MILLISECONDS
from farlead_ui.rooms import Room
from farlead_ui.windows.context_menu import ContextMenu
from support_ecg import LEADS, ecg, steady, twelve
from support_gui import Key, TestSeat

MINUTES = 120.0


def long(desk: FakeDesk) -> FakeDesk:
    """A morning whose fifth study goes on for two minutes."""
    desk = morning(desk)
    lead = ecg(steady(65.0, MINUTES), 250.0, MINUTES)
    desk.contents[5] = (Recording(np.asarray(twelve(lead), np.float32), LEADS, 250.0),)
    return desk


@pytest.fixture(scope="module")
def finger() -> QPointingDevice:
    return QTest.createTouchDevice()


@pytest.fixture
def seat(make_seat: Callable[..., TestSeat]) -> TestSeat:
    made = make_seat(long, language=Language.EN, size=(1100, 760))  # all on the platform's screen
    made.station.reading.take(5)
    made.seen()
    return made


def _drag(seat: TestSeat, finger: QPointingDevice, *paths: tuple[QPoint, QPoint]) -> None:
    """Fingers from their starts to their ends, in ten steps."""
    viewport = seat.station.window.ecg.canvas.viewport()
    for step in range(12):
        sequence = QTest.touchEvent(viewport, finger)
        for number, (start, end) in enumerate(paths, 1):
            at = start + (end - start) * min(step, 10) / 10
            act = {0: sequence.press, 11: sequence.release}.get(step, sequence.move)
            act(number, at, viewport)
        sequence.commit()
        del sequence  # its end commits, too
    QApplication.processEvents()


def test_a_finger_drags_the_paper(seat: TestSeat, finger: QPointingDevice) -> None:
    sheet, view = seat.station.window.sheet, seat.station.window.ecg
    assert sheet.seconds[0] == 0.0
    _drag(seat, finger, (QPoint(500, 300), QPoint(140, 300)))
    moved = 360 / view.page.px_per_second
    assert sheet.seconds[0] == pytest.approx(moved, abs=2 / view.page.px_per_second)
    assert seat.station.window.measuring.calipers.calipers == (), "it measures nothing"
    _drag(seat, finger, (QPoint(140, 300), QPoint(500, 300)))
    assert sheet.seconds[0] == pytest.approx(0.0, abs=2 / view.page.px_per_second)


def test_two_fingers_zoom_about_what_is_between_them(
    seat: TestSeat, finger: QPointingDevice
) -> None:
    sheet = seat.station.window.sheet
    assert sheet.speed == 25.0
    _drag(seat, finger, (QPoint(280, 300), QPoint(240, 300)), (QPoint(420, 300), QPoint(460, 300)))
    assert sheet.speed == 50.0
    _drag(seat, finger, (QPoint(200, 300), QPoint(250, 300)), (QPoint(500, 300), QPoint(450, 300)))
    assert sheet.speed == 25.0


def test_a_finger_that_rests_opens_the_menu(seat: TestSeat, finger: QPointingDevice) -> None:
    viewport = seat.station.window.ecg.canvas.viewport()
    QTest.touchEvent(viewport, finger).press(1, QPoint(300, 300), viewport).commit()
    seat.qtbot.waitUntil(
        lambda: isinstance(QApplication.activePopupWidget(), QMenu),
        timeout=10 * _REST_MILLISECONDS,
    )
    QApplication.activePopupWidget().close()
    QTest.touchEvent(viewport, finger).release(1, QPoint(300, 300), viewport).commit()
    assert seat.station.window.sheet.seconds[0] == 0.0


def test_an_open_menu_goes_when_the_seat_is_locked(seat: TestSeat) -> None:
    window = seat.station.window
    ContextMenu(window.commands, Where.SHEET).open(window.ecg, QPoint(300, 300))
    assert isinstance(QApplication.activePopupWidget(), QMenu)
    seat.station.signing.lock()
    assert QApplication.activePopupWidget() is None


def test_a_finger_on_a_caliper_moves_the_caliper(seat: TestSeat, finger: QPointingDevice) -> None:
    window = seat.station.window
    seat.press(Key.Key_C)
    caliper = window.measuring.calipers.selected
    view = window.ecg
    field = fields(view.page, None)[0]
    leg = QPointF(field.x(caliper.legs[1].sample), view.page.cells[0].baseline)
    start = view.canvas.transform().map(leg).toPoint()
    _drag(seat, finger, (start, start + QPoint(90, 0)))
    moved = window.measuring.calipers.selected.legs[1].sample - caliper.legs[1].sample
    assert moved == pytest.approx(90 / view.page.px_per_second * 250.0, abs=8)
    assert window.sheet.seconds[0] == 0.0, "the paper stays"


#: Events point to their devices: these live as long as the tests.
PENS = {
    tip: QPointingDevice(
        "pen", number, QInputDevice.DeviceType.Stylus, tip, QInputDevice.Capability.Position, 1, 1
    )
    for number, tip in enumerate(
        (QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser), 71
    )
}


def _pen(kind: QEvent.Type, at: QPointF, tip: QPointingDevice.PointerType) -> QTabletEvent:
    pressed = Qt.MouseButton.LeftButton
    return QTabletEvent(
        kind, PENS[tip], at, at, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, Qt.KeyboardModifier.NoModifier,
        pressed, pressed,
    )  # fmt: skip


def test_the_pens_other_end_rubs_a_caliper_out(seat: TestSeat) -> None:
    window = seat.station.window
    seat.press(Key.Key_C)
    view = window.ecg
    field = fields(view.page, None)[0]
    caliper = window.measuring.calipers.selected
    leg = QPointF(field.x(caliper.legs[0].sample), view.page.cells[0].baseline)
    at = view.canvas.transform().map(leg)
    viewport = view.canvas.viewport()
    tip = _pen(QEvent.Type.TabletPress, at, QPointingDevice.PointerType.Pen)
    QApplication.sendEvent(viewport, tip)
    assert not tip.isAccepted(), "Qt makes the mouse of it"
    assert len(window.measuring.calipers.calipers) == 1
    beside = _pen(QEvent.Type.TabletPress, at + QPointF(200, 0), QPointingDevice.PointerType.Eraser)
    QApplication.sendEvent(viewport, beside)
    assert len(window.measuring.calipers.calipers) == 1
    eraser = _pen(QEvent.Type.TabletPress, at, QPointingDevice.PointerType.Eraser)
    QApplication.sendEvent(viewport, eraser)
    assert eraser.isAccepted()
    assert window.measuring.calipers.calipers == ()


def _menu(seat: TestSeat, widget: object, at: QPoint) -> QMenu:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def _offered(menu: QMenu) -> dict[str, object]:
    """Actions by the ids of their commands, those of submenus with them."""
    found = {action.data(): action for action in menu.actions() if action.data()}
    for action in menu.actions():
        if action.menu() is not None:
            found |= _offered(action.menu())
    return found


def test_the_right_button_offers_what_works_here_now(seat: TestSeat) -> None:
    window = seat.station.window
    menu = _menu(seat, window.ecg.canvas.viewport(), QPoint(400, 300))
    offered = _offered(menu)
    commands = window.commands
    wanted = {
        c.id for c in commands.table
        if c.where in {"sheet", "everywhere"} and commands.enabled(c.id)
    }  # fmt: skip
    assert offered.keys() == wanted
    assert "caliper.report" not in offered, "nothing is measured yet"
    assert offered["caliper.time"].text() == "Caliper\tC"
    assert [a.data() for a in menu.actions()][:2] != [None, None]
    offered["sheet.layout.3"].trigger()
    assert window.sheet.layout_name == "12×1"
    menu.close()


def test_the_right_button_in_the_list(seat: TestSeat) -> None:
    window = seat.station.window
    seat.station.waiting.select(1)
    menu = _menu(seat, window.list.view.viewport(), QPoint(60, 20))
    _offered(menu)["list.take"].trigger()
    menu.close()
    assert seat.station.reading.in_hand.study == 1


def test_the_right_button_in_a_window_of_its_own(seat: TestSeat) -> None:
    window = seat.station.window
    seat.press(Key.Key_F5)
    seat.qtbot.waitUntil(lambda: QApplication.activeWindow() is not window, timeout=5000)
    menu = _menu(seat, window.compare.strip, QPoint(20, 20))
    _offered(menu)["window.comparison"].trigger()
    menu.close()
    assert not window.acts.out(Room.COMPARISON)
