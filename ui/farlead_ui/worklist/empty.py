"""The empty list: how studies come in, and whether the sources live."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from farlead.settings import Clock
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import INSET
from farlead_ui.waiting import Tab, WaitingModel
from farlead_ui.widgets import ElidedLabel, down, label, line


class EmptyList(QWidget):
    """What stands in the place of rows when there are none."""

    def __init__(self, waiting: WaitingModel, appearance: Appearance, clock: Clock) -> None:
        super().__init__()
        self._waiting, self._appearance, self._clock = waiting, appearance, clock
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = label(step="section", bold=True, wrap=True)
        self._text = label(tone="quiet", wrap=True)
        self._sources_title = label(step="words", tone="quiet")
        self._sources = QGridLayout()
        self._sources.setContentsMargins(0, 0, 0, 0)
        self._sources.setVerticalSpacing(6)
        self._sources.setColumnStretch(1, 1)
        column = down(self._title, 6, self._text, 24, self._sources_title, 6, line(), 6)
        column.addLayout(self._sources)
        column.addStretch(1)
        column.setContentsMargins(INSET, 32, INSET, INSET)
        self.setLayout(column)
        listen(self, waiting.changed, self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Say why nothing is listed."""
        title, text = self._why()
        self._title.setText(title)
        self._text.setText(text)
        sources = self._waiting.worklist.sources if self._waiting.worklist else ()
        self._sources_title.setVisible(bool(sources))
        self._sources_title.setText(self.tr("Sources"))
        while (item := self._sources.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.deleteLater()
        for place, source in enumerate(sources):
            name = ElidedLabel()
            name.setText(source.name)
            trouble = self._appearance.text(source.trouble) if source.trouble else ""
            state = trouble or words.ago(source.seen, self._clock())
            shown = label(state, tone="urgent" if trouble else "quiet", wrap=bool(trouble))
            shown.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._sources.addWidget(name, place, 0)
            self._sources.addWidget(shown, place, 1)
        self._sources.setColumnStretch(0, 1)

    def _why(self) -> tuple[str, str]:
        waiting = self._waiting
        if waiting.worklist is None and waiting.trouble is not None:
            return self.tr("The list cannot be read"), self._appearance.text(waiting.trouble)
        if waiting.worklist is None:
            return self.tr("Reading the list …"), ""
        if waiting.filter.unit or waiting.filter.kind:
            told = self.tr("The filters above hide the others.")
            return self.tr("Nothing passes the filters"), told
        titles = {
            Tab.INSTANT: self.tr("Nothing is waiting"),
            Tab.BATCH: self.tr("No routine ECG is waiting"),
            Tab.MINE: self.tr("You hold no study"),
            Tab.REVIEW: self.tr("No report waits for its second signature"),
        }
        told = self.tr(
            "When a unit uploads, the study appears here by itself; "
            "critical ones go to the top. There is nothing to refresh."
        )
        return titles[waiting.tab], told
