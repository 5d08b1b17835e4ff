"""A confined child process for work on bytes from outside: decoding files, screening.

Parent and child speak over the child's standard input and output::

    parent -> child   frame(seconds, function, arguments)
    child  -> parent  frame("value", result) | frame("error", ...) | frame("trouble", ...)

A frame is a pickle whose arrays travel beside it as raw bytes. What comes from the child is
read by an unpickler that knows only our own values, because a child that was taken over by a
crafted file must not run code in the parent.

The child is a fresh interpreter (``python -m farlead.sandbox``), never a fork: the parent may
have Qt and threads. It cannot write files, has bounded memory, leaves no core dump, and ends
by itself when the parent is gone, even in the middle of a call. Its time limit is of time in
which it can work: on a busy machine it waits for a core, and that counts for nothing.
"""

import contextlib
import enum
import importlib
import io
import os
import pickle
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from farlead import errors
from farlead.errors import FarleadError, SandboxCrashed, SandboxTimedOut
from farlead.messages import Message, message

_HEAD = struct.Struct("<QI")  # length of the pickle, number of arrays
_ARRAY = struct.Struct("<Q")  # length of an array's bytes
_START_SECONDS = 60.0  # an interpreter on a loaded machine
_GRACE_SECONDS = 2.0  # by which the child outlives its limit when the parent is gone
_PATIENCE = 10.0  # times its limit that a call may take on a machine that has no core for it
_CHUNK = 1 << 20
_MOST_ARRAYS = 100_000
_TEXT_LIMIT = 500
_PLAIN_KINDS = "biufc"  # array types without references
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONPATH", "LD_LIBRARY_PATH")
_ALLOWED = {
    "builtins": {"bytearray", "complex", "frozenset", "set"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "pathlib": {"Path", "PosixPath", "PurePath", "PurePosixPath"},
}


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


# -- frames -------------------------------------------------------------------------------


class _Pickler(pickle.Pickler):
    """Pickles a value; its arrays are set aside in `arrays`."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, protocol=5)
        self.arrays: list[NDArray[np.generic]] = []

    def persistent_id(self, obj: object) -> object:
        if isinstance(obj, np.ndarray):
            if obj.dtype.kind not in _PLAIN_KINDS:
                raise pickle.PicklingError(f"an array of {obj.dtype} does not travel")
            self.arrays.append(np.ascontiguousarray(obj))
            return ("array", len(self.arrays) - 1, obj.dtype.str, obj.shape)
        if isinstance(obj, np.generic):
            return ("scalar", obj.item())
        return None

    def reducer_override(self, obj: object) -> tuple[type, tuple[object]]:
        # By their value; Python 3.11 before 3.11.4 would write a call of getattr instead.
        if isinstance(obj, enum.Enum):
            return (type(obj), (obj.value,))
        return NotImplemented  # type: ignore[no-any-return]  # pickle's word for "as usual"


class _Unpickler(pickle.Unpickler):
    """Reads a frame; knows only our values, unless `trusting` (the child reads its parent)."""

    def __init__(self, data: bytes, arrays: list[bytearray], *, trusting: bool) -> None:
        super().__init__(io.BytesIO(data))
        self._arrays = arrays
        self._trusting = trusting

    def persistent_load(self, pid: object) -> object:
        match pid:
            case ("scalar", bool() | int() | float() | complex() as value):
                return value
            case ("array", int(index), str(code), tuple(shape)):
                dtype = np.dtype(code)
                if dtype.kind not in _PLAIN_KINDS:
                    raise pickle.UnpicklingError(f"array of {dtype}")
                array = np.frombuffer(self._arrays[index], dtype).reshape(shape)
                array.flags.writeable = False
                return array
        raise pickle.UnpicklingError("unknown reference")

    def find_class(self, module: str, name: str) -> object:
        if self._trusting or name in _ALLOWED.get(module, ()):
            return super().find_class(module, name)
        if module == "farlead.messages" or module.startswith("farlead.model."):
            found = getattr(sys.modules.get(module) or importlib.import_module(module), name, None)
            if isinstance(found, type) and found.__module__ == module and _is_value(found):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


def _is_value(found: type) -> bool:
    return is_dataclass(found) or issubclass(found, enum.Enum)


def _pack(value: object) -> list[bytes | memoryview]:
    """Parts of a frame, to be written one after the other."""
    body = io.BytesIO()
    pickler = _Pickler(body)
    pickler.dump(value)
    parts: list[bytes | memoryview] = [
        _HEAD.pack(body.tell(), len(pickler.arrays)) + body.getvalue()
    ]
    for array in pickler.arrays:
        parts += [_ARRAY.pack(array.nbytes), array.reshape(-1).view(np.uint8).data]
    return parts


class _Ended(Exception):
    """The other side closed its end."""


class _Late(Exception):
    """The time is over."""


class _Budget:
    """Seconds that a process may take from now on; `account` is where the system tells of it.

    Those in which it wanted a core and had none do not count, where the system tells of them
    (Linux): a machine that has much to do makes no file a bad one. There is an end all the same.
    """

    def __init__(self, account: Path, seconds: float) -> None:
        self._account, self._seconds = account, seconds
        self._begun, self._waited = time.monotonic(), self._without_core()

    @property
    def left(self) -> float:
        """What is left; 0 or less: nothing."""
        taken = time.monotonic() - self._begun
        without = self._without_core() - self._waited if taken >= self._seconds else 0.0
        return min(self._seconds - taken + without, self._seconds * _PATIENCE - taken)

    def _without_core(self) -> float:
        try:
            return int(self._account.read_bytes().split()[1]) * 1e-9
        except (OSError, IndexError, ValueError):
            return 0.0


class _Pipe:
    """Reads and writes frames on two descriptors, within a budget where there is one.

    `limit` bounds what the other side may send in one frame, in bytes.
    """

    def __init__(self, source: int, sink: int, *, limit: int, trusting: bool) -> None:
        self._source = source
        self._sink = sink
        self._limit = limit
        self._trusting = trusting

    def send(self, value: object, budget: _Budget | None = None) -> None:
        for part in _pack(value):
            rest = memoryview(part)
            while rest:
                _wait(self._sink, select.POLLOUT, budget)
                try:
                    rest = rest[os.write(self._sink, rest[:_CHUNK]) :]
                except BlockingIOError:
                    continue
                except BrokenPipeError as error:
                    raise _Ended from error

    def receive(self, budget: _Budget | None = None) -> object:
        length, count = _HEAD.unpack(self._read(_HEAD.size, budget))
        left = self._limit - length
        if left < 0 or count > _MOST_ARRAYS:
            raise pickle.UnpicklingError("the frame is too large")
        body = self._read(length, budget)
        arrays = []
        for _ in range(count):
            (size,) = _ARRAY.unpack(self._read(_ARRAY.size, budget))
            left -= size
            if left < 0:
                raise pickle.UnpicklingError("the frame is too large")
            arrays.append(self._read(size, budget))
        return _Unpickler(bytes(body), arrays, trusting=self._trusting).load()

    def _read(self, size: int, budget: _Budget | None) -> bytearray:
        data = bytearray(size)
        view, done = memoryview(data), 0
        while done < size:
            _wait(self._source, select.POLLIN, budget)
            got = os.readv(self._source, [view[done : done + _CHUNK]])
            if not got:
                raise _Ended
            done += got
        return data


def _wait(descriptor: int, event: int, budget: _Budget | None) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    while not poll.poll(None if budget is None else max(budget.left, 0) * 1000):
        if budget is not None and budget.left <= 0:
            raise _Late


# -- parent -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Child:
    process: "subprocess.Popen[bytes]"
    pipe: _Pipe

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
        budget = _Budget(child.account, limit)
        try:
            child.pipe.send((limit, function, args), budget)
            answer = child.pipe.receive(budget)
        except _Late as error:
            self._drop()
            raise SandboxTimedOut(message("sandbox.timed_out", seconds=f"{limit:g}")) from error
        except _Ended as error:
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
                self._child.pipe.receive(_Budget(self._child.account, _START_SECONDS))
            except (_Late, _Ended, pickle.UnpicklingError) as error:
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
    return _Child(process, _Pipe(source, sink, limit=memory, trusting=False))


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
    signal.setitimer(signal.ITIMER_REAL, limit * _PATIENCE + _GRACE_SECONDS)
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


def _own_pipe(limit: int) -> _Pipe:
    """Take the pipes away from standard input and output: a decoder may print."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    threading.Thread(target=_end_with_parent, args=(source,), daemon=True).start()
    return _Pipe(source, sink, limit=limit, trusting=True)


def run_child(memory: int) -> None:
    """Answer calls until the parent is gone; `memory` bounds the address space in bytes."""
    _confine(memory)
    pipe = _own_pipe(memory)
    pipe.send("ready")
    with contextlib.suppress(_Ended):
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
