"""What does not fit in the report, told while it is written; and how to let it stand."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from farlead_ui.bridge import listen
from farlead_ui.keys import CommandsLike
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import INSET
from farlead_ui.widgets import across, button, down, key_cap, label
from farlead_ui.writing import WritingModel


class Doubts(QWidget):
    """The first thing that does not fit, how many more there are, and the word that overrules."""

    def __init__(
        self, writing: WritingModel, commands: CommandsLike, appearance: Appearance
    ) -> None:
        super().__init__()
        self._writing, self._commands, self._appearance = writing, commands, appearance
        self.text = label(step="words", tone="urgent", wrap=True)
        self._stand = button("quiet")
        self._stand.clicked.connect(lambda: commands.run("report.overrule"))
        self._key = key_cap("")
        self._act = QWidget()
        self._act.setLayout(across(self._stand, self._key, None, gap=6))
        column = down(self.text, self._act, gap=2)
        column.setContentsMargins(40, 4, INSET, 6)
        self.setLayout(column)
        listen(self, writing.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Follow what was found."""
        found = self._writing.contradictions
        self.setVisible(bool(found))
        if not found:
            return
        more = len(found) - 1
        told = self._appearance.text(found[0].told)
        behind = self.tr(" and {n} more").format(n=more) if more else ""
        self.text.setText(told + behind)
        self._act.setVisible(self._writing.contradictable)
        self._stand.setText(self.tr("Let it stand"))
        self._key.setText(self._commands.key("report.overrule"))
