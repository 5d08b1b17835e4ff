"""The files beside a header: opened by bare name only, each looked at once for its size."""

from typing import BinaryIO

from farlead.errors import UnreadableFile
from farlead.formats.source import Companions, is_bare
from farlead.formats.wfdb.header import LARGEST_HEADER
from farlead.messages import message

_ALL_HEADERS = 16 << 20
_SHOWN = 60


class Files:
    """What lies beside a header.

    Parameters
    ----------
    companion : callable
        Opens a file by its name.
    record : str
        Name of the record, for refusals.
    """

    def __init__(self, companion: Companions, record: str) -> None:
        self._companion = companion
        self._record = record
        self._sizes: dict[str, int] = {}
        self._header_bytes = 0

    def open(self, name: str) -> BinaryIO:
        """A file beside the header; UnreadableFile when its name is a path or it is not there."""
        if not is_bare(name):
            raise UnreadableFile(message("formats.wfdb.path", file=shown(name)), tag=shown(name))
        file = self._companion(name)
        if file is None:
            raise UnreadableFile(
                message("formats.wfdb.missing", file=shown(name), record=self._record),
                tag=shown(name),
            )
        return file

    def size(self, name: str) -> int:
        """Bytes of a file; raises as :meth:`open` does."""
        if name not in self._sizes:
            with self.open(name) as file:
                self._sizes[name] = file.seek(0, 2)
        return self._sizes[name]

    def header(self, record: str) -> bytes:
        """Bytes of a segment's header; UnreadableFile when all together are too large."""
        with self.open(f"{record}.hea") as file:
            data = file.read(LARGEST_HEADER + 1)
        self._header_bytes += len(data)
        if self._header_bytes > _ALL_HEADERS:
            raise UnreadableFile(
                message("formats.wfdb.header_size", found=self._header_bytes, limit=_ALL_HEADERS)
            )
        return data


def shown(text: str) -> str:
    """The beginning of a name from outside, in printable characters."""
    return "".join(c if c.isprintable() else " " for c in text[:_SHOWN])
