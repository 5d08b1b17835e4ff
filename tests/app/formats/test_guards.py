"""Leads that are missing or copied, and clocks that cannot be right, are said."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ecg_files import dicom_bytes, recording
from farlead.formats import read
from farlead.formats.guards import of_leads
from farlead.formats.leads import TWELVE
from farlead.messages import Language
from farlead.model.recording import Recording
from farlead.model.study import doubtful_clock

ARRIVED = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def notes(leads: tuple[str, ...], samples: np.ndarray) -> dict[str, object]:
    return {
        note.id.rpartition(".")[2]: note.parameters["leads"] for note in of_leads(leads, samples)
    }


def test_a_whole_ecg_raises_no_doubt() -> None:
    made = recording()
    assert notes(made.leads, made.samples) == {}


def test_missing_leads_are_named() -> None:
    made = recording()
    assert notes(made.leads[:10], made.samples[:10]) == {"leads_missing": "V5, V6"}


@pytest.mark.parametrize("leads", [("II",), ("I", "II", "III"), ("V1", "V2")])
def test_a_recording_that_is_no_twelve_lead_ecg_misses_nothing(leads: tuple[str, ...]) -> None:
    made = recording()
    rows = [TWELVE.index(lead) for lead in leads]
    assert notes(leads, made.samples[rows]) == {}


def test_copied_leads_are_named_wherever_they_part() -> None:
    samples = recording(seconds=20).samples.copy()
    samples[TWELVE.index("V3")] = samples[TWELVE.index("V1")]
    assert notes(TWELVE, samples) == {"same_signal": "V1, V3"}
    samples[TWELVE.index("V3"), -1] += 0.001
    assert notes(TWELVE, samples) == {}


def test_flat_leads_are_not_copies_and_gaps_do_not_hide_one() -> None:
    samples = recording().samples.copy()
    samples[6:8] = 0.0
    samples[8:10, :100] = np.nan
    samples[9] = samples[8]
    assert notes(TWELVE, samples) == {"same_signal": "V3, V4"}


def test_a_file_with_a_copied_lead_says_so() -> None:
    made = recording()
    samples = made.samples.copy()
    samples[7] = samples[6]
    content = read(dicom_bytes(made, samples=samples))
    assert isinstance(content, Recording)
    assert [n.parameters for n in content.notes if n.id.endswith("same_signal")] == [
        {"leads": "V1, V2"}
    ]


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (timedelta(minutes=-9), None),
        (timedelta(minutes=-11), "reading.clock_ahead"),
        (timedelta(days=364), None),
        (timedelta(days=800), "reading.clock_old"),
    ],
)
def test_a_clock_ahead_or_years_behind_is_said(late: timedelta, expected: str | None) -> None:
    for start in (ARRIVED - late, (ARRIVED - late).astimezone().replace(tzinfo=None)):
        doubt = doubtful_clock(start, ARRIVED)
        assert (doubt.id if doubt else None) == expected
        assert doubt is None or all(f"{start:%Y}" in doubt.text(spoken) for spoken in Language)
    assert doubtful_clock(None, ARRIVED) is None
