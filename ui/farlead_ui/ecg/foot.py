"""The foot of the sheet: what is not standard, what a filter may hide, notes, page, calibration."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from farlead_ui.ecg.filter_words import hides
from farlead_ui.ecg.geometry import Sheet
from farlead_ui.ecg.layout_words import said_of
from farlead_ui.ecg.layouts import Time
from farlead_ui.ecg.marks import Text
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.speeds import time_written
from farlead_ui.ecg.wording import page_text, warnings_of
from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import width_of
from farlead_ui.theme.tokens import Palette

_EDGE = 16
_BAR = 24  # a large line and the next one
_STATE = 24  # the small line at the right


def height(model: SheetModel, width: float) -> int:
    """Room that closely set rows leave for warnings, device-independent pixels.

    The same while the key shows the original: nothing but the filter changes then.
    """
    filters = model.filters
    room = 28 if warnings_of(model) or not filters.standard else 0
    lines = _wrapped(hides(filters.chosen), width)
    high = room + (len(lines) * tokens.WORDS.line + (0 if room else 8) if lines else 0)
    said = model.calibration is None or (model.beat_view is None and said_of(model.placement))
    return max(high, _STATE if said else 0)


def foot(sheet: Sheet, model: SheetModel, palette: Palette, ratio: float) -> list[Text]:
    """What is not standard, large; beside it what the filter may hide; small: notes, state."""
    left, state = sheet.trace_left, _state(sheet, model, palette, ratio)
    rows = _rows(sheet, model, palette, ratio)
    y = sheet.height - _EDGE * ratio
    if rows and state and left + _width(rows[0], ratio) > state[0].x - _width(state[0], ratio):
        y -= tokens.WORDS.line * ratio  # the state keeps the lowest line for itself
    found = []
    for row in rows:
        found.append(replace(row, x=left, y=y))
        y -= (_BAR if row.bold else row.type.line) * ratio
    return [*found, *state, *_line_times(sheet, palette, ratio)]


def _rows(sheet: Sheet, model: SheetModel, palette: Palette, ratio: float) -> list[Text]:
    """Lines at the left, from below."""
    warnings = warnings_of(model)
    filters = model.filters
    colour = palette.quiet if filters.shown.diagnostic else palette.urgent
    hidden = _wrapped(hides(filters.shown), sheet.width / ratio)
    return [
        *(Text(0, 0, " · ".join(said), tokens.PATIENT, palette.urgent, bold=True)
          for said in [warnings] if said),
        *(Text(0, 0, line, tokens.WORDS, colour) for line in reversed(hidden)),
        *(Text(0, 0, note, tokens.META, palette.quiet) for note in reversed(model.notes)),
    ]  # fmt: skip


def _width(text: Text, ratio: float) -> float:
    return (text.width + _EDGE) * ratio


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
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} · {part}" if lines else part
        if lines and width_of(longer, tokens.WORDS) <= width - 180:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines
