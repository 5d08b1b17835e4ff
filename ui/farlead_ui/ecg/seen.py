"""Samples as the reader sees them: the original, or filtered off the GUI thread; no Qt."""

import math
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from farlead.model.recording import Recording
from farlead_signal.filters import ORIGINAL, Setting, filtered
from farlead_ui.tasks import Done, Outcome, Tasks

#: Recordings up to so many seconds are filtered whole, longer ones in pieces.
WHOLE = 30.0
#: Seconds of a piece; pieces are counted from the start, so that a sample is always the same.
PIECE = 16.0
#: Bytes of filtered samples that are kept.
_MOST = 16_000_000

Samples = NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """All leads of a stretch of the recording.

    Parameters
    ----------
    samples : ndarray, shape (leads, n)
        Millivolts.
    first : int
        Sample of the recording that they begin with.
    setting : Setting
        What they were filtered with.
    """

    samples: Samples
    first: int = 0
    setting: Setting = ORIGINAL


def pieces(n: int, fs: float, start: int, stop: int) -> list[tuple[int, int]]:
    """The pieces of a recording of `n` samples that hold a stretch of it, half open."""
    if n <= WHOLE * fs:
        return [(0, n)]
    size = max(1, round(PIECE * fs))
    first, last = max(start, 0) // size, max(1, math.ceil(min(stop, n) / size))
    return [(k * size, min((k + 1) * size, n)) for k in range(first, max(last, first + 1))]


def seen(recording: Recording, setting: Setting, start: int, stop: int) -> Source:
    """The same as the sheet shows, made at once: for a worker."""
    if setting == ORIGINAL:
        return Source(recording.samples)
    parts = pieces(recording.samples.shape[1], recording.fs, start, stop)
    made = _made(recording.samples, recording.fs, setting, parts)
    return Source(np.concatenate(made, axis=1), parts[0][0], setting)


def _made(
    samples: Samples, fs: float, setting: Setting, parts: Sequence[tuple[int, int]]
) -> list[NDArray[np.float32]]:
    return [filtered(samples, fs, setting, *part) for part in parts]


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    of: "weakref.ref[Samples]"
    made: NDArray[np.float32]


_Key = tuple[int, Setting, int]


class FilteredSamples:
    """Filtered samples, kept by recording, setting and piece. `changed` when there are more.

    Parameters
    ----------
    tasks : Tasks
        Filters; a request that is no longer wanted is void.
    """

    changed = Signal()

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._channel = f"filter {id(self)}"  # each sheet has its own
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._asked: tuple[int, Setting] | None = None
        self._failed: tuple[int, Setting] | None = None
        self._joined: tuple[tuple[_Key, ...], Source] | None = None

    @property
    def failed(self) -> bool:
        """Whether what was asked for last cannot be made."""
        return self._failed is not None

    def rest(self) -> None:
        """Wait for nothing, and keep nothing of recordings that are gone."""
        self._asked = self._joined = self._failed = None
        self._drop()

    def source(
        self, recording: Recording, setting: Setting, start: int, stop: int
    ) -> Source | None:
        """All leads from `start` to `stop` at least; None while they are being made."""
        if setting == ORIGINAL:
            self._asked = self._failed = None
            return Source(recording.samples)
        if self._failed == (id(recording.samples), setting):
            return None
        n = recording.samples.shape[1]
        parts = pieces(n, recording.fs, start, stop)
        found = self._found(recording, setting, parts)
        if found is None:
            self._ask(recording, setting, parts)
            found = self._found(recording, setting, parts)  # without threads it is there at once
        elif len(parts) > 1 or parts[0] != (0, n):
            size = parts[0][1] - parts[0][0]
            beside = pieces(n, recording.fs, parts[0][0] - size, parts[-1][1] + size)
            self._ask(recording, setting, beside)
        return found

    def prepare(self, recording: Recording, setting: Setting) -> None:
        """Filter a short recording ahead: the reader may turn this filter on next."""
        short = recording.samples.shape[1] <= WHOLE * recording.fs
        if setting == ORIGINAL or not short or self._one(recording, setting, 0) is not None:
            return
        work = partial(filtered, recording.samples, recording.fs, setting)
        done = partial(self._prepared, recording, setting)
        self._tasks.latest(f"{self._channel} ahead", work, done)

    def _found(
        self, recording: Recording, setting: Setting, parts: Sequence[tuple[int, int]]
    ) -> Source | None:
        keys = tuple(_key(recording, setting, start) for start, _ in parts)
        if self._joined is not None and self._joined[0] == keys:
            return self._joined[1]
        made = [self._one(recording, setting, start) for start, _ in parts]
        there = [one for one in made if one is not None]
        if len(there) < len(made):
            return None
        whole = there[0] if len(there) == 1 else np.concatenate(there, axis=1)
        self._joined = keys, Source(whole, parts[0][0], setting)
        return self._joined[1]

    def _one(
        self, recording: Recording, setting: Setting, start: int
    ) -> NDArray[np.float32] | None:
        key = _key(recording, setting, start)
        kept = self._kept.get(key)
        if kept is None or kept.of() is not recording.samples:
            return None
        self._kept.move_to_end(key)
        return kept.made

    def _ask(
        self, recording: Recording, setting: Setting, parts: Sequence[tuple[int, int]]
    ) -> None:
        """Have missing pieces made; one request at a time, another filter makes it void."""
        asked = id(recording.samples), setting
        missing = [p for p in parts if self._one(recording, setting, p[0]) is None]
        if asked == self._asked or not missing:
            return
        self._asked = asked
        work = partial(_made, recording.samples, recording.fs, setting, missing)
        self._tasks.latest(self._channel, work, partial(self._take, asked, recording, missing))

    def _take(
        self,
        asked: tuple[int, Setting],
        recording: Recording,
        parts: Sequence[tuple[int, int]],
        outcome: Outcome[list[NDArray[np.float32]]],
    ) -> None:
        if asked != self._asked:
            return
        self._asked = None
        self._failed = None if isinstance(outcome, Done) else asked
        if isinstance(outcome, Done):
            for (start, _), made in zip(parts, outcome.value, strict=True):
                self._keep(recording, asked[1], start, made)
        self.changed.emit()

    def _prepared(
        self, recording: Recording, setting: Setting, outcome: Outcome[NDArray[np.float32]]
    ) -> None:
        if isinstance(outcome, Done):
            self._keep(recording, setting, 0, outcome.value)

    def _keep(
        self, recording: Recording, setting: Setting, start: int, made: NDArray[np.float32]
    ) -> None:
        made.flags.writeable = False
        self._drop()
        self._kept[_key(recording, setting, start)] = _Kept(weakref.ref(recording.samples), made)
        while sum(kept.made.nbytes for kept in self._kept.values()) > _MOST:
            self._kept.popitem(last=False)

    def _drop(self) -> None:
        for key in [key for key, kept in self._kept.items() if kept.of() is None]:
            del self._kept[key]


def _key(recording: Recording, setting: Setting, start: int) -> _Key:
    return id(recording.samples), setting, start
