"""Formats against one another: what two files say of one recording is the same to us.

And the whole shared folder of device files: each reads with these figures or is refused with
this sentence; a file that is not in the table fails the test.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aecg_files import aecg_bytes
from cardiosoft_files import cardiosoft_bytes
from ecg_files import dicom_bytes, recording
from farlead.errors import UnreadableFile
from farlead.formats import identify, read
from farlead.formats.csv_writer import encode_csv
from farlead.formats.edf_writer import encode_edf
from farlead.formats.leads import TWELVE
from farlead.formats.wfdb_writer import encode_wfdb
from farlead.messages import Language
from farlead.model.recording import Recording
from ishne_files import ishne_bytes
from mortara_files import mortara_bytes
from muse_files import muse_bytes
from schiller_files import schiller_bytes
from scp_files import scp_bytes
from sierra_files import sierra_bytes
from wfdb_files import zipped

_TEN = (12, 5000, 500.0)
_PHILIPS = (12, 5500, 500.0)
_TRIAL = "fda_aecg/ectd_example/FDA000003/0000/m5/datasets/Test/misc/aecg"
#: Leads, samples, rate, samples of the median beat; or the refusal.
EXPECTED: dict[str, tuple[int, int, float, int | None] | str] = {
    "braveheart_xml/example1.xml": (*_TEN, 600),
    "braveheart_xml/example2.xml": (*_TEN, 600),
    "braveheart_xml/example3.xml": (*_TEN, 600),
    "dicom_ecg_plot/anonymous_ecg.dcm": (12, 10_000, 1000.0, 1200),
    "ecgprocess/example-DICOM1.dcm": (*_TEN, 600),
    "ecgprocess/example-XML1.xml": (*_TEN, 600),
    "ecgtoolkit/Example.dcm": (*_TEN, 599),
    "ecgtoolkit/Example.scp": (*_TEN, 599),
    "ecgtoolkit/Example.xml": (*_TEN, 599),
    "edf_bdf/test_generator.bdf": "edf.no_ecg",
    "edf_bdf/test_generator.edf": "edf.no_ecg",
    "edf_bdf/test_generator_datarec_generator_0_5.bdf": "edf.no_ecg",
    "edf_bdf/test_generator_datarec_generator_2.bdf": "edf.no_ecg",
    "edf_bdf/test_legacy.edf": "edf.no_ecg",
    "edf_bdf/test_subsecond.edf": "edf.no_ecg",
    "edf_bdf/test_utf8.edf": "edf.no_ecg",
    f"{_TRIAL}/readme.txt": "is_text",
    f"{_TRIAL}/subject1_0.xml": (*_TEN, 599),
    f"{_TRIAL}/subject1_1.xml": (*_TEN, 599),
    f"{_TRIAL}/subject1_2.xml": (*_TEN, 599),
    f"{_TRIAL}/subject2_0.xml": (*_TEN, 599),
    f"{_TRIAL}/subject2_1.xml": (*_TEN, 599),
    f"{_TRIAL}/subject2_2.xml": (*_TEN, 599),
    "fda_aecg/examples/empty.xml": "aecg.no_waveform",
    "fda_aecg/examples/minimum_aecg.xml": "aecg.too_short",
    "fda_aecg/examples/minimum_aecg_effectiveTime_high.xml": "aecg.too_short",
    "fda_aecg/examples/minimum_aecg_effectiveTime_interval.xml": "aecg.too_short",
    "fda_aecg/examples/minimum_aecg_effectiveTime_low.xml": "aecg.too_short",
    "fda_aecg/examples/minimum_aecg_nouuid.xml": "aecg.too_short",
    "fda_aecg/hl7/2003-12 Schema/example/Example aECG.xml": (*_TEN, 599),
    "philips_sierra/1_03/129DYPRG.XML": (*_PHILIPS, None),
    "philips_sierra/1_04/3191723_ZZDEMOPTONLY_1-04_orig.xml": (*_PHILIPS, 600),
    "philips_sierra/1_04/ad4d3d80-d165_1-04_converted.xml": (*_PHILIPS, 600),
    "philips_sierra/1_04/ad4d3d80-d165_1-04_orig.xml": (*_PHILIPS, 600),
    "philips_sierra/1_04_01/2020-5-18_15-48-11.xml": (*_PHILIPS, None),
    "philips_sierra_pyfixtures/1_03/129DYPRG.XML": (*_PHILIPS, None),
    "philips_sierra_pyfixtures/1_03/repbeats_example.xml": (*_PHILIPS, None),
    "philips_sierra_pyfixtures/1_04/3191723_ZZDEMOPTONLY_1-04_orig.xml": (*_PHILIPS, 600),
    "philips_sierra_pyfixtures/1_04/ad4d3d80-d165_1-04_orig.xml": (*_PHILIPS, 600),
    "philips_sierra_pyfixtures/1_04_01/2020-5-18_15-48-11.xml": (*_PHILIPS, None),
    "philips_sierra_pyfixtures/invalid-doc-type.xml": "sierra.type",
    "philips_sierra_pyfixtures/invalid-doc-version.xml": "sierra.version",
}


def ecg(path: Path) -> Recording:
    content = read(path)
    assert isinstance(content, Recording)
    return content


def figures(path: Path) -> tuple[int, int, float, int | None] | str:
    """What the table says of a file."""
    try:
        content = ecg(path)
    except UnreadableFile as error:
        told = "请" in error.text(Language.ZH) and "sk the unit" in error.text(Language.EN)
        return error.reason.id.removeprefix("formats.") if told else "no sentence"
    assert content.leads == TWELVE
    median = None if content.medians is None else content.medians.shape[1]
    return (*content.samples.shape, content.fs, median)  # type: ignore[return-value]


@pytest.mark.data
def test_every_device_file_reads_with_its_figures_or_is_refused(farlead_data: Path) -> None:
    folder = farlead_data / "device"
    files = (path for path in folder.rglob("*") if path.is_file())
    assert {path.relative_to(folder).as_posix(): figures(path) for path in files} == EXPECTED


@pytest.mark.data
def test_one_recording_in_scp_aecg_and_dicom_is_one_recording(farlead_data: Path) -> None:
    """The same float of every sample: their quanta (2.5 µV) are the same."""
    folder = farlead_data / "device" / "ecgtoolkit"
    scp, aecg, dicom = (ecg(folder / f"Example.{end}") for end in ("scp", "xml", "dcm"))
    for other in (aecg, dicom):
        assert (scp.leads, scp.fs, scp.start) == (other.leads, other.fs, other.start)
        np.testing.assert_array_equal(scp.samples, other.samples)
        assert scp.medians is not None
        assert other.medians is not None
        np.testing.assert_array_equal(scp.medians, other.medians[:, :599])
        for what in ("name", "local_number", "sex", "birth_date"):
            assert getattr(scp.patient, what) == getattr(other.patient, what)


@pytest.mark.data
def test_limb_leads_keep_einthovens_law_in_every_format(farlead_data: Path) -> None:
    """A lead under a wrong name, or of a wrong sign, would break it by a millivolt.

    Rounded leads miss it by up to three quanta of 5 µV, those of the converter's filter by six.
    """
    folder = farlead_data / "device"
    for name, expected in EXPECTED.items():
        if isinstance(expected, str):
            continue
        one, two, three, right, left, foot, *_ = ecg(folder / name).samples
        for difference in (
            two - one - three,
            right + (one + two) / 2,
            left - (one - three) / 2,
            foot - (two + three) / 2,
        ):
            assert np.nanmax(np.abs(difference)) < 0.0301, name


@pytest.mark.data
def test_philips_xml_and_its_conversion_hold_the_same_ecg(farlead_data: Path) -> None:
    """The converter filtered the rhythm: four quanta of 5 µV; the beats are the same floats."""
    folder = farlead_data / "device" / "philips_sierra" / "1_04"
    original = ecg(folder / "ad4d3d80-d165_1-04_orig.xml")
    converted = ecg(folder / "ad4d3d80-d165_1-04_converted.xml")
    assert (original.leads, original.fs) == (converted.leads, converted.fs)
    assert original.start is not None
    assert converted.start is not None
    assert original.start.replace(tzinfo=None) == converted.start.replace(tzinfo=None)
    unread = np.isnan(original.samples)  # zeros and a calibration pulse
    np.testing.assert_array_equal(unread, np.isnan(converted.samples))
    np.testing.assert_allclose(converted.samples, original.samples, atol=0.0201)
    assert abs(np.nanmean(converted.samples - original.samples)) < 0.001
    assert original.medians is not None
    assert converted.medians is not None
    np.testing.assert_array_equal(original.medians, converted.medians)
    assert original.patient.birth_date == converted.patient.birth_date


@pytest.mark.data
def test_the_same_bytes_elsewhere_are_the_same_recording(farlead_data: Path) -> None:
    """The example of the standard's folder is the one of ecgtoolkit."""
    folder = farlead_data / "device"
    here = ecg(folder / "ecgtoolkit" / "Example.xml")
    there = ecg(folder / "fda_aecg" / "hl7" / "2003-12 Schema" / "example" / "Example aECG.xml")
    np.testing.assert_array_equal(here.samples, there.samples)


def known_signal() -> Recording:
    """Twelve leads in whole steps of 5 µV, which every format holds; Einthoven's law is exact."""
    content = recording(seconds=2, noise=0.01, name="Li Si")
    one, two = np.rint(content.samples[:2].astype(np.float64) * 100) / 100
    limb = (one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2)
    chest = np.rint(content.samples[6:].astype(np.float64) * 200) / 200
    return replace(content, samples=np.concatenate([limb, chest]).astype(np.float32))


def in_every_format(content: Recording) -> dict[str, bytes]:
    microvolts = np.rint(content.samples.astype(np.float64) * 1000).astype(np.int64)
    return {
        "dicom": dicom_bytes(content),
        "scp": scp_bytes(content),
        "aecg": aecg_bytes(content),
        "muse": muse_bytes(content, step=5.0),
        "sierra": sierra_bytes(content),
        "cardiosoft": cardiosoft_bytes(content),
        "mortara": mortara_bytes(content),
        "schiller": schiller_bytes(content),
        "edf": encode_edf(content)[0],
        "ishne": ishne_bytes(
            microvolts, specs=range(5, 17), resolution=[1000] * 12, rate=round(content.fs)
        ),
        "csv": encode_csv(content)[0],
        "wfdb": zipped(encode_wfdb(content)),
    }


def test_a_known_signal_is_the_same_in_every_format() -> None:
    """Within the last bit of a float32: no reader is off by a quantum, a sign or a sample."""
    content = known_signal()
    for name, data in in_every_format(content).items():
        found = read(data)
        assert isinstance(found, Recording), name
        assert identify(data) == name
        assert (found.leads, found.fs) == (content.leads, content.fs), name
        np.testing.assert_allclose(found.samples, content.samples, atol=2e-7, err_msg=name)
        assert found.patient.sex == content.patient.sex, name
