"""Cards of urgent arrivals: which, in which order, taken by key and mouse, never in the way."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton

from fake_desk import OTHER, FakeDesk, flag, morning
from farlead.messages import Language, message
from farlead.model.study import Kind, Priority, Severity
from farlead_ui.alerts.card import HEIGHT
from farlead_ui.arrivals import RING_SECONDS, TAKEN
from farlead_ui.reading import NoticeKind
from farlead_ui.theme.tokens import Look
from support_gui import ALT, CTRL, Key, TestSeat

LEFT = Qt.MouseButton.LeftButton
CRITICAL, URGENT, HELD, REMARK, NORMAL = 1, 2, 3, 4, 5
POLL = 0.3


def pause() -> tuple[object, ...]:
    told = message("analysis.pause", seconds="3.4", limit="3.0")
    return (flag("pause", Severity.CRITICAL, told, None),)


def arrive(seat: TestSeat, *, critical: bool = False, minutes: float = 9.0) -> int:
    """An ECG comes in and is seen by the list."""
    study = seat.desk.add(
        "示例患者廿", unit=2, flags=pause() if critical else (flag(),), minutes=minutes,
        question="胸闷 40 分钟",
    )  # fmt: skip
    seat.scheduler.advance(POLL)
    return study


def shown(seat: TestSeat) -> list[int]:
    return [row.study.id for row in seat.station.window.arrivals.cards]


def rings(seat: TestSeat) -> list[Severity]:
    heard: list[Severity] = []
    seat.station.window.arrivals.rang.connect(heard.append)
    return heard


@pytest.fixture
def watching(seat: TestSeat) -> Iterator[TestSeat]:
    """A seat that has read its list."""
    seat.scheduler.advance(POLL)
    return seat


def test_cards_are_the_top_of_the_list_that_nobody_holds(watching: TestSeat) -> None:
    assert shown(watching) == [CRITICAL, URGENT]  # the held one, remarks and images are not
    later = arrive(watching, critical=True, minutes=4.8)
    assert shown(watching) == [CRITICAL, later, URGENT]
    fourth = arrive(watching)
    assert fourth not in shown(watching)
    assert watching.station.window.arrivals.more == 1
    listed = [row.study.id for row in watching.station.waiting.rows()]
    assert shown(watching) == [n for n in listed if n in shown(watching)]


def test_routine_and_unscreened_images_bring_no_card(watching: TestSeat) -> None:
    before = shown(watching)
    watching.desk.add("示例患者廿一", flags=(), minutes=20)
    watching.desk.add("示例患者廿二", kind=Kind.CT, minutes=600)
    watching.scheduler.advance(POLL)
    assert shown(watching) == before


def test_what_the_unit_calls_urgent_has_a_card_whatever_screening_found(watching: TestSeat) -> None:
    asked = watching.desk.add("示例患者廿三", flags=(), minutes=9, priority=Priority.EMERGENCY)
    watching.scheduler.advance(POLL)
    assert asked in shown(watching)


def test_alt_and_its_number_takes_a_card_and_keeps_the_draft(watching: TestSeat) -> None:
    watching.station.reading.take(NORMAL)
    watching.looked()
    watching.type("/")
    watching.type("dxxl")
    watching.press(Key.Key_Return)
    written = watching.station.reading.drafting.draft
    assert written.statements
    watching.press(Key.Key_1, ALT)
    watching.scheduler.advance(POLL)
    assert watching.station.reading.in_hand is not None
    assert watching.station.reading.in_hand.study == CRITICAL
    assert watching.desk.drafts[NORMAL] == written
    assert NORMAL not in watching.desk.claims
    assert CRITICAL not in shown(watching)


def test_a_click_takes_a_card(watching: TestSeat) -> None:
    card = watching.station.window.cards.cards[1]
    QTest.mouseClick(card, LEFT, pos=QPoint(100, 100))
    watching.scheduler.advance(POLL)
    assert watching.station.reading.in_hand is not None
    assert watching.station.reading.in_hand.study == URGENT


def test_a_key_on_its_way_is_not_meant_for_a_card_that_has_just_moved_in(
    watching: TestSeat,
) -> None:
    watching.scheduler.advance(2.0)
    newer = watching.desk.add(
        "示例患者廿四", flags=pause(), minutes=0.5, priority=Priority.EMERGENCY
    )
    watching.station.waiting.refresh()
    assert shown(watching)[0] == newer
    watching.press(Key.Key_1, ALT)
    assert watching.station.reading.in_hand is not None
    assert watching.station.reading.in_hand.study == CRITICAL  # what stood there before


def test_it_never_takes_the_keyboard(watching: TestSeat) -> None:
    watching.station.reading.take(NORMAL)
    watching.looked()
    focus = QApplication.focusWidget()
    arrive(watching, critical=True)
    assert QApplication.focusWidget() is focus
    stack = watching.station.window.cards
    assert stack.isVisible()
    assert stack.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert all(card.focusPolicy() is Qt.FocusPolicy.NoFocus for card in stack.cards)


def test_it_covers_no_button_of_the_action_bar(watching: TestSeat) -> None:
    watching.station.reading.take(NORMAL)
    watching.looked()
    arrive(watching, critical=True)
    window, stack = watching.station.window, watching.station.window.cards
    area = QRect(stack.mapTo(window, QPoint(0, 0)), stack.size())
    buttons = [b for b in window.report.findChildren(QPushButton) if b.property("role") == "act"]
    signs = [b for b in window.report.findChildren(QPushButton) if "Ctrl+Enter" in b.text()]
    for button in [*buttons, *signs]:
        if button.isVisible():
            there = QRect(button.mapTo(window, QPoint(0, 0)), button.size())
            assert not area.intersects(there), button.text()


def test_beside_a_critical_value_alone_it_does_not_lie_over_the_sheet(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat(size=(1536, 864))  # where the report gives way
    seat.scheduler.advance(POLL)
    seat.station.reading.take(CRITICAL)
    seat.looked()
    window = seat.station.window
    window.commands.run("case.open")
    arrive(seat, critical=True)
    QApplication.processEvents()
    assert window.report.isHidden()
    stack = QRect(window.cards.mapTo(window, QPoint(0, 0)), window.cards.size())
    sheet = QRect(window.centre.mapTo(window, QPoint(0, 0)), window.centre.size())
    assert window.cards.isVisible()
    assert not stack.intersects(sheet)


def test_it_covers_nothing_that_is_told(watching: TestSeat) -> None:
    watching.station.reading.take(NORMAL)
    watching.looked()
    for _ in range(3):
        arrive(watching, critical=True)
    window, stack = watching.station.window, watching.station.window.cards
    watching.station.reading.tell(
        NoticeKind.TROUBLE, message("reading.not_signed", number="1", cause="x")
    )
    watching.qtbot.waitUntil(
        lambda: stack.geometry().bottom() < window.report.notice.mapTo(window, QPoint(0, 0)).y(),
        timeout=3000,
    )
    low = stack.geometry().bottom()
    watching.station.reading.hush()
    watching.qtbot.waitUntil(lambda: stack.geometry().bottom() > low, timeout=3000)


def test_it_gives_way_to_the_field_in_which_one_writes(watching: TestSeat) -> None:
    watching.station.reading.take(URGENT)
    watching.looked()
    for _ in range(3):
        arrive(watching, critical=True)
    stack = watching.station.window.cards
    assert not stack.folded
    report = watching.station.window.report
    field = report.findChildren(QPlainTextEdit)[-1]
    low = QRect(field.mapTo(watching.station.window, QPoint(0, 0)), field.size())
    stack_area = QRect(stack.mapTo(watching.station.window, QPoint(0, 0)), stack.size())
    field.setFocus()
    assert stack.folded == low.intersects(stack_area)


def test_while_something_is_asked_one_line_stands_for_all(watching: TestSeat) -> None:
    watching.station.reading.take(NORMAL)
    watching.looked()
    stack = watching.station.window.cards
    assert stack.height() > HEIGHT
    watching.press(Key.Key_R)
    assert stack.folded
    assert stack.height() < HEIGHT
    watching.press(Key.Key_Escape)
    assert not stack.folded


def test_locked_it_says_how_many_and_nothing_else(watching: TestSeat) -> None:
    watching.press(Key.Key_L, CTRL)
    stack = watching.station.window.cards
    assert stack.isVisible()
    assert stack.line.isVisible()
    assert not any(card.isVisible() for card in stack.cards)
    assert "1" in stack.line.text()


def test_everybody_sees_who_took_it(watching: TestSeat) -> None:
    watching.desk.hold_for_other(CRITICAL)
    watching.scheduler.advance(POLL)
    cards = watching.station.window.arrivals
    assert shown(watching)[0] == CRITICAL
    assert cards.taken_by(cards.cards[0]) == OTHER.name
    watching.press(Key.Key_1, ALT)  # it is gone: nothing is taken from a colleague by a card
    assert watching.station.reading.in_hand is None
    watching.scheduler.advance(TAKEN.total_seconds() + POLL)
    assert CRITICAL not in shown(watching)


def test_no_card_lies_over_what_is_looked_up(watching: TestSeat) -> None:
    window, stack = watching.station.window, watching.station.window.cards
    high = stack.height()
    watching.press(Key.Key_Question)
    watching.qtbot.waitUntil(lambda: stack.folded and stack.height() < high, timeout=5000)
    assert window.over.current is window.over.keys
    assert stack.isVisible(), "their number is told"
    assert not stack.geometry().intersects(window.over.keys.geometry())
    watching.press(Key.Key_Escape)
    watching.qtbot.waitUntil(lambda: not stack.folded and stack.height() == high, timeout=5000)


def test_no_card_lies_over_what_is_offered_while_a_statement_is_typed(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat(size=(1600, 760))  # the candidates reach down to where the cards stand
    arrive(seat, critical=True)
    arrive(seat, critical=True)
    seat.station.reading.take(NORMAL)
    seat.looked()
    seat.type("/")
    seat.type("dx")
    window = seat.station.window
    candidates = window.report.statements.candidates
    seat.qtbot.waitUntil(candidates.isVisible, timeout=5000)
    seat.qtbot.wait(20)
    for part in (candidates, window.report.statements.input):
        here = QRect(part.mapTo(window, QPoint(0, 0)), part.size())
        assert not here.intersects(window.cards.geometry()), part


def test_what_waits_has_a_card_before_what_was_just_taken(watching: TestSeat) -> None:
    everything = {CRITICAL, URGENT}
    everything |= {arrive(watching, critical=True, minutes=4.0 - n / 10) for n in range(3)}
    taken = shown(watching)
    for study in taken:
        watching.desk.hold_for_other(study)
    watching.scheduler.advance(POLL)
    left = everything - set(taken)
    assert len(left) == 2
    assert left < set(shown(watching))  # and one of those that were taken, with its reader


def test_what_is_new_rings_once_and_what_is_critical_until_it_is_taken(
    watching: TestSeat,
) -> None:
    watching.station.reading.take(CRITICAL)
    heard = rings(watching)
    arrive(watching)
    assert heard == [Severity.URGENT]
    watching.scheduler.advance(3 * RING_SECONDS)
    assert heard == [Severity.URGENT]
    study = arrive(watching, critical=True)
    watching.scheduler.advance(2 * RING_SECONDS)
    assert heard.count(Severity.CRITICAL) == 3
    watching.desk.hold_for_other(study)
    watching.scheduler.advance(1.0)
    heard.clear()
    watching.scheduler.advance(3 * RING_SECONDS)
    assert heard == []


def test_quiet_still_rings_for_what_is_critical(watching: TestSeat) -> None:
    watching.station.window.commands.run("card.quiet")
    heard = rings(watching)
    assert shown(watching) == [CRITICAL]
    arrive(watching)
    assert heard == []
    study = arrive(watching, critical=True)
    assert Severity.CRITICAL in heard
    assert study in shown(watching)
    watching.station.window.commands.run("card.quiet")
    assert URGENT in shown(watching)


def test_after_signing_the_next_urgent_one_is_offered(watching: TestSeat) -> None:
    watching.station.reading.take(CRITICAL)
    watching.looked()
    assert shown(watching) == [URGENT]
    watching.station.reading.close()
    watching.scheduler.advance(POLL)
    assert shown(watching) == [CRITICAL, URGENT]


def test_the_card_shows_the_lead_that_matters(watching: TestSeat) -> None:
    seen = watching.station.window.arrivals.glimpses[CRITICAL]
    assert seen is not None
    assert seen.lead in {"II", "V1"}
    assert len(seen.samples) == round(3 * seen.fs)


@pytest.mark.parametrize("look", list(Look))
@pytest.mark.parametrize("language", list(Language))
def test_every_word_is_painted_in_both_looks_and_languages(
    make_seat: Callable[..., TestSeat], language: Language, look: Look
) -> None:
    def filled(desk: FakeDesk) -> FakeDesk:
        return morning(desk)

    seat = make_seat(filled, language, look)
    seat.scheduler.advance(POLL)
    card = seat.station.window.cards.cards[0]
    card.grab()
    taken = "领取" if language is Language.ZH else "Take"
    assert any(taken in text and "Alt+1" in text for text in card.texts)
    assert any("胸痛" in text for text in card.texts)


def test_the_running_clock_is_green_then_amber_then_red_and_late(watching: TestSeat) -> None:
    """Against the promised time, whatever the severity of the card is."""
    card = watching.station.window.cards.cards[1]
    palette = watching.station.window.appearance.palette
    row = card.row
    assert row is not None
    assert row.study.id == URGENT
    whole = (row.study.due - row.study.arrived).total_seconds()

    def at(share: float) -> str:
        """Which of the three colours the clock has when this share of the time is left."""
        gone = (row.study.due - watching.clock()).total_seconds() - share * whole
        watching.clock.advance(gone)
        image = card.grab().toImage()
        ratio = image.devicePixelRatio()
        places = [
            image.pixelColor(int(x * ratio), int(y * ratio)).name()
            for x in range(300, 400)
            for y in range(84, 112)
        ]
        names = {"green": palette.done, "amber": palette.urgent, "red": palette.critical}
        found = [name for name, colour in names.items() if QColor(colour).name() in places]
        assert len(found) == 1, found
        return found[0]

    assert [at(share) for share in (0.6, 0.4, 0.1, -0.1)] == ["green", "amber", "red", "red"]
    assert "逾时" in card.texts


def test_a_card_says_unit_age_sex_question_finding_and_time(watching: TestSeat) -> None:
    study = arrive(watching, critical=True, minutes=1.0)
    cards = watching.station.window.cards.cards
    card = next(each for each in cards if each.row is not None and each.row.study.id == study)
    card.grab()
    said = " ".join(card.texts)
    for part in ("疑似", "丙社区卫生服务中心", "男", "岁", "胸闷 40 分钟", "剩 00:59"):
        assert part in said, (part, said)
    assert watching.station.window.arrivals.glimpses[study] is not None  # its evidence
