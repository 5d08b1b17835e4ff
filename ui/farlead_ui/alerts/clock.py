"""The clock of a case as a line: its marks, who is told at each, and which were reached."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from farlead.model.escalation import UNOPENED, Mark
from farlead_ui.alerts import wording
from farlead_ui.cases import CasesModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import INSET, META

_BAR, _ROW = 10, 18


class Marks(QWidget):
    """How long the clock has run against its marks; below, a line for each: when, who, told or not.

    Parameters
    ----------
    cases : CasesModel
    appearance : Appearance
    """

    def __init__(self, cases: CasesModel, appearance: Appearance) -> None:
        super().__init__()
        self._cases, self._appearance = cases, appearance
        self.follow()

    def follow(self) -> None:
        """As high as there are marks."""
        self.setFixedHeight(_BAR + 18 + _ROW * len(self._cases.marks))
        self.setAccessibleDescription("\n".join(self.lines()))
        self.update()

    def lines(self) -> list[str]:
        """What stands below the line, mark by mark."""
        return [f"{self._when(mark)}  {self._who(mark)}  {self._how(mark)}" for mark in self._marks]

    @property
    def _marks(self) -> tuple[Mark, ...]:
        return self._cases.marks

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        case, palette = self._cases.shown, self._appearance.palette
        if case is None or not self._marks:
            return
        painter = QPainter(self)
        last = self._marks[-1].after.total_seconds()
        whole = QRectF(INSET, _BAR, self.width() - 2 * INSET, 6)
        share = min(self._cases.elapsed(case).total_seconds() / last, 1.0)
        painter.fillRect(whole, QColor(palette.line))
        filled = QRectF(whole.x(), whole.y(), round(whole.width() * share), 6)
        painter.fillRect(filled, QColor(palette.critical))
        for mark in self._marks:
            x = round(whole.x() + whole.width() * mark.after.total_seconds() / last)
            painter.fillRect(QRectF(x - 1, _BAR - 4, 2, 14), QColor(palette.text))
        for place, mark in enumerate(self._marks):
            self._line(painter, _BAR + 14 + place * _ROW, mark)
        painter.end()

    def _line(self, painter: QPainter, top: int, mark: Mark) -> None:
        palette = self._appearance.palette
        told = self._told(mark) is not None
        area = QRectF(INSET, top, self.width() - 2 * INSET, _ROW)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(META, bold=told))
        painter.setPen(QColor(palette.critical if told else palette.quiet))
        painter.drawText(area, middle, self._when(mark))
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, self._how(mark))
        width = area.width() - 56 - 96
        who = QFontMetrics(painter.font()).elidedText(
            self._who(mark), Qt.TextElideMode.ElideRight, round(width)
        )
        painter.drawText(QRectF(INSET + 56, top, width, _ROW), middle, who)

    def _told(self, mark: Mark) -> str | None:
        case = self._cases.shown
        reached = case.escalations if case is not None else ()
        at = next((each.at for each in reached if each.mark.number == mark.number), None)
        return None if at is None else wording.moment(at)

    def _when(self, mark: Mark) -> str:
        return self.tr("{n} min").format(n=f"{mark.after.total_seconds() / 60:g}")

    def _who(self, mark: Mark) -> str:
        who = wording.tells(mark)
        if mark.number == UNOPENED:
            return self.tr("opened by nobody: {who}").format(who=who)
        return who

    def _how(self, mark: Mark) -> str:
        told = self._told(mark)
        return "" if told is None else self.tr("told {t}").format(t=told)
