"""The bar and the column of critical values in the window."""

from PySide6.QtWidgets import QApplication, QWidget

from farlead_ui.alerts.bar import CaseBar
from farlead_ui.alerts.column import WIDTH, CaseColumn
from farlead_ui.bridge import listen
from farlead_ui.cases import CasesModel
from farlead_ui.keys import CommandsLike
from farlead_ui.signing import SigningModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, line

#: Width that the column takes from the sheet, with its line.
CASE_WIDTH = WIDTH + 1


class CaseRoom(QWidget):
    """The column with its line; `bar` goes over the whole window.

    Parameters
    ----------
    cases : CasesModel
    signing : SigningModel
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
        self.bar = CaseBar(cases, signing, commands, appearance)
        self.column = CaseColumn(cases, appearance)
        self._cases = cases
        listen(self, cases.alarmed, self._rouse)
        self.setLayout(across(line(vertical=True), self.column, gap=0))
        self.follow()

    @property
    def room(self) -> int:
        """Width that it takes from the sheet."""
        return CASE_WIDTH if self._cases.visible else 0

    def _rouse(self) -> None:
        """A mark of the clock concerns this seat: a sound, and the window asks to be looked at."""
        QApplication.beep()
        QApplication.alert(self.window())

    def follow(self) -> None:
        """There while a case is shown or declared."""
        self.setVisible(self._cases.visible)
