"""The wall drawn, in the measures of a screen of 3840 × 2160, scaled to the one it hangs on."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from farlead_ui.bridge import listen
from farlead_ui.theme.appearance import Appearance
from farlead_ui.wall import brush as b
from farlead_ui.wall import words
from farlead_ui.wall.brush import Brush
from farlead_ui.wall.cases import draw_cases
from farlead_ui.wall.foot import draw_foot
from farlead_ui.wall.hours import draw_hours
from farlead_ui.wall.model import Age, WallModel
from farlead_ui.wall.turnaround import draw_turnaround
from farlead_ui.wall.units import draw_units
from farlead_ui.wall.waiting import draw_waiting


class WallView(QWidget):
    """The whole screen.

    Parameters
    ----------
    model : WallModel
    appearance : Appearance
    hospital : str
    """

    def __init__(self, model: WallModel, appearance: Appearance, hospital: str) -> None:
        super().__init__()
        self._model, self._appearance, self._hospital = model, appearance, hospital
        listen(self, model.changed, self.update)
        listen(self, appearance.changed, self.update)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        model, palette = self._model, self._appearance.palette
        painter.fillRect(self.rect(), Brush(painter, palette, faded=False).colour("window"))
        scale = min(self.width() / b.WIDTH, self.height() / b.HEIGHT)
        painter.translate(
            (self.width() - b.WIDTH * scale) / 2, (self.height() - b.HEIGHT * scale) / 2
        )
        painter.scale(scale, scale)
        self._head(Brush(painter, palette, faded=False))
        brush = Brush(painter, palette, faded=model.age is not Age.FRESH)
        if model.wall is not None:
            text = self._appearance.text
            draw_cases(brush, model, text, (64, 1164))
            draw_waiting(brush, model, (1254, 2604))
            draw_hours(brush, model, (1254, 2604))
            draw_units(brush, model, (2706, 3776))
            draw_turnaround(brush, model.wall, (2706, 3776))
            for x in (1204, 2656):
                brush.fill(x, 190, 2, 1800, "line")
        draw_foot(Brush(painter, palette, faded=False), model, self._appearance)
        painter.end()

    def _head(self, brush: Brush) -> None:
        now = self._model.clock()
        title = self.tr("{hospital} · remote reading").format(hospital=self._hospital)
        brush.write(title, 64, 70, b.TITLE, bold=True, room=2400)
        width = brush.write(f"{now.astimezone():%H:%M}", 3776, 70, b.CLOCK, bold=True, right=True)
        brush.write(words.day(now), 3776 - width - 44, 72, b.SMALL, "quiet", right=True)
        brush.rule(0, 134, b.WIDTH)
