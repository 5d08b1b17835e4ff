"""Functions that tests call inside the confined process: good, wrong and hostile ones."""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from farlead.errors import IllegalTransition, InvalidRequest, UnreadableFile
from farlead.messages import Message, message
from farlead.model.people import Patient
from farlead.model.recording import Recording


def echo(value: object) -> object:
    return value


def recording(leads: int, n: int) -> Recording:
    samples = np.arange(leads * n, dtype=np.float32).reshape(leads, n)
    return Recording(
        samples, tuple(f"V{i + 1}" for i in range(leads)), 500.0, patient=Patient("王")
    )


def double(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    return samples * 2


def unreadable() -> None:
    reason = message("sandbox.timed_out", seconds="1")
    raise UnreadableFile(reason, offset=12, tag="(003A,001A)")


def invalid_request() -> None:
    raise InvalidRequest(message("sandbox.memory"), field="patient.name")


def illegal() -> None:
    raise IllegalTransition("study", "waiting", "reported")


def wrong() -> None:
    raise ValueError("not our tree")


def leave() -> None:
    os._exit(3)


def segfault() -> None:
    ctypes.string_at(0)


def hang() -> None:
    while True:
        time.sleep(1)


def hang_deaf() -> None:
    """Hold the interpreter's lock: no other thread of the child can act."""
    sys.setswitchinterval(1e6)
    libc = ctypes.PyDLL(None)
    while True:
        libc.sleep(100)


def devour() -> int:
    return len(np.ones(1 << 30).tobytes())


def devour_reply() -> object:
    return b"x" * (300 << 20)


def chatter() -> str:
    print("this must not reach the parent" * 1000)  # noqa: T201  # that is the test
    os.write(1, b"\x00" * 100)
    sys.stdout.flush()
    return "clean"


def write_file(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"data")


class Foreign:
    """Not one of our values."""


class Evil:
    """Would run a command when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (os.system, ("true",))


class Dotted:
    """Reaches through an allowed module for something else."""

    def __reduce__(self) -> tuple[object, ...]:
        return (Message.from_dict, ({"id": "x"},))


def foreign() -> object:
    return Foreign()


def evil() -> object:
    return Evil()


def dotted() -> object:
    return Dotted()


def object_array() -> object:
    return np.array([Foreign()], dtype=object)


def unpicklable() -> object:
    return lambda: None


def pid() -> int:
    return os.getpid()


def interrupted() -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "still here"
