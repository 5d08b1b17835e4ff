"""Objects that an archive names and does not give, though it answers otherwise.

They hold up nothing that comes after them, are asked for again and again, and are told until they
have come or the archive names them no longer. What is known of them outlives the process.
"""

import json
import threading
from datetime import datetime, timedelta

from farlead.clients.dicomweb import FoundInstance
from farlead.exchange.pauses import pause
from farlead.messages import Message, in_both, message
from farlead.settings import Clock

#: More are no few broken objects; the others are named again by the windows.
_MOST = 10_000


class Withheld:
    """The objects of one archive; for any number of threads.

    One without a name of its own stands for a study whose objects cannot be listed, one without a
    study is named as the change feed does.

    Parameters
    ----------
    archive : str
        Its name.
    stored : str or None
        As :meth:`text` gave it.
    clock : callable
    """

    def __init__(self, archive: str, stored: str | None, clock: Clock) -> None:
        self._archive, self._clock = archive, clock
        self._lock = threading.Lock()
        now = clock()
        self._failures: dict[FoundInstance, int] = {}
        self._next: dict[FoundInstance, datetime] = {}
        self._why: dict[FoundInstance, Message] = {}
        for study, series, uid in json.loads(stored) if stored else ():
            self._next[FoundInstance(study, series, uid)] = now

    def __contains__(self, item: FoundInstance) -> bool:
        return _bare(item) in self._next

    def add(self, item: FoundInstance, why: Message) -> None:
        """It was not given."""
        item = _bare(item)
        with self._lock:
            if item not in self._next and len(self._next) >= _MOST:
                return
            failed = self._failures.get(item, 0)
            wait = pause(failed - 1) if failed else timedelta(0)
            self._next[item] = self._clock() + wait
            self._failures[item] = failed + 1
            self._why[item] = why

    def remove(self, item: FoundInstance) -> None:
        """It was given after all, or is named no longer."""
        item = _bare(item)
        if item in self._next:
            with self._lock:
                for known in (self._failures, self._next, self._why):
                    known.pop(item, None)

    def due(self) -> list[FoundInstance]:
        """Those to be asked for now."""
        now = self._clock()
        with self._lock:
            return [item for item, moment in self._next.items() if moment <= now]

    def text(self) -> str:
        """To be kept until the next start."""
        with self._lock:
            return json.dumps([[each.study, each.series, each.uid] for each in self._next])

    @property
    def trouble(self) -> Message | None:
        """How many there are, and what the archive said of the first."""
        with self._lock:
            found = next(iter(self._why.items()), None)
            if found is None:
                return None
            item, why = found
            return message(
                "peers.withheld",
                archive=self._archive,
                many=len(self._next),
                uid=item.uid or item.study,
                **in_both("said", why),
            )


def _bare(item: FoundInstance) -> FoundInstance:
    """Without what a search may say now and not then."""
    return FoundInstance(item.study, item.series, item.uid)
