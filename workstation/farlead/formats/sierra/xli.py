"""XLI, the compression of Philips ECG XML: one chunk a lead.

A chunk is a header (size of what follows, int32; method, int16; start, int16; little endian)
and codes of 10 bits, most significant bit first, of an LZW that never clears its table. The
bytes that come out are the high bytes of all words, then their low bytes. The first two words
are samples; each other one is 64 plus a second difference with its sign turned, one place late:
the first difference is the header's start, and the last word says nothing.
"""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.messages import message

_HEADER = struct.Struct("<ihh")
_METHOD = 1
_BITS = 10
_END = (1 << _BITS) - 1  # 1023 ends the codes and never stands for a string
_BIAS = 64
_BYTES = tuple(bytes((byte,)) for byte in range(256))
_FIRST_FREE = len(_BYTES)
#: More chunks than any device has electrodes.
_MOST_CHUNKS = 64
_LIMIT = 1 << 15


def unpack(data: bytes, samples: int) -> list[NDArray[np.int32]]:
    """Leads of a block of chunks.

    Parameters
    ----------
    data : bytes
    samples : int
        How many samples each lead must have, at least 2.

    Returns
    -------
    list of ndarray, shape (samples,)
        Words of the file: samples, or what limb leads are rebuilt from.

    Raises
    ------
    UnreadableFile
        With the offset of the chunk: it claims more than is there, holds codes that stand for
        nothing, gives another number of samples, or values beyond 16 bits.
    """
    return [
        _integrated(_inflated(chunk, 2 * samples, offset), start, offset)
        for offset, start, chunk in _chunks(data)
    ]


def _chunks(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    offset = 0
    for _ in range(_MOST_CHUNKS):
        if offset == len(data):
            return
        if len(data) - offset < _HEADER.size:
            raise _damaged("header", offset)
        size, method, start = _HEADER.unpack_from(data, offset)
        begin = offset + _HEADER.size
        if not 0 < size <= len(data) - begin:
            reason = message(
                "formats.sierra.chunk_size", offset=offset, expected=size, found=len(data) - begin
            )
            raise UnreadableFile(reason, offset=offset)
        if method != _METHOD:
            raise UnreadableFile(
                message("formats.sierra.chunk_method", offset=offset, found=method), offset=offset
            )
        yield offset, start, data[begin : begin + size]
        offset = begin + size
    raise _damaged("count", offset)


def _damaged(what: str, offset: int) -> UnreadableFile:
    reason = message("formats.sierra.xli", what=f"@formats.sierra.xli_{what}", offset=offset)
    return UnreadableFile(reason, offset=offset)


def _inflated(chunk: bytes, expected: int, offset: int) -> bytes:
    """Bytes that the codes stand for; never more than is expected."""
    if len(chunk) * 8 > (expected + 2) * _BITS + 32:
        raise _damaged("length", offset)  # more codes than bytes are wanted
    pieces = _strings(_codes(chunk), offset)
    if sum(map(len, pieces)) != expected:
        raise _damaged("length", offset)
    return b"".join(pieces)


def _strings(codes: list[int], offset: int) -> list[bytes]:
    """What each code up to the end stands for."""
    if _END in codes:
        codes = codes[: codes.index(_END)]
    table = list(_BYTES)
    known = _FIRST_FREE
    pieces: list[bytes] = []
    previous = b""
    for code in codes:
        if known == _END:  # full: nothing is learned any more, and every code is known
            break
        if code < known:
            piece = table[code]
        elif code == known and previous:
            piece = previous + previous[:1]
        else:
            raise _damaged("code", offset)
        pieces.append(piece)
        if previous:
            table.append(previous + piece[:1])
            known += 1
        previous = piece
    pieces.extend(map(table.__getitem__, codes[len(pieces) :]))
    return pieces


def _codes(chunk: bytes) -> list[int]:
    """Four codes out of five bytes, as far as whole codes are there."""
    padded = np.frombuffer(chunk + bytes(-len(chunk) % 5), np.uint8)
    one, two, three, four, five = padded.reshape(-1, 5).astype(np.int16).T
    quads = np.stack(
        (
            one << 2 | two >> 6,
            (two & 0x3F) << 4 | three >> 4,
            (three & 0x0F) << 6 | four >> 2,
            (four & 0x03) << 8 | five,
        ),
        axis=1,
    )
    codes: list[int] = quads.ravel()[: len(chunk) * 8 // _BITS].tolist()
    return codes


def _integrated(stream: bytes, start: int, offset: int) -> NDArray[np.int32]:
    """Samples of the words: differences summed up twice, from the first two samples on."""
    half = len(stream) // 2
    words = np.frombuffer(stream, np.uint8).reshape(2, half)
    values = (words[0].astype(np.int16) << 8) | words[1]
    second = np.empty(half, np.int64)
    second[0] = values[0]
    second[1] = int(values[1]) - 2 * int(values[0])
    second[2:3] = -start
    second[3:] = _BIAS - values[2:-1].astype(np.int64)
    samples = np.cumsum(np.cumsum(second))
    if samples.min() < -_LIMIT or samples.max() >= _LIMIT:
        raise _damaged("range", offset)
    return samples.astype(np.int32)
