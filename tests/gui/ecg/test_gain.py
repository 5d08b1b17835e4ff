"""Limb and chest gains apart, and the automatic one; anything not standard is said."""

from itertools import pairwise

import numpy as np
import pytest

from farlead_ui.ecg.gain import GAINS, Gain, automatic, is_chest
from farlead_ui.ecg.geometry import Paper, Sheet, lay_out, scale_for
from farlead_ui.ecg.layouts import LAYOUTS, place
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.trace import strokes
from farlead_ui.ecg.wording import gain_text, warnings_of
from support_sheet import EIGHTEEN, TWELVE, recording


def _sheet(gain: Gain, layout: int = 0) -> Sheet:
    paper = Paper(25.0, gain, 500.0, 5000)
    return lay_out(place(LAYOUTS[layout], TWELVE), paper, scale_for(3.6, 1.0), 1140, 856, 1.0)


def test_chest_leads_are_known_by_their_names() -> None:
    assert [lead for lead in EIGHTEEN if not is_chest(lead)] == list(TWELVE[:6])
    assert not is_chest("aVR")
    assert not is_chest("MLII")


@pytest.mark.parametrize("limb", GAINS)
@pytest.mark.parametrize("chest", GAINS)
def test_each_lead_is_drawn_at_the_gain_of_its_group(limb: float, chest: float) -> None:
    made = _sheet(Gain(limb, chest))
    for cell in made.cells:
        of = chest if is_chest(cell.lead) else limb
        points = strokes(np.ones(5000), cell, made)[0]
        assert points[:, 1] == pytest.approx(cell.baseline + 0.5 - of * 3.6)


def test_the_pulse_of_a_row_has_a_step_for_each_of_its_gains() -> None:
    for outline in _sheet(Gain(10.0, 5.0)).pulses[:3]:
        assert {-y for _, y in outline} == {0, 36, 18}
        assert all(b >= a for (a, _), (b, _) in pairwise(outline)), "drawn from left to right"
    assert {-y for _, y in _sheet(Gain(10.0, 5.0)).pulses[3]} == {0, 36}, "the rhythm lead is II"
    assert {-y for _, y in _sheet(Gain(), layout=2).pulses[8]} == {0, 36}
    assert {-y for _, y in _sheet(Gain(10.0, 5.0), layout=2).pulses[8]} == {0, 18}


def test_steps_keep_the_ratio_and_stop_at_the_ends() -> None:
    model = SheetModel()
    model.chest_down()
    assert model.gains == Gain(10.0, 5.0)
    for _ in range(9):
        model.gain_down()
    assert model.gains == Gain(5.0, 2.5), "the ratio of the groups stays"
    for _ in range(9):
        model.chest_up()
    assert model.gains == Gain(5.0, 40.0)
    model.standard_gain()
    assert model.gains == Gain()
    with pytest.raises(ValueError, match="no gain"):
        model.set_gain(10.0, 7.0)


def test_what_is_not_standard_is_said_in_full() -> None:
    model = SheetModel()
    model.show(recording())
    assert warnings_of(model) == []
    model.set_gain(10.0, 5.0)
    assert not model.gain_standard
    assert warnings_of(model) == ["Limb 10, chest 5 mm/mV not standard"]
    assert gain_text(Gain(20.0, 20.0, automatic=True)) == "20 mm/mV automatic"
    assert gain_text(Gain()) == "10 mm/mV"


@pytest.mark.parametrize(
    ("limb", "chest", "rows", "wanted"),
    [
        (1.0, 1.5, 4, (10.0, 10.0)),
        (1.0, 3.0, 4, (10.0, 5.0)),
        (3.0, 7.0, 4, (5.0, 2.5)),
        (0.3, 1.0, 4, (20.0, 10.0)),
        (1.0, 1.5, 12, (10.0, 5.0)),
        (0.0, 90.0, 4, (10.0, 2.5)),
    ],
)
def test_automatic_gain_keeps_traces_in_their_rows(
    limb: float, chest: float, rows: int, wanted: tuple[float, float]
) -> None:
    samples = np.zeros((12, 5000))
    samples[:6, ::50], samples[6:, ::50] = limb, chest
    samples[0, 7] = np.nan
    found = automatic(samples, TWELVE, rows)
    assert (found.limb, found.chest) == wanted
    assert found.automatic


def test_automatic_gain_ends_with_the_study_and_with_the_next_step() -> None:
    model = SheetModel()
    model.automatic_gain()
    assert model.gains == Gain()
    samples = np.zeros((12, 5000))
    samples[:, ::50] = 3.0
    model.show(recording(samples=samples))
    model.automatic_gain()
    assert model.gains == Gain(5.0, 5.0, automatic=True)
    model.gain_up()
    assert model.gains == Gain(10.0, 10.0)
    model.automatic_gain()
    model.show(recording())
    assert model.gains == Gain()


def test_a_day_is_judged_by_pieces_from_all_over_it() -> None:
    lead = np.zeros(1 << 20, np.float32)
    lead[1 << 19 :: 100] = 3.0  # only in its second half
    assert automatic(lead[None], ("II",), 12).limb < 5.0
