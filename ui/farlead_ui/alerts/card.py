"""One arrival: what is suspected, where, in whom, its evidence, the time left and its key."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from farlead.desk import Glimpse
from farlead.model.study import Kind, Severity
from farlead.model.worklist import Row
from farlead.settings import Clock
from farlead_ui import words
from farlead_ui.alerts.evidence import EvidencePicture
from farlead_ui.arrivals import ArrivalsModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font, width_of
from farlead_ui.theme.marks import paint_mark
from farlead_ui.theme.tokens import META, PATIENT, SECTION, WORDS, Type, severity_colour

WIDTH, HEIGHT, LOW = 408, 168, 44
_BAR, _LEFT, _STRIP = 6, 20, QRect(20, 60, 270, 94)
# Parts of the promised time from which on the clock turns amber, and red.
_AMBER, _RED = 0.5, 0.2


class ArrivalCard(QWidget):
    """408×168, or one line. It never takes the keyboard; a click takes the study.

    Parameters
    ----------
    place : int
        0 first.
    arrivals : ArrivalsModel
    appearance : Appearance
    clock : callable returning the aware time
    key : callable
        Tells the key that takes it, as it is shown.
    """

    taken = Signal(int)

    def __init__(
        self,
        place: int,
        arrivals: ArrivalsModel,
        appearance: Appearance,
        clock: Clock,
        key: Callable[[], str],
    ) -> None:
        super().__init__()
        self._place, self._arrivals = place, arrivals
        self._appearance, self._clock, self._key = appearance, clock, key
        self._held, self._strip = False, EvidencePicture()
        self._shown: tuple[object, ...] = ()
        self._drawn: tuple[tuple[object, ...], QPixmap] | None = None
        self.setFixedSize(WIDTH, HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.texts: list[str] = []

    @property
    def row(self) -> Row | None:
        """Its study."""
        cards = self._arrivals.cards
        return cards[self._place] if self._place < len(cards) else None

    @property
    def low(self) -> bool:
        """Whether it is one line."""
        return self._place >= self._arrivals.full

    def fit(self) -> None:
        """As high as there is room for."""
        row = self.row
        seen = self._arrivals.glimpses.get(row.study.id) if row is not None else None
        taken = self._arrivals.taken_by(row) if row is not None else None
        shown = (row, self.low, seen, taken)
        if shown != self._shown:
            self._shown = shown
            self.setFixedHeight(LOW if self.low else HEIGHT)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._held = event.button() is Qt.MouseButton.LeftButton

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._held and self.rect().contains(event.position().toPoint()):
            self.taken.emit(self._place)
        self._held = False

    # -- painting

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        row = self.row
        if row is None:
            return
        rank, ratio = self._arrivals.rank(row), self.devicePixelRatioF()
        said = (
            self._shown, row, rank, self._time(row), self._colour(row), self._key(), ratio,
            self._appearance.palette, self._appearance.language, self.size().toTuple(),
        )  # fmt: skip
        # What lies over a panel is asked for with each change of that panel.
        if self._drawn is None or self._drawn[0] != said:
            self._drawn = said, self._picture(row, rank, ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn[1])
        painter.end()

    def _picture(self, row: Row, rank: Severity, ratio: float) -> QPixmap:
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        self.texts = []
        palette = self._appearance.palette
        colour = severity_colour(palette, rank)
        painter = QPainter(made)
        painter.fillRect(self.rect(), QColor(palette.panel))
        painter.setPen(QColor(colour))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.fillRect(0, 0, _BAR, self.height(), QColor(colour))
        paint_mark(painter, QPointF(_LEFT + 6.5, 21.5), 12, rank, palette)
        if self.low:
            self._line(painter, row, colour)
        else:
            self._head(painter, row)
            self._evidence(painter, row)
            self._side(painter, row, colour)
        painter.end()
        return made

    def _line(self, painter: QPainter, row: Row, colour: str) -> None:
        """Finding, time left and key; or who has just taken it."""
        palette, right = self._appearance.palette, Qt.AlignmentFlag.AlignRight
        area = QRect(_LEFT + 20, 10, WIDTH - _LEFT - 32, 24)
        reader = self._arrivals.taken_by(row)
        time = f"{self._time(row)[1]}   {self._key()}" if reader is None else words.plain(reader)
        self._write(painter, time, area, WORDS, colour, bold=True, side=right)
        room = area.adjusted(0, 0, -round(width_of(time, WORDS, bold=True)) - 12, 0)
        finding = words.finding(row, self._appearance, self._clock())
        self._write(painter, finding, room, WORDS, palette.text, bold=True)

    def _head(self, painter: QPainter, row: Row) -> None:
        palette = self._appearance.palette
        finding = words.finding(row, self._appearance, self._clock())
        area = QRect(_LEFT + 20, 9, WIDTH - _LEFT - 32, 24)
        self._write(painter, finding, area, SECTION, palette.text, bold=True)
        who = self._appearance.joined([words.plain(row.study.unit.name), words.sex_and_age(row)])
        line = QRect(_LEFT, 34, WIDTH - _LEFT - 12, 20)
        self._write(painter, who, line, WORDS, palette.text, bold=True)
        question = words.plain(row.study.request.clinical_question or "")
        line.setLeft(min(line.left() + round(width_of(who, WORDS, bold=True)) + 10, line.right()))
        self._write(painter, question, line, WORDS, palette.quiet)

    def _evidence(self, painter: QPainter, row: Row) -> None:
        palette = self._appearance.palette
        seen: Glimpse | None = self._arrivals.glimpses.get(row.study.id)
        if seen is not None:
            self._strip.paint(painter, _STRIP, seen, palette)
            return
        painter.fillRect(_STRIP, QColor(palette.window))
        told = (
            self.tr("Images: {kind}") if row.study.kind is not Kind.ECG else self.tr("No trace yet")
        )
        told = told.format(kind=words.kind(row.study.kind))
        middle = Qt.AlignmentFlag.AlignCenter
        self._write(painter, told, _STRIP, WORDS, palette.quiet, side=middle)

    def _time(self, row: Row) -> tuple[str, str]:
        """Left or late, and by how much."""
        left = int((row.study.due - self._clock()).total_seconds())
        return self.tr("late") if left < 0 else self.tr("left"), words.span(abs(left))

    def _side(self, painter: QPainter, row: Row, colour: str) -> None:
        """Time left, and the key; or who has just taken it."""
        palette = self._appearance.palette
        right = Qt.AlignmentFlag.AlignRight
        column = QRect(_STRIP.right() + 8, 62, WIDTH - _STRIP.right() - 20, 20)
        reader = self._arrivals.taken_by(row)
        if reader is not None:
            self._write(painter, words.plain(reader), column, WORDS, palette.text, side=right)
            told = self.tr("has taken it")
            self._write(painter, told, column.translated(0, 20), META, palette.quiet, side=right)
            return
        said, time = self._time(row)
        self._write(painter, said, column, META, palette.quiet, side=right)
        area = column.translated(0, 20).adjusted(0, 0, 0, 8)
        self._write(painter, time, area, PATIENT, self._colour(row), bold=True, side=right)
        key = self._key()
        told = f"{self.tr('Take')}  {key}" if key else self.tr("Take")
        area = column.translated(0, 72)
        self._write(painter, told, area, WORDS, colour, bold=True, side=right)

    def _colour(self, row: Row) -> str:
        palette, share = self._appearance.palette, self._arrivals.due_share(row)
        if share <= _RED:
            return palette.critical
        return palette.urgent if share <= _AMBER else palette.done

    def _write(
        self,
        painter: QPainter,
        text: str,
        area: QRect,
        kind: Type,
        colour: str,
        *,
        bold: bool = False,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        self.texts.append(text)
        face = font(kind, bold=bold)
        painter.setFont(face)
        painter.setPen(QColor(colour))
        shown = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | side, shown)
