"""The hub's objects: in its database or in an archive, and near at hand in a bounded folder.

What is put is in the database, in pieces, before it counts as stored; what an archive keeps is
fetched from there. The folder is only a cache: it never grows beyond its bound, an entry that is
broken is fetched again, the longest unused one goes first, and one that is pinned does not go. An
object that does not fit is handed through without being kept.

An entry is a file under the name of its object, written whole and renamed. Where an archive gave
other bytes that say the same, a line before them names their own hash.
"""

import hashlib
import re
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from os import utime
from pathlib import Path
from typing import Protocol

from farlead.errors import ObjectMissing
from farlead.messages import message
from farlead.model.archived import Archived
from farlead.objects.archives import Archives
from farlead.objects.entries import LONGEST_PIN, Bounds, Entries
from farlead.objects.folder import PART, ObjectFolder

#: Size of a piece in the database: small enough for one statement.
PIECE = 4 << 20
#: What other processes of this station have put or removed is looked at so often.
_LOOK_SECONDS = 600.0
#: A file that nobody has written to for so long is a dead process's.
_LEFT_SECONDS = 3600.0
_OTHER = re.compile(rb"farlead: other bytes ([0-9a-f]{64})\n")


class Blobs(Protocol):
    """Where the bytes are kept (`farlead.store.Store`)."""

    def put_blob(self, sha256: str, pieces: Iterable[bytes]) -> None:
        """Keep an object, once."""

    def blob(self, sha256: str) -> Iterator[bytes] | None:
        """The pieces of an object; None when it is not there."""

    def has_blob(self, sha256: str) -> bool:
        """Whether it is there, whole."""

    def blob_names(self) -> Iterator[str]:
        """All names, in order."""


class HubObjects(ObjectFolder):
    """Content-addressed objects of a hub.

    Parameters
    ----------
    folder : Path
        Of the cache; several processes of one station may share it.
    blobs : Blobs
    bounds : Bounds
    archives : Archives, optional
        Where archives keep what the database does not.
    clock : callable
        Seconds, as the files' times count them.
    """

    def __init__(
        self,
        folder: Path,
        blobs: Blobs,
        bounds: Bounds = Bounds(),  # noqa: B008 - frozen
        archives: Archives | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(folder)
        self._blobs = blobs
        self._archives = archives
        self._clock = clock
        self._entries = Entries(bounds)
        self._pins: dict[str, tuple[frozenset[str], float]] = {}
        self._looked = -_LOOK_SECONDS
        self._lock = threading.RLock()
        self._fetching: dict[str, threading.Lock] = {}

    def close(self) -> None:
        """Close the connections to the archives."""
        if self._archives is not None:
            self._archives.close()

    # What is kept

    def put(self, data: bytes) -> str:
        """Store bytes, once; their SHA-256 (hex)."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self._blobs.has_blob(sha256):
            pieces = (data[start : start + PIECE] for start in range(0, len(data), PIECE))
            self._blobs.put_blob(sha256, pieces)
        self._enter(sha256, data)
        return sha256

    def put_file(self, source: Path) -> tuple[str, int]:
        """Store a file of any size without holding it; its SHA-256 and size."""
        with self._copied(source) as (_, part, sha256, size):
            if not self._blobs.has_blob(sha256):
                with part.open("rb") as file:
                    self._blobs.put_blob(sha256, iter(lambda: file.read(PIECE), b""))
            self._name(part, sha256, size)
        return sha256, size

    def put_archived(self, source: Path) -> tuple[str, int]:
        """A file whose bytes an archive keeps: near at hand where it fits, and not at the hub."""
        with self._copied(source) as (_, part, sha256, size):
            self._name(part, sha256, size)
        return sha256, size

    def get(self, sha256: str) -> bytes:
        """Bytes of an object, from the cache, the hub or its archive.

        Raises
        ------
        ObjectAway
            Its archive cannot be asked now.
        ObjectMissing
            Nobody has it, or what they have is not what was received.
        """
        found = self._near(sha256)
        if found is not None:
            return found
        with self._one_at_a_time(sha256):
            found = self._near(sha256)  # somebody else may have fetched it meanwhile
            return found if found is not None else self._fetched(sha256)

    def exists(self, sha256: str) -> bool:
        """Whether cache or hub have it, or an archive was seen to have it."""
        return (
            self._place(sha256).is_file()
            or self._blobs.has_blob(sha256)
            or self._archived(sha256) is not None
        )

    def size(self, sha256: str) -> int:
        """Bytes of an object as it was received; ObjectMissing."""
        place = self._archived(sha256)
        return len(self.get(sha256)) if place is None else place.size

    def path(self, sha256: str) -> Path:
        """Where an object stands in the cache, fetched if need be and where it fits."""
        if not self._place(sha256).is_file() and self.exists(sha256):
            self.get(sha256)
        return self._place(sha256)

    @contextmanager
    def lent(self, sha256: str) -> Iterator[Path]:
        """A file with the bytes of an object, which stays there as long; ObjectMissing."""
        holder = f"lent {sha256} {threading.get_ident()}"
        self.pin(holder, [sha256], LONGEST_PIN)
        try:
            data = self.get(sha256)
            place = self._place(sha256)
            if place.is_file() and place.stat().st_size == len(data):
                yield place
                return
            with tempfile.NamedTemporaryFile(prefix=PART, dir=self._folder) as file:
                file.write(data)
                file.flush()
                yield Path(file.name)
        finally:
            self.lift(holder)

    def names(self) -> Iterator[str]:
        """Names of all objects that the hub keeps."""
        return self._blobs.blob_names()

    # Near at hand

    def bring(self, sha256: str) -> None:
        """Have an object near at hand before it is asked for; ObjectMissing."""
        if not self._place(sha256).is_file():
            self.get(sha256)

    def pin(self, holder: str, names: Collection[str], seconds: float) -> None:
        """Keep these near at hand for so long, or until `holder` says otherwise."""
        now = self._clock()
        until = now + min(seconds, LONGEST_PIN)
        with self._lock:
            self._pins = {who: held for who, held in self._pins.items() if held[1] > now}
            before, _ = self._pins.get(holder, (frozenset[str](), 0.0))
            self._pins[holder] = frozenset(names), until
            for name in before.difference(names):
                self._stamp(name, freed=True)
            for name in names:
                self._stamp(name)

    def lift(self, holder: str) -> None:
        """What `holder` has pinned may go."""
        with self._lock:
            names, _ = self._pins.pop(holder, (frozenset[str](), 0.0))
            for name in names:
                self._stamp(name, freed=True)

    def _near(self, sha256: str) -> bytes | None:
        """Bytes from the cache, as they were received or in other words; a broken one goes."""
        try:
            data = self._place(sha256).read_bytes()
        except FileNotFoundError:
            return None
        except OSError:  # the disk gives up on it
            data = b""
        if hashlib.sha256(data).hexdigest() != sha256:
            head = _OTHER.match(data)
            rest = data[head.end() :] if head else b""
            if head is None or hashlib.sha256(rest).hexdigest().encode() != head[1]:
                self._drop(sha256)
                return None
            data = rest
        with self._lock:
            now = self._clock()
            if sha256 in self._entries:
                self._entries.used(sha256, now)
            else:  # another process of this station has put it there
                self._entries.add(sha256, self._size(sha256), now, now)
            self._stamp(sha256)
        return data

    def _size(self, sha256: str) -> int:
        try:
            return self._place(sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def _fetched(self, sha256: str) -> bytes:
        pieces = self._blobs.blob(sha256)
        if pieces is not None:
            data = b"".join(pieces)
            if hashlib.sha256(data).hexdigest() != sha256:
                raise ObjectMissing(message("objects.altered", sha256=sha256))
        else:
            place = self._archived(sha256)
            if place is None or self._archives is None:
                cause = "@objects.not_at_the_hub"
                raise ObjectMissing(message("objects.missing", sha256=sha256, cause=cause))
            data = self._archives.fetch(place)
        self._enter(sha256, data)
        return data

    def _archived(self, sha256: str) -> Archived | None:
        return self._archives.known(sha256) if self._archives is not None else None

    @contextmanager
    def _one_at_a_time(self, sha256: str) -> Iterator[None]:
        """Two who want the same fetch it once."""
        with self._lock:
            mine = self._fetching.setdefault(sha256, threading.Lock())
        try:
            with mine:
                yield
        finally:
            with self._lock:
                self._fetching.pop(sha256, None)

    # The folder

    def _enter(self, sha256: str, data: bytes) -> None:
        """An entry with these bytes, where they fit."""
        own = hashlib.sha256(data).hexdigest()
        head = b"" if own == sha256 else b"farlead: other bytes %s\n" % own.encode()
        size = len(head) + len(data)
        part: Path | None = None
        try:
            with self._lock:
                self._look()
                if not self._entries.fits(size, self._clock()):
                    return
            with tempfile.NamedTemporaryFile(prefix=PART, dir=self._folder, delete=False) as file:
                part = Path(file.name)
                file.write(head)
                file.write(data)
            self._name(part, sha256, size)
        except OSError:  # no folder, or no room on the disk, which doctor tells: handed through
            return
        finally:
            if part is not None:  # it did not become an entry
                part.unlink(missing_ok=True)

    def _name(self, part: Path, sha256: str, size: int) -> None:
        """Give a whole file its place among the entries, where it fits."""
        with self._lock:
            self._look()
            now = self._clock()
            self._entries.remove(sha256)
            if self._place(sha256).is_file():
                self._place(sha256).unlink(missing_ok=True)
            if not self._entries.fits(size, now):
                return
            for name in self._entries.to_go(size, now):
                self._make_room(name, now)
            if not self._entries.fits(size, now):  # others hold what should have gone
                return
            part.chmod(0o600)
            place = self._place(sha256)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            part.replace(place)
            self._entries.add(sha256, size, now, now)
            self._stamp(sha256)

    def _make_room(self, name: str, now: float) -> None:
        """Remove an entry, unless another process of this station holds it."""
        try:
            until = self._place(name).stat().st_mtime
        except FileNotFoundError:
            self._entries.remove(name)
            return
        if now < until <= now + LONGEST_PIN:
            self._entries.hold(name, until)
        else:
            self._drop(name)

    def _drop(self, sha256: str) -> None:
        with self._lock:
            self._place(sha256).unlink(missing_ok=True)
            self._entries.remove(sha256)

    def _until(self, name: str) -> float:
        return max((until for names, until in self._pins.values() if name in names), default=0.0)

    def _stamp(self, name: str, *, freed: bool = False) -> None:
        """The time of a file is that of its last use, or until when somebody holds it."""
        now, until = self._clock(), self._until(name)
        place = self._place(name)
        try:
            other = place.stat().st_mtime
            if not freed and now < other <= now + LONGEST_PIN:
                until = max(until, other)
            utime(place, (now, max(now, until)))
        except FileNotFoundError:  # not here, or another process has removed it
            self._entries.remove(name)
            return
        if until > now:
            self._entries.hold(name, until)
        else:
            self._entries.free(name)

    def _look(self) -> None:
        """See what is in the folder, now and then, and clear away what a dead process left."""
        now = self._clock()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # somebody may clear it away
        self._looked = now
        self._entries.load(self._seen(), now)
        for part in self._folder.glob(f"{PART}*"):
            try:
                if now - part.stat().st_mtime > _LEFT_SECONDS:
                    part.unlink()
            except FileNotFoundError:
                continue
        for name in self._entries.to_go(0, now):
            self._drop(name)

    def _seen(self) -> Iterator[tuple[str, int, float]]:
        for name in super().names():
            try:
                status = self._place(name).stat()
            except FileNotFoundError:
                continue
            yield name, status.st_size, status.st_mtime
