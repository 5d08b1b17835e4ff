"""Leads that are missing or copied, and clocks that cannot be right, are said."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import scp_files
from ecg_files import dicom_bytes, noisy, recording
from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.formats.assembly import Channel, Notes, assemble
from farlead.formats.guards import blank_filler, of_leads
from farlead.formats.leads import TWELVE, by_code, by_text, derive_limb_lead, reconstructed
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


@pytest.mark.parametrize(
    "leads", [("II",), ("I", "II", "III"), ("V1", "V2"), ("V1", "V2", "V3", "V4", "V5")]
)
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


def test_leads_that_were_calculated_are_no_copies() -> None:
    made = recording()
    samples = made.samples.copy()
    samples[1] = samples[0]
    for row, name in enumerate(("III", "aVR", "aVL", "aVF"), start=2):
        samples[row] = derive_limb_lead(name, samples[0], samples[1])
    found = list(of_leads(TWELVE, samples, ("III", "aVR", "aVL", "aVF")))
    assert [note.parameters["leads"] for note in found] == ["I, II"]


@pytest.mark.parametrize("step", [0.001, 0.005, 0.02])
def test_limb_leads_rounded_each_by_itself_do_not_contradict(step: float) -> None:
    samples = np.rint(noisy(noise=0.01).samples.astype(np.float64) / step) * step
    assert notes(TWELVE, samples.astype(np.float32)) == {}


@pytest.mark.parametrize(
    ("lead", "gain", "named"),
    [
        ("III", 1.2, "III"),
        ("aVF", 0.5, "aVF"),
        ("aVR", -1.0, "aVR"),
        ("II", 1.1, "III, aVR, aVL, aVF"),
    ],
)
def test_limb_leads_that_contradict_one_another_are_named(
    lead: str, gain: float, named: str
) -> None:
    samples = noisy(noise=0.02).samples.copy()
    samples[TWELVE.index(lead)] *= np.float32(gain)
    assert notes(TWELVE, samples) == {"contradiction": named}


def test_a_spike_in_one_limb_lead_is_no_contradiction() -> None:
    samples = recording().samples.copy()
    samples[2, 100:110] += 2
    assert notes(TWELVE, samples) == {}


def test_empty_leads_are_named_and_are_no_copies() -> None:
    samples = recording().samples.copy()
    samples[6:8] = np.nan
    assert notes(TWELVE, samples) == {"empty_leads": "V1, V2"}


def test_amplitudes_that_no_ecg_has_are_doubted() -> None:
    samples = recording().samples.copy()
    samples[7] *= 1000
    assert notes(TWELVE, samples) == {"scale": "V2"}
    samples[7] = np.inf
    with pytest.raises(UnreadableFile, match="infinite"):
        list(of_leads(TWELVE, samples))


@pytest.mark.parametrize("rail", [-32768, 32767])
def test_filler_at_the_end_of_the_numbers_is_no_signal(rail: int) -> None:
    rows = [row.copy() for row in recording().samples[:8]]
    for row in rows:
        row[-1000:] = rail * 0.005
    assert blank_filler(rows)
    assert all(np.isnan(row[-1000:]).all() and not np.isnan(row[:-1000]).any() for row in rows)
    assert not blank_filler(rows)


def test_leads_that_drift_together_stay() -> None:
    rows = [row + np.linspace(0, 20, row.size, dtype=np.float32) for row in recording().samples[:8]]
    for row in rows:
        row[-1] = row.max() + 0.1
    assert not blank_filler(rows)


def test_a_lead_that_is_clipped_alone_stays() -> None:
    rows = [row.copy() for row in recording().samples[:8]]
    rows[3][-1000:] = 160.0
    assert not blank_filler(rows)


@pytest.mark.parametrize("year", [1, 1899, 9999])
def test_a_time_that_nothing_can_be_reckoned_with_is_none(year: int) -> None:
    start = datetime(year, 1, 1, tzinfo=UTC)
    one = Channel("II", "II", recording().samples[1])
    found = assemble([one], 500.0, Notes(), start=start)
    assert found.start is None
    assert [note.id for note in found.notes] == ["formats.note.clock"]


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("LEAD I", "I"), ("lead II", "II"), ("DIII", "III"), ("C4", "V4"), ("Ⅱ", "II"),
        ("avf导联", "aVF"), ("导联 V2", "V2"), ("V3 R", "V3R"), ("\u2212aVR", "-aVR"),
        ("Lead I (Einthoven)", "I"), ("aVR, augmented voltage, right", "aVR"),
        ("aVR (inverted)", None), ("III (derived)", None), ("VR", None), ("Leading", None),
        ("", None),
    ],
)  # fmt: skip
def test_names_that_carts_give_to_leads(text: str, lead: str | None) -> None:
    assert by_text(text) == lead


def test_codes_of_leads_that_were_calculated_are_known() -> None:
    assert (by_code("2:111", "MDC"), reconstructed("2:111")) == ("III", True)
    assert (by_code("5.6.3-9-61", "SCPECG"), reconstructed("5.6.3-9-61")) == ("III", False)
    body = scp_files.leads_section(TWELVE, [(1, 500)] * 12)
    body = body[:-1] + bytes([38])
    short = recording(seconds=1.0)
    content = read(scp_files.scp_bytes(short, more={3: body}))
    assert any(note.id == "formats.note.reconstructed" for note in content.notes)
    assert by_code("2:" + "9" * 40, "MDC") is None


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
