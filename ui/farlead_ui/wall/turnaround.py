"""Times of today: the median as a bar, p90 as a tick, against the promise."""

from PySide6.QtCore import QCoreApplication

from farlead.model.wall import Turnaround, Wall
from farlead_ui.wall import brush as b
from farlead_ui.wall import words
from farlead_ui.wall.brush import Brush

translate = QCoreApplication.translate

_TOP, _ROW = 1290, 152
_MOST = 1.25  # of the promise: the length of the bar


def draw_turnaround(brush: Brush, wall: Wall, place: tuple[int, int]) -> None:
    """One line for each promise that was kept or broken today."""
    left, right = place
    title = translate("Wall", "Times today, arrival to signature")
    brush.write(title, left, _TOP - 106, b.TITLE, bold=True, room=right - left)
    shown = [each for each in wall.turnaround if each.count]
    if not shown:
        brush.write(translate("Wall", "nothing signed yet"), left, _TOP, b.BODY, "quiet")
    for number, each in enumerate(shown[:4]):
        _line(brush, each, (left, right, _TOP - 50 + number * _ROW))


def _line(brush: Brush, each: Turnaround, place: tuple[int, int, float]) -> None:
    left, right, top = place
    width, middle = right - left, top + 56
    brush.rule(left, top, width)
    brush.mark(left, middle, words.MARKS[each.promise], 36)
    limit = translate("Wall", "limit {t}").format(t=words.span(each.promised))
    x = right - brush.write(limit, right, middle, b.SMALL, "quiet", right=True) - 34
    late = (each.p90 or 0) > each.promised
    tone = "urgent" if late else "text"
    x -= brush.write(words.span(each.p90), x, middle, b.SMALL, tone, bold=True, right=True) + 12
    x -= brush.write("p90", x, middle, b.SMALL, "quiet", right=True) + 34
    tone = "urgent" if (each.median or 0) > each.promised else "text"
    x -= brush.write(words.span(each.median), x, middle, b.SMALL, tone, bold=True, right=True) + 12
    said = translate("Wall", "median")
    x -= brush.write(said, x, middle, b.SMALL, "quiet", right=True) + 24
    brush.write(words.promise(each.promise), left + 54, middle, b.SMALL, room=x - left - 54)
    _bar(brush, each, (left, right, top + 104))


def _bar(brush: Brush, each: Turnaround, place: tuple[int, int, float]) -> None:
    left, right, top = place
    width = right - left

    def at(seconds: float) -> float:
        return width * min(seconds / (each.promised * _MOST), 1.0)

    brush.fill(left, top, width, 12, "line")
    tone = "urgent" if (each.median or 0) > each.promised else "accent"
    brush.fill(left, top, at(each.median or 0), 12, tone)
    brush.fill(left + at(each.p90 or 0) - 3, top - 8, 6, 28, "text")
    brush.fill(left + at(each.promised) - 2, top - 12, 4, 36, "edge")
