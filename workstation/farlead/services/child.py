"""Child processes of ours: each ends when its parent does, however that ends."""

import signal
import subprocess
import sys
import threading

from farlead.settings import Settings

#: Seconds that the child has to finish the piece in hand.
PATIENCE = 15.0


class Serving:
    """``farleadctl serve``, or the storage service, as a child that outlives no parent.

    The child reads its standard input, a pipe that only the parent holds open: when the parent
    closes it or dies, the child finishes the piece in hand and ends.

    Parameters
    ----------
    settings : Settings
        Only the folder is handed on; the child reads the same settings file.
    module : str
        What the child runs.
    """

    def __init__(self, settings: Settings, module: str = "farlead.services") -> None:
        self._folder = settings.folder
        self._module = module
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        with self._lock:
            return self._child is not None and self._child.poll() is None

    @property
    def number(self) -> int | None:
        """Number of its process; None before it is started and after it was told to end."""
        with self._lock:
            return None if self._child is None else self._child.pid

    def ensure(self) -> None:
        """Start the child, or start it again when it has ended."""
        with self._lock:
            if self._child is None or self._child.poll() is not None:
                self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [sys.executable, "-m", self._module, str(self._folder)],
                    stdin=subprocess.PIPE,
                    process_group=0,  # Ctrl-C is for the parent, which asks it to end
                )

    def stop(self) -> None:
        """Ask the child to end, wait, and end it by force when it does not."""
        with self._lock:
            child, self._child = self._child, None
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def until_told() -> threading.Event:
    """Event that is set when the parent is gone or a signal asks this process to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop_with_parent(stop)
    return stop


def stop_with_parent(stop: threading.Event) -> None:
    """Set `stop` when standard input ends: the parent closed it or is gone."""

    def watch() -> None:
        with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as parent:
            while parent.read(1024):
                pass
        stop.set()

    threading.Thread(target=watch, name="farlead-parent", daemon=True).start()
