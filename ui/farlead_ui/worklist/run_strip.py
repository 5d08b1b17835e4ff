"""One line under the filters while the batch is shown: done, left, pace, and how long it takes."""

from PySide6.QtCore import QEvent

from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.run import RunModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.waiting import Tab, WaitingModel
from farlead_ui.widgets import ElidedLabel, restyle


class RunStrip(ElidedLabel):
    """Says nothing outside the batch.

    Parameters
    ----------
    waiting : WaitingModel
    run : RunModel
    appearance : Appearance
    """

    def __init__(self, waiting: WaitingModel, run: RunModel, appearance: Appearance) -> None:
        super().__init__(step="words", tone="quiet")
        self._waiting, self._run = waiting, run
        self.setFixedHeight(28)
        listen(self, waiting.changed, self.refresh)
        listen(self, run.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Say how the run goes."""
        run = self._run
        self.setVisible(self._waiting.tab is Tab.BATCH)
        told = [self.tr("Done {n}").format(n=run.done), self.tr("left {n}").format(n=run.left)]
        pace = run.pace
        if pace is not None:
            told.append(self.tr("{n} s each").format(n=round(pace)))
            told.append(self.tr("about {t} more").format(t=words.span(round(pace * run.left))))
        if run.pause_due:
            told = [*told[:2], self.tr("time for a pause")]
        restyle(self, tone="urgent" if run.pause_due else "quiet")
        self.setText(" · ".join(told))
