"""Rows of the command table for layouts, rhythm lead and the looks at one beat."""

from collections.abc import Callable, Sequence

from farlead_ui.commands import QT_TRANSLATE_NOOP, Command, Group, Seat, Where
from farlead_ui.ecg.arrangement import BeatView
from farlead_ui.ecg.layouts import LAYOUTS, Layout

_KEYS = 9  # digits that there are


def _ecg(seat: Seat) -> bool:
    return seat.sheet.recording is not None


def _has_rhythm(seat: Seat) -> bool:
    return _ecg(seat) and seat.sheet.rhythm is not None


def _layout(number: int) -> Callable[[Seat], None]:
    return lambda seat: seat.sheet.set_layout(number)


def _beat(view: BeatView) -> Callable[[Seat], None]:
    return lambda seat: seat.sheet.toggle_beat_view(view)


# fmt: off

def chosen_by_number(layouts: Sequence[Layout], first: int = 1) -> tuple[Command, ...]:
    """One command a layout, numbered from `first`; those up to the ninth have their digits."""
    return tuple(
        Command(f"sheet.layout.{number}", Group.SHEET,
                QT_TRANSLATE_NOOP("commands", "Layout {name}"), "bj",
                (str(number),) if number <= _KEYS else (), Where.SHEET, _layout(number), _ecg,
                values={"name": layout.name}, family=QT_TRANSLATE_NOOP("commands", "Layout"))
        for number, layout in enumerate(layouts, first)
    )


def own_layout_commands(layouts: Sequence[Layout]) -> tuple[Command, ...]:
    """One command for each layout that the institution has added."""
    return chosen_by_number(layouts[len(LAYOUTS):], len(LAYOUTS) + 1)


def layout_commands(layouts: Sequence[Layout]) -> tuple[Command, ...]:
    """One command a layout, the first nine with their digits, and what goes with them."""
    return (
        *chosen_by_number(layouts),
        Command("sheet.layout_default", Group.SHEET,
                QT_TRANSLATE_NOOP("commands", "Begin with this layout"), "ycbjks", (), Where.SHEET,
                lambda s: s.sheet.keep_default(), _ecg),
        Command("sheet.rhythm_next", Group.SHEET,
                QT_TRANSLATE_NOOP("commands", "Next rhythm lead"), "xyjldl", ("J",), Where.SHEET,
                lambda s: s.sheet.step_rhythm(1), _has_rhythm, repeat=True,
                family=QT_TRANSLATE_NOOP("commands", "Rhythm lead")),
        Command("sheet.rhythm_previous", Group.SHEET,
                QT_TRANSLATE_NOOP("commands", "Previous rhythm lead"), "syjldl", ("Shift+J",),
                Where.SHEET, lambda s: s.sheet.step_rhythm(-1), _has_rhythm, repeat=True,
                family=QT_TRANSLATE_NOOP("commands", "Rhythm lead")),
        Command("sheet.median", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Median beats"), "zwxb",
                ("M",), Where.SHEET, _beat(BeatView.MEDIAN), _ecg),
        Command("sheet.stacked", Group.SHEET,
                QT_TRANSLATE_NOOP("commands", "Leads on one baseline"), "dldj", ("Shift+M",),
                Where.SHEET, _beat(BeatView.STACKED), _ecg),
        Command("sheet.vector", Group.SHEET,
                QT_TRANSLATE_NOOP("commands", "Vector loop, frontal plane"), "xlhem",
                ("Shift+V",), Where.SHEET, _beat(BeatView.VECTOR), _ecg),
    )
