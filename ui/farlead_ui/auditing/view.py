"""Four fields, Enter, and the entries that fit, the newest first."""

import json
from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView, QWidget

from farlead.desk import TrailQuery
from farlead_ui import words
from farlead_ui.auditing.model import EntryLike, TrailModel
from farlead_ui.bridge import listen
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, down, label, restyle

_Index = QModelIndex | QPersistentModelIndex


class _Cells(QAbstractTableModel):
    def __init__(self, parent: QTableView) -> None:
        super().__init__(parent)
        self.heads: Sequence[str] = ()
        self._entries: Sequence[EntryLike] = ()

    def show_entries(self, heads: Sequence[str], entries: Sequence[EntryLike]) -> None:
        self.beginResetModel()
        self.heads, self._entries = heads, entries
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.heads)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        return cells(self._entries[index.row()])[index.column()]

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return self.heads[section] if role == Qt.ItemDataRole.DisplayRole else None


def cells(entry: EntryLike) -> tuple[str, str, str, str, str]:
    """When, who, what, to what, and the details."""
    detail = json.dumps(entry.detail, ensure_ascii=False, default=str) if entry.detail else ""
    at = f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}"
    return at, entry.actor, entry.action, entry.subject, words.plain(detail)


class TrailView(QWidget):
    """Enter in a field asks; Tab goes on to the entries.

    Parameters
    ----------
    model : TrailModel
    appearance : Appearance
    """

    def __init__(self, model: TrailModel, appearance: Appearance) -> None:
        super().__init__()
        self._model, self._appearance = model, appearance
        self.actor, self.action, self.subject = QLineEdit(), QLineEdit(), QLineEdit()
        self.first, self.last = QLineEdit(), QLineEdit()
        self.fields = (self.actor, self.action, self.subject, self.first, self.last)
        for field in self.fields:
            field.returnPressed.connect(self.ask)
        self.told = label(step="words", tone="quiet", wrap=True)
        self.table = QTableView()
        self.cells = _Cells(self.table)
        self.table.setModel(self.cells)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(28)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.setLayout(down(across(*self.fields), 8, self.told, 8, self.table))
        self.setFocusProxy(self.actor)
        listen(self, model.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def ask(self) -> None:
        """Look for what the fields say; a day that is none is said."""
        try:
            first, last = _day(self.first.text()), _day(self.last.text())
        except ValueError:
            self._say(self.tr("A day is written as 2026-11-22."), trouble=True)
            return
        self._model.look(
            TrailQuery(self.actor.text(), self.action.text(), self.subject.text(), first, last)
        )

    def refresh(self) -> None:
        """Say all anew."""
        holders = (
            self.tr("Who: login"), self.tr("What: study.opened, report. …"),
            self.tr("Study number, or account:login"), self.tr("From: 2026-11-01"),
            self.tr("To: 2026-11-22"),
        )  # fmt: skip
        for field, text in zip(self.fields, holders, strict=True):
            field.setPlaceholderText(text)
        heads = (
            self.tr("Time"), self.tr("Who"), self.tr("What"), self.tr("To what"),
            self.tr("Details"),
        )  # fmt: skip
        model = self._model
        self.cells.show_entries(heads, model.entries)
        if model.error is not None:
            self._say(self._appearance.text(model.error), trouble=True)
        elif model.looking:
            self._say(self.tr("Looking …"))
        else:
            self._say(self.tr("{n} entries, the newest first").format(n=len(model.entries)))

    def _say(self, text: str, *, trouble: bool = False) -> None:
        restyle(self.told, tone="critical" if trouble else "quiet")
        self.told.setText(text)


def _day(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None
