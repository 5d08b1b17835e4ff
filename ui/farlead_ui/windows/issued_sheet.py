"""Issued reports: search, the versions of one, the page of a version, amend and withdraw."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from farlead.messages import message
from farlead.model.lives import DeliveryState
from farlead.model.report import Brought, ReportVersion
from farlead.model.study import Study
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.issued import IssuedModel
from farlead_ui.report.pages import rendered
from farlead_ui.tasks import Done, Outcome, Tasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label, line, panel
from farlead_ui.windows.overlay import Overlay
from farlead_ui.windows.rows import Entry, Line, Rows

_DPI = 96.0
_LEFT = 520
_HISTORY = 180


class Paper(QWidget):
    """The first page of a version, as large as there is room."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._page: QPixmap | None = None
        self.setMinimumWidth(420)

    def show_page(self, page: QPixmap | None) -> None:
        """Show a page, or none."""
        self._page = page
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        if self._page is None or self._page.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shown = self._page.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = (self.width() - shown.width()) // 2
        painter.drawPixmap(left, 0, shown.width(), shown.height(), self._page)
        painter.setPen(QColor(self._appearance.palette.line))
        painter.drawRect(left, 0, shown.width() - 1, shown.height() - 1)
        painter.end()


class IssuedSheet(Overlay):
    """Ctrl+R.

    Parameters
    ----------
    parent : QWidget
    issued : IssuedModel
    tasks : Tasks
        Pages are drawn beside the window's own thread.
    appearance : Appearance
    """

    def __init__(
        self, parent: QWidget, issued: IssuedModel, tasks: Tasks, appearance: Appearance
    ) -> None:
        super().__init__(parent, 1440, 860)
        self._issued, self._tasks, self._appearance = issued, tasks, appearance
        self._asked = ""  # which act a reason is asked for
        self.rows = Rows(appearance, self._choose)
        self.input = Line(self._step, self._next_version)
        self.input.textChanged.connect(issued.search)
        self.versions = Rows(appearance, lambda _entry: None)
        self.paper = Paper(appearance)
        self.reason = QLineEdit()
        self.reason.returnPressed.connect(self._confirm)
        self._amend, self._withdraw = button(), button()
        self._amend.clicked.connect(lambda: self.ask("amend"))
        self._withdraw.clicked.connect(lambda: self.ask("withdraw"))
        self._title = label(step="section", bold=True)
        self._versions_title = label(step="words", tone="quiet")
        self._reason_title = label(step="words", bold=True, wrap=True)
        self.told = label(step="words", tone="critical", wrap=True)
        self.brought = QPlainTextEdit()
        self.brought.setReadOnly(True)
        self.brought.setTabChangesFocus(True)
        self.brought.setMinimumHeight(_HISTORY)
        self._brought_title = label(step="words", tone="quiet")
        self._compose()
        self.setFocusProxy(self.input)
        listen(self, issued.changed, self.refresh_found)
        listen(self, issued.page_changed, self._page)

    def _compose(self) -> None:
        left = panel()
        left.setFixedWidth(_LEFT)
        column = down(
            self.input, 8, self.rows, 12, self._versions_title, 4, self.versions, 8,
            self._brought_title, 4, self.brought,
            self._reason_title, 4, self.reason, self.told, 8,
            across(self._amend, self._withdraw, None),
        )  # fmt: skip
        column.setStretchFactor(self.brought, 1)
        left.setLayout(column)
        body = across(left, line(vertical=True), self.paper, gap=16)
        body.setStretch(2, 1)
        column = down(across(self._title, None, self.way_out()), 10, body)
        column.setStretch(2, 1)
        column.setContentsMargins(24, 16, 24, 16)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addLayout(column)

    def open(self) -> None:
        """Search for everything, the latest first."""
        self.ask("")
        self.input.clear()
        self._issued.search("")
        super().open()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_E:
            self.ask("amend")
        elif control and event.key() == Qt.Key.Key_D:
            self.ask("withdraw")
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """In the language of the window."""
        self._title.setText(self.tr("Issued reports"))
        self.input.setPlaceholderText(self.tr("Number or patient; Enter: next version"))
        self._versions_title.setText(self.tr("Versions, the newest first"))
        self._brought_title.setText(self.tr("On its way to the unit: each place, each try, proof"))
        self._amend.setText(self.tr("Amend  Ctrl+E"))
        self._withdraw.setText(self.tr("Withdraw  Ctrl+D"))
        self.refresh_found()

    def refresh_found(self) -> None:
        """Say what was found."""
        issued = self._issued
        here = [study.id for study, _ in issued.found]
        self.rows.show_entries([self._entry(*each) for each in issued.found])
        if issued.study is not None and issued.study.id in here:
            self.rows.choose(here.index(issued.study.id))
        self.versions.show_entries([self._version(each) for each in issued.versions])
        if issued.version in issued.versions:
            self.versions.choose(issued.versions.index(issued.version))
        self.told.setVisible(issued.error is not None)
        self.told.setText(self._appearance.text(issued.error) if issued.error else "")
        told = "\n\n".join(self._history(each) for each in issued.brought)
        if told != self.brought.toPlainText():  # else it would be scrolled back
            self.brought.setPlainText(told)
        for part in (self._amend, self._withdraw):
            part.setEnabled(bool(issued.versions))

    def ask(self, act: str) -> None:
        """Ask the reason of an act, or nothing."""
        self._asked = act if self._issued.versions else ""
        self.reason.clear()
        self.reason.setVisible(bool(self._asked))
        self._reason_title.setVisible(bool(self._asked))
        asked = {
            "amend": self.tr("Reason of the amendment; Enter opens the study"),
            "withdraw": self.tr("Reason of the withdrawal; Enter withdraws, the unit is told"),
        }
        self._reason_title.setText(asked.get(self._asked, ""))
        (self.reason if self._asked else self.input).setFocus()

    def _confirm(self) -> None:
        act = {"amend": self._issued.amend, "withdraw": self._issued.withdraw}.get(self._asked)
        if act is not None:
            reason = self.reason.text()
            if reason.strip():
                self.ask("")
            act(reason)

    def _entry(self, study: Study, version: ReportVersion) -> Entry:
        name = words.plain(study.patient.name or "") or study.number
        stands = self._issued.stand.get(study.id)
        told = [words.brought(stands, self._appearance)] if stands is not None else []
        side = " · ".join([*told, study.number, words.plain(study.unit.name)])
        return Entry("document", name, side, _day(version), "", lambda: None)

    def _history(self, brought: Brought) -> str:
        """One place: how it stands there, and each step with the peer's own words."""
        delivery, text = brought.delivery, self._appearance.text
        what = brought.kind or "report"
        head = message(
            "deliveries.history",
            destination=delivery.destination,
            what=f"@deliveries.what.{what}",
            state=f"@deliveries.{delivery.state}",
            tries=brought.tries,
        )
        lines = [text(head)]
        for event in brought.history:
            step = str(event.state)
            if event.state is DeliveryState.DUE:
                step = "failed" if event.told is not None else "again"
            at = f"{words.date(event.at)} {event.at.astimezone():%H:%M:%S}"
            said = f"  {text(event.told)}" if event.told is not None else ""
            lines.append(f"    {at}  {text(message(f'deliveries.{step}'))}{words.plain(said)}")
        return "\n".join(lines)

    def _version(self, version: ReportVersion) -> Entry:
        states = {
            "final": self.tr("in force"),
            "superseded": self.tr("superseded"),
            "withdrawn": self.tr("withdrawn"),
            "first_signed": self.tr("waits for its second signature"),
        }
        text = self.tr("Version {n}, {state}").format(
            n=version.version, state=states.get(str(version.state), str(version.state))
        )
        side = words.plain(version.withdrawn or version.reason or "")
        return Entry("document", text, side, _day(version), "", lambda: None)

    def _choose(self, _entry: Entry) -> None:
        found = self._issued.found
        if self.rows.chosen < len(found):
            self._issued.choose(found[self.rows.chosen][0])

    def _step(self, by: int) -> None:
        self.rows.step(by)
        found = self._issued.found
        if self.rows.chosen < len(found):
            self._issued.choose(found[self.rows.chosen][0])

    def _next_version(self) -> None:
        versions = self._issued.versions
        if versions:
            self.versions.step(1)
            self._issued.read(versions[self.versions.chosen])

    def _page(self) -> None:
        """Draw the first page of the version that is read."""
        pdf = self._issued.pdf
        self.paper.show_page(None)
        if self._issued.version in self._issued.versions:
            self.versions.choose(self._issued.versions.index(self._issued.version))
        if pdf is not None:
            self._tasks.latest("issued page", partial(rendered, pdf, _DPI, 1), self._drawn)

    def _drawn(self, outcome: Outcome[tuple[QImage, ...]]) -> None:
        if isinstance(outcome, Done) and outcome.value:
            self.paper.show_page(QPixmap.fromImage(outcome.value[0]))


def _day(version: ReportVersion) -> str:
    """When a version was signed."""
    if version.signed is None:
        return ""
    return f"{words.date(version.signed)} {words.clock_time(version.signed)}"
