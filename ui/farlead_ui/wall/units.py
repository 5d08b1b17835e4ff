"""Units: the last study of each, what waits, what is on its way back; those in trouble first."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from farlead.model.study import Severity
from farlead.model.wall import UnitLine
from farlead_ui.wall import brush as b
from farlead_ui.wall import words
from farlead_ui.wall.brush import Brush
from farlead_ui.wall.model import WallModel

translate = QCoreApplication.translate

_ROW, _MOST, _TOP = 94, 8, 350


def draw_units(brush: Brush, model: WallModel, place: tuple[int, int]) -> None:
    """The first rows of the table, and one that sums up the others."""
    left, right = place
    units = model.units()
    silent = sum(model.silent(each) for each in units)
    brush.write(translate("Wall", "Units"), left, 230, b.TITLE, bold=True)
    told = translate("Wall", "{n} of {all} connected").format(n=len(units) - silent, all=len(units))
    tone = "urgent" if silent else "quiet"
    brush.write(told, right, 232, b.SMALL, tone, right=True)
    columns = (right - 420, right - 220, right)
    names = (
        translate("Wall", "last study"),
        translate("Wall", "waiting"),
        translate("Wall", "to deliver"),
    )
    for x, name in zip(columns, names, strict=True):
        brush.write(name, x, 312, b.SMALL, "quiet", right=True)
    shown = units if len(units) <= _MOST else units[: _MOST - 1]
    for number, unit in enumerate(shown):
        _row(brush, model, unit, (left, right, _TOP + number * _ROW), columns)
    if len(units) > len(shown):
        _others(brush, units[len(shown) :], (left, right, _TOP + len(shown) * _ROW), columns)


def _row(
    brush: Brush,
    model: WallModel,
    unit: UnitLine,
    place: tuple[int, int, float],
    columns: tuple[int, int, int],
) -> None:
    left, right, top = place
    brush.rule(left, top, right - left)
    middle = top + _ROW / 2
    silent = model.silent(unit)
    tone = "urgent" if silent or unit.parked else "text"
    if silent or unit.parked:
        brush.mark(left, middle, Severity.URGENT, 36)
    told = translate("Wall", "not connected") if silent else words.ago(unit.arrived, model.now)
    width = brush.write(told, columns[0], middle, b.SMALL, tone if silent else "quiet", right=True)
    room = columns[0] - width - left - 84
    brush.write(unit.name, left + 56, middle, b.SMALL, tone, room=room)
    _figures(brush, unit.waiting, unit.deliveries, unit.parked, middle, columns)


def _figures(
    brush: Brush, waiting: int, due: int, parked: int, middle: float, columns: tuple[int, int, int]
) -> None:
    tone = "text" if waiting else "quiet"
    brush.write(str(waiting), columns[1], middle, b.BODY, tone, bold=bool(waiting), right=True)
    tone = "urgent" if parked else "text" if due else "quiet"
    back = due + parked
    brush.write(str(back), columns[2], middle, b.BODY, tone, bold=bool(back), right=True)


def _others(
    brush: Brush,
    units: Sequence[UnitLine],
    place: tuple[int, int, float],
    columns: tuple[int, int, int],
) -> None:
    left, right, top = place
    brush.rule(left, top, right - left)
    middle = top + _ROW / 2
    told = translate("Wall", "the other {n}").format(n=len(units))
    brush.write(told, left + 56, middle, b.SMALL, "quiet")
    waiting = sum(each.waiting for each in units)
    due, parked = (sum(counts) for counts in zip(*((u.deliveries, u.parked) for u in units)))  # noqa: B905 - pairs
    _figures(brush, waiting, due, parked, middle, columns)
