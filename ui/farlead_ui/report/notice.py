"""What is told to the reader, above the action bar: never a dialog in the way."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QLabel

from farlead_ui.bridge import listen
from farlead_ui.icons import pixmap
from farlead_ui.keys import CommandsLike
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, key_cap, label, restyle

_ICONS = {NoticeKind.DONE: "check", NoticeKind.INFO: "info", NoticeKind.TROUBLE: "warning"}


class NoticeStrip(QFrame):
    """The latest notice: icon, words, and the command that helps with its key."""

    def __init__(
        self, reading: ReadingModel, commands: CommandsLike, appearance: Appearance
    ) -> None:
        super().__init__()
        self._reading, self._commands, self._appearance = reading, commands, appearance
        self.setProperty("role", "notice")
        self._icon = QLabel()
        self._icon.setFixedSize(18, 20)
        self.text = label(step="words", wrap=True)
        self._help = button("quiet")
        self._help.clicked.connect(self._run)
        self._cap = key_cap("")
        self._close = button("quiet")
        self._close.clicked.connect(reading.hush)
        self._close.setFixedWidth(28)
        row = across(self._icon, self.text, self._help, self._cap, self._close, gap=8)
        row.setStretch(1, 1)
        row.setAlignment(self._icon, Qt.AlignmentFlag.AlignTop)
        row.setAlignment(self._close, Qt.AlignmentFlag.AlignTop)
        column = down(row)
        column.setContentsMargins(12, 8, 4, 8)
        self.setLayout(column)
        listen(self, reading.notice_changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Show the present notice, or nothing."""
        notice, palette = self._reading.notice, self._appearance.palette
        self.setVisible(notice is not None)
        if notice is None:
            return
        colours = {
            NoticeKind.DONE: palette.done,
            NoticeKind.INFO: palette.accent,
            NoticeKind.TROUBLE: palette.urgent,
        }
        colour = colours[notice.kind]
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(pixmap(_ICONS[notice.kind], colour, 18, ratio))
        self._close.setText("×")
        self._close.setAccessibleName(self.tr("Close"))
        self.text.setText(self._appearance.text(notice.text))
        names = {
            "study.take_over": self.tr("Take over"),
            "study.undo_retake": self.tr("Call back"),
            "study.confirm_identity": self.tr("Confirm the person"),
            "report.overrule": self.tr("Say why"),
            "suggestion.reject": self.tr("Choose a reason"),
        }
        self._help.setVisible(notice.command is not None)
        self._help.setText(names.get(notice.command or "", ""))
        cap = self._commands.key(notice.command) if notice.command else ""
        self._cap.setText(cap)
        self._cap.setVisible(bool(cap))
        restyle(self, state=notice.kind.value)

    def _run(self) -> None:
        if self._reading.notice is not None and self._reading.notice.command is not None:
            self._commands.run(self._reading.notice.command)
