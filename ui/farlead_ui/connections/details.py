"""The chosen connection: where it is, how it stands, what it said; what is parked there."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from farlead.messages import Message, message
from farlead.model.connection import OUT, Parked, Standing
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.connections import wording
from farlead_ui.tending import Line, TendingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import META, WORDS
from farlead_ui.widgets import ElidedLabel, across, button, down, label, line, restyle

WIDTH = 420
_ROW = 48
_Index = QModelIndex | QPersistentModelIndex
_TONES = {
    Standing.DOWN: "critical",
    Standing.PARKED: "urgent",
    Standing.WAITING: "",
    Standing.UNKNOWN: "quiet",
    Standing.GOOD: "done",
}


class _ParkedModel(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.parked: tuple[Parked, ...] = ()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.parked)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        each = self.parked[index.row()]
        return {
            Qt.ItemDataRole.UserRole: each,
            Qt.ItemDataRole.AccessibleTextRole: each.number,
        }.get(Qt.ItemDataRole(role))

    def show_parked(self, parked: tuple[Parked, ...]) -> None:
        if parked != self.parked:
            self.beginResetModel()
            self.parked = parked
            self.endResetModel()


class _ParkedDelegate(QStyledItemDelegate):
    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:  # noqa: N802
        return QSize(0, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        each = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(each, Parked):
            return
        palette, area = self._appearance.palette, QRect(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(palette.tint))
        painter.fillRect(area.x(), area.bottom(), area.width(), 1, QColor(palette.line))
        said = self._appearance.text(each.why) if each.why is not None else "–"
        since = f"{words.date(each.since)} {words.clock_time(each.since)}"
        top = area.adjusted(8, 5, -8, -24)
        foot = area.adjusted(8, 24, -8, -5)
        for at, text, ink, kind, right in (
            (top, self._named(each), palette.text, WORDS, False),
            (top, since, palette.quiet, META, True),
            (foot, said, palette.quiet, META, False),
        ):
            painter.setFont(font(kind, bold=ink == palette.text))
            painter.setPen(QColor(ink))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, at.width())
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            painter.drawText(at, Qt.AlignmentFlag.AlignVCenter | side, shown)
        painter.restore()

    def _named(self, each: Parked) -> str:
        """Number and version, and what it is where it is no final report."""
        name = f"{each.number}-v{each.version}" if each.version is not None else each.number
        if each.kind is None:
            return name
        return f"{name}  {self._appearance.text(message(f'deliveries.what.{each.kind}'))}"


class ParkedList(QListView):
    """What waits for a person at the chosen connection; Enter sends one again."""

    def __init__(self, tending: TendingModel, appearance: Appearance) -> None:
        super().__init__()
        self._tending = tending
        self.rows = _ParkedModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(_ParkedDelegate(appearance, self))
        self.setUniformItemSizes(True)
        self.doubleClicked.connect(lambda _index: self.resend())

    def follow(self) -> None:
        """Show what is parked; the first is chosen."""
        self.rows.show_parked(self._tending.parked)
        if self.rows.parked and not self.currentIndex().isValid():
            self.setCurrentIndex(self.rows.index(0))

    def resend(self) -> None:
        """Send the chosen one again."""
        index = self.currentIndex()
        if index.isValid():
            self._tending.resend([self.rows.parked[index.row()].delivery])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.resend()
        else:
            super().keyPressEvent(event)


class Details(QWidget):
    """420 px at the right.

    Parameters
    ----------
    tending : TendingModel
    appearance : Appearance
    """

    def __init__(self, tending: TendingModel, appearance: Appearance) -> None:
        super().__init__()
        self._tending, self._appearance = tending, appearance
        self.setFixedWidth(WIDTH)
        self._title = ElidedLabel(step="section", bold=True)
        self._kind, self._address = (
            label(step="words", tone="quiet"),
            label(step="words", wrap=True),
        )
        self._state = label(bold=True)
        self._figures = label(step="words", wrap=True)
        self._trouble = label(step="words", wrap=True)
        self._warning = label(step="words", tone="urgent", wrap=True)
        self._said = label(step="words", wrap=True)
        self.test, self.resend = button("first"), button()
        self.test.clicked.connect(tending.test)
        self.resend.clicked.connect(lambda: tending.resend(None))
        self._parked_title = label(step="words", bold=True)
        self.parked = ParkedList(tending, appearance)
        self._why_not = label(step="words", tone="quiet", wrap=True)
        column = down(
            self._title, 2, self._kind, self._address, 12, self._state, 4, self._figures, 8,
            self._trouble, 4, self._warning, 4, self._said, 12,
            across(self.test, None), 16, line(), 12, self._parked_title, 4, self.parked, 8,
            across(self.resend, None), self._why_not,
        )  # fmt: skip
        column.addStretch(1)
        column.setStretchFactor(self.parked, 20)
        self.setLayout(column)
        listen(self, tending.changed, self.refresh)

    def refresh(self) -> None:
        """Say all anew."""
        shown = self._tending.line
        for part in (self._state, self._figures, self._said, self.test):
            part.setVisible(shown is not None)
        known = shown.connection if shown is not None else None
        self._tell(self._trouble, known.trouble if known else None, "{told}")
        self._tell(self._warning, known.warning if known else None, "● {told}")
        self.parked.follow()
        self._say_parked()
        if shown is None or known is None:
            self._title.setText("")
            self._kind.setText("")
            self._address.setText("")
            return
        self._title.setText(words.plain(known.title))
        self._kind.setText(wording.way(known.way))
        self._address.setText(words.plain(known.address))
        self._state.setText(f"{wording.MARKS[shown.standing]}  {wording.standing(shown)}")
        restyle(self._state, tone=_TONES[shown.standing])
        self._figures.setText(self._figures_of(shown))
        self._say_answer(shown)
        self.test.setText(self.tr("Test now  Enter"))
        self.test.setToolTip(wording.trial(known.way))
        self.test.setEnabled(self._tending.allowed and not shown.asked)

    def _tell(self, where: QLabel, told: Message | None, form: str) -> None:
        where.setVisible(told is not None)
        where.setText(form.format(told=self._appearance.text(told)) if told is not None else "")

    def _figures_of(self, shown: Line) -> str:
        known = shown.connection
        when = (
            f"{words.date(known.success)} {known.success.astimezone():%H:%M:%S}"
            if known.success is not None
            else self.tr("never")
        )
        told = [self.tr("Last success {when}").format(when=when)]
        if known.way in OUT:  # there, success is a proven delivery
            told = [self.tr("Last confirmed {when}").format(when=when)]
        if known.waiting or known.parked:
            said = self.tr("{n} to be sent, {s} sent and not confirmed, {m} parked")
            told.append(said.format(n=known.waiting - known.sent, s=known.sent, m=known.parked))
        return "\n".join(told)

    def _say_answer(self, shown: Line) -> None:
        answer = shown.answer
        if shown.asked:
            told, tone = self.tr("Being asked: {how} …").format(how=self._how(shown)), "quiet"
        elif answer is None:
            said = self.tr("Not asked yet ({how}; nothing of a patient is sent)")
            told, tone = said.format(how=self._how(shown)), "quiet"
        elif answer.trouble is None:
            told = self.tr("✓ Asked {when} ({how}): answers").format(
                when=f"{answer.at.astimezone():%H:%M:%S}", how=self._how(shown)
            )
            tone = "done"
        else:
            told = self.tr("▲ Asked {when}: {why}").format(
                when=f"{answer.at.astimezone():%H:%M:%S}", why=self._appearance.text(answer.trouble)
            )
            tone = "critical"
        self._said.setText(told)
        restyle(self._said, tone=tone)

    def _how(self, shown: Line) -> str:
        return wording.trial(shown.connection.way)

    def _say_parked(self) -> None:
        tending = self._tending
        many = len(tending.parked)
        self.parked.setVisible(bool(many))
        self.resend.setVisible(bool(many))
        self._parked_title.setText(
            self.tr("Parked: {n}; Enter sends one again").format(n=many)
            if many
            else self.tr("Nothing is parked here.")
        )
        self.resend.setText(self.tr("Send all again  Ctrl+D"))
        self.resend.setEnabled(tending.allowed)
        self._why_not.setVisible(not tending.allowed)
        self._why_not.setText(
            self.tr("Only system administrators test connections and send again.")
        )
