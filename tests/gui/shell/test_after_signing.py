"""Review, amendment, withdrawal and batch at the window, by keyboard."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication

from fake_desk import CATALOGUE, ME, OTHER, PIN, START, FakeDesk, morning
from farlead.messages import message
from farlead.model.lives import ReportState
from farlead.model.people import Role
from farlead.model.report import Draft
from farlead.model.review import Remark
from farlead_ui.signing import Panel
from farlead_ui.waiting import Tab
from farlead_ui.windows.issued_sheet import IssuedSheet
from support_gui import CTRL, SHIFT, Key, TestSeat

WRITTEN = Draft((CATALOGUE[0],), "", "窦性心律")
UNDER_REVIEW = 5


def _senior(desk: FakeDesk) -> FakeDesk:
    """A senior reader's morning: the report of study 5 waits for the second signature."""
    morning(desk)
    desk.account = replace(ME, role=Role.SENIOR_READER)
    asked = START - timedelta(minutes=3)
    desk.rows[UNDER_REVIEW] = desk.after.wait(
        desk.rows[UNDER_REVIEW], OTHER.id, OTHER.name, WRITTEN, asked
    )
    desk.touch()
    return desk


@pytest.fixture
def senior(make_seat: Callable[..., TestSeat]) -> TestSeat:
    return make_seat(_senior)


def _reviewing(seat: TestSeat) -> TestSeat:
    seat.station.reading.take(UNDER_REVIEW)
    seat.looked()
    return seat


def _strip(seat: TestSeat) -> str:
    top = seat.station.window.report._top.itemAt(0).widget()
    assert top.isVisible()
    return "\n".join((top.title.text(), top.act.text(), top.lines.text()))


def test_reviews_have_a_tab_of_their_own_for_second_readers(
    senior: TestSeat, make_seat: Callable[..., TestSeat]
) -> None:
    waiting = senior.station.waiting
    assert [row.study.id for row in waiting.rows(Tab.REVIEW)] == [UNDER_REVIEW]
    assert UNDER_REVIEW not in [row.study.id for row in waiting.rows(Tab.INSTANT)]

    def reader(desk: FakeDesk) -> FakeDesk:
        _senior(desk)
        desk.account = ME
        return desk

    plain = make_seat(reader).station.waiting
    assert not plain.reviews
    assert UNDER_REVIEW not in [row.study.id for row in plain.rows(Tab.INSTANT)]
    assert not plain.free(plain.row(UNDER_REVIEW))


def test_one_that_has_waited_too_long_stands_in_the_list(
    make_seat: Callable[..., TestSeat],
) -> None:
    def late(desk: FakeDesk) -> FakeDesk:
        _senior(desk)
        row = desk.rows[UNDER_REVIEW]
        overdue = replace(row.review, escalates=START - timedelta(seconds=1))
        desk.rows[UNDER_REVIEW] = replace(row, review=overdue)
        return desk

    rows = make_seat(late).station.waiting.rows(Tab.INSTANT)
    assert rows[0].study.id == UNDER_REVIEW


def test_unchanged_the_second_signature_goes_into_the_same_file(senior: TestSeat) -> None:
    _reviewing(senior)
    assert "示例医师乙" in _strip(senior)
    assert "第二个签名" in _strip(senior)
    senior.desk.open_key(PIN)
    senior.press(Key.Key_Return, CTRL)
    assert senior.desk.signed == [(UNDER_REVIEW, WRITTEN)]
    assert senior.told == "review.countersigned"


def test_changed_it_says_what_and_that_a_new_version_is_signed(senior: TestSeat) -> None:
    _reviewing(senior)
    senior.station.reading.drafting.write(conclusion="窦性心动过速")
    told = _strip(senior)
    assert "窦性心律 → 窦性心动过速" in told
    assert "新版本" in told
    senior.desk.open_key(PIN)
    senior.press(Key.Key_Return, CTRL)
    assert senior.desk.signed[0][1].conclusion == "窦性心动过速"
    assert senior.told == "reading.signed"


def test_sent_back_with_remarks_by_keyboard(senior: TestSeat) -> None:
    _reviewing(senior)
    senior.press(Key.Key_B, SHIFT)
    assert senior.station.signing.panel is Panel.SEND_BACK
    senior.press(Key.Key_Return)  # without a remark nothing goes back
    assert senior.desk.after.sent == []
    senior.press(Key.Key_Down)
    senior.type("不是窦律")
    senior.press(Key.Key_Return)
    assert senior.desk.after.sent == []
    senior.press(Key.Key_Return)
    place = f"statement:{CATALOGUE[0].code}"
    assert senior.desk.after.sent == [(UNDER_REVIEW, (Remark(place, "不是窦律"),))]
    assert senior.station.signing.panel is Panel.NONE


def test_a_plain_study_is_not_sent_back(seat: TestSeat) -> None:
    seat.station.reading.take(5)
    seat.looked()
    seat.press(Key.Key_B, SHIFT)
    assert seat.station.signing.panel is Panel.NONE


def test_the_author_reads_why_it_came_back(make_seat: Callable[..., TestSeat]) -> None:
    def back(desk: FakeDesk) -> FakeDesk:
        morning(desk)
        desk.drafts[5] = WRITTEN
        desk.after.said[5] = (Remark("conclusion", "请写心率", "示例医师丙", START),)
        desk.rows[5] = replace(desk.rows[5], sent_back_to=ME.id)
        return desk

    seat = make_seat(back)
    assert 5 in [row.study.id for row in seat.station.waiting.rows(Tab.MINE)]
    seat.station.reading.take(5)
    assert "请写心率" in _strip(seat)
    assert "示例医师丙" in _strip(seat)


# Issued reports


def _issued(desk: FakeDesk) -> FakeDesk:
    morning(desk)
    desk.after.issue(desk.rows[6].study, ReportState.FINAL, ReportState.SUPERSEDED)
    return desk


def test_old_versions_are_read_in_the_window(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat(_issued)
    seat.press(Key.Key_R, CTRL)
    issued = seat.station.window.issued
    assert [version.version for version in issued.versions] == [2, 1]
    assert issued.pdf is not None
    sheet = seat.station.window.findChild(IssuedSheet)
    assert "✓ 已确认" in sheet.rows.entries[0].side
    told = sheet.brought.toPlainText().splitlines()
    assert [line for line in told if line and line[0] != " "] == [
        "u60:hl7（报告）：已确认，已试 2 次", "u60:store（报告）：已发送，待确认，已试 1 次",
    ]  # fmt: skip
    assert any("no such patient" in line for line in told)  # in the peer's own words
    assert any("X7" in line for line in told)  # how it is known
    seat.press(Key.Key_Return)
    assert issued.version is issued.versions[1]
    assert [call for call in seat.desk.calls if call[0] == "signed_pdf"] == [
        ("signed_pdf", 60), ("signed_pdf", 61),
    ]  # fmt: skip
    seat.type("没有这个人")
    assert issued.found == []


def test_an_amendment_needs_its_reason_and_opens_the_study(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat(_issued)
    seat.press(Key.Key_R, CTRL)
    seat.press(Key.Key_E, CTRL)
    seat.press(Key.Key_Return)
    assert seat.desk.after.amended == []
    seat.type("漏写房早")
    seat.press(Key.Key_Return)
    assert seat.desk.after.amended == [(60, "漏写房早")]
    assert not seat.station.window.acts.overlaid
    reading = seat.station.reading
    assert reading.in_hand is not None
    assert reading.in_hand.study == 6
    assert reading.writable


def test_a_withdrawal_needs_its_reason(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat(_issued)
    seat.press(Key.Key_R, CTRL)
    seat.press(Key.Key_D, CTRL)
    seat.press(Key.Key_Return)
    assert seat.desk.after.issued[6][0].state is ReportState.FINAL
    seat.type("患者弄错")
    seat.press(Key.Key_Return)
    assert seat.desk.after.issued[6][0].state is ReportState.WITHDRAWN
    assert seat.told == "review.withdrawn"


# Batch


def _check(seat: TestSeat, study: int) -> None:
    seat.station.reading.take(study)
    seat.looked()
    seat.station.reading.drafting.add(CATALOGUE[0])
    seat.press(Key.Key_Return, CTRL | SHIFT)


def test_checked_studies_are_signed_with_one_pin(seat: TestSeat) -> None:
    for study in (5, 6):
        _check(seat, study)
    assert set(seat.desk.after.checks) == {5, 6}
    seat.press(Key.Key_B, CTRL | SHIFT)
    sheet = seat.station.window.over.batch
    assert QApplication.focusWidget() is sheet.pin
    seat.type("1111")
    seat.press(Key.Key_Return)
    assert seat.desk.signed == []
    assert seat.station.window.batch.error is not None
    seat.type(PIN)
    seat.press(Key.Key_Return)
    assert {study for study, _ in seat.desk.signed} == {5, 6}
    assert seat.told == "review.batch"


def test_what_cannot_be_signed_is_named_and_not_confirmed(seat: TestSeat) -> None:
    for study in (5, 6):
        _check(seat, study)
    seat.desk.after.changed[6] = message("desk.batch.changed", number="6")
    seat.press(Key.Key_B, CTRL | SHIFT)
    seat.type(PIN)
    seat.press(Key.Key_Return)
    assert [study for study, _ in seat.desk.signed] == [5]
    assert 6 in seat.desk.after.checks  # it was not on the list that the PIN confirmed


def test_not_seen_it_is_not_checked(seat: TestSeat) -> None:
    seat.station.reading.take(5)
    seat.seen()
    seat.press(Key.Key_Return, CTRL | SHIFT)
    assert seat.desk.after.checks == {}
    assert seat.told == "reading.not_seen_yet"


def test_refused_it_is_back_in_front_with_its_draft(seat: TestSeat) -> None:
    seat.desk.refuse_signature = message("desk.undecided", count=1)
    _check(seat, 5)
    reading = seat.station.reading
    assert reading.in_hand is not None
    assert reading.in_hand.study == 5
    assert reading.drafting.draft.statements == (CATALOGUE[0],)
