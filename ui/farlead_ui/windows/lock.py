"""The locked station: nothing clinical, only who holds what and how long it still holds.

Before log-in it says only whose PIN opens the desk.
"""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from farlead.model.study import Severity
from farlead.model.worklist import severity
from farlead.settings import Clock
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.icons import pixmap
from farlead_ui.reading import ReadingModel
from farlead_ui.signing import SigningModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label, line, restyle


class LockScreen(QWidget):
    """Covers the whole window until the PIN is given.

    Parameters
    ----------
    reading : ReadingModel
    signing : SigningModel
    appearance : Appearance
    clock : callable returning the aware time

    Signals
    -------
    leave()
        Somebody else wants to read here.
    """

    leave = Signal()

    def __init__(
        self,
        reading: ReadingModel,
        signing: SigningModel,
        appearance: Appearance,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._reading, self._signing = reading, signing
        self._appearance, self._clock = appearance, clock
        self.setProperty("role", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon = QLabel()
        self._icon.setFixedSize(44, 44)
        self._title = label(step="figure", bold=True)
        self._who, self._since = label(), label(step="words", tone="quiet")
        self.pin = QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.error = label(step="words", tone="critical", wrap=True)
        self._unlock, self.other = button("first"), button("quiet")
        self._unlock.clicked.connect(self._try)
        self.other.clicked.connect(self.leave.emit)
        self._facts = [(label(), label()) for _ in range(3)]
        column = down(
            None, self._icon, 16, self._title, 4, self._who, self._since, 24, self.pin,
            self.error, 10, across(self._unlock, self.other, None), 32, self._table(),
        )  # fmt: skip
        column.addStretch(2)
        inside = QWidget()
        inside.setFixedWidth(360)
        inside.setLayout(column)
        self._time = label(step="meta", bold=True)
        foot = across(label("Farlead", step="meta", bold=True), None, self._time)
        foot.setContentsMargins(16, 5, 16, 5)
        self.setLayout(down(across(None, inside, None), line(), foot))
        listen(self, signing.locked_changed, self._begin)
        listen(self, signing.panel_changed, self.refresh)
        listen(self, reading.waiting.changed, self.refresh)
        beat = QTimer(self)
        beat.timeout.connect(self.refresh)
        beat.start(1000)
        self.refresh()

    def _table(self) -> QWidget:
        column = down(line())
        for name, value in self._facts:
            row = across(name, None, value)
            row.setContentsMargins(0, 7, 0, 7)
            column.addLayout(row)
            column.addWidget(line())
        self.facts = QWidget()
        self.facts.setLayout(column)
        return self.facts

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.isAutoRepeat():
            self._try()
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Say what may be said."""
        since = self._signing.locked_since
        if since is None:
            return
        desk = self._reading.desk
        self._time.setText(self._clock().astimezone().strftime("%H:%M:%S"))
        self._icon.setPixmap(
            pixmap("lock", self._appearance.palette.quiet, 40, self.devicePixelRatioF())
        )
        known = self._signing.logged_in
        self._title.setText(self.tr("Locked") if known else self.tr("Log in"))
        self._who.setText(f"{desk.account.name} · {desk.station}")
        locked = self.tr("since {t}").format(t=words.clock_time(since))
        self._since.setText(
            locked if known else self.tr("account {login}").format(login=desk.account.login)
        )
        pin = self.tr("PIN of your certificate")
        self.pin.setPlaceholderText(self.tr("Password") if desk.by_password else pin)
        self.other.setText(self.tr("Another reader"))
        self._unlock.setText(self.tr("Unlock  Enter") if known else self.tr("Log in  Enter"))
        self.facts.setVisible(known)
        error = self._signing.panel_error
        self.error.setVisible(error is not None)
        self.error.setText(self._appearance.text(error) if error else "")
        if not known:
            return
        for (name, value), (title, told, tone) in zip(self._facts, self._told(), strict=True):
            name.setText(title)
            value.setText(told)
            restyle(value, tone=tone)

    def _told(self) -> list[tuple[str, str, str]]:
        job = self._reading.in_hand
        claim = job.claim if job is not None and not self._reading.lost else None
        afterwards = self.tr("draft saved, study back in the list")
        if claim is None:
            held = afterwards = self.tr("nothing")
        elif claim.until > self._clock():
            held = self.tr("1 study, kept until {t}").format(t=words.clock_time(claim.until))
        else:
            held = self.tr("1 study, back in the list")
        waiting = self._reading.waiting
        now = self._clock()
        free = [row for row in waiting.rows() if row.claim is None]
        critical = sum(1 for row in free if severity(row, now) is Severity.CRITICAL)
        told = self.tr("▲ {n} unclaimed").format(n=critical) if critical else self.tr("none")
        return [
            (self.tr("In hand"), held, ""),
            (self.tr("Afterwards"), afterwards, ""),
            (self.tr("Critical"), told, "critical" if critical else ""),
        ]

    def _begin(self) -> None:
        self.pin.clear()
        if self._signing.locked_since is not None:
            self.refresh()
            self.pin.setFocus()

    def _try(self) -> None:
        if self.pin.text():
            self._signing.give_pin(self.pin.text())
            self.pin.selectAll()
