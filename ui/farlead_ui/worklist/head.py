"""Head of the list: counts by severity, tabs, filters."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from farlead.model.study import Severity
from farlead_ui.bridge import listen
from farlead_ui.run import RunModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.marks import paint_mark
from farlead_ui.theme.tokens import HEAD_LINE, INSET, SECTION, severity_colour
from farlead_ui.waiting import Tab, WaitingModel
from farlead_ui.widgets import across, button, down, line
from farlead_ui.worklist.filters import Filters
from farlead_ui.worklist.run_strip import RunStrip

# Severities that are counted in the head, and those that the last number gathers.
_COUNTED = (Severity.CRITICAL, Severity.URGENT)
_REST = (Severity.REMARK, Severity.NORMAL, Severity.NOT_SCREENED)


class Counts(QWidget):
    """“待阅 34” and the number of critical, urgent and other studies, each with its mark."""

    def __init__(self, waiting: WaitingModel, appearance: Appearance) -> None:
        super().__init__()
        self._waiting, self._appearance = waiting, appearance
        self.setFixedHeight(HEAD_LINE - 24)
        self.setProperty("role", "panel")
        listen(self, waiting.changed, self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        counts, palette = self._waiting.counts(), self._appearance.palette
        painter = QPainter(self)
        painter.setFont(font(SECTION, bold=True))
        painter.setPen(QColor(palette.text))
        area = QRectF(self.rect()).adjusted(INSET, 0, -INSET, 0)
        title = self.tr("Waiting {n}").format(n=sum(counts.values()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, title)
        right = area.right()
        rest = sum(counts[rank] for rank in _REST)
        right = self._count(painter, right, Severity.NORMAL, rest)
        for rank in reversed(_COUNTED):
            if counts[rank]:
                right = self._count(painter, right, rank, counts[rank])
        if not counts[Severity.CRITICAL]:
            painter.setFont(font())
            painter.setPen(QColor(palette.quiet))
            free = QRectF(area.left(), 0, right - area.left(), self.height())
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(free, side, self.tr("none critical"))
        painter.end()

    def _count(self, painter: QPainter, right: float, rank: Severity, number: int) -> float:
        palette = self._appearance.palette
        bold = rank in _COUNTED
        painter.setFont(font(SECTION, bold=bold))
        text = str(number)
        width = painter.fontMetrics().horizontalAdvance(text)
        middle = self.height() / 2
        painter.setPen(QColor(severity_colour(palette, rank) if bold else palette.quiet))
        where = QRectF(right - width, 0, width + 1, self.height())
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, text)
        paint_mark(painter, QPointF(right - width - 12, middle + 0.5), 11, rank, palette)
        return right - width - 34


class Head(QWidget):
    """Counts, tabs and filters of the list, and how a run through the batch goes."""

    def __init__(self, waiting: WaitingModel, run: RunModel, appearance: Appearance) -> None:
        super().__init__()
        self._waiting, self._appearance = waiting, appearance
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tabs = {tab: self._tab(tab) for tab in Tab}
        group = QButtonGroup(self)
        for tab in self._tabs.values():
            group.addButton(tab)
        tabs = across(*self._tabs.values(), gap=0)
        filters = Filters(waiting, appearance)
        strip = across(INSET, RunStrip(waiting, run, appearance), INSET)
        self.setLayout(down(Counts(waiting, appearance), tabs, line(), filters, line(), strip))
        listen(self, waiting.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Say what is shown now."""
        names = {
            Tab.INSTANT: self.tr("Instant {n}"),
            Tab.BATCH: self.tr("Batch {n}"),
            Tab.MINE: self.tr("Mine {n}"),
            Tab.REVIEW: self.tr("Review {n}"),
        }
        for tab, shown in self._tabs.items():
            shown.setText(names[tab].format(n=len(self._waiting.rows(tab))))
            shown.setChecked(tab is self._waiting.tab)
        self._tabs[Tab.REVIEW].setVisible(self._waiting.reviews)

    def _tab(self, tab: Tab) -> QPushButton:
        made = button("tab")
        made.setCheckable(True)
        made.clicked.connect(lambda: self._waiting.show(tab))
        return made
