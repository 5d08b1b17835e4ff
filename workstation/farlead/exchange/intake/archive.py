"""Studies of a DICOMweb archive into the inboxes of their units.

Two ways find what is new: windows of acquisition time (any archive), and Orthanc's change feed
before them where there is one. Objects are fetched in parallel and handed to the unit's inbox,
from where they go the way of every upload. A cursor moves only when everything before it lies
in an inbox or in the store, so a crash repeats a look and loses nothing; a repeat adds nothing.
"""

import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Protocol, TypeVar

from farlead.clients.dicomweb import DicomWeb, FoundInstance, FoundStudy
from farlead.clients.orthanc import ChangeFeed
from farlead.errors import FarleadError, PeerFailed
from farlead.exchange.intake.assigning import Assigning
from farlead.exchange.intake.windows import Looks, Window
from farlead.exchange.intake.withheld import Withheld
from farlead.messages import Message, message
from farlead.model.archived import Archived
from farlead.model.lease import Lease
from farlead.peers import Archive
from farlead.sandbox import Sandbox
from farlead.settings import Clock, Settings, utc_now

_T = TypeVar("_T")
_R = TypeVar("_R")

#: How often windows are looked through where a feed is followed; and how often that is asked.
BESIDE_FEED = timedelta(minutes=1)
FEED_SECONDS = 0.5
_LOT = 64
#: Studies, and objects, remembered as having nothing more for us.
_REMEMBERED = 100_000
_UID = re.compile(r"[0-9.]{1,64}")
_GONE = 404


class Known(Protocol):
    """What the store knows (`farlead.store.Store`)."""

    def known_objects(self, uids: Collection[str]) -> set[str]:
        """Those that it has."""

    def objects_of(self, study_uids: Collection[str]) -> dict[str, int]:
        """How many objects it has of each study."""

    def cursor(self, name: str) -> str | None:
        """Where reading stands."""

    def save_cursor(self, name: str, value: str, lease: Lease | None = None) -> None:
        """Move it; WorkTaken when another process reads on."""

    def note_archived(self, found: Archived) -> None:
        """An archive has given this object and keeps it."""


@dataclass(frozen=True, slots=True)
class ArchiveResult:
    """What one look at an archive came to, in objects.

    Parameters
    ----------
    taken : int
        Handed to the inboxes.
    unassigned : int
        Kept aside because no rule says whose they are.
    more : bool
        Whether there is more to do at once.
    trouble : Message or None
        What a person has to mend.
    """

    taken: int = 0
    unassigned: int = 0
    more: bool = False
    trouble: Message | None = None


class ArchiveIntake:
    """Intake from one archive.

    Parameters
    ----------
    settings : Settings
    archive : Archive
    store : Known
    sandbox : Sandbox
        In which the headers of objects are read.
    clock : callable
    stopped : callable
        Whether to break off; what is not finished is found again.
    lease : Lease, optional
        Under which the archive is read.
    """

    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        store: Known,
        sandbox: Sandbox,
        clock: Clock = utc_now,
        *,
        stopped: Callable[[], bool] = lambda: False,
        lease: Lease | None = None,
    ) -> None:
        self._archive = archive
        self._lease = lease
        self._store = store
        self._clock = clock
        self._stopped = stopped
        self._web = DicomWeb(archive, settings.folder, most_bytes=settings.largest_file)
        self._feed = (
            ChangeFeed(archive, settings.folder, most_bytes=settings.largest_file)
            if archive.changes is not None
            else None
        )
        self._assigning = Assigning(settings, archive, sandbox, store.note_archived)
        self._pool = ThreadPoolExecutor(archive.parallel, f"farlead-{archive.name}")
        self._looks = Looks(store.cursor(archive.name))
        self._settled: dict[str, int | None] = {}  # studies that have nothing more for us
        self._fed: set[str] = set()  # of the feed, handed in since its cursor moved
        self._left: dict[str, int | None] = {}  # of kinds that are not taken
        self._withheld = Withheld(archive.name, store.cursor(self._named("withheld")), clock)
        self._withheld_kept = self._withheld.text()
        self._next_windows = datetime.min.replace(tzinfo=UTC)

    def close(self) -> None:
        """End the fetching and close the connections."""
        self._pool.shutdown(cancel_futures=True)
        self._web.close()
        if self._feed is not None:
            self._feed.close()

    def run_once(self) -> ArchiveResult:
        """Take what is new; a failure of the archive is told and nothing is forgotten."""
        before = self._assigning.taken, self._assigning.unassigned
        more, trouble = False, None
        try:
            self._ask_again()
            if self._feed is not None:
                more = self._follow(self._feed)
            for window in () if more else self._due():
                if self._stopped():
                    break
                self._search(window.query(), thorough=window.thorough and self._feed is None)
                if not self._stopped():
                    self._keep_withheld()
                    self._looks.done(window)
                    self._save(self._archive.name, self._looks.text())
        except PeerFailed as error:
            more, trouble = False, error.reason
        except OSError as error:  # the disk, which is told and tried again like the archive
            cause = error.strerror or type(error).__name__
            more, trouble = (
                False,
                message("peers.not_spooled", archive=self._archive.name, cause=cause),
            )
        return ArchiveResult(
            self._assigning.taken - before[0],
            self._assigning.unassigned - before[1],
            more,
            trouble or self._withheld.trouble or self._assigning.trouble,
        )

    def _due(self) -> list[Window]:
        """Windows to be looked through now; where there is a feed they only make sure of it."""
        now = self._clock()
        if self._feed is not None and now < self._next_windows:
            return []
        self._next_windows = now + BESIDE_FEED
        return self._looks.due(now)

    # The change feed

    def _follow(self, feed: ChangeFeed) -> bool:
        """One part of the feed; whether there is more."""
        name = self._named("feed")
        stored = self._store.cursor(name)
        if stored is None:
            # What is older is found by the windows.
            self._save(name, str(feed.last()))
            return True
        changes = feed.since(int(stored))
        if changes.last < int(stored):  # the archive was made anew: its numbers begin again
            self._save(name, "0")
            return True
        new = [each for each in changes.instances if each not in self._fed]
        for done in self._parallel(new, lambda each: self._fed_object(feed, each)):
            self._fed.add(done)
        if self._stopped():
            return False
        self._fed.clear()
        self._keep_withheld()
        if changes.last != int(stored):
            self._save(name, str(changes.last))
        return not changes.done

    def _fed_object(self, feed: ChangeFeed, name: str) -> str:
        """Hand in one object of the feed; its name."""
        item = FoundInstance("", "", name)
        try:
            data = feed.instance(name)
            sender = feed.sender(name) if self._assigning.asks_senders else None
        except PeerFailed as error:
            if error.status != _GONE:
                feed.last()  # PeerFailed: nothing is to be had of it now
                self._withheld.add(item, error.reason)
                return name
        else:
            self._assigning.take(data, sender)
        self._withheld.remove(item)  # it came, or was deleted since
        return name

    # The windows

    def _search(self, query: Mapping[str, str], *, thorough: bool) -> None:
        # Not by kind: asked for it, Orthanc gives one page and says that there is no other.
        studies = self._web.studies(query)
        while lot := list(islice(studies, _LOT)):
            have = {} if thorough else self._store.objects_of({study.uid for study in lot})
            wanted = [s for s in lot if self._wants(s, have.get(s.uid, 0), thorough=thorough)]
            objects = [each for each in self._missing(wanted) if each not in self._withheld]
            for _ in self._parallel(objects, self._taken):
                pass
            if self._stopped():
                return
            for study in wanted:
                self._settle(study)

    def _wants(self, study: FoundStudy, have: int, *, thorough: bool) -> bool:
        if not _UID.fullmatch(study.uid) or FoundInstance(study.uid, "", "") in self._withheld:
            return False
        kinds = set(self._archive.modalities)
        if kinds and study.modalities and not kinds.intersection(study.modalities):
            return False
        count = study.instances
        return thorough or count is None or max(have, self._settled.get(study.uid) or -1) < count

    def _settle(self, study: FoundStudy) -> None:
        """Nothing more is to be had of it until it grows."""
        if study.instances is not None:
            self._settled[study.uid] = study.instances
        for remembered in (self._settled, self._left):
            while len(remembered) > _REMEMBERED:
                del remembered[next(iter(remembered))]

    def _missing(self, studies: list[FoundStudy]) -> list[FoundInstance]:
        listed = self._parallel(studies, lambda study: self._objects_of(study.uid))
        return self._new(each for found in listed for each in found)

    def _objects_of(self, study: str) -> list[FoundInstance]:
        """What the archive names; nothing where it cannot, though it answers otherwise."""
        whole = FoundInstance(study, "", "")
        try:
            found = list(self._web.instances(study))
        except PeerFailed as error:
            self._web.echo()  # PeerFailed: nothing is to be had of it now
            self._withheld.add(whole, error.reason)
            return []
        self._withheld.remove(whole)
        return found

    def _new(self, named: Iterable[FoundInstance]) -> list[FoundInstance]:
        """Those of our kinds that the store does not have."""
        kinds = set(self._archive.modalities)
        found = [
            each
            for each in named
            if each.uid not in self._left
            and (not kinds or each.modality is None or each.modality in kinds)
        ]
        known = self._store.known_objects({each.uid for each in found})
        return [each for each in found if each.uid not in known and _UID.fullmatch(each.uid)]

    def _taken(self, instance: FoundInstance) -> None:
        if self._assigning.lies_in_an_inbox(instance.uid):
            return
        try:
            data = self._web.retrieve(instance)
            sender = self._sender(instance.uid)
        except PeerFailed as error:
            self._web.echo()  # PeerFailed: nothing is to be had of it now
            self._withheld.add(instance, error.reason)
            return
        self._withheld.remove(instance)
        if not self._assigning.take(data, sender):
            self._left[instance.uid] = None

    def _sender(self, uid: str) -> str | None:
        """Who sent an object, where a rule asks for it and the archive can be asked."""
        if self._feed is None or not self._assigning.asks_senders:
            return None
        return self._feed.sender_of(uid)

    # What was not given

    def _ask_again(self) -> None:
        for _ in self._parallel(self._withheld.due(), self._again):
            pass
        self._keep_withheld()

    def _again(self, item: FoundInstance) -> None:
        if not item.study:
            self._again_fed(item)
            return
        named = self._objects_of(item.study)
        if not item.uid:
            for each in self._new(named):
                self._taken(each)
        elif any(each.uid == item.uid for each in self._new(named)):
            self._taken(item)
        elif FoundInstance(item.study, "", "") not in self._withheld:
            self._withheld.remove(item)  # it was deleted, or has come by another way

    def _again_fed(self, item: FoundInstance) -> None:
        if self._feed is None:  # it is followed no longer: the windows name it by its own name
            self._withheld.remove(item)
        else:
            self._fed_object(self._feed, item.uid)

    def _keep_withheld(self) -> None:
        text = self._withheld.text()
        if text != self._withheld_kept:
            self._save(self._named("withheld"), text)
            self._withheld_kept = text

    # Both

    def _named(self, part: str) -> str:
        return f"{self._archive.name}.{part}"

    def _save(self, name: str, value: str) -> None:
        self._store.save_cursor(name, value, self._lease)

    def _parallel(self, items: list[_T], work: Callable[[_T], _R]) -> Iterator[_R]:
        """Results of `work` in order; no more is begun than is being fetched and waited for.

        The first failure is raised once what was begun has ended.
        """
        waiting: deque[Future[_R]] = deque()
        failure: FarleadError | OSError | None = None
        rest = iter(items)
        while True:
            while len(waiting) < 2 * self._archive.parallel and failure is None:
                if self._stopped() or not self._assigning.room(self._stopped):
                    rest = iter(())
                item = next(rest, None)
                if item is None:
                    break
                waiting.append(self._pool.submit(work, item))
            if not waiting:
                break
            try:
                yield waiting.popleft().result()
            except (FarleadError, OSError) as error:
                failure = failure or error
        if failure is not None:
            raise failure
