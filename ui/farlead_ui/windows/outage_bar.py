"""Over the whole window: the database is away, what works meanwhile, and what waits afterwards."""

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QWidget

from farlead.settings import Clock
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.keys import CommandsLike
from farlead_ui.outage import OutageModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import Clicks, across, down, key_cap, label, restyle


class OutageBar(QWidget):
    """Two lines, there only when there is something to tell; it never takes the keyboard.

    Parameters
    ----------
    outage : OutageModel
    commands : CommandsLike
    appearance : Appearance
    clock : callable returning the aware time
    """

    def __init__(
        self, outage: OutageModel, commands: CommandsLike, appearance: Appearance, clock: Clock
    ) -> None:
        super().__init__()
        self._outage, self._commands = outage, commands
        self._appearance, self._clock = appearance, clock
        self.setProperty("role", "outage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = label(bold=True)
        self.told = label(step="words", wrap=True)
        self.kept = label(step="words", bold=True)
        self._key = key_cap("")
        Clicks(self, lambda: commands.run("batch.open"), self._key, self.kept)
        row = across(down(self.title, 2, self.told), 16, self.kept, self._key, gap=8)
        row.setStretch(0, 1)
        row.setContentsMargins(16, 6, 16, 6)
        self.setLayout(row)
        listen(self, outage.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        beat = QTimer(self)
        beat.timeout.connect(self._tick)
        beat.start(1000)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Say how things stand."""
        outage = self._outage
        self.setVisible(outage.visible)
        away, kept = outage.away is not None, outage.kept
        state = "away" if away or outage.trouble is not None else "back"
        restyle(self, state=state)
        for part in (self.title, self.told, self.kept):
            restyle(part, on=state)
        self._tick()
        self.told.setText(self._said())
        counted = [
            self.tr("drafts {n}").format(n=kept.drafts) if kept.drafts else "",
            self.tr("ready to sign {n}").format(n=kept.ready) if kept.ready else "",
            self.tr("calls {n}").format(n=kept.calls) if kept.calls else "",
        ]
        self.kept.setText(" · ".join(filter(None, counted)))
        ready = not away and bool(kept.ready)
        self._key.setVisible(ready)
        self._key.setText(self._commands.key("batch.open"))

    def _said(self) -> str:
        if self._outage.trouble is not None:
            return self._appearance.text(self._outage.trouble)
        if self._outage.away is not None:
            return self.tr(
                "Studies that are in this station's cache can be read on. What you write, and"
                " reports ready to sign, are kept encrypted here; nothing is signed. It goes on"
                " by itself."
            )
        return self.tr("The claims were checked again. One PIN signs what is ready.")

    def _tick(self) -> None:
        outage = self._outage
        if outage.away is None:
            self.title.setText(self.tr("The database is back"))
            return
        past = int((self._clock() - outage.since).total_seconds()) if outage.since else 0
        self.title.setText(
            self.tr("The database does not answer · {t}").format(t=words.span(max(past, 0)))
        )
