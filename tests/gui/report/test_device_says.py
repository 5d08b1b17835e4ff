"""What the recording device says stands apart from ours, folded, and is never taken for ours."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fake_desk import recording
from farlead.messages import Language
from farlead.model.recording import Annotation, Recording
from farlead_ui.windows.device_says import DeviceSays, Said, said_by_device
from support_gui import Key, TestSeat

SAID = (
    Annotation("Sinus rhythm"),
    Annotation("Old inferior infarct (II, aVF)"),
    Annotation("Ventricular rate", value=48, unit="bpm"),
    Annotation("QT interval", value=452.5, unit="ms"),
    Annotation("QRS axis", value=-20, unit="deg"),
    Annotation("Odd index", value=3),
    Annotation("V1: R amplitude", value=250, unit="uV"),
    Annotation("QRS onset", 1200),
    Annotation("PR interval", 1200, 160, "ms"),
)


def of(*annotations: Annotation) -> Recording:
    return replace(recording(), annotations=annotations)


@pytest.mark.parametrize(
    ("language", "figures"),
    [
        (
            Language.EN,
            (
                "Ventricular rate  48 /min",
                "QT interval  452.5 ms",
                "QRS axis  −20°",
                "Odd index  3",
            ),
        ),
        (Language.ZH, ("心室率  48 次/分", "QT 间期  452.5 ms", "QRS 电轴  −20°", "Odd index  3")),
    ],
)
def test_statements_stay_as_they_are_and_names_are_translated(
    language: Language, figures: tuple[str, ...]
) -> None:
    found = said_by_device(of(*SAID), language)
    assert found.statements == ("Sinus rhythm", "Old inferior infarct (II, aVF)")
    assert found.figures == figures
    assert found.more == 3, "of a lead, a mark, of a beat"


def test_a_device_that_says_nothing() -> None:
    assert not said_by_device(None, Language.ZH)
    assert said_by_device(of(), Language.ZH) == Said()


def test_a_long_list_is_cut_and_counted() -> None:
    many = [Annotation(f"Statement {n}") for n in range(50)]
    many += [Annotation(f"Figure {n}", value=n) for n in range(50)]
    found = said_by_device(of(*many), Language.EN)
    assert len(found.statements) + len(found.figures) + found.more == 100
    assert found.more > 0


def opened(seat: TestSeat, *annotations: Annotation) -> DeviceSays:
    seat.desk.contents[5] = (of(*annotations),)
    seat.station.reading.take(5)
    seat.press(Key.Key_A)
    return seat.station.window.over.measurements.device


def test_it_is_folded_until_somebody_wants_it(seat: TestSeat) -> None:
    device = opened(seat, *SAID)
    table = seat.station.window.over.measurements
    assert device.isVisible()
    assert device.folded
    assert not device._statements.isVisible()
    assert "非本系统测量" in device._words.text()
    before = table.height()
    seat.press(Key.Key_Space)
    assert device._statements.isVisible()
    assert "心室率  48 次/分" in device.text
    assert "Old inferior infarct" in device.text
    assert table.height() > before
    QTest.mouseClick(device.head, Qt.MouseButton.LeftButton)
    assert device.folded
    assert table.height() == before


def test_nothing_is_shown_where_the_device_says_nothing(seat: TestSeat) -> None:
    assert not opened(seat).isVisible()
    seat.press(Key.Key_Space)
    assert seat.station.window.over.measurements.isVisible()


def test_it_is_of_the_study_in_hand(seat: TestSeat) -> None:
    device = opened(seat, *SAID)
    seat.press(Key.Key_Escape)
    seat.desk.contents[6] = (
        of(
            Annotation("Another patient's"),
        ),
    )
    seat.station.reading.take(6)
    seat.press(Key.Key_A)
    assert "Sinus rhythm" not in device.text
    assert "Another patient's" in device.text


def test_it_never_becomes_a_figure_of_ours(seat: TestSeat) -> None:
    opened(seat, Annotation("Ventricular rate", value=999, unit="bpm"))
    window = seat.station.window
    assert all("999" not in row.value for row in window.over.measurements.page._rows)
    assert all("999" not in figure.value for figure in window.report.measurements._figures)
