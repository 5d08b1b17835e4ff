"""What is signed is what was seen: late files, the PIN, the lock, and entered statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fake_desk import PIN, recording
from farlead.model.study import StoredObject
from farlead_ui.reading import ReadingModel
from farlead_ui.signing import Panel, SigningModel
from support_gui import CTRL, HeldTasks, Key, TestSeat


@contextmanager
def _held(seat: TestSeat, channel: str) -> Iterator[HeldTasks]:
    tasks = HeldTasks(channel)
    seat.station.reading.tasks = seat.station.signing._tasks = tasks
    yield tasks
    tasks.release()


def _ready(seat: TestSeat) -> tuple[ReadingModel, SigningModel]:
    """A normal ECG, read and ready to be signed."""
    reading = seat.station.reading
    reading.take(5)
    seat.looked()
    reading.drafting.write(conclusion="正常")
    return reading, seat.station.signing


def _late(seat: TestSeat) -> None:
    """Another file of the study in hand arrives and is shown."""
    _stored(seat)
    seat.desk.touch()
    seat.station.waiting.poll()


def _stored(seat: TestSeat) -> None:
    row = seat.desk.rows[5]
    late = StoredObject("a" * 64, 1, "b" * 64, "late.dcm")
    seat.desk.rows[5] = replace(row, study=replace(row.study, objects=(late,)))
    seat.desk.contents[5] = (recording(), recording())


def test_a_file_that_arrives_while_the_pin_is_asked_calls_the_signature_off(
    seat: TestSeat,
) -> None:
    _, signing = _ready(seat)
    seat.press(Key.Key_Return, CTRL)
    assert signing.panel is Panel.PIN
    _late(seat)
    assert signing.panel is Panel.NONE
    assert seat.told == "reading.signature_put_off"
    signing.give_pin(PIN)
    assert seat.desk.signed == []


def test_a_file_that_arrives_while_the_pin_is_tried_is_not_signed(seat: TestSeat) -> None:
    _, signing = _ready(seat)
    seat.press(Key.Key_Return, CTRL)
    with _held(seat, "sign") as tasks:
        seat.type(PIN)
        seat.press(Key.Key_Return)
        _late(seat)
        tasks.release()
    assert seat.desk.key_open()
    assert seat.desk.signed == []
    assert signing.panel is Panel.NONE


def test_a_file_that_arrives_while_the_rules_are_asked_is_not_signed(seat: TestSeat) -> None:
    seat.desk.open_key(PIN)
    reading, signing = _ready(seat)
    with _held(seat, "sign") as tasks:
        signing.sign()
        _late(seat)
        tasks.release()
    assert seat.desk.signed == []
    assert seat.told == "reading.nothing_painted"
    assert reading.in_hand is not None
    assert reading.in_hand.study == 5


def test_the_desk_is_told_what_was_on_the_screen(seat: TestSeat) -> None:
    """A file that the list has not shown yet: the desk refuses, the study comes back."""
    seat.desk.open_key(PIN)
    reading, signing = _ready(seat)
    _stored(seat)
    signing.sign()
    assert seat.desk.signed == []
    assert seat.told == "reading.object_arrived"
    assert reading.in_hand is not None
    assert reading.in_hand.study == 5
    assert 5 in seat.desk.claims
    assert not signing.may_sign


def test_lock_wins_over_a_pin_that_is_being_tried(seat: TestSeat) -> None:
    _, signing = _ready(seat)
    seat.press(Key.Key_Return, CTRL)
    with _held(seat, "sign") as tasks:
        seat.type(PIN)
        seat.press(Key.Key_Return)
        seat.press(Key.Key_L, CTRL)
        tasks.release()
    assert signing.locked_since is not None
    assert seat.station.window.lock.isVisible()
    assert not seat.desk.key_open()
    assert seat.desk.signed == []
    seat.type(PIN)
    seat.press(Key.Key_Return)
    assert signing.locked_since is None
    assert seat.desk.signed == [], "unlocking signs nothing"


def test_lock_wins_over_a_signature_whose_rules_are_being_asked(seat: TestSeat) -> None:
    seat.desk.open_key(PIN)
    _, signing = _ready(seat)
    with _held(seat, "sign") as tasks:
        signing.sign()
        signing.lock()
        tasks.release()
    assert seat.desk.signed == []
    assert signing.panel is Panel.NONE


def test_the_pin_keeps_the_keyboard_while_it_is_asked(seat: TestSeat) -> None:
    _ready(seat)
    seat.press(Key.Key_Return, CTRL)
    window = seat.station.window
    pin = window.report.asking[Panel.PIN].pin
    assert pin.hasFocus()
    QTest.mouseClick(window.ecg, Qt.MouseButton.LeftButton)
    window.report.statements.input.setFocus()
    assert pin.hasFocus()
    seat.station.reading.changed.emit()
    assert pin.hasFocus()
    seat.press(Key.Key_K, CTRL)
    assert window.over.palette.input.hasFocus(), "what lies on top has it"
    seat.press(Key.Key_Escape)
    assert pin.hasFocus()
    seat.press(Key.Key_Escape)
    assert window.ecg.hasFocus()


def test_a_question_keeps_the_keyboard_when_the_study_is_shown_anew(seat: TestSeat) -> None:
    _ready(seat)
    seat.press(Key.Key_R)
    panel = seat.station.window.report.asking[Panel.RETAKE]
    _late(seat)
    assert panel.isVisible()
    assert panel.first.hasFocus()


def test_a_folded_report_unfolds_for_what_is_asked(seat: TestSeat) -> None:
    _ready(seat)
    seat.press(Key.Key_BracketRight)
    window = seat.station.window
    assert not window.report.isVisible()
    seat.press(Key.Key_Return, CTRL)
    pin = window.report.asking[Panel.PIN].pin
    assert pin.isVisible()
    assert pin.hasFocus()


def _entered(seat: TestSeat, tasks: HeldTasks, text: str) -> None:
    seat.press(Key.Key_Slash)
    seat.type(text)
    seat.press(Key.Key_Return)
    assert tasks.held


def test_an_entered_statement_survives_escape(seat: TestSeat) -> None:
    reading, _ = _ready(seat)
    with _held(seat, "statements") as tasks:
        _entered(seat, tasks, "dxxl")
        seat.press(Key.Key_Escape)
        assert not seat.station.window.report.statements.input.hasFocus()
        tasks.release()
    assert [line.code for line in reading.drafting.draft.statements] == ["RH101"]
    assert seat.station.window.report.statements.input.text() == ""


def test_nothing_is_signed_while_an_entered_statement_is_coming(seat: TestSeat) -> None:
    seat.desk.open_key(PIN)
    _, signing = _ready(seat)
    with _held(seat, "statements") as tasks:
        _entered(seat, tasks, "dxxl")
        seat.press(Key.Key_Return, CTRL)
        assert seat.desk.signed == []
        assert seat.told == "reading.statement_coming"
        tasks.release()
    signing.sign()
    assert [line.code for line in seat.desk.signed[0][1].statements] == ["RH101"]


def test_an_entered_statement_that_does_not_exist_is_said(seat: TestSeat) -> None:
    reading, _ = _ready(seat)
    with _held(seat, "statements") as tasks:
        _entered(seat, tasks, "qqqq")
        seat.press(Key.Key_Escape)
        tasks.release()
    assert reading.drafting.draft.statements == ()
    assert seat.told == "reading.statement_unknown"


def test_an_entered_statement_of_a_study_that_was_left_is_said(seat: TestSeat) -> None:
    reading, _ = _ready(seat)
    with _held(seat, "statements") as tasks:
        _entered(seat, tasks, "dxxl")
        reading.take(4)
        tasks.release()
    assert reading.drafting.draft.statements == ()
    assert seat.told == "reading.statement_dropped"


def test_what_is_being_typed_stays_when_a_file_arrives(seat: TestSeat) -> None:
    _ready(seat)
    seat.press(Key.Key_Slash)
    seat.type("dxx")
    _late(seat)
    assert seat.station.window.report.statements.input.text() == "dxx"
