"""Processes that try inputs; one that dies or does not answer costs its input, not the run.

A process writes down which input it is at. Its timer ends it after ten seconds of work on one
input, the parent after two minutes without an answer (a lock, say); then a new process goes on
behind that input.
"""

import logging
import multiprocessing
import resource
import signal
import time
import warnings
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import NamedTuple

from trial import forget_peak, given, outcome, peak

_WORK_SECONDS = 10.0
_SILENT_SECONDS = 120.0
_ROOM = 1 << 30  # address space above that of the beginning: claims of 4 GB end in MemoryError
_PIECE = 100
_OWN_FAULT = "died: exit 1"  # of Python: what readers raise is caught


class Task(NamedTuple):
    """Inputs ``first … last - 1`` of a reader."""

    name: str
    seed: int
    first: int
    last: int
    files: tuple[Path, ...] = ()


@dataclass
class Found:
    """What came of inputs; `faults` are number and kind."""

    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str]] = field(default_factory=list)
    slowest: float = 0.0
    slowest_at: int = 0
    megabytes: float = 0.0

    @property
    def count(self) -> int:
        """How many inputs."""
        return sum(self.kinds.values())

    def add(self, other: "Found") -> None:
        """Take over what came of further inputs."""
        self.kinds += other.kinds
        self.faults += other.faults
        self.megabytes = max(self.megabytes, other.megabytes)
        if other.slowest > self.slowest:
            self.slowest, self.slowest_at = other.slowest, other.slowest_at


def _tried(task: Task, base: float, at: "Synchronized[int]") -> Found:
    found = Found()
    for number in range(task.first, task.last):
        at.value = number
        signal.setitimer(signal.ITIMER_PROF, _WORK_SECONDS)
        subject = given(task.name, task.seed, number, task.files)
        result = outcome(subject, base)
        signal.setitimer(signal.ITIMER_PROF, 0)
        found.kinds[result.kind] += 1
        found.megabytes = max(found.megabytes, result.megabytes)
        if result.seconds > found.slowest:
            found.slowest, found.slowest_at = result.seconds, number
        if result.fault:
            found.faults.append((number, result.kind))
    return found


def _work(pipe: Connection, at: "Synchronized[int]") -> None:
    warnings.simplefilter("error", RuntimeWarning)  # numpy's overflows
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    known: set[str] = set()
    base = 0.0
    while True:
        try:
            task: Task = pipe.recv()
        except EOFError:
            return
        if task.name not in known:
            outcome(given(task.name, task.seed, task.first, task.files), 1e9)  # imports, seeds
            known.add(task.name)
            forget_peak()
            base = peak()
            size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (size + _ROOM, resource.RLIM_INFINITY))
        pipe.send(_tried(task, base, at))


class _Worker:
    """One process and the inputs it is at."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.at = context.Value("q", -1, lock=False)
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_work, args=(other, self.at), daemon=True)
        self.process.start()
        other.close()
        self.task: Task | None = None
        self.since = (-1, 0.0)

    def give(self, task: Task) -> None:
        self.task = task
        self.at.value = task.first
        self.since = (task.first, time.monotonic())
        self.pipe.send(task)

    def silent(self) -> bool:
        """Whether it has been at one input for too long."""
        if self.at.value != self.since[0]:
            self.since = (self.at.value, time.monotonic())
        return time.monotonic() - self.since[1] > _SILENT_SECONDS

    def end(self) -> str:
        """Stop it; how it ended."""
        self.process.join(1)
        code = self.process.exitcode
        self.process.kill()
        self.process.join()
        self.pipe.close()
        if code == -signal.SIGPROF:
            return "hang: no end of work"
        return "hang: silent" if code is None else f"died: exit {code}"


class Pool:
    """`jobs` processes, used for one reader after the other."""

    def __init__(self, jobs: int) -> None:
        self._idle = [_Worker() for _ in range(jobs)]

    def run(
        self, name: str, seed: int, count: int, files: tuple[Path, ...], end: float
    ) -> Iterator[Found]:
        """What came of the inputs, piece by piece, until `end` on the monotonic clock."""
        tasks = deque(
            Task(name, seed, first, min(first + _PIECE, count), files)
            for first in range(0, count, _PIECE)
        )
        busy: dict[Connection, _Worker] = {}
        while busy or (tasks and time.monotonic() < end):
            while tasks and self._idle and time.monotonic() < end:
                worker = self._idle.pop()
                worker.give(tasks.popleft())
                busy[worker.pipe] = worker
            ready = wait(list(busy), timeout=5)
            for pipe in [pipe for pipe in busy if pipe in ready or busy[pipe].silent()]:
                worker = busy.pop(pipe)
                yield self._answer(worker, tasks, pipe in ready)

    def _answer(self, worker: _Worker, tasks: deque[Task], ready: bool) -> Found:
        task = worker.task
        assert task is not None
        try:
            if ready:
                found: Found = worker.pipe.recv()
                self._idle.append(worker)
                return found
        except (EOFError, ConnectionError):
            pass
        number, kind = worker.at.value, worker.end()
        if kind == _OWN_FAULT:
            raise RuntimeError(f"the fuzzer itself failed at {task.name}, input {number}")
        self._idle.append(_Worker())
        for first, last in ((number + 1, task.last), (task.first, number)):
            if first < last:
                tasks.appendleft(task._replace(first=first, last=last))
        return Found(Counter({kind: 1}), [(number, kind)])

    def close(self) -> None:
        """End all processes."""
        for worker in self._idle:
            worker.pipe.close()
            worker.process.join(5)
            worker.process.kill()
