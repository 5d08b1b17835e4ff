"""The foot: who is at work, deliveries, balance, age of the figures; said when they are stale."""

from PySide6.QtCore import QCoreApplication

from farlead.model.wall import Wall
from farlead_ui import words as shared
from farlead_ui.theme.appearance import Appearance
from farlead_ui.wall import brush as b
from farlead_ui.wall.brush import Brush
from farlead_ui.wall.model import Age, WallModel

translate = QCoreApplication.translate

_TOP, _MIDDLE = 2040, 2102


def draw_foot(brush: Brush, model: WallModel, appearance: Appearance) -> None:
    """The last line; it fills with colour when something is wrong with the figures."""
    wall = model.wall
    if model.age is Age.STALE:
        brush.fill(0, _TOP, b.WIDTH, b.HEIGHT - _TOP, "critical")
        brush.write(_stale(model, appearance), 64, _MIDDLE, b.BODY, "on_critical", bold=True,
                    room=b.WIDTH - 128)  # fmt: skip
        return
    brush.fill(0, _TOP, b.WIDTH, b.HEIGHT - _TOP, "panel")
    brush.rule(0, _TOP, b.WIDTH)
    if wall is None:
        brush.write(translate("Wall", "Reading the figures …"), 64, _MIDDLE, b.BODY, "quiet")
        return
    if wall.difference:
        brush.fill(0, _TOP, b.WIDTH, b.HEIGHT - _TOP, "critical")
        told = translate(
            "Wall",
            "Balance is off by {n} studies: arrived and kept do not agree. Call an engineer.",
        )
        text = told.format(n=f"{wall.difference:+d}".replace("-", "−"))
        brush.write(text, 64, _MIDDLE, b.BODY, "on_critical", bold=True, room=2500)
        _age(brush, model, wall, "on_critical")
        return
    x = 64.0
    for name, value, loud in _figures(wall):
        x += brush.write(name, x, _MIDDLE, b.SMALL, "quiet") + 14
        tone = "urgent" if loud else "text"
        x += brush.write(value, x, _MIDDLE, b.BODY, tone, bold=True) + 64
    _age(brush, model, wall, "text")


def _figures(wall: Wall) -> tuple[tuple[str, str, bool], ...]:
    return (
        (translate("Wall", "stations"), str(wall.stations), False),
        (translate("Wall", "readers at work"), str(wall.readers), wall.readers == 0),
        (translate("Wall", "to deliver"), str(wall.deliveries), False),
        (translate("Wall", "deliveries failed"), str(wall.parked), wall.parked > 0),
        (translate("Wall", "balance"), "0 ✓", False),
    )


def _age(brush: Brush, model: WallModel, wall: Wall, tone: str) -> None:
    told = translate("Wall", "figures of {time} · {n} s ago").format(
        time=f"{wall.taken.astimezone():%H:%M:%S}", n=model.seconds
    )
    brush.write(told, b.WIDTH - 64, _MIDDLE, b.SMALL, tone, right=True)


def _stale(model: WallModel, appearance: Appearance) -> str:
    """Since when nothing has come, and why, as far as it is known."""
    why = translate("Wall", "The database does not answer.")
    if model.error is not None:
        why = appearance.text(model.error)
    if model.wall is None:
        told = translate("Wall", "No figures yet.")
    else:
        told = translate("Wall", "Figures are stale: of {time}, {age} ago.").format(
            time=f"{model.wall.taken.astimezone():%H:%M:%S}", age=shared.span(model.seconds)
        )
    return f"{told} {why}"
