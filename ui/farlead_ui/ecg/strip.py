"""The patient's earlier ECGs as a strip below the sheet: a beat each, date, unit, conclusion."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from farlead.desk import EarlierEcg
from farlead.model.comparison import Comparison
from farlead_ui.bridge import listen
from farlead_ui.ecg import compare_wording as wording
from farlead_ui.ecg.differences import Differences, differences
from farlead_ui.ecg.earlier import ComparisonModel, Search
from farlead_ui.ecg.film import polygon
from farlead_ui.ecg.geometry import Scale, scale_for
from farlead_ui.ecg.items import Pattern
from farlead_ui.ecg.median_geometry import Floats, median_beat
from farlead_ui.ecg.model import SheetModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font, width_of
from farlead_ui.theme.tokens import INSET, META, WORDS, Palette, Type

HEIGHT = 88
_HEAD, _CARD, _THUMB = 72, 272, (88, 56)
_DIFFERENCE = 200  # least width that the difference in words keeps
_CAP = 20  # the key
_SPEED, _GAIN = 25.0, 10.0  # mm/s, mm/mV of the thumbnails: true proportions, cut not shrunk
_BEFORE = 0.35  # s before the R peak
_LIKED = ("V3", "V2", "II", "V5")


class EarlierStrip(QWidget):
    """88 px: earlier ECGs, and the difference to the chosen one in words.

    Parameters
    ----------
    model : ComparisonModel
    sheet : SheetModel
        For the calibration of the screen.
    appearance : Appearance
    key : callable
        Tells the key that compares, as it is shown.

    Signals
    -------
    compare_asked()
    """

    compare_asked = Signal()

    def __init__(
        self,
        model: ComparisonModel,
        sheet: SheetModel,
        appearance: Appearance,
        key: Callable[[], str],
    ) -> None:
        super().__init__()
        self._model, self._sheet, self._appearance, self._key = model, sheet, appearance, key
        self._found = Differences()
        self._ruled: tuple[Scale, Palette, Pattern] | None = None
        self.texts: list[str] = []
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        for signal in (
            model.changed, model.mode_changed, sheet.scale_changed, appearance.changed,
        ):  # fmt: skip
            listen(self, signal, self._follow)

    # -- for tests and for the mouse

    @property
    def first(self) -> int:
        """The leftmost card's place: the chosen one is always among those shown."""
        return max(0, min(self._model.place - self._room + 1, len(self._model.ecgs) - 1))

    def card(self, place: int) -> QRect:
        """Where the card of the earlier ECG at this place is; empty where it is not shown."""
        at = place - self.first
        if not 0 <= at < self._room or place >= len(self._model.ecgs):
            return QRect()
        return QRect(_HEAD + at * _CARD, 1, _CARD, HEIGHT - 1)

    @property
    def button(self) -> QRect:
        """Where the comparison is asked for."""
        width = round(width_of(self._word, WORDS)) + INSET + 2 * _CAP
        return QRect(self.width() - width, 1, width, HEIGHT - 1)

    @property
    def _word(self) -> str:
        return self.tr("End") if self._model.comparing else self.tr("Compare")

    @property
    def _room(self) -> int:
        return max(1, (self.width() - _HEAD - _DIFFERENCE - self.button.width()) // _CARD)

    def _follow(self) -> None:
        model = self._model
        chosen, today = model.chosen, model.today
        known = chosen is not None and chosen.recording is not None and today is not None
        self._found = (
            differences(chosen.screening, today.screening)  # type: ignore[union-attr]
            if known
            else Differences()
        )
        self.update()

    # -- events

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.position().toPoint()
        if event.button() is not Qt.MouseButton.LeftButton or not self._model.ecgs:
            return
        place = next((n for n in range(len(self._model.ecgs)) if self.card(n).contains(at)), None)
        if place is not None:
            self._model.choose(place)
        elif self.button.contains(at):
            self.compare_asked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.card(self._model.place).contains(event.position().toPoint()):
            self.compare_asked.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        (self._model.later if event.angleDelta().y() > 0 else self._model.earlier)()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """A card tells all of its text as a tip."""
        if event.type() == QEvent.Type.ToolTip:
            at = event.pos()  # type: ignore[attr-defined]  # a QHelpEvent
            for n, ecg in enumerate(self._model.ecgs):
                if self.card(n).contains(at):
                    tip = "\n".join(self._lines(ecg))
                    QToolTip.showText(event.globalPos(), tip, self)  # type: ignore[attr-defined]
                    return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)

    # -- painting

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        palette, model = self._appearance.palette, self._model
        painter.fillRect(self.rect(), QColor(palette.panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(palette.line))
        self.texts = []
        self._head(painter)
        if model.ecgs:
            for n, ecg in enumerate(model.ecgs):
                if not self.card(n).isEmpty():
                    self._card(painter, self.card(n), ecg, chosen=n == model.place)
            self._difference(painter)
        else:
            room = QRect(_HEAD, 0, self.width() - _HEAD - INSET, HEIGHT)
            self._write(painter, self._nothing(), room, WORDS, palette.quiet)
        painter.end()

    def _nothing(self) -> str:
        """Why there is none: never a blank strip beside an ECG."""
        model = self._model
        if model.search is Search.RUNNING:
            return self.tr("Looking for earlier ECGs …")
        if model.search is Search.FAILED and model.trouble is not None:
            return self._appearance.text(model.trouble)
        if model.search is Search.DOUBTFUL:
            return self.tr("Whose ECG this is, is in doubt: nothing is compared until it is known")
        if model.search is Search.IDLE or model.today is None:
            return ""
        said = [self._appearance.text(Comparison().text)]
        if model.today.study.possibly_same:
            said.append(self.tr("one who is only possibly the same patient is not compared"))
        return self._appearance.joined(said)

    def _head(self, painter: QPainter) -> None:
        model, palette = self._model, self._appearance.palette
        if model.search is Search.IDLE:
            return
        area = QRect(INSET, 17, _HEAD - INSET - 4, 20)
        self._write(painter, self.tr("Earlier"), area, WORDS, palette.text, bold=True)
        count = len(model.ecgs) + model.more
        if count:
            told = self.tr("{n} ECGs").format(n=count)
            self._write(painter, told, area.translated(0, 20), META, palette.quiet)
            self._write(painter, self._lead(), area.translated(0, 37), META, palette.quiet)

    def _card(self, painter: QPainter, area: QRect, ecg: EarlierEcg, *, chosen: bool) -> None:
        palette = self._appearance.palette
        if chosen:
            painter.fillRect(area, QColor(palette.tint))
            painter.fillRect(area.left(), 0, area.width(), 2, QColor(palette.accent))
        painter.fillRect(area.right(), 1, 1, HEIGHT - 1, QColor(palette.line))
        thumb = QRect(area.left() + INSET, area.top() + 15, *_THUMB)
        self._thumb(painter, thumb, ecg)
        left = thumb.right() + 12
        colours = (palette.text, palette.quiet, palette.text)
        for n, (text, colour) in enumerate(zip(self._lines(ecg), colours, strict=True)):
            line = QRect(left, area.top() + 14 + n * 20, area.right() - left - 6, 20)
            self._write(painter, text, line, WORDS, colour, bold=n == 0)

    def _lines(self, ecg: EarlierEcg) -> tuple[str, str, str]:
        said = wording.conclusion(ecg, self._appearance)
        return wording.moment(ecg.study), ecg.study.unit.name, said

    def _thumb(self, painter: QPainter, area: QRect, ecg: EarlierEcg) -> None:
        """One beat of the lead that has changed most, at the true scale of the screen."""
        palette = self._appearance.palette
        scale = scale_for(self._sheet.calibration, 1.0)
        painter.save()
        painter.setClipRect(area)
        painter.translate(area.topLeft())
        inside = QRectF(0, 0, area.width(), area.height())
        self._grid(scale, palette, inside).fill(painter, inside, palette.sheet)
        beat, fs, r = _beat(ecg, self._lead())
        if beat is not None:
            mm = scale.px_per_mm
            x = (np.arange(len(beat)) - r) / fs * _SPEED * mm + _BEFORE * _SPEED * mm
            y = area.height() * 0.55 - beat * _GAIN * mm
            known = np.isfinite(y) & (x >= -2) & (x <= area.width() + 2)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(palette.trace_earlier), 1.4))
            painter.drawPolyline(polygon(np.column_stack((x, y))[known]))
        painter.restore()
        painter.setPen(QColor(palette.grid_bold))
        painter.drawRect(area.adjusted(0, 0, -1, -1))

    def _grid(self, scale: Scale, palette: Palette, area: QRectF) -> Pattern:
        ruled = (scale, palette)
        if self._ruled is None or self._ruled[:2] != ruled:
            self._ruled = (*ruled, Pattern(scale, palette, 1.0, area))
        return self._ruled[2]

    def _lead(self) -> str:
        most = self._found.most
        if most is not None:
            return most.lead
        today = self._model.today
        leads = today.recording.leads if today is not None else ()
        return next((lead for lead in (*_LIKED, *leads) if lead in leads), "")

    def _difference(self, painter: QPainter) -> None:
        model, palette = self._model, self._appearance.palette
        shown = min(len(model.ecgs), self._room)
        left = _HEAD + shown * _CARD + 16
        room = QRect(left, 0, self.button.left() - left, 20)
        chosen = model.chosen
        if chosen is None or not model.comparable:
            return
        title = self.tr("Current − {day}").format(day=wording.day(chosen.study))
        self._write(painter, title, room.translated(0, 14), META, palette.quiet)
        strong = "   ".join(wording.strongest(self._found)) or self.tr("nothing was measured")
        self._write(painter, strong, room.translated(0, 34), WORDS, palette.text, bold=True)
        line = wording.figures_line(self._found)
        self._write(painter, line, room.translated(0, 54), WORDS, palette.quiet)
        self._button(painter)

    def _button(self, painter: QPainter) -> None:
        palette, area = self._appearance.palette, self.button
        at = QRect(area.left(), 0, area.width() - INSET - 26, HEIGHT)
        self._write(painter, self._word, at, WORDS, palette.accent, right=True)
        key = self._key()
        if key:
            cap = QRectF(area.right() - INSET - 19.5, HEIGHT / 2 - 9.5, _CAP, _CAP)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(palette.edge))
            painter.drawRoundedRect(cap, 3, 3)
            painter.setFont(font(META))
            painter.setPen(QColor(palette.text))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)

    def _write(
        self,
        painter: QPainter,
        text: str,
        area: QRect,
        kind: Type,
        colour: str,
        *,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        self.texts.append(text)
        painter.setFont(font(kind, bold=bold))
        painter.setPen(QColor(colour))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | side, shown)


def _beat(ecg: EarlierEcg, lead: str) -> tuple[Floats | None, float, float]:
    """One beat of a lead, its sampling rate, and where its R peak is."""
    screening, recording = ecg.screening, ecg.recording
    detail = screening.detail if screening is not None else None
    if detail is not None and detail.fs and detail.medians is not None:
        return median_beat(detail, lead), detail.fs, float(detail.medians.r)
    if recording is None or lead not in recording.leads:
        return None, 1.0, 0.0
    part = recording.samples[recording.leads.index(lead)][: round(1.5 * recording.fs)]
    known = part[np.isfinite(part)]
    middle = float(np.median(known)) if len(known) else 0.0
    return np.asarray(part, dtype=np.float64) - middle, recording.fs, _BEFORE * recording.fs
