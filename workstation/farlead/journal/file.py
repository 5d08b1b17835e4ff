"""A file of sealed records: appended and flushed one by one, whole again after kill -9.

A record is its length (4 bytes, big-endian), the CRC-32 of these (4), a nonce (12) and the text
under AES-256-GCM with the file's name as associated data. The last record may be cut short by a
crash; anything else that does not open is damage, and said: a length that was altered is not taken
for a record cut short, with all that follows it.
"""

import fcntl
import os
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from farlead.errors import JournalError
from farlead.messages import message

_LENGTH, _HEAD, _NONCE = 4, 8, 12


class SealedFile:
    """Records of one owner; several processes may append.

    Parameters
    ----------
    file : Path
        Made when something is kept, removed when nothing is; readable by the user alone.
    key : bytes
        32 bytes.
    """

    def __init__(self, file: Path, key: bytes) -> None:
        self._file = file
        self._lock = file.with_suffix(".lock")
        self._cipher = AESGCM(key)
        self._name = file.name.encode()

    def append(self, record: bytes) -> None:
        """Keep a record; on the disk when this returns. JournalError."""
        with self._alone():
            self._whole()
            self._write(self._file, [record], os.O_APPEND)

    def records(self) -> list[bytes]:
        """All records in their order; JournalError for a damaged one."""
        with self._alone():
            return [record for record, _ in self._opened()]

    def change(self, left: Callable[[list[bytes]], Iterable[bytes]]) -> None:
        """Keep what `left` leaves of all records: whole or not at all; of nothing no file stays."""
        with self._alone():
            kept = list(left([record for record, _ in self._opened()]))
            if not kept:
                self._file.unlink(missing_ok=True)
            else:
                part = self._file.with_suffix(".part")
                self._write(part, kept, os.O_TRUNC)
                part.replace(self._file)
            _flush(self._file.parent)

    def set_aside(self) -> Path:
        """Give a damaged file another name, so that a new one can be begun; where it is now."""
        with self._alone():
            aside = self._file.with_suffix(f".damaged-{secrets.token_hex(4)}")
            self._file.replace(aside)
            _flush(self._file.parent)
            return aside

    def _whole(self) -> None:
        """Cut off what a crash left of the last record: what follows it could not be found."""
        if not self._file.exists():
            return
        end = max((end for _, end in self._opened()), default=0)
        if end < self._file.stat().st_size:
            os.truncate(self._file, end)

    def _opened(self) -> Iterator[tuple[bytes, int]]:
        """Each record, and where it ends."""
        try:
            data = self._file.read_bytes()
        except FileNotFoundError:
            return
        place = 0
        while place + _HEAD <= len(data):
            head = data[place : place + _HEAD]
            if head != _head(int.from_bytes(head[:_LENGTH])):
                raise self._damaged()
            begin, place = place + _HEAD, place + _HEAD + int.from_bytes(head[:_LENGTH])
            if place > len(data):
                return  # cut short by a crash
            nonce, body = data[begin : begin + _NONCE], data[begin + _NONCE : place]
            try:
                yield self._cipher.decrypt(nonce, body, self._name), place
            except (InvalidTag, ValueError) as error:
                raise self._damaged() from error

    def _damaged(self) -> JournalError:
        return JournalError(message("journal.damaged", file=str(self._file)))

    def _write(self, file: Path, records: list[bytes], how: int) -> None:
        sealed = b"".join(map(self._sealed, records))
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | how, 0o600)
        try:
            rest = memoryview(sealed)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _sealed(self, record: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        body = self._cipher.encrypt(nonce, record, self._name)
        return _head(_NONCE + len(body)) + nonce + body

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process or thread reads or writes meanwhile; errors of the disk in words."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._lock, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)
        except OSError as error:
            cause = error.strerror or type(error).__name__
            told = message("journal.disk", file=str(self._file), cause=cause)
            raise JournalError(told) from error


def _head(size: int) -> bytes:
    length = size.to_bytes(_LENGTH)
    return length + zlib.crc32(length).to_bytes(_HEAD - _LENGTH)


def _flush(folder: Path) -> None:
    with suppress(FileNotFoundError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
