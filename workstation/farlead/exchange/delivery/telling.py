"""Telling units how far their studies are: beside the reports, and never in their way.

Only the newest of a study is told. Each place has its own turn, and a dead one rests with growing
pauses; reports have a turn of their own and do not wait for this.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from farlead.errors import FarleadError
from farlead.exchange.delivery.parcel import Teller, Told
from farlead.exchange.delivery.routes import Routes
from farlead.exchange.pauses import pause
from farlead.exchange.turns import Turns
from farlead.messages import Message, message
from farlead.model.progress import Progress
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store

_LOG = logging.getLogger(__name__)
#: So many are looked at in one go; the next run takes the rest.
BATCH = 500
WORKERS = 8
#: So many are noted as told at a time; after a crash they are told once more, under the same name.
_LOT = 16
#: What moved longer ago is not on the page for the unit's desk.
ON_THE_PAGE = timedelta(days=2)
_WORK = "status"


class Telling:
    """Tells units how far their studies are.

    Parameters
    ----------
    settings : Settings
        Names units and their ways.
    store : Store
        Says what changed, and keeps what was told.
    clock : callable
    turns : Turns or None
        One process of all tells.
    """

    def __init__(
        self, settings: Settings, store: Store, clock: Clock = utc_now, turns: Turns | None = None
    ) -> None:
        self._settings, self._store, self._clock = settings, store, clock
        self._turns = turns or Turns(store)
        self._routes = Routes(settings)
        self._pool = ThreadPoolExecutor(WORKERS, "farlead-status")
        self._busy: dict[str, Future[int]] = {}
        self._resting: dict[str, datetime] = {}
        self._failures: dict[str, int] = defaultdict(int)
        self._closing = threading.Event()

    def close(self) -> None:
        """Finish the pieces in hand."""
        self._closing.set()
        self._pool.shutdown()
        self._routes.close()

    def run_once(self) -> None:
        """See what changed, and begin to tell it."""
        if self._turns.keep(_WORK) is None:
            return  # another process tells
        self._store.follow_progress(self._settings.status_by)
        self._busy = {name: each for name, each in self._busy.items() if not each.done()}
        now = self._clock()
        self._resting = {name: until for name, until in self._resting.items() if until > now}
        waiting: dict[str, list[Progress]] = defaultdict(list)
        for each in self._store.due_progress(BATCH):
            if each.destination not in self._busy and each.destination not in self._resting:
                waiting[each.destination].append(each)
        for place, due in waiting.items():
            self._busy[place] = self._pool.submit(self._serve, place, due)

    def settle(self) -> int:
        """Tell what is due now and wait for it; how many were told."""
        self.run_once()
        served = list(self._busy.values())
        wait(served)
        return sum(each.result() for each in served)

    def _serve(self, place: str, due: Sequence[Progress]) -> int:
        """Everything for one place; the first failure lets it rest."""
        told = 0
        for start in range(0, len(due), _LOT):
            lot = due[start : start + _LOT]
            arrived = self._serve_lot(place, lot)
            self._store.progress_told(*arrived)
            told += len(arrived)
            if len(arrived) < len(lot):
                break
        if told:
            self._show(place)
        return told

    def _serve_lot(self, place: str, lot: Sequence[Progress]) -> list[Progress]:
        """What has arrived of these, up to the first failure."""
        studies = self._store.known_studies([each.study for each in lot])
        arrived: list[Progress] = []
        for each in lot:
            if self._closing.is_set():
                break
            trouble = self._tell(place, Told(each, studies[each.study]))
            if trouble is not None:
                self._failures[place] += 1
                rest = self._clock() + pause(self._failures[place] - 1)
                self._store.retry_progress(each, trouble, rest)
                self._resting[place] = rest
                break
            arrived.append(each)
            self._failures.pop(place, None)
        return arrived

    def _tell(self, place: str, told: Told) -> Message | None:
        """One try; what was wrong with it."""
        try:
            self._teller(place).tell(told)
        except FarleadError as error:
            return error.reason
        except Exception:  # noqa: BLE001 - logged whole; one place must not stop the others
            _LOG.exception("status of study %s for %s failed", told.study.id, place)
            return message("delivery.failed_on")
        return None

    def _teller(self, place: str) -> Teller:
        sender = self._routes.sender(place)
        if not isinstance(sender, Teller):
            raise TypeError(f"{place} cannot be told how far a study is")
        return sender

    def _show(self, place: str) -> None:
        """The page for the unit's desk, where the place is a folder."""
        moved = self._store.progress_at(place, ON_THE_PAGE)[:BATCH]
        studies = self._store.known_studies([each.study for each in moved])
        rows = [Told(each, studies[each.study]) for each in moved]
        try:
            self._teller(place).show(rows, self._store.now(), self._settings.language)
        except FarleadError as error:
            _LOG.warning("page of %s: %s", place, error)
