"""Search among all studies of all units: patient, unit, days, reader, state, finding."""

from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from farlead.messages import message
from farlead.model.lives import StudyState
from farlead.model.search import SearchQuery
from farlead.model.worklist import Row
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.searching import SearchModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label, line, panel
from farlead_ui.windows.overlay import Overlay
from farlead_ui.windows.rows import Entry, Line, Rows

_LEFT = 320


class SearchSheet(Overlay):
    """Enter searches; once nothing has changed, it opens the chosen study.

    Parameters
    ----------
    parent : QWidget
    searching : SearchModel
    appearance : Appearance
    """

    def __init__(self, parent: QWidget, searching: SearchModel, appearance: Appearance) -> None:
        super().__init__(parent, 1240, 640)
        self._searching, self._appearance = searching, appearance
        self._shown: tuple[SearchQuery, str, str] | None = None
        self.rows = Rows(appearance, lambda _entry: self._open())
        self.patient, self.reader, self.finding, self.since, self.until = (
            Line(self.rows.step, self._enter) for _ in range(5)
        )
        self.unit, self.state = QComboBox(), QComboBox()
        self._names: list[QLabel] = [label(step="words") for _ in range(7)]
        self._title, self.told = label(step="section", bold=True), label(step="words", wrap=True)
        self._hint = label(step="meta", tone="quiet", wrap=True)
        self._search, self._on = button("first"), button("quiet")
        self._search.clicked.connect(self._ask)
        self._on.clicked.connect(searching.on)
        self._compose()
        self.setFocusProxy(self.patient)
        listen(self, searching.changed, self.refresh_found)

    def _compose(self) -> None:
        fields: list[QWidget] = [
            self.patient, self.unit, self.since, self.until, self.reader, self.state, self.finding,
        ]  # fmt: skip
        named = [(name, 2, field, 8) for name, field in zip(self._names, fields, strict=True)]
        left = panel()
        left.setFixedWidth(_LEFT)
        left.setLayout(
            down(*(part for group in named for part in group), 4, across(self._search, None),
                 8, self._hint, None)
        )  # fmt: skip
        right = panel()
        right.setLayout(down(self.told, 6, self.rows, 6, across(self._on, None), None))
        body = across(left, line(vertical=True), right, gap=16)
        body.setStretch(2, 1)
        column = down(across(self._title, None, self.way_out()), 10, body)
        column.setStretch(2, 1)
        column.setContentsMargins(24, 16, 24, 16)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addLayout(column)

    def refresh(self) -> None:
        """In the language of the window."""
        self._title.setText(self.tr("Search all studies"))
        names = [
            self.tr("Patient or number"), self.tr("Unit"), self.tr("From day, 2026-11-22"),
            self.tr("To day"), self.tr("Reader"), self.tr("State"), self.tr("Finding"),
        ]  # fmt: skip
        for part, name in zip(self._names, names, strict=True):
            part.setText(name)
        self._search.setText(self.tr("Search  Enter"))
        self._on.setText(self.tr("further back"))
        self._hint.setText(self.tr("↑ ↓ choose, Enter opens. Each search is in the audit trail."))
        self._fill(self.unit, [(self.tr("all units"), None), *(
            (words.plain(name), code) for code, name in self._searching.units
        )])  # fmt: skip
        self._fill(self.state, [(self.tr("any state"), None), *(
            (self._state(state), state) for state in StudyState
        )])  # fmt: skip
        self.refresh_found()

    def _fill(self, box: QComboBox, choices: list[tuple[str, object]]) -> None:
        chosen = box.currentData()
        box.clear()
        for text, value in choices:
            box.addItem(text, value)
        box.setCurrentIndex(max(box.findData(chosen), 0))

    def _state(self, state: StudyState) -> str:
        return self._appearance.text(message(f"store.state_{state}"))

    def refresh_found(self) -> None:
        """Say what was found."""
        searching, chosen = self._searching, self.rows.chosen
        self.rows.show_entries([self._entry(row) for row in searching.found])
        self.rows.choose(min(chosen, max(len(searching.found) - 1, 0)))
        self._on.setVisible(searching.more is not None)
        self.told.setText(self._said())

    def _said(self) -> str:
        searching = self._searching
        if searching.error is not None:
            return self._appearance.text(searching.error)
        if searching.busy:
            return self.tr("Searching …")
        if searching.asked is None:
            return ""
        told = self.tr("{n} found, the latest first")
        more = self.tr("more than {n} found, the latest first")
        shown = (more if searching.more is not None else told).format(n=len(searching.found))
        return shown if searching.found else self.tr("Nothing fits.")

    def _entry(self, row: Row) -> Entry:
        study = row.study
        name = words.plain(study.patient.name or "") or study.number
        stands = self._state(study.state)
        if study.state is StudyState.REPORTED and row.brought is not None:
            stands += f" {words.brought(row.brought, self._appearance)}"
        side = " · ".join(
            [words.sex_and_age(row), study.number, words.plain(study.unit.name), stands]
        )
        day = f"{words.date(study.arrived)} {words.clock_time(study.arrived)}"
        return Entry("document", name, side, day, "", lambda: None)

    def _query(self) -> SearchQuery:
        unit, state = self.unit.currentData(), self.state.currentData()
        return SearchQuery(
            patient=self.patient.text().strip(),
            unit=unit,
            reader=self.reader.text().strip(),
            states=(StudyState(state),) if state is not None else (),
            finding=self.finding.text().strip(),
        )

    def _typed(self) -> tuple[SearchQuery, str, str]:
        return self._query(), self.since.text(), self.until.text()

    def _enter(self) -> None:
        if self._typed() == self._shown and self._searching.found:
            self._open()
        else:
            self._ask()

    def _ask(self) -> None:
        self._shown = self._typed()
        self._searching.search(*self._shown)

    def _open(self) -> None:
        found = self._searching.found
        if self.rows.chosen < len(found):
            self._searching.open(found[self.rows.chosen])
