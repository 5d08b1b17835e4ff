"""Whether the store answers: asked again and again, and known before anybody waits for it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

from farlead.errors import StoreBusy, StoreError, StoreUnreachable
from farlead.messages import message

T = TypeVar("T")

#: Seconds without an answer after which the store counts as away.
ANSWER_SECONDS = 2.0


class Answering(Protocol):
    """The part of a store that is asked."""

    def change_counter(self) -> int:
        """Number that changes when the list may have changed."""

    def answers(self) -> None:
        """Return when the store can be written to."""

    def cut(self) -> None:
        """End whatever waits for a server that does not answer."""


class Link:
    """The line to the store. Safe to use from several threads.

    Parameters
    ----------
    store : Answering
    seconds : float

    Notes
    -----
    A network that swallows everything, and a server that is stopped but not gone, give no error
    at all: so each question is asked beside, and one that is not answered in time means that the
    store is away. Whatever else waits for it then is ended.
    """

    def __init__(self, store: Answering, seconds: float = ANSWER_SECONDS) -> None:
        self._store, self._seconds = store, seconds
        self._away: StoreError | None = None
        self._asked: Future[int] | None = None
        self._lock = threading.Lock()
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="farlead-link")

    @property
    def away(self) -> StoreError | None:
        """Why the store cannot be reached; None while it can."""
        return self._away

    def changed(self) -> int:
        """Ask, wait a little, and know then whether the store is there. StoreUnreachable."""
        with self._lock:
            asked = self._asked = self._asked or self._beside.submit(self._ask)
        try:
            number = asked.result(self._seconds)
        except TimeoutError:
            told = message("journal.no_answer", seconds=round(self._seconds))
            self._away = StoreUnreachable(told)
            self._store.cut()
            raise self._away from None
        except (StoreUnreachable, StoreBusy) as error:
            self._asked, self._away = None, error
            raise
        except BaseException:
            self._asked = None
            raise
        self._asked, self._away = None, None
        return number

    def reach(self, act: Callable[[], T], instead: Callable[[], T]) -> T:
        """Do `act`; `instead` where the store is away or goes away meanwhile."""
        if self._away is None:
            try:
                return act()
            except (StoreUnreachable, StoreBusy) as error:
                self._away = error
        return instead()

    def refused(self) -> StoreError:
        """Why what needs the store cannot be done."""
        return self._away or StoreUnreachable(message("journal.needs_database"))

    def close(self) -> None:
        """Ask no more."""
        if self._asked is not None and not self._asked.done():
            self._store.cut()
        self._beside.shutdown(wait=True, cancel_futures=True)

    def _ask(self) -> int:
        if self._away is not None:
            self._store.answers()  # it is back when it can be written to
        return self._store.change_counter()
