"""Bytes under the name of their SHA-256: written whole or not at all, checked on the way out.

A file stands at ``ab/cdef…`` below the folder, readable by the user alone. It is written to
``.part-…`` beside its place, flushed to the disk and renamed, and the folder entry is flushed
too: after :meth:`ObjectFolder.put` has returned, a power cut does not lose it.
"""

import errno
import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from farlead.errors import ObjectMissing
from farlead.messages import message

_NAME = re.compile(r"[0-9a-f]{64}")
PART = ".part-"
_BLOCK = 1 << 20


class ObjectFolder:
    """Content-addressed folder.

    Parameters
    ----------
    folder : Path
        Made, with mode 0700, when it is not there. Several processes may share it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)

    def put(self, data: bytes) -> str:
        """Store bytes, once; their SHA-256 (hex). OSError when the disk does not take them."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self._holds(sha256, len(data)):
            with self._part(sha256) as descriptor:
                _write(descriptor, data)
        return sha256

    def put_file(self, source: Path) -> tuple[str, int]:
        """Store a file of any size without holding it; its SHA-256 and size.

        The source must not be a symbolic link; it is left where it is.
        """
        with self._copied(source) as (descriptor, part, sha256, size):
            self._settle(descriptor, part, sha256)
        return sha256, size

    def put_archived(self, source: Path) -> tuple[str, int]:
        """The same for a file whose bytes an archive keeps: here a copy is kept near at hand."""
        return self.put_file(source)

    def get(self, sha256: str) -> bytes:
        """Bytes of an object; ObjectMissing when they are gone or changed."""
        try:
            data = self._place(sha256).read_bytes()
        except OSError as error:
            cause = error.strerror or type(error).__name__
            raise ObjectMissing(message("objects.missing", sha256=sha256, cause=cause)) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ObjectMissing(message("objects.altered", sha256=sha256))
        return data

    def exists(self, sha256: str) -> bool:
        """Whether there is an object of this name; its bytes are checked only by :meth:`get`."""
        return self._place(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Bytes of an object as it was received; ObjectMissing."""
        return len(self.get(sha256))

    def path(self, sha256: str) -> Path:
        """Where an object stands or would stand; ValueError for what is no SHA-256."""
        return self._place(sha256)

    @contextmanager
    def lent(self, sha256: str) -> Iterator[Path]:
        """A file with the bytes of an object, which stays there as long; ObjectMissing."""
        if not self._place(sha256).is_file():
            self.get(sha256)
        yield self._place(sha256)

    def bring(self, sha256: str) -> None:
        """Have an object near at hand before it is asked for; ObjectMissing."""

    def pin(self, holder: str, names: Collection[str], seconds: float) -> None:
        """Keep these near at hand for so long, or until `holder` says otherwise."""

    def lift(self, holder: str) -> None:
        """What `holder` has pinned may go."""

    def close(self) -> None:
        """Close what was opened to reach the objects."""

    def _place(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):
            raise ValueError(f"not a SHA-256 in hex: {sha256!r}")
        return self._folder / sha256[:2] / sha256[2:]

    def names(self) -> Iterator[str]:
        """Names of all objects, in order; unfinished files are none."""
        for folder in sorted(self._folder.iterdir()):
            if folder.is_dir() and len(folder.name) == 2:
                for file in sorted(folder.iterdir()):
                    name = folder.name + file.name
                    if _NAME.fullmatch(name):
                        yield name

    def _holds(self, sha256: str, size: int) -> bool:
        """Whether the object is there, whole and unchanged; a damaged one is written anew."""
        path = self._place(sha256)
        if not path.is_file() or path.stat().st_size != size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    @contextmanager
    def _copied(self, source: Path) -> Iterator[tuple[int, Path, str, int]]:
        """An unfinished copy of a plain file, with its SHA-256 and size; gone unless settled."""
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, "not a plain file", str(source))
            part, name = tempfile.mkstemp(prefix=PART, dir=self._folder)
            try:
                hasher, size = hashlib.sha256(), 0
                while block := file.read(_BLOCK):
                    hasher.update(block)
                    _write(part, block)
                    size += len(block)
                yield part, Path(name), hasher.hexdigest(), size
            finally:
                os.close(part)
                Path(name).unlink(missing_ok=True)

    @contextmanager
    def _part(self, sha256: str) -> Iterator[int]:
        descriptor, name = tempfile.mkstemp(prefix=PART, dir=self._folder)
        try:
            yield descriptor
            self._settle(descriptor, Path(name), sha256)
        finally:
            os.close(descriptor)
            Path(name).unlink(missing_ok=True)

    def _settle(self, descriptor: int, part: Path, sha256: str) -> None:
        """Flush a finished part and give it its name."""
        os.fchmod(descriptor, 0o600)
        os.fsync(descriptor)
        path = self._place(sha256)
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _flush_folder(self._folder)
        part.replace(path)
        _flush_folder(path.parent)


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
