"""Each lead stands once, under its own name, in every layout."""

from collections import Counter

import pytest

from farlead_ui.ecg.layouts import LAYOUTS, Layout, Time, place
from support_sheet import EIGHT, EIGHTEEN, FIFTEEN, TWELVE, TWO

HOLTER = ("CM5", "CM1", "aVF")
LEAD_SETS = [
    TWELVE, EIGHT, FIFTEEN, EIGHTEEN, TWO, HOLTER, ("I",), TWELVE[::-1], ("II", "II", *TWELVE),
]  # fmt: skip
ALL_LEADS = [layout for layout in LAYOUTS if layout.time is not Time.LINES]


@pytest.mark.parametrize("leads", LEAD_SETS, ids=lambda leads: f"{len(leads)}:{leads[0]}")
@pytest.mark.parametrize("layout", ALL_LEADS, ids=lambda layout: layout.name)
def test_each_lead_once_under_its_name(layout: Layout, leads: tuple[str, ...]) -> None:
    placement = place(layout, leads)
    placed = [p for p in placement.places if not p.rhythm and p.index is not None]
    assert Counter(p.index for p in placed) == Counter(range(len(leads)))
    assert all(leads[p.index] == p.lead for p in placed if p.index is not None)


@pytest.mark.parametrize("leads", LEAD_SETS, ids=lambda leads: f"{len(leads)}:{leads[0]}")
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_no_two_leads_share_a_place(layout: Layout, leads: tuple[str, ...]) -> None:
    placement = place(layout, leads)
    spots = Counter((p.row, p.column) for p in placement.places)
    assert max(spots.values()) == 1
    assert all(p.row < placement.rows and p.column < p.columns for p in placement.places)


@pytest.mark.parametrize("layout", ALL_LEADS, ids=lambda layout: layout.name)
def test_a_layout_names_all_leads_once(layout: Layout) -> None:
    sets = {12: TWELVE, 15: FIFTEEN, 18: EIGHTEEN}
    assert sorted(layout.leads) == sorted(sets[len(layout.leads)])


def test_layouts_have_names_of_their_own() -> None:
    assert len({layout.name for layout in LAYOUTS}) == len(LAYOUTS)


@pytest.mark.parametrize("leads", LEAD_SETS, ids=lambda leads: f"{len(leads)}:{leads[0]}")
def test_one_lead_in_lines_names_those_left_out(leads: tuple[str, ...]) -> None:
    (layout,) = (one for one in LAYOUTS if one.time is Time.LINES)
    placement = place(layout, leads)
    (lead,) = {p.lead for p in placement.places}
    assert sorted((lead, *placement.omitted)) == sorted(leads)
    assert {leads[p.index] for p in placement.places if p.index is not None} == {lead}


def test_cabrera_turns_avr_and_says_so_in_its_place() -> None:
    (layout,) = (one for one in LAYOUTS if one.name == "Cabrera 6×2")
    limb = [p for p in place(layout, TWELVE).places if p.column == 0]
    assert [p.lead for p in limb] == ["aVL", "I", "aVR", "II", "aVF", "III"]
    assert [p.inverted for p in limb] == [False, False, True, False, False, False]


def test_the_rhythm_lead_can_be_chosen() -> None:
    strips = [p.lead for p in place(LAYOUTS[0], TWELVE, "V1").places if p.rhythm]
    assert strips == ["V1"]
    strips = [p.lead for p in place(LAYOUTS[4], TWELVE, "V5").places if p.rhythm]
    assert strips == ["V5", "II", "V1"]
    assert [p.lead for p in place(LAYOUTS[0], TWO, "V1").places if p.rhythm] == []
    eight = [p.lead for p in place(LAYOUTS[0], EIGHT, "aVF").places if p.rhythm]
    assert eight == ["II"]  # not recorded


def test_missing_leads_keep_their_place_without_samples() -> None:
    placement = place(LAYOUTS[0], EIGHT)
    assert {p.lead for p in placement.places if p.index is None} == {"III", "aVR", "aVL", "aVF"}


def test_the_rhythm_lead_is_lead_two() -> None:
    rhythm = [p for p in place(LAYOUTS[0], TWELVE).places if p.rhythm]
    assert [(p.lead, p.index, p.columns) for p in rhythm] == [("II", 1, 1)]


def test_another_rhythm_lead_stands_under_its_own_name() -> None:
    without = tuple(lead for lead in TWELVE if lead != "II")
    (rhythm,) = [p for p in place(LAYOUTS[0], without).places if p.rhythm]
    assert (rhythm.lead, without[rhythm.index or 0]) == ("V1", "V1")


def test_a_monitor_recording_gets_a_row_a_lead() -> None:
    placement = place(LAYOUTS[0], TWO)
    assert (placement.name, placement.rows, placement.columns) == ("2×1", 2, 1)


def test_the_order_of_the_columns_is_that_of_paper() -> None:
    rows = {(p.row, p.column): p.lead for p in place(LAYOUTS[1], TWELVE).places}
    assert [rows[0, c] for c in range(4)] == ["I", "aVR", "V1", "V4"]
    assert [rows[2, c] for c in range(4)] == ["III", "aVF", "V3", "V6"]


def test_the_name_tells_the_rows_that_there_really_are() -> None:
    names = [place(layout, FIFTEEN).name for layout in LAYOUTS]
    assert names[:7] == ["4×4+1", "4×4", "15×1", "8×2", "4×4+3", "3×6", "8×2"]
    assert names[7:10] == ["3×5+1", "3×6+1", "15×1"]
