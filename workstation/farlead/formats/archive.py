"""ZIP files that hold one study, so that a unit can send a record of several files as one.

==================  =============================================================================
taken               one WFDB record (header and its files), or one file of any other format; flat
                    or in one folder; stored or deflated
left out            what macOS and Windows add of their own
refused             several records, no record, ZIP in ZIP, encryption, other compression, more
                    than 1000 entries, more than 1 GB or 100 times the ZIP's own size unpacked
==================  =============================================================================

Nothing is unpacked to disk. Sizes are checked before anything is unpacked, only what is needed
is, and never more of it than its entry announces.

References
----------
PKWARE, APPNOTE.TXT, .ZIP File Format Specification.
"""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import BinaryIO, TypeAlias

from farlead.errors import UnreadableFile
from farlead.formats import wfdb
from farlead.formats.damage import cause_of
from farlead.formats.source import LARGEST_FILE, Source, is_bare
from farlead.messages import message

_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_CENTRAL_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 1000
#: Recordings are never packed so tightly; below the free size the share is not looked at.
_MOST_UNPACKED, _MOST_SHARE, _FREE = LARGEST_FILE, 100, 64 << 20
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_HEAD, _LARGEST_HEADER, _ALL_HEADERS = 8192, 1 << 20, 16 << 20
_SHOWN, _NAMED = 60, 3
_LITTER_FOLDERS, _LITTER = "__MACOSX", frozenset({".ds_store", "thumbs.db", "desktop.ini"})

_Read: TypeAlias = Callable[[zipfile.ZipInfo, int], bytes]


def recognises(data: bytes) -> bool:
    """Whether bytes begin like a ZIP file."""
    return data.startswith(_MARKS)


def unpacked(data: bytes) -> Source:
    """The one study in a ZIP file; UnreadableFile when there is not exactly one.

    Parameters
    ----------
    data : bytes
        Of the ZIP file.

    Returns
    -------
    Source
        Companions are the other files of the same folder.
    """
    try:
        return _unpacked(data)
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:  # the library raises many kinds on damaged input
        raise _damaged(error) from error


def packed(name: str, source: Source, read: Callable[[Source], object]) -> bytes:
    """ZIP file of a file and of the companions that `read` opens to read it.

    Parameters
    ----------
    name : str
        Of the file within the ZIP.
    source : Source
    read : callable
        Its reader; what it raises is passed on.
    """
    opened: dict[str, bytes] = {name: source.data}

    def companion(wanted: str) -> BinaryIO | None:
        file = source.companion(wanted)
        if file is None:
            return None
        with file:
            opened[wanted] = file.read(LARGEST_FILE)
        return io.BytesIO(opened[wanted])

    read(Source(source.data, companion))
    return zipped(opened)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """ZIP file that holds these files by their names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def _unpacked(data: bytes) -> Source:
    if data.count(_CENTRAL_ENTRY) > _MOST_ENTRIES:
        raise UnreadableFile(message("formats.archive.entries", limit=_MOST_ENTRIES))
    archive = _opened(data)
    entries = [entry for entry in archive.infolist() if not _litter(entry)]
    _check(entries, len(data))

    read = _reader(archive)
    main = entries[0] if len(entries) == 1 else _header(entries, read)
    content = read(main, main.file_size)
    if recognises(content):
        raise UnreadableFile(message("formats.archive.nested"), tag=_shown(main.filename))
    files = {_path(e).name: e for e in entries if _path(e).parent == _path(main).parent}
    kept: dict[str, bytes] = {}

    def companion(name: str) -> BinaryIO | None:
        if name not in files:
            return None
        if name not in kept:
            kept[name] = read(files[name], files[name].file_size)
        return io.BytesIO(kept[name])

    return Source(content, companion)


def _reader(archive: zipfile.ZipFile) -> _Read:
    """The first bytes of an entry, never more than it announces."""

    def read(entry: zipfile.ZipInfo, size: int) -> bytes:
        try:
            with archive.open(entry) as file:
                return file.read(min(size, entry.file_size))
        except MemoryError:
            raise
        except Exception as error:
            raise _damaged(error) from error

    return read


def _opened(data: bytes) -> zipfile.ZipFile:
    """ZIP file with its names decoded: without a declaration Chinese systems write GBK."""
    try:
        return zipfile.ZipFile(io.BytesIO(data), metadata_encoding="gb18030")
    except UnicodeDecodeError:
        return zipfile.ZipFile(io.BytesIO(data))


def _path(entry: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(entry.filename.replace("\\", "/"))


def _litter(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what operating systems add."""
    path = _path(entry)
    return entry.is_dir() or path.name.casefold() in _LITTER or _LITTER_FOLDERS in path.parts


def _check(entries: Sequence[zipfile.ZipInfo], size: int) -> None:
    """UnreadableFile unless all entries are such as we unpack, and small enough together."""
    if not entries:
        raise UnreadableFile(message("formats.archive.empty"))
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise UnreadableFile(message("formats.archive.encrypted"), tag=_shown(entry.filename))
        if entry.compress_type not in _METHODS:
            raise UnreadableFile(
                message("formats.archive.method", number=entry.compress_type),
                tag=_shown(entry.filename),
            )
    total = sum(entry.file_size for entry in entries)
    if total > _MOST_UNPACKED or total > max(_FREE, size * _MOST_SHARE):
        raise UnreadableFile(message("formats.archive.bomb", packed=size, unpacked=total))
    if sum(entry.compress_size for entry in entries) > size:
        raise UnreadableFile(message("formats.archive.bomb", packed=size, unpacked=total))


def _header(entries: Sequence[zipfile.ZipInfo], read: _Read) -> zipfile.ZipInfo:
    """The header of the one WFDB record among several files."""
    headers = [
        entry
        for entry in entries
        if entry.file_size <= _LARGEST_HEADER and wfdb.recognises(read(entry, _HEAD))
    ]
    if sum(entry.file_size for entry in headers) > _ALL_HEADERS:
        raise UnreadableFile(message("formats.archive.entries", limit=_MOST_ENTRIES))
    segments = {
        _path(entry).with_name(part)
        for entry in headers
        for part in wfdb.parts(read(entry, entry.file_size))
        if is_bare(part) and part != _path(entry).name
    }
    records = [entry for entry in headers if _path(entry) not in segments]
    if len(records) == 1:
        return records[0]
    if not records:
        raise UnreadableFile(message("formats.archive.no_record", count=len(entries)))
    names = ", ".join(_shown(record.filename) for record in records[:_NAMED])
    raise UnreadableFile(message("formats.archive.several", count=len(records), names=names))


def _damaged(error: Exception) -> UnreadableFile:
    return UnreadableFile(message("formats.archive.damaged", cause=_shown(cause_of(error))))


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:_SHOWN])
