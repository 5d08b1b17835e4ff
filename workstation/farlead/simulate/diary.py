"""What a station tells of its morning: one line an act, written at once, so that it may be killed.

A line is ``TIME WORD VALUE``: seconds of the clock that all processes of this machine share, what
happened, and a study or a figure.
"""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Act(StrEnum):
    """What is told."""

    UP = "up"  # the reader sits there and is free
    SAW = "saw"  # a study stood among the cards for the first time
    TOOK = "took"  # a study; the reader is busy
    OPENED = "opened"  # its sheet is there
    SIGNED = "signed"
    RETAKE = "retake"
    LEFT = "left"  # given back, or lost to another
    BREAK = "break"  # the reader is away
    BACK = "back"
    PROGRAM = "program"  # seconds of the program itself for one study
    LATE = "late"  # seconds by which the reader woke too late
    WAITED = "waited"  # share of the time in which the station wanted a core and had none
    TROUBLE = "trouble"  # id of an error that nobody expects
    DOWN = "down"  # killed, or closed


@dataclass(frozen=True, slots=True)
class Line:
    """One act."""

    at: float
    act: Act
    value: str = ""

    @property
    def study(self) -> int:
        """The study that it speaks of."""
        return int(self.value)


class Diary:
    """A file to which one station, or whoever kills it, adds.

    Parameters
    ----------
    file : Path
    """

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def tell(self, act: Act, value: object = "") -> None:
        """Add a line."""
        os.write(self._file, f"{time.time():.4f} {act} {value}\n".encode())

    def close(self) -> None:
        """Add no more."""
        os.close(self._file)


def diary_file(folder: Path, login: str) -> Path:
    """Where a station tells."""
    return folder / "diaries" / f"{login}.txt"


def read_diary(file: Path) -> list[Line]:
    """All lines that were written whole."""
    lines = file.read_text("utf-8").split("\n")[:-1] if file.exists() else []
    return [Line(float(at), Act(act), value) for at, act, value in map(_parts, lines)]


def _parts(line: str) -> Sequence[str]:
    return line.split(" ", 2)


def core_wait() -> float:
    """Of the time in which this process wanted a core, the share in which it had none.

    NaN where the system keeps no such account (it is Linux that does).
    """
    ran = waited = 0
    try:
        for task in Path("/proc/self/task").iterdir():
            first, second, _ = (task / "schedstat").read_text("ascii").split()
            ran, waited = ran + int(first), waited + int(second)
    except (OSError, ValueError):
        return float("nan")
    return waited / max(ran + waited, 1)


def free_spans(lines: Sequence[Line], end: float) -> Iterator[tuple[float, float, int | None]]:
    """Times at which the reader was there and held nothing: from, to, and what was taken then.

    None: nothing was; the reader left, the station was killed, or the morning was over.
    """
    since: float | None = None
    for line in lines:
        match line.act:
            case Act.UP | Act.SIGNED | Act.RETAKE | Act.LEFT | Act.BACK:
                since = line.at if since is None else since
            case Act.TOOK | Act.BREAK | Act.DOWN:
                if since is not None:
                    yield since, line.at, line.study if line.act is Act.TOOK else None
                since = None
            case _:
                pass
    if since is not None:
        yield since, end, None
