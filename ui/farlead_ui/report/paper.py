"""The report as paper, beside the editor: composed anew at each change of the draft.

Nothing is drawn here that is not in the PDF: it is the page that will be signed, marked unsigned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from psygnal import Signal
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from farlead.messages import Message
from farlead.model.report import Draft
from farlead_ui.bridge import listen
from farlead_ui.desk_like import DeskLike, OpenStudyLike
from farlead_ui.reading import ReadingModel
from farlead_ui.report.pages import MM, rendered
from farlead_ui.tasks import Done, Outcome
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import INSET, WORDS

#: Long side of A4, which the report is composed on, mm.
_LONG = 297.0
_HEAD, _GAP = 36, 16
_LEAST = 3.2  # px/mm: smaller letters are not read on a screen; the paper is scrolled instead
_MOST = 4  # pages; the rest is printed, not previewed


@dataclass(frozen=True, slots=True)
class Asked:
    """What is composed: a study's draft, or its signed version where nothing new is written."""

    study: int
    opened: OpenStudyLike
    draft: Draft
    signed: int | None
    dpi: float


class PaperModel:
    """Whether the paper is shown, and its pages.

    Signals: `shown_changed`, and `changed` (other pages, or trouble).

    Parameters
    ----------
    reading : ReadingModel
    """

    changed = Signal()
    shown_changed = Signal()

    def __init__(self, reading: ReadingModel) -> None:
        self._reading = reading
        self._study: int | None = None
        self._dpi = 96.0
        self.shown = False
        self.pages: Sequence[QImage] = ()
        self.trouble: Message | None = None
        reading.changed.connect(self._study_changed)
        reading.drafting.changed.connect(self.compose)

    def toggle(self) -> None:
        """Show the paper, or go back to the sheet."""
        self.shown = not self.shown
        self.pages, self.trouble = (), None
        job = self._reading.in_hand
        self._study = job.study if job is not None else None
        self.shown_changed.emit()
        self.changed.emit()
        self.compose()

    def set_dpi(self, dpi: float) -> None:
        """Dots per inch of paper on this screen."""
        if dpi > 0 and abs(dpi - self._dpi) > 0.5:
            self._dpi = dpi
            self.compose()

    def compose(self) -> None:
        """Compose the page anew, if it is shown; the newest one counts."""
        asked = self.asked(self._dpi)
        if self.shown and asked is not None:
            work = partial(composed, self._reading.desk, asked)
            self._reading.tasks.latest("paper", work, partial(self._arrived, asked.study))

    def asked(self, dpi: float) -> Asked | None:
        """What is in hand, to be composed; None while nothing is."""
        job = self._reading.in_hand
        if job is None or job.open is None or job.failure is not None:
            return None
        draft = self._reading.drafting.draft
        report = job.open.report
        signed = report.id if report is not None and draft.empty else None
        return Asked(job.study, job.open, draft, signed, dpi)

    def _arrived(self, study: int, outcome: Outcome[tuple[QImage, ...]]) -> None:
        if not self.shown or study != self._study:
            return
        if isinstance(outcome, Done):
            self.pages, self.trouble = outcome.value, None
        else:
            self.pages, self.trouble = (), outcome.error.reason
        self.changed.emit()

    def _study_changed(self) -> None:
        """Another study begins with its sheet, not with its paper."""
        job = self._reading.in_hand
        study = job.study if job is not None else None
        if self.shown and study != self._study:
            self.shown, self.pages, self.trouble = False, (), None
            self.shown_changed.emit()


def report_pdf(desk: DeskLike, asked: Asked) -> bytes:
    """The report as PDF."""
    if asked.signed is not None:
        return desk.signed_pdf(asked.signed)
    return desk.preview(asked.opened, asked.draft)


def composed(desk: DeskLike, asked: Asked) -> tuple[QImage, ...]:
    """The pages as pictures."""
    return rendered(report_pdf(desk, asked), asked.dpi, _MOST)


def size_of(page: QImage) -> tuple[float, float]:
    """Width and height of a page, mm."""
    return (
        1000.0 * page.width() / page.dotsPerMeterX(),
        1000.0 * page.height() / page.dotsPerMeterY(),
    )


class PaperView(QWidget):
    """The pages one below the other, as wide as the view; wheel and PageDown move on.

    Parameters
    ----------
    model : PaperModel
    appearance : Appearance
    """

    def __init__(self, model: PaperModel, appearance: Appearance) -> None:
        super().__init__()
        self._model, self._appearance = model, appearance
        self._top = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        listen(self, model.changed, self._changed)
        listen(self, appearance.changed, self.update)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._fit()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """The keys that move the paper are not those of the sheet behind it."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if isinstance(event, QKeyEvent) and override and Qt.Key(event.key()) in self._steps():
            event.accept()
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._scroll(-event.angleDelta().y() / 120.0 * 80.0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        step = self._steps().get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._scroll(step)

    def _steps(self) -> dict[Qt.Key, float]:
        page = self.height() * 0.9
        return {
            Qt.Key.Key_Down: 60.0, Qt.Key.Key_Up: -60.0,
            Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page,
        }  # fmt: skip

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        palette = self._appearance.palette
        painter.fillRect(self.rect(), QColor(palette.window))
        ratio = self.devicePixelRatioF()
        frame = round(ratio) / ratio  # as wide on every side: whole pixels of the screen
        for area, page in zip(self._areas(), self._model.pages, strict=True):
            painter.fillRect(area.adjusted(-frame, -frame, frame, frame), QColor(palette.edge))
            painter.drawImage(area, page)
        painter.fillRect(QRectF(0, 0, self.width(), _HEAD), QColor(palette.panel))
        painter.fillRect(QRectF(0, _HEAD - 1, self.width(), 1), QColor(palette.line))
        painter.setFont(font(WORDS))
        painter.setPen(QColor(palette.urgent if self._model.trouble else palette.quiet))
        head = QRectF(INSET, 0, self.width() - 2 * INSET, _HEAD)
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, self._said())
        painter.end()

    def _said(self) -> str:
        if self._model.trouble is not None:
            return self._appearance.text(self._model.trouble)
        if not self._model.pages:
            return self.tr("The page is being composed …")
        percent = round(100 * self._dpi / self.logicalDpiX())
        told = self.tr("Paper preview, {percent} % · follows the report · P back to the sheet")
        return told.format(percent=percent)

    @property
    def _dpi(self) -> float:
        """Device-independent dots per inch of paper at which a page fits the view."""
        wide, high = size_of(self._model.pages[0]) if self._model.pages else (_LONG, 0.0)
        across = max(self.width() - 2 * INSET, 200) / wide
        upright = max(self.height() - _HEAD - 2 * _GAP, 200) / high if high else across
        return min(across, max(upright, _LEAST)) * MM

    def _areas(self) -> list[QRectF]:
        top, found = _HEAD + _GAP - self._top, []
        ratio, origin = self.devicePixelRatioF(), self.mapTo(self.window(), QPoint(0, 0))

        def whole(place: float, offset: int) -> float:
            """On a pixel of the screen, or the page's own fine lines at its edges are lost."""
            return round((offset + place) * ratio) / ratio - offset

        for page in self._model.pages:
            width, height = page.width() / ratio, page.height() / ratio
            left = (self.width() - width) / 2
            corner = QPointF(whole(left, origin.x()), whole(top, origin.y()))
            found.append(QRectF(corner.x(), corner.y(), width, height))
            top += height + _GAP
        return found

    def _changed(self) -> None:
        self._fit()
        self._scroll(0.0)
        self.update()

    def _fit(self) -> None:
        self._model.set_dpi(self._dpi * self.devicePixelRatioF())

    def _scroll(self, by: float) -> None:
        areas = self._areas()
        high = sum(area.height() + _GAP for area in areas) + _HEAD + _GAP
        self._top = min(max(self._top + by, 0.0), max(high - self.height(), 0.0))
        self.update()
