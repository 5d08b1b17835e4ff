"""What waits, by urgency, as large numbers with the oldest age."""

from PySide6.QtCore import QCoreApplication

from farlead.model.study import Severity
from farlead_ui.wall import brush as b
from farlead_ui.wall import words
from farlead_ui.wall.brush import Brush
from farlead_ui.wall.model import WallModel

translate = QCoreApplication.translate

_TONES = {Severity.CRITICAL: "critical", Severity.URGENT: "urgent"}


def draw_waiting(brush: Brush, model: WallModel, place: tuple[int, int]) -> None:
    """Three numbers."""
    left, right = place
    wall = model.wall
    if wall is None:
        return
    brush.write(translate("Wall", "Waiting"), left, 230, b.TITLE, bold=True)
    step = (right - left) / len(wall.waiting)
    for number, each in enumerate(wall.waiting):
        x = left + number * step
        tone = _TONES.get(each.severity, "text") if each.count else "quiet"
        brush.mark(x + 6, 326, each.severity, 44)
        brush.write(words.severity(each.severity), x + 70, 326, b.BODY)
        brush.write(str(each.count), x, 500, b.GREAT, tone, bold=True)
        if each.oldest is not None:
            said = translate("Wall", "oldest")
            width = brush.write(said, x, 648, b.SMALL, "quiet")
            brush.write(
                words.clock(each.oldest, model.now), x + width + 16, 648, b.SMALL, bold=True
            )
