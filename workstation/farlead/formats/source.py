"""The bytes of a file from outside, and what they are when they are no study."""

import mmap
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias, cast

from farlead.errors import UnreadableFile
from farlead.messages import Message, message

#: More than any recording or series of images that a unit may send as one file.
LARGEST_FILE = 1 << 30
#: A file above this need not be read: its pages are mapped, and come as they are asked for.
MAPPED = 1 << 23
#: As much of a mapped file is looked at to recognise it.
_BEGINNING = 1 << 12
_HEAD = 512
_SHOWN = 24
_BYTES_SHOWN = 8
#: What no bare name of a file has: separators of this and other systems, drives, addresses.
_PATH = frozenset("/\\:")

#: First bytes of well-known files that are no study we can take.
_OTHERS = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG", "png"),
    (b"<?xml", "xml"),
    (b"\xef\xbb\xbf<?xml", "xml"),
    (b"\xff\xfe<\x00?\x00", "xml"),
    (b"0       ", "edf"),
    (b"\xffBIOSEMI", "edf"),
)


#: Opens a file that lies beside the one that is read, by its bare name; None: it is not there.
Companions: TypeAlias = Callable[[str], BinaryIO | None]


def alone(_name: str) -> BinaryIO | None:
    """Companions of bytes that came without a folder: none."""
    return None


class Source(NamedTuple):
    """The bytes of a file from outside, and a way to the files beside it.

    Few formats need the latter: a WFDB header names the files of its signals. `data` may be a
    memory map (see :func:`mapped`): it slices to bytes and has no other method of theirs.
    """

    data: bytes
    companion: Companions = alone

    @property
    def beginning(self) -> bytes:
        """What a format is recognised by: all bytes, or the first of a mapped file."""
        return self.data if isinstance(self.data, bytes) else self.data[:_BEGINNING]


def opened(source: Path | bytes) -> Source:
    """A file, or the bytes of one, as readers take it; raises as :func:`load` does."""
    data = load(source)
    return Source(data) if isinstance(source, bytes) else Source(data, beside(source.parent))


def mapped(path: Path, recognises: Callable[[bytes], bool]) -> Source | None:
    """A large file as a memory map, so that its bytes and its samples are not held both.

    None for one that is small, not plain, or not of a format that `recognises` its beginning.
    A file that is cut while it is read ends the process, which for files from outside is the
    confined one.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or not MAPPED < status.st_size <= LARGEST_FILE:
                return None
            if not recognises(file.read(_BEGINNING)):
                return None
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        return None  # reading it says why
    return Source(cast(bytes, data), beside(path.parent))


def beside(folder: Path) -> Companions:
    """Companions in one folder: plain files only, by bare name, no link that leads out of it."""

    def companion(name: str) -> BinaryIO | None:
        if not is_bare(name):
            return None
        try:
            place = (folder / name).resolve(strict=True)
            if place.parent != folder.resolve():
                return None
            handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            return None
        return os.fdopen(handle, "rb")

    return companion


def is_bare(name: str) -> bool:
    """Whether a name is one of a file in the same folder: no path, no drive, no address."""
    return bool(name) and name.isprintable() and name not in (".", "..") and not set(name) & _PATH


def load(source: Path | bytes) -> bytes:
    """Bytes of a file, bounded; UnreadableFile when empty, too large, or not readable."""
    if isinstance(source, bytes):
        _check_size(len(source))
        return source
    try:
        with source.open("rb") as file:
            # asked for all that is allowed, read would set aside that much for any file
            size = os.fstat(file.fileno()).st_size
            data = file.read(min(size, LARGEST_FILE) + 1)
            if len(data) > size:
                data += file.read(LARGEST_FILE + 1 - len(data))  # a pipe, or a file that grows
    except OSError as error:
        raise UnreadableFile(
            message("formats.not_readable", cause=error.strerror or type(error).__name__)
        ) from error
    _check_size(len(data))
    return data


def _check_size(size: int) -> None:
    if size == 0:
        raise UnreadableFile(message("formats.empty"), offset=0)
    if size > LARGEST_FILE:
        raise UnreadableFile(message("formats.too_large", found=size, limit=LARGEST_FILE))


def refusal(data: bytes) -> Message:
    """What a file is that no reader recognises."""
    for beginning, kind in _OTHERS:
        if data.startswith(beginning):
            return message("formats.is_other", what=f"@formats.other.{kind}")
    words = _text(data[:_HEAD])
    if words is not None and words.startswith("<"):
        return message("formats.is_other", what="@formats.other.xml")
    if words is not None:
        return message("formats.is_text", beginning=words[:_SHOWN])
    return message("formats.unknown", beginning=data[:_BYTES_SHOWN].hex(" ").upper())


def _text(head: bytes) -> str | None:
    """The head as one line of text, None when it is none."""
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the head may end inside a character
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            if all(c.isprintable() or c in "\r\n\t\ufeff" for c in text):
                return " ".join(text.replace("\ufeff", "").split())
            break
    return None
