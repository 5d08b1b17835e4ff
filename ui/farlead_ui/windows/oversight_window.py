"""A window for who oversees: connections or numbers, behind a name and a password."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMainWindow, QStackedWidget, QWidget

from farlead.messages import Language
from farlead.services import Overlook
from farlead_ui.bridge import listen
from farlead_ui.tasks import Done, Outcome, Tasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import Look
from farlead_ui.widgets import across, down, label, panel


class OversightWindow(QMainWindow):
    """F8 language, F9 day or night, Ctrl+Q ends it.

    Parameters
    ----------
    login : str
    enter : callable
        Signs in with a password; blocks.
    body : callable
        Makes what is shown to who has signed in.
    title : callable
        Name of the window, in its language.
    tasks : Tasks
    appearance : Appearance
    """

    def __init__(
        self,
        login: str,
        enter: Callable[[str], Overlook],
        body: Callable[[Overlook], QWidget],
        title: Callable[[], str],
        tasks: Tasks,
        appearance: Appearance,
    ) -> None:
        super().__init__()
        self._login, self._enter, self._body = login, enter, body
        self._title_of, self._tasks, self._appearance = title, tasks, appearance
        self.setWindowTitle("Farlead")
        self.setMinimumSize(1100, 640)
        self._title = label(step="section", bold=True)
        self._who, self.told = label(step="words", tone="quiet"), label(tone="critical", wrap=True)
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setFixedWidth(360)
        self.password.returnPressed.connect(self.sign_in)
        self.told.setFixedWidth(360)
        self.pages = QStackedWidget()
        asking = QWidget()
        middle = down(None, self.password, 8, self.told, None)
        asking.setLayout(across(None, middle, None))
        self.pages.addWidget(asking)
        whole = panel()
        column = down(across(self._title, 12, self._who, None), 10, self.pages)
        column.setContentsMargins(24, 16, 24, 16)
        column.setStretchFactor(self.pages, 1)
        whole.setLayout(column)
        self.setCentralWidget(whole)
        listen(self, appearance.changed, self._reword)
        self._reword()
        self.password.setFocus()

    def sign_in(self) -> None:
        """Try what was typed."""
        password = self.password.text()
        self.password.clear()
        self._tasks.ordered("sign in", partial(self._enter, password), self._entered)

    def _entered(self, outcome: Outcome[Overlook]) -> None:
        if not isinstance(outcome, Done):
            self.told.setText(self._appearance.text(outcome.error.reason))
            return
        self._who.setText(outcome.value.account.name)
        body = self._body(outcome.value)
        self.pages.addWidget(body)
        self.pages.setCurrentWidget(body)
        body.setFocus()

    def _reword(self) -> None:
        self._title.setText(self._title_of())
        asked = self.tr("Password of {login}; Enter")
        self.password.setPlaceholderText(asked.format(login=self._login))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "told"):
            self._reword()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        appearance, key = self._appearance, Qt.Key(event.key())
        if key == Qt.Key.Key_Q and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.close()
        elif key == Qt.Key.Key_F8:
            chinese = appearance.language is Language.ZH
            appearance.language = Language.EN if chinese else Language.ZH
        elif key == Qt.Key.Key_F9:
            night = appearance.look is Look.NIGHT
            appearance.look = Look.DAY if night else Look.NIGHT
        else:
            super().keyPressEvent(event)
