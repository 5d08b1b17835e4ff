"""Head line: who, what is asked, when, and the time left. The same place in every study."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from farlead.model.lives import DeliveryState, OrderState, StudyState
from farlead.model.people import Sex
from farlead.model.study import Kind, Severity
from farlead.model.worklist import Row, severity
from farlead.settings import Clock
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.ecg.filtering import band_text
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.wording import gain_text
from farlead_ui.reading import ReadingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.marks import paint_mark
from farlead_ui.theme.tokens import (
    BODY,
    CLOCK,
    HEAD_LINE,
    INSET,
    META,
    PATIENT,
    SECTION,
    WORDS,
    Palette,
)

_TEXT_AT = 46
_CLOCK_WIDTH = 190
_GAP = 14
_NAME_LEAST = 64.0  # of a name that is too long for its place
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class Chip:
    """A setting of device or screen that is not standard, or a doubt about the patient."""

    text: str
    warning: bool = True
    person: bool = False

    @property
    def width(self) -> float:
        """Width in pixels."""
        return _wide(font(WORDS, bold=True), self.text) + 20


class HeadLine(QWidget):
    """Drawn from what is in hand, or from the row that is being opened.

    Parameters
    ----------
    reading : ReadingModel
    sheet : SheetModel
        For the chips.
    appearance : Appearance
    clock : callable returning the aware time
    file : callable
        Number of the file shown, from 1, and how many the study has.
    """

    def __init__(
        self,
        reading: ReadingModel,
        sheet: SheetModel,
        appearance: Appearance,
        clock: Clock,
        file: Callable[[], tuple[int, int]],
    ) -> None:
        super().__init__()
        self._reading, self._sheet = reading, sheet
        self._appearance, self._clock, self._file = appearance, clock, file
        self.setFixedHeight(HEAD_LINE)
        for signal in (
            reading.waiting.changed, appearance.changed,
            sheet.recording_changed, sheet.scale_changed, sheet.filter_changed,
        ):  # fmt: skip
            listen(self, signal, self.update)
        listen(self, reading.changed, self._follow)
        self._follow()
        beat = QTimer(self)
        beat.timeout.connect(self.update)
        beat.start(1000)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        palette = self._appearance.palette
        painter.fillRect(self.rect(), QColor(palette.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(palette.line))
        row = self._row()
        if row is None:
            painter.setFont(font())
            painter.setPen(QColor(palette.quiet))
            told = self.tr("Being opened …") if self._busy else self.tr("No study is open")
            painter.drawText(self.rect().adjusted(INSET, 0, 0, 0), _MIDDLE, told)
        else:
            self._draw(painter, row, palette)
        painter.end()

    def _follow(self) -> None:
        """Whose sheet is on the screen: the line never names another patient than the sheet."""
        reading = self._reading
        self._job, self._opening, self._busy = reading.in_hand, reading.opening, reading.busy
        self.update()

    def _row(self) -> Row | None:
        job = self._job
        if job is None:
            return self._opening
        return self._reading.waiting.row(job.study) or job.row

    def _draw(self, painter: QPainter, row: Row, palette: Palette) -> None:
        now = self._clock()
        rank = severity(row, now)
        paint_mark(painter, QPointF(INSET + 9, 36), 18, rank, palette)
        end = self.width() - _CLOCK_WIDTH - INSET
        study = row.study
        self._person(painter, row, end, palette)
        question = study.request.clinical_question
        told = question or self.tr("Clinical question not given")
        colour = palette.text if question else palette.quiet
        x = self._word(painter, _TEXT_AT, 40, end, told, font(BODY, bold=True), colour) + 14
        self._word(painter, x, 40, end, self._times(row), font(WORDS), palette.quiet)
        self._time_left(painter, row, rank, palette)

    def _person(self, painter: QPainter, row: Row, end: float, palette: Palette) -> None:
        """First line. A long name gives way to sex, age, unit and doubts about the person."""
        study, text = row.study, palette.text
        name = study.patient.name or self.tr("Name not given")
        who = self._who(row)
        place = self._appearance.joined([study.unit.name, study.request.department or ""])
        bold, large, plain = font(SECTION, bold=True), font(PATIENT, bold=True), font(SECTION)
        chips = self._chip_texts(row)
        doubts = sum(chip.width + 8 for chip in chips if chip.person)
        beside = _wide(bold, who) + _wide(plain, place) + 3 * _GAP + doubts
        x = float(_TEXT_AT)
        room = max(end - x - beside, _NAME_LEAST)
        x = self._word(painter, x, 11, x + room, name, large, text) + _GAP
        x = self._word(painter, x, 11, end, who, bold, text) + _GAP
        x = self._word(painter, x, 11, end - doubts, place, plain, text) + _GAP
        self._chips(painter, x, end, chips, palette)

    def _who(self, row: Row) -> str:
        patient = row.study.patient
        years = patient.age_at((row.study.acquired or row.study.arrived).date())
        if patient.sex is Sex.UNKNOWN and years is None:
            return self.tr("sex, age not given")
        return f"{words.sex(patient.sex)} {words.age(years)}"

    def _times(self, row: Row) -> str:
        study = row.study
        acquired = (
            self.tr("recorded {t}").format(t=words.clock_time(study.acquired))
            if study.acquired
            else self.tr("recording time not given")
        )
        arrived = self.tr("arrived {t}").format(t=words.clock_time(study.arrived))
        day = words.date(study.acquired or study.arrived)
        number = self.tr("patient no. {n}").format(n=words.masked(study.patient.local_number))
        told = [acquired, arrived, day, number, study.number]
        if study.asked_by is not None:
            order, source = study.asked_by.number, study.asked_by.source
            told.append(self.tr("order {n} ({source})").format(n=order, source=source))
        return self._appearance.joined(told)

    def _word(
        self, painter: QPainter, x: float, y: float, end: float, text: str, face: QFont, colour: str
    ) -> float:
        painter.setFont(face)
        painter.setPen(QColor(colour))
        room = max(end - x, 0)
        metrics = QFontMetricsF(face)
        shown = metrics.elidedText(words.plain(text), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(x, y, room, 26), _MIDDLE | Qt.TextFlag.TextSingleLine, shown)
        return x + metrics.horizontalAdvance(shown)

    def _chips(
        self, painter: QPainter, x: float, end: float, chips: list[Chip], palette: Palette
    ) -> None:
        for chip in chips:
            if x + chip.width > end:
                return
            area = QRectF(x, 13, chip.width, 24)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(palette.urgent))
            painter.setBrush(QColor(palette.urgent) if chip.warning else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setFont(font(WORDS, bold=True))
            painter.setPen(QColor(palette.on_urgent if chip.warning else palette.urgent))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, chip.text)
            x += chip.width + 8

    def _chip_texts(self, row: Row) -> list[Chip]:
        """Doubts about the person first: they are never left out for want of room."""
        chips: list[Chip] = []
        sheet, study = self._sheet, row.study
        if words.doubt(study):
            chips.append(Chip(words.doubt(study), study.identity_conflict, person=True))
        if study.objects_refused:
            chips.append(Chip(words.refused(study), warning=True))
        if study.asked_by is not None and study.asked_by.state is OrderState.CANCELLED:
            chips.append(Chip(self.tr("Order cancelled by the unit"), warning=True))
        number, count = self._file()
        if count > 1:
            chips.append(Chip(self.tr("File {n} of {all}  Alt+→").format(n=number, all=count)))
        recording = sheet.recording
        gain = recording.device.gain if recording is not None else None
        if gain not in {None, 10.0}:
            chips.append(Chip(self.tr("Device gain {g:g} mm/mV").format(g=gain)))
        if recording is not None and not sheet.gain_standard:
            chips.append(Chip(self.tr("Screen gain {g}").format(g=gain_text(sheet.gains))))
        if recording is not None and not sheet.speed_standard:
            chips.append(Chip(self.tr("Screen {v:g} mm/s").format(v=sheet.speed)))
        if recording is not None and not sheet.filters.standard:
            chips.append(
                Chip(self.tr("Screen filter {f}").format(f=band_text(sheet.filters.chosen)))
            )
        if study.kind not in {Kind.ECG, Kind.UNKNOWN}:
            chips.append(Chip(self.tr("For viewing, not for diagnosis")))
        return chips

    def _time_left(self, painter: QPainter, row: Row, rank: Severity, palette: Palette) -> None:
        if row.study.state is StudyState.REPORTED and row.brought is not None:
            self._reached(painter, row.brought, palette)
            return
        if row.study.kind is Kind.UNKNOWN:
            return
        now, study = self._clock(), row.study
        left = study.due - now
        late = left.total_seconds() < 0
        colour = palette.text
        if late or rank is Severity.CRITICAL:
            colour = palette.critical
        elif rank is Severity.URGENT:
            colour = palette.urgent
        right = self.width() - INSET
        face = font(CLOCK, bold=True)
        time = words.span(abs(int(left.total_seconds())))
        painter.setFont(face)
        painter.setPen(QColor(colour))
        width = max(QFontMetricsF(face).horizontalAdvance(time), 88.0)
        painter.drawText(QRectF(right - width, 13, width, 36), _MIDDLE | _RIGHT, time)
        limit = (study.due - study.arrived).total_seconds()
        share = min(max(left.total_seconds() / limit if limit > 0 else 0.0, 0.0), 1.0)
        bar = QRectF(right - width, 52, width, 4)
        painter.fillRect(bar, QColor(palette.line))
        filled = width if late else width * share
        painter.fillRect(QRectF(bar.x(), bar.y(), round(filled), 4), QColor(colour))
        painter.setFont(font(META))
        painter.setPen(QColor(palette.quiet))
        beside = QRectF(right - width - 112, 17, 100, 18)
        painter.drawText(beside, _MIDDLE | _RIGHT, self.tr("late") if late else self.tr("left"))
        told = self.tr("of {t}").format(t=words.span(int(limit)))
        painter.drawText(beside.translated(0, 20), _MIDDLE | _RIGHT, told)

    def _reached(self, painter: QPainter, state: DeliveryState, palette: Palette) -> None:
        """A reported study has no time left, but a report on its way."""
        area = QRectF(self.width() - INSET - _CLOCK_WIDTH, 13, _CLOCK_WIDTH, 24)
        colour = palette.critical if state is DeliveryState.PARKED else palette.text
        painter.setFont(font(META))
        painter.setPen(QColor(palette.quiet))
        what = self.tr("its report, to the unit")
        painter.drawText(area.translated(0, 22), _MIDDLE | _RIGHT, what)
        told = words.brought(state, self._appearance)
        painter.setFont(font(WORDS, bold=True))
        painter.setPen(QColor(colour))
        painter.drawText(area, _MIDDLE | _RIGHT, told)


def _wide(face: QFont, text: str) -> float:
    return QFontMetricsF(face).horizontalAdvance(words.plain(text))
