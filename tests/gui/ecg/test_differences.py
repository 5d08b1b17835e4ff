"""Earlier → today → difference, as plain values; how the earlier ones are put into words."""

import numpy as np
import pytest

from farlead.model.detail import Detail, LeadQuantity, MedianBeats, WaveMarks
from farlead.model.screening import Measurement, Quality, Screening
from farlead.model.study import Severity
from farlead_ui.ecg.compare_wording import together
from farlead_ui.ecg.differences import differences, signed
from farlead_ui.ecg.geometry import Scale
from farlead_ui.ecg.median_geometry import beat_points, lay_beats, median_beat, pulse_points

TWELVE = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


def _screening(figures: dict[str, float | None], **columns: tuple[float | None, ...]) -> Screening:
    units = {"axis": "°", "heart_rate": "/min"}
    made = tuple(Measurement(n, v, units.get(n, "ms"), "test") for n, v in figures.items())
    leads = ("II", "V2", "aVR")
    table = tuple(LeadQuantity(name, "mV", "test", values) for name, values in columns.items())
    detail = Detail(500.0, 5000, leads, table=table)
    return Screening("1", Severity.NORMAL, True, Quality.FIT, made, detail=detail)


def test_the_difference_is_that_of_the_figures_as_written() -> None:
    found = differences(_screening({"qtc": 424.6}), _screening({"qtc": 438.4}))
    row = found.figure("qtc")
    assert row is not None
    assert (row.earlier, row.now, row.difference) == ("425", "438", "+13")


@pytest.mark.parametrize(
    ("then", "now", "told"), [(170, -170, "+20"), (52, 38, "−14"), (-170, 170, "−20"), (5, 5, "0")]
)
def test_the_axis_turns_the_short_way(then: float, now: float, told: str) -> None:
    row = differences(_screening({"axis": then}), _screening({"axis": now})).figure("axis")
    assert row is not None
    assert row.difference == told


def test_what_one_of_them_does_not_know_is_no_difference() -> None:
    row = differences(_screening({"pr": None}), _screening({"pr": 160})).figure("pr")
    assert row is not None
    assert (row.earlier, row.now, row.difference) == ("—", "160", "—")
    assert differences(None, None).figures == ()
    alone = differences(None, _screening({"pr": 160}, t=(0.1, 0.2, -0.1), j=(0, 0, 0)))
    assert all(row.change_t is None and not row.news for row in alone.leads)


def test_what_is_new_in_which_lead() -> None:
    before = _screening({}, t=(0.3, 0.4, 0.2), j=(0.0, 0.05, 0.0), q=(None, None, None),
                        r=(1.0, 0.4, None), qrs_pp=(1.2, 1.0, 1.0))  # fmt: skip
    now = _screening({}, t=(0.25, -0.5, -0.3), j=(0.12, 0.0, 0.0), q=(None, -0.9, -0.9),
                     r=(1.0, None, None), qrs_pp=(1.2, 0.9, 1.0))  # fmt: skip
    found = differences(before, now)
    assert found.with_news("qs") == ("V2",)
    assert found.with_news("t_inverted") == ("V2",)  # in aVR that is the normal one
    assert found.with_news("st_up") == ("II",)
    assert found.most is not None
    assert found.most.lead == "V2"
    assert found.most.change_t == pytest.approx(-0.9)


def test_signs() -> None:
    assert [signed(v) for v in (0.1, -0.1, 0.001, -0.001, None)] == [
        "+0.10", "−0.10", "0.00", "0.00", "—"
    ]  # fmt: skip


def test_neighbours_are_told_as_a_range() -> None:
    assert together(("V1", "V2", "V3", "V5", "aVL")) == "V1–V3, V5, aVL"
    assert together(("V1", "V2")) == "V1, V2"


def _detail(fs: float, peak: float, offset: int) -> Detail:
    """A flat median beat about 200 µV with one peak of so many millivolts."""
    beat = [200 + offset] * 400
    beat[150] = 200 + offset + round(1000 * peak)
    marks = WaveMarks(qrs_on=(140,), qrs_off=(160,))
    medians = MedianBeats(150, (0, 1), (tuple(beat),) * 12, overall=marks)
    return Detail(fs, 5000, TWELVE, medians=medians)


@pytest.mark.parametrize("scale", [Scale(3.6, 18, calibrated=True), Scale(5.7, None, True)])
@pytest.mark.parametrize(("width", "ratio"), [(900, (50.0, 20.0)), (360, (25.0, 10.0))])
def test_median_beats_are_true_and_keep_the_ratio(
    scale: Scale, width: int, ratio: tuple[float, float]
) -> None:
    """1 mV and 100 ms are what the scale says, R lies on R, the PR segment on zero."""
    sheet = lay_beats(TWELVE, scale, round(width * scale.px_per_mm / 3.6), 850, 80)
    assert (sheet.speed, sheet.gain) == ratio
    assert [cell.lead for cell in sheet.cells] != []
    assert {cell.lead for cell in sheet.cells} == set(TWELVE)
    cell = sheet.cells[5]
    tops = []
    for fs, offset in ((500.0, 0), (250.0, 300)):
        (points,) = beat_points(_detail(fs, 1.0, offset), cell.lead, cell, sheet)
        top = points[np.argmin(points[:, 1])]
        tops.append(tuple(top))
        assert top[0] == pytest.approx(cell.r)
        height = cell.baseline + 0.5 - top[1]
        assert height == pytest.approx(sheet.gain * scale.px_per_mm)
        step = np.diff(points[:, 0]).mean()
        assert step * fs == pytest.approx(sheet.speed * scale.px_per_mm)
        assert points[:, 0].min() >= cell.left
        assert points[:, 0].max() <= cell.right
    assert tops[0] == pytest.approx(tops[1])
    pulse = pulse_points(sheet)
    assert np.ptp(pulse[:, 1]) == pytest.approx(sheet.gain * scale.px_per_mm)


def test_a_lead_without_a_beat_draws_nothing() -> None:
    sheet = lay_beats(TWELVE, Scale(3.6, 18, calibrated=True), 900, 850, 80)
    bare = Detail(500.0, 5000, TWELVE)
    assert median_beat(bare, "I") is None
    assert beat_points(bare, "I", sheet.cells[0], sheet) == []
    assert median_beat(_detail(500.0, 1.0, 0), "V9") is None


def test_further_leads_have_rows_of_their_own() -> None:
    leads = (*TWELVE, "V7", "V8", "V9")
    sheet = lay_beats(leads, Scale(3.6, 18, calibrated=True), 900, 850, 80)
    assert sorted(cell.lead for cell in sheet.cells) == sorted(leads)
    assert len({cell.baseline for cell in sheet.cells}) == 4
