"""Each lead stands once, under its own name, in every layout."""

from collections import Counter

import pytest

from farlead_ui.ecg.layouts import LAYOUTS, Layout, place
from support_sheet import EIGHT, EIGHTEEN, FIFTEEN, TWELVE, TWO

LEAD_SETS = [TWELVE, EIGHT, FIFTEEN, EIGHTEEN, TWO, ("I",), TWELVE[::-1], ("II", "II", *TWELVE)]


@pytest.mark.parametrize("leads", LEAD_SETS, ids=lambda leads: f"{len(leads)}:{leads[0]}")
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
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


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_names_all_twelve_leads_once(layout: Layout) -> None:
    assert sorted(layout.leads) == sorted(TWELVE)


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
    assert names == ["4×4+1", "4×4", "15×1", "8×2", "4×4+3"]
