"""Sign-in before a desk is opened: name and password, at a hub or after another reader."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from farlead.messages import Message
from farlead_ui.bridge import listen
from farlead_ui.icons import pixmap
from farlead_ui.tasks import Done, Outcome, Tasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label
from farlead_ui.windows.status import EVALUATION


class SignIn(QWidget):
    """Nothing of the store but what it says to a name and a password.

    Parameters
    ----------
    open_desk : callable
        Login and word to a desk; blocks, and is called in a worker thread.
    tasks : Tasks
    appearance : Appearance
    station : str
    login : str
        Whoever read here last.

    Signals
    -------
    entered(object)
        The desk that was opened.
    closed()
        The window was closed; nobody has signed in.
    """

    entered = Signal(object)
    closed = Signal()

    def __init__(
        self,
        open_desk: Callable[[str, str], object],
        tasks: Tasks,
        appearance: Appearance,
        station: str,
        login: str = "",
    ) -> None:
        super().__init__()
        self._open_desk, self._tasks = open_desk, tasks
        self._appearance, self._station = appearance, station
        self.checking, self.told = False, label(step="words", tone="critical", wrap=True)
        self._error: Message | None = None
        self.setWindowTitle("Farlead")
        self.setProperty("role", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(720, 520)
        self._icon = QLabel()
        self._icon.setFixedSize(44, 44)
        self._title, self._where = label(step="figure", bold=True), label(tone="quiet")
        self._login_word, self._word_word = label(step="words"), label(step="words")
        self.login, self.word = QLineEdit(login), QLineEdit()
        self.word.setEchoMode(QLineEdit.EchoMode.Password)
        self._enter = button("first")
        self._enter.clicked.connect(self._try)
        column = down(
            None, self._icon, 16, self._title, 4, self._where, 24, self._login_word, 4, self.login,
            12, self._word_word, 4, self.word, 8, self.told, 10, across(self._enter, None), None,
        )  # fmt: skip
        inside = QWidget()
        inside.setFixedWidth(360)
        inside.setLayout(column)
        self._mark = label(step="meta", tone="urgent", bold=True)
        foot = across(None, self._mark, None)
        foot.setContentsMargins(16, 5, 16, 5)
        self.setLayout(down(across(None, inside, None), foot))
        (self.word if login else self.login).setFocus()
        listen(self, appearance.changed, self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.isAutoRepeat():
            self._try()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        super().closeEvent(event)
        self.closed.emit()

    def refresh(self) -> None:
        """Say what is asked, and what became of the last try."""
        self._icon.setPixmap(
            pixmap("lock", self._appearance.palette.quiet, 40, self.devicePixelRatioF())
        )
        self._title.setText(self.tr("Sign in"))
        self._where.setText(self._station)
        self._login_word.setText(self.tr("Account"))
        self._word_word.setText(self.tr("Password; without one, the PIN of your certificate"))
        self._enter.setText(self.tr("Signing in …") if self.checking else self.tr("Sign in  Enter"))
        self._enter.setEnabled(not self.checking)
        for field in (self.login, self.word):
            field.setReadOnly(self.checking)
        self.told.setVisible(self._error is not None)
        self.told.setText(self._appearance.text(self._error) if self._error is not None else "")
        self._mark.setText(self._appearance.text(EVALUATION))

    def _try(self) -> None:
        login, word = self.login.text().strip(), self.word.text()
        if self.checking:
            return
        if not login or not word:
            (self.word if login else self.login).setFocus()
            return
        self.checking, self._error = True, None
        self.refresh()
        self._tasks.ordered("sign_in", lambda: self._open_desk(login, word), self._tried)

    def _tried(self, outcome: Outcome[object]) -> None:
        self.checking = False
        if isinstance(outcome, Done):
            self.word.clear()
            self.entered.emit(outcome.value)
            return
        self._error = outcome.error.reason
        self.refresh()
        self.word.selectAll()
        self.word.setFocus()
