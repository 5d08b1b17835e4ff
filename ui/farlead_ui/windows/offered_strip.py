"""Above the report: what a colleague wrote about this study while the database was away."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame

from farlead.messages import Language
from farlead.model.outage import Offered
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.keys import CommandsLike
from farlead_ui.outage import OfferedModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import INSET
from farlead_ui.widgets import Clicks, across, down, key_cap, label


class OfferedStrip(QFrame):
    """Who wrote it, when and where, the text, and the key that takes it into the draft.

    Parameters
    ----------
    offered : OfferedModel
    commands : CommandsLike
    appearance : Appearance
    """

    def __init__(
        self, offered: OfferedModel, commands: CommandsLike, appearance: Appearance
    ) -> None:
        super().__init__()
        self._offered, self._commands, self._appearance = offered, commands, appearance
        self.setProperty("role", "review")
        self.setProperty("state", "changed")
        self.title = label(bold=True, wrap=True)
        self.lines = label(step="words", wrap=True)
        self._act, self._key = label(step="words", tone="quiet"), key_cap("")
        Clicks(self, lambda: commands.run("report.adopt"), self._act, self._key)
        self._row = across(self._key, self._act, None, gap=8)
        column = down(self.title, 2, self.lines, 4, self._row)
        column.setContentsMargins(INSET, 8, INSET, 8)
        self.setLayout(column)
        listen(self, offered.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Say what was offered."""
        texts = self._offered.texts
        self.setVisible(bool(texts))
        if not texts:
            return
        newest, more = texts[0], len(texts) - 1
        told = self.tr("Written by {reader} while the database was away · {t} · {station}").format(
            reader=words.plain(newest.reader),
            t=words.clock_time(newest.written),
            station=words.plain(newest.station),
        )
        also = self.tr("and {n} more").format(n=more)
        self.title.setText(f"{told} · {also}" if more else told)
        self.lines.setText(self._said(newest))
        self._act.setText(self.tr("take it into the draft"))
        self._key.setText(self._commands.key("report.adopt"))

    def _said(self, offered: Offered) -> str:
        chinese = self._appearance.language is Language.ZH
        lines = [line.zh if chinese else line.en for line in offered.draft.statements]
        texts = [*lines, offered.draft.findings, offered.draft.conclusion]
        return words.plain(" · ".join(text.strip() for text in texts if text.strip()))
