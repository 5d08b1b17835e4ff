"""The movable marks of P, QRS and T on the sheet: their lines, and the mouse that moves them."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from farlead_ui.ecg.caliper_marks import Drawn, Handle, Tag, sample_at
from farlead_ui.ecg.fiducials import FiducialModel
from farlead_ui.ecg.geometry import Sheet
from farlead_ui.ecg.view import EcgView

_TOP, _NEAR = 14, 6.0


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
    top, foot = _TOP * ratio, sheet.height - 7 * ratio
    for name, place in marks.places.items():
        chosen = name == marks.current
        for beat in marks.beats:
            x = sheet.x(beat + place)
            if not sheet.trace_left <= x <= sheet.trace_right:
                continue
            (made.lines if chosen else made.dashes).append((x, top, x, foot))
            if chosen:
                made.handles.append(Handle(x, top, filled=True))
    if made.handles:
        first = made.handles[0]
        parts = [part for part in (names[marks.current], told) if part]
        made.tags.append(Tag(first.x + 12 * ratio, first.y, " · ".join(parts)))
    return made


class MarkMouse(QObject):
    """Drags a mark by its line in any beat; hears the sheet's mouse before the calipers do."""

    def __init__(self, view: EcgView, marks: FiducialModel) -> None:
        super().__init__(view)
        self._view, self._marks = view, marks
        self._grip: tuple[str, int] | None = None  # mark, and the beat that it is held in
        self._moving = False
        view.canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Whether the event was the marks'."""
        sheet = self._view.sheet
        if sheet is None or not self._marks.active or not isinstance(event, QMouseEvent):
            return super().eventFilter(watched, event)
        place = self._view.canvas.transform().inverted()[0].map(event.position())
        if event.type() == QEvent.Type.MouseMove:
            return self._move(place, event, sheet)
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            self._grip, self._moving = self._at(place, sheet), False
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
        wanted = round(sample_at(sheet, place.x())) - beat
        self._marks.put(name, wanted, going_on=self._moving)
        self._moving = self._moving or self._marks.moved != before
        return True

    def _at(self, place: QPointF, sheet: Sheet) -> tuple[str, int] | None:
        near = _NEAR * self._view.canvas.ratio
        found = [
            (abs(sheet.x(beat + at) - place.x()), name, beat)
            for name, at in self._marks.places.items()
            for beat in self._marks.beats
        ]
        distance, name, beat = min(found, default=(near, "", 0))
        return (name, beat) if distance < near else None
