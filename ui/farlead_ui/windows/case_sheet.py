"""The list of critical values over the window, with the form of the chosen one."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from farlead.model.critical import CriticalCase
from farlead_ui import words
from farlead_ui.alerts import wording
from farlead_ui.bridge import listen
from farlead_ui.case_log import CaseLogModel
from farlead_ui.report.pages import rendered
from farlead_ui.tasks import Done, Outcome, Tasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label, line, panel
from farlead_ui.windows.exporting import Exporting
from farlead_ui.windows.issued_sheet import Paper
from farlead_ui.windows.overlay import Overlay
from farlead_ui.windows.rows import Entry, Rows

_DPI = 96.0
_LEFT = 640


class CaseSheet(Overlay):
    """Critical values that run, those that are late first, and those that ended lately.

    Parameters
    ----------
    parent : QWidget
    log : CaseLogModel
    tasks : Tasks
        Pages are drawn beside the window's own thread.
    appearance : Appearance
    exporting : Exporting
        Asks for a file.
    """

    def __init__(
        self,
        parent: QWidget,
        log: CaseLogModel,
        tasks: Tasks,
        appearance: Appearance,
        exporting: Exporting,
    ) -> None:
        super().__init__(parent, 1440, 860)
        self._log, self._tasks, self._appearance = log, tasks, appearance
        self._exporting = exporting
        self.rows = Rows(appearance, lambda _entry: self._chosen())
        self.paper = Paper(appearance)
        self._title = label(step="section", bold=True)
        self._none = label(tone="quiet", wrap=True)
        self.told = label(step="words", tone="critical", wrap=True)
        self._show, self._save = button("primary"), button()
        self._show.clicked.connect(self.show_case)
        self._save.clicked.connect(self.save)
        left = panel()
        left.setFixedWidth(_LEFT)
        acts = across(self._show, self._save, None)
        left.setLayout(down(self.rows, self._none, None, self.told, 8, acts))
        body = across(left, line(vertical=True), self.paper, gap=16)
        body.setStretch(2, 1)
        column = down(across(self._title, None, self.way_out()), 10, body)
        column.setStretch(2, 1)
        column.setContentsMargins(24, 16, 24, 16)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addLayout(column)
        listen(self, log.changed, self.refresh_listed)
        listen(self, log.form_changed, self._form)

    def open(self) -> None:
        """Read the list anew."""
        self._log.read()
        super().open()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self.rows.step(-1 if event.key() == Qt.Key.Key_Up else 1)
                self._chosen()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.isAutoRepeat():
                self.show_case()
            case Qt.Key.Key_S:
                self.save()
            case _:
                super().keyPressEvent(event)

    def refresh(self) -> None:
        """In the language of the window."""
        self._title.setText(self.tr("Critical values"))
        self._none.setText(self.tr("No critical value is open, and none ended in the last days."))
        self._show.setText(self.tr("Go on with it  Enter"))
        self._save.setText(self.tr("Save the form  S"))
        self.refresh_listed()

    def refresh_listed(self) -> None:
        """Say what is listed."""
        log = self._log
        self.rows.show_entries([self._entry(case) for case in log.listed])
        if log.chosen in log.listed:
            self.rows.choose(log.listed.index(log.chosen))
        self.rows.setVisible(bool(log.listed))
        self._none.setVisible(not log.listed and log.error is None)
        self.told.setVisible(log.error is not None)
        self.told.setText(self._appearance.text(log.error) if log.error else "")
        self._acts()

    def show_case(self) -> None:
        """Go on with the chosen case in the column; one that has ended stays here."""
        if self._log.show():
            self.left.emit()

    def save(self) -> None:
        """Ask where the form is to be kept."""
        chosen = self._log.chosen
        if chosen is not None and self._log.form is not None:
            name = f"{chosen.number}-critical-{chosen.id}.pdf"
            self._exporting.ask(name, self.tr("PDF (*.pdf)"), self._log.save)

    def _entry(self, case: CriticalCase) -> Entry:
        side = f"{case.number} · {words.plain(case.unit.name)} · {wording.state(case.state)}"
        if case.escalations:
            side += f" · {wording.tells(case.escalations[-1].mark)}"
        icon = "warning" if case.running else "document"
        when = words.clock_time(case.since)
        return Entry(icon, wording.person(case), side, when, "", lambda: None)

    def _chosen(self) -> None:
        listed = self._log.listed
        if self.rows.chosen < len(listed):
            self._log.choose(listed[self.rows.chosen])
            self._acts()

    def _acts(self) -> None:
        chosen = self._log.chosen
        self._show.setEnabled(chosen is not None and chosen.running)
        self._save.setEnabled(self._log.form is not None)

    def _form(self) -> None:
        """Draw the form of the chosen case."""
        self.paper.show_page(None)
        self._acts()
        if self._log.form is not None:
            work = partial(rendered, self._log.form, _DPI, 1)
            self._tasks.latest("case page", work, self._drawn)

    def _drawn(self, outcome: Outcome[tuple[QImage, ...]]) -> None:
        if isinstance(outcome, Done) and outcome.value:
            self.paper.show_page(QPixmap.fromImage(outcome.value[0]))
