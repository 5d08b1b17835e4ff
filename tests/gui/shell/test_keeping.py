"""What is in hand is never lost: autosave, leases, lost claims, idle, lock, close."""

from dataclasses import replace

from fake_desk import OTHER, PIN, recording
from farlead.messages import message
from farlead.model.study import ScreeningState, StoredObject
from farlead_ui.signing import RETAKE_SECONDS, Panel
from support_gui import ALT, CTRL, Key, TestSeat


def _saves(seat: TestSeat) -> int:
    return sum(1 for name, _ in seat.desk.calls if name == "save_draft")


def test_every_change_is_saved_within_300_ms(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(1)
    reading.drafting.write(conclusion="胸")
    reading.drafting.write(conclusion="胸痛")
    seat.scheduler.advance(0.29)
    assert seat.desk.drafts[1].conclusion == "胸痛"
    assert _saves(seat) == 1, "changes within the time go together"
    assert reading.saved_at is not None


def test_looking_alone_writes_no_draft(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(1)
    seat.station.window.sheet.gain_up()
    seat.scheduler.advance(1)
    reading.next()
    assert _saves(seat) == 0


def test_leaving_saves_before_it_releases(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(1)
    reading.drafting.write(conclusion="未保存")
    reading.next()
    seat.seen()
    names = [name for name, study in seat.desk.calls if study == 1]
    assert names.index("save_draft") < names.index("release")
    assert seat.desk.drafts[1].conclusion == "未保存"


def test_what_was_just_left_and_is_taken_again_stays_in_hand(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(1)
    seat.seen()
    reading.take(2)
    reading.take(1)  # the second one was never painted
    seat.seen()
    seat.scheduler.advance(1)
    assert reading.writable
    assert 1 in seat.desk.claims
    assert 2 not in seat.desk.claims, "what was only passed through is free again"


def test_the_draft_is_there_again(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(1)
    reading.drafting.write(conclusion="半句")
    reading.take(2)
    assert reading.drafting.draft.conclusion == ""
    reading.take(1)
    assert seat.station.window.report.texts.conclusion.toPlainText() == "半句"


def test_the_lease_is_renewed_while_the_reader_works(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(1)
    for _ in range(10):
        seat.scheduler.advance(20)
        reading.activity()
    assert sum(1 for name, _ in seat.desk.calls if name == "renew") >= 5
    assert reading.writable


def test_an_urgent_study_goes_back_when_nobody_is_there(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(1)
    reading.drafting.write(conclusion="x")
    seat.scheduler.advance(100)
    assert reading.in_hand is None
    assert 1 not in seat.desk.claims
    assert seat.told == "reading.idle"
    assert seat.desk.drafts[1].conclusion == "x"


def test_a_routine_study_may_rest_ten_minutes(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(5)
    seat.scheduler.advance(500)
    assert reading.writable
    seat.scheduler.advance(150)
    assert reading.in_hand is None


def test_a_lost_claim_is_told_and_the_text_stays(seat: TestSeat) -> None:
    reading, window = seat.station.reading, seat.station.window
    reading.take(1)
    seat.seen()
    reading.drafting.write(conclusion="重要")
    seat.scheduler.advance(1)
    seat.desk.hold_for_other(1)
    seat.scheduler.advance(31)
    assert reading.lost
    assert seat.told == "reading.claim_lost"
    assert window.report.texts.conclusion.toPlainText() == "重要"
    assert not window.report.texts.conclusion.isEnabled()
    reading.drafting.write(conclusion="后来")
    assert reading.drafting.draft.conclusion == "重要"
    window.commands.run("study.sign")
    assert seat.desk.signed == []


def test_a_draft_refused_at_the_end_comes_back(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(1)
    reading.drafting.write(conclusion="旧")
    seat.scheduler.advance(1)
    reading.drafting.write(conclusion="新")
    seat.desk.hold_for_other(1)
    seat.scheduler.advance(1)
    assert reading.lost
    del seat.desk.claims[1]
    seat.press(Key.Key_Return)
    assert reading.writable
    assert reading.drafting.draft.conclusion == "新"
    seat.scheduler.advance(1)
    assert seat.desk.drafts[1].conclusion == "新"


def test_a_study_of_a_colleague_is_refused_and_can_be_taken_over(seat: TestSeat) -> None:
    reading = seat.station.reading
    seat.station.waiting.select(3)
    seat.press(Key.Key_Return)
    assert reading.in_hand is None
    assert reading.notice is not None
    assert reading.notice.command == "study.take_over"
    seat.press(Key.Key_T)
    assert seat.station.signing.panel is Panel.TAKE_OVER
    seat.type("shift change")
    seat.press(Key.Key_Return)
    assert ("take_over", "shift change") in seat.desk.calls
    assert reading.in_hand is not None
    assert reading.in_hand.study == 3


def test_a_refused_signature_brings_the_study_back(seat: TestSeat) -> None:
    reading = seat.station.reading
    seat.desk.open_key(PIN)
    seat.desk.refuse_signature = message("reading.nothing_left")
    reading.take(5)
    seat.looked()
    reading.drafting.write(conclusion="正常")
    seat.press(Key.Key_Return, CTRL)
    assert reading.in_hand is not None
    assert reading.in_hand.study == 5
    assert reading.drafting.draft.conclusion == "正常"
    assert seat.told == "reading.not_signed"
    assert seat.station.window.report.notice.isVisible()
    assert 5 in seat.desk.claims


def test_a_claim_lost_while_signing_keeps_the_text(seat: TestSeat) -> None:
    reading = seat.station.reading
    seat.desk.open_key(PIN)
    reading.take(5)
    seat.looked()
    reading.drafting.write(conclusion="正常")
    seat.scheduler.advance(1)
    seat.desk.claims[5] = seat.desk._hold(5, OTHER)
    seat.press(Key.Key_Return, CTRL)
    assert seat.desk.signed == []
    assert reading.in_hand is not None
    assert reading.in_hand.study == 5
    assert reading.lost
    assert reading.drafting.draft.conclusion == "正常"


def test_a_wrong_pin_is_said_and_asked_again(seat: TestSeat) -> None:
    seat.station.reading.take(5)
    seat.looked()
    seat.station.reading.drafting.write(conclusion="正常")
    seat.press(Key.Key_Return, CTRL)
    assert seat.station.signing.panel is Panel.PIN
    seat.type("0000")
    seat.press(Key.Key_Return)
    pin = seat.station.window.report.asking[Panel.PIN]
    assert pin.error.isVisible()
    assert seat.desk.signed == []
    seat.press(Key.Key_Escape)
    assert seat.station.signing.panel is Panel.NONE
    assert seat.station.reading.writable


def test_lock_hides_everything_and_unlocks_by_pin(seat: TestSeat) -> None:
    reading, window = seat.station.reading, seat.station.window
    reading.take(1)
    seat.seen()
    reading.drafting.write(conclusion="半句")
    seat.press(Key.Key_L, CTRL)
    assert window.lock.isVisible()
    for hidden in (window.head, window.list, window.centre, window.report):
        assert not hidden.isVisible()
    assert seat.desk.drafts[1].conclusion == "半句"
    assert not seat.desk.key_open()
    renewals = seat.desk.calls.count(("renew", 1))
    seat.scheduler.advance(60)
    assert seat.desk.calls.count(("renew", 1)) == renewals, "the lease runs out"
    seat.press(Key.Key_N)
    assert window.lock.isVisible()
    window.lock.pin.clear()
    seat.type(PIN)
    seat.press(Key.Key_Return)
    assert not window.lock.isVisible()
    assert reading.writable


def test_unlocking_after_the_lease_says_that_it_is_gone(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(1)
    seat.press(Key.Key_L, CTRL)
    seat.desk.hold_for_other(1)
    seat.type(PIN)
    seat.press(Key.Key_Return)
    assert reading.lost
    assert seat.told == "reading.claim_lost"


def test_a_retake_can_be_called_back(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(5)
    seat.seen()
    seat.press(Key.Key_R)
    seat.press(Key.Key_3)
    seat.type("V1")
    seat.press(Key.Key_Return)
    assert reading.in_hand is not None
    assert reading.in_hand.study != 5, "the next one is there"
    assert seat.desk.retakes == []
    seat.press(Key.Key_Z, CTRL)
    assert reading.in_hand.study == 5
    seat.scheduler.advance(RETAKE_SECONDS + 1)
    assert seat.desk.retakes == []


def test_a_retake_goes_out_after_its_time(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(5)
    seat.station.signing.retake("导联脱落", "V1")
    seat.scheduler.advance(RETAKE_SECONDS + 1)
    assert seat.desk.retakes == [(5, "导联脱落", "V1")]


def test_closing_saves_and_releases(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(1)
    reading.drafting.write(conclusion="关前")
    seat.station.window.close()
    assert seat.desk.drafts[1].conclusion == "关前"
    assert 1 not in seat.desk.claims


def test_a_fault_saves_the_draft_and_tells(seat: TestSeat) -> None:
    from farlead_ui.crash import CrashPath

    reading = seat.station.reading
    reading.take(1)
    reading.drafting.write(conclusion="险")
    folder = reading.settings.folder
    told: list[object] = []
    path = CrashPath(folder, seat.clock, reading.flush, told.append)
    error = ZeroDivisionError("planted")
    path.take(ZeroDivisionError, error, None)
    assert seat.desk.drafts[1].conclusion == "险"
    assert "planted" in next((folder / "crash").glob("*.txt")).read_text("utf-8")
    assert len(told) == 1


def test_an_object_that_arrives_for_the_study_in_hand_must_be_seen(seat: TestSeat) -> None:
    reading = seat.station.reading
    seat.desk.open_key(PIN)
    reading.take(5)
    seat.looked()
    reading.drafting.write(conclusion="正常")
    row = seat.desk.rows[5]
    late = StoredObject("a" * 64, 1, "b" * 64, "late.dcm")
    seat.desk.rows[5] = replace(row, study=replace(row.study, objects=(late,)))
    seat.desk.contents[5] = (recording(), recording())
    seat.desk.touch()
    seat.station.waiting.poll()
    assert seat.told == "reading.object_arrived"
    assert reading.drafting.draft.conclusion == "正常", "what was written stays"
    seat.qtbot.wait(50)
    seat.scheduler.advance(5)
    assert not seat.station.signing.may_sign, "what is new has not been looked at"
    seat.press(Key.Key_Right, ALT)
    seat.looked()
    assert seat.station.signing.may_sign


def test_a_screening_that_comes_late_brings_its_suggestions(seat: TestSeat) -> None:
    reading = seat.station.reading
    row = seat.desk.rows[1]
    seat.desk.rows[1] = replace(row, screening=None, screening_state=ScreeningState.PENDING)
    reading.take(1)
    assert reading.drafting.suggestions == ()
    seat.desk.rows[1] = row
    seat.desk.touch()
    seat.station.waiting.poll()
    assert len(reading.drafting.suggestions) == 2
    assert seat.told == "reading.screening_arrived"
    seat.seen()
