"""Work off the GUI thread: an immutable request goes out, its response comes back as a value.

Two kinds, never mixed in one channel: reading (:meth:`Tasks.latest`, only the newest response
is applied) and changing (:meth:`Tasks.ordered`, one after another, every response applied).
A FarleadError is a value (:class:`Refused`) to be told in words. Any other exception ends the
work for its asker in the same way, so that nothing waits for ever, and is raised again on the GUI
thread, where the crash path takes it.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeAlias, TypeVar

from PySide6.QtCore import QEventLoop, QObject, QThreadPool, QTimer, Signal

from farlead.errors import FarleadError
from farlead.messages import message

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The work ended well with `value`."""

    value: T


@dataclass(frozen=True, slots=True)
class Refused:
    """The work ended with something to be told to the reader."""

    error: FarleadError


@dataclass(frozen=True, slots=True)
class Crashed:
    """The work ended with a fault of ours."""

    error: Exception


Outcome: TypeAlias = Done[T] | Refused


class Tasks(Protocol):
    """How models have blocking work done."""

    def latest(
        self, channel: str, work: Callable[[], T], done: Callable[[Outcome[T]], None]
    ) -> None:
        """Read something; a newer request in `channel` makes this one's response void."""

    def ordered(
        self, channel: str, work: Callable[[], T], done: Callable[[Outcome[T]], None]
    ) -> None:
        """Change something, after everything asked earlier in `channel`."""


def run(work: Callable[[], T]) -> Done[T] | Refused | Crashed:
    """Outcome of `work`, whatever it is."""
    try:
        return Done(work())
    except FarleadError as error:
        return Refused(error)
    except Exception as error:  # noqa: BLE001  # raised again on the GUI thread by _settle
        return Crashed(error)


def settle(outcome: Done[T] | Refused | Crashed, done: Callable[[Outcome[T]], None]) -> None:
    """Hand an outcome to `done`; a fault of ours ends the work for its asker and is raised here."""
    if isinstance(outcome, Crashed):
        done(Refused(FarleadError(message("reading.fault"))))
        raise outcome.error
    done(outcome)


class InlineTasks:
    """Does the work at once, in the caller's thread, one response at a time: for tests.

    A response that asks for more work is finished first, as it is with the event loop.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, Callable[[], None]]] = deque()
        self._running = False

    def latest(
        self, channel: str, work: Callable[[], T], done: Callable[[Outcome[T]], None]
    ) -> None:
        """Read at once."""
        self._do(channel, lambda: settle(run(work), done))

    def ordered(
        self, channel: str, work: Callable[[], T], done: Callable[[Outcome[T]], None]
    ) -> None:
        """Change at once."""
        self._do(channel, lambda: settle(run(work), done))

    def _do(self, channel: str, act: Callable[[], None]) -> None:
        self._waiting.append((channel, act))
        if self._running:
            return
        self._running = True
        try:
            while self._waiting:
                self._waiting.popleft()[1]()
        finally:
            self._running = False


@dataclass(slots=True)
class _Job:
    channel: str
    work: Callable[[], object]
    apply: Callable[[object], None]
    void: bool = False


@dataclass(slots=True)
class _Channel:
    waiting: deque[_Job] = field(default_factory=deque)
    running: _Job | None = None


class PoolTasks(QObject):
    """Does the work in a thread pool and applies the responses on the GUI thread.

    Parameters
    ----------
    threads : int
        Size of the pool.
    parent : QObject, optional
    """

    _finished = Signal(object, object)
    idle = Signal()

    def __init__(self, threads: int = 4, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._channels: dict[str, _Channel] = {}
        self._gui = threading.get_ident()
        self._closed = False
        self._finished.connect(self._apply)

    def latest(
        self, channel: str, work: Callable[[], T], done: Callable[[Outcome[T]], None]
    ) -> None:
        """Read something; older requests of the channel become void."""
        lane = self._channels.get(f"latest:{channel}")
        if lane is not None:
            lane.waiting.clear()
            if lane.running is not None:
                lane.running.void = True
        self._enqueue(f"latest:{channel}", work, done)

    def ordered(
        self, channel: str, work: Callable[[], T], done: Callable[[Outcome[T]], None]
    ) -> None:
        """Change something, one after another."""
        self._enqueue(f"ordered:{channel}", work, done)

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._channels)

    def drain(self, milliseconds: int) -> bool:
        """Wait until nothing is under way, applying responses; False when time ran out."""
        if self.busy:
            loop = QEventLoop()
            self.idle.connect(loop.quit)
            QTimer.singleShot(milliseconds, loop.quit)
            loop.exec()
        return not self.busy

    def close(self, milliseconds: int) -> bool:
        """Finish what is under way and take no more; False when time ran out."""
        done = self.drain(milliseconds)
        self._closed = True
        self._pool.waitForDone(milliseconds)
        return done

    def _enqueue(self, key: str, work: Callable[[], T], done: Callable[[Outcome[T]], None]) -> None:
        assert threading.get_ident() == self._gui, "work is asked for on the GUI thread only"  # noqa: S101  # a guard for programmers
        if self._closed:
            return  # a timer that goes off while the application ends
        job = _Job(key, work, lambda outcome: settle(outcome, done))  # type: ignore[arg-type]  # outcome is what run(work) made
        lane = self._channels.setdefault(key, _Channel())
        lane.waiting.append(job)
        self._advance(key)

    def _advance(self, key: str) -> None:
        lane = self._channels[key]
        if lane.running is None and lane.waiting:
            job = lane.running = lane.waiting.popleft()
            self._pool.start(lambda: self._finished.emit(job, run(job.work)))
        elif lane.running is None:
            del self._channels[key]
            if not self._channels:
                self.idle.emit()

    def _apply(self, job: _Job, outcome: object) -> None:
        lane = self._channels[job.channel]
        try:
            if not job.void:
                job.apply(outcome)
            elif isinstance(outcome, Crashed):
                raise outcome.error
        finally:
            lane.running = None
            self._advance(job.channel)
