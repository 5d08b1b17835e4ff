"""Type: one family, Regular and Bold, tabular figures."""

from PySide6.QtGui import QFont

from farlead_ui.theme.tokens import BODY, Type

FAMILY = "Noto Sans CJK SC"


def font(kind: Type = BODY, *, bold: bool = False) -> QFont:
    """Font of a type step, in pixels, with figures of equal width."""
    made = QFont(FAMILY)
    made.setPixelSize(kind.size)
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
