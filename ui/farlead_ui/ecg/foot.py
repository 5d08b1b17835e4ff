"""The foot of the sheet: what is not standard, what a filter may hide, notes, page, calibration."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontMetricsF

from farlead_ui.ecg.filter_words import hides
from farlead_ui.ecg.geometry import Sheet
from farlead_ui.ecg.layout_words import said_of
from farlead_ui.ecg.layouts import Time
from farlead_ui.ecg.marks import Text
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.speeds import time_written
from farlead_ui.ecg.wording import page_text, warnings_of
from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import Palette

_EDGE = 16
_BAR = 24  # a large line and the next one


def height(model: SheetModel, width: float) -> int:
    """Room that closely set rows leave for warnings, device-independent pixels.

    The same while the key shows the original: nothing but the filter changes then.
    """
    filters = model.filters
    room = 28 if warnings_of(model) or not filters.standard else 0
    lines = _wrapped(hides(filters.chosen), width)
    return room + (len(lines) * tokens.WORDS.line + (0 if room else 8) if lines else 0)


def foot(sheet: Sheet, model: SheetModel, palette: Palette, ratio: float) -> list[Text]:
    """What is not standard, large; beside it what the filter may hide; small: notes, state."""
    y, left = sheet.height - _EDGE * ratio, sheet.trace_left
    found = []
    if warnings := warnings_of(model):
        text = " · ".join(warnings)
        found.append(Text(left, y, text, tokens.PATIENT, palette.urgent, bold=True))
        y -= _BAR * ratio
    colour = palette.quiet if model.filters.shown.diagnostic else palette.urgent
    for line in reversed(_wrapped(hides(model.filters.shown), sheet.width / ratio)):
        found.append(Text(left, y, line, tokens.WORDS, colour))
        y -= tokens.WORDS.line * ratio
    for note in reversed(model.notes):
        found.append(Text(left, y, note, tokens.META, palette.quiet))
        y -= tokens.META.line * ratio
    return found + _state(sheet, model, palette, ratio) + _line_times(sheet, palette, ratio)


def _line_times(sheet: Sheet, palette: Palette, ratio: float) -> list[Text]:
    """When each line begins, under its lead's name."""
    if sheet.time is not Time.LINES:
        return []
    down = 22 * ratio
    return [
        Text(c.name[0], c.name[1] + down, time_written(c.begin), tokens.META, palette.quiet)
        for c in sheet.cells
    ]


def _state(sheet: Sheet, model: SheetModel, palette: Palette, ratio: float) -> list[Text]:
    said = said_of(model.placement) if model.beat_view is None else []
    if sheet.pages > 1:
        said.append(page_text(model))
    if not sheet.scale.calibrated:
        said.append(QCoreApplication.translate("Sheet", "Not calibrated"))
    x, y = sheet.width - _EDGE * ratio, sheet.height - _EDGE * ratio
    quiet = palette.quiet
    return [Text(x, y, " · ".join(said), tokens.META, quiet, align=1.0)] if said else []


def _wrapped(parts: list[str], width: float) -> list[str]:
    """As few lines as these parts need."""
    metrics = QFontMetricsF(font(tokens.WORDS))
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} · {part}" if lines else part
        if lines and metrics.horizontalAdvance(longer) <= width - 180:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines
