"""Every command of the table is driven by its key and by the mouse, in the real window."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from fake_desk import CATALOGUE, ME, OTHER, START, FakeDesk, flag, images, morning, recording
from farlead.messages import Language
from farlead.model.outage import Offered
from farlead.model.people import Role
from farlead.model.recording import ImageStudy, Recording, Window
from farlead.model.report import Draft
from farlead.model.study import Severity
from farlead_ui.arrivals import MOST
from farlead_ui.command_table import TABLE
from farlead_ui.commands import Command, Commands, Where
from farlead_ui.signing import Panel
from farlead_ui.windows.rows import ROW, SHOWN
from support_compare import with_earlier
from support_ecg import LEADS, ecg, steady, twelve
from support_gui import SHIFT, Key, TestSeat

LEFT = Qt.MouseButton.LeftButton
MEASURED, DOUBTFUL, HELD, REVIEWED, LONG, PARTS, IMAGES = 1, 2, 3, 4, 5, 6, 7


def everything(desk: FakeDesk) -> FakeDesk:
    """A morning on which every command has something to work on."""
    desk = with_earlier(morning(desk))
    remark = flag("rate.slowish", Severity.REMARK)
    row = desk.rows[MEASURED]
    desk.rows[MEASURED] = replace(row, screening=replace(row.screening, flags=(remark,)))
    doubt = desk.rows[DOUBTFUL]
    desk.rows[DOUBTFUL] = replace(doubt, study=replace(doubt.study, identity_conflict=True))
    lead = ecg(steady(65.0, 120.0), 250.0, 120.0)
    desk.contents[LONG] = (Recording(np.asarray(twelve(lead), np.float32), LEADS, 250.0),)
    desk.contents[PARTS] = (recording(), recording())
    desk.contents[IMAGES] = (_images("1"), _images("2"))
    desk.account = replace(ME, role=Role.SENIOR_READER)
    asked = START - timedelta(minutes=3)
    desk.rows[REVIEWED] = desk.after.wait(
        desk.rows[REVIEWED], OTHER.id, OTHER.name, Draft((CATALOGUE[0],)), asked
    )
    desk.touch()
    return desk


def _images(series: str) -> ImageStudy:
    windows = tuple(Window(40.0 + n, 400.0, f"WINDOW{n}") for n in range(9))
    times = np.array([0.0, 0.04, 0.08])
    return replace(images(), windows=windows, frame_times=times, series_uid=series)


def _open(study: int) -> Callable[[TestSeat], None]:
    def state(seat: TestSeat) -> None:
        seat.station.reading.take(study)
        seat.seen()
        seat.scheduler.advance(2.0)

    return state


def _then(study: int, *commands: str) -> Callable[[TestSeat], None]:
    def state(seat: TestSeat) -> None:
        _open(study)(seat)
        for command in commands:
            seat.station.window.commands.run(command)

    return state


def _parts(seat: TestSeat) -> None:
    """Both recordings of the study have been looked at, the first one is on the sheet."""
    window = seat.station.window
    seat.station.reading.take(PARTS)
    for by in (1, -1):
        shown = window.sheet.recording
        with seat.qtbot.waitSignal(window.ecg.painted, timeout=5000):
            window.acts.step_file(by)
        assert window.sheet.recording is not shown
    seat.scheduler.advance(2.0)


def _second_part(seat: TestSeat) -> None:
    _parts(seat)
    seat.station.window.acts.step_file(1)


def _in_list(seat: TestSeat) -> None:
    seat.station.waiting.select(MEASURED)
    seat.station.window.commands.run("list.focus")


def _arrived(seat: TestSeat) -> None:
    """Three urgent studies that nobody holds."""
    seat.station.reading.close()
    _arrived_beside(seat)


def _arrived_beside(seat: TestSeat) -> None:
    while len(seat.station.window.arrivals.cards) < MOST:
        seat.desk.add("示例患者卅", flags=(flag(),), minutes=9)
        seat.station.waiting.refresh()
    seat.scheduler.advance(2.0)
    seat.station.window.keyboard.to_sheet()


def _interrupted(seat: TestSeat) -> None:
    """An urgent card was taken, what had been in hand is kept."""
    seat.station.window.commands.run("card.keep")
    _open(MEASURED)(seat)
    _arrived_beside(seat)
    seat.station.window.commands.run("card.1")
    seat.seen()
    seat.scheduler.advance(2.0)


def _held_by_other(seat: TestSeat) -> None:
    seat.station.waiting.select(HELD)
    seat.station.window.keyboard.to_sheet()


def _asked_for_a_retake(seat: TestSeat) -> None:
    _open(MEASURED)(seat)
    seat.station.signing.retake("noise", "again")
    seat.station.window.keyboard.to_sheet()


def _marks_moved(seat: TestSeat) -> None:
    _then(MEASURED, "caliper.marks", "caliper.right")(seat)


def _case(seat: TestSeat) -> None:
    _open(MEASURED)(seat)
    cases = seat.station.window.cases
    cases.press()
    cases.declare("室性心动过速")
    seat.scheduler.advance(1.0)
    seat.station.window.keyboard.to_sheet()


def _written(seat: TestSeat) -> None:
    _open(MEASURED)(seat)
    seat.station.reading.drafting.write(conclusion="窦性心律")


def _contradicted(seat: TestSeat) -> None:
    _open(MEASURED)(seat)
    drafting = seat.station.reading.drafting
    for code in ("RH101", "RH201"):
        if code not in {line.code for line in drafting.draft.statements}:
            drafting.add(next(line for line in CATALOGUE if line.code == code))


def _offered(seat: TestSeat) -> None:
    text = Offered("示例医师乙", "阅图席 02", Draft((CATALOGUE[2],)), START, START, ready=True)
    seat.desk.offers[MEASURED] = (text,)
    _open(MEASURED)(seat)


#: Where a command works: the first of these whose id, or beginning of an id, is the command's.
STATES: Mapping[str, Callable[[TestSeat], None]] = {
    "list.take": _in_list,
    "card.": _arrived,
    "study.back_to_interrupted": _interrupted,
    "study.open": _held_by_other,
    "study.take_over": _held_by_other,
    "study.undo_retake": _asked_for_a_retake,
    "study.confirm_identity": _open(DOUBTFUL),
    "sheet.next_file": _parts,
    "sheet.previous_file": _second_part,
    "sheet.pan": _open(LONG),
    "sheet.beat_": _open(LONG),
    "sheet.start": _open(LONG),
    "sheet.end": _open(LONG),
    "sheet.whole": _open(LONG),
    "image.": _open(IMAGES),
    "compare.overlaid": _then(MEASURED, "compare.toggle", "compare.beside"),
    "compare.beside": _then(MEASURED, "compare.toggle"),
    "compare.stacked": _then(MEASURED, "compare.toggle"),
    "caliper.undo": _marks_moved,
    "caliper.time": _open(MEASURED),
    "caliper.qt": _open(MEASURED),
    "caliper.ladder": _open(MEASURED),
    "caliper.marks": _open(MEASURED),
    "caliper.next": _then(MEASURED, "caliper.time", "caliper.time"),
    "caliper.take": _then(MEASURED, "caliper.time", "seat.back"),
    "caliper.up": _then(MEASURED, "caliper.time", "caliper.voltage"),
    "caliper.down": _then(MEASURED, "caliper.time", "caliper.voltage"),
    "caliper.far_up": _then(MEASURED, "caliper.time", "caliper.voltage"),
    "caliper.far_down": _then(MEASURED, "caliper.time", "caliper.voltage"),
    "caliper.": _then(MEASURED, "caliper.time"),
    "report.phrase": _written,
    "report.overrule": _contradicted,
    "review.send_back": _open(REVIEWED),
    "report.adopt": _offered,
    "case.next": _case,
    "case.hide": _case,
    "": _open(MEASURED),
}
#: What the palette does not list: it is closed by the one, and is the other.
NOT_LISTED = {"seat.palette", "seat.back"}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the commands that were run, each in earnest."""
    seen: list[str] = []
    run = Commands._run

    def noted(self: Commands, command: Command) -> None:
        seen.append(command.id)
        run(self, command)

    monkeypatch.setattr(Commands, "_run", noted)
    return seen


#: The commands of each state.
SERVED: dict[str, list[Command]] = {
    begin: [
        command for command in TABLE
        if next(b for b in STATES if command.id.startswith(b)) == begin
    ]
    for begin in STATES
}  # fmt: skip


def _fresh(make_seat: Callable[..., TestSeat]) -> TestSeat:
    seat = make_seat(everything)
    window = seat.station.window
    window.exporting.ask = lambda *_: None
    screen = window.screen()
    window.room_windows._screens = lambda: [screen, screen]
    return seat


def _tidied(seat: TestSeat) -> bool:
    """Back to where a state begins; False where only another seat can."""
    window, station = seat.station.window, seat.station
    closed = not window.isVisible()
    if closed or window.acts.blocked or station.signing.panel is not Panel.NONE:
        return False
    window.over.close()
    if window.comparison.comparing:
        window.comparison.toggle()
    window.measuring.calipers.clear()
    window.measuring.release()
    for room in list(window.rooms.out):
        window.acts.toggle_room(room)
    window.activateWindow()
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.keyboard.to_sheet()
    seat.qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    return not window.cases.visible


def _each(
    make_seat: Callable[..., TestSeat],
    begin: str,
    commands: list[Command],
    act: Callable[[TestSeat, Command], None],
) -> None:
    """Every one of these in its state, in a seat that still has it, else in another one."""
    seat: TestSeat | None = None
    for command in commands:
        if seat is not None and _tidied(seat):
            STATES[begin](seat)
            if not seat.station.window.commands.enabled(command.id):
                seat = None
        else:
            seat = None
        if seat is None:
            seat = _fresh(make_seat)
            STATES[begin](seat)
        enabled = seat.station.window.commands.enabled(command.id)
        assert enabled, f"{command.id}: say in STATES where it works"
        act(seat, command)


def _press(seat: TestSeat, key: str) -> None:
    if key == "Shift+Tab":
        seat.press(Key.Key_Backtab, SHIFT)
        return
    pressed = QKeySequence(key)[0]
    seat.press(pressed.key(), pressed.keyboardModifiers())


def _click_row(seat: TestSeat, command: Command) -> None:
    """The command's row of the palette, wheeled to and clicked."""
    rows = seat.station.window.over.palette.rows
    place = [entry.text for entry in rows.entries].index(command.words)
    first = max(place - SHOWN + 1, 0)
    centre = QPointF(rows.rect().center())
    for _ in range(first):
        turned = QWheelEvent(
            centre, rows.mapToGlobal(centre), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(rows, turned)
    QTest.mouseClick(rows, LEFT, pos=QPoint(100, ROW * (place - first) + ROW // 2))


@pytest.mark.parametrize("begin", STATES, ids=lambda begin: begin or "sheet")
def test_by_its_key(make_seat: Callable[..., TestSeat], ran: list[str], begin: str) -> None:
    def act(seat: TestSeat, command: Command) -> None:
        assert (command.where is Where.LIST) == (not seat.station.window.keyboard.on_sheet)
        ran.clear()
        _press(seat, command.keys[0])
        assert ran == [command.id]

    _each(make_seat, begin, [c for c in SERVED[begin] if c.keys], act)


@pytest.mark.parametrize("begin", STATES, ids=lambda begin: begin or "sheet")
def test_by_the_mouse(make_seat: Callable[..., TestSeat], ran: list[str], begin: str) -> None:
    def act(seat: TestSeat, command: Command) -> None:
        window = seat.station.window
        ran.clear()
        QTest.mouseClick(window.status._palette_word, LEFT)
        assert window.over.palette.isVisible()
        _click_row(seat, command)
        assert ran == ["seat.palette", command.id]

    _each(make_seat, begin, [c for c in SERVED[begin] if c.id not in NOT_LISTED], act)


def test_what_lies_on_top_is_closed_by_the_mouse(make_seat: Callable[..., TestSeat]) -> None:
    window = make_seat(everything).station.window
    over = window.over
    for overlay in (over.keys, over.key_changer, over.about, over.calibration, over.palette):
        over.toggle(overlay)
        cap = next(
            c
            for c in overlay.findChildren(type(overlay.way_out()))
            if c.text() == "Esc" and c.isVisible()
        )
        QTest.mouseClick(cap, LEFT)
        assert not overlay.isVisible()
        assert window.keyboard.on_sheet


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("size", [(1920, 1080), (1536, 864)])
def test_the_key_sheet_is_one_page(
    make_seat: Callable[..., TestSeat], size: tuple[int, int], language: Language
) -> None:
    seat = make_seat(everything, size=size, language=language)
    window = seat.station.window
    window.over.toggle(window.over.keys)
    QApplication.processEvents()
    assert window.over.keys.whole
    shown = " ".join(part.text() for part in window.over.keys.findChildren(QLabel))
    for command in TABLE:
        if command.keys:
            assert (command.family_words if command.family else command.words) in shown, command.id
