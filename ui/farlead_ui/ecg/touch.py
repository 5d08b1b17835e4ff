"""Fingers move the paper, the pen measures.

One finger drags the sheet, two spread or close it about the point between them, one that rests
asks for the menu. A finger on a caliper is left to Qt, which makes the mouse of it; so is the pen,
whose tip draws calipers as the left button does. Its other end rubs them out.
"""

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QEventPoint,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QApplication

from farlead_ui.ecg import moving
from farlead_ui.ecg.hand import held
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.view import EcgView

#: How much further apart, or closer, for one step of zoom.
_SPREAD = 1.3
#: How long a finger rests for the menu, and how far it may stray meanwhile.
_REST_MILLISECONDS = 600
_STRAY = 10.0


class Touch(QObject):
    """Listens to the fingers on the sheet.

    Parameters
    ----------
    view : EcgView
    model : SheetModel
        Moved.
    grasps : callable(QPointF)
        Whether something lies under the finger that the mouse would take.
    """

    def __init__(self, view: EcgView, model: SheetModel, grasps: Callable[[QPointF], bool]) -> None:
        super().__init__(view)
        self._view, self._model, self._grasps = view, model, grasps
        self._begun: tuple[QPointF, float] | None = None  # where, and the left edge's time
        self._apart: float | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MILLISECONDS)
        self._rest.timeout.connect(self._rested)
        viewport = view.canvas.viewport()
        viewport.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Whether the event was the fingers'."""
        if not isinstance(event, QTouchEvent) or self._view.page is None:
            return super().eventFilter(watched, event)
        points = event.points()
        if event.type() == QEvent.Type.TouchBegin and self._grasps(points[0].position()):
            event.ignore()  # Qt makes the mouse of it
            return True
        self._follow(event, points)
        event.accept()
        return True

    def _follow(self, event: QTouchEvent, points: Sequence[QEventPoint]) -> None:
        if event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel):
            self._begun, self._apart = None, None
            self._rest.stop()
        elif len(points) == 1:
            self._drag(points[0].position(), begin=event.type() == QEvent.Type.TouchBegin)
        else:
            self._rest.stop()
            self._pinch(points[0].position(), points[1].position())

    def _drag(self, place: QPointF, *, begin: bool) -> None:
        """One finger: the paper goes with it."""
        sheet = self._view.page
        if sheet is None:
            return
        if begin or self._begun is None:
            self._begun, self._apart = (place, sheet.seconds[0]), None
            if begin:
                self._rest.start()
            return
        start, seconds = self._begun
        if (place - start).manhattanLength() > _STRAY:
            self._rest.stop()
        across = (place.x() - start.x()) * self._view.canvas.ratio
        self._model.move_to(max(seconds - across / sheet.px_per_second, 0.0))

    def _pinch(self, one: QPointF, other: QPointF) -> None:
        """Two fingers: a step of zoom each time they are so much further apart, or closer."""
        sheet, between = self._view.page, one - other
        apart = max(math.hypot(between.x(), between.y()), 1.0)
        self._begun = None  # the finger that stays drags on from where it is then
        if self._apart is None or sheet is None:
            self._apart = apart
            return
        spread = apart / self._apart
        if spread >= _SPREAD or spread <= 1 / _SPREAD:
            middle = (one + other) / 2 * self._view.canvas.ratio
            moving.zoom(self._model, 1 if spread > 1 else -1, held(middle, sheet))
            self._apart = apart

    def _rested(self) -> None:
        """A finger that rests is the right button."""
        if self._begun is None:
            return
        viewport = self._view.canvas.viewport()
        place = self._begun[0].toPoint()
        self._begun = None
        asked = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place)
        )
        QApplication.sendEvent(viewport, asked)


class Pen(QObject):
    """Listens to the pen's other end; its tip is the mouse that Qt makes of it.

    Parameters
    ----------
    view : EcgView
    rub_out : callable(QPointF)
        Takes away what lies under it.
    """

    def __init__(self, view: EcgView, rub_out: Callable[[QPointF], bool]) -> None:
        super().__init__(view)
        self._rub_out = rub_out
        view.canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Whether the event was the eraser's."""
        if not isinstance(event, QTabletEvent):
            return super().eventFilter(watched, event)
        eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
        if eraser and event.type() == QEvent.Type.TabletPress:
            self._rub_out(event.position())
        event.setAccepted(eraser)
        return True
