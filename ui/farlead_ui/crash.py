"""What happens when a fault of ours reaches the event loop: drafts saved, a report, told.

The report holds the traceback and versions; no values, so no patient data.
"""

import platform
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from farlead import __version__


class CrashPath:
    """Takes what nobody caught.

    Parameters
    ----------
    folder : Path
        Where reports go, ``crash/`` below it.
    clock : callable returning the aware time
    save : callable
        Saves drafts; asked first.
    tell : callable(Path)
        Tells the reader which file to hand on.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime],
        save: Callable[[], None],
        tell: Callable[[Path], None],
    ) -> None:
        self._folder, self._clock, self._save, self._tell = folder / "crash", clock, save, tell
        self._busy = False

    def install(self) -> None:
        """Become the process's hook for exceptions."""
        sys.excepthook = self.take

    def take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Save, write the report, tell. A fault in here goes to standard error only."""
        sys.__excepthook__(kind, error, trace)
        if self._busy or not isinstance(error, Exception):
            return
        self._busy = True
        try:
            self._save()
            self._tell(self._write(kind, error, trace))
        finally:
            self._busy = False

    def _write(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._folder / f"{self._clock():%Y%m%d-%H%M%S-%f}.txt"
        lines = "".join(traceback.format_exception(kind, error, trace))
        head = f"Farlead {__version__}, Python {platform.python_version()}, {platform.platform()}"
        file.write_text(f"{head}\n\n{lines}", "utf-8")
        return file
