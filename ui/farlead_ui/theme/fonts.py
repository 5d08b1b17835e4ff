"""Type: one family, Regular and Bold, tabular figures."""

from functools import lru_cache

from PySide6.QtGui import QFont, QFontMetricsF

from farlead_ui.theme.tokens import BODY, Type

FAMILY = "Noto Sans CJK SC"


def font(kind: Type = BODY, *, bold: bool = False) -> QFont:
    """Font of a type step, in pixels, with figures of equal width."""
    return QFont(_font(kind, bold=bold))  # a copy of its own, which costs little


@lru_cache(maxsize=64)
def _font(kind: Type, *, bold: bool) -> QFont:
    made = QFont(FAMILY)
    made.setPixelSize(kind.size)
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


@lru_cache(maxsize=64)
def measures(kind: Type = BODY, *, bold: bool = False) -> QFontMetricsF:
    """Measures of a type step; made once, for what is laid out in each frame."""
    return QFontMetricsF(font(kind, bold=bold))


@lru_cache(maxsize=4096)
def width_of(text: str, kind: Type = BODY, *, bold: bool = False) -> float:
    """Width of a line of lettering in device-independent pixels."""
    return measures(kind, bold=bold).horizontalAdvance(text)
