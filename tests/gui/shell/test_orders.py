"""The reconciliation list in the window: both sides, what differs, a reason for every act."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from fake_desk import FakeDesk, morning
from farlead.messages import message
from farlead.model.lives import OrderState
from farlead.model.people import Patient, Sex
from farlead.model.study import AskedBy
from farlead_ui.windows.orders_sheet import OrdersSheet
from support_gui import CTRL, SHIFT, Key, TestSeat


def _orders(desk: FakeDesk) -> FakeDesk:
    morning(desk)
    desk.orders.wait("张伟", desk.rows[5].study, desk.rows[6].study)
    desk.orders.wait("李娜")
    born = date(1990, 3, 7)
    desk.orders.join_patients(
        Patient("张伟", "NEW", sex=Sex.MALE, birth_date=born),
        Patient("张卫", "OLD", sex=Sex.FEMALE, birth_date=born),
    )
    return desk


@pytest.fixture
def seat(make_seat: Callable[..., TestSeat]) -> TestSeat:
    return make_seat(_orders)


def opened(seat: TestSeat) -> OrdersSheet:
    seat.press(Key.Key_O, CTRL | SHIFT)
    sheet = seat.station.window.over.orders
    assert sheet.isVisible()
    return sheet


def test_both_sides_stand_side_by_side_and_differences_are_marked(seat: TestSeat) -> None:
    sheet = opened(seat)
    fields = {field.name: field for field in sheet.sides.fields}
    study = seat.desk.rows[5].study
    assert fields["姓名"].order == "张伟"
    assert fields["姓名"].study == study.patient.name
    assert {name for name, field in fields.items() if field.differs} == {"姓名", "性别"}
    seat.press(Key.Key_Right)
    fields = {field.name: field for field in sheet.sides.fields}
    assert fields["姓名"].study == seat.desk.rows[6].study.patient.name
    seat.press(Key.Key_Down)
    assert {field.study for field in sheet.sides.fields} == {""}


def test_an_order_is_joined_with_the_study_beside_it(seat: TestSeat) -> None:
    opened(seat)
    seat.press(Key.Key_Right)
    seat.press(Key.Key_J, CTRL)
    seat.press(Key.Key_Return)  # without a reason nothing happens
    assert seat.desk.orders.acts == []
    seat.type("电话核对过")
    seat.press(Key.Key_Return)
    study = seat.desk.rows[6].study.id
    assert seat.desk.orders.acts == [("joined", 1, study, "电话核对过")]
    assert seat.told == "orders.joined"
    orders = seat.station.window.over.orders.model
    assert [kept.id for kept in orders.listed] == [2]


def test_an_order_without_a_study_is_closed_and_opened_again(seat: TestSeat) -> None:
    opened(seat)
    seat.press(Key.Key_Down)
    seat.press(Key.Key_J, CTRL)  # there is nothing to join it with
    assert not seat.station.window.over.orders.reason.isVisible()
    seat.press(Key.Key_D, CTRL)
    seat.type("未做检查")
    seat.press(Key.Key_Return)
    assert seat.desk.orders.acts[-1] == ("closed", 2, None, "未做检查")
    seat.press(Key.Key_T, CTRL)
    seat.press(Key.Key_U, CTRL)
    seat.type("补做了")
    seat.press(Key.Key_Return)
    assert seat.desk.orders.acts[-1] == ("reopened", 2, None, "补做了")
    seat.press(Key.Key_T, CTRL)
    seat.press(Key.Key_T, CTRL)
    assert len(seat.station.window.over.orders.model.listed) == 2


def test_a_joined_order_is_parted(seat: TestSeat) -> None:
    opened(seat)
    seat.press(Key.Key_J, CTRL)
    seat.type("核对过")
    seat.press(Key.Key_Return)
    seat.press(Key.Key_T, CTRL)
    seat.press(Key.Key_U, CTRL)
    seat.type("看错了")
    seat.press(Key.Key_Return)
    assert seat.desk.orders.acts[-1] == ("parted", 1, None, "看错了")


def test_what_is_refused_is_said(seat: TestSeat) -> None:
    sheet = opened(seat)
    seat.desk.orders.waiting.clear()  # somebody else was faster
    seat.press(Key.Key_D, CTRL)
    seat.type("未做")
    seat.press(Key.Key_Return)
    told = message("orders.no_order", order=1)
    assert seat.station.window.over.orders.model.error == told
    assert sheet.told.isVisible()


def test_nothing_to_do_is_said(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat()
    sheet = opened(seat)
    assert sheet.sides.fields == ()
    assert "已对上" in sheet._why.text()


def test_who_reads_is_told_that_the_order_was_cancelled(seat: TestSeat) -> None:
    seat.station.reading.take(5)
    seat.looked()
    head = seat.station.window.head
    row = seat.desk.rows[5]
    asked = AskedBy(1, "ACC1", "his", OrderState.JOINED)
    seat.desk.rows[5] = replace(row, study=replace(row.study, asked_by=asked))
    seat.desk.touch()
    seat.station.waiting.poll()
    shown = head._row()
    assert shown is not None
    assert "ACC1（his）" in head._times(shown)
    assert "单位已取消申请" not in [chip.text for chip in head._chip_texts(shown)]
    gone = replace(asked, state=OrderState.CANCELLED)
    seat.desk.rows[5] = replace(row, study=replace(row.study, asked_by=gone))
    seat.desk.touch()
    seat.station.waiting.poll()
    shown = head._row()
    assert shown is not None
    assert "单位已取消申请" in [chip.text for chip in head._chip_texts(shown)]


def test_patients_who_were_joined_wrongly_are_parted_with_a_reason(seat: TestSeat) -> None:
    sheet = opened(seat)
    seat.press(Key.Key_T, CTRL)
    seat.press(Key.Key_T, CTRL)
    assert [entry.text for entry in sheet.rows.entries] == ["张伟"]
    told = sheet._why.text()
    assert "张伟" in told
    assert "张卫" in told
    assert "his" in told  # whose word it was
    seat.press(Key.Key_U, CTRL)
    seat.press(Key.Key_Return)  # without a reason nothing happens
    assert seat.desk.orders.acts == []
    seat.type("并错了，不是一个人")
    seat.press(Key.Key_Return)
    assert seat.desk.orders.acts == [("patients parted", 1, None, "并错了，不是一个人")]
    assert seat.told == "orders.patients_parted"
    assert sheet.rows.entries == []
    seat.press(Key.Key_T, CTRL)
    assert len(sheet.rows.entries) == 2  # back to what waits
