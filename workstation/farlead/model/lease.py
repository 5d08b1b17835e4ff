"""A piece of work that one process has in hand, so that no other does the same."""

from dataclasses import dataclass
from datetime import datetime

#: What a process has that shares the work.
SERVING = "serve"


@dataclass(frozen=True, slots=True)
class Lease:
    """Who has a piece of work, and until when it is his unless he says that he is still there.

    Parameters
    ----------
    name : str
        What it is, e.g. ``archive hub``, ``delivery county1:stow``.
    holder : str
        The process: host, number and a word of its own, with colons between; empty: nobody, and
        nobody takes it before `until`.
    number : int
        Another one each time it is taken: who writes under an outdated one is refused.
    since, until : datetime
        By the clock of the store.
    """

    name: str
    holder: str
    number: int
    since: datetime
    until: datetime

    @property
    def work(self) -> str:
        """What it is, without the holder's name in it."""
        return self.name.removesuffix(f" {self.holder}")

    @property
    def is_process(self) -> bool:
        """Whether it only says that a process shares the work."""
        return self.work == SERVING

    @property
    def host(self) -> str:
        """Name of the machine."""
        return self.holder.rsplit(":", 2)[0]

    @property
    def process(self) -> int | None:
        """Number of the process on that machine."""
        parts = self.holder.rsplit(":", 2)
        return int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else None
