"""The look as data: colours by day and by night, type, spacing.

Widgets take a :class:`Palette` and name no colour of their own. Text is at least 4.5:1 on
window, panel and tint (tests/gui/test_theme.py computes it).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from farlead.model.study import Severity


class Look(StrEnum):
    """Paper by day, dark by night."""

    DAY = "day"
    NIGHT = "night"


class Paper(StrEnum):
    """Print of the ECG paper by day."""

    PINK = "pink"
    GREEN = "green"
    WHITE = "white"


@dataclass(frozen=True, slots=True)
class Palette:
    """All colours of one look, ``#RRGGBB``."""

    window: str
    panel: str
    line: str
    edge: str  # edges of controls, at least 3:1
    text: str
    quiet: str
    sheet: str
    grid: str
    grid_bold: str
    trace: str
    trace_earlier: str
    accent: str
    on_accent: str
    tint: str  # selection
    lit: str  # evidence
    critical: str
    critical_tint: str
    on_critical: str
    urgent: str
    on_urgent: str
    remark: str
    done: str


DAY = Palette(
    window="#F3F4F5", panel="#FFFFFF", line="#D9DDE1", edge="#8B959E",
    text="#1B1F23", quiet="#57616B",
    sheet="#FFFBFA", grid="#F8E3DE", grid_bold="#EBB9AE",
    trace="#101214", trace_earlier="#1B66B5",
    accent="#0B6E99", on_accent="#FFFFFF", tint="#E4F0F6", lit="#CFE7F2",
    critical="#B3261E", critical_tint="#FCECEA", on_critical="#FFFFFF",
    urgent="#9A5200", on_urgent="#FFFFFF", remark="#4F5B66", done="#3F6F4F",
)  # fmt: skip

NIGHT = Palette(
    window="#12161A", panel="#1A1F24", line="#2E363D", edge="#6B7884",
    text="#E6EAED", quiet="#9AA5AF",
    sheet="#0D1114", grid="#192226", grid_bold="#2C3E44",
    trace="#E9F0F2", trace_earlier="#6FA8E8",
    accent="#4FB3DC", on_accent="#08171E", tint="#1B323E", lit="#173845",
    critical="#FF6B60", critical_tint="#3A1E1D", on_critical="#1C0605",
    urgent="#F2A33A", on_urgent="#1D1202", remark="#B3BEC7", done="#7FBF95",
)  # fmt: skip

#: Leads drawn on one baseline, apart for the colour-blind too; at least 3:1 on the sheet.
LEADS_DAY = ("#101214", "#0072B2", "#B84A00", "#00734F", "#8A3A76", "#7A6200")
LEADS_NIGHT = ("#E9F0F2", "#56B4E9", "#FF8C42", "#35C99A", "#E79AD0", "#E8D04A")

PALETTES = {Look.DAY: DAY, Look.NIGHT: NIGHT}

#: The look by day on each paper.
PAPERS = {
    Paper.PINK: DAY,
    Paper.GREEN: replace(DAY, sheet="#FAFCF9", grid="#DFEADF", grid_bold="#AAC6AF"),
    Paper.WHITE: replace(DAY, sheet="#FFFFFF", grid="#E9ECEF", grid_bold="#C0C8CF"),
}


@dataclass(frozen=True, slots=True)
class Type:
    """A text size and its line height in device-independent pixels."""

    size: int
    line: int


META = Type(12, 16)
WORDS = Type(13, 20)
BODY = Type(14, 20)
SECTION = Type(16, 24)
PATIENT = Type(20, 28)
FIGURE = Type(22, 28)
CLOCK = Type(28, 32)

#: Spacing steps, panel inset, and the heights that more than one room uses.
SPACE = (4, 8, 12, 16, 24)
INSET = 16
HEAD_LINE = 72
CONTROL_WORDS = 36
STATUS_LINE = 28
ACTION_BAR = 60
ROW = 56
ROW_SELECTED = 76
STATEMENT_ROW = 32
INPUT = 36
LIST_WIDTH = 340
RAIL_WIDTH = 56
REPORT_WIDTH = 440

#: Shape of each severity; colour alone never carries it.
MARKS = {
    Severity.CRITICAL: "▲",
    Severity.URGENT: "◆",
    Severity.REMARK: "●",
    Severity.NORMAL: "○",
    Severity.NOT_SCREENED: "–",
}


def lead_colours(palette: Palette) -> tuple[str, ...]:
    """Colours of leads drawn on one baseline."""
    return LEADS_NIGHT if palette is NIGHT else LEADS_DAY


def severity_colour(palette: Palette, severity: Severity) -> str:
    """Colour of a severity's mark."""
    match severity:
        case Severity.CRITICAL:
            return palette.critical
        case Severity.URGENT:
            return palette.urgent
        case _:
            return palette.remark
