"""The decoded contents of studies: read in the confined process, kept within a bound."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from farlead.errors import FarleadError, ObjectAway, StoreError
from farlead.messages import Message
from farlead.model.recording import ImageStudy, Recording
from farlead.model.study import StoredObject
from farlead.objects import ObjectFolder
from farlead.sandbox import Sandbox

_LOG = logging.getLogger(__name__)

Content = Recording | ImageStudy

# Seconds in which a sheet is laid out and painted.
_LATER = 0.15


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An object of a study that cannot be shown, and why. Never silently left out."""

    object: StoredObject
    reason: Message


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """What the objects of a study contain."""

    contents: tuple[Content, ...]
    unreadable: tuple[Unreadable, ...] = ()


class Contents:
    """Decodes objects and keeps the latest ones. Safe to use from several threads.

    Parameters
    ----------
    objects : ObjectFolder
    sandbox : Sandbox
        Where bytes from outside are decoded.
    seconds : float
        Time limit for one object.
    limit : int
        Bytes of decoded samples and pixels to keep.
    """

    def __init__(
        self, objects: ObjectFolder, sandbox: Sandbox, *, seconds: float, limit: int = 512 << 20
    ) -> None:
        self._objects = objects
        self._sandbox = sandbox
        self._seconds = seconds
        self._limit = limit
        self._kept: OrderedDict[str, Content] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._decoding = threading.Lock()  # the sandbox does one thing at a time anyway
        self._wanted = 0  # how many readers are waiting: fetching ahead gives way to them
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="farlead-ahead")
        self._coming: Callable[[], Iterable[StoredObject]] | None = None
        self._closed = threading.Event()

    def load(self, objects: Iterable[StoredObject]) -> Loaded:
        """Contents of these objects in their order; what cannot be read is named."""
        contents: list[Content] = []
        unreadable: list[Unreadable] = []
        with self._lock:
            self._wanted += 1
        try:
            for stored in objects:
                try:
                    contents.append(self._content(stored.sha256))
                except FarleadError as error:
                    unreadable.append(Unreadable(stored, error.reason))
        finally:
            with self._lock:
                self._wanted -= 1
        return Loaded(tuple(contents), tuple(unreadable))

    def fetch_ahead(
        self,
        wanted: Callable[[], Iterable[StoredObject]],
        near: Callable[[], Iterable[StoredObject]] = tuple,
    ) -> None:
        """Decode what `wanted` names in the background, then fetch what `near` names.

        Begun a moment later, when what was opened is on the screen. It ends as soon as somebody
        waits for another study; what is asked last counts.
        """
        if not self._closed.is_set():
            self._coming = wanted
            self._ahead.submit(self._fetch, wanted, near)

    def close(self) -> None:
        """Stop fetching ahead and forget everything."""
        self._closed.set()
        self._ahead.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            self._kept.clear()
            self._size = 0

    def _fetch(
        self,
        wanted: Callable[[], Iterable[StoredObject]],
        near: Callable[[], Iterable[StoredObject]],
    ) -> None:
        try:
            self._closed.wait(_LATER)
            for named, fetch in ((wanted, self._content), (near, self._objects.bring)):
                if wanted is not self._coming:
                    return
                for stored in named():
                    if self._closed.is_set() or self._wanted or wanted is not self._coming:
                        return
                    if not self._one_ahead(fetch, stored.sha256):
                        return
        except FarleadError:
            return  # what names them cannot be read: told when a study is opened
        except Exception:  # noqa: BLE001 - logged whole: nobody looks at the outcome of this task
            _LOG.exception("fetching ahead failed")

    def _one_ahead(self, fetch: Callable[[str], object], sha256: str) -> bool:
        """Fetch one object; whether to go on. What is wrong is told when its study is opened."""
        try:
            fetch(sha256)
        except (ObjectAway, StoreError):
            return False  # the others would have to wait as long
        except FarleadError:
            return True
        return True

    def _content(self, sha256: str) -> Content:
        kept = self._known(sha256)
        if kept is not None:
            return kept
        data = self._objects.get(sha256)  # not under the lock: an archive may take its time
        with self._decoding:
            kept = self._known(sha256)  # somebody else may have decoded it meanwhile
            return kept if kept is not None else self._keep(sha256, self._decode(data))

    def _decode(self, data: bytes) -> Content:
        content = self._sandbox.call("farlead.formats:read", data, seconds=self._seconds)
        if not isinstance(content, Recording | ImageStudy):
            raise TypeError(f"farlead.formats.read answered with {type(content)}")
        return content

    def _known(self, sha256: str) -> Content | None:
        with self._lock:
            if sha256 in self._kept:
                self._kept.move_to_end(sha256)
            return self._kept.get(sha256)

    def _keep(self, sha256: str, content: Content) -> Content:
        with self._lock:
            self._kept[sha256] = content
            self._size += _bytes(content)
            while self._size > self._limit and self._kept:
                _, oldest = self._kept.popitem(last=False)
                self._size -= _bytes(oldest)
        return content


def _bytes(content: Content) -> int:
    return content.samples.nbytes if isinstance(content, Recording) else content.frames.nbytes
