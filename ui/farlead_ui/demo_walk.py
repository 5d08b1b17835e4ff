"""The reading of a few studies by keyboard alone, through the real window, with pictures.

Keys go in, what the reader would see is waited for; nothing is done past the window. Studies
are taken in, screened and delivered by the serving child, as in daily use.
"""

import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from farlead.desk import Desk
from farlead.errors import FarleadError
from farlead.messages import Language, message
from farlead.model.study import Kind, ScreeningState
from farlead.services import open_desk, verify_report
from farlead.settings import Settings
from farlead_ui.app import standing
from farlead_ui.compose import Station
from farlead_ui.seat import SeatMemory
from farlead_ui.taking import InHand

_Key = Qt.Key
_CTRL = Qt.KeyboardModifier.ControlModifier
_NONE = Qt.KeyboardModifier.NoModifier
_SIZE = (1920, 1080)
_STEP_MILLISECONDS = 20
_MOST_STUDIES = 40
_MOST_TABS = 6
_IMAGES = (Kind.ULTRASOUND, Kind.CT, Kind.MR)
_ADVICE = "qjhlc"  # initials of “correlate with the clinical picture”: true of every study

#: Seconds that one step may take; a machine under load is slow, not broken.
PATIENCE = 60.0


class WalkFailed(FarleadError):
    """A step of the walk did not come to its end; the reason names it."""


class Walk:
    """One walk.

    Parameters
    ----------
    settings : Settings
        Of a demonstration whose inboxes are filled.
    output : Path
        Folder for the pictures and the signed reports.
    login, pin : str
        Who reads.
    arrivals : int
        How many files were left in the inboxes.
    tell : callable
        Takes each line that says what was done.
    """

    def __init__(
        self,
        settings: Settings,
        output: Path,
        login: str,
        pin: str,
        arrivals: int,
        tell: Callable[[str], None],
    ) -> None:
        self._settings, self._output = settings, output
        self._login, self._pin, self._arrivals, self._tell = login, pin, arrivals, tell
        self._pictures = 0
        self._photographed: set[Kind] = set()

    def run(self) -> None:
        """Walk; WalkFailed when a step does not end, or a report does not verify."""
        self._output.mkdir(parents=True, exist_ok=True)
        for old in (*self._output.glob("*.png"), *self._output.glob("*.pdf")):
            old.unlink()
        with open_desk(self._settings, self._login) as desk:
            memory = SeatMemory(login=self._login)
            with standing(desk, self._settings, memory) as station:
                station.window.resize(*_SIZE)
                station.window.show()
                try:
                    self._log_in(station)
                    self._read(desk, station)
                except WalkFailed:
                    self._picture(station, "failed")
                    if station.reading.notice is not None:
                        self._tell(station.reading.notice.text.text(self._settings.language))
                    raise
                finally:
                    station.window.close()
        self._verify()

    def _read(self, desk: Desk, station: Station) -> None:
        self._wait("list", lambda: self._all_in(station))
        self._picture(station, "list")
        self._press(_Key.Key_N)
        self._opened(station)
        self._picture(station, "most-urgent")
        self._photograph(station)
        self._sign(station, pictures=True)
        self._look_at_an_ecg(station)
        self._sign(station)
        for kind in _IMAGES:
            waiting = any(row.study.kind is kind for row in station.waiting.rows())
            if waiting and kind not in self._photographed:
                self._seek(station, partial(_in_hand, station, kind))
                self._photograph(station)
        self._sign(station)
        self._other_looks(station)
        self._press(_Key.Key_Backspace)
        self._wait("delivery", lambda: not self._undelivered(desk))
        self._picture(station, "delivered")

    def _log_in(self, station: Station) -> None:
        """The PIN opens key and desk; before it nothing of a study is shown."""
        self._wait("login", station.window.lock.pin.hasFocus)
        self._type(self._pin)
        self._picture(station, "login")
        self._press(_Key.Key_Return)
        self._wait("login", lambda: not station.window.acts.blocked)

    def _photograph(self, station: Station) -> None:
        """A picture of each kind of images, when the first of it is open."""
        job = station.reading.in_hand
        kind = job.row.study.kind if job is not None else None
        if kind in _IMAGES and kind not in self._photographed:
            self._photographed.add(kind)
            self._picture(station, kind.value)

    def _look_at_an_ecg(self, station: Station) -> None:
        """Layouts, paper speed and gain on a 12-lead ECG; at the end the standard again."""
        sheet = station.window.sheet
        self._seek(
            station,
            lambda: (
                _in_hand(station, Kind.ECG)
                and sheet.recording is not None
                and len(sheet.recording.leads) == 12
            ),
        )
        self._picture(station, "sheet-3x4+1")
        for key, name in (
            (_Key.Key_3, "layout-3"),
            (_Key.Key_Period, "50-mm-s"),
            (_Key.Key_Minus, "5-mm-mV"),
        ):
            self._press(key)
            self._picture(station, f"sheet-{name}")
        for key in (_Key.Key_Comma, _Key.Key_G, _Key.Key_1):
            self._press(key)

    def _other_looks(self, station: Station) -> None:
        """English, night, key sheet, palette, lock."""
        self._command("language")
        self._picture(station, "english")
        self._command("look")
        self._picture(station, "night")
        self._press(_Key.Key_Question)
        self._picture(station, "keys")
        self._press(_Key.Key_Escape)
        self._command("look")
        self._press(_Key.Key_L, _CTRL)
        self._wait("lock", lambda: station.window.acts.blocked)
        self._picture(station, "locked")
        self._type(self._pin)
        self._press(_Key.Key_Return)
        self._wait("unlock", lambda: not station.window.acts.blocked)
        self._command("language")

    # -- what a reader does

    def _sign(self, station: Station, *, pictures: bool = False) -> None:
        """Decide what is suggested, write, sign, and arrive at the next study."""
        reading, signing = station.reading, station.signing
        job = reading.in_hand
        if job is None:
            raise WalkFailed(message("demo.step_failed", step="sign"))
        while reading.drafting.undecided:
            self._press(_Key.Key_Return)
        self._press(_Key.Key_Slash)
        self._type(_ADVICE)
        self._wait("candidates", station.window.report.statements.candidates.isVisible)
        if pictures:
            self._picture(station, "statement")
        self._press(_Key.Key_Return)
        self._conclude(station)  # nobody has read this study, whatever was accepted: it says so
        self._press(_Key.Key_Escape)
        self._wait("look", lambda: signing.may_sign)
        if pictures:
            self._picture(station, "draft")
        self._press(_Key.Key_Return, _CTRL)

        def gone() -> bool:
            return reading.in_hand is None or reading.in_hand.study != job.study

        self._wait("sign", lambda: gone() and not signing.under_way)
        self._opened(station)
        told = reading.notice.text.text(self._settings.language) if reading.notice else ""
        if pictures:
            self._picture(station, "signed")
        self._tell(f"  {job.number}  {told}")

    def _conclude(self, station: Station) -> None:
        """From the statement line by Tab into the conclusion; text as from an input method."""
        conclusion = station.window.report.texts.conclusion
        for _ in range(_MOST_TABS):
            if conclusion.hasFocus():
                break
            self._press(_Key.Key_Tab)
        committed = QInputMethodEvent()
        committed.setCommitString(message("demo.no_diagnosis").text(Language.ZH))
        QApplication.sendEvent(conclusion, committed)
        self._wait("conclusion", lambda: bool(station.reading.drafting.draft.conclusion))

    def _seek(self, station: Station, found: Callable[[], bool]) -> None:
        """Next, next, next, until the study in hand is the one wanted."""
        for _ in range(_MOST_STUDIES):
            if found():
                return
            before = station.reading.in_hand
            self._press(_Key.Key_N)
            self._opened(station, but=before)
        raise WalkFailed(message("demo.step_failed", step="seek"))

    def _opened(self, station: Station, *, but: InHand | None = None) -> None:
        """A study is on the screen in full, and another one than `but`."""
        reading = station.reading

        def there() -> bool:
            return reading.seen and reading.answerable and reading.in_hand is not but

        self._wait("open", lambda: there() and not reading.busy)

    def _command(self, name: str) -> None:
        """A command by its name in the palette, as somebody does who forgot its key."""
        self._press(_Key.Key_K, _CTRL)
        self._type({"language": "English", "look": "rjyj"}[name])
        self._press(_Key.Key_Return)

    # -- keys, waiting, pictures

    def _press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = _NONE) -> None:
        widget = QApplication.focusWidget() or QApplication.activeWindow()
        if widget is not None:
            QTest.keyClick(widget, key, modifier)
        self._settle()

    def _type(self, text: str) -> None:
        widget = QApplication.focusWidget()
        if widget is not None:
            QTest.keyClicks(widget, text)
        self._settle()

    def _settle(self) -> None:
        for _ in range(3):
            QTest.qWait(_STEP_MILLISECONDS)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _wait(self, step: str, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not reached():
            if time.monotonic() > end:
                raise WalkFailed(message("demo.step_failed", step=step))
            QTest.qWait(_STEP_MILLISECONDS)
        self._settle()

    def _picture(self, station: Station, name: str) -> None:
        self._pictures += 1
        file = self._output / f"{self._pictures:02d}-{name}.png"
        self._settle()
        if not station.window.grab().save(str(file)):
            raise WalkFailed(message("demo.step_failed", step=f"picture {file}"))

    # -- what is there

    def _all_in(self, station: Station) -> bool:
        rows = station.waiting.worklist.rows if station.waiting.worklist else ()
        pending = [row for row in rows if row.screening_state is ScreeningState.PENDING]
        return len(rows) >= self._arrivals and not pending

    def _undelivered(self, desk: Desk) -> int:
        now = desk.worklist()
        return now.deliveries_waiting + now.deliveries_parked

    def _verify(self) -> None:
        """Every delivered report is verified and put beside the pictures."""
        reports = sorted((self._settings.folder / "outbox").rglob("*.pdf"))
        if not reports:
            raise WalkFailed(message("demo.step_failed", step="report"))
        for file in reports:
            found = verify_report(self._settings, file.read_bytes())
            if not found.ok:
                raise WalkFailed(found.reasons[0])
            shutil.copyfile(file, self._output / file.name)


def _in_hand(station: Station, kind: Kind) -> bool:
    job = station.reading.in_hand
    return job is not None and job.row.study.kind is kind
