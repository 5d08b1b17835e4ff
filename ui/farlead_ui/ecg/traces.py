"""The traces of a page: which samples they are drawn from, one item a lead."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene

from farlead.model.recording import Recording
from farlead_ui.ecg.filtering import FilteredSamples, too_long
from farlead_ui.ecg.geometry import Cell, Sheet
from farlead_ui.ecg.items import TraceItem
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.overviews import Overviews, looked_over
from farlead_ui.ecg.trace import Floats, dense, strokes
from farlead_ui.theme.tokens import Palette


class Traces:
    """What is drawn of the recording; items are kept from page to page.

    Parameters
    ----------
    scene : QGraphicsScene
        Holds the items.
    model : SheetModel
        Tells the filter and the speed.
    overviews : Overviews
        Pyramids, for slow paper.
    """

    def __init__(self, scene: QGraphicsScene, model: SheetModel, overviews: Overviews) -> None:
        self._scene, self._model, self._overviews = scene, model, overviews
        self._filtered = FilteredSamples()
        self._items: list[TraceItem] = []
        self.strokes: dict[Cell, list[Floats]] = {}
        self.missing: list[Cell] = []  # their pyramids are being made

    def draw(self, recording: Recording, sheet: Sheet, palette: Palette, ratio: float) -> None:
        """Draw a page."""
        shown = [cell for cell in sheet.cells if cell.index is not None]
        if looked_over(self._model):
            self._model.filters.waived = True
            self.strokes = self._from_pyramids(shown, sheet)
        else:
            self.strokes = self._from_samples(recording, shown, sheet)
        self.missing = [cell for cell in shown if cell not in self.strokes]
        area, spans = QRectF(0, 0, sheet.width, sheet.height), dense(sheet)
        for n, cell in enumerate(self.strokes):
            item = self._item(n)
            item.set_rect(area)
            if spans:
                item.set_spans(self.strokes[cell], palette)
            else:
                item.set_strokes(self.strokes[cell], palette, ratio)
            item.show()
        self._hide(len(self.strokes))

    def clear(self) -> None:
        """Draw nothing and keep no samples."""
        self.strokes, self.missing = {}, []
        self._filtered.clear()
        self._hide(0)

    def paint(self, painter: QPainter) -> None:
        """Paint them once more, elsewhere: through the magnifier."""
        for item in self._items:
            if item.isVisible():
                item.draw(painter)

    def _from_pyramids(self, shown: list[Cell], sheet: Sheet) -> dict[Cell, list[Floats]]:
        made = ((cell, self._overviews.of(cell.index or 0)) for cell in shown)
        return {cell: strokes(lead, cell, sheet) for cell, lead in made if lead is not None}

    def _from_samples(
        self, recording: Recording, shown: list[Cell], sheet: Sheet
    ) -> dict[Cell, list[Floats]]:
        window = min((c.start for c in shown), default=0), max((c.stop for c in shown), default=0)
        filters = self._model.filters
        filters.waived = too_long(recording, *window)
        source, first = self._filtered.samples(recording, filters.shown, *window)
        return {cell: strokes(source[cell.index or 0], cell, sheet, first) for cell in shown}

    def _item(self, n: int) -> TraceItem:
        while n >= len(self._items):
            self._items.append(TraceItem())
            self._scene.addItem(self._items[-1])
        return self._items[n]

    def _hide(self, drawn: int) -> None:
        for item in self._items[drawn:]:
            item.hide()
