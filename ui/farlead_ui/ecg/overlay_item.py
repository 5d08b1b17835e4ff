"""Lays the overlays on a sheet: bars under lines and lettering, over the traces."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from farlead_ui.bridge import listen
from farlead_ui.ecg.marks import MarksItem
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.overlay_marks import Bar, drawn
from farlead_ui.ecg.seen import Source
from farlead_ui.ecg.view import EcgView
from farlead_ui.theme.tokens import Palette

_SEE_THROUGH = 0.45


class OverlayItem(MarksItem):
    """Paints them."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(2.5)
        self.bars: tuple[Bar, ...] = ()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        for bar in self.bars:
            colour = QColor(bar.colour)
            colour.setAlphaF(_SEE_THROUGH)
            painter.fillRect(bar.area, colour)
        super().paint(painter, option, widget)


class OverlayLayer(QObject):
    """Keeps the overlays in step with the sheet and with what the reader asks for.

    Parameters
    ----------
    view : EcgView
    model : SheetModel
    palette : callable
        Colours of the look as it is now.
    """

    def __init__(self, view: EcgView, model: SheetModel, palette: Callable[[], Palette]) -> None:
        super().__init__(view)
        self._view, self._model, self._palette = view, model, palette
        self.item = OverlayItem()
        view.canvas.scene().addItem(self.item)
        view.laid_out.connect(self.lay)
        listen(self, model.overlays.changed, self.lay)

    def lay(self) -> None:
        """Lay them on the page that is shown; on none, nothing."""
        sheet, recording, canvas = self._view.sheet, self._model.recording, self._view.canvas
        ratio = canvas.ratio
        if sheet is None or recording is None:
            self.item.bars = ()
            self.item.set_marks((), (), ratio)
            return
        self.item.set_rect(QRectF(-1, -1, sheet.width + 2, sheet.height + 2))
        source = self._view.seen or Source(recording.samples)
        found = drawn(sheet, self._model.overlays, source, self._palette(), ratio)
        self.item.bars = found.bars
        self.item.set_marks(found.strokes, found.texts, ratio)
        canvas.viewport().update()
