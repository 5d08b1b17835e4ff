"""What a bounded cache holds, and what has to go: plain bookkeeping, no files.

An entry whose last use lies in the future is pinned until then. That is also what the time of
its file says, so that every process of a station sees which entries are held; a process that
dies holds nothing for longer than it said.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

#: Nothing is held for longer: a time further ahead was written by a clock that was wrong.
LONGEST_PIN = 86_400.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large the cache may grow, in bytes, and how long an unused entry stays, in seconds."""

    size: int = 20 << 30
    age: float = 14 * 86_400.0


class Entries:
    """Entries by name, the longest unused first.

    Parameters
    ----------
    bounds : Bounds
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._found: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._held: dict[str, float] = {}
        self.total = 0

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def load(self, found: Iterable[tuple[str, int, float]], now: float) -> None:
        """Begin anew with these: name, size, and last use."""
        self._found.clear()
        self._held.clear()
        self.total = 0
        for name, size, used in sorted(found, key=lambda each: each[2]):
            self.add(name, size, used, now)

    def add(self, name: str, size: int, used: float, now: float) -> None:
        """One more, or one of another size."""
        self.remove(name)
        self._found[name] = size, used
        self.total += size
        if now < used <= now + LONGEST_PIN:
            self._held[name] = used

    def used(self, name: str, now: float) -> None:
        """An entry was used."""
        if name in self._found:
            self._found[name] = self._found[name][0], now
            self._found.move_to_end(name)

    def hold(self, name: str, until: float) -> None:
        """An entry does not go before then."""
        if name in self._found:
            self._held[name] = until

    def free(self, name: str) -> None:
        """An entry is held no longer."""
        self._held.pop(name, None)

    def remove(self, name: str) -> None:
        """An entry is gone."""
        size, _ = self._found.pop(name, (0, 0.0))
        self._held.pop(name, None)
        self.total -= size

    def fits(self, size: int, now: float) -> bool:
        """Whether so many bytes can be had beside what is held."""
        held = sum(self._found[name][0] for name, until in self._held.items() if until > now)
        return held + size <= self._bounds.size

    def to_go(self, size: int, now: float) -> list[str]:
        """What has to go so that so many bytes fit: what is too old, then the longest unused."""
        going, left = [], self.total + size
        for name, (kept, used) in self._found.items():
            if self._held.get(name, now) > now:
                continue
            if left <= self._bounds.size and now - used <= self._bounds.age:
                break
            going.append(name)
            left -= kept
        return going
