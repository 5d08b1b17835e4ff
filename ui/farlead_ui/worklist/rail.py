"""The folded list: 56 px with the counts."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from farlead.model.study import Severity
from farlead_ui.bridge import listen
from farlead_ui.icons import pixmap
from farlead_ui.run import RunModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.marks import paint_mark
from farlead_ui.theme.tokens import META, RAIL_WIDTH, SECTION, WORDS, severity_colour
from farlead_ui.waiting import Tab, WaitingModel


class Rail(QWidget):
    """Counts in a narrow column; a click unfolds the list."""

    unfold = Signal()

    def __init__(self, waiting: WaitingModel, run: RunModel, appearance: Appearance) -> None:
        super().__init__()
        self._waiting, self._run, self._appearance = waiting, run, appearance
        self.told: list[str] = []  # of the run through the batch, line by line
        self.setFixedWidth(RAIL_WIDTH)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        listen(self, waiting.changed, self.update)
        listen(self, run.changed, self.update)
        listen(self, appearance.changed, self.update)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)

    def mousePressEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        self.unfold.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        palette, counts = self._appearance.palette, self._waiting.counts()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.panel))
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(QPointF(20, 16), pixmap("right", palette.quiet, 16, ratio))
        painter.setPen(QColor(palette.text))
        painter.setFont(font(SECTION, bold=True))
        centre = Qt.AlignmentFlag.AlignHCenter
        painter.drawText(QRectF(0, 56, RAIL_WIDTH, 24), centre, str(sum(counts.values())))
        painter.setPen(QColor(palette.quiet))
        painter.setFont(font(META))
        painter.drawText(QRectF(0, 80, RAIL_WIDTH, 18), centre, self.tr("waiting"))
        top = 118.0
        for rank in (Severity.CRITICAL, Severity.URGENT):
            if counts[rank]:
                paint_mark(painter, QPointF(19, top + 10), 11, rank, palette)
                painter.setFont(font(SECTION, bold=True))
                painter.setPen(QColor(severity_colour(palette, rank)))
                painter.drawText(
                    QRectF(29, top, 26, 20), Qt.AlignmentFlag.AlignVCenter, str(counts[rank])
                )
                top += 28
        self._paint_run(painter, top + 12)
        painter.setPen(QColor(palette.quiet))
        painter.setFont(font(META))
        painter.drawText(QRectF(0, self.height() - 30, RAIL_WIDTH, 18), centre, self.tr("[ List"))
        painter.end()

    def _paint_run(self, painter: QPainter, top: float) -> None:
        """How the run through the batch goes, while the list that says it is folded."""
        run, palette = self._run, self._appearance.palette
        self.told = []
        if self._waiting.tab is not Tab.BATCH:
            return
        lines = [(str(run.done), self.tr("done")), (str(run.left), self.tr("left"))]
        if run.pace is not None:
            lines.append((f"{round(run.pace)} s", self.tr("each")))
        if run.pause_due:
            lines.append(("", self.tr("pause")))
        centre = Qt.AlignmentFlag.AlignHCenter
        urgent = QColor(palette.urgent) if run.pause_due else None
        for number, word in lines:
            if number:
                painter.setPen(urgent or QColor(palette.text))
                painter.setFont(font(WORDS, bold=True))
                painter.drawText(QRectF(0, top, RAIL_WIDTH, 20), centre, number)
                top += 19
            painter.setPen(urgent or QColor(palette.quiet))
            painter.setFont(font(META))
            painter.drawText(QRectF(0, top, RAIL_WIDTH, 18), centre, word)
            top += 26
            self.told.append(f"{number} {word}".strip())
