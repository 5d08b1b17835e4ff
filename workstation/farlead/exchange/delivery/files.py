"""Files that appear whole or not at all, and are read back."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Readable by the group too: the unit's transfer program runs under another account.
_MODE = 0o640
_PART = ".part-"
#: What a file system answers that knows no locks; both writers write the same bytes then.
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path`, flushed to the disk; others see the old file or the new one.

    A file that already has these bytes is left alone. What a writer that died left half done
    has the same name each time, so the next one takes it over and no debris gathers.

    Raises
    ------
    OSError
        BlockingIOError when another process is writing the same file.
    """
    part = path.with_name(f"{_PART}{path.name}")
    if _same(path, data):
        part.unlink(missing_ok=True)
        return
    with _held(part) as descriptor:
        try:
            os.ftruncate(descriptor, 0)
            os.fchmod(descriptor, _MODE)
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                file.write(data)
                file.flush()
                os.fsync(descriptor)
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
    _flush_folder(path.parent)


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


def _same(path: Path, data: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
