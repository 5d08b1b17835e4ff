"""The ECG sheet: listens to its model and paints it; says when a recording is fully painted."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QStackedLayout, QWidget

from farlead.model.recording import Recording
from farlead_ui.bridge import listen
from farlead_ui.ecg import foot, marks
from farlead_ui.ecg.bar import OverviewBar
from farlead_ui.ecg.beat_layer import BeatLayer
from farlead_ui.ecg.canvas import Canvas
from farlead_ui.ecg.geometry import Paper, Scale, Sheet, lay_out, scale_for
from farlead_ui.ecg.hand import Hand
from farlead_ui.ecg.items import EvidenceItem, PaperItem, Pattern
from farlead_ui.ecg.layouts import Placement, Time
from farlead_ui.ecg.lens import LensItem
from farlead_ui.ecg.marks import MarksItem
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.overviews import Overviews
from farlead_ui.ecg.seen import FilteredSamples, Source
from farlead_ui.ecg.time_marks import prepared, time_axis
from farlead_ui.ecg.traces import Traces
from farlead_ui.failure_panel import FailurePanel
from farlead_ui.tasks import InlineTasks, Tasks
from farlead_ui.theme.tokens import Palette
from farlead_ui.widgets import down

_NOTHING = Placement("", 0, 1, ())


class _Paper(Canvas):
    """The canvas; tells when all that is visible of it has been painted."""

    drawn = Signal()
    turned = Signal(int)
    let_go = Signal()

    def __init__(self) -> None:
        self._turned = 0
        super().__init__()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self.realign()
        super().paintEvent(event)
        if self.viewport().visibleRegion().subtracted(event.region()).isEmpty():
            self.drawn.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._turned += event.angleDelta().y()
        steps, self._turned = int(self._turned / 120), int(np.fmod(self._turned, 120))
        if steps:
            self.turned.emit(-steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        event.ignore()  # the view's

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not event.isAutoRepeat():
            self.let_go.emit()
        event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.let_go.emit()  # the key comes up somewhere else
        super().focusOutEvent(event)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802
        """The paper is an item."""


class EcgView(QWidget):
    """The sheet.

    Parameters
    ----------
    model : SheetModel
        Subscribed to; the view writes back only how many pages the sheet has.
    palette : Palette
        Day or night.
    tasks : Tasks, optional
        Makes the overviews of long recordings and filters; without it that is done at once.

    Signals
    -------
    painted(Recording)
        A recording newly put on the sheet is painted completely. Not emitted for an empty or
        failed sheet.
    laid_out()
        The page, its scale or its lettering is another one.
    """

    painted = Signal(object)
    laid_out = Signal()

    def __init__(
        self,
        model: SheetModel,
        palette: Palette,
        parent: QWidget | None = None,
        *,
        tasks: Tasks | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._palette = palette
        self._sheet: Sheet | None = None
        self._failed: str | None = None
        self._unpainted: Recording | None = None
        self._ruled: tuple[Scale, Palette, float, int, int] | None = None
        self._laying_out = False
        self._stale = True
        self._flushed = QTimer(self)  # fires after the backing store is flushed
        self._flushed.setSingleShot(True)
        self._flushed.timeout.connect(self._announce)
        self._paper = _Paper()
        tasks = tasks or InlineTasks()
        self._overviews = Overviews(model, tasks)
        self._filtered = FilteredSamples(tasks)
        self._failure = FailurePanel(palette)
        self._bar = OverviewBar(model, self._overviews, palette)
        self._bar.hide()
        self._stack = QStackedLayout()
        column = down(self._stack, self._bar)
        column.setStretch(0, 1)
        self.setLayout(column)
        self._stack.addWidget(self._paper)
        self._stack.addWidget(self._failure)
        self._evidence, self._grid, self._marks = EvidenceItem(), PaperItem(), MarksItem()
        for item in (self._evidence, self._grid, self._marks):
            self._paper.scene().addItem(item)
        self._beat = BeatLayer(self._paper.scene(), model)
        self._traces = Traces(self._paper.scene(), model, self._overviews, self._filtered)
        self._lens = LensItem(self._traces.paint)
        self._paper.scene().addItem(self._lens)
        self._hand = Hand(self._paper, model, lambda: self._sheet, self._lens)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self._paper)
        self._paper.drawn.connect(self._drawn)
        self._paper.turned.connect(self._leaf)
        self._paper.let_go.connect(self._model.filters.release)
        self._listen()
        self._show_recording()

    def _listen(self) -> None:
        model = self._model
        listen(self, model.recording_changed, self._show_recording)
        listen(self, model.layout_changed, self._lay_out)
        listen(self, model.scale_changed, self._lay_out)
        listen(self, model.filter_changed, self._turn)
        listen(self, self._filtered.changed, self._filter_made)
        listen(self, model.page_changed, self._turn)
        listen(self, model.evidence_changed, self._light)
        listen(self, self._overviews.changed, self._overview_grown)
        listen(self, model.magnifier.changed, self._magnify)

    # -- for the shell and for tests ----------------------------------------------------------

    @property
    def sheet(self) -> Sheet | None:
        """The page as laid out, device pixels; None for an empty or failed sheet.

        None, too, where one place across is not one time: nothing can be measured over it.
        """
        sheet = self._sheet
        return sheet if sheet is not None and sheet.time is Time.SEQUENTIAL else None

    @property
    def canvas(self) -> Canvas:
        """What it is painted on."""
        return self._paper

    @property
    def bar(self) -> OverviewBar:
        """The bar below a long recording, seen or not."""
        return self._bar

    @property
    def lens(self) -> LensItem:
        """The magnifier's lens, seen or not."""
        return self._lens

    @property
    def page(self) -> Sheet | None:
        """The same whatever its places have to do with time: `Sheet.at` tells it for each."""
        return self._sheet

    @property
    def seen(self) -> Source | None:
        """The samples that are drawn; None where the sheet is empty or drawn from overviews."""
        return self._traces.seen

    @property
    def texts(self) -> tuple[str, ...]:
        """All lettering on the sheet."""
        return tuple(text.text for text in self._marks.texts)

    @property
    def lettering(self) -> tuple[marks.Text, ...]:
        """The same with places and colours."""
        return self._marks.texts

    @property
    def failure_text(self) -> str | None:
        """Why nothing is drawn; None where something is."""
        return self._failed

    @property
    def lit_areas(self) -> list[QRectF]:
        """Lit rectangles in device pixels."""
        return self._evidence.areas

    def set_palette(self, palette: Palette) -> None:
        """Change between day and night."""
        self._palette = palette
        self._failure.set_palette(palette)
        self._bar.set_palette(palette)
        self._lay_out()

    # -- laying out ---------------------------------------------------------------------------

    def _show_recording(self) -> None:
        reason = self._failed = self._reason()
        if reason is not None:
            self._failure.say(
                self.tr("The tracing cannot be shown"),
                reason,
                self.tr(
                    "To avoid a wrong reading nothing is drawn. The original file is unchanged."
                ),
            )
        self._stack.setCurrentWidget(self._paper if reason is None else self._failure)
        self._bar.setVisible(reason is None and self._bar.wanted)
        column = self.layout()
        if column is not None:
            column.activate()  # the paper has its size before it is laid out
        self._unpainted = self._model.recording if reason is None else None
        self._lay_out()

    def _reason(self) -> str | None:
        """Why there is nothing to draw, if so: never a blank sheet."""
        if self._model.failure is not None:
            return self._model.failure
        recording = self._model.recording
        if recording is None:
            return None
        if recording.samples.size == 0 or not recording.fs > 0:
            return QCoreApplication.translate("Sheet", "The recording holds no samples.")
        if not _anything_recorded(recording.samples):
            return QCoreApplication.translate(
                "Sheet", "No lead was recorded: every sample is marked as missing."
            )
        return None

    def _turn(self) -> None:
        if not self._laying_out:
            self._lay_out()

    def _lay_out(self) -> None:
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        self._laying_out = True  # what the model is told of, or answers, is on the sheet then
        try:
            self._draw()
        finally:
            self._laying_out = False
        self._light()

    def _draw(self) -> None:
        """Paper, and on it the recording, one beat, or nothing."""
        model, ratio, size = self._model, self._paper.ratio, self._paper.device_size()
        scale = scale_for(model.calibration, ratio)
        self._rule(scale)
        recording = model.recording
        self._sheet = None
        beat = self._beat.draw(scale, size, ratio, self._palette)
        if recording is None or self._failed is not None or beat:
            self._traces.clear()
            return
        length = recording.samples.shape[1]
        paper = Paper(model.speed, model.gains, recording.fs, length, model.page, model.at)
        room = round(foot.height(model, size[0] / ratio) * ratio)
        placement = model.placement or _NOTHING
        sheet = self._sheet = lay_out(placement, paper, scale, *size, ratio, foot=room)
        self._traces.draw(recording, sheet, self._palette, ratio)
        model.laid_out(sheet.page, sheet.pages, sheet.seconds)

    def _rule(self, scale: Scale) -> None:
        """The grid, where it is another one."""
        (width, height), ratio = self._paper.device_size(), self._paper.ratio
        area = QRectF(-1, -1, width + 2, height + 2)
        for item in (self._evidence, self._grid, self._marks, self._lens):
            item.set_rect(area)
        ruled = (scale, self._palette, ratio, width, height)
        if ruled != self._ruled:
            self._ruled = ruled
            pattern = Pattern(scale, self._palette, ratio, area)
            self._grid.set_pattern(pattern, self._palette)
            self._evidence.set_pattern(pattern, self._palette)

    def _magnify(self) -> None:
        self._lens.setVisible(self._model.magnifier.on)
        self._paper.viewport().update()

    def _overview_grown(self) -> None:
        if self._traces.missing:
            self._lay_out()

    def _filter_made(self) -> None:
        if self._model.filters.pending:
            self._turn()

    def _light(self) -> None:
        """Evidence and all lettering; traces stay as they are."""
        sheet, palette, ratio = self._sheet, self._palette, self._paper.ratio
        self._lens.show_sheet(sheet, palette, ratio)
        if sheet is None:
            self._evidence.set_areas([])
            self._marks.set_marks((), (), ratio)
            self._paper.viewport().update()
            self.laid_out.emit()
            return
        model = self._model
        lit = self._traces.strokes if model.lit.spans else {}
        self._evidence.set_areas(marks.lit_areas(sheet, model.lit, lit))
        begun = model.recording.start if model.recording else None
        ticks, times = time_axis(sheet, begun, palette, ratio)
        lines = (
            ticks,
            marks.pulses(sheet, palette, standard=model.gain_standard),
            marks.separators(sheet, palette, ratio),
            marks.rr_ticks(sheet, model.r_peaks, palette, ratio),
        )
        texts = (
            *marks.names(sheet, model.lit, self._traces.near, palette, ratio),
            *marks.rr_texts(sheet, model.r_peaks, palette, ratio),
            *marks.beyond(sheet, self._traces.leaving(), palette, ratio),
            *times,
            *prepared(self._traces.missing, palette),
            *foot.foot(sheet, model, palette, ratio),
        )
        self._marks.set_marks(lines, texts, ratio)
        self._paper.viewport().update()
        self.laid_out.emit()

    # -- events -------------------------------------------------------------------------------

    def _drawn(self) -> None:
        one = self._model.beat_view is not None  # one beat is not the recording
        if self._unpainted is not None and not self._stale and not one:
            self._flushed.start()

    def _announce(self) -> None:
        recording, self._unpainted = self._unpainted, None
        if recording is not None and recording is self._model.recording:
            self.painted.emit(recording)

    def _leaf(self, pages: int) -> None:
        self._model.set_page(self._model.page + pages)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._paper.updateMatrix()
        self._lay_out()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._traces.forget()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.FontChange):
            self._show_recording()
            self._bar.reword()

    def event(self, event: QEvent) -> bool:
        """Lay out anew on a screen of another density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._paper.updateMatrix()
            self._lay_out()
        return super().event(event)


def _anything_recorded(samples: NDArray[np.floating]) -> bool:
    """Whether one sample at least is not missing; looks no further than it must."""
    step = 1 << 16
    parts = range(0, samples.shape[1], step)
    return any(np.isfinite(samples[:, at : at + step]).any() for at in parts)
