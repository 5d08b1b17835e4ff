"""The table of connections: one line each, drawn; the chosen one keeps its place in view."""

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from farlead.model.connection import Standing, Way
from farlead_ui.bridge import listen
from farlead_ui.connections import wording
from farlead_ui.tending import Line, TendingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import META, WORDS, Palette

ROW = 34
_HEAD = 26
_SCROLL = 8  # the scroll bar's width, as the style sheet has it
_INWARD = frozenset({Way.INBOX, Way.ARCHIVE, Way.LISTENER, Way.ORDERS, Way.WORKLIST, Way.REQUESTS})
_Index = QModelIndex | QPersistentModelIndex
#: Columns of figures: to be sent, handed over and not confirmed, waiting for a person.
_COUNTS = ("waiting", "sent", "parked")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns of the table begin, and how wide they are."""

    width: int

    @property
    def cells(self) -> dict[str, tuple[int, int]]:
        """Left edge and width by name."""
        fixed = {"way": 112, "state": 96, "success": 116, **dict.fromkeys(_COUNTS, 64)}
        rest = max(self.width - 40 - sum(fixed.values()) - 24, 200)
        name = rest * 2 // 5
        widths = {"name": name, **fixed, "trouble": rest - name}
        left, found = 40, {}
        for column, width in widths.items():
            left += 24 if column == "trouble" else 0
            found[column] = (left, width)
            left += width
        return found


def colour(palette: Palette, standing: Standing) -> str:
    """Colour of a standing's mark and word."""
    return {
        Standing.DOWN: palette.critical,
        Standing.PARKED: palette.urgent,
        Standing.WAITING: palette.remark,
        Standing.UNKNOWN: palette.quiet,
        Standing.GOOD: palette.done,
    }[standing]


class LinesModel(QAbstractListModel):
    """The lines for Qt."""

    def __init__(self, tending: TendingModel, parent: QObject) -> None:
        super().__init__(parent)
        self._tending = tending
        self.lines: list[Line] = []
        listen(self, tending.changed, self.follow)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return line
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.connection.title} {wording.standing(line)}"
        return None

    def follow(self) -> None:
        """Show what there is now."""
        wanted = self._tending.lines
        if len(wanted) != len(self.lines):
            self.beginResetModel()
            self.lines = wanted
            self.endResetModel()
        elif wanted:
            self.lines = wanted
            self.dataChanged.emit(self.index(0), self.index(len(wanted) - 1))


class _Delegate(QStyledItemDelegate):
    def __init__(self, tending: TendingModel, appearance: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._tending, self._appearance = tending, appearance

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:  # noqa: N802
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        line = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(line, Line):
            return
        palette, area = self._appearance.palette, QRect(option.rect)
        painter.save()
        if line.key == self._tending.chosen:
            painter.fillRect(area, QColor(palette.tint))
            painter.fillRect(area.x(), area.y(), 4, area.height(), QColor(palette.accent))
        painter.fillRect(area.x(), area.bottom(), area.width(), 1, QColor(palette.line))
        told = self._words(line)
        shade = colour(palette, line.standing)
        _write(
            painter, QRect(area.x() + 14, area.y(), 20, ROW), wording.MARKS[line.standing], shade
        )
        for name, (left, width) in _Columns(area.width()).cells.items():
            cell = QRect(area.x() + left, area.y(), width - 8, ROW)
            ink = {"state": shade, "name": palette.text}.get(name, palette.quiet)
            busy = name in _COUNTS and told[name] not in ("", "0")
            if busy:
                ink = palette.urgent if name == "parked" else palette.text
            bold = busy or (name == "name" and line.standing >= Standing.PARKED)
            right = name in _COUNTS
            _write(painter, cell, told[name], ink, bold=bold, right=right)
        painter.restore()

    def _words(self, line: Line) -> dict[str, str]:
        known, trouble = line.connection, line.trouble
        return {
            "name": known.title,
            "way": wording.way(known.way),
            "state": wording.standing(line),
            "success": wording.since(known.success, self._tending.clock()),
            "waiting": "" if known.way in _INWARD else str(known.waiting - known.sent),
            "sent": "" if known.way in _INWARD else str(known.sent),
            "parked": "" if known.way in _INWARD else str(known.parked),
            "trouble": self._appearance.text(trouble) if trouble is not None else "",
        }


class Heads(QWidget):
    """The names of the columns."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.setFixedHeight(_HEAD)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        palette = self._appearance.palette
        painter.fillRect(0, _HEAD - 1, self.width(), 1, QColor(palette.edge))
        names = {
            "name": self.tr("Unit or system"),
            "way": self.tr("Kind"),
            "state": self.tr("State"),
            "success": self.tr("Last success"),
            "waiting": self.tr("To send"),
            "sent": self.tr("Sent"),
            "parked": self.tr("Parked"),
            "trouble": self.tr("Last error"),
        }
        for name, (left, width) in _Columns(self.width() - _SCROLL).cells.items():
            right = name in _COUNTS
            cell = QRect(left, 0, width - 8, _HEAD - 2)
            _write(painter, cell, names[name], palette.quiet, right=right, small=True)
        painter.end()


class Table(QListView):
    """All lines that answer to what is looked for; follows the model.

    Parameters
    ----------
    tending : TendingModel
    appearance : Appearance
    """

    def __init__(self, tending: TendingModel, appearance: Appearance) -> None:
        super().__init__()
        self._tending = tending
        self.rows = LinesModel(tending, self)
        self.setModel(self.rows)
        self.setItemDelegate(_Delegate(tending, appearance, self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the line above has the keyboard
        self.clicked.connect(self._clicked)
        self._shown: object = None
        listen(self, tending.changed, self.follow)
        listen(self, appearance.changed, self.viewport().update)

    @property
    def page(self) -> int:
        """Lines that are seen at once."""
        return max(self.viewport().height() // ROW - 1, 1)

    def follow(self) -> None:
        """Keep a newly chosen line in view; one that was scrolled away from stays away."""
        chosen = self._tending.chosen
        if chosen != self._shown:
            self._shown = chosen
            place = next((n for n, each in enumerate(self.rows.lines) if each.key == chosen), -1)
            if place >= 0:
                self.scrollTo(self.rows.index(place))
        self.viewport().update()

    def _clicked(self, index: QModelIndex) -> None:
        self._tending.choose(self.rows.lines[index.row()].key)


def _write(
    painter: QPainter,
    area: QRect,
    text: str,
    ink: str,
    *,
    bold: bool = False,
    right: bool = False,
    small: bool = False,
) -> None:
    painter.setFont(font(META if small else WORDS, bold=bold))
    painter.setPen(QColor(ink))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | side, shown)
