"""Frames on a pipe between a process and its confined child, within a budget of time.

A frame is a pickle whose arrays travel beside it as raw bytes. What comes from the child is
read by an unpickler that knows only our own values, because a child that was taken over by a
crafted file must not run code in the parent.
"""

import enum
import importlib
import io
import os
import pickle
import select
import struct
import sys
import time
from dataclasses import is_dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

#: Times its limit that a call may take on a machine that has no core for it.
PATIENCE = 10.0

_HEAD = struct.Struct("<QI")  # length of the pickle, number of arrays
_ARRAY = struct.Struct("<Q")  # length of an array's bytes
_CHUNK = 1 << 20
_MOST_ARRAYS = 100_000
_PLAIN_KINDS = "biufc"  # array types without references
_ALLOWED = {
    "builtins": {"bytearray", "complex", "frozenset", "set"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "pathlib": {"Path", "PosixPath", "PurePath", "PurePosixPath"},
}


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


def pack(value: object) -> list[bytes | memoryview]:
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


class Ended(Exception):
    """The other side closed its end."""


class Late(Exception):
    """The time is over."""


class Budget:
    """Seconds that a process may take from now on.

    Those in which it wanted a core and had none do not count, where the system tells of them
    (Linux): a machine that has much to do makes no file a bad one. There is an end all the same,
    `PATIENCE` times as late.

    Parameters
    ----------
    account : Path
        Where the system tells how long the process waited for a core: its ``schedstat``.
    seconds : float
    """

    def __init__(self, account: Path, seconds: float) -> None:
        self._account, self._seconds = account, seconds
        self._begun, self._waited = time.monotonic(), self._without_core()

    @property
    def left(self) -> float:
        """What is left; 0 or less: nothing."""
        taken = time.monotonic() - self._begun
        without = self._without_core() - self._waited if taken >= self._seconds else 0.0
        return min(self._seconds - taken + without, self._seconds * PATIENCE - taken)

    def _without_core(self) -> float:
        try:
            return int(self._account.read_bytes().split()[1]) * 1e-9
        except (OSError, IndexError, ValueError):
            return 0.0


class Pipe:
    """Reads and writes frames on two descriptors, within a budget where there is one.

    Parameters
    ----------
    source, sink : int
        Descriptors to read from and to write to.
    limit : int
        Most bytes that the other side may send in one frame.
    trusting : bool
        Whether what the other side names may be anything; else our own values alone.
    """

    def __init__(self, source: int, sink: int, *, limit: int, trusting: bool) -> None:
        self._source = source
        self._sink = sink
        self._limit = limit
        self._trusting = trusting

    def send(self, value: object, budget: Budget | None = None) -> None:
        """Write one frame; Ended, Late, pickle.PicklingError."""
        for part in pack(value):
            rest = memoryview(part)
            while rest:
                _wait(self._sink, select.POLLOUT, budget)
                try:
                    rest = rest[os.write(self._sink, rest[:_CHUNK]) :]
                except BlockingIOError:
                    continue
                except BrokenPipeError as error:
                    raise Ended from error

    def receive(self, budget: Budget | None = None) -> object:
        """Read one frame; Ended, Late, pickle.UnpicklingError."""
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

    def _read(self, size: int, budget: Budget | None) -> bytearray:
        data = bytearray(size)
        view, done = memoryview(data), 0
        while done < size:
            _wait(self._source, select.POLLIN, budget)
            got = os.readv(self._source, [view[done : done + _CHUNK]])
            if not got:
                raise Ended
            done += got
        return data


def _wait(descriptor: int, event: int, budget: Budget | None) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    while not poll.poll(None if budget is None else max(budget.left, 0) * 1000):
        if budget is not None and budget.left <= 0:
            raise Late
