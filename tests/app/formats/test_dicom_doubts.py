"""DICOM ECG files that contradict themselves: nothing is mixed up, nothing vanishes unsaid."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filewriter import dcmwrite

from ecg_files import dicom_bytes, recording
from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.formats.leads import TWELVE
from farlead.messages import Language
from farlead.model.people import Patient, Sex
from farlead.model.recording import Recording

BEAT = np.full((12, 600), 5.0, np.float32)
WITH_BEAT = dicom_bytes(replace(recording(), medians=BEAT))
PADDING = -32768


def changed(change: Callable[[Dataset], None], data: bytes | None = None) -> bytes:
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


def channels(dataset: Dataset, number: int = 0) -> list[Dataset]:
    return list(dataset.WaveformSequence[number].ChannelDefinitionSequence)


def pad(dataset: Dataset) -> None:
    """The rhythm's first second was not recorded."""
    rhythm = dataset.WaveformSequence[0]
    codes = np.frombuffer(rhythm.WaveformData, "<i2").reshape(-1, 12).copy()
    codes[:500] = PADDING
    rhythm.WaveformData = codes.tobytes()
    rhythm.add_new("WaveformPaddingValue", "OW", PADDING.to_bytes(2, "little", signed=True))


@pytest.mark.parametrize("label", ["Group 2", "PQRST", "MUX 1", None])
def test_a_short_derived_group_is_a_median_whatever_its_label(label: str | None) -> None:
    def relabel(dataset: Dataset) -> None:
        pad(dataset)
        dataset.WaveformSequence[1].MultiplexGroupLabel = label

    found = ecg(changed(relabel, WITH_BEAT))
    assert np.isnan(found.samples[:, :500]).all()
    assert found.medians is not None
    np.testing.assert_array_equal(found.medians, BEAT)


def test_a_short_derived_group_that_is_called_a_rhythm_is_one() -> None:
    def relabel(dataset: Dataset) -> None:
        dataset.WaveformSequence[1].MultiplexGroupLabel = "RHYTHM 2"
        dataset.WaveformSequence[1].MultiplexGroupTimeOffset = "10000"

    found = ecg(changed(relabel, WITH_BEAT))
    assert found.samples.shape == (12, 5600)
    assert found.medians is None


@pytest.mark.parametrize("label", ["Group 2", None])
def test_a_second_signal_of_the_same_time_fills_no_gap_and_is_noted(label: str | None) -> None:
    def relabel(dataset: Dataset) -> None:
        pad(dataset)
        second = dataset.WaveformSequence[1]
        second.MultiplexGroupLabel, second.WaveformOriginality = label, "ORIGINAL"

    found = ecg(changed(relabel, WITH_BEAT))
    assert found.samples.shape == (12, 5000)
    assert np.isnan(found.samples[:, :500]).all()
    assert "Another group of waveforms of the same time" in notes(found)
    assert "1.2 s" in notes(found)


def test_of_a_second_group_only_the_leads_that_are_there_already_are_left_out() -> None:
    def split(dataset: Dataset) -> None:
        first = dataset.WaveformSequence[0]
        codes = np.frombuffer(first.WaveformData, "<i2").reshape(-1, 12)
        second = dcmread(BytesIO(dicom_bytes())).WaveformSequence[0]
        for item, part in ((first, slice(0, 8)), (second, slice(6, 12))):
            item.ChannelDefinitionSequence = item.ChannelDefinitionSequence[part]
            item.NumberOfWaveformChannels = len(item.ChannelDefinitionSequence)
            item.WaveformData = codes[:, part].tobytes()
        dataset.WaveformSequence.append(second)

    found = ecg(changed(split))
    np.testing.assert_array_equal(found.samples, recording().samples)
    assert "(V1, V2; 10 s)" in notes(found)


def test_a_group_that_begins_earlier_but_is_left_out_leaves_no_gap() -> None:
    def early(dataset: Dataset) -> None:
        dataset.WaveformSequence[1].WaveformOriginality = "ORIGINAL"
        dataset.WaveformSequence[1].MultiplexGroupLabel = "B"
        dataset.WaveformSequence[0].MultiplexGroupTimeOffset = "1000"

    found = ecg(changed(early, WITH_BEAT))
    np.testing.assert_array_equal(found.samples, recording().samples)


def test_a_second_median_and_a_damaged_one_are_noted() -> None:
    def twice(dataset: Dataset) -> None:
        dataset.WaveformSequence.append(dataset.WaveformSequence[1])

    assert "500 Hz" in notes(ecg(changed(twice, WITH_BEAT)))

    def absurd(dataset: Dataset) -> None:
        for channel in channels(dataset, 1):
            channel.ChannelSensitivity = "1E9"

    found = ecg(changed(absurd, WITH_BEAT))
    assert found.medians is None
    assert "median beat is wrong" in notes(found)


@pytest.mark.parametrize(
    ("keyword", "value", "sentence"),
    [
        ("ChannelSensitivityCorrectionFactor", "0", "not 0"),
        ("ChannelSensitivity", "0", "sensitivity in volts"),
        ("ChannelSensitivity", "1E-320", "not 0"),
        ("ChannelSensitivity", "5E39", "ten volts"),
        ("ChannelSensitivity", "1E308", "ten volts"),
        ("ChannelBaseline", "5E39", "ten volts"),
    ],
)
def test_a_scale_that_gives_no_signal_is_refused(keyword: str, value: str, sentence: str) -> None:
    def scale(dataset: Dataset) -> None:
        for channel in channels(dataset):
            setattr(channel, keyword, value)
            if value == "1E-320":
                channel.ChannelSensitivityCorrectionFactor = "1E-320"

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = changed(scale)
        with pytest.raises(UnreadableFile, match=sentence):
            read(data)


def test_a_label_of_another_lead_is_noted() -> None:
    def relabel(dataset: Dataset) -> None:
        channels(dataset)[0].ChannelLabel = "Lead II"

    found = ecg(changed(relabel))
    assert found.leads == TWELVE
    assert "labelled “Lead II”, its code says I" in notes(found)


def test_filters_of_all_groups_count_and_differences_are_noted() -> None:
    def differ(dataset: Dataset) -> None:
        second = dcmread(BytesIO(dicom_bytes())).WaveformSequence[0]
        second.MultiplexGroupTimeOffset = "10000"
        for channel in second.ChannelDefinitionSequence:
            channel.FilterHighFrequency = "40"
        dataset.WaveformSequence.append(second)

    found = ecg(changed(differ))
    assert (found.device.high_pass, found.device.low_pass) == (0.05, 40.0)
    assert "different filters: LP 40, 150 Hz" in notes(found)


@pytest.mark.filterwarnings("ignore:Invalid value for VR")
def test_sex_in_small_letters_and_what_is_unreadable() -> None:
    def small(dataset: Dataset) -> None:
        dataset.PatientSex, dataset.PatientAge = "f", "034y"

    found = ecg(changed(small))
    assert (found.patient.sex, found.patient.age_years) == (Sex.FEMALE, 34.0)

    def senseless(dataset: Dataset) -> None:
        dataset.PatientSex, dataset.PatientAge, dataset.PatientBirthDate = "Q", "34", "1/2/90"

    found = ecg(changed(senseless))
    assert found.patient == Patient(recording().patient.name, recording().patient.local_number)
    for tag in ("(0010,0040)", "(0010,1010)", "(0010,0030)"):
        assert f"{tag} in the file makes no sense" in notes(found)


def test_a_time_of_the_study_is_called_so() -> None:
    def study_only(dataset: Dataset) -> None:
        del dataset.AcquisitionDateTime, dataset.ContentDate, dataset.ContentTime
        dataset.StudyDate, dataset.StudyTime = "20260102", "101112"

    found = ecg(changed(study_only))
    assert f"{found.start:%Y%m%d%H%M%S}" == "20260102101112"
    assert "time of the study, not of the acquisition" in notes(found)


@pytest.mark.parametrize("stated", ["00010101000000", "99991231235959", "22010101000000"])
def test_a_year_that_no_recording_has_is_dropped_and_noted(stated: str) -> None:
    def far(dataset: Dataset) -> None:
        dataset.AcquisitionDateTime = stated
        for keyword in ("ContentDate", "StudyDate"):
            setattr(dataset, keyword, stated[:8])

    found = ecg(changed(far))
    assert found.start is None
    assert "no usable acquisition time" in notes(found)
