"""Arrivals and reports of today by hours, against the band of usual days."""

import math

from PySide6.QtCore import QCoreApplication

from farlead.model.wall import Wall
from farlead_ui.wall import brush as b
from farlead_ui.wall.brush import Brush
from farlead_ui.wall.model import WallModel

translate = QCoreApplication.translate

_TOP, _FOOT = 880, 1850
_LABELS = 110  # room for the figures at the left


def draw_hours(brush: Brush, model: WallModel, place: tuple[int, int]) -> None:
    """The chart with its legend."""
    wall = model.wall
    if wall is None:
        return
    left, right = place
    brush.write(translate("Wall", "Today by hour"), left, 776, b.TITLE, bold=True)
    _legend(brush, wall, right)
    chart = left + _LABELS
    most = _axis(brush, wall, chart, right)

    def at(hour: float, value: float) -> tuple[float, float]:
        x = chart + (right - chart) * hour / 24
        return x, _FOOT - (_FOOT - _TOP) * value / most

    now = model.now.astimezone()
    if wall.usual is not None:
        upper = [at(hour + 0.5, value) for hour, value in enumerate(wall.usual.high)]
        lower = [at(hour + 0.5, value) for hour, value in enumerate(wall.usual.low)]
        brush.area([*upper, *reversed(lower)], "line")
    for hour in (0, 6, 12, 18, 24):
        x, _ = at(hour, 0)
        text = f"{hour:02d}"
        brush.write(text, x - b.width_of(text, b.SMALL) / 2, _FOOT + 44, b.SMALL, "quiet")
    x, _ = at(now.hour + now.minute / 60, 0)
    brush.fill(x, _TOP - 30, 3, _FOOT - _TOP + 30, "edge")
    brush.write(translate("Wall", "now"), x - 14, _TOP - 16, b.SMALL, "quiet", right=now.hour > 2)
    over = range(now.hour)  # the hour that runs would look like a fall
    for counts, tone, dashed in (
        (wall.hours.arrived, "accent", False),
        (wall.hours.reported, "text", True),
    ):
        if len(over) > 1:
            brush.line([at(h + 0.5, counts[h]) for h in over], tone, dashed=dashed)


def _axis(brush: Brush, wall: Wall, left: float, right: float) -> float:
    """Lines across at round figures; returns the highest."""
    usual = max(wall.usual.high) if wall.usual is not None else 0
    most = max(*wall.hours.arrived, *wall.hours.reported, usual, 4)
    step = _round(most / 4)
    lines = math.ceil(most / step)
    for number in range(lines + 1):
        y = _FOOT - (_FOOT - _TOP) * number / lines
        brush.rule(left, y, right - left)
        brush.write(f"{number * step:g}", left - 24, y, b.SMALL, "quiet", right=True)
    return lines * step


def _round(step: float) -> float:
    """The next of 1, 2, 5, 10, 20 … that is no smaller."""
    power = 10 ** math.floor(math.log10(max(step, 1)))
    return next(float(m * power) for m in (1, 2, 5, 10) if m * power >= step)


def _legend(brush: Brush, wall: Wall, right: float) -> None:
    usual = (
        translate("Wall", "usual")
        if wall.usual is not None
        else translate("Wall", "usual: too few days yet")
    )
    arrived = translate("Wall", "arrived {n}").format(n=sum(wall.hours.arrived))
    signed = translate("Wall", "signed {n}").format(n=sum(wall.hours.reported))
    x = right
    for text, kind in ((usual, "band"), (signed, "dashed"), (arrived, "line")):
        x -= brush.write(text, x, 776, b.SMALL, right=True) + 16
        if kind == "band":
            brush.fill(x - 64, 762, 64, 28, "line")
        else:
            tone = "accent" if kind == "line" else "text"
            brush.line([(x - 64, 778), (x, 778)], tone, dashed=kind == "dashed")
        x -= 64 + 44
