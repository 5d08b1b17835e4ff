"""ISHNE Holter files: samples by the stated resolution, or a sentence that says what is wrong."""

import tracemalloc
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats import ishne, read
from farlead.messages import Language
from farlead.model.people import Patient, Sex
from farlead.model.recording import Annotation, Recording
from ishne_files import FIELDS, ccitt, ishne_bytes, patched

RNG = np.random.default_rng(9)
STEPS = RNG.integers(-32767, 32768, (3, 6000))
SPECS, RESOLUTION = (12, 15, 7), (2500, 5000, 1000)  # V2, V5, III
ECG = ishne_bytes(STEPS, specs=SPECS, resolution=RESOLUTION)


def ecg(data: bytes) -> Recording:
    content = read(data)
    assert isinstance(content, Recording)
    return content


def notes(content: Recording) -> str:
    for note in content.notes:
        assert note.text(Language.ZH)
    return "\n".join(note.text(Language.EN) for note in content.notes)


def refusal(data: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    error = caught.value
    assert error.reason.id != "formats.damaged"
    assert "请" in error.text(Language.ZH)
    assert "sk the unit" in error.text(Language.EN)
    return error


def test_the_checksum_is_that_of_the_published_check_value() -> None:
    assert ccitt(b"123456789") == 0x29B1  # CRC-16/CCITT-FALSE


def test_samples_leads_and_header() -> None:
    content = ecg(ECG)
    assert (content.leads, content.fs) == (("III", "V2", "V5"), 200.0)
    expected = np.stack([STEPS[2] * 0.001, STEPS[0] * 0.0025, STEPS[1] * 0.005])
    np.testing.assert_array_equal(content.samples, expected.astype(np.float32))
    assert content.patient == Patient(
        "Li Si", "H0001", sex=Sex.FEMALE, birth_date=date(1960, 5, 17)
    )
    assert content.start == datetime.fromisoformat("2026-11-22T01:30:00")
    assert content.annotations == ()
    assert content.device.model is None


def test_lead_fault_is_not_recorded() -> None:
    steps = STEPS.copy()
    steps[1, 100:200] = -32768
    content = ecg(ishne_bytes(steps, specs=SPECS, resolution=RESOLUTION))
    assert np.isnan(content.samples[2, 100:200]).all()
    assert np.isnan(content.samples).sum() == 100


def test_all_lead_codes() -> None:
    steps = STEPS.reshape(9, -1)[:, :1500]
    content = ecg(ishne_bytes(steps, specs=(2, 3, 4, 5, 17, 18, 19, 0, 1), resolution=[1000] * 9))
    assert content.leads == ("I", "X", "Y", "Z", "ES", "AS", "AI", "#8", "#9")
    assert "No recognisable lead name: channel 8" in notes(content)


def test_statements_of_the_device() -> None:
    content = ecg(
        ishne_bytes(
            STEPS,
            specs=SPECS,
            resolution=RESOLUTION,
            quality=(1, 3, 5),
            pacemaker=3,
            recorder=b"H12+",
            variable=b"diary: stairs at ten",
        )
    )
    assert content.device.model == "H12+"
    assert content.annotations == (
        Annotation("Lead V5: frequent noise"),
        Annotation("Lead III: frequent disconnection"),
        Annotation("Pacemaker: dual chamber unipolar"),
        Annotation("diary: stairs at ten"),
    )
    binary = ishne_bytes(STEPS, specs=SPECS, resolution=RESOLUTION, variable=bytes(range(200)))
    assert ecg(binary).annotations == ()


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ((b"\xc3\xf4", b"\xc0\xee"), "李敏"),
        (("敏".encode(), "李".encode()), "李敏"),
        (("Jürgen".encode("latin-1"), b"Vogt"), "Vogt Jürgen"),
        ((b"", b"Li"), "Li"),
        ((b"", b""), None),
    ],
)
def test_names(names: tuple[bytes, bytes], shown: str | None) -> None:
    content = ecg(ishne_bytes(STEPS, specs=SPECS, resolution=RESOLUTION, names=names))
    assert content.patient.name == shown


@pytest.mark.parametrize(
    ("day", "clock"),
    [((0, 0, 0), (0, 0, 0)), ((-9, -9, -9), (1, 2, 3)), ((1, 1, 2026), (25, 0, 0))],
)
def test_no_usable_time(day: tuple[int, int, int], clock: tuple[int, int, int]) -> None:
    content = ecg(ishne_bytes(STEPS, specs=SPECS, resolution=RESOLUTION, day=day, clock=clock))
    assert content.start is None
    assert "no usable acquisition time" in notes(content)


def test_the_length_as_writers_state_it() -> None:
    for stated, noted in ((6000, ""), (18_000, ""), (0, "does not state its length")):
        data = ishne_bytes(STEPS, specs=SPECS, resolution=RESOLUTION, samples=stated)
        content = ecg(data)
        assert content.samples.shape == (3, 6000)
        assert (noted in notes(content)) if noted else "length" not in notes(content)
    content = ecg(ECG + b"\0" * 7)
    assert content.samples.shape == (3, 6000)
    assert "7 bytes beyond" in notes(content)


def test_checksums() -> None:
    block = ECG[10:522]
    swapped = ccitt(block).to_bytes(2, "big")
    assert not notes(ecg(ECG[:8] + swapped + ECG[10:])).count("checksum")
    unset = ishne_bytes(STEPS, specs=SPECS, resolution=RESOLUTION, checksum=0)
    assert "no checksum" in notes(ecg(unset))
    error = refusal(patched(ECG, "id", b"H0002", sign=False))
    assert (error.reason.id, error.offset) == ("formats.ishne.checksum", 8)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"ANN  1.0" + ECG[8:], "ishne.only_marks"),
        (ECG[:400], "ishne.cut"),
        (ECG[:9], "ishne.cut"),
        (patched(ECG, "variable_size", b"\xff\xff\xff\x7f"), "ishne.offsets"),
        (patched(ECG, "variable_size", b"\xff\xff\xff\xff"), "ishne.offsets"),
        (patched(ECG, "ecg_offset", (600).to_bytes(4, "little")), "ishne.offsets"),
        (patched(ECG, "leads", (0).to_bytes(2, "little")), "ishne.leads"),
        (patched(ECG, "leads", (13).to_bytes(2, "little")), "ishne.leads"),
        (patched(ECG, "resolution", bytes(24)), "ishne.resolution"),
        (patched(ECG, "samples", b"\xff\xff\xff\x7f"), "ishne.truncated"),
        (patched(ECG, "samples", b"\xff\xff\xff\xff"), "ishne.truncated"),
        (ECG[:-1], "ishne.truncated"),
        (ECG[: len(ECG) // 2], "ishne.truncated"),
        (patched(ECG, "rate", bytes(2)), "rate"),
        (patched(ECG, "rate", b"\xff\xff"), "rate"),
        (ishne_bytes(STEPS[:, :0], specs=SPECS, resolution=RESOLUTION), "no_samples"),
    ],
)
def test_refusals(data: bytes, reason: str) -> None:
    assert refusal(data).reason.id == f"formats.{reason}"


def test_a_variable_block_that_is_cut() -> None:
    data = ishne_bytes(STEPS, specs=SPECS, resolution=RESOLUTION, variable=b"x" * 3000)
    assert refusal(data[:2000]).reason.id == "formats.ishne.cut"


def test_nothing_shorter_is_read() -> None:
    for end in (*range(8, 600, 7), *range(600, len(ECG), 997), len(ECG) - 1):
        refusal(ECG[:end])


def test_a_long_recording_is_not_held_twice() -> None:
    steps = np.tile(STEPS, (1, 600))
    data = ishne_bytes(steps, specs=SPECS, resolution=RESOLUTION)
    tracemalloc.start()
    content = ishne.read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert content.samples.shape == (3, 3_600_000)
    assert peak <= 1.15 * content.samples.nbytes


@settings(max_examples=100, deadline=None)
@given(
    codes=st.lists(st.sampled_from(range(2, 20)), min_size=1, max_size=12, unique=True),
    n=st.integers(1, 400),
    rate=st.integers(50, 32_000),
    variable=st.binary(max_size=50),
    data=st.data(),
)
def test_any_file_of_the_maker(
    codes: list[int], n: int, rate: int, variable: bytes, data: st.DataObject
) -> None:
    count = len(codes)
    resolution = data.draw(st.lists(st.integers(1, 32_767), min_size=count, max_size=count))
    steps: NDArray[np.int64] = np.random.default_rng(n).integers(-32_767, 32_768, (count, n))
    content = ishne.read(
        ishne_bytes(steps, specs=codes, resolution=resolution, rate=rate, variable=variable)
    )
    names = {5: "I", 6: "II", 7: "III", 8: "aVR", 9: "aVL", 10: "aVF", 2: "X", 3: "Y", 4: "Z"}
    names |= {code: f"V{code - 10}" for code in range(11, 17)} | {17: "ES", 18: "AS", 19: "AI"}
    for code, row, step in zip(codes, steps, resolution, strict=True):
        expected = (row * step / 1e6).astype(np.float32)
        np.testing.assert_array_equal(content.samples[content.leads.index(names[code])], expected)


@settings(max_examples=300, deadline=None)
@given(
    field=st.sampled_from(sorted(FIELDS)),
    value=st.binary(max_size=2) | st.sampled_from([b"\xff" * 4, b"\xff\xff\xff\x7f", b"\0" * 4]),
    sign=st.booleans(),
    cut=st.none() | st.integers(8, len(ECG)),
)
def test_any_damage(field: str, value: bytes, sign: bool, cut: int | None) -> None:
    data = patched(ECG, field, value[: FIELDS[field][1]], sign=sign)[:cut]
    try:
        content: Recording | UnreadableFile = ishne.read(data)
    except UnreadableFile as error:
        content = error
    if isinstance(content, UnreadableFile):
        assert content.reason.id != "formats.damaged", content.__cause__
