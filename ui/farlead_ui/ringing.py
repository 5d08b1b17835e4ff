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
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication

from farlead.model.study import Severity

_RATE = 22_050
# Tones in hertz, each so many seconds, with a pause after it: three rising for what is critical,
# two equal ones for what is urgent.
_TONES = {Severity.CRITICAL: (880.0, 1109.0, 1319.0), Severity.URGENT: (660.0, 660.0)}
_LENGTH, _PAUSE, _LOUD = 0.14, 0.06, 0.4
_PLAYERS = {"win32": (), "darwin": ("afplay",)}
_LINUX = ("pw-play", "paplay", "aplay")


class Ringer:
    """Rings without holding up the window."""

    def __init__(self) -> None:
        names = _PLAYERS.get(sys.platform, _LINUX)
        self._player = next((found for name in names if (found := shutil.which(name))), None)
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def ring(self, severity: Severity) -> None:
        """Ring for a severity; what is neither critical nor urgent makes no sound."""
        if severity not in _TONES:
            return
        if sys.platform == "win32" or self._player is None:
            QApplication.beep()
        else:
            QProcess.startDetached(self._player, [str(self._file(severity))])

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
