"""Paints one image with its letters, scale bar and corners; turns the mouse into commands."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from farlead_ui.bridge import listen
from farlead_ui.imaging import wording
from farlead_ui.imaging.model import ZOOM_STEP, ImageModel
from farlead_ui.imaging.window import grey_levels
from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import NIGHT

_EDGE = 12.0
_NICE_MM = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)
_LEFT, _MIDDLE, _RIGHT = 0.0, 0.5, 1.0


class ImageCanvas(QWidget):
    """The image, dark by day and night: grey levels are judged against black."""

    def __init__(self, model: ImageModel) -> None:
        super().__init__()
        self._model = model
        self._image: QImage | None = None
        self._pressed: QPointF | None = None
        self._turned = 0
        self.setMinimumSize(160, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        listen(self, model.images_changed, self.refresh)
        listen(self, model.frame_changed, self.refresh)
        listen(self, model.window_changed, self.refresh)
        listen(self, model.zoom_changed, self._repaint)
        listen(self, model.cine_changed, self._repaint)
        self.refresh()

    @property
    def picture(self) -> QImage | None:
        """The frame as grey levels or colours, one pixel an image pixel."""
        return self._image

    def refresh(self) -> None:
        """Make the picture anew from frame and window."""
        self._image = _picture(self._model)
        self.update()

    def _repaint(self) -> None:
        self.update()

    # -- geometry -----------------------------------------------------------------------------

    def _pixel(self) -> tuple[float, float]:
        """Size of an image pixel on screen at the present zoom, device-independent pixels."""
        image, frame = self._model.image, self._model.frame
        if image is None or frame is None:
            return 1.0, 1.0
        across, down = 1.0, 1.0
        if image.spacing is not None and image.spacing[1] > 0:
            down = image.spacing[0] / image.spacing[1]
        rows, columns = frame.shape[:2]
        fit = min(self.width() / (columns * across), self.height() / (rows * down))
        return fit * self._model.zoom * across, fit * self._model.zoom * down

    def target(self) -> QRectF:
        """Where the whole image lies, device-independent pixels."""
        frame = self._model.frame
        if frame is None:
            return QRectF()
        across, down = self._pixel()
        rows, columns = frame.shape[:2]
        left = self.width() / 2 - (columns / 2 + self._model.pan[0]) * across
        top = self.height() / 2 - (rows / 2 + self._model.pan[1]) * down
        return QRectF(left, top, columns * across, rows * down)

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(NIGHT.sheet))
        if self._image is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth())
        painter.drawImage(self.target(), self._image)
        self._draw_sides(painter)
        self._draw_corners(painter)
        self._draw_scale_bar(painter)

    def _smooth(self) -> bool:
        """Single pixels are shown as such once they are large."""
        return self._pixel()[0] < 6.0

    def _draw_sides(self, painter: QPainter) -> None:
        image = self._model.image
        if image is None or image.sides is None:
            return
        right, bottom = image.sides
        middle_x, middle_y = self.width() / 2, self.height() / 2
        for text, x, y, align in (
            (wording.opposite(right), _EDGE, middle_y, _LEFT),
            (right, self.width() - _EDGE, middle_y, _RIGHT),
            (wording.opposite(bottom), middle_x, _EDGE + 10, _MIDDLE),
            (bottom, middle_x, self.height() - _EDGE - 10, _MIDDLE),
        ):
            self._write(painter, text, x, y, align, tokens.PATIENT, bold=True)

    def _draw_corners(self, painter: QPainter) -> None:
        model, image = self._model, self._model.image
        if image is None:
            return
        top_left = [
            str(image.modality),
            image.description or "",
            image.body_part or "",
            wording.laterality_text(image.laterality),
        ]
        bottom_right = [] if image.colour else [wording.window_text(model.window)]
        bottom_right.append(wording.zoom_text(model))
        top_right = []
        if len(model.series) > 1:
            top_right.append(f"{model.series_index + 1} / {len(model.series)}")
        self._column(painter, [text for text in top_left if text], _LEFT, top=True)
        self._column(painter, top_right, _RIGHT, top=True)
        self._column(painter, [wording.frame_text(model)], _LEFT, top=False)
        self._column(painter, bottom_right, _RIGHT, top=False)

    def _column(self, painter: QPainter, lines: list[str], align: float, *, top: bool) -> None:
        x = _EDGE if align == _LEFT else self.width() - _EDGE
        step = tokens.WORDS.line
        first = _EDGE + step / 2 if top else self.height() - _EDGE - step * (len(lines) - 0.5)
        for n, text in enumerate(lines):
            self._write(painter, text, x, first + n * step, align, tokens.WORDS)

    def _write(
        self,
        painter: QPainter,
        text: str,
        x: float,
        y: float,
        align: float,
        kind: tokens.Type,
        *,
        bold: bool = False,
    ) -> None:
        """Text on a dark ground of its own, so that it is legible on any image."""
        if not text:
            return
        face = font(kind, bold=bold)
        metrics = QFontMetricsF(face)
        width = metrics.horizontalAdvance(text)
        left = x - align * width
        ground = QColor(NIGHT.sheet)
        ground.setAlphaF(0.6)
        painter.fillRect(QRectF(left - 4, y - kind.line / 2, width + 8, kind.line), ground)
        painter.setFont(face)
        painter.setPen(QColor(NIGHT.text))
        painter.drawText(QPointF(left, y + metrics.capHeight() / 2), text)

    def _draw_scale_bar(self, painter: QPainter) -> None:
        image = self._model.image
        if image is None or image.spacing is None or image.spacing[1] <= 0:
            return
        per_mm = self._pixel()[0] / image.spacing[1]
        fitting = [mm for mm in _NICE_MM if mm * per_mm <= self.width() / 4]
        if not fitting:
            return
        length = fitting[-1] * per_mm
        left, y = _EDGE + 72, self.height() - _EDGE - 10
        painter.setPen(QPen(QColor(NIGHT.text), 1))
        painter.drawLine(QPointF(left, y), QPointF(left + length, y))
        for x in (left, left + length):
            painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 4))
        text = f"{fitting[-1]:g} mm"
        self._write(painter, text, left + length + 10, y, _LEFT, tokens.META)

    # -- mouse --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pressed = event.position()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pressed = None
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed is None:
            return
        moved = event.position() - self._pressed
        self._pressed = event.position()
        buttons = event.buttons()
        if buttons & Qt.MouseButton.RightButton:
            self._model.zoom_by(math.exp(-moved.y() / 150.0))
        elif buttons & Qt.MouseButton.MiddleButton or self._pans(event):
            across, down = self._pixel()
            self._model.pan_by(-moved.x() / across, -moved.y() / down)
        elif buttons & Qt.MouseButton.LeftButton:
            self._model.drag_window(moved.x(), moved.y())

    def _pans(self, event: QMouseEvent) -> bool:
        image = self._model.image
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return shifted or (image is not None and image.colour)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._model.fit()
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._turned += event.angleDelta().y()
        while abs(self._turned) >= 120:
            direction = 1 if self._turned > 0 else -1
            self._turned -= 120 * direction
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._zoom_about(event.position(), direction)
            elif direction > 0:
                self._model.previous_frame()
            else:
                self._model.next_frame()
        event.accept()

    def _zoom_about(self, at: QPointF, direction: int) -> None:
        across, down = self._pixel()
        about = ((at.x() - self.width() / 2) / across, (at.y() - self.height() / 2) / down)
        self._model.zoom_by(ZOOM_STEP**direction, about)


def _picture(model: ImageModel) -> QImage | None:
    frame, image = model.frame, model.image
    if frame is None or image is None:
        return None
    rows, columns = frame.shape[:2]
    if image.colour:
        pixels = np.ascontiguousarray(frame, dtype=np.uint8)
        kind, step = QImage.Format.Format_RGB888, 3 * columns
    else:
        pixels = grey_levels(frame, model.window, inverted=model.inverted)
        kind, step = QImage.Format.Format_Grayscale8, columns
    return QImage(pixels.data, columns, rows, step, kind).copy()
