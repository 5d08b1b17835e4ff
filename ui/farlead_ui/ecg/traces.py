"""The traces of a page: which samples they are drawn from, on which films."""

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene

from farlead.model.recording import Recording
from farlead_signal.filters import ORIGINAL
from farlead_signal.overview import Pyramid
from farlead_ui.ecg import marks
from farlead_ui.ecg.film import AHEAD, Film, Leads, Look, Row, polygon, stroke, window_of
from farlead_ui.ecg.filtering import too_long
from farlead_ui.ecg.geometry import Cell, Sheet
from farlead_ui.ecg.items import TracesItem
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.overviews import Overviews, looked_over
from farlead_ui.ecg.seen import FilteredSamples, Source
from farlead_ui.ecg.trace import Floats, dense, strokes
from farlead_ui.theme.tokens import Palette


class Traces:
    """What is drawn of the recording; films are kept from page to page.

    Parameters
    ----------
    scene : QGraphicsScene
        Holds the item that paints them.
    model : SheetModel
        Tells the filter and the speed.
    overviews : Overviews
        Pyramids, for slow paper.
    filtered : FilteredSamples
        Samples under the display filter.
    """

    def __init__(
        self,
        scene: QGraphicsScene,
        model: SheetModel,
        overviews: Overviews,
        filtered: FilteredSamples,
    ) -> None:
        self._model, self._overviews, self._filtered = model, overviews, filtered
        self._films: list[Film] = []  # cells that share place and time lie on one
        self._item = TracesItem()
        scene.addItem(self._item)
        self._sheet: Sheet | None = None
        self._source: Source | None = None  # None: drawn from pyramids, or nothing is
        self._leads = Leads(self._overview)
        self._strokes: dict[Cell, list[Floats]] | None = {}
        self._ink: tuple[str, float] = "", 1.0
        self.missing: list[Cell] = []  # their pyramids are being made

    @property
    def seen(self) -> Source | None:
        """What the traces of the page are drawn from; None where it is not single samples."""
        return self._source

    @property
    def strokes(self) -> dict[Cell, list[Floats]]:
        """Points of the page's traces, made when they are asked for."""
        if self._strokes is None and self._sheet is not None:
            sheet, first = self._sheet, self._leads.first
            cells = [cell for cell in _recorded(sheet) if cell not in self.missing]
            of = self._leads.of
            self._strokes = {c: strokes(of(c.index or 0), c, sheet, first) for c in cells}
        return self._strokes or {}

    def draw(self, recording: Recording, sheet: Sheet, palette: Palette, ratio: float) -> None:
        """Draw a page."""
        self._sheet, self._source, self._strokes = sheet, None, None
        self._ink = palette.trace, ratio
        self._item.set_rect(QRectF(0, 0, sheet.width, sheet.height))
        shown = _recorded(sheet)
        self.missing = []
        if looked_over(self._model):
            self._model.filters.waive(waived=True)
            self._model.filters.wait(pending=False)
            self.missing = [c for c in shown if self._overviews.of(c.index or 0) is None]
            self._leads = Leads(self._overview)
        else:
            source = self._source = self._seen(recording, shown, sheet)
            self._leads = Leads(source.samples.__getitem__, source.first)
        self._roll(recording, sheet)
        self._item.set_films(self._films)
        self._item.show()

    def clear(self) -> None:
        """Draw nothing and keep no samples."""
        self._sheet, self._source, self._strokes, self._films = None, None, {}, []
        self.missing = []
        self._filtered.rest()
        self._item.set_films([])
        self._item.hide()

    def forget(self) -> None:
        """Keep no pictures while nobody looks."""
        for film in self._films:
            film.forget()

    def paint(self, painter: QPainter, left: float, right: float) -> None:
        """Stroke what lies between two positions once more, elsewhere: through the magnifier."""
        if self._sheet is not None and not dense(self._sheet):
            cut = (
                points[slice(*np.searchsorted(points[:, 0], (left - 8, right + 8)))]
                for lead in self.strokes.values()
                for points in lead
            )
            stroke(painter, [polygon(points) for points in cut if len(points)], *self._ink)
        else:
            self._item.draw(painter)

    def near(self, left: float, right: float) -> Floats:
        """Pieces of all traces between two positions as (x, top, bottom)."""
        if self._source is None or self._sheet is None or dense(self._sheet):
            return marks.upright(self.strokes, left, right)
        return _upright(self._sheet, self._source, left, right)

    def leaving(self) -> dict[Cell, list[Floats]]:
        """Those that run off the sheet above or below."""
        sheet, source = self._sheet, self._source
        if source is None or sheet is None or dense(sheet):
            return self.strokes if any(film.cut for film in self._films) else {}
        return {cell: self.strokes[cell] for cell in _recorded(sheet) if _off(cell, sheet, source)}

    # -- what they are drawn from -------------------------------------------------------------

    def _overview(self, index: int) -> Pyramid:
        made = self._overviews.of(index)
        if made is None:
            raise LookupError(f"no overview of lead {index} yet")
        return made

    def _seen(self, recording: Recording, shown: list[Cell], sheet: Sheet) -> Source:
        """Samples of the page, and of what may be stroked ahead of it."""
        start, stop = (
            min((c.start for c in shown), default=0),
            max((c.stop for c in shown), default=0),
        )
        filters = self._model.filters
        filters.waive(waived=too_long(recording, start, stop))
        beside = round((AHEAD + 16) * sheet.paper.fs / sheet.px_per_second)
        window = max(0, start - beside), min(sheet.paper.samples, stop + beside)
        source = self._filtered.source(recording, filters.wanted, *window)
        if source is None and self._filtered.failed:
            filters.choose(ORIGINAL)  # the fault itself is told by whoever takes faults
        filters.wait(pending=source is None and filters.on)
        if not filters.on:
            self._filtered.prepare(recording, filters.habit)
        return source or Source(recording.samples)

    def _roll(self, recording: Recording, sheet: Sheet) -> None:
        """The films of the page; those that were there before are wound on."""
        groups: dict[tuple[float, float, float], list[Cell]] = {}
        for cell in _recorded(sheet):
            if cell not in self.missing:
                groups.setdefault((cell.left, cell.right, cell.begin), []).append(cell)
        setting = self._source.setting if self._source is not None else ORIGINAL
        per_pixel, upright = sheet.paper.fs / sheet.px_per_second, dense(sheet)
        del self._films[len(groups) :]
        for n, cells in enumerate(groups.values()):
            shift, window = window_of(sheet, cells[0], upright=upright)
            rows = tuple(Row(c.index or 0, c.baseline, c.px_per_mv) for c in cells)
            look = Look(
                recording, setting, per_pixel, shift, rows, sheet.height, *self._ink, upright
            )
            if n < len(self._films):
                self._films[n].show(look, window, self._leads)
            else:
                self._films.append(Film(look, window, self._leads))


def _recorded(sheet: Sheet) -> list[Cell]:
    return [cell for cell in sheet.cells if cell.index is not None]


def _off(cell: Cell, sheet: Sheet, source: Source) -> bool:
    """Whether a trace runs off the sheet."""
    part = source.samples[cell.index or 0, cell.start - source.first : cell.stop - source.first]
    if not part.size:
        return False
    ends = np.fmin.reduce(part), np.fmax.reduce(part)
    heights = [cell.baseline + 0.5 - float(end) * cell.px_per_mv for end in ends]
    return min(heights) < 0 or max(heights) > sheet.height


def _upright(sheet: Sheet, source: Source, left: float, right: float) -> Floats:
    """Pieces of all traces between two positions, one from sample to sample."""
    fs, found = sheet.paper.fs, []
    for cell in _recorded(sheet):
        zero = sheet.at(cell, 0)
        first, last = (int((x - zero) * fs / sheet.px_per_second) for x in (left, right))
        start, stop = max(cell.start, first), min(cell.stop, last + 2)
        if start >= stop:
            continue
        part = source.samples[cell.index or 0, start - source.first : stop - source.first]
        y = cell.baseline + 0.5 - part * cell.px_per_mv
        x = zero + np.arange(start + 1, stop) * (sheet.px_per_second / fs)
        found.append(np.array((x, np.minimum(y[1:], y[:-1]), np.maximum(y[1:], y[:-1]))))
    return np.concatenate(found, axis=1).T if found else np.empty((0, 3))
