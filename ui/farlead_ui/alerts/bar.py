"""The bar of open cases: on every screen until each has ended; it never takes the keyboard."""

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from farlead.model.critical import CriticalCase
from farlead.model.lives import CaseState
from farlead_ui import words
from farlead_ui.alerts import wording
from farlead_ui.bridge import listen
from farlead_ui.cases import CasesModel
from farlead_ui.keys import CommandsLike
from farlead_ui.signing import SigningModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across

HEIGHT = 34
# So many cases are named; the others are a number.
_NAMED = 3


class CaseBar(QWidget):
    """One line over the whole window.

    Parameters
    ----------
    cases : CasesModel
    signing : SigningModel
        While the station is locked only the number and the longest clock are shown.
    commands : CommandsLike
    appearance : Appearance
    """

    def __init__(
        self,
        cases: CasesModel,
        signing: SigningModel,
        commands: CommandsLike,
        appearance: Appearance,
    ) -> None:
        super().__init__()
        self._cases, self._signing = cases, signing
        self._commands, self._appearance = commands, appearance
        self.setProperty("role", "cases")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setProperty("part", "title")
        self.chips = [self._chip(place) for place in range(_NAMED)]
        self._more, self._key = QLabel(), QLabel()
        row: QHBoxLayout = across(self.title, *self.chips, self._more, None, self._key, gap=12)
        row.setContentsMargins(16, 0, 16, 0)
        self.setLayout(row)
        listen(self, cases.changed, self.refresh)
        listen(self, cases.shown_changed, self.refresh)
        listen(self, signing.locked_changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        beat = QTimer(self)
        beat.timeout.connect(self.refresh)
        beat.start(1000)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Say what is open and for how long."""
        cases = self._cases.open
        self.setVisible(bool(cases))
        if not cases:
            return
        locked = self._signing.locked_since is not None
        title = self.tr("▲ Critical values open: {n}").format(n=len(cases))
        longest = words.span(int(self._cases.elapsed(cases[0]).total_seconds()))
        if locked:
            title += "  " + self.tr("longest {t}").format(t=longest)
        self.title.setText(title)
        shown = cases[:_NAMED] if not locked else ()
        for place, chip in enumerate(self.chips):
            chip.setVisible(place < len(shown))
            if place < len(shown):
                chip.setText(self._said(shown[place]))
        more = len(cases) - len(shown) if shown else 0
        self._more.setText(self.tr("{n} more").format(n=more) if more else "")
        key = self._commands.key("case.next")
        self._key.setText("" if locked else self.tr("next {key}").format(key=key))

    def _said(self, case: CriticalCase) -> str:
        seconds = int(self._cases.elapsed(case).total_seconds())
        parts = [wording.person(case), words.plain(case.unit.name)]
        if case.escalations:
            last = case.escalations[-1].mark
            parts.append(wording.tells(last))
        said = self._appearance.joined(parts)
        if case.state is CaseState.SUSPECTED:
            told = self.tr("suspected: {who}  {t} past")
            return told.format(who=said, t=words.span(seconds))
        return self.tr("{who}  {t} past").format(who=said, t=words.span(seconds))

    def _chip(self, place: int) -> QPushButton:
        made = QPushButton()
        made.setProperty("role", "case")
        made.setAutoDefault(False)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.clicked.connect(lambda: self._show(place))
        return made

    def _show(self, place: int) -> None:
        if place < len(self._cases.open):
            self._cases.show(self._cases.open[place].id)
