"""Who uses the processors: each process that was started, with all that it started in its turn."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PROCESSES = Path("/proc")
#: Places of a process's line: its parent; its own time, and that of children that have ended.
_PARENT, _TIMES = 1, slice(11, 15)


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds of the processors, by what was done in them.

    Parameters
    ----------
    services : float
        Taking in, screening, delivering, with the confined processes.
    stations : float
        Reading and signing at all stations, with the confined processes.
    simulator : float
        Making the files, looking how it goes.
    """

    services: float = 0.0
    stations: float = 0.0
    simulator: float = 0.0

    def __sub__(self, other: Self) -> "Used":
        return Used(
            self.services - other.services,
            self.stations - other.stations,
            self.simulator - other.simulator,
        )

    @property
    def all(self) -> float:
        """All of it."""
        return self.services + self.stations + self.simulator


def used_by(process: int) -> float:
    """Seconds that a process and all below it have used; 0 where there is none, or no account.

    The system keeps an account of processes on Linux.
    """
    table = dict(_table())
    children: dict[int, list[int]] = {}
    for each, (parent, _) in table.items():
        children.setdefault(parent, []).append(each)
    found, left = 0.0, [process]
    while left:
        each = left.pop()
        found += table.get(each, (0, 0.0))[1]
        left += children.get(each, ())
    return found


def _table() -> Iterator[tuple[int, tuple[int, float]]]:
    """Every process with its parent and its seconds."""
    tick = os.sysconf("SC_CLK_TCK")
    for folder in _PROCESSES.glob("[0-9]*"):
        try:
            words = (folder / "stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue  # it has just ended
        yield int(folder.name), (int(words[_PARENT]), sum(map(int, words[_TIMES])) / tick)
