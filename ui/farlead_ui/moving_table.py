"""Commands of moving over the sheet: part of the command table.

Their arrows come after those of a caliper and of the earlier ECGs, and only move a recording that
goes beyond the sheet; Ctrl with the page keys does the same whatever the arrows are busy with.
"""

from collections.abc import Callable

from farlead_ui.commands import QT_TRANSLATE_NOOP, Command, Group, Seat, Where
from farlead_ui.ecg import moving
from farlead_ui.ecg.speeds import SPEEDS


def _ecg(seat: Seat) -> bool:
    return seat.sheet.recording is not None


def _beyond(seat: Seat) -> bool:
    """Whether the recording goes beyond the sheet."""
    return _ecg(seat) and seat.sheet.pages > 1


def _compressed(seat: Seat) -> bool:
    return _beyond(seat) or (_ecg(seat) and seat.sheet.speed not in SPEEDS)


def _beats(seat: Seat) -> bool:
    return _beyond(seat) and bool(seat.sheet.r_peaks)


def _pan(by: int) -> Callable[[Seat], None]:
    return lambda seat: moving.pan(seat.sheet, by)


def _beat(by: int) -> Callable[[Seat], None]:
    return lambda seat: moving.to_beat(seat.sheet, by)


def _zoom(by: int) -> Callable[[Seat], None]:
    return lambda seat: moving.zoom(seat.sheet, by)


# fmt: off

_G, _S = Group.SHEET, Where.SHEET

MOVING: tuple[Command, ...] = (
    Command("sheet.pan_on", _G, QT_TRANSLATE_NOOP("commands", "Move on by five squares"), "hyw",
            ("Right", "Ctrl+PgDown"), _S, _pan(1), _beyond, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Move by five squares")),
    Command("sheet.pan_back", _G, QT_TRANSLATE_NOOP("commands", "Move back by five squares"),
            "qyw", ("Left", "Ctrl+PgUp"), _S, _pan(-1), _beyond, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Move by five squares")),
    Command("sheet.beat_on", _G, QT_TRANSLATE_NOOP("commands", "Next beat"), "xyb",
            ("Shift+Right",), _S, _beat(1), _beats, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Move by a beat")),
    Command("sheet.beat_back", _G, QT_TRANSLATE_NOOP("commands", "Previous beat"), "syb",
            ("Shift+Left",), _S, _beat(-1), _beats, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Move by a beat")),
    Command("sheet.start", _G, QT_TRANSLATE_NOOP("commands", "Start of the recording"), "jlks",
            ("Home",), _S, lambda s: s.sheet.first_page(), _beyond,
            family=QT_TRANSLATE_NOOP("commands", "Start, end of the recording")),
    Command("sheet.end", _G, QT_TRANSLATE_NOOP("commands", "End of the recording"), "jljs",
            ("End",), _S, lambda s: s.sheet.last_page(), _beyond,
            family=QT_TRANSLATE_NOOP("commands", "Start, end of the recording")),
    Command("sheet.zoom_in", _G,
            QT_TRANSLATE_NOOP("commands", "Zoom in: faster paper, higher gain"), "fdbl",
            ("Ctrl+=", "Ctrl++"), _S, _zoom(1), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Zoom")),
    Command("sheet.zoom_out", _G,
            QT_TRANSLATE_NOOP("commands", "Zoom out: slower paper, lower gain"), "sxbl",
            ("Ctrl+-",), _S, _zoom(-1), _ecg, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Zoom")),
    Command("sheet.whole", _G,
            QT_TRANSLATE_NOOP("commands", "Whole recording, and back to standard"), "qcjl",
            ("0",), _S, lambda s: moving.whole(s.sheet), _compressed),
    Command("sheet.magnifier", _G, QT_TRANSLATE_NOOP("commands", "Magnifier"), "fdj", ("Z",), _S,
            lambda s: s.sheet.magnifier.toggle(), _ecg),
)
