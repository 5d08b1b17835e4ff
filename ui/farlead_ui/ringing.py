"""Sounds by severity, through whatever player the system has; else the system's own bell.

A sound never stands alone: what rings is on the screen as well.
"""

import io
import shutil
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QProcess, QTimer, Signal
from PySide6.QtWidgets import QApplication

from farlead.model.study import Severity

_RATE = 22_050
# Tones in hertz, each so many seconds, with a pause after it: three rising for what is critical,
# two equal ones for what is urgent.
_TONES = {Severity.CRITICAL: (880.0, 1109.0, 1319.0), Severity.URGENT: (660.0, 660.0)}
_LENGTH, _PAUSE, _LOUD = 0.14, 0.06, 0.4
_PLAYERS = {"win32": (), "darwin": ("afplay",)}
_LINUX = ("pw-play", "paplay", "aplay")


#: A player that has not ended after so many seconds hangs: the sound takes less than one.
_PATIENCE = 5.0


class Ringer(QObject):
    """Rings without holding up the window; where the player fails the system's bell rings.

    Signals
    -------
    failed(str)
        The player that made no sound; told once.
    """

    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        names = _PLAYERS.get(sys.platform, _LINUX)
        self._player = next((found for name in names if (found := shutil.which(name))), None)
        self._told = False
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def ring(self, severity: Severity) -> None:
        """Ring for a severity; what is neither critical nor urgent makes no sound."""
        if severity not in _TONES:
            return
        if sys.platform == "win32" or self._player is None:
            QApplication.beep()
        else:
            self._play(self._player, self._file(severity))

    def stop(self) -> None:
        """No sound outlives its window."""
        for player in self.findChildren(QProcess):
            player.blockSignals(True)
            player.kill()
            player.waitForFinished(1000)

    def _play(self, name: str, file: Path) -> None:
        player = QProcess(self)
        player.errorOccurred.connect(self._broken)
        player.finished.connect(self._ended)
        QTimer.singleShot(round(1000 * _PATIENCE), player, player.kill)
        player.start(name, [str(file)])

    def _broken(self, error: QProcess.ProcessError) -> None:
        """What has begun and breaks off ends as well."""
        if error is QProcess.ProcessError.FailedToStart:
            self._ended(-1, QProcess.ExitStatus.CrashExit)

    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        player = self.sender()
        if isinstance(player, QProcess):
            player.deleteLater()
        if code == 0 and status is QProcess.ExitStatus.NormalExit:
            return
        QApplication.beep()
        if not self._told:
            self._told = True
            self.failed.emit(Path(self._player or "").name)

    def _file(self, severity: Severity) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="farlead-sound-")
        file = Path(self._folder.name) / f"{severity.name.lower()}.wav"
        if not file.exists():
            file.write_bytes(sound(severity))
        return file


def sound(severity: Severity) -> bytes:
    """A WAV file: 16 bits, one channel, 22,050 samples a second."""
    held = np.arange(round(_LENGTH * _RATE)) / _RATE
    swell = np.minimum(1, np.minimum(held, held[::-1]) / 0.01)  # no click at its edges
    rest = np.zeros(round(_PAUSE * _RATE))
    parts = [
        part
        for tone in _TONES[severity]
        for part in (np.sin(2 * np.pi * tone * held) * swell, rest)
    ]
    samples = (np.concatenate(parts) * _LOUD * 32767).astype("<i2")
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples.tobytes())
    return made.getvalue()
