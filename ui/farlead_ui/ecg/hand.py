"""Moving the sheet by hand: Ctrl+wheel and pinch zoom, Shift+wheel and middle drag pan."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QWheelEvent

from farlead_ui.ecg import moving
from farlead_ui.ecg.canvas import Canvas
from farlead_ui.ecg.geometry import Sheet
from farlead_ui.ecg.lens import LensItem
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.pages import At

_NOTCH = 120
#: How much a pinch must spread for one step of zoom.
_PINCH = 0.4


class Hand(QObject):
    """Listens to the mouse over the sheet; takes the wheel only with a modifier.

    Parameters
    ----------
    canvas : Canvas
    model : SheetModel
        Moved.
    sheet : callable
        The page as it is laid out.
    lens : LensItem
        Follows the pointer.
    """

    def __init__(
        self,
        canvas: Canvas,
        model: SheetModel,
        sheet: Callable[[], Sheet | None],
        lens: LensItem,
    ) -> None:
        super().__init__(canvas)
        self._canvas, self._model, self._sheet, self._lens = canvas, model, sheet, lens
        self._turned = 0
        self._pinched = 0.0
        self._dragged: tuple[float, float] | None = None  # device pixel and left edge's time
        canvas.viewport().setMouseTracking(True)
        canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Whether the event was for the hand."""
        sheet = self._sheet()
        if sheet is not None:
            if isinstance(event, QWheelEvent):
                return self._wheel(event, sheet)
            if isinstance(event, QMouseEvent):
                return self._mouse(event, sheet)
            if isinstance(event, QNativeGestureEvent):
                return self._pinch(event, sheet)
        return super().eventFilter(watched, event)

    def _wheel(self, event: QWheelEvent, sheet: Sheet) -> bool:
        along = event.angleDelta().x() or event.angleDelta().y()
        zooming = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        panning = event.modifiers() & Qt.KeyboardModifier.ShiftModifier or event.angleDelta().x()
        if not zooming and not panning:
            return False
        self._turned += along
        steps = int(self._turned / _NOTCH)
        self._turned -= _NOTCH * steps
        if zooming and steps:
            moving.zoom(self._model, 1 if steps > 0 else -1, self._held(event.position(), sheet))
        elif steps:
            moving.pan(self._model, -steps)
        event.accept()
        return True

    def _pinch(self, event: QNativeGestureEvent, sheet: Sheet) -> bool:
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._pinched += event.value()
        if abs(self._pinched) >= _PINCH:
            by = 1 if self._pinched > 0 else -1
            self._pinched = 0.0
            moving.zoom(self._model, by, self._held(event.position(), sheet))
        return True

    def _mouse(self, event: QMouseEvent, sheet: Sheet) -> bool:
        place = event.position() * self._canvas.ratio
        kind, middle = event.type(), Qt.MouseButton.MiddleButton
        if kind == QEvent.Type.MouseMove:
            self._lens.move(place)
            if self._dragged is None or not event.buttons() & middle:
                return False
            x, begun = self._dragged
            self._model.move_to(max(begun - (place.x() - x) / sheet.px_per_second, 0.0))
            return True
        if event.button() is not middle:
            return False
        pressed = kind == QEvent.Type.MouseButtonPress
        self._dragged = (place.x(), sheet.seconds[0]) if pressed else None
        return True

    def _held(self, position: QPointF, sheet: Sheet) -> At | None:
        return held(position * self._canvas.ratio, sheet)


def held(place: QPointF, sheet: Sheet) -> At | None:
    """Time under a place in device pixels, and where it stays when the sheet is zoomed."""
    inside = [c for c in sheet.cells if c.left <= place.x() < c.right]
    if not inside:
        return None
    cell = min(inside, key=lambda c: abs(c.baseline - place.y()))
    within = (place.x() - 0.5 - cell.left) / sheet.px_per_second
    time = cell.begin + within
    # Where this time would stand if the page were one long line: what the layout goes by.
    return time, sheet.trace_left + 0.5 + (time - sheet.seconds[0]) * sheet.px_per_second
