"""Critical values that nobody has confirmed, with their clocks; below, those that ended today."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from farlead.messages import Message
from farlead.model.study import Severity
from farlead.model.wall import OpenCase, Wall
from farlead_ui import words as shared
from farlead_ui.wall import brush as b
from farlead_ui.wall import words
from farlead_ui.wall.brush import Brush
from farlead_ui.wall.model import WallModel

translate = QCoreApplication.translate

_CARD, _GAP, _MOST = 412, 40, 3
_ROW, _FOOT = 104, 1990
_LONGEST = 15 * 60  # seconds that the bar of a card is long


def draw_cases(
    brush: Brush, model: WallModel, text: Callable[[Message], str], place: tuple[int, int]
) -> None:
    """Cards, the longest running first, then the list of those that ended."""
    wall = model.wall
    if wall is None:
        return
    left, right = place
    brush.write(translate("Wall", "Critical values, unconfirmed"), left, 230, b.TITLE, bold=True)
    if wall.cases:
        many = str(len(wall.cases))
        brush.write(many, right, 232, b.COUNT, "critical", bold=True, right=True)
    top = 296.0
    for place_, case in enumerate(wall.cases[:_MOST]):
        said = text(case.finding) if case.finding is not None else ""
        _card(brush, case, said, (left, right, top), model.now, first=place_ == 0)
        top += _CARD + _GAP
    more = len(wall.cases) - _MOST
    if more > 0:
        told = translate("Wall", "and {n} more").format(n=more)
        brush.write(told, left, top + 10, b.BODY, "critical", bold=True)
        top += 70
    if not wall.cases:
        brush.write(translate("Wall", "None"), left, 340, b.BODY, "done")
        top = 400
    _ended(brush, wall, (left, right, top + 30))


def _card(
    brush: Brush, case: OpenCase, said: str, place: tuple[int, int, float], now: datetime, *,
    first: bool,
) -> None:  # fmt: skip
    left, right, top = place
    width = right - left
    brush.fill(left, top, width, _CARD, "critical_tint" if first else "panel")
    brush.frame(left, top, width, _CARD, "critical" if first else "edge")
    brush.mark(left + 40, top + 76, Severity.CRITICAL, 50)
    title = said or translate("Wall", "critical value")
    brush.write(title, left + 116, top + 76, b.TITLE - 6, bold=True, room=width - 150)
    clock = words.clock(case.since, now)
    taken = brush.write(
        clock, right - 40, top + 206, b.CARD_CLOCK, "critical", bold=True, right=True
    )
    room = width - taken - 110
    brush.write(case.unit, left + 40, top + 172, b.BODY, room=room)
    tone = "quiet" if case.reader else "critical"
    brush.write(_state(case), left + 40, top + 234, b.SMALL, tone, room=room)
    _bar(brush, (left + 40, right - 40, top + 306), (now - case.since).total_seconds())


def _state(case: OpenCase) -> str:
    """Who looks after it."""
    if not case.reader:
        return translate("Wall", "opened by nobody")
    if not case.calls:
        return translate("Wall", "{reader}: unit not called yet").format(reader=case.reader)
    return translate("Wall", "{reader}: called {n}×").format(reader=case.reader, n=case.calls)


def _bar(brush: Brush, place: tuple[float, float, float], seconds: float) -> None:
    """Time gone, with the marks at which others are told."""
    left, right, top = place
    width = right - left
    brush.fill(left, top, width, 12, "line")
    brush.fill(left, top, width * min(seconds / _LONGEST, 1), 12, "critical")
    for minutes in (5, 10, 15):
        x = left + width * minutes * 60 / _LONGEST
        brush.fill(x - 3, top - 10, 4, 32, "text")
        said = translate("Wall", "15 min") if minutes == 15 else str(minutes)
        end = x if minutes == 15 else x + b.width_of(said, b.SMALL) / 2
        brush.write(said, end, top + 56, b.SMALL, "quiet", right=True)


def _ended(brush: Brush, wall: Wall, place: tuple[int, int, float]) -> None:
    left, right, top = place
    rows = int((_FOOT - top - 90) // _ROW)
    if rows < 1:
        return
    told = translate("Wall", "Ended today: {n}").format(n=len(wall.ended))
    brush.write(told, left, top + 30, b.SMALL, "quiet")
    for number, case in enumerate(wall.ended[:rows]):
        y = top + 70 + number * _ROW
        brush.rule(left, y, right - left)
        middle = y + _ROW / 2
        brush.write("✓", left, middle, b.BODY, "done", bold=True)
        brush.write(shared.clock_time(case.ended), left + 66, middle, b.SMALL)
        took = words.span((case.ended - case.since).total_seconds())
        width = brush.write(took, right, middle, b.SMALL, "quiet", right=True)
        brush.write(case.unit, left + 210, middle, b.SMALL, room=right - left - 240 - width)
