"""The list for Qt: a table of studies that is changed row by row, never reset under the reader."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from farlead.model.worklist import Row
from farlead_ui.bridge import listen
from farlead_ui.waiting import WaitingModel

Index = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractListModel):
    """Rows of the present tab. New rows slide in at their place; the others keep their index.

    Parameters
    ----------
    waiting : WaitingModel
    parent : QObject, optional
    """

    def __init__(self, waiting: WaitingModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting = waiting
        self._rows: list[Row] = []
        listen(self, waiting.changed, self.follow)
        self.follow()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or role != Qt.ItemDataRole.UserRole:
            return None
        return self._rows[index.row()]

    def row(self, place: int) -> Row | None:
        """Row at a place."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place(self, study: int | None) -> int:
        """Place of a study; -1 when it is not shown."""
        places = (p for p, row in enumerate(self._rows) if row.study.id == study)
        return next(places, -1)

    def follow(self) -> None:
        """Take over what the list shows now, by removals, moves, insertions and changes."""
        wanted = list(self._waiting.rows())
        names = {row.study.id for row in wanted}
        for place in range(len(self._rows) - 1, -1, -1):
            if self._rows[place].study.id not in names:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self._rows[place]
                self.endRemoveRows()
        for place, row in enumerate(wanted):
            self._put(place, row)

    def _put(self, place: int, row: Row) -> None:
        standing = place < len(self._rows) and self._rows[place].study.id == row.study.id
        here = place if standing else self.place(row.study.id)
        if here < 0:
            self.beginInsertRows(QModelIndex(), place, place)
            self._rows.insert(place, row)
            self.endInsertRows()
        elif here != place:
            self.beginMoveRows(QModelIndex(), here, here, QModelIndex(), place)
            self._rows.insert(place, self._rows.pop(here))
            self.endMoveRows()
        if self._rows[place] != row:
            self._rows[place] = row
            self.dataChanged.emit(self.index(place), self.index(place))
