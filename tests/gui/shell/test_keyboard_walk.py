"""The whole walk by keyboard alone: next, layout, decide, statement, sign, and on."""

from collections.abc import Callable

import pytest

from fake_desk import PIN
from farlead.errors import SettingsError
from farlead.model.report import Decision
from farlead_ui.command_table import TABLE
from farlead_ui.commands import Commands
from support_gui import CTRL, SHIFT, Key, TestSeat


def test_the_walk_from_the_list_to_the_signature(seat: TestSeat) -> None:
    reading, window = seat.station.reading, seat.station.window
    seat.press(Key.Key_N)
    assert reading.in_hand is not None
    assert reading.in_hand.study == 1
    seat.seen()
    seat.press(Key.Key_3)
    assert window.sheet.layout_name == "12×1"
    seat.press(Key.Key_Return)
    seat.press(Key.Key_X)
    assert list(reading.drafting.draft.decisions.values()) == [
        Decision.ACCEPTED,
        Decision.REJECTED,
    ]
    seat.press(Key.Key_Slash)
    assert window.report.statements.input.hasFocus()
    seat.type("dxxl")
    seat.press(Key.Key_Return)
    assert [s.code for s in reading.drafting.draft.statements] == ["RH101"]
    seat.press(Key.Key_Escape)
    assert not window.report.statements.input.hasFocus()
    seat.looked()
    seat.press(Key.Key_Return, CTRL)
    seat.type(PIN)
    seat.press(Key.Key_Return)
    assert [study for study, _ in seat.desk.signed] == [1]
    assert seat.told == "reading.signed"
    assert reading.in_hand is not None
    assert reading.in_hand.study == 2, "the next one is there"


def test_a_normal_ecg_takes_two_keys(seat: TestSeat) -> None:
    seat.desk.open_key(PIN)
    seat.station.reading.take(5)
    seat.looked()
    seat.press(Key.Key_Y)
    seat.press(Key.Key_Return, CTRL)
    study, draft = seat.desk.signed[0]
    assert study == 5
    assert [line.code for line in draft.statements] == ["GN101"]


def test_remarks_alone_are_accepted_at_once(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(4)
    seat.seen()
    seat.press(Key.Key_Y)
    assert list(reading.drafting.draft.decisions.values()) == [Decision.ACCEPTED]
    assert reading.drafting.draft.statements == (), "a remark on noise is no “normal”"


def test_own_keys_replace_the_defaults_and_wrong_ones_are_said(seat: TestSeat) -> None:
    window = seat.station.window
    own = Commands(window.commands._seat, TABLE, {"study.next": ("F10",)})
    assert own.key("study.next") == "F10"
    with pytest.raises(SettingsError, match="no_such"):
        Commands(window.commands._seat, TABLE, {"no_such": ("J",)})


def test_all_at_once_is_refused_where_something_is_urgent(seat: TestSeat) -> None:
    seat.press(Key.Key_N)
    seat.seen()
    seat.press(Key.Key_Y)
    assert seat.told == "reading.cannot_accept_all"
    assert seat.station.reading.drafting.draft.decisions == {}


def test_an_early_signature_is_ignored_and_said(seat: TestSeat) -> None:
    seat.desk.open_key(PIN)
    seat.press(Key.Key_N)
    seat.seen()
    seat.press(Key.Key_Return)
    seat.press(Key.Key_Return, CTRL)
    assert seat.told == "reading.not_seen_yet"
    assert seat.desk.signed == []


def test_an_unpainted_sheet_can_neither_be_signed_nor_decided(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(1)
    reading.painted_at = None
    seat.scheduler.advance(2.0)
    window = seat.station.window
    window.commands.run("suggestion.accept")
    assert seat.told == "reading.nothing_painted"
    window.commands.run("study.sign")
    assert reading.drafting.draft.decisions == {}
    assert seat.desk.signed == []


def test_an_undecided_suggestion_stops_the_signature(seat: TestSeat) -> None:
    seat.desk.open_key(PIN)
    seat.press(Key.Key_N)
    seat.looked()
    seat.press(Key.Key_Return, CTRL)
    assert seat.told == "desk.undecided"


def test_keys_held_down_neither_sign_nor_accept_nor_claim(seat: TestSeat) -> None:
    actions = seat.station.window.actions_.actions
    for (_, key), action in actions.items():
        if key in {"Return", "Enter", "Ctrl+Return", "N", "Shift+N", "Y", "X", "R", "Backspace"}:
            assert not action.autoRepeat(), key
        if key in {"Down", "+", ","}:
            assert action.autoRepeat(), key


def test_letters_typed_into_the_report_are_no_commands(seat: TestSeat) -> None:
    reading = seat.station.reading
    seat.press(Key.Key_N)
    seat.seen()
    here = reading.in_hand
    seat.press(Key.Key_Slash)
    seat.type("nyr12[]e+-g")
    assert reading.in_hand is here
    assert reading.drafting.draft.decisions == {}
    assert seat.station.window.report.statements.input.text() == "nyr12[]e+-g"
    seat.station.window.report.texts.conclusion.setFocus()
    seat.type("Nny/?")
    assert reading.in_hand is here
    assert reading.drafting.draft.conclusion == "Nny/?"


def test_previous_goes_back_and_backspace_gives_back(seat: TestSeat) -> None:
    reading = seat.station.reading
    seat.press(Key.Key_N)
    seat.press(Key.Key_N)
    seat.seen()
    assert reading.in_hand is not None
    assert reading.in_hand.study == 2
    assert 1 not in seat.desk.claims
    seat.press(Key.Key_N, SHIFT)
    assert reading.in_hand.study == 1
    seat.seen()
    seat.press(Key.Key_Backspace)
    assert reading.in_hand is None
    assert 1 not in seat.desk.claims
    assert seat.told == "reading.given_back"


def test_keep_as_draft_goes_on_and_keeps_the_text(seat: TestSeat) -> None:
    reading = seat.station.reading
    seat.press(Key.Key_N)
    seat.seen()
    reading.drafting.write(conclusion="先看")
    seat.press(Key.Key_S, CTRL)
    assert seat.desk.drafts[1].conclusion == "先看"
    assert reading.in_hand is not None
    assert reading.in_hand.study == 2


def test_palette_and_key_sheet_open_and_close(seat: TestSeat) -> None:
    window = seat.station.window
    seat.press(Key.Key_N)
    seat.press(Key.Key_Slash)
    seat.press(Key.Key_K, CTRL)
    assert window.over.palette.isVisible(), "Ctrl+K works while typing"
    seat.type("zyjd")
    seat.press(Key.Key_Return)
    assert not window.over.palette.isVisible()
    assert window.sheet.gain == 20.0
    seat.press(Key.Key_Question)
    assert window.over.keys.isVisible()
    seat.press(Key.Key_Escape)
    assert not window.over.keys.isVisible()


def test_the_sheet_keys_act_on_the_sheet(seat: TestSeat) -> None:
    sheet = seat.station.window.sheet
    seat.press(Key.Key_N)
    seat.press(Key.Key_Minus)
    assert sheet.gain == 5.0
    assert seat.station.reading.drafting.draft.display.gain == 5.0, "noted for the report"
    seat.press(Key.Key_G)
    assert sheet.gain == 10.0
    seat.press(Key.Key_Period)
    assert sheet.speed == 50.0
    shown = sheet.evidence_shown
    seat.press(Key.Key_E)
    assert sheet.evidence_shown is not shown


def test_images_are_leafed_by_arrows(seat: TestSeat) -> None:
    seat.station.reading.take(7)
    seat.seen()
    images = seat.station.window.images
    seat.press(Key.Key_Down)
    assert images.index == 1
    seat.press(Key.Key_Up)
    assert images.index == 0


def test_every_page_of_a_short_recording_must_have_been_shown(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat(size=(1200, 800))
    seat.press(Key.Key_BracketLeft)
    seat.station.reading.take(5)
    sheet = seat.station.window.sheet
    seat.qtbot.waitUntil(lambda: sheet.pages > 1, timeout=5000)
    seat.qtbot.wait(100)
    assert seat.station.reading.painted_at is None
    for _ in range(sheet.pages - 1):
        seat.press(Key.Key_PageDown)
    assert seat.station.reading.painted_at is not None
