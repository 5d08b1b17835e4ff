"""Whatever comes in: a recording, an image study, or a reason. Nothing else, and soon."""

import tomllib
from importlib import resources
from pathlib import Path
from string import Formatter

import pydicom.data
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecg_files import dicom_bytes
from farlead.errors import UnreadableFile
from farlead.formats import digest, read
from farlead.messages import Language
from farlead.model.recording import ImageStudy, Recording

WHEEL = Path(pydicom.data.__file__).parent / "test_files"
ECG = dicom_bytes()
#: Small files that between them reach every branch of the reader.
SEEDS = (
    "CT_small.dcm",
    "MR_small_RLE.dcm",
    "JPEG2000.dcm",
    "SC_rgb_jpeg_gdcm.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "image_dfl.dcm",
    "rtdose_rle_1frame.dcm",
    "test-SR.dcm",
    "ExplVR_BigEnd.dcm",
)


def check(source: Path | bytes) -> Recording | ImageStudy | UnreadableFile:
    try:
        content = read(source)
    except UnreadableFile as error:
        refusal = error
    else:
        return well_formed(content)
    assert refusal.text(Language.ZH)
    assert refusal.text(Language.EN)
    return refusal


def well_formed(content: object) -> Recording | ImageStudy:
    assert isinstance(content, Recording | ImageStudy)
    for note in content.notes:
        assert note.text(Language.ZH)
        assert note.text(Language.EN)
    return content


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_every_file_of_the_wheel() -> None:
    results = [check(path) for path in files(WHEEL)]
    assert sum(not isinstance(result, UnreadableFile) for result in results) > 80


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("folder", ["dicom", "device"])
def test_every_shared_file(farlead_data: Path, folder: str) -> None:
    for path in files(farlead_data / folder):
        check(path)


@pytest.mark.data
def test_the_device_files_of_the_shared_folder_read(farlead_data: Path) -> None:
    for name, leads, n, fs in (
        ("dicom_ecg_plot/anonymous_ecg.dcm", 12, 10_000, 1000),
        ("ecgtoolkit/Example.dcm", 12, 5000, 500),
        ("ecgprocess/example-DICOM1.dcm", 12, 5000, 500),
    ):
        content = check(farlead_data / "device" / name)
        assert isinstance(content, Recording)
        assert (len(content.leads), content.samples.shape[1], content.fs) == (leads, n, fs)
        assert content.medians is not None


@pytest.mark.data
def test_samples_agree_with_a_plain_reading_of_the_same_file(farlead_data: Path) -> None:
    import numpy as np
    from pydicom import dcmread

    file = farlead_data / "device" / "dicom_ecg_plot" / "anonymous_ecg.dcm"
    content = check(file)
    assert isinstance(content, Recording)
    microvolts = dcmread(file).waveform_array(0)
    np.testing.assert_allclose(content.samples.T * 1000, microvolts, atol=1e-3)


def _mutated(data: bytes, edits: list[tuple[int, bytes]], cut: int | None) -> bytes:
    changed = bytearray(data)
    for position, piece in edits:
        at = position % len(changed)
        changed[at : at + len(piece)] = piece
    return bytes(changed[: cut % (len(changed) + 1)] if cut is not None else changed)


_INTERESTING = st.sampled_from(
    [
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"\xfe\xff\x00\xe0",
        b"\xff\xff\xff\x7f",
        b"SQ",
        b"UN",
        b"\xff",
    ]
)
_EDITS = st.lists(
    st.tuples(st.integers(0, 1 << 20), st.one_of(_INTERESTING, st.binary(min_size=1, max_size=4))),
    max_size=8,
)


@pytest.mark.parametrize("seed", [*SEEDS, "ecg"])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(edits=_EDITS, cut=st.none() | st.integers(0, 1 << 20))
def test_damaged_files_end_in_a_reason(
    seed: str, edits: list[tuple[int, bytes]], cut: int | None
) -> None:
    data = ECG if seed == "ecg" else (WHEEL / seed).read_bytes()
    check(_mutated(data, edits, cut))


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=600))
def test_any_bytes(data: bytes) -> None:
    check(data)
    check(b"\0" * 128 + b"DICM" + data)


def test_reading_from_several_threads_gives_the_same() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        digests = {digest(content) for content in pool.map(read, [ECG] * 20)}
    assert len(digests) == 1


def test_reasons_name_what_to_do_in_both_languages() -> None:
    file = resources.files("farlead").joinpath("texts", "formats.toml")
    texts = tomllib.loads(file.read_text("utf-8"))["formats"]
    for name in ("empty", "too_large", "is_text", "is_other", "unknown"):
        assert "请" in texts[name]["zh"], name
        assert list(Formatter().parse(texts[name]["en"]))
