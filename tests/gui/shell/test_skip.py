"""Passing a study on to another reader, with a reason."""

from support_gui import SHIFT, Key, TestSeat


def test_a_study_is_passed_on_with_its_reason_and_its_draft(seat: TestSeat) -> None:
    seat.station.reading.take(5)
    seat.looked()
    seat.station.reading.drafting.write(conclusion="看不准")
    seat.press(Key.Key_Backspace, SHIFT)
    seat.press(Key.Key_Return)  # without a reason nothing happens
    assert 5 in seat.desk.claims
    seat.type("请心内科看")
    seat.press(Key.Key_Return)
    assert ("skip", (5, "请心内科看")) in seat.desk.calls
    assert seat.desk.drafts[5].conclusion == "看不准"
    assert seat.told == "reading.skipped"
    in_hand = seat.station.reading.in_hand
    assert in_hand is not None
    assert in_hand.study != 5
