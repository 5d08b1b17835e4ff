"""The calipers' own layer over the sheet: a drag repaints what moves and nothing else.

While something on it has the keyboard, the layer lays its lines on a picture of the sheet, so
that the traces below are not stroked again at each step.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QLineF, QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
)
from PySide6.QtWidgets import QWidget

from farlead.model.screening import QtFormula
from farlead_ui.bridge import listen
from farlead_ui.ecg.caliper_marks import Drawn, Tag, drawn, rungs
from farlead_ui.ecg.caliper_words import said
from farlead_ui.ecg.calipers import CaliperModel
from farlead_ui.ecg.canvas import hairline
from farlead_ui.ecg.view import EcgView
from farlead_ui.theme import tokens
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font

_HANDLE = 4
_TAG_HEIGHT = 22
_PAD = 8
_BEYOND = 2  # device pixels of the picture beyond the sheet's edges

Extra = Callable[[], Drawn | None]


class CaliperLayer(QWidget):
    """Paints calipers, ladder and fiducial marks; takes no mouse and no keys.

    Parameters
    ----------
    view : EcgView
    model : CaliperModel
    appearance : Appearance
    formula : QtFormula
        For QTc by tangent.
    extra : callable, optional
        Further marks of this layer.
    """

    def __init__(
        self,
        view: EcgView,
        model: CaliperModel,
        appearance: Appearance,
        formula: QtFormula,
        extra: Extra | None = None,
    ) -> None:
        super().__init__(view.canvas.viewport())
        self._view, self._model, self._appearance = view, model, appearance
        self._formula, self._extra = formula, extra
        self._drawn: tuple[Drawn, ...] = ()
        self._covered = QRegion()
        self._still = self._held = False
        self._ground: QPixmap | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        view.canvas.viewport().installEventFilter(self)
        view.laid_out.connect(self._sheet_changed)
        view.canvas.scene().changed.connect(self._sheet_changed)
        listen(self, model.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        self._fit()

    @property
    def texts(self) -> list[str]:
        """All lettering of the layer."""
        return [tag.text for made in self._drawn for tag in (*made.tags, *made.words)]

    @property
    def drawn(self) -> tuple[Drawn, ...]:
        """What is painted, device pixels."""
        return self._drawn

    @property
    def covered(self) -> QRegion:
        """What it paints to, device-independent pixels."""
        return QRegion(self._covered)

    def refresh(self) -> None:
        """Follow model and sheet; only what was and what is now is painted."""
        self._drawn = self._make()
        self._hold_still(still=self._held)
        before, self._covered = self._covered, self._region()
        self.setVisible(bool(self._drawn))
        self.update(before.united(self._covered))

    def _make(self) -> tuple[Drawn, ...]:
        self._held = False
        sheet, tape = self._view.page, self._model.tape
        if sheet is None or tape is None:
            return ()
        model, ratio = self._model, self._view.canvas.ratio
        told = [
            (
                caliper,
                self._appearance.text(said(caliper, tape, self._formula)),
                model.hold if model.active and n == model.current else None,
            )
            for n, caliper in enumerate(model.calipers)
        ]
        made = [drawn(sheet, told, ratio)] if told else []
        if model.ladder:
            made.append(rungs(sheet, tape, ratio))
        more = self._extra() if self._extra is not None else None
        self._held = model.active or more is not None
        return (*made, more) if more is not None else tuple(made)

    # -- the picture of the sheet below -------------------------------------------------------

    def _hold_still(self, *, still: bool) -> None:
        """Whether the sheet below is painted from a picture; it is made when it is needed."""
        if still != self._still:
            self._still, self._ground = still, None
            self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, still)
            self._view.canvas.viewport().update()
            self.update()

    def _sheet_changed(self) -> None:
        if self._ground is not None:
            self._ground = None
            self.update()
        self.refresh()

    def _picture(self) -> QPixmap:
        """The sheet without this layer, in its own device pixels."""
        width, height = self._view.canvas.device_size()
        made = QPixmap(width + 2 * _BEYOND, height + 2 * _BEYOND)
        painter = QPainter(made)
        whole = QRectF(made.rect())
        self._view.canvas.scene().render(painter, whole, whole.translated(-_BEYOND, -_BEYOND))
        painter.end()
        return made

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        painter.setTransform(self._view.canvas.transform())
        if self._still:
            self._ground = self._ground or self._picture()
            painter.drawPixmap(QPointF(-_BEYOND, -_BEYOND), self._ground)
        for made in self._drawn:
            self._paint(painter, made)
        painter.end()

    def _paint(self, painter: QPainter, made: Drawn) -> None:
        ratio, accent = self._view.canvas.ratio, self._appearance.palette.accent
        width = max(1.0, round(ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(hairline(accent, width))
        painter.drawLines([QLineF(*_whole(line)) for line in made.lines])
        dashed = hairline(accent, width)
        dashed.setDashPattern([3 * ratio / width, 4 * ratio / width])
        painter.setPen(dashed)
        painter.drawLines([QLineF(*_whole(line)) for line in made.dashes])
        for handle in made.handles:
            side = _HANDLE * ratio
            square = QRectF(handle.x - side, handle.y - side, 2 * side, 2 * side)
            painter.fillRect(square, QColor(accent))
            if not handle.filled:
                inside = square.adjusted(width, width, -width, -width)
                painter.fillRect(inside, QColor(self._appearance.palette.sheet))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(hairline(accent, 1.2 * ratio))
        painter.drawLines([QLineF(*line) for line in made.slopes])
        for word in made.words:
            self._write(painter, self._word_rect(word), word.text, bold=False)
        for tag in made.tags:
            rect = self._tag_rect(tag)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.fillRect(rect, QColor(self._appearance.palette.sheet))
            painter.setPen(QPen(QColor(accent), width))
            painter.drawRect(rect)
            self._write(painter, rect, tag.text, bold=True)

    def _write(self, painter: QPainter, rect: QRectF, text: str, *, bold: bool) -> None:
        ratio = self._view.canvas.ratio
        face = font(tokens.WORDS if bold else tokens.META, bold=bold)
        metrics = QFontMetricsF(face)
        painter.save()
        painter.translate(rect.center())
        painter.scale(ratio, ratio)
        painter.setFont(face)
        painter.setPen(QColor(self._appearance.palette.text))
        left = -metrics.horizontalAdvance(text) / 2
        painter.drawText(QPointF(left, metrics.capHeight() / 2), text)
        painter.restore()

    def _tag_rect(self, tag: Tag) -> QRectF:
        """Frame of a value, moved inside the sheet."""
        ratio = self._view.canvas.ratio
        width, height = self._view.canvas.device_size()
        metrics = QFontMetricsF(font(tokens.WORDS, bold=True))
        wide = round((metrics.horizontalAdvance(tag.text) + 2 * _PAD) * ratio)
        high = round(_TAG_HEIGHT * ratio)
        room = width - wide - 4.0
        x = tag.before - wide if tag.before is not None and tag.x > room else tag.x
        x = min(max(x, 4.0), max(4.0, room))
        y = min(max(tag.y - high / 2, 2.0), max(2.0, height - high - 4.0))
        return QRectF(round(x), round(y), wide, high)

    def _word_rect(self, word: Tag) -> QRectF:
        ratio = self._view.canvas.ratio
        wide = QFontMetricsF(font(tokens.META)).horizontalAdvance(word.text) * ratio
        return QRectF(word.x - wide / 2, word.y - 8 * ratio, wide, 16 * ratio)

    # -- what it covers -----------------------------------------------------------------------

    def _region(self) -> QRegion:
        region = QRegion()
        transform = self._view.canvas.transform()
        edge = (_HANDLE + 2) * self._view.canvas.ratio
        for rect in self._rects():
            grown = rect.adjusted(-edge, -edge, edge, edge)
            region = region.united(QRegion(transform.mapRect(grown).toAlignedRect()))
        return region

    def _rects(self) -> list[QRectF]:
        found = []
        for made in self._drawn:
            for x1, y1, x2, y2 in (*made.lines, *made.dashes, *made.slopes):
                found.append(QRectF(QPointF(x1, y1), QPointF(x2, y2)).normalized())
            found += [QRectF(h.x, h.y, 0, 0) for h in made.handles]
            found += [self._tag_rect(tag) for tag in made.tags]
            found += [self._word_rect(word) for word in made.words]
        return found

    def _fit(self) -> None:
        viewport = self._view.canvas.viewport()
        self.setGeometry(QRect(0, 0, viewport.width(), viewport.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)


def _whole(line: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """On whole device pixels, as the grid and the trace's middle lie."""
    x1, y1, x2, y2 = line
    return int(x1), int(y1), int(x2), int(y2)
