"""The arrivals' place: lower right, above the action bar; over other windows while ours is away.

Where they would lie over what is being asked, typed or looked up, and while the station is locked,
one line with their number stands for them, at a place where it hides nothing of that either.
"""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from shiboken6 import isValid

from farlead.model.study import Severity
from farlead.settings import Clock
from farlead_ui.alerts.card import HEIGHT, LOW, WIDTH, ArrivalCard
from farlead_ui.arrivals import MOST, ArrivalsModel
from farlead_ui.bridge import listen
from farlead_ui.keys import CommandsLike
from farlead_ui.signing import Panel, SigningModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import ACTION_BAR, HEAD_LINE, INSET, STATUS_LINE
from farlead_ui.widgets import down, restyle

_GAP, _LINE = 8, 32
_STANDS_ELSEWHERE = {QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize, QEvent.Type.Move}
_OVER_OTHERS = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowDoesNotAcceptFocus
)


class CardStack(QWidget):
    """At most three cards, the most urgent on top, and how many more there are.

    Parameters
    ----------
    window : QWidget
        The main window.
    arrivals : ArrivalsModel
    signing : SigningModel
        What is asked beside the action bar is never covered.
    notice : QWidget
        What is told to the reader, over the action bar: never covered either.
    commands : CommandsLike
    appearance : Appearance
    clock : callable returning the aware time
    over_others : bool
        A window of its own, there while the main window is behind others or minimised; else a
        part of the main window, there while that has the screen.
    """

    def __init__(
        self,
        window: QWidget,
        arrivals: ArrivalsModel,
        signing: SigningModel,
        notice: QWidget,
        commands: CommandsLike,
        appearance: Appearance,
        clock: Clock,
        *,
        over_others: bool = False,
    ) -> None:
        super().__init__(None if over_others else window)
        if over_others:
            self.setWindowFlags(_OVER_OTHERS)
            self.setWindowTitle("Farlead")
            window.destroyed.connect(self.deleteLater)
        self._window, self._arrivals, self._signing = window, arrivals, signing
        self._notice, self._commands, self._appearance = notice, commands, appearance
        self._free: list[QWidget] = []  # what is never covered while it is seen
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cards = [
            ArrivalCard(n, arrivals, appearance, clock, lambda n=n: commands.key(f"card.{n + 1}"))  # type: ignore[misc]
            for n in range(MOST)
        ]
        for card in self.cards:
            card.taken.connect(self._take)
        self.line = self._counter()
        self.setLayout(down(self.line, *self.cards, gap=_GAP))
        listen(self, arrivals.changed, self.follow)
        listen(self, signing.panel_changed, self.follow)
        listen(self, signing.locked_changed, self.follow)
        listen(self, appearance.changed, self._tick)
        self._soon = QTimer(self)  # after what is being shown or hidden has been
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.follow)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.applicationStateChanged.connect(self._moved)
            application.focusChanged.connect(self._moved)
        beat = QTimer(self)
        beat.timeout.connect(self._tick)
        beat.start(1000)
        self.follow()

    @property
    def folded(self) -> bool:
        """Whether only their number is shown."""
        if self._signing.locked_since is not None or self._signing.panel is not Panel.NONE:
            return True
        return self._hides(self._place(self._full()))

    def keep_free(self, *parts: QWidget) -> None:
        """What lies over the window, or comes up while something is typed: it is never covered."""
        for part in parts:
            self._free.append(part)
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in _STANDS_ELSEWHERE:
            self.later()
        return super().eventFilter(watched, event)

    def follow(self) -> None:
        """Show what waits, where it belongs; asked for when the window changes its size, too."""
        if not isValid(self._window):
            return  # it goes away a moment after the main window
        if self._away is not self.isWindow():
            self.hide()
            return
        count = len(self._arrivals.cards)
        waiting = self._arrivals.waiting
        wanted = count or (self._signing.locked_since is not None and any(waiting.values()))
        if not wanted:
            self.hide()
            return
        folded = self.folded
        for n, card in enumerate(self.cards):
            card.setVisible(not folded and n < count)
            card.fit()
        self._say(waiting, folded=folded)
        self._put(self._line_place() if folded else self._place(self._full()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self._tick()
            self.follow()
        super().changeEvent(event)

    def later(self) -> None:
        """Follow once what is being shown or hidden around it has its place."""
        self._soon.start()

    def _moved(self, *_what: object) -> None:
        """Another window, or another place in ours, has the keyboard."""
        self.later()

    # -- parts

    def _counter(self) -> QLabel:
        made = QLabel()
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.setProperty("role", "arrivals")
        made.setFixedSize(WIDTH, _LINE)
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return made

    def _say(self, waiting: dict[Severity, int], *, folded: bool) -> None:
        more = self._arrivals.more
        critical, urgent = waiting[Severity.CRITICAL], waiting[Severity.URGENT]
        if folded:
            told = self.tr("Waiting: ▲ {critical}  ◆ {urgent}").format(
                critical=critical, urgent=urgent
            )
        else:
            told = self.tr("{n} more urgent studies").format(n=more)
        self.line.setText(told)
        restyle(self.line, tone="critical" if critical else "urgent")
        self.line.setVisible(folded or more > 0)

    def _full(self) -> int:
        count = len(self._arrivals.cards)
        line = _LINE + _GAP if self._arrivals.more else 0
        full = self._arrivals.full
        return line + full * HEIGHT + (count - full) * LOW + (count - 1) * _GAP

    # -- place

    @property
    def _away(self) -> bool:
        """Whether our window is behind others or minimised: the cards stand over those then."""
        inactive = QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationInactive
        return self._window.isVisible() and (inactive or self._window.isMinimized())

    def _place(self, height: int) -> QRect:
        left = self._window.width() - WIDTH - INSET
        return QRect(left, self._floor - height, WIDTH, height)

    def _line_place(self) -> QRect:
        """Where the line hides nothing: at the foot, else over what lies in the middle."""
        low = self._place(_LINE)
        high = low.translated(0, HEAD_LINE + _GAP - low.top())
        return high if self._hides(low) and not self._hides(high) else low

    def _hides(self, area: QRect) -> bool:
        """Whether something is there that must be seen."""
        focus = QApplication.focusWidget()
        typed = [focus] if isinstance(focus, QLineEdit | QTextEdit | QPlainTextEdit) else []
        seen = (part for part in (*self._free, *typed) if isValid(part) and part.isVisible())
        here = (part for part in seen if part.window() is self._window)
        return any(
            QRect(part.mapTo(self._window, QPoint(0, 0)), part.size()).intersects(area)
            for part in here
        )

    @property
    def _floor(self) -> int:
        """Where the lowest card ends: over the action bar and over what is told."""
        floor = self._window.height() - STATUS_LINE - ACTION_BAR
        if self._notice.isVisible() and self._notice.window() is self._window:
            floor = min(floor, self._notice.mapTo(self._window, QPoint(0, 0)).y())
        return floor - _GAP

    def _put(self, place: QRect) -> None:
        if self.isWindow():
            area = self._window.screen().availableGeometry()
            corner = QPoint(area.right() - WIDTH - INSET, area.bottom() - place.height() - INSET)
            self.setGeometry(QRect(corner, place.size()))
        else:
            self.setGeometry(place)
        self.show()
        if not self.isWindow():
            self.raise_()

    def _tick(self) -> None:
        for card in self.cards:
            card.update()

    def _take(self, place: int) -> None:
        """A click on a card over other windows brings ours back."""
        if self._away:
            self._window.setWindowState(
                self._window.windowState() & ~Qt.WindowState.WindowMinimized
            )
            self._window.activateWindow()
        self._commands.run(f"card.{place + 1}")
