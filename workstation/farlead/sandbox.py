"""A confined child process for work on bytes from outside: decoding files, screening.

Parent and child speak over the child's standard input and output::

    parent -> child   frame(seconds, function, arguments)
    child  -> parent  frame("value", result) | frame("error", ...) | frame("trouble", ...)

A frame is what :mod:`farlead.frames` makes of a value.

The child is a fresh interpreter (``python -m farlead.sandbox``), never a fork: the parent may
have Qt and threads. It cannot write files, has bounded memory, leaves no core dump, and ends
by itself when the parent is gone, even in the middle of a call. Its time limit is of time in
which it can work: on a busy machine it waits for a core, and that counts for nothing.
"""

import contextlib
import importlib
import os
import pickle
import resource
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from farlead import errors
from farlead.errors import FarleadError, SandboxCrashed, SandboxTimedOut
from farlead.frames import PATIENCE, Budget, Ended, Late, Pipe
from farlead.messages import Message, message

_START_SECONDS = 60.0  # an interpreter on a loaded machine
_GRACE_SECONDS = 2.0  # by which the child outlives its limit when the parent is gone
_TEXT_LIMIT = 500
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONPATH", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose result is an argument of another: it never leaves the confined process.

    Parameters
    ----------
    function : str
        As for :meth:`Sandbox.call`.
    args : tuple
        Its arguments.
    """

    function: str
    args: tuple[object, ...]


# -- parent -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Child:
    process: "subprocess.Popen[bytes]"
    pipe: Pipe

    @property
    def account(self) -> Path:
        """Where Linux tells how long it ran, and how long it waited for a core."""
        return Path(f"/proc/{self.process.pid}/schedstat")

    def end(self) -> int:
        """Stop the process, whatever it does; its exit status."""
        self.process.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        return self.process.wait()


class Sandbox:
    """One confined child process, started when first needed and again after a crash.

    Parameters
    ----------
    memory : int
        Bytes of address space that the child may use.
    seconds : float
        Time limit of a call that does not name its own. Time in which the child has no core does
        not count, up to ten times the limit.

    Notes
    -----
    Calls from several threads wait for one another. Arrays in the result are read-only;
    numpy scalars arrive as Python numbers.
    """

    def __init__(self, *, memory: int = 2 << 30, seconds: float = 20.0) -> None:
        self._memory = memory
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def call(self, function: str, /, *args: object, seconds: float | None = None) -> object:
        """Run ``module:name`` in the child and return what it returns.

        Parameters
        ----------
        function : str
            Where the function is, e.g. ``"farlead.formats:read"``.
        *args : object
            Its arguments; they are pickled. A :class:`Call` is made in the child first, within
            the same limit, and what it raises is raised here.
        seconds : float, optional
            Time limit of this call.

        Returns
        -------
        object
            Values of ``farlead.model``, messages, arrays of numbers, dates, paths and
            containers of these.

        Raises
        ------
        FarleadError
            Whatever error of our tree the function raised, with its fields.
        SandboxCrashed
            The child died, ran out of memory, raised another exception, or answered with
            something that is not allowed.
        SandboxTimedOut
            The limit passed; the child was stopped.
        """
        limit = self._seconds if seconds is None else seconds
        with self._lock:
            answer = self._exchange(function, args, limit)
        return _result(answer, function)

    def close(self) -> None:
        """End the child. A later call starts a new one."""
        with self._lock:
            self._drop()

    def _exchange(self, function: str, args: tuple[object, ...], limit: float) -> object:
        child = self._running()
        budget = Budget(child.account, limit)
        try:
            child.pipe.send((limit, function, args), budget)
            answer = child.pipe.receive(budget)
        except Late as error:
            self._drop()
            raise SandboxTimedOut(message("sandbox.timed_out", seconds=f"{limit:g}")) from error
        except Ended as error:
            raise SandboxCrashed(_death(self._drop())) from error
        except Exception as error:  # an answer that is not allowed or makes no sense
            self._drop()
            raise SandboxCrashed(message("sandbox.bad_answer", cause=_shortened(error))) from error
        except BaseException:  # interrupted between question and answer: out of step
            self._drop()
            raise
        if isinstance(answer, tuple) and answer[:1] == ("memory",):
            self._drop()  # what is left of it may be too small for the next file
        return answer

    def _running(self) -> _Child:
        if self._child is not None and self._child.process.poll() is not None:
            self._drop()
        if self._child is None:
            self._child = _start(self._memory)
            try:
                self._child.pipe.receive(Budget(self._child.account, _START_SECONDS))
            except (Late, Ended, pickle.UnpicklingError) as error:
                raise SandboxCrashed(_death(self._drop())) from error
        return self._child

    def _drop(self) -> int | None:
        child, self._child = self._child, None
        return child.end() if child else None


def _start(memory: int) -> _Child:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # One thread and one arena: address space is what is limited.
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
    process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
        # -P: a numpy.py in the folder where the user happens to be must not be imported.
        [sys.executable, "-P", "-B", "-m", "farlead.sandbox", str(memory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # may name patients
        env=environment,
        bufsize=0,
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the child has no pipes")
    os.set_blocking(process.stdin.fileno(), False)  # a write must not outlast the deadline
    source, sink = process.stdout.fileno(), process.stdin.fileno()
    return _Child(process, Pipe(source, sink, limit=memory, trusting=False))


def _death(status: int | None) -> Message:
    if status is not None and status < 0:
        return message("sandbox.killed", signal=signal.Signals(-status).name)
    return message("sandbox.ended", status=status if status is not None else "?")


def _shortened(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:_TEXT_LIMIT]


def _result(answer: object, function: str) -> object:
    """Value of an answer, or the error that it carries."""
    match answer:
        case ("value", value):
            return value
        case ("error", str(name), Message() as reason, dict(fields)):
            raise _rebuilt(name, reason, fields)
        case ("memory",):
            raise SandboxCrashed(message("sandbox.memory"))
        case ("trouble", str(cause)):
            raise SandboxCrashed(message("sandbox.trouble", cause=cause[:_TEXT_LIMIT]))
    raise SandboxCrashed(message("sandbox.bad_answer", cause=function))


def _rebuilt(name: str, reason: Message, fields: dict[object, object]) -> FarleadError:
    kind = getattr(errors, name, None)
    if not (isinstance(kind, type) and issubclass(kind, FarleadError)):
        return SandboxCrashed(message("sandbox.bad_answer", cause=name[:_TEXT_LIMIT]))
    error: FarleadError = kind.__new__(kind, reason)
    FarleadError.__init__(error, reason)
    for field in ("offset", "tag", "field"):
        if field in fields:
            setattr(error, field, fields[field])
    return error


# -- child --------------------------------------------------------------------------------


def _answer(call: object) -> tuple[object, ...]:
    """Do what was asked. Every outcome is an answer: the parent tells it."""
    match call:
        case (float() | int() as limit, str(function), tuple(args)):
            pass
        case _:
            return ("trouble", "not a call")
    # The kernel's alarms end this process even inside native code, should nobody else do.
    signal.setitimer(signal.ITIMER_PROF, limit + _GRACE_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, limit * PATIENCE + _GRACE_SECONDS)
    try:
        given = [
            _made(each.function, each.args) if isinstance(each, Call) else each for each in args
        ]
        return ("value", _made(function, given))
    except FarleadError as error:
        fields = {k: v for k, v in vars(error).items() if isinstance(v, str | int | None)}
        return ("error", type(error).__name__, error.reason, fields)
    except MemoryError:
        return ("memory",)
    except Exception as error:  # noqa: BLE001  # the parent raises it as SandboxCrashed
        return ("trouble", _shortened(error))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _given(argument: object) -> object:
    return _made(argument.function, argument.args) if isinstance(argument, Call) else argument


def _made(function: str, args: Iterable[object]) -> object:
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)(*args)


def _confine(memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    for alarm in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(alarm, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _end_with_parent(source: int) -> None:
    """Wait for the parent's end of the pipe to close, then leave at once."""
    poll = select.poll()
    poll.register(source, 0)  # hang-up is always reported
    poll.poll()
    os._exit(0)


def _own_pipe(limit: int) -> Pipe:
    """Take the pipes away from standard input and output: a decoder may print."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    threading.Thread(target=_end_with_parent, args=(source,), daemon=True).start()
    return Pipe(source, sink, limit=limit, trusting=True)


def run_child(memory: int) -> None:
    """Answer calls until the parent is gone; `memory` bounds the address space in bytes."""
    _confine(memory)
    pipe = _own_pipe(memory)
    pipe.send("ready")
    with contextlib.suppress(Ended):
        while True:
            answer = _answer(pipe.receive())
            try:
                pipe.send(answer)
            except MemoryError:
                pipe.send(("memory",))
            except (pickle.PicklingError, TypeError, AttributeError) as error:
                pipe.send(("trouble", _shortened(error)))


if __name__ == "__main__":
    # By its own name: what the parent sends is of the classes of that module.
    importlib.import_module("farlead.sandbox").run_child(int(sys.argv[1]))
