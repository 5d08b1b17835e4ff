"""Text of a PDF that Qt has written, so that Chinese is found and copied as it was meant.

Qt tells which character a glyph stands for by the first one that the font gives it to. Noto gives
many glyphs to a radical and to the ideograph alike, and radicals come first in Unicode: 心 would
be found as ⼼, which no search for 心 finds. Here Qt's tables of characters are put right, digit
for digit; what is seen is not touched.
"""

import re
from functools import cache

from PySide6.QtGui import QRawFont

from farlead_ui.theme.fonts import font

_RADICALS = tuple(range(0x2E80, 0x2FE0))
_IDEOGRAPHS = (*range(0x4E00, 0xA000), *range(0x3400, 0x4DC0))
#: Qt does not deflate these tables.
_TABLE = re.compile(rb"begincmap.*?endcmap", re.DOTALL)
_CODE = re.compile(rb"<(2[EF][0-9A-F]{2})>")


def mended(pdf: bytes) -> bytes:
    """The same file with ideographs where Qt wrote radicals; nothing in it changes its place."""
    return _TABLE.sub(lambda table: _CODE.sub(_ideograph, table[0]), pdf)


def _ideograph(code: re.Match[bytes]) -> bytes:
    written = int(code[1], 16)
    return b"<%04X>" % _meant().get(written, written)


@cache
def _meant() -> dict[int, int]:
    """Ideograph of each radical that shares its glyph."""
    raw = QRawFont.fromFont(font())
    glyphs = dict(zip(_glyphs(raw, _IDEOGRAPHS), _IDEOGRAPHS, strict=True))
    glyphs.pop(0, None)  # what the font does not have
    found = zip(_glyphs(raw, _RADICALS), _RADICALS, strict=True)
    return {character: glyphs[glyph] for glyph, character in found if glyph in glyphs}


def _glyphs(raw: QRawFont, characters: tuple[int, ...]) -> list[int]:
    return list(raw.glyphIndexesForString("".join(map(chr, characters))))
