"""The marks of severity, drawn: shape and colour together, crisp at every scale."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from farlead.model.study import Severity
from farlead_ui.theme.tokens import Palette, severity_colour


def paint_mark(
    painter: QPainter, centre: QPointF, size: float, severity: Severity, palette: Palette
) -> None:
    """Draw the mark of `severity` around `centre`; `size` is the height of the triangle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(severity_colour(palette, severity))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    half = size / 2
    match severity:
        case Severity.CRITICAL:
            painter.drawPolygon(
                _shape(centre, [(0, -half), (half * 1.1, half), (-half * 1.1, half)])
            )
        case Severity.URGENT:
            painter.drawPolygon(_shape(centre, [(0, -half), (half, 0), (0, half), (-half, 0)]))
        case Severity.REMARK:
            painter.drawEllipse(centre, half * 0.72, half * 0.72)
        case Severity.NORMAL:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 1.5))
            painter.drawEllipse(centre, half * 0.66, half * 0.66)
        case Severity.NOT_SCREENED:
            painter.drawRect(QRectF(centre.x() - half * 0.7, centre.y() - 0.75, half * 1.4, 1.5))
    painter.restore()


def _shape(centre: QPointF, corners: list[tuple[float, float]]) -> QPolygonF:
    return QPolygonF([QPointF(centre.x() + x, centre.y() + y) for x, y in corners])
