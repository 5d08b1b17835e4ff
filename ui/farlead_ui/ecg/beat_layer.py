"""The look at one beat, painted over the same paper as the recording."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from farlead_ui.ecg.arrangement import BeatView
from farlead_ui.ecg.beat_drawing import Drawing, Ground, Line, median, nothing, stacked, vector
from farlead_ui.ecg.beats import beat_of
from farlead_ui.ecg.canvas import hairline
from farlead_ui.ecg.film import polygon
from farlead_ui.ecg.foot import foot
from farlead_ui.ecg.items import SheetItem
from farlead_ui.ecg.marks import MarksItem, Text
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.page import Scale
from farlead_ui.theme.tokens import Palette

_STROKE = 1.4  # device-independent pixels


class _LinesItem(SheetItem):
    """Paints strokes of several colours and dashes: few of them, so Qt's wide pen will do."""

    def __init__(self) -> None:
        super().__init__(2)
        self._lines: list[tuple[QPolygonF, QPen]] = []

    def set_lines(self, lines: tuple[Line, ...], ratio: float) -> None:
        """Paint these."""
        self._lines = [(polygon(line.points), _pen(line, ratio)) for line in lines]
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for points, pen in self._lines:
            painter.setPen(pen)
            painter.drawPolyline(points)


def _pen(line: Line, ratio: float) -> QPen:
    width = _STROKE * ratio
    pen = hairline(QColor(line.colour).name(), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if line.dash:
        pen.setDashPattern([step * ratio / width for step in line.dash])
    return pen


class BeatLayer:
    """Draws the look at one beat that the model asks for, or nothing.

    Parameters
    ----------
    scene : QGraphicsScene
    model : SheetModel
    """

    def __init__(self, scene: QGraphicsScene, model: SheetModel) -> None:
        self._model = model
        self._lines, self._marks = _LinesItem(), MarksItem()
        for item in (self._lines, self._marks):
            scene.addItem(item)
        self._show(shown=False)

    @property
    def texts(self) -> tuple[Text, ...]:
        """All lettering of it."""
        return self._marks.texts if self._marks.isVisible() else ()

    def draw(self, scale: Scale, size: tuple[int, int], ratio: float, palette: Palette) -> bool:
        """Draw it; False where the recording is to be shown."""
        view = self._model.beat_view
        self._show(shown=view is not None)
        if view is None:
            return False
        self._model.filters.waive(waived=True)
        model = self._model
        ground = Ground(scale, *size, ratio, palette, model.speed, model.gains)
        drawing = self._made(view, ground)
        for item in (self._lines, self._marks):
            item.set_rect(QRectF(-1, -1, size[0] + 2, size[1] + 2))
        self._lines.set_lines(drawing.lines, ratio)
        texts = (*drawing.texts, *foot(drawing.sheet, model, palette, ratio))
        self._marks.set_marks(drawing.strokes, texts, ratio)
        return True

    def _made(self, view: BeatView, ground: Ground) -> Drawing:
        recording = self._model.recording
        found = beat_of(recording, self._model.overlays.detail) if recording else None
        if found is None:
            return nothing(ground)
        if view is BeatView.MEDIAN:
            return median(found, self._model.layout, ground)
        return stacked(found, ground) if view is BeatView.STACKED else vector(found, ground)

    def _show(self, *, shown: bool) -> None:
        for item in (self._lines, self._marks):
            item.setVisible(shown)
