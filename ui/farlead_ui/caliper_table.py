"""Commands of measuring: part of the command table, before those whose keys a caliper takes over.

While a caliper or the marks have the keyboard, V is a voltage and not the critical value, M
marches and Enter writes the value into the report; Esc gives the keys back.
"""

from collections.abc import Callable

from farlead_ui.commands import QT_TRANSLATE_NOOP, Command, Group, Guard, Seat, Where
from farlead_ui.ecg.caliper import Kind


def _ecg(seat: Seat) -> bool:
    return seat.sheet.recording is not None


def _held(seat: Seat) -> bool:
    return seat.measuring.held


def _caliper(seat: Seat) -> bool:
    return seat.measuring.calipers.active


def _time(seat: Seat) -> bool:
    caliper = seat.measuring.calipers.selected
    return _caliper(seat) and caliper is not None and caliper.kind is Kind.TIME


def _voltage(seat: Seat) -> bool:
    return _caliper(seat) and not _time(seat)


def _several(seat: Seat) -> bool:
    return len(seat.measuring.calipers.calipers) > 1


def _undoable(seat: Seat) -> bool:
    return seat.measuring.marks.active and seat.measuring.marks.can_undo


def _writable(seat: Seat) -> bool:
    return _held(seat) and seat.reading.writable and seat.measuring.figure is not None


def _step(by: int) -> Callable[[Seat], None]:
    return lambda seat: seat.measuring.step(by)


def _lift(by: int) -> Callable[[Seat], None]:
    return lambda seat: seat.measuring.calipers.lift(by)


def _to_mark(direction: int) -> Callable[[Seat], None]:
    return lambda seat: seat.measuring.calipers.to_mark(direction)


# fmt: off

_S, _M = Where.SHEET, Group.MEASURE

CALIPERS: tuple[Command, ...] = (
    Command("caliper.time", _M, QT_TRANSLATE_NOOP("commands", "Caliper"), "kc", ("C",), _S,
            lambda s: s.measuring.put_time(), _ecg),
    Command("caliper.voltage", _M, QT_TRANSLATE_NOOP("commands", "Voltage caliper"), "dykc",
            ("V",), _S, lambda s: s.measuring.put_voltage(), _caliper),
    Command("caliper.qt", _M, QT_TRANSLATE_NOOP("commands", "QTc by tangent"), "qxf", ("Q",), _S,
            lambda s: s.measuring.put_qt(), _ecg),
    Command("caliper.march", _M, QT_TRANSLATE_NOOP("commands", "March out"), "djbx", ("M",), _S,
            lambda s: s.measuring.calipers.toggle_march(), _time),
    Command("caliper.ladder", _M, QT_TRANSLATE_NOOP("commands", "RR ladder"), "rrjt", ("W",), _S,
            lambda s: s.measuring.calipers.toggle_ladder(), _ecg),
    Command("caliper.marks", _M, QT_TRANSLATE_NOOP("commands", "Move the marks of P, QRS and T"),
            "ydbj", ("K",), _S, lambda s: s.measuring.take_marks(), _ecg),
    Command("caliper.report", _M, QT_TRANSLATE_NOOP("commands", "Value into the report"), "xrbg",
            ("Return", "Enter"), _S,
            lambda s: s.measuring.into_report(), _writable, guard=Guard.SEEN),
    Command("caliper.right", _M, QT_TRANSLATE_NOOP("commands", "Leg right by a sample"), "xyyy",
            ("Right",), _S, _step(1), _held, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Leg by a sample")),
    Command("caliper.left", _M, QT_TRANSLATE_NOOP("commands", "Leg left by a sample"), "xzyy",
            ("Left",), _S, _step(-1), _held, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Leg by a sample")),
    Command("caliper.far_right", _M, QT_TRANSLATE_NOOP("commands", "Leg right by ten"), "xyys",
            ("Shift+Right",), _S, _step(10), _held, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Leg by ten samples")),
    Command("caliper.far_left", _M, QT_TRANSLATE_NOOP("commands", "Leg left by ten"), "xzys",
            ("Shift+Left",), _S, _step(-10), _held, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Leg by ten samples")),
    Command("caliper.mark_right", _M, QT_TRANSLATE_NOOP("commands", "Leg to the next mark"),
            "xygbj", ("Ctrl+Right",), _S, _to_mark(1), _caliper, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Leg to a mark")),
    Command("caliper.mark_left", _M, QT_TRANSLATE_NOOP("commands", "Leg to the mark before"),
            "sygbj", ("Ctrl+Left",), _S, _to_mark(-1), _caliper, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Leg to a mark")),
    Command("caliper.up", _M, QT_TRANSLATE_NOOP("commands", "Voltage up by 0.01 mV"), "xsy",
            ("Up",), _S, _lift(1), _voltage, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Voltage by 0.01 mV")),
    Command("caliper.down", _M, QT_TRANSLATE_NOOP("commands", "Voltage down by 0.01 mV"), "xxy",
            ("Down",), _S, _lift(-1), _voltage, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Voltage by 0.01 mV")),
    Command("caliper.far_up", _M, QT_TRANSLATE_NOOP("commands", "Voltage up by 0.1 mV"), "xsys",
            ("Shift+Up",), _S, _lift(10), _voltage, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Voltage by 0.1 mV")),
    Command("caliper.far_down", _M, QT_TRANSLATE_NOOP("commands", "Voltage down by 0.1 mV"),
            "xxys", ("Shift+Down",), _S, _lift(-10), _voltage, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Voltage by 0.1 mV")),
    Command("caliper.leg", _M, QT_TRANSLATE_NOOP("commands", "Other leg, both, next mark"), "hj",
            ("Tab",), _S, lambda s: s.measuring.turn(), _held),
    Command("caliper.next", _M, QT_TRANSLATE_NOOP("commands", "Next caliper"), "xykc",
            ("Shift+Tab",), _S, lambda s: s.measuring.calipers.select_next(),
            lambda s: _caliper(s) and _several(s)),
    Command("caliper.lead", _M, QT_TRANSLATE_NOOP("commands", "All leads, or one"), "hdl",
            ("J",), _S, lambda s: s.measuring.calipers.next_lead(1), _caliper, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "All leads, or one")),
    Command("caliper.lead_back", _M, QT_TRANSLATE_NOOP("commands", "The lead before"), "sydl",
            ("Shift+J",), _S, lambda s: s.measuring.calipers.next_lead(-1), _caliper,
            repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "All leads, or one")),
    Command("caliper.take", _M, QT_TRANSLATE_NOOP("commands", "Keyboard to the caliper"), "jpkc",
            ("Space",), _S, lambda s: s.measuring.calipers.take(),
            lambda s: bool(s.measuring.calipers.calipers) and not _held(s)),
    Command("caliper.undo", _M, QT_TRANSLATE_NOOP("commands", "Undo the move of a mark"), "cxyd",
            ("Ctrl+Z",), _S, lambda s: s.measuring.marks.undo(), _undoable),
    Command("caliper.remove", _M,
            QT_TRANSLATE_NOOP("commands", "Caliper away; marks as they were found"), "sckc",
            ("Delete", "Backspace"), _S, lambda s: s.measuring.remove(), _held),
    Command("caliper.clear", _M, QT_TRANSLATE_NOOP("commands", "All calipers away"), "qbsckc",
            ("Shift+Delete",), _S, lambda s: s.measuring.calipers.clear(),
            lambda s: bool(s.measuring.calipers.calipers)),
)
