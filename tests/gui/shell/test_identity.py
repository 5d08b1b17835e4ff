"""Doubts about the person: shown in the list and the head line, confirmed by the reader."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QColor

from fake_desk import PIN, FakeDesk
from farlead.messages import Language
from farlead.model.people import IdentityDoubt
from farlead.model.study import StoredObject
from farlead_ui import words
from farlead_ui.signing import Panel
from support_gui import CTRL, SHIFT, Key, TestSeat


def _doubtful(desk: FakeDesk, **doubt: bool) -> FakeDesk:
    number = desk.add("示例患者五")
    row = desk.rows[number]
    desk.rows[number] = replace(row, study=replace(row.study, **doubt))
    return desk


def _conflicting(desk: FakeDesk) -> FakeDesk:
    return _doubtful(desk, identity_conflict=True)


def _chips(seat: TestSeat) -> list[str]:
    row = seat.station.window.head._row()
    assert row is not None
    return [chip.text for chip in seat.station.window.head._chip_texts(row)]


def _urgent_pixels(seat: TestSeat) -> int:
    """How much of the list is in the colour of what is urgent."""
    view = seat.station.window.list.view
    wanted = QColor(seat.station.window.appearance.palette.urgent).rgb()
    image = view.grab().toImage()
    pixels = ((x, y) for x in range(image.width()) for y in range(min(80, image.height())))
    return sum(1 for x, y in pixels if image.pixel(x, y) == wanted)


@pytest.mark.parametrize(
    ("doubt", "zh", "en"),
    [
        ("identity_conflict", "身份信息有矛盾", "identity in doubt"),
        ("possibly_same", "可能同一患者", "possibly same patient"),
    ],
)
def test_a_doubt_stands_in_head_line_and_list(
    make_seat: Callable[..., TestSeat], doubt: str, zh: str, en: str
) -> None:
    plain = make_seat(fill=_doubtful)
    before = _urgent_pixels(plain)
    seat = make_seat(fill=lambda desk: _doubtful(desk, **{doubt: True}))
    assert _urgent_pixels(seat) > before + 60
    seat.press(Key.Key_N)
    assert _chips(seat)[0] == zh
    seat.press(Key.Key_F8)
    assert _chips(seat)[0] == en
    assert seat.station.window.appearance.language is Language.EN


@pytest.mark.parametrize("doubt", list(IdentityDoubt))
def test_what_could_not_be_compared_stands_in_the_head_line(
    make_seat: Callable[..., TestSeat], doubt: IdentityDoubt
) -> None:
    def fill(desk: FakeDesk) -> FakeDesk:
        number = desk.add("示例患者五")
        row = desk.rows[number]
        patient = replace(row.study.patient, doubt=doubt)
        desk.rows[number] = replace(row, study=replace(row.study, patient=patient))
        return desk

    seat = make_seat(fill=fill)
    seat.press(Key.Key_N)
    said = _chips(seat)[0]
    assert any("\u4e00" <= c <= "\u9fff" for c in said)
    study = next(iter(seat.desk.rows.values())).study
    assert said in words.doubt(replace(study, possibly_same=True))
    seat.press(Key.Key_F8)
    assert _chips(seat)[0].isascii()
    assert not seat.station.window.commands.enabled("study.confirm_identity")


def test_without_a_doubt_nothing_is_asked(seat: TestSeat) -> None:
    seat.press(Key.Key_N)
    seat.seen()
    assert not seat.station.window.commands.enabled("study.confirm_identity")
    seat.press(Key.Key_I, SHIFT)
    assert seat.station.signing.panel is Panel.NONE


def test_the_person_is_confirmed_before_the_signature(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat(fill=_conflicting)
    seat.desk.open_key(PIN)
    seat.press(Key.Key_N)
    seat.looked()
    seat.station.reading.drafting.write(conclusion="正常")
    seat.press(Key.Key_Return, CTRL)
    assert seat.told == "store.identity_conflict"
    notice = seat.station.reading.notice
    assert notice is not None
    assert notice.command == "study.confirm_identity"
    seat.press(Key.Key_I, SHIFT)
    panel = seat.station.window.report.asking[Panel.IDENTITY]
    assert panel.isVisible()
    assert "示例患者五" in panel.who.text()
    seat.press(Key.Key_Escape)
    assert ("confirm_identity", 1) not in seat.desk.calls, "nothing happens before the panel's own"
    seat.press(Key.Key_I, SHIFT)
    seat.press(Key.Key_Return)
    assert ("confirm_identity", 1) in seat.desk.calls
    assert seat.told == "reading.identity_confirmed"
    assert "身份信息有矛盾" not in _chips(seat)
    assert not seat.station.window.commands.enabled("study.confirm_identity")
    assert seat.station.signing.may_sign, "what was seen stays seen"
    seat.press(Key.Key_Return, CTRL)
    assert [study for study, _ in seat.desk.signed] == [1]


def test_a_person_is_confirmed_only_for_what_was_seen(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat(fill=_conflicting)
    seat.press(Key.Key_N)
    seat.seen()
    seat.press(Key.Key_I, SHIFT)
    row = seat.desk.rows[1]
    late = StoredObject("a" * 64, 1, "b" * 64, "late.dcm")
    seat.desk.rows[1] = replace(row, study=replace(row.study, objects=(late,)))
    seat.press(Key.Key_Return)
    assert ("confirm_identity", 1) not in seat.desk.calls
    assert seat.told == "desk.new_objects"
    seat.press(Key.Key_I, SHIFT)
    seat.desk.touch()
    seat.station.waiting.poll()
    assert seat.station.signing.panel is Panel.NONE, "the question is about what was there"


def test_a_doubt_that_comes_later_is_told(seat: TestSeat) -> None:
    seat.press(Key.Key_N)
    seat.seen()
    row = seat.desk.rows[1]
    seat.desk.rows[1] = replace(row, study=replace(row.study, identity_conflict=True))
    seat.desk.touch()
    seat.station.waiting.poll()
    assert seat.told == "reading.identity_doubted"
    assert seat.station.signing.identity.doubtful


def test_names_with_control_characters_are_one_line_in_their_direction() -> None:
    assert words.plain("示例\n患者\t一") == "示例 患者 一"
    assert words.plain("A\u202eB\u2066C\u200f") == "ABC"
    assert words.plain("a\u2028b\x00c") == "a b c"
    assert words.plain("示例  患者") == "示例  患者"


def test_a_long_name_gives_way_to_sex_age_and_unit(
    make_seat: Callable[..., TestSeat], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(desk: FakeDesk) -> FakeDesk:
        number = desk.add("Maximiliana\n" * 30)
        row = desk.rows[number]
        desk.rows[number] = replace(row, study=replace(row.study, identity_conflict=True))
        return desk

    seat = make_seat(fill=fill, size=(1400, 900))
    seat.press(Key.Key_N)
    head = seat.station.window.head
    drawn: list[tuple[str, float, float]] = []
    word = head._word

    def noted(*given: object) -> float:
        end = word(*given)  # type: ignore[arg-type]
        drawn.append((str(given[4]), float(given[1]), end))  # type: ignore[arg-type]
        return end

    monkeypatch.setattr(head, "_word", noted)
    head.grab()
    (name, who, place, *_) = drawn
    assert who[0] == "男 67 岁"
    room = head.width() - 190 - 16
    assert name[2] < who[1] < who[2] < place[1] < place[2] < room
    metrics_end = place[2] + 14 + sum(c.width for c in head._chip_texts(head._row()))  # type: ignore[arg-type]
    assert metrics_end <= room + 1, "the doubt has its place too"
