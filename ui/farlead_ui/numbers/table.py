"""The lines of a section as a table."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from farlead.desk import sheets
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.numbers.model import NumbersModel
from farlead_ui.theme.appearance import Appearance

_Index = QModelIndex | QPersistentModelIndex


class _Cells(QAbstractTableModel):
    def __init__(self, parent: QTableView) -> None:
        super().__init__(parent)
        self._heads: Sequence[str] = ()
        self._cells: Sequence[Sequence[sheets.Cell]] = ()

    def show_cells(self, heads: Sequence[str], cells: Sequence[Sequence[sheets.Cell]]) -> None:
        self.beginResetModel()
        self._heads, self._cells = heads, cells
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._cells)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._heads)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignLeft if index.column() == 0 else Qt.AlignmentFlag.AlignRight
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        cell = self._cells[index.row()][index.column()]
        return "–" if cell is None else words.plain(str(cell))

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return self._heads[section] if role == Qt.ItemDataRole.DisplayRole else None


class Table(QTableView):
    """Follows the model.

    Parameters
    ----------
    model : NumbersModel
    appearance : Appearance
    """

    def __init__(self, model: NumbersModel, appearance: Appearance) -> None:
        super().__init__()
        self._numbers, self._appearance = model, appearance
        self.cells = _Cells(self)
        self.setModel(self.cells)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        listen(self, model.changed, self.follow)
        listen(self, appearance.changed, self.follow)

    def follow(self) -> None:
        """Show what there is now."""
        numbers, language = self._numbers.numbers, self._appearance.language
        if numbers is None:
            return
        section = self._numbers.section
        heads = [self._appearance.text(head) for head in sheets.heads(section)]
        self.cells.show_cells(heads, sheets.cells(numbers, section, language))
