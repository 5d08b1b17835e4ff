"""DICOM waveforms: what is stored comes out in millivolts, under the right names, or not at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRBigEndian

from ecg_files import dicom_bytes, dicom_without_content, recording, text_file, truncated
from farlead.errors import UnreadableFile
from farlead.formats import describe, digest, read
from farlead.formats.leads import TWELVE
from farlead.messages import Language
from farlead.model.people import Sex
from farlead.model.recording import Device, Recording
from farlead.model.study import Kind


def changed(change: Callable[[Dataset], None], data: bytes | None = None) -> bytes:
    """A good file with one thing changed."""
    dataset = dcmread(BytesIO(data or dicom_bytes()))
    change(dataset)
    file = BytesIO()
    dcmwrite(file, dataset)
    return file.getvalue()


def ecg(data: bytes) -> Recording:
    content = read(data)
    assert isinstance(content, Recording)
    return content


def notes(content: Recording) -> str:
    return "\n".join(note.text(Language.EN) for note in content.notes)


def group(dataset: Dataset) -> Dataset:
    found: Dataset = dataset.WaveformSequence[0]
    return found


def test_a_recording_survives_the_round_trip_bit_identical() -> None:
    original = recording(name="王秀兰", study_uid="2.25.1", sop_instance_uid="2.25.2")
    again = ecg(dicom_bytes(original))
    np.testing.assert_array_equal(again.samples, original.samples)
    assert (again.leads, again.fs, again.start) == (TWELVE, 500.0, original.start)
    assert again.patient == replace(original.patient, age_years=None)
    assert (again.identity.study_uid, again.identity.sop_instance_uid) == ("2.25.1", "2.25.2")
    assert (again.device.high_pass, again.device.low_pass) == (0.05, 150.0)
    assert not again.notes
    assert not again.samples.flags.writeable


@pytest.mark.parametrize("step", [0.5, 1.0, 2.5, 4.88])
def test_multiples_of_the_step_come_back_exactly(step: float) -> None:
    codes = np.random.default_rng(1).integers(-1000, 1000, (12, 500))
    samples = (codes * step / 1000).astype(np.float32)
    original = replace(recording(seconds=1), samples=samples)
    np.testing.assert_array_equal(ecg(dicom_bytes(original)).samples, samples)


def test_gaps_stay_gaps() -> None:
    original = recording()
    samples = original.samples.copy()
    samples[3, 100:200] = np.nan
    again = ecg(dicom_bytes(replace(original, samples=samples)))
    np.testing.assert_array_equal(again.samples, samples)


def test_medians_are_never_the_rhythm() -> None:
    original = recording()
    medians = original.samples[:, 100:700] * np.float32(0.5)
    again = ecg(dicom_bytes(replace(original, medians=medians)))
    assert again.samples.shape == (12, 5000)
    assert again.medians is not None
    assert again.medians.shape == (12, 600)


def test_an_unlabelled_short_derived_group_is_a_median() -> None:
    original = recording()

    def unlabel(dataset: Dataset) -> None:
        for item in dataset.WaveformSequence:
            del item.MultiplexGroupLabel

    again = ecg(changed(unlabel, dicom_bytes(replace(original, medians=original.samples[:, :600]))))
    assert again.samples.shape == (12, 5000)
    assert again.medians is not None


def test_only_medians_is_refused() -> None:
    def relabel(dataset: Dataset) -> None:
        group(dataset).MultiplexGroupLabel = "MEDIAN BEAT"

    with pytest.raises(UnreadableFile, match="averaged beats"):
        read(changed(relabel))


def test_value_is_sample_times_sensitivity_times_correction_plus_baseline() -> None:
    def scale(dataset: Dataset) -> None:
        for channel in group(dataset).ChannelDefinitionSequence:
            channel.ChannelSensitivity = "0.002"
            channel.ChannelSensitivityUnitsSequence[0].CodeValue = "mV"
            channel.ChannelSensitivityCorrectionFactor = "1.5"
            channel.ChannelBaseline = "-0.25"

    original = recording()
    expected = original.samples.astype(np.float64) * 1000 * 0.002 * 1.5 - 0.25
    step_is_one_microvolt = dicom_bytes(original)
    found = ecg(changed(scale, step_is_one_microvolt)).samples
    step = float(
        group(dcmread(BytesIO(step_is_one_microvolt)))
        .ChannelDefinitionSequence[0]
        .ChannelSensitivity
    )
    np.testing.assert_allclose(found, (expected + 0.25) / step - 0.25, atol=1e-5)


def test_leads_are_named_by_code_not_by_meaning() -> None:
    def lie(dataset: Dataset) -> None:
        source = group(dataset).ChannelDefinitionSequence[0].ChannelSourceSequence[0]
        source.CodeMeaning = "Lead V6"

    assert ecg(changed(lie)).leads == TWELVE


def test_scp_codes_are_known_too() -> None:
    def recode(dataset: Dataset) -> None:
        for channel in group(dataset).ChannelDefinitionSequence:
            source = channel.ChannelSourceSequence[0]
            source.CodeValue = f"5.6.3-9-{source.CodeValue.removeprefix('2:')}"
            source.CodingSchemeDesignator = "SCPECG"
            del channel.ChannelLabel

    content = ecg(changed(recode))
    assert content.leads == TWELVE
    assert not content.notes


def test_a_lead_named_only_by_text_is_noted() -> None:
    def uncode(dataset: Dataset) -> None:
        channel = group(dataset).ChannelDefinitionSequence[1]
        channel.ChannelSourceSequence[0].CodeValue = "XYZ"
        channel.ChannelSourceSequence[0].CodingSchemeDesignator = "99LOCAL"

    content = ecg(changed(uncode))
    assert content.leads == TWELVE
    assert "II: recognised by the text" in notes(content)


def test_a_lead_given_twice_is_kept_apart_and_noted() -> None:
    def double(dataset: Dataset) -> None:
        group(dataset).ChannelDefinitionSequence[2].ChannelSourceSequence[0].CodeValue = "2:2"

    content = ecg(changed(double))
    assert "II (2)" in content.leads
    assert "more than once" in notes(content)


def test_limb_leads_are_derived_and_said_so() -> None:
    original = recording()
    keep = [i for i, name in enumerate(TWELVE) if name not in {"III", "aVR", "aVL", "aVF"}]
    eight = replace(original, samples=original.samples[keep], leads=tuple(TWELVE[i] for i in keep))
    again = ecg(dicom_bytes(eight))
    assert again.leads == TWELVE
    np.testing.assert_allclose(again.samples, original.samples, atol=0.001)
    assert "III, aVR, aVL, aVF calculated" in notes(again)


def test_groups_of_different_times_are_laid_side_by_side() -> None:
    def split(dataset: Dataset) -> None:
        first, second = group(dataset), group(dcmread(BytesIO(dicom_bytes())))
        second.MultiplexGroupTimeOffset = "10000"
        dataset.WaveformSequence.append(second)
        first.MultiplexGroupTimeOffset = "0"

    content = ecg(changed(split))
    assert content.samples.shape == (12, 10_000)
    np.testing.assert_array_equal(content.samples[:, :5000], content.samples[:, 5000:])


def test_big_endian_reads_the_same() -> None:
    dataset = dcmread(BytesIO(dicom_bytes()))
    waveform = group(dataset)
    waveform.WaveformData = np.frombuffer(waveform.WaveformData, "<i2").astype(">i2").tobytes()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    file = BytesIO()
    dcmwrite(file, dataset, implicit_vr=False, little_endian=False)
    np.testing.assert_array_equal(ecg(file.getvalue()).samples, recording().samples)


def test_twelve_stored_bits_are_sign_extended() -> None:
    original = recording()

    def narrow(dataset: Dataset) -> None:
        waveform = group(dataset)
        codes = np.frombuffer(waveform.WaveformData, "<i2")
        waveform.WaveformData = (codes & 0x0FFF).astype("<i2").tobytes()
        for channel in waveform.ChannelDefinitionSequence:
            channel.WaveformBitsStored = 12

    np.testing.assert_array_equal(ecg(changed(narrow)).samples, original.samples)


def test_stored_bits_that_the_data_exceed_are_noted() -> None:
    def understate(dataset: Dataset) -> None:
        for channel in group(dataset).ChannelDefinitionSequence:
            channel.WaveformBitsStored = 6

    content = ecg(changed(understate))
    np.testing.assert_array_equal(content.samples, recording().samples)
    assert "6 bits" in notes(content)


def test_a_padding_value_of_zero_does_not_tear_the_signal() -> None:
    def pad(dataset: Dataset) -> None:
        waveform = group(dataset)
        waveform.add_new("WaveformPaddingValue", "OW", b"\0\0")
        codes = np.frombuffer(waveform.WaveformData, "<i2").reshape(-1, 12).copy()
        codes[4000:] = 0
        waveform.WaveformData = codes.tobytes()

    content = ecg(changed(pad, dicom_bytes(recording(noise=0.02))))
    assert np.isnan(content.samples[:, 4000:]).all()
    assert np.isfinite(content.samples[:, 500:3000]).mean() > 0.8
    assert "value 0" in notes(content)


@pytest.mark.parametrize("rate", ["0", "-500", "10", "1000000"])
def test_an_impossible_rate_names_tag_expected_and_found(rate: str) -> None:
    def wrong(dataset: Dataset) -> None:
        group(dataset).SamplingFrequency = rate

    with pytest.raises(UnreadableFile, match="50 to 32000 Hz") as error:
        read(changed(wrong))
    assert error.value.tag == "(003A,001A)"
    assert rate.strip("-") in error.value.text(Language.ZH)


def test_amplitude_without_unit_is_refused() -> None:
    def unitless(dataset: Dataset) -> None:
        del group(dataset).ChannelDefinitionSequence[0].ChannelSensitivityUnitsSequence

    with pytest.raises(UnreadableFile, match="sensitivity in volts"):
        read(changed(unitless))


def test_a_channel_that_is_no_voltage_is_left_out_and_noted() -> None:
    def pressure(dataset: Dataset) -> None:
        channel = group(dataset).ChannelDefinitionSequence[11]
        channel.ChannelSensitivityUnitsSequence[0].CodeValue = "mm[Hg]"
        channel.ChannelLabel = "Left ventricle"
        channel.ChannelSourceSequence[0].CodeValue = "2:99999"

    content = ecg(changed(pressure))
    assert content.leads == TWELVE[:11]
    assert "no voltage" in notes(content)


def test_a_lead_of_an_unknown_unit_is_refused_with_the_unit() -> None:
    def unit(dataset: Dataset) -> None:
        channel = group(dataset).ChannelDefinitionSequence[4]
        channel.ChannelSensitivityUnitsSequence[0].CodeValue = "MV"

    with pytest.raises(UnreadableFile, match="“MV” of lead “aVL”"):
        read(changed(unit))


def test_fewer_samples_than_announced_is_truncated() -> None:
    def cut(dataset: Dataset) -> None:
        group(dataset).WaveformData = group(dataset).WaveformData[:1000]

    with pytest.raises(UnreadableFile, match="should have 120000 bytes, 1000") as error:
        read(changed(cut))
    assert error.value.tag == "(5400,1010)"


@pytest.mark.parametrize("share", [0.002, 0.01, 0.1, 0.5, 0.99, 0.9999])
def test_a_truncated_file_says_so(share: float) -> None:
    with pytest.raises(UnreadableFile) as error:
        read(truncated(dicom_bytes(), share))
    assert "重新" in error.value.text(Language.ZH)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (text_file(), "text file"),
        (dicom_without_content(), "structured report"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"\x00\x01\x02\x03\xfe\xff" * 100, "Unknown file format"),
        ("心电图报告".encode("gb18030"), "text file"),
    ],
)
def test_what_is_no_study_says_what_it_is(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read(data)


@pytest.mark.parametrize(
    ("charset", "raw", "shown", "noted"),
    [
        ("ISO_IR 192", "王秀兰".encode(), "王秀兰", False),
        ("GB18030", "王秀兰".encode("gb18030"), "王秀兰", False),
        ("GBK", "Wang^XiuLan=王^秀兰".encode("gbk"), "王秀兰", False),
        (
            "\\ISO 2022 IR 58",
            b"Wang^XiuLan=\x1b$)A\xcd\xf5^\x1b$)A\xd0\xe3\xc0\xbc",
            "王秀兰",
            False,
        ),
        ("", "王秀兰".encode("gb18030"), "王秀兰", True),
        ("", "王秀兰".encode(), "王秀兰", True),
        ("ISO_IR 100", "王秀兰".encode("gb2312"), "王秀兰", True),
        ("ISO_IR 100", "Müller^Jérôme".encode("latin-1"), "Müller Jérôme", False),
        ("ISO_IR 100", b"Doe^John", "Doe John", False),
    ],
)
def test_names_are_shown_right_or_flagged(
    charset: str, raw: bytes, shown: str, noted: bool
) -> None:
    dataset = dcmread(BytesIO(dicom_bytes(recording(name="NAME" * 8))))
    dataset.SpecificCharacterSet = charset.split("\\") if "\\" in charset else charset
    file = BytesIO()
    dcmwrite(file, dataset)
    data = file.getvalue().replace(b"NAME" * 8, raw.ljust(32, b" "))
    content = ecg(data)
    assert content.patient.name == shown
    assert bool(content.notes) == noted


def test_times_keep_their_zone_and_naive_ones_stay_naive() -> None:
    def at(when: str, zone: str | None) -> datetime | None:
        def set_time(dataset: Dataset) -> None:
            dataset.AcquisitionDateTime = when
            dataset.pop("TimezoneOffsetFromUTC", None)
            if zone:
                dataset.TimezoneOffsetFromUTC = zone

        return ecg(changed(set_time)).start

    china = timezone(timedelta(hours=8))
    assert at("20261122093000.5", None) == datetime(2026, 11, 22, 9, 30, 0, 500_000)  # noqa: DTZ001
    assert at("20261122093000", "+0800") == datetime(2026, 11, 22, 9, 30, tzinfo=china)
    assert at("20261122093000-0300", None) == datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def test_nonsense_in_optional_attributes_does_not_lose_the_study() -> None:
    def nonsense(dataset: Dataset) -> None:
        dataset.PatientBirthDate = "20261399"
        dataset.PatientAge = "abc"
        dataset.PatientSex = "X"

    with pytest.warns(UserWarning, match="Invalid value"):
        data = changed(nonsense)
    patient = ecg(data).patient
    assert (patient.birth_date, patient.age_years, patient.sex) == (None, None, Sex.UNKNOWN)


def test_digest_follows_content_not_encoding() -> None:
    original = recording(study_uid="2.25.1", sop_instance_uid="2.25.2")
    data = dicom_bytes(original)

    def private(dataset: Dataset) -> None:
        dataset.add_new(0x00990010, "LO", "ARCHIVE")

    assert digest(read(data)) == digest(read(changed(private, data)))
    samples = original.samples.copy()
    samples[0, 0] += np.float32(0.001)
    other_name = replace(original, patient=replace(original.patient, name="李"))
    for other in (replace(original, samples=samples), other_name):
        assert digest(read(data)) != digest(read(dicom_bytes(other)))


def test_describe_is_small_and_complete(tmp_path: Path) -> None:
    file = tmp_path / "anything.txt"
    file.write_bytes(dicom_bytes(recording(question="胸痛 2 小时")))
    description = describe(file)
    assert description.kind is Kind.ECG
    assert description.patient.birth_date == date(1960, 5, 17)
    assert description.hints.clinical_question == "胸痛 2 小时"
    assert len(description.digest) == 64


def test_two_leads_become_a_general_ecg() -> None:
    two = recording(samples=recording().samples[:2], leads=("II", "V1"))
    content = ecg(dicom_bytes(replace(two, device=Device())))
    assert content.leads == ("II", "V1")
    assert content.identity.sop_class_uid == "1.2.840.10008.5.1.4.1.1.9.1.2"


def test_groups_of_the_same_channels_are_checked_each_for_itself() -> None:
    """Median beats often have the channels of the rhythm, byte for byte; their samples may not."""
    original = recording()
    both = dicom_bytes(replace(original, medians=original.samples[:, :600]))
    again = ecg(both)
    assert again.medians is not None
    np.testing.assert_array_equal(again.medians, again.samples[:, :600])

    def fewer(dataset: Dataset) -> None:
        median = dataset.WaveformSequence[1]
        median.ChannelDefinitionSequence = dataset.WaveformSequence[0].ChannelDefinitionSequence
        median.NumberOfWaveformChannels = 6
        median.NumberOfWaveformSamples = 1200

    with pytest.raises(UnreadableFile) as caught:
        read(changed(fewer, both))
    assert caught.value.tag == "(003A,0200)"
