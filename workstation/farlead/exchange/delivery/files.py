"""Files that appear whole or not at all, and are read back."""

import errno
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from farlead.errors import DeliveryFailed
from farlead.messages import message

#: Readable by the group too: the unit's transfer program runs under another account.
_MODE = 0o640
_PART = ".part-"
#: What a file system answers that knows no locks; both writers write the same bytes then.
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path`, flushed to the disk; others see the old file or the new one.

    Raises as :func:`prepared` does.
    """
    with prepared(path, data) as put:
        put()


@contextmanager
def prepared(path: Path, data: bytes) -> Iterator[Callable[[], None]]:
    """Write `data` under a hidden name, flushed and read back; calling puts it at `path`.

    It is read back before anybody can see it: a unit may fetch, and remove, what has its name
    at once. A file that already has these bytes is left alone. What a writer that died left
    half done has the same name each time, so the next one takes it over and no debris gathers.

    Raises
    ------
    DeliveryFailed
        What was written reads back differently.
    OSError
        BlockingIOError when another process is writing the same file.
    """
    part = path.with_name(f"{_PART}{path.name}")
    if has(path, data):
        part.unlink(missing_ok=True)
        yield lambda: None
        return
    placed = False

    def put() -> None:
        nonlocal placed
        part.replace(path)
        placed = True  # from now on the hidden name may be another writer's
        _flush_folder(path.parent)

    with _held(part) as descriptor:
        try:
            _fill(descriptor, data)
            _read_back(part, data)
            yield put
        finally:
            if not placed:
                part.unlink(missing_ok=True)


def has(path: Path, data: bytes) -> bool:
    """Whether `path` is a file with these bytes; False for one that is fetched meanwhile."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _fill(descriptor: int, data: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.fchmod(descriptor, _MODE)
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _read_back(part: Path, data: bytes) -> None:
    if hashlib.sha256(part.read_bytes()).digest() != hashlib.sha256(data).digest():
        raise DeliveryFailed(message("delivery.differs", file=str(part)))


@contextmanager
def _held(part: Path) -> Iterator[int]:
    """Descriptor of the part file, locked; a lock ends with its process, however it ends."""
    while True:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            _lock(descriptor)
            if _is_still(part, descriptor):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise


def _is_still(part: Path, descriptor: int) -> bool:
    """Whether the name still means the file we hold: another may have put it in its place."""
    try:
        return part.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
