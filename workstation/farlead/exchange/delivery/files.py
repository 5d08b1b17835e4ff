"""Files that appear whole or not at all, and are read back."""

import os
import tempfile
from pathlib import Path

#: Readable by the group too: the unit's transfer program runs under another account.
_MODE = 0o640
_PART = ".part-"


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path`, flushed to the disk; others see the old file or the new one.

    A file that already has these bytes is left alone. Raises OSError.
    """
    if _same(path, data):
        return
    descriptor, name = tempfile.mkstemp(prefix=_PART, dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), _MODE)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _flush_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _same(path: Path, data: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
