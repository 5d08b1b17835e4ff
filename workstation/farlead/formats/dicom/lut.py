"""Look-up tables of DICOM: values of the Modality LUT, colours of palettes.

Entries of 8 or 16 bits, as bytes or words of either order, plain or in segments; checked
against the bytes that are there before anything is made of them.

References
----------
DICOM PS3.3 C.7.6.3.1.5, C.7.6.3.1.6 (palettes), C.7.9.2 (segmented palettes), C.8.16.2.1.1.1
(supplemental palettes), C.11.1 (Modality LUT).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.dicom.attributes import Attributes, tag_text
from farlead.messages import message

_ALL = 1 << 16  # entries that a count of 0 stands for
_DESCRIPTOR = 3
_COLOURS = ("Red", "Green", "Blue")
_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2
_FULL = 255


class Table(NamedTuple):
    """Entry `values[0]` is that of the stored value `first` and all below."""

    first: int
    values: NDArray[np.unsignedinteger]
    bits: int

    def apply(self, codes: NDArray[np.generic]) -> NDArray[np.unsignedinteger]:
        """Entries of stored values, same shape."""
        index = codes.astype(np.int32)
        index -= self.first
        np.clip(index, 0, len(self.values) - 1, out=index)
        return np.asarray(self.values[index])


def table(attributes: Attributes, descriptor: str, data: str, segments: str = "") -> Table | None:
    """A table by the keywords of its parts; None when it is absent.

    Raises
    ------
    UnreadableFile
        A descriptor without sense, fewer entries than it announces.
    """
    stated = attributes.numbers(descriptor)
    if not stated:
        return None
    if len(stated) != _DESCRIPTOR or not 1 <= stated[2] <= 16 or not 0 <= stated[0] < _ALL:
        raise attributes.wrong(descriptor, "table")
    entries, first, bits = int(stated[0]) or _ALL, int(stated[1]), int(stated[2])
    if first >= _ALL // 2 and attributes.vr(descriptor) != "SS" and _signed(attributes):
        first -= _ALL
    if data in attributes:
        return Table(first, _plain(attributes, data, entries, bits), bits)
    if segments and segments in attributes:
        return Table(first, _expanded(attributes, segments, entries, bits), bits)
    return None


def _signed(attributes: Attributes) -> bool:
    return attributes.number("PixelRepresentation") == 1


def _plain(
    attributes: Attributes, data: str, entries: int, bits: int
) -> NDArray[np.unsignedinteger]:
    raw = attributes.data(data)
    if len(raw) < 2 * entries and bits <= 8 and len(raw) >= entries:
        if attributes.order == ">" and attributes.vr(data) == "OW":
            raw = memoryview(np.frombuffer(raw, ">u2").astype("<u2").tobytes())
        return np.frombuffer(raw, np.uint8, entries)
    if len(raw) < 2 * entries:
        tag = tag_text(data)
        expected = entries * (1 if bits <= 8 else 2)
        reason = message("formats.dicom.truncated", tag=tag, expected=expected, found=len(raw))
        raise UnreadableFile(reason, tag=tag)
    values = np.frombuffer(raw, attributes.order + "u2", entries).astype(np.uint16)
    return values & np.uint16(_FULL) if bits <= 8 else values


def _expanded(
    attributes: Attributes, data: str, entries: int, bits: int
) -> NDArray[np.unsignedinteger]:
    """Entries of a table in segments: runs, ramps, and references to earlier ones."""
    form = attributes.order + ("u2" if bits > 8 else "u1")
    raw = attributes.data(data)
    words = np.frombuffer(raw, form, len(raw) // np.dtype(form).itemsize).astype(np.int64).tolist()
    found: list[int] = []
    _expand(words, 0, len(words), found, entries, bits, again=True)
    if len(found) < entries:
        raise attributes.wrong(data, "table", len(found))
    return np.array(found[:entries], np.uint16 if bits > 8 else np.uint8)


def _expand(
    words: Sequence[int],
    at: int,
    stop: int,
    found: list[int],
    entries: int,
    bits: int,
    *,
    again: bool,
    most: int = _ALL,
) -> None:
    """Append the entries of segments from word `at` on, no more than needed."""
    for _ in range(most):
        if at + 2 > stop or len(found) >= entries:
            return
        kind, count = words[at], words[at + 1]
        at += 2
        if kind == _DISCRETE:
            found += words[at : at + count]
            at += count
        elif kind == _LINEAR and at < stop and found and count:
            ramp = np.linspace(found[-1], words[at], count + 1)[1:]
            found += np.rint(ramp).astype(int).tolist()
            at += 1
        elif kind == _INDIRECT and again:
            places = words[at : at + (2 if bits > 8 else 4)]
            shift, at = (16 if bits > 8 else 8), at + len(places)
            where = sum(word << shift * i for i, word in enumerate(places))
            _expand(words, where, stop, found, entries, bits, again=False, most=count)
        else:
            return


def palette(attributes: Attributes) -> tuple[Table, Table, Table] | None:
    """Red, green and blue as tables of 8 bits; None when the file has no palette."""
    tables = [
        table(
            attributes,
            f"{colour}PaletteColorLookupTableDescriptor",
            f"{colour}PaletteColorLookupTableData",
            f"Segmented{colour}PaletteColorLookupTableData",
        )
        for colour in _COLOURS
    ]
    known = [found for found in tables if found is not None]
    if len(known) < len(_COLOURS):
        return None
    # Some files announce 16 bits and use 8: all colours would be black.
    narrow = max(int(found.values.max()) for found in known) <= _FULL
    if narrow and any(found.bits > 8 for found in known):
        attributes.note(message("formats.note.palette_bits"))
    red, green, blue = (
        Table(t.first, (t.values >> (0 if narrow else max(t.bits - 8, 0))).astype(np.uint8), 8)
        for t in known
    )
    return red, green, blue


def coloured(codes: NDArray[np.generic], tables: tuple[Table, Table, Table]) -> NDArray[np.uint8]:
    """Stored values ``(frames, rows, columns)`` as ``(…, 3)`` RGB."""
    out = np.empty((*codes.shape, 3), np.uint8)
    for frame, pixels in zip(out, codes, strict=True):
        for channel, found in enumerate(tables):
            frame[..., channel] = found.apply(pixels)
    return out
