"""What reaches the report or the unit is meant for the study that was on the screen, for no other.

Each such key twice within 50 ms, the study changing between: the second press finds the next one
already painted, and must not touch it.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fake_desk import CATALOGUE, ME, OTHER, PIN, START, FakeDesk, flag
from farlead.model.outage import Offered
from farlead.model.people import Role
from farlead.model.report import Draft
from farlead.model.study import Severity
from farlead_ui.command_table import TABLE
from farlead_ui.commands import Command, Guard
from farlead_ui.signing import Panel
from support_gui import Key, TestSeat

GUARDED = {command.id: command for command in TABLE if command.guard is not Guard.NONE}
SECONDS = 0.05


def two(desk: FakeDesk) -> FakeDesk:
    """Studies of which each has everything that can be decided."""
    remark = flag("rate.slowish", Severity.REMARK)
    for name in ("示例患者一", "示例患者二", "示例患者三"):
        number = desk.add(name, flags=(remark,))
        row = desk.rows[number]
        desk.rows[number] = replace(row, study=replace(row.study, identity_conflict=True))
    desk.calls.clear()
    return desk


def reviewed(desk: FakeDesk) -> FakeDesk:
    """The same, their reports waiting for the second signature."""
    two(desk)
    desk.account = replace(ME, role=Role.SENIOR_READER)
    for number, row in desk.rows.items():
        written = Draft((CATALOGUE[0],))
        desk.rows[number] = desk.after.wait(row, OTHER.id, OTHER.name, written, START)
    return desk


@pytest.fixture
def seat(make_seat: Callable[..., TestSeat], request: pytest.FixtureRequest) -> TestSeat:
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    command = params.get("command")
    made = make_seat(reviewed if command and command.id == "review.send_back" else two)
    made.desk.open_key(PIN)
    made.station.reading.take(1)
    made.looked()
    return made


def _ready(seat: TestSeat, command: str) -> None:
    """What must be so for the command to work."""
    if command == "caliper.report":
        seat.station.window.commands.run("caliper.time")
    if command == "report.adopt":
        text = Offered("示例医师乙", "阅图席 02", Draft((CATALOGUE[2],)), START, START, ready=True)
        seat.desk.offers = dict.fromkeys((1, 2, 3), (text,))
        seat.desk.touch()
        seat.station.waiting.refresh()
    if command == "report.overrule":
        for code in ("RH101", "RH201"):
            line = next(line for line in CATALOGUE if line.code == code)
            seat.station.reading.drafting.add(line)
    if command in {"study.sign", "study.check"}:
        for number in (1, 2, 3):
            row = seat.desk.rows[number]
            seat.desk.rows[number] = replace(row, study=replace(row.study, identity_conflict=False))
        seat.station.reading.drafting.write(conclusion="窦性心律")


def _by_key(seat: TestSeat, command: Command) -> None:
    pressed = QKeySequence(command.keys[0])[0]
    QTest.keyClick(QApplication.focusWidget(), pressed.key(), pressed.keyboardModifiers())


def _by_mouse(seat: TestSeat, command: Command) -> None:
    """Every button, and the palette, go this way."""
    seat.station.window.commands.run(command.id)


def _touched(seat: TestSeat) -> set[int]:
    """Studies of which anything is written, decided, asked or given back."""
    desk, job = seat.desk, seat.station.reading.in_hand
    written = {number for number, draft in desk.drafts.items() if draft != Draft()}
    given = {number for act, number in desk.calls if act in {"release", "confirm_identity"}}
    asked = {job.study} if job is not None and seat.station.signing.panel is not Panel.NONE else ()
    draft = seat.station.reading.drafting.draft
    here = {job.study} if job is not None and draft != Draft() else ()
    ended = {n for n, *_ in desk.signed} | {n for n, *_ in desk.retakes}
    declaring = seat.station.window.cases.declaring
    cases = {declaring} if declaring is not None else ()
    return {*written, *given, *asked, *here, *ended, *cases}  # type: ignore[misc]  # release: a number


def test_what_reaches_the_report_or_the_unit_is_guarded() -> None:
    assert {command for command, row in GUARDED.items() if row.guard is Guard.SEEN} == {
        "suggestion.accept", "suggestion.reject", "suggestion.accept_all", "study.sign",
        "study.confirm_identity", "study.check", "caliper.report", "report.adopt",
    }  # fmt: skip
    assert not any(command.repeat for command in GUARDED.values())
    assert {
        "study.retake", "case.open", "review.send_back", "report.overrule", "report.figures",
        "study.put_aside", "study.give_back",
    } <= GUARDED.keys()  # fmt: skip


@pytest.mark.parametrize("way", [_by_key, _by_mouse])
@pytest.mark.parametrize("command", GUARDED.values(), ids=GUARDED)
def test_twice_within_50_ms_touches_the_study_that_was_there(
    seat: TestSeat, command: Command, way: Callable[[TestSeat, Command], None]
) -> None:
    reading = seat.station.reading
    _ready(seat, command.id)
    assert seat.station.window.commands.enabled(command.id)
    way(seat, command)
    if reading.in_hand is not None and reading.in_hand.study != 1:
        # the claim goes back when the next one is on the screen
        seat.qtbot.waitUntil(lambda: reading.painted_at is not None, timeout=5000)
    assert _touched(seat) == {1}
    if reading.in_hand is None or reading.in_hand.study == 1:
        reading.take(2)
    seat.qtbot.waitUntil(lambda: reading.painted_at is not None, timeout=5000)
    assert reading.in_hand is not None
    assert reading.in_hand.study != 1
    _ready(seat, command.id)
    seat.scheduler.advance(SECONDS)
    before = _touched(seat), reading.in_hand, reading.drafting.draft
    way(seat, command)
    assert (_touched(seat), reading.in_hand, reading.drafting.draft) == before
    assert {n for n, *_ in (*seat.desk.signed, *seat.desk.retakes)} <= {1}


@pytest.mark.parametrize("panel", [Panel.RETAKE, Panel.IDENTITY])
def test_the_second_enter_of_a_panel_is_for_nobody(seat: TestSeat, panel: Panel) -> None:
    reading = seat.station.reading
    seat.press(Key.Key_R) if panel is Panel.RETAKE else seat.press(
        Key.Key_I, Qt.KeyboardModifier.ShiftModifier
    )
    assert seat.station.signing.panel is panel
    seat.press(Key.Key_Return)
    if panel is Panel.IDENTITY:
        reading.take(2)
    seat.qtbot.waitUntil(lambda: reading.painted_at is not None, timeout=5000)
    assert reading.in_hand is not None
    here = reading.in_hand.study
    assert here != 1
    seat.scheduler.advance(SECONDS)
    seat.press(Key.Key_Return)
    assert reading.drafting.draft.decisions == {}, "Enter would have accepted the suggestion"
    assert here not in seat.desk.drafts


@pytest.mark.parametrize("command", GUARDED.values(), ids=GUARDED)
def test_a_key_that_is_held_acts_once_at_most(seat: TestSeat, command: Command) -> None:
    """The repeats of a key that is held do nothing, whatever is on the screen by then."""
    _ready(seat, command.id)
    before = _touched(seat)
    pressed = QKeySequence(command.keys[0])[0]
    held = QKeyEvent(
        QKeyEvent.Type.KeyPress, pressed.key(), pressed.keyboardModifiers(), "", autorep=True
    )
    for (_, key), action in seat.station.window.actions_.actions.items():
        if key in command.keys:
            assert not action.autoRepeat()
    QApplication.sendEvent(QApplication.focusWidget(), held)
    assert _touched(seat) == before


def test_what_cannot_be_shown_can_still_be_sent_back(seat: TestSeat) -> None:
    seat.desk.contents[2] = ()
    reading = seat.station.reading
    reading.take(2)
    assert reading.painted_at is None
    seat.press(Key.Key_R)
    assert seat.station.signing.panel is Panel.NONE, "it has only just appeared"
    seat.scheduler.advance(1.0)
    seat.press(Key.Key_R)
    assert seat.station.signing.panel is Panel.RETAKE


def test_a_retake_is_not_asked_for_before_the_sheet_is_there(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(2)
    reading.painted_at = None
    seat.scheduler.advance(1.0)
    seat.station.window.commands.run("study.retake")
    assert seat.told == "reading.nothing_painted"
    assert seat.station.signing.panel is Panel.NONE
