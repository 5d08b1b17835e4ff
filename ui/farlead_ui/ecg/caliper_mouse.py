"""Calipers by mouse: left drag puts one or moves a leg, the wheel moves it by samples."""

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QCursor, QMouseEvent, QWheelEvent

from farlead_ui.ecg.caliper import Caliper, Hold, Kind, Leg
from farlead_ui.ecg.calipers import CaliperModel
from farlead_ui.ecg.fields import (
    Field,
    cell_at,
    field_at,
    fields,
    height_of,
    millivolts_at,
    recorded,
)
from farlead_ui.ecg.page import Cell, Sheet
from farlead_ui.ecg.view import EcgView

#: How near the pointer takes a leg, snaps to a mark, and how far a drag begins.
_NEAR, _SNAP, _BEGIN = 6.0, 6.0, 4.0

Grip = tuple[int, Hold]


class CaliperMouse(QObject):
    """Listens to the sheet's mouse before the sheet does.

    Parameters
    ----------
    view : EcgView
    model : CaliperModel
    """

    def __init__(self, view: EcgView, model: CaliperModel) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self._pressed: QPointF | None = None
        self._grip: Grip | None = None
        self._offset = (0.0, 0.0)  # from the pointer to the first leg, samples and millivolts
        self._one_lead = False
        self._field: Field | None = None  # where the drag began
        self._turned = 0
        viewport = view.canvas.viewport()
        viewport.setMouseTracking(True)
        viewport.installEventFilter(self)

    def grasps(self, position: QPointF) -> bool:
        """Whether a caliper lies under this place of the viewport."""
        sheet = self._view.page
        if sheet is None or self._model.tape is None:
            return False
        return self._at(self._device(position), sheet) is not None

    def remove_at(self, position: QPointF) -> bool:
        """Take the caliper under this place away; whether there was one."""
        sheet = self._view.page
        grip = self._at(self._device(position), sheet) if sheet is not None else None
        if grip is not None:
            self._model.select(*grip)
            self._model.remove()
        return grip is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Whether the event was the calipers'."""
        if self._view.page is None or self._model.tape is None:
            return super().eventFilter(watched, event)
        if isinstance(event, QMouseEvent):
            return self._mouse(event, self._view.page)
        if isinstance(event, QWheelEvent):
            return self._wheel(event, self._view.page)
        return super().eventFilter(watched, event)

    def _mouse(self, event: QMouseEvent, sheet: Sheet) -> bool:
        place = self._device(event.position())
        kind = event.type()
        if kind == QEvent.Type.MouseMove:
            return self._moved(place, event, sheet)
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        if kind == QEvent.Type.MouseButtonPress:
            return self._press(place, event, sheet)
        if kind == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            if self._grip is None:
                self._model.release()  # a click on bare paper: the sheet's keys again
            self._pressed, self._grip = None, None
            return True
        return False

    def _press(self, place: QPointF, event: QMouseEvent, sheet: Sheet) -> bool:
        self._pressed = place
        self._field = field_at(sheet, place.x(), place.y())
        self._one_lead = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._grip = self._at(place, sheet)
        if self._grip is not None:
            self._model.select(*self._grip)
            caliper = self._model.selected
            if caliper is not None:
                first = caliper.legs[0]
                cell = self._cell(caliper, sheet, place)
                mv = millivolts_at(cell, place.y()) if cell is not None else 0.0
                self._offset = (first.sample - self._sample(place), first.mv - mv)
        return True

    def _moved(self, place: QPointF, event: QMouseEvent, sheet: Sheet) -> bool:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._point(place, sheet)
            return False
        if self._grip is None:
            self._begin(place, sheet)
        if self._grip is not None:
            self._drag(place, sheet, free=bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
        return True

    def _begin(self, place: QPointF, sheet: Sheet) -> None:
        """A drag on bare paper puts a caliper: along the time, or up and down for a voltage."""
        start = self._pressed
        if start is None:
            return
        across, up = abs(place.x() - start.x()), abs(place.y() - start.y())
        if max(across, up) < _BEGIN * self._view.canvas.ratio:
            return
        cell = cell_at(sheet, start.x(), start.y())
        if up > across and cell is not None:
            leg = self._leg(start, sheet, cell, free=False)
            self._model.put(Caliper(Kind.VOLTAGE, (leg, leg), cell.index))
        else:
            leg = self._leg(start, sheet, None, free=False)
            lead = cell.index if self._one_lead and cell is not None else None
            self._model.put(Caliper(Kind.TIME, (leg, leg), lead))
        self._grip = (self._model.current, Hold.SECOND)

    def _drag(self, place: QPointF, sheet: Sheet, *, free: bool) -> None:
        caliper = self._model.selected
        if caliper is None or self._grip is None or self._model.tape is None:
            return
        hold = self._grip[1]
        cell = self._cell(caliper, sheet, place)
        if hold is not Hold.BOTH:
            self._model.drag(hold, self._leg(place, sheet, cell, free=free))
            return
        sample = self._model.tape.inside(self._sample(place) + self._offset[0])
        mv = millivolts_at(cell, place.y()) + self._offset[1] if cell is not None else 0.0
        self._model.drag(hold, Leg(sample, mv))

    def _leg(self, place: QPointF, sheet: Sheet, cell: Cell | None, *, free: bool) -> Leg:
        """The leg that belongs there: on a sample, a fiducial point, and on the trace if near."""
        tape = self._model.tape
        sample = self._sample(place)
        if tape is None:
            return Leg(round(sample))
        snap = 0.0 if free else _SNAP * self._view.canvas.ratio
        at = tape.snapped(sample, snap / sheet.px_per_second * tape.fs)
        if cell is None or cell.index is None:
            return Leg(at)
        mv = millivolts_at(cell, place.y())
        level = tape.level(cell.index, at)
        near = level is not None and abs((level - mv) * cell.px_per_mv) < snap
        return Leg(at, level if near and level is not None else round(mv, 3))

    # -- what lies under the pointer ----------------------------------------------------------

    def _at(self, place: QPointF, sheet: Sheet) -> Grip | None:
        """The part of a caliper there, the last put first."""
        near = _NEAR * self._view.canvas.ratio
        for number in reversed(range(len(self._model.calipers))):
            caliper = self._model.calipers[number]
            hold = _hold_at(caliper, sheet, place, near)
            if hold is not None:
                return number, hold
        return None

    def _cell(self, caliper: Caliper, sheet: Sheet, place: QPointF) -> Cell | None:
        """The place of a voltage caliper's lead nearest to the pointer."""
        if caliper.kind is Kind.TIME:
            return None
        cells = recorded(sheet, caliper.lead)
        return min(cells, key=lambda c: abs(c.baseline - place.y()), default=None)

    def _point(self, place: QPointF, sheet: Sheet) -> None:
        grip = self._at(place, sheet)
        viewport = self._view.canvas.viewport()
        if grip is None:
            viewport.unsetCursor()
            return
        time = self._model.calipers[grip[0]].kind is Kind.TIME
        whole = grip[1] is Hold.BOTH
        across = Qt.CursorShape.SizeHorCursor if time else Qt.CursorShape.SizeVerCursor
        viewport.setCursor(QCursor(Qt.CursorShape.SizeAllCursor if whole else across))

    def _wheel(self, event: QWheelEvent, sheet: Sheet) -> bool:
        """Over a caliper that has the keyboard the wheel moves its leg; else it turns pages."""
        grip = self._at(self._device(event.position()), sheet)
        if not self._model.active or grip is None or grip[0] != self._model.current:
            return False
        self._turned += event.angleDelta().y()
        steps = int(self._turned / 120)
        self._turned -= 120 * steps
        if steps:
            fast = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._model.select(*grip)
            self._model.step(steps * (10 if fast else 1))
        return True

    def _sample(self, place: QPointF) -> float:
        """Time under the pointer, in the field where the drag began."""
        return self._field.sample(place.x()) if self._field is not None else 0.0

    def _device(self, position: QPointF) -> QPointF:
        return self._view.canvas.transform().inverted()[0].map(position)


def _hold_at(caliper: Caliper, sheet: Sheet, place: QPointF, near: float) -> Hold | None:
    """The part of a caliper near a place; None where none is."""
    if caliper.kind is Kind.VOLTAGE:
        return _level_at(caliper, sheet, place, near)
    for field in fields(sheet, caliper.lead):
        if not field.holds(place.x(), place.y()):
            continue
        xs = [field.x(leg.sample) for leg in caliper.legs]
        distances = [abs(place.x() - x) for x in xs]
        nearest = min((0, 1), key=lambda n: distances[n])
        if distances[nearest] < near:
            return Hold(nearest)
        bar = caliper.lead is None and place.y() < 4 * near
        if bar and min(xs) < place.x() < max(xs):
            return Hold.BOTH
    return None


def _level_at(caliper: Caliper, sheet: Sheet, place: QPointF, near: float) -> Hold | None:
    for cell in recorded(sheet, caliper.lead):
        xs = [sheet.at(cell, leg.sample) for leg in caliper.legs]
        if not min(xs) - 8 * near <= place.x() <= max(xs) + 8 * near:
            continue
        distances = [abs(place.y() - height_of(cell, leg.mv)) for leg in caliper.legs]
        nearest = min((0, 1), key=lambda n: distances[n])
        if distances[nearest] < near:
            return Hold(nearest)
    return None
