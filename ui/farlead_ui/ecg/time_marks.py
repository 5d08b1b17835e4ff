"""Time along the upper edge of slow paper, where RR intervals are too narrow to be written."""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from farlead_ui.ecg.geometry import Cell, Sheet
from farlead_ui.ecg.marks import Strokes, Text
from farlead_ui.ecg.speeds import FOR_MEASURING, time_written
from farlead_ui.theme import tokens
from farlead_ui.theme.tokens import Palette

_MINUTE, _HOUR = 60, 3600
_STEPS = (
    *(1, 2, 5, 10, 20, 30),
    *(_MINUTE * n for n in (1, 2, 5, 10, 20, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
)
_APART = 90  # least distance of two labels, device-independent pixels


def step_for(seconds: float) -> int:
    """Smallest round step of at least so many seconds."""
    return next((step for step in _STEPS if step >= seconds), _STEPS[-1])


def label(seconds: float, begun: datetime | None, step: int) -> str:
    """Clock time where the recording tells when it began, else time from its start."""
    if begun is None:
        return time_written(seconds)
    clock = begun + timedelta(seconds=round(seconds))
    return f"{clock:%H:%M}" if step >= _MINUTE else f"{clock:%H:%M:%S}"


def marks(sheet_seconds: tuple[float, float], begun: datetime | None, step: int) -> list[float]:
    """Times of the marks between two times: round ones by the clock, or from the start."""
    offset = 0.0
    if begun is not None:
        offset = (begun.hour * _HOUR + begun.minute * _MINUTE + begun.second) % step
    start, stop = sheet_seconds
    first = math.ceil((start + offset) / step)
    last = math.floor((stop + offset) / step)
    return [n * step - offset for n in range(first, last + 1)]


def time_axis(
    sheet: Sheet, begun: datetime | None, palette: Palette, ratio: float
) -> tuple[Strokes, list[Text]]:
    """Ticks and times of a slow sheet; nothing where waves can be measured."""
    if sheet.paper.speed >= FOR_MEASURING:
        return Strokes((), palette.quiet), []
    step = step_for(_APART * ratio / sheet.px_per_second)
    times = marks(sheet.seconds, begun, step)
    at = [round(sheet.x(time * sheet.paper.fs)) for time in times]
    ticks = tuple((x, 0.0, x, round(4 * ratio)) for x in at)
    y = 12 * ratio
    texts = [
        Text(x, y, label(time, begun, step), tokens.META, palette.quiet, align=0.5)
        for x, time in zip(at, times, strict=True)
    ]
    return Strokes(ticks, palette.quiet), texts


def prepared(cells: Iterable[Cell], palette: Palette) -> list[Text]:
    """Said in the place of each lead whose overview is still being made."""
    text = QCoreApplication.translate("Sheet", "Overview is being made")
    return [
        Text((c.left + c.right) / 2, c.baseline, text, tokens.WORDS, palette.quiet, align=0.5)
        for c in cells
    ]
