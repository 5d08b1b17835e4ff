"""Commands of critical values."""

from farlead.messages import message
from farlead_ui.commands import QT_TRANSLATE_NOOP, Command, Group, Guard, Seat, Where
from farlead_ui.reading import NoticeKind


def _case(seat: Seat) -> None:
    """A critical value is declared only of what has been seen."""
    if seat.reading.writable and not seat.reading.seen:
        seat.reading.tell(NoticeKind.INFO, message("reading.nothing_painted"))
    else:
        seat.cases.press()
        seat.window.focus_case()


def _step(by: int, seat: Seat) -> None:
    seat.cases.step(by)
    seat.window.focus_case()


# fmt: off

CASES = (
    Command("case.open", Group.REPORT, QT_TRANSLATE_NOOP("commands", "Critical value"), "wjz",
            ("V",), Where.SHEET, _case, guard=Guard.SHOWN),
    Command("case.next", Group.REPORT, QT_TRANSLATE_NOOP("commands", "Next open critical value"),
            "xywjz", ("Alt+V",), Where.EVERYWHERE, lambda s: _step(1, s),
            lambda s: bool(s.cases.open)),
    Command("case.hide", Group.REPORT, QT_TRANSLATE_NOOP("commands", "Fold the critical value"),
            "szwjz", ("Alt+Shift+V",), Where.EVERYWHERE, lambda s: s.cases.hide(),
            lambda s: s.cases.visible),
    Command("case.list", Group.REPORT, QT_TRANSLATE_NOOP("commands", "List of critical values"),
            "wjzlb", ("Ctrl+Shift+V",), Where.EVERYWHERE, lambda s: s.window.show_cases()),
    Command("case.chest_pain", Group.STUDY, QT_TRANSLATE_NOOP("commands", "Chest pain clock"),
            "xtsjz", ("Ctrl+Shift+X",), Where.EVERYWHERE, lambda s: s.window.show_chest_pain(),
            lambda s: s.reading.in_hand is not None),
    Command("seat.shift", Group.SEAT, QT_TRANSLATE_NOOP("commands", "Hand the shift over, take on"),
            "jjb", ("Ctrl+Shift+H",), Where.EVERYWHERE, lambda s: s.window.show_shift()),
)
