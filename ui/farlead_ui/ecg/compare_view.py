"""The ECG in hand and an earlier one: median beats overlaid, or sheets beside or below each other.

The sheets are copies: they have models of their own, so nothing that is done here reaches the
sheet in hand or its report. Speed, gain and layout follow the sheet in hand.
"""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QStackedLayout, QWidget

from farlead_ui.bridge import listen
from farlead_ui.ecg import compare_wording as wording
from farlead_ui.ecg.difference_panel import DifferencePanel
from farlead_ui.ecg.earlier import ComparisonModel, Mode
from farlead_ui.ecg.median_view import MedianView
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.view import EcgView
from farlead_ui.tasks import Tasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import INSET, PATIENT, Palette
from farlead_ui.widgets import across, down, line

_TITLE = 40


class Title(QWidget):
    """Large: which ECG this sheet shows."""

    def __init__(self, appearance: Appearance, *, earlier: bool) -> None:
        super().__init__()
        self._appearance, self._earlier = appearance, earlier
        self.text = ""
        self.setFixedHeight(_TITLE)

    def say(self, text: str) -> None:
        """Say this instead."""
        self.text = text
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        palette = self._appearance.palette
        painter.fillRect(self.rect(), QColor(palette.tint if self._earlier else palette.panel))
        pen = QPen(QColor(palette.trace_earlier if self._earlier else palette.trace), 2)
        if self._earlier:
            pen.setDashPattern([5, 2])
        painter.setPen(pen)
        painter.drawLine(INSET, _TITLE // 2, INSET + 36, _TITLE // 2)
        painter.setFont(font(PATIENT, bold=True))
        area = self.rect().adjusted(INSET + 46, 0, -8, 0)
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(self.text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class CompareView(QWidget):
    """What stands in the centre while two ECGs are compared.

    Parameters
    ----------
    model : ComparisonModel
    sheet : SheetModel
        The sheet in hand, which is read only.
    appearance : Appearance
    tasks : Tasks, optional
        Makes overviews and filters of both sheets; without it that is done at once.
    """

    def __init__(
        self,
        model: ComparisonModel,
        sheet: SheetModel,
        appearance: Appearance,
        tasks: Tasks | None = None,
    ) -> None:
        super().__init__()
        self._tasks = tasks
        self._model, self._sheet, self._appearance = model, sheet, appearance
        self.medians = MedianView(model, sheet, appearance)
        self.panel = DifferencePanel(model, appearance)
        # The earlier one, the one in hand.
        self.models = SheetModel(sheet.layouts), SheetModel(sheet.layouts)
        self._shown: tuple[object, object] = (None, None)
        self._coloured = appearance.palette
        self._make_sheets()
        self._stack = QStackedLayout(self)
        overlaid = QWidget()
        row = across(self.medians, line(vertical=True), self.panel, gap=0)
        row.setStretch(0, 1)
        overlaid.setLayout(row)
        self._stack.addWidget(overlaid)
        self._stack.addWidget(self._sheets)
        for signal in (model.changed, model.mode_changed, appearance.changed):
            listen(self, signal, self.follow)
        for signal in (sheet.scale_changed, sheet.layout_changed, sheet.filter_changed):
            listen(self, signal, self._mirror)
        for here, there in (self.models, self.models[::-1]):
            listen(self, here.page_changed, partial(_turn, here, there))

    def _make_sheets(self) -> None:
        appearance = self._appearance
        before, now = self.models
        self.earlier = EcgView(before, _earlier(appearance.palette), tasks=self._tasks)
        self.today = EcgView(now, appearance.palette, tasks=self._tasks)
        self.titles = Title(appearance, earlier=True), Title(appearance, earlier=False)
        self._sheets = QWidget()
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._sheets)
        self._pair.setContentsMargins(0, 0, 0, 0)
        self._pair.setSpacing(0)
        for n, (title, view) in enumerate(
            zip(self.titles, (self.earlier, self.today), strict=True)
        ):
            half = QWidget()
            half.setLayout(down(title, line(), view))
            if n:
                self._pair.addWidget(line(vertical=True))
            self._pair.addWidget(half, 1)

    def follow(self) -> None:
        """Show the chosen pair as the model lays it."""
        model, appearance = self._model, self._appearance
        if model.comparing and model.chosen is not None and model.today is not None:
            self.titles[0].say(wording.earlier_title(model.chosen, appearance))
            self.titles[1].say(wording.today_title(model.today.study, appearance))
        if model.mode in (Mode.BESIDE, Mode.STACKED):
            stacked = model.mode is Mode.STACKED
            ways = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
            self._pair.setDirection(ways[0] if stacked else ways[1])
            self._fill()
            self._stack.setCurrentIndex(1)
            self.setFocusProxy(self.today)
        else:
            self._empty()
            self._stack.setCurrentIndex(0)
            self.setFocusProxy(self.medians)
        self._colour(appearance.palette)

    def _colour(self, palette: Palette) -> None:
        if palette is not self._coloured:
            self._coloured = palette
            self.earlier.set_palette(_earlier(palette))
            self.today.set_palette(palette)

    def _fill(self) -> None:
        """Both recordings on their sheets; the same ones are not shown anew."""
        chosen, today = self._model.chosen, self._model.today
        if chosen is None or today is None or chosen.recording is None:
            return
        wanted = chosen.recording, today.recording
        screenings = chosen.screening, today.screening
        for model, recording, screening, shown in zip(
            self.models, wanted, screenings, self._shown, strict=True
        ):
            if recording is not shown:
                model.show(recording, screening.r_peaks if screening is not None else ())
        self._shown = wanted
        self._mirror()

    def _empty(self) -> None:
        """What is not compared any more is not kept."""
        if self._shown != (None, None):
            self._shown = (None, None)
            for model in self.models:
                model.clear()

    def _mirror(self) -> None:
        """Speed, gain and layout of the sheet in hand, on both."""
        sheet = self._sheet
        if not self._model.comparing:
            return
        for model in self.models:
            model.choose_layout(sheet.layout.name)
            model.set_scale(sheet.speed, sheet.gains)
            model.filters.choose(sheet.filters.chosen)

    def set_calibration(self, px_per_mm: float | None) -> None:
        """Device pixels per millimetre of the screen that this stands on; None: not calibrated."""
        self.medians.set_calibration(px_per_mm)
        for model in self.models:
            model.set_calibration(px_per_mm)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.follow()
        super().changeEvent(event)


def _earlier(palette: Palette) -> Palette:
    """Colours in which an earlier ECG is drawn."""
    return replace(palette, trace=palette.trace_earlier, text=palette.trace_earlier)


def _turn(here: SheetModel, there: SheetModel) -> None:
    if here.recording is not None and there.recording is not None:
        there.set_page(here.page)
