"""The sheet's state and commands, without Qt."""

import pytest

from farlead.model.screening import Span
from farlead_ui.ecg.layouts import LAYOUTS
from farlead_ui.ecg.model import Evidence, SheetModel
from support_sheet import TWO, recording


def test_a_new_recording_is_shown_at_standard_scale_without_evidence() -> None:
    model = SheetModel()
    model.show(recording())
    model.gain_up()
    model.next_speed()
    model.set_evidence(Evidence(("II",), (Span(0, 10, "pause"),)))
    model.show(recording(), [100, 600])
    assert (model.gain, model.speed, model.gain_standard, model.speed_standard) == (
        10.0,
        25.0,
        True,
        True,
    )
    assert model.evidence == Evidence()
    assert model.r_peaks == (100, 600)


def test_gain_and_speed_step_through_their_values_and_stop_at_the_ends() -> None:
    model = SheetModel()
    gains = [model.gain]
    for _ in range(4):
        model.gain_up()
        gains.append(model.gain)
    assert gains == [10.0, 20.0, 40.0, 40.0, 40.0]
    for _ in range(9):
        model.gain_down()
    assert model.gain == 2.5
    model.standard_gain()
    assert model.gain == 10.0
    for _ in range(9):
        model.next_speed()
    assert model.speed == 100.0
    for _ in range(9):
        model.previous_speed()
    assert model.speed == 12.5
    model.standard_speed()
    assert model.speed == 25.0


@pytest.mark.parametrize("value", [0.0, 11.0, -10.0])
def test_other_scales_are_refused(value: float) -> None:
    model = SheetModel()
    with pytest.raises(ValueError, match="no gain"):
        model.set_gain(value)
    with pytest.raises(ValueError, match="no paper speed"):
        model.set_speed(value)
    with pytest.raises(ValueError, match="no screen"):
        model.set_calibration(value - 20)


def test_layouts_by_number() -> None:
    model = SheetModel()
    model.show(recording())
    for number, layout in enumerate(LAYOUTS, 1):
        model.set_layout(number)
        assert model.layout is layout
        assert model.layout_name == layout.name.replace("1 ≡", "II ≡")
    model.set_layout(len(LAYOUTS) + 1)
    assert model.layout is LAYOUTS[-1]
    model.next_layout()
    assert model.layout is LAYOUTS[0]
    model.previous_layout()
    assert model.layout is LAYOUTS[-1]


def test_the_layout_stays_for_the_next_recording_and_its_true_name_is_told() -> None:
    model = SheetModel()
    model.set_layout(3)
    model.show(recording(TWO))
    assert (model.layout.name, model.layout_name) == ("12×1", "2×1")


def test_each_change_is_told_once_and_nothing_when_nothing_changes() -> None:
    model = SheetModel()
    heard: list[str] = []
    model.scale_changed.connect(lambda: heard.append("scale"))
    model.layout_changed.connect(lambda: heard.append("layout"))
    model.evidence_changed.connect(lambda: heard.append("evidence"))
    model.gain_up()
    model.set_gain(20.0)
    model.set_layout(1)
    model.set_layout(2)
    model.set_evidence(Evidence())
    model.toggle_evidence()
    assert heard == ["scale", "layout", "evidence"]


def test_pages_are_turned_within_the_recording() -> None:
    model = SheetModel()
    model.show(recording(seconds=32.0))
    model.laid_out(0, 4, (0.0, 10.0))
    model.next_page()
    model.next_page()
    assert model.page == 2
    model.last_page()
    model.next_page()
    assert model.page == 3
    model.first_page()
    model.previous_page()
    assert model.page == 0
    model.go_to(15.0)
    assert model.page == 1


def test_hidden_evidence_is_kept() -> None:
    model = SheetModel()
    evidence = Evidence(("V3",), (Span(1, 5, "pause"),), {"V3": "T −0.90"})
    model.set_evidence(evidence)
    assert model.lit == evidence
    model.toggle_evidence()
    assert (model.lit, model.evidence) == (Evidence(), evidence)


def test_evidence_without_leads_concerns_all_and_without_spans_only_its_leads() -> None:
    assert Evidence((), (Span(0, 1, "vf"),)).concerns("V1")
    assert not Evidence().concerns("V1")
    assert Evidence(("V1",)).concerns("V1")
    assert not Evidence(("V1",), (Span(0, 1, "vf"),)).concerns("V2")


def test_a_failed_sheet_holds_no_recording() -> None:
    model = SheetModel()
    model.show(recording())
    model.fail("采样率为 0")
    assert (model.recording, model.placement, model.failure) == (None, None, "采样率为 0")
    model.show(recording())
    assert model.failure is None
    model.clear()
    assert model.recording is None
