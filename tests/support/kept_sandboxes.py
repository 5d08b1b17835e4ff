"""Sandboxes of houses that hand their idle child on to the next house of the same process.

A child takes a second of processor time to start, and one that waits for a call knows nothing of
the house before. What a crash or a time limit has ended is started anew, as ever.
"""

import atexit
import os
from collections import defaultdict

from farlead.sandbox import _PASSED_ON, Sandbox, _Child
from farlead.settings import Settings

#: What a child was started with: bytes of memory, and what it was told of its surroundings.
_Given = tuple[int, tuple[str | None, ...]]

_idle: defaultdict[_Given, list[_Child]] = defaultdict(list)


class KeptSandbox(Sandbox):
    """As any other, but its child outlives it."""

    def close(self) -> None:
        with self._lock:
            child, self._child = self._child, None
            if child is not None and child.process.poll() is None:
                _idle[self._given].append(child)
            elif child is not None:
                child.end()

    @property
    def _given(self) -> _Given:
        # A child has no home: what it works on is told to it.
        told = (os.environ.get(name) for name in _PASSED_ON if name != "HOME")
        return self._memory, tuple(told)

    def _running(self) -> _Child:
        if self._child is None and (waiting := _idle[self._given]):
            self._child = waiting.pop()
        return super()._running()


def open_kept_sandbox(settings: Settings) -> Sandbox:
    """In place of ``farlead.services.confined.open_sandbox``."""
    return KeptSandbox(memory=settings.decode_memory, seconds=settings.decode_seconds)


@atexit.register
def _end_all() -> None:
    for children in _idle.values():
        while children:
            children.pop().end()
