"""Status line: seat and reader, sources, deliveries, where the keyboard is, the time."""

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from farlead.messages import Message, message
from farlead.settings import Clock
from farlead_ui.bridge import listen
from farlead_ui.icons import icon
from farlead_ui.keys import CommandsLike
from farlead_ui.reading import ReadingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import STATUS_LINE, Look
from farlead_ui.widgets import Clicks, across, button, down, key_cap, label, line, restyle

# What the demonstration and every unregistered build says, in both languages.
EVALUATION = message("shell.evaluation")


class StatusLine(QWidget):
    """28 px at the foot of the window.

    Parameters
    ----------
    reading : ReadingModel
    commands : CommandsLike
    appearance : Appearance
    clock : callable returning the aware time
    """

    def __init__(
        self,
        reading: ReadingModel,
        commands: CommandsLike,
        appearance: Appearance,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._reading, self._commands = reading, commands
        self._appearance, self._clock = appearance, clock
        self._place = ""
        self._service: Message | None = None
        self.setProperty("role", "status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(STATUS_LINE)
        self._name = label("Farlead", step="meta", bold=True)
        self._seat, self._sources, self._delivery = (label(step="meta") for _ in range(3))
        self._mark = label(step="meta", tone="urgent", bold=True)
        self._interrupted = label(step="meta", bold=True)
        self._keyboard_word, self._keyboard = label(step="meta", tone="quiet"), label(step="meta")
        self._palette_word, self._keys_word = (label(step="meta", tone="quiet") for _ in range(2))
        self._palette_key, self._keys_key = _small_cap(), _small_cap()
        self._time = label(step="meta", bold=True)
        self._look, self._lock = button("quiet"), button("quiet")
        self._look.clicked.connect(lambda: commands.run("seat.look"))
        self._lock.clicked.connect(lambda: commands.run("seat.lock"))
        Clicks(self, lambda: commands.run("seat.palette"), self._palette_key, self._palette_word)
        Clicks(self, lambda: commands.run("seat.keys"), self._keys_key, self._keys_word)
        row = across(
            self._name, 12, self._seat, 12, self._sources, 12, self._delivery, 12, self._mark,
            12, self._interrupted, None,
            self._keyboard_word, self._keyboard, 16,
            self._palette_key, self._palette_word, 8, self._keys_key, self._keys_word, 8,
            self._look, self._lock, 4, self._time, gap=6,
        )  # fmt: skip
        row.setContentsMargins(16, 0, 16, 0)
        self.setLayout(down(line(), row))
        listen(self, appearance.changed, self.refresh)
        listen(self, reading.waiting.changed, self._follow)
        beat = QTimer(self)
        beat.timeout.connect(self._tick)
        beat.start(1000)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def keyboard_at(self, place: str) -> None:
        """Say where the keyboard is."""
        self._place = place
        self._keyboard.setText(place)

    def service(self, told: Message | None) -> None:
        """Say something about the background service; None when all is well."""
        self._service = told
        self.refresh()

    def refresh(self) -> None:
        """Say all anew."""
        desk = self._reading.desk
        self._seat.setText(f"{desk.station} · {desk.account.name}")
        self._follow()
        self._mark.setText(self._appearance.text(EVALUATION))
        self._keyboard_word.setText(self.tr("keyboard"))
        self._keyboard.setText(self._place)
        self._palette_key.setText(self._commands.key("seat.palette"))
        self._keys_key.setText(self._commands.key("seat.keys"))
        self._palette_word.setText(self.tr("commands"))
        self._keys_word.setText(self.tr("keys"))
        self._look.setAccessibleName(self.tr("Day or night"))
        self._look.setToolTip(f"{self.tr('Day or night')}  {self._commands.key('seat.look')}")
        self._lock.setAccessibleName(self.tr("Lock"))
        self._lock.setToolTip(f"{self.tr('Lock')}  {self._commands.key('seat.lock')}")
        night = self._appearance.look is Look.NIGHT
        colour = self._appearance.palette.quiet
        self._look.setIcon(icon("sun" if night else "moon", colour, 14))
        self._lock.setIcon(icon("lock", colour, 14))
        self._tick()

    def _follow(self) -> None:
        """Say what the list tells: units, deliveries."""
        worklist, trouble = self._reading.waiting.worklist, self._reading.waiting.trouble
        if self._service is not None or trouble is not None:
            shown = self._service or trouble
            self._sources.setText(self._appearance.text(shown) if shown is not None else "")
            restyle(self._sources, tone="urgent")
        else:
            sources = worklist.sources if worklist else ()
            live = sum(1 for s in sources if s.seen is not None and s.trouble is None)
            told = self.tr("units live {n} / {all}").format(n=live, all=len(sources))
            self._sources.setText(told if sources else "")
            restyle(self._sources, tone="quiet")
        self._say_deliveries()
        row = self._reading.waiting.row(self._reading.waiting.interrupted)
        key = self._commands.key("study.back_to_interrupted")
        told = self.tr("interrupted {number}  {key}").format(
            number=row.study.number if row is not None else "", key=key
        )
        self._interrupted.setText(told if row is not None else "")

    def _say_deliveries(self) -> None:
        worklist = self._reading.waiting.worklist
        if worklist is None:
            self._delivery.setText("")
            return
        sent = worklist.deliveries_sent
        told = self.tr("to deliver {n}").format(n=worklist.deliveries_waiting - sent)
        if sent:
            told += " · " + self.tr("sent, unconfirmed {n}").format(n=sent)
        if worklist.deliveries_parked:
            told += " · " + self.tr("parked {n}").format(n=worklist.deliveries_parked)
        self._delivery.setText(told)
        restyle(self._delivery, tone="urgent" if worklist.deliveries_parked else "quiet")

    def _tick(self) -> None:
        self._time.setText(self._clock().astimezone().strftime("%H:%M:%S"))


def _small_cap() -> QLabel:
    cap = key_cap("")
    cap.setFixedHeight(18)
    return cap
