"""The DICOM ECG writer: nothing is lost, and others accept and read what it wrote."""

import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from ecg_files import dicom_bytes, recording
from farlead.formats import read
from farlead.formats.dicom_ecg_samples import coding
from farlead.formats.leads import TWELVE
from farlead.model.people import Patient
from farlead.model.recording import Annotation, Device, Recording, RequestHints

_CLASSES = "1.2.840.10008.5.1.4.1.1.9.1."
TWELVE_LEAD, GENERAL, AMBULATORY, GENERAL_32 = (f"{_CLASSES}{n}" for n in (1, 2, 3, 4))
STATEMENTS = (
    Annotation("Sinus rhythm, 窦性心律"),
    Annotation("QT interval", value=401.5, unit="ms"),
    Annotation("P axis", value=45.0, unit="deg"),
    Annotation("Ventricular rate", value=72.0),
    Annotation("QRS onset", position=0),
    Annotation("J point amplitude (V2)", position=4999, value=-0.125, unit="mV"),
    Annotation(
        "A name of more than sixty-four characters, as some devices have them 长", value=1.0
    ),
    Annotation("Half\\half", value=2.0, unit="mV"),
    Annotation("long " * 200 + "text"),
)


def ecg(data: bytes) -> Recording:
    content = read(data)
    assert isinstance(content, Recording)
    return content


def sop_class(data: bytes) -> str:
    return str(dcmread(BytesIO(data)).SOPClassUID)


def scaled(step: float) -> Recording:
    """A recording in multiples of `step` millivolts, as a device of this quantum has it."""
    original = recording(noise=0.05)
    codes = np.rint(original.samples.astype(np.float64) / step)
    return replace(original, samples=(codes * step).astype(np.float32))


CASES = {
    "standard": (recording(), TWELVE_LEAD),
    "medians": (replace(recording(), medians=recording().samples[:, 100:700]), GENERAL),
    "two leads": (recording(samples=recording().samples[:2], leads=("II", "V1")), GENERAL),
    "holter": (recording(fs=125.0), AMBULATORY),
    "holter with medians": (
        replace(recording(fs=125.0), medians=recording().samples[:, :75]),
        GENERAL_32,
    ),
    "fast": (recording(fs=8000.0, seconds=2), GENERAL_32),
    "offset": (replace(recording(), samples=recording().samples + np.float32(300)), GENERAL_32),
    "long": (recording(seconds=60), GENERAL),
}


@pytest.mark.parametrize("name", CASES)
def test_the_class_that_fits_and_the_samples_as_they_were(name: str) -> None:
    content, wanted = CASES[name]
    data = dicom_bytes(content)
    again = ecg(data)
    assert sop_class(data) == wanted
    np.testing.assert_array_equal(again.samples, content.samples)
    assert (again.medians is None) == (content.medians is None)
    if content.medians is not None:
        np.testing.assert_array_equal(again.medians, content.medians)


@pytest.mark.parametrize("step", [0.0048828125, 1 / 937.1, 0.00244140625, 1 / 200, 0.0003051757])
def test_the_quantum_of_a_device_is_found_and_nothing_is_lost(step: float) -> None:
    content = scaled(step)
    np.testing.assert_array_equal(ecg(dicom_bytes(content)).samples, content.samples)
    for found in coding(content.samples, None).steps:
        assert found == pytest.approx(step * 1000, rel=1e-6)


def test_samples_without_a_quantum_come_back_within_half_a_step() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (12, 5000))
    content = replace(recording(), samples=(recording().samples + noise).astype(np.float32))
    again = ecg(dicom_bytes(content))
    np.testing.assert_allclose(again.samples, content.samples, atol=0.5e-4 + 1e-6)


def test_what_the_device_said_is_kept() -> None:
    content = replace(recording(), annotations=STATEMENTS)
    assert ecg(dicom_bytes(content)).annotations == STATEMENTS


def test_a_text_that_no_value_holds_is_cut_into_several() -> None:
    text = "".join(chr(0x4E00 + i) for i in range(2500))
    content = replace(recording(), annotations=(Annotation(text),))
    assert "".join(a.text for a in ecg(dicom_bytes(content)).annotations) == text


@pytest.mark.parametrize(("years", "again"), [(34.0, 34.0), (0.5, 0.5), (10 / 365.25, 10 / 365.25)])
def test_age_and_request_go_along(years: float, again: float) -> None:
    content = replace(
        recording(),
        patient=Patient(name="𠮷田", age_years=years),
        hints=RequestHints("胸痛", "李医生", "急诊科", "东镇卫生院", "STAT"),
    )
    found = ecg(dicom_bytes(content))
    assert found.hints == content.hints
    assert found.patient.age_years == pytest.approx(again)
    assert found.patient.name == "𠮷田"


_ROWS = st.integers(1, 12)
_VALUES = st.one_of(
    st.integers(-32767, 32767).map(lambda code: code / 1000),
    st.floats(-5, 5, width=32),
    st.just(float("nan")),
)


@settings(max_examples=40, deadline=None)
@given(
    rows=_ROWS,
    n=st.integers(1, 12),
    fs=st.sampled_from([50.0, 125.0, 250.0, 499.5, 500.0, 1000.0, 2000.0, 32000.0]),
    values=st.data(),
)
def test_any_recording_comes_back(rows: int, n: int, fs: float, values: st.DataObject) -> None:
    cells = values.draw(st.lists(_VALUES, min_size=rows * n, max_size=rows * n))
    cells[0] = 0.5  # a recording has at least one sample
    samples = np.array(cells, np.float32).reshape(rows, n)
    content = replace(recording(), samples=samples, leads=TWELVE[-rows:], fs=fs, device=Device())
    again = ecg(dicom_bytes(content))
    kept = [again.leads.index(lead) for lead in content.leads]
    steps = np.array(coding(samples, None).steps)[:, None] / 1000
    assert again.fs == fs
    assert np.array_equal(np.isnan(again.samples[kept]), np.isnan(samples))
    difference = np.nan_to_num(np.abs(again.samples[kept] - samples))
    assert np.all(difference <= steps / 2 + np.abs(np.nan_to_num(samples)) * 1e-6)


def test_whole_steps_that_are_asked_for_come_back_exactly() -> None:
    content = recording()
    np.testing.assert_array_equal(ecg(dicom_bytes(content)).samples, content.samples)
    assert set(coding(content.samples, 0.5).steps) == {0.5}
    assert coding(content.samples * np.float32(100), 0.5).bits == 32


@pytest.mark.parametrize("name", CASES)
def test_pydicom_reads_the_same_microvolts(name: str) -> None:
    content, _ = CASES[name]
    microvolts = dcmread(BytesIO(dicom_bytes(content))).waveform_array(0)
    np.testing.assert_allclose(microvolts.T / 1000, content.samples, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_dcmtk_and_dicom3tools_accept_it(name: str, tmp_path: Path) -> None:
    """Both are Debian's; the second knows no 32-bit General ECG, which is younger."""
    content, wanted = CASES[name]
    file = tmp_path / "ecg.dcm"
    file.write_bytes(dicom_bytes(replace(content, annotations=STATEMENTS)))
    for tool in ("dcmdump", "dcm2xml"):
        found = subprocess.run([tool, file], capture_output=True, text=True, check=True)
        assert found.stderr == ""
    if wanted != GENERAL_32:
        found = subprocess.run(["dciodvfy", file], capture_output=True, text=True, check=False)
        assert "Error" not in found.stderr + found.stdout


@pytest.mark.parametrize(
    "wrong",
    [
        replace(recording(), start=None),
        replace(recording(), leads=("?", *TWELVE[1:])),
        replace(recording(), fs=0.0),
        replace(recording(), samples=np.full((12, 9), np.inf, np.float32)),
        replace(recording(), samples=np.zeros((12, 0), np.float32)),
    ],
)
def test_what_no_class_may_hold_is_refused(wrong: Recording) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        dicom_bytes(wrong)
