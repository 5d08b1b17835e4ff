"""The movable marks of P, QRS and T on the sheet: their lines, and the mouse that moves them."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from farlead_ui.ecg.caliper_marks import Drawn, Handle, Tag
from farlead_ui.ecg.fiducials import FiducialModel
from farlead_ui.ecg.fields import Field, field_at, fields
from farlead_ui.ecg.page import Sheet
from farlead_ui.ecg.view import EcgView

_TOP, _BELOW, _NEAR = 14, 24, 6.0


def mark_lines(
    sheet: Sheet, marks: FiducialModel, names: Mapping[str, str], told: str, ratio: float
) -> Drawn:
    """The marks in every beat that made the median; the chosen one with a handle.

    Parameters
    ----------
    names : mapping of mark to str
        What the marks are called.
    told : str
        What the moves have changed; "" for nothing.
    """
    made = Drawn()
    for field in fields(sheet, None, _TOP * ratio):
        for name, place in marks.places.items():
            _lines(made, field, marks, name, place)
    if made.handles:
        first = made.handles[0]
        parts = [part for part in (names[marks.current], told) if part]
        text = " · ".join(parts)
        made.tags.append(Tag(first.x + 12 * ratio, first.y + _BELOW * ratio, text))
    return made


def _lines(made: Drawn, field: Field, marks: FiducialModel, name: str, place: int) -> None:
    chosen = name == marks.current
    for beat in marks.beats:
        x = field.x(beat + place)
        if field.across(x):
            (made.lines if chosen else made.dashes).append((x, field.upper, x, field.lower))
            if chosen:
                made.handles.append(Handle(x, field.upper, filled=True))


class MarkMouse(QObject):
    """Drags a mark by its line in any beat; hears the sheet's mouse before the calipers do."""

    def __init__(self, view: EcgView, marks: FiducialModel) -> None:
        super().__init__(view)
        self._view, self._marks = view, marks
        self._grip: tuple[str, int] | None = None  # mark, and the beat that it is held in
        self._moving = False
        self._field: Field | None = None  # where the drag began
        view.canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Whether the event was the marks'."""
        sheet = self._view.page
        if sheet is None or not self._marks.active or not isinstance(event, QMouseEvent):
            return super().eventFilter(watched, event)
        place = self._view.canvas.transform().inverted()[0].map(event.position())
        if event.type() == QEvent.Type.MouseMove:
            return self._move(place, event, sheet)
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            self._grip, self._moving = self._at(place, sheet), False
            self._field = field_at(sheet, place.x(), place.y())
            if self._grip is not None:
                self._marks.choose(self._grip[0])
            return self._grip is not None
        held, self._grip = self._grip, None
        return held is not None

    def _move(self, place: QPointF, event: QMouseEvent, sheet: Sheet) -> bool:
        if self._grip is None or not event.buttons() & Qt.MouseButton.LeftButton:
            if self._at(place, sheet) is None:
                return False
            self._view.canvas.viewport().setCursor(Qt.CursorShape.SizeHorCursor)
            return True
        name, beat = self._grip
        before = self._marks.moved
        field = self._field or field_at(sheet, place.x(), place.y())
        if field is None:
            return True
        wanted = round(field.sample(place.x())) - beat
        self._marks.put(name, wanted, going_on=self._moving)
        self._moving = self._moving or self._marks.moved != before
        return True

    def _at(self, place: QPointF, sheet: Sheet) -> tuple[str, int] | None:
        near = _NEAR * self._view.canvas.ratio
        field = field_at(sheet, place.x(), place.y())
        if field is None:
            return None
        found = [
            (abs(field.x(beat + at) - place.x()), name, beat)
            for name, at in self._marks.places.items()
            for beat in self._marks.beats
        ]
        distance, name, beat = min(found, default=(near, "", 0))
        return (name, beat) if distance < near else None
