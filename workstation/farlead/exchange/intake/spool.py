"""Handing a file to a unit's inbox: whole and on the disk, or not there.

Every way in ends here: what lies in an inbox is taken by :class:`FolderIntake`, whoever put it
there. The same bytes under the same name are handed in once; other bytes get a name of their own,
so that nothing that lies there is lost.
"""

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from farlead.exchange.intake.inbox import SIDECAR, WHOLE

_PART = re.compile(r"\..+\.[0-9a-f]{16}\.part")
_LEFT_BEHIND = 3600.0
#: Letters of a name that are kept in that of its part.
_NAMED = 80


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
    if target.exists() and _is_there(source, target):
        return target
    if target.exists():
        target = _beside(target, source)
    _put_beside(request, target, settle)
    with _whole(source, target, settle) as part:
        try:
            os.link(part, target)  # never over what another has put there meanwhile
        except FileExistsError:
            if not _is_there(source, target):
                target = _beside(target, source)
                _put_beside(request, target, settle)
                part.replace(target)
        except OSError:  # a file system without links
            part.replace(target)
    _flush(inbox)
    return target


def sweep(inbox: Path, now: datetime) -> None:
    """Remove what a process that died amid handing in has left behind."""
    for part in inbox.glob(".*.part"):
        if _PART.fullmatch(part.name):
            with suppress(FileNotFoundError):
                if now.timestamp() - part.stat().st_mtime > _LEFT_BEHIND:
                    part.unlink()


def _is_there(source: Path | bytes, target: Path) -> bool:
    return _digest(source) == _digest(target)


def _beside(target: Path, source: Path | bytes) -> Path:
    return target.with_stem(f"{target.stem}-{_digest(source)[:16]}")


def _digest(source: Path | bytes) -> str:
    """SHA-256; empty for a file that was taken away meanwhile."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _put_beside(request: bytes | None, target: Path, settle: float) -> None:
    """The sidecar of what is to lie at `target`."""
    if request is not None:
        sidecar = target.with_name(f"{target.name}{SIDECAR}")
        with _whole(request, sidecar, settle) as part:
            part.replace(sidecar)


@contextmanager
def _whole(source: Path | bytes, target: Path, settle: float) -> Iterator[Path]:
    """It on the disk under a name that nobody else uses, and that no look at an inbox sees."""
    part = target.with_name(f".{target.name[:_NAMED]}.{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            if isinstance(source, bytes):
                file.write(source)
            else:
                with source.open("rb") as data:
                    shutil.copyfileobj(data, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
        # It is whole already: it counts as rested, what others are uploading does not.
        rested = int(time.time() - settle - 1) * 10**9 + WHOLE
        os.utime(part, ns=(rested, rested))
        yield part
    finally:
        part.unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
