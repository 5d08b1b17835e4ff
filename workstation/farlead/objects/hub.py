"""The hub's objects: kept in its database, and near at hand in a bounded folder of each station.

What is put is in the database, in pieces, before it counts as stored; the folder is only a cache.
An entry that is broken is fetched again, one that nobody has used for long is removed.
"""

import hashlib
import os
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from farlead.errors import ObjectMissing
from farlead.messages import message
from farlead.objects.folder import ObjectFolder

#: Size of a piece in the database: small enough for one statement.
PIECE = 4 << 20
#: Whatever was used so recently is on somebody's screen, or about to be.
_IN_USE_SECONDS = 600.0
_SWEEP_SECONDS = 60.0


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


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large the cache may grow, in bytes, and how long an unused entry stays, in seconds."""

    size: int = 20 << 30
    age: float = 14 * 86_400.0


class HubObjects(ObjectFolder):
    """Content-addressed objects of a hub.

    Parameters
    ----------
    folder : Path
        Of the cache; several processes of one station may share it.
    blobs : Blobs
    bounds : Bounds
    """

    def __init__(self, folder: Path, blobs: Blobs, bounds: Bounds = Bounds()) -> None:
        super().__init__(folder)
        self._blobs = blobs
        self._bounds = bounds
        self._lock = threading.Lock()
        self._swept = 0.0

    def put(self, data: bytes) -> str:
        """Store bytes, once; their SHA-256 (hex)."""
        sha256 = super().put(data)
        self._keep(sha256)
        return sha256

    def put_file(self, source: Path) -> tuple[str, int]:
        """Store a file of any size without holding it; its SHA-256 and size."""
        sha256, size = super().put_file(source)
        self._keep(sha256)
        return sha256, size

    def get(self, sha256: str) -> bytes:
        """Bytes of an object, from the cache or the hub; ObjectMissing when neither has it."""
        if self._place(sha256).is_file():
            try:
                found = super().get(sha256)
            except ObjectMissing:  # broken here: fetched again
                self._place(sha256).unlink(missing_ok=True)
            else:
                self._used(sha256)
                return found
        self._fetch(sha256)
        return super().get(sha256)

    def exists(self, sha256: str) -> bool:
        """Whether cache or hub have it."""
        return self._place(sha256).is_file() or self._blobs.has_blob(sha256)

    def path(self, sha256: str) -> Path:
        """Where an object stands, fetched if need be."""
        place = self._place(sha256)
        if not place.is_file() and self._blobs.has_blob(sha256):
            self._fetch(sha256)
        return place

    def names(self) -> Iterator[str]:
        """Names of all objects of the hub."""
        return self._blobs.blob_names()

    def _keep(self, sha256: str) -> None:
        if not self._blobs.has_blob(sha256):
            with self._place(sha256).open("rb") as file:
                self._blobs.put_blob(sha256, iter(lambda: file.read(PIECE), b""))
        self._used(sha256)
        self._sweep()

    def _fetch(self, sha256: str) -> None:
        pieces = self._blobs.blob(sha256)
        if pieces is None:
            raise ObjectMissing(
                message("objects.missing", sha256=sha256, cause="@objects.not_at_the_hub")
            )
        hasher = hashlib.sha256()
        with self._part(sha256) as descriptor:
            for piece in pieces:
                hasher.update(piece)
                _write_all(descriptor, piece)
            if hasher.hexdigest() != sha256:
                raise ObjectMissing(message("objects.altered", sha256=sha256))
        self._sweep()

    def _used(self, sha256: str) -> None:
        """The time of the file is that of its last use."""
        try:
            os.utime(self._place(sha256))
        except FileNotFoundError:  # another process has swept it
            return

    def _sweep(self) -> None:
        """Remove what is too old, then the longest unused until the rest fits."""
        with self._lock:
            now = time.time()
            if now - self._swept < _SWEEP_SECONDS:
                return
            self._swept = now
        entries = []
        for name in super().names():
            try:
                status = self._place(name).stat()
            except FileNotFoundError:
                continue
            entries.append((status.st_mtime, status.st_size, name))
        total = sum(size for _, size, _ in entries)
        for used, size, name in sorted(entries):
            unused = now - used
            full = total > self._bounds.size and unused > _IN_USE_SECONDS
            if unused > self._bounds.age or full:
                self._place(name).unlink(missing_ok=True)
                total -= size


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
