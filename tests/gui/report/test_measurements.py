"""Figures in the panel and in the table: nothing unknown as a number, nothing of another study."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from fake_desk import FakeDesk, flag, recording
from farlead.analysis import screen
from farlead.messages import Language
from farlead.model.detail import Detail, LeadQuantity, WaveMarks
from farlead.model.recording import Recording
from farlead.model.screening import (
    Certainty,
    EvidenceValue,
    Measurement,
    QtFormula,
    Quality,
    Screening,
)
from farlead.model.study import Severity
from farlead_ui.report.measurements import Measurements, figures
from farlead_ui.theme.appearance import Appearance
from farlead_ui.windows.measurements import lead_rows, rows
from support_gui import Key, TestSeat

MEASURED = (
    Measurement("heart_rate", 65.4, "/min", "t"),
    Measurement("pr", None, "ms", "t", reason="p_absent"),
    Measurement("qrs", 98.2, "ms", "t", Certainty.DOUBTFUL, "noise"),
    Measurement("qt", 426.0, "ms", "t"),
    Measurement("qtc", 438.0, "ms", "t", formula=QtFormula.FRIDERICIA),
    Measurement("qtc_fridericia", 438.0, "ms", "t", formula=QtFormula.FRIDERICIA),
    Measurement("qtc_bazett", 455.0, "ms", "t", formula=QtFormula.BAZETT),
    Measurement("axis", -18.2, "°", "t"),
    Measurement("rv5_sv1", 2.091, "mV", "t"),
)
TABLE = (
    LeadQuantity("r", "mV", "m", (1.25, None), ("", "no_wave")),
    LeadQuantity("t", "mV", "m", (-0.904, 0.1), ("noise", "")),
)


def _screening(*measured: Measurement, table: tuple[LeadQuantity, ...] = ()) -> Screening:
    detail = Detail(500.0, 5000, ("V5", "V1"), table=table)
    return Screening("1", Severity.NORMAL, True, Quality.FIT, measured, detail=detail)


def test_the_six_figures_stand_in_the_order_of_the_mock(appearance: Appearance) -> None:
    appearance.language = Language.EN
    found = figures(_screening(*MEASURED))
    assert [(f.caption, f.value, f.unit) for f in found] == [
        ("Rate", "65", "/min"), ("QRS", "98", "ms"), ("QTc (F)", "438", "ms"),
        ("PR", "—", ""), ("QT", "426", "ms"), ("Axis", "−18°", ""),
    ]  # fmt: skip
    assert [f.large for f in found] == [True] * 3 + [False] * 3
    assert [f.doubtful for f in found] == [False, True, False, False, False, False]
    assert figures(None) == []


def test_what_was_not_measured_is_a_dash_and_says_so(appearance: Appearance) -> None:
    found = figures(_screening(MEASURED[0]))
    assert [f.value for f in found] == ["65", "—", "—", "—", "—", "—"]
    widget = Measurements(appearance)
    for language, said in ((Language.ZH, "未测量"), (Language.EN, "not measured")):
        appearance.language = language
        assert said in widget.tip(found[1])


@pytest.mark.parametrize("formula", list(QtFormula))
def test_the_caption_names_the_formula(appearance: Appearance, formula: QtFormula) -> None:
    made = Measurement("qtc", 440.0, "ms", "t", formula=formula)
    assert formula.letters in figures(_screening(made))[2].caption


def test_the_reason_is_the_tip_of_its_figure_alone(seat: TestSeat) -> None:
    widget = seat.station.window.report.measurements
    seat.station.reading.take(5)
    widget.show_screening(_screening(*MEASURED))
    told = {}
    for figure, area in widget._areas():
        at = area.center()
        assert widget.figure_at(at) == figure
        spot = at.toPoint()
        QApplication.sendEvent(
            widget, QHelpEvent(QEvent.Type.ToolTip, spot, widget.mapToGlobal(spot))
        )
        told[figure.caption] = QToolTip.text()
        QToolTip.hideText()
    assert "未见 P 波" in told["PR"]
    assert "干扰" in told["QRS"]
    assert widget.tip(figures(_screening(*MEASURED))[0]) == ""
    assert widget.figure_at(QPointF(-5, -5)) is None
    assert "PR — " in widget.accessibleDescription()


def test_the_table_has_every_figure_with_its_reason(appearance: Appearance) -> None:
    appearance.language = Language.EN
    found = {row.name: row for row in rows(_screening(*MEASURED), appearance)}
    assert len(found) == len(MEASURED) - 1, "the headline is one of the formulas"
    assert "QTc, Fridericia" not in found
    assert found["QTc, Bazett"].value == "455"
    assert found["PR interval"].value == "—"
    assert "no P wave" in found["PR interval"].reason
    assert found["QRS duration"].doubtful
    assert "noise" in found["QRS duration"].reason
    assert found["QTc interval (F)"].value == "438"
    assert (found["RV5+SV1"].value, found["RV5+SV1"].unit) == ("2.09", "mV")
    assert found["Ventricular rate"].reason == ""
    first, second = lead_rows(_screening(table=TABLE).detail, appearance)
    assert (first.values, first.doubtful) == (("1.25", ""), (False, False))
    assert (second.values, second.doubtful) == (("−0.90", "0.10"), (True, False))
    unknown = LeadQuantity("j", "mV", "m", (None, 0.0), ("lead_missing", ""))
    (third,) = lead_rows(_screening(table=(unknown,)).detail, appearance)
    assert third.values == ("—", "0.00")
    assert lead_rows(None, appearance) == []


def _with_screening(desk: FakeDesk, study: int, found: Screening) -> None:
    desk.rows[study] = replace(desk.rows[study], screening=found)
    desk.touch()


def test_a_key_opens_the_table_and_escape_closes_it(seat: TestSeat) -> None:
    window = seat.station.window
    seat.press(Key.Key_A)
    assert not window.over.measurements.isVisible(), "nothing is open: nothing was measured"
    _with_screening(seat.desk, 5, _screening(*MEASURED, table=TABLE))
    seat.station.reading.take(5)
    seat.press(Key.Key_A)
    table = window.over.measurements
    assert table.isVisible()
    assert len(table.page._rows) == len(MEASURED) - 1
    assert table.page._leads == ("V5", "V1")
    seat.press(Key.Key_Escape)
    assert not table.isVisible()
    window.report.measurements.asked.emit()
    assert table.isVisible()


def test_its_key_is_its_own(seat: TestSeat) -> None:
    sharing = [
        {command.id for command in commands}
        for (_, key), commands in seat.station.window.commands.places().items()
        if key == "A"
    ]
    assert sharing == [{"report.measurements"}]


def test_the_table_is_found_by_name_in_the_palette(seat: TestSeat) -> None:
    seat.station.reading.take(5)
    for typed in ("qbclz", "all measurements", "全部测量值"):
        seat.station.window.acts.show_palette()
        seat.type(typed)
        assert [e.text for e in seat.station.window.over.palette.rows.entries] == ["全部测量值"]
        seat.press(Key.Key_Escape)


def test_nothing_of_the_study_before_stays(seat: TestSeat) -> None:
    window = seat.station.window
    _with_screening(seat.desk, 5, _screening(*MEASURED))
    seat.station.reading.take(5)
    shown = window.report.measurements
    assert [f.value for f in shown._figures][:2] == ["65", "98"]
    seat.press(Key.Key_A)
    seat.station.reading.take(7)  # a CT: not measured
    assert not window.over.measurements.isVisible()
    assert shown._figures == []
    assert "65" not in shown.accessibleDescription()
    window.acts.show_measurements()
    assert list(window.over.measurements.page._rows) == []
    seat.station.reading.take(6)
    assert [f.value for f in shown._figures][1] == "—"


def test_an_open_table_follows_the_study_in_hand(seat: TestSeat) -> None:
    _with_screening(seat.desk, 5, _screening(*MEASURED))
    seat.station.reading.take(5)
    window = seat.station.window
    window.acts.show_measurements()
    job = seat.station.reading.in_hand
    assert job is not None
    newer = _screening(replace(MEASURED[0], value=71.0))
    seat.station.reading.in_hand = replace(job, row=replace(job.row, screening=newer))
    seat.station.reading.painted_at = seat.clock()
    seat.station.reading.changed.emit()
    assert [row.value for row in window.over.measurements.page._rows] == ["71"]


def test_figures_of_the_first_recording_are_marked_beside_the_second(seat: TestSeat) -> None:
    first = recording()
    seat.desk.contents[5] = (first, recording([0.5, 2.0, 4.0, 6.0, 8.0]))
    _with_screening(seat.desk, 5, _screening(*MEASURED))
    seat.station.reading.take(5)
    window = seat.station.window
    shown = window.report.measurements
    height = shown.sizeHint().height()
    assert not shown.elsewhere
    window.acts.step_file(1)
    assert shown.elsewhere
    assert shown.sizeHint().height() > height
    window.acts.step_file(-1)
    assert not shown.elsewhere
    window.acts.step_file(1)
    seat.station.reading.take(6)
    assert not shown.elsewhere


def test_evidence_lights_its_beats_and_writes_values_beside_the_leads(seat: TestSeat) -> None:
    marks = WaveMarks((400, 900, -1), (-1,) * 3, (-1,) * 3, (480, 980, 1480), (520, 1020, 1520),
                      (-1,) * 3, (-1,) * 3, (700, -2, 1700))  # fmt: skip
    value = EvidenceValue("t", -0.904, "mV", -0.1, "V1")
    limit = EvidenceValue("rate_slowest", 33.6, "/min", 35.0)
    found = replace(flag(), spans=(), beats=(0, 1, 7), leads=("V1",), values=(value, limit))
    whole = replace(
        _screening(*MEASURED), flags=(found,), detail=Detail(500.0, 5000, ("V1",), overall=marks)
    )
    _with_screening(seat.desk, 5, whole)
    seat.station.reading.take(5)
    lit = seat.station.window.sheet.evidence
    assert [(span.start, span.stop) for span in lit.spans] == [(400, 701), (900, 1021)]
    assert lit.notes == {"V1": "T 波 −0.90 mV"}
    (row,) = seat.station.window.report.suggestions._rows
    assert "最慢心室率 34/min，界值 35/min" in row._evidence.text()


def test_a_real_screening_fills_every_figure(seat: TestSeat) -> None:
    made = recording()
    found = screen(Recording(made.samples, made.leads, made.fs))
    _with_screening(seat.desk, 5, found)
    seat.station.reading.take(5)
    window = seat.station.window
    assert "—" not in [f.value for f in window.report.measurements._figures]
    window.acts.show_measurements()
    table = window.over.measurements
    assert len(table.page._leads) == 12
    assert table.width() >= table.page.width(), "nothing is cut off"
    assert table.area.verticalScrollBar().maximum() == 0
    assert QPoint(0, 0) == table.page.pos()
