"""How many parts a JPEG 2000 codestream announces: tiles, resolutions and precincts.

A decoder sets aside about a kilobyte for each of them before it looks at any data, so that a file
of a few bytes could ask for all memory. They are counted from the marker segments.

References
----------
ITU-T T.800 A.4.2 (SOT), A.5.1 (SIZ), A.6.1 (COD), A.6.2 (COC), B.6 (resolutions, precincts).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

_START, _SIZ, _COD, _COC, _SOT, _SOD = b"\xff\x4f\xff\x51", 0x51, 0x52, 0x53, 0x90, 0x93
_SIZES = struct.Struct(">8IH")  # of SIZ, behind its length and its capabilities
_HEAD = 4096  # in which a codestream begins, perhaps inside a JP2 box
_MOST_LEVELS = 32
_OWN_PRECINCTS = 1  # bit of the coding style
_WHOLE = 15  # exponent of a precinct that is not stated


class _Tiles(NamedTuple):
    """Width, height and number of the tiles, and the components."""

    width: int
    height: int
    number: int
    components: int


class Announced(NamedTuple):
    """Components of a codestream, and its parts in all."""

    components: int
    parts: int


def announced(frame: bytes) -> Announced | None:
    """What a codestream announces; None for one that is none of JPEG 2000, or damaged."""
    start = frame.find(_START, 0, _HEAD)
    if start < 0 or len(frame) < start + 8 + _SIZES.size:
        return None
    right, bottom, left, top, width, height, tile_left, tile_top, components = _SIZES.unpack_from(
        frame, start + 8
    )
    if not width or not height or right <= left or bottom <= top:
        return None
    across, down = -(-(right - tile_left) // width), -(-(bottom - tile_top) // height)
    tiles = _Tiles(min(width, right - left), min(height, bottom - top), across * down, components)
    styles = list(_styles(frame, start + 2))
    usual = max((_parts(tiles, style) for style, own in styles if not own), default=components)
    return Announced(
        components,
        usual * max(tiles.number, 1) + sum(_parts(tiles, style) for style, own in styles if own),
    )


def _styles(frame: bytes, position: int) -> Iterator[tuple[bytes, bool]]:
    """Levels and what follows them of each coding style, and whether it is of one tile."""
    own = False
    end = 0  # of the tile part that is looked at
    while position + 4 <= len(frame) and frame[position] == 0xFF:
        marker = frame[position + 1]
        if marker == _SOD:
            if end <= position:
                return
            position = end
            continue
        length = int.from_bytes(frame[position + 2 : position + 4], "big")
        body = frame[position + 4 : position + 2 + length]
        if marker == _SOT and len(body) >= 8:
            own = True
            # 0 is a part that goes to the end of the codestream
            end = (
                position + max(int.from_bytes(body[2:6], "big"), 14) if any(body[2:6]) else 1 << 62
            )
        elif marker == _COD and len(body) >= 6:
            yield (body[5:] if body[0] & _OWN_PRECINCTS else body[5:10]), own
        elif marker == _COC and len(body) >= 4:
            yield _of_component(body), own
        position += 2 + max(length, 2)


def _of_component(body: bytes) -> bytes:
    """Coding style of one component; its number has one byte, or two where there are many."""
    at = 1 if len(body) in (7, *range(8, 8 + _MOST_LEVELS + 1)) else 2
    return body[at + 1 :] if body[at] & _OWN_PRECINCTS else body[at + 1 : at + 6]


def _parts(tiles: _Tiles, style: bytes) -> int:
    """Precincts and resolutions of all components of one tile."""
    levels = min(style[0], _MOST_LEVELS) if style else 0
    exponents = style[5:]
    found = 0
    for resolution in range(levels + 1):
        each = exponents[resolution] if resolution < len(exponents) else _WHOLE << 4 | _WHOLE
        smaller = levels - resolution
        across = (tiles.width >> smaller + (each & 15)) + 2  # one may begin before, one behind
        down = (tiles.height >> smaller + (each >> 4)) + 2
        found += 1 + (across - 1) * (down - 1)
    return found * tiles.components
