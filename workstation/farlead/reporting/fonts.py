"""The fonts of reports: Debian's ``fonts-noto-cjk`` and nothing else of the system."""

import os
import struct
from functools import cache
from pathlib import Path

import typst

from farlead.errors import ComposeError
from farlead.messages import message

FAMILY = "Noto Sans CJK SC"
FILES = ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")

#: Where distributions put them; a folder in FARLEAD_FONTS goes first.
FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/noto-cjk"),
    Path("/usr/share/fonts/google-noto-cjk"),
    Path("/usr/share/fonts/google-noto-sans-cjk-fonts"),
    Path("/usr/share/fonts/truetype/noto"),
    Path("/usr/local/share/fonts"),
)


def find_fonts() -> Path:
    """Folder that has the report's fonts.

    Raises
    ------
    ComposeError
        They are not installed; the reason says what to install.
    """
    own = os.environ.get("FARLEAD_FONTS")
    for folder in ([Path(own)] if own else []) + list(FOLDERS):
        if all((folder / name).is_file() for name in FILES):
            return folder
    raise ComposeError(message("reporting.no_fonts", package="fonts-noto-cjk"))


def load_fonts(folder: Path) -> typst.Fonts:
    """The fonts for Typst: only those of `folder`, neither the system's nor Typst's own."""
    return typst.Fonts(False, False, [str(folder)])


@cache
def printable(folder: Path) -> frozenset[int]:
    """Code points that the report's font has a glyph for."""
    fonts = load_fonts(folder).fonts()
    regular = next(f for f in fonts if f.family == FAMILY and f.weight == 400 and f.path)
    with Path(str(regular.path)).open("rb") as file:
        return frozenset(_code_points(file.read(), regular.index))


def _code_points(data: bytes, index: int) -> set[int]:
    """Code points of a font in a collection: subtable format 12 of its ``cmap``.

    References
    ----------
    OpenType 1.9, "cmap: Character to Glyph Index Mapping Table", format 12.
    """
    (font,) = struct.unpack_from(">I", data, 12 + 4 * index)
    (tables,) = struct.unpack_from(">H", data, font + 4)
    records = [struct.unpack_from(">4sIII", data, font + 12 + 16 * i) for i in range(tables)]
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    points: set[int] = set()
    for i in range(count):
        _, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * i)
        if struct.unpack_from(">H", data, cmap + offset) == (12,):
            points |= _segmented(data, cmap + offset)
    return points


def _segmented(data: bytes, table: int) -> set[int]:
    (groups,) = struct.unpack_from(">I", data, table + 12)
    points: set[int] = set()
    for i in range(groups):
        first, last, _ = struct.unpack_from(">III", data, table + 16 + 12 * i)
        points.update(range(first, last + 1))
    return points
