"""A study that cannot be shown: what, where from, what to do. Nothing is drawn."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.icons import pixmap
from farlead_ui.keys import CommandButton, CommandsLike
from farlead_ui.reading import ReadingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, down, label, line

_FACTS = 5


class FailedPage(QWidget):
    """The designed failed state; the head line above keeps naming the patient.

    Parameters
    ----------
    reading : ReadingModel
    commands : CommandsLike
    appearance : Appearance
    """

    def __init__(
        self, reading: ReadingModel, commands: CommandsLike, appearance: Appearance
    ) -> None:
        super().__init__()
        self._reading, self._appearance = reading, appearance
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._icon = QLabel()
        self._icon.setFixedSize(24, 28)
        self._title = label(step="patient", bold=True)
        self.reason = label(wrap=True)
        self._promise = label(tone="quiet", wrap=True)
        self._names = [label(tone="quiet") for _ in range(_FACTS)]
        self._values = [label(wrap=True) for _ in range(_FACTS)]
        self._do = label(bold=True)
        self._buttons = [
            CommandButton(commands, "study.retake", "first"),
            CommandButton(commands, "study.give_back"),
            CommandButton(commands, "study.next"),
        ]
        inside = QWidget()
        inside.setMaximumWidth(560)
        inside.setLayout(
            down(
                across(self._icon, self._title, None, gap=10), 10, self.reason, 6, self._promise,
                20, line(), self._table(), line(), 24, self._do, 10,
                across(*self._buttons, None), None,
            )
        )  # fmt: skip
        row = across(None, inside, None)
        row.setStretch(1, 8)
        row.setContentsMargins(32, 72, 32, 32)
        self.setLayout(row)
        listen(self, reading.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Say why nothing is shown."""
        job, appearance = self._reading.in_hand, self._appearance
        if job is None or not job.nothing_to_show:
            return
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(pixmap("warning", appearance.palette.urgent, 24, ratio))
        self._title.setText(self.tr("The study cannot be shown"))
        failure = job.failure
        nothing = self.tr("The study holds no recording and no image.")
        self.reason.setText(appearance.text(failure) if failure is not None else nothing)
        self._promise.setText(
            self.tr("To avoid a wrong reading nothing is drawn. The original file is unchanged.")
        )
        study = job.row.study
        files = ", ".join(stored.file_name for stored in study.objects)
        size = sum(stored.size for stored in study.objects)
        facts = [
            (self.tr("File"), words.not_given(files)),
            (self.tr("Size"), self.tr("{n:,} bytes").format(n=size)),
            (self.tr("From"), study.unit.name),
            (self.tr("Arrived"), f"{words.date(study.arrived)} {words.clock_time(study.arrived)}"),
            (self.tr("Number"), study.number),
        ]
        for name, value, fact in zip(self._names, self._values, facts, strict=True):
            name.setText(fact[0])
            value.setText(fact[1])
        self._do.setText(self.tr("What you can do"))
        texts = (self.tr("Ask the unit to send again"), self.tr("Give back"), self.tr("Next"))
        for shown, text in zip(self._buttons, texts, strict=True):
            shown.set_word(text)
            shown.setVisible(shown.isEnabled())

    def _table(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 8, 0, 8)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        for place, (name, value) in enumerate(zip(self._names, self._values, strict=True)):
            grid.addWidget(name, place, 0)
            grid.addWidget(value, place, 1)
        grid.setColumnStretch(1, 1)
        return grid
