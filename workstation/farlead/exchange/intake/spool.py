"""Handing a file to a unit's inbox: whole and on the disk, or not there.

Every way in ends here: what lies in an inbox is taken by :class:`FolderIntake`, whoever put it
there. The same bytes under the same name are handed in once; other bytes get a name of their own,
so that nothing that lies there is lost.
"""

import hashlib
import os
import shutil
import time
from pathlib import Path

_SIDECAR = ".request.json"


def hand_in(
    source: Path | bytes, inbox: Path, name: str, *, request: bytes | None = None, settle: float
) -> Path:
    """Put a file into an inbox; on the disk, and counted as at rest, when this returns.

    Parameters
    ----------
    source : Path or bytes
    inbox : Path
    name : str
        Bare file name.
    request : bytes, optional
        Its sidecar, which is there before it.
    settle : float
        Seconds for which an upload must rest before it is taken.

    Returns
    -------
    Path
        Where it lies.
    """
    target = inbox / name
    if target.exists():
        digest = _digest(source)
        if digest == _digest(target):
            return target
        target = target.with_stem(f"{target.stem}-{digest[:16]}")
    if request is not None:
        _put(request, target.with_name(f"{target.name}{_SIDECAR}"), settle)
    _put(source, target, settle)
    _flush(inbox)
    return target


def _digest(source: Path | bytes) -> str:
    """SHA-256; empty for a file that was taken away meanwhile."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _put(source: Path | bytes, target: Path, settle: float) -> None:
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("wb") as file:
            if isinstance(source, bytes):
                file.write(source)
            else:
                with source.open("rb") as data:
                    shutil.copyfileobj(data, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
        # It is whole already: it counts as rested, what others are uploading does not.
        rested = time.time() - settle - 1
        os.utime(part, (rested, rested))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
