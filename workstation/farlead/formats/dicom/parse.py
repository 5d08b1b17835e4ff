"""DICOM bytes to a data set: bounded, and checked to be whole.

References
----------
DICOM PS3.10 section 7 (file format), PS3.5 section 7 (data set), A.5 (deflated).
"""

import io
import struct
import warnings
import zlib
from typing import Literal

from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset, read_preamble

from farlead.errors import UnreadableFile
from farlead.messages import message

#: A deflated file may not grow beyond this.
LARGEST_INFLATED = 1 << 29
_PREAMBLE = 128
_META_GROUP = 0x0002
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_EXPLICIT = b"1.2.840.10008.1.2.1\0\0\0"  # padded to the same length
_UNDEFINED = 0xFFFFFFFF
_VRS = frozenset(b"AE AS AT CS DA DS DT IS LO LT OB OW PN SH SL SQ SS ST TM UI UL UN US UT".split())
#: Groups with which a data set without preamble begins in practice.
_FIRST_GROUPS = (0x0002, 0x0008)
_FIRST_ELEMENTS, _FIRST_LENGTH = 0x100, 64


def recognises(data: bytes) -> bool:
    """Whether the bytes are DICOM: with the prefix, or a data set that begins at once."""
    if data[_PREAMBLE : _PREAMBLE + 4] == b"DICM":
        return True
    return _begins_with_element(data, "little") or _begins_with_element(data, "big")


def _begins_with_element(data: bytes, order: Literal["little", "big"]) -> bool:
    if len(data) < 8 or int.from_bytes(data[:2], order) not in _FIRST_GROUPS:
        return False
    implicit_length = int.from_bytes(data[4:8], order)
    return data[4:6] in _VRS or (
        int.from_bytes(data[2:4], order) < _FIRST_ELEMENTS and implicit_length <= _FIRST_LENGTH
    )


def parse(data: bytes) -> Dataset:
    """Data set of a file.

    Raises
    ------
    UnreadableFile
        The file ends before it should (tag, offset), or grows beyond the bound.
    """
    data = _inflated(data)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            dataset = dcmread(io.BytesIO(data), force=True)
        except (
            EOFError,
            OSError,
            struct.error,
        ) as error:  # reading in memory fails at the end only
            raise _cut_short(len(data)) from error
    _check_whole(dataset)
    if any("end of file" in str(w.message).lower() or "EOF" in str(w.message) for w in told):
        raise _cut_short(len(data))
    return dataset


def _cut_short(offset: int) -> UnreadableFile:
    return UnreadableFile(message("formats.dicom.cut_short", offset=offset), offset=offset)


def _inflated(data: bytes) -> bytes:
    """The file with its data set inflated, when it is deflated."""
    if _DEFLATED not in data[:4096]:
        return data
    file = io.BytesIO(data)
    start = _end_of_meta(file)
    if _DEFLATED not in data[:start]:
        return data
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        body = inflater.decompress(data[start:], LARGEST_INFLATED)
    except zlib.error as error:
        reason = message("formats.dicom.deflate_damaged", cause=str(error))
        raise UnreadableFile(reason, offset=start) from error
    if inflater.unconsumed_tail:
        raise UnreadableFile(message("formats.dicom.inflated", limit=LARGEST_INFLATED))
    if not inflater.eof:
        raise _cut_short(len(data))
    return data[:start].replace(_DEFLATED, _EXPLICIT) + body


def _end_of_meta(file: io.BytesIO) -> int:
    """Position behind the file meta information."""
    read_preamble(file, True)
    read_dataset(file, False, True, stop_when=lambda tag, *_: tag >> 16 != _META_GROUP)
    return file.tell()


def _check_whole(dataset: Dataset) -> None:
    """Find the element that has fewer bytes than it announces: only the last one can."""
    for tag in dataset.keys():  # noqa: SIM118  # a data set is no mapping of keys alone
        raw = dataset.get_item(tag)
        if not isinstance(raw, RawDataElement) or raw.length in (0, _UNDEFINED):
            continue
        found = len(raw.value or b"")
        if found < raw.length:
            name = f"({tag.group:04X},{tag.element:04X})"
            reason = message(
                "formats.dicom.truncated",
                tag=name,
                expected=raw.length,
                found=found,
                offset=raw.value_tell + found,
            )
            raise UnreadableFile(reason, offset=raw.value_tell + found, tag=name)
