"""Samples of every interpretation, in any group and at any time, come out in millivolts."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import (
    AmbulatoryECGWaveformStorage,
    ExplicitVRBigEndian,
    General32bitECGWaveformStorage,
    GeneralAudioWaveformStorage,
    HemodynamicWaveformStorage,
    ImplicitVRLittleEndian,
)

from ecg_files import START, dicom_bytes, recording
from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.formats.dicom.samples import COMPANDED
from farlead.formats.leads import TWELVE
from farlead.messages import Language
from farlead.model.recording import Recording

ROUTINE_EEG = "1.2.840.10008.5.1.4.1.1.9.7.1"
CODES = np.random.default_rng(1).integers(-100, 100, (500, 2))
_KINDS = {
    "SB": ("i1", 8),
    "UB": ("u1", 8),
    "SS": ("i2", 16),
    "US": ("u2", 16),
    "SL": ("i4", 32),
    "UL": ("u4", 32),
    "MB": ("u1", 8),
    "AB": ("u1", 8),
}


def ecg(data: bytes) -> Recording:
    content = read(data)
    assert isinstance(content, Recording)
    return content


def told(content: Recording) -> str:
    """Notes, but that two leads are not twelve."""
    notes = [note for note in content.notes if note.id != "formats.note.leads_missing"]
    return " ".join(note.text(Language.EN) for note in notes)


def two_leads(change: Callable[[Dataset], None] = lambda _: None) -> Dataset:
    """A General ECG of two leads with a step of 1 µV."""
    samples = (CODES.T / 1000).astype(np.float32)
    data = dicom_bytes(recording(samples=samples, leads=("II", "V1")))
    dataset = dcmread(BytesIO(data))
    change(dataset)
    return dataset


def written(dataset: Dataset, *, little: bool = True, implicit: bool = False) -> bytes:
    file = BytesIO()
    syntax = ImplicitVRLittleEndian if implicit else ExplicitVRBigEndian
    if implicit or not little:
        dataset.file_meta.TransferSyntaxUID = syntax
    dcmwrite(file, dataset, implicit_vr=implicit, little_endian=little)
    return file.getvalue()


def group(dataset: Dataset, number: int = 0) -> Dataset:
    found: Dataset = dataset.WaveformSequence[number]
    return found


def store(dataset: Dataset, interpretation: str, codes: NDArray[np.generic], order: str) -> None:
    form, bits = _KINDS[interpretation]
    waveform = group(dataset)
    waveform.WaveformSampleInterpretation = interpretation
    waveform.WaveformBitsAllocated = bits
    raw = np.ascontiguousarray(codes).astype(order + form).tobytes()
    waveform.add_new("WaveformData", "OB" if bits == 8 else "OW", raw)
    for channel in waveform.ChannelDefinitionSequence:
        channel.WaveformBitsStored = bits


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("interpretation", _KINDS)
def test_every_interpretation_in_both_orders(interpretation: str, order: str) -> None:
    dataset = two_leads()
    codes = CODES if interpretation in {"SB", "SS", "SL"} else CODES + 100
    store(dataset, interpretation, codes, order)
    content = ecg(written(dataset, little=order == "<"))
    table = COMPANDED.get(interpretation)
    expected = codes if table is None else table[codes]
    np.testing.assert_allclose(content.samples, expected.T / 1000, atol=1e-7)
    assert bool(told(content)) == (table is not None)


def test_companding_is_that_of_g711() -> None:
    """Values of the tables of the recommendation."""
    for code, value in ((0xFF, 0), (0xFE, 2), (0x80, 8031), (0x00, -8031), (0x7E, -2)):
        assert COMPANDED["MB"][code] == value
    for code, value in ((0xD5, 1), (0x55, -1), (0xAA, 4032), (0x2A, -4032)):
        assert COMPANDED["AB"][code] == value
    assert all(len(np.unique(np.abs(table))) == 128 for table in COMPANDED.values())


def test_bytes_in_big_endian_words_are_put_in_order() -> None:
    dataset = two_leads()
    store(dataset, "SB", CODES, "<")
    swapped = np.frombuffer(group(dataset).WaveformData, "<u2").astype(">u2").tobytes()
    group(dataset).add_new("WaveformData", "OW", swapped)
    content = ecg(written(dataset, little=False))
    np.testing.assert_allclose(content.samples, CODES.T / 1000, atol=1e-7)


def test_implicit_value_representations_read_the_same() -> None:
    content = ecg(written(two_leads(), implicit=True))
    np.testing.assert_allclose(content.samples, CODES.T / 1000, atol=1e-7)
    assert content.leads == ("II", "V1")


@pytest.mark.parametrize("uid", [AmbulatoryECGWaveformStorage, General32bitECGWaveformStorage])
def test_ambulatory_and_32_bit_objects_are_read(uid: str) -> None:
    dataset = two_leads()
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = uid
    group(dataset).SamplingFrequency = "50"
    content = ecg(written(dataset))
    assert (content.fs, content.identity.sop_class_uid) == (50.0, uid)
    assert "50 Hz" in told(content)


@pytest.mark.parametrize(
    "uid", [HemodynamicWaveformStorage, GeneralAudioWaveformStorage, ROUTINE_EEG]
)
def test_waveforms_that_are_no_ecg_are_refused(uid: str) -> None:
    dataset = two_leads()
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = uid
    with pytest.raises(UnreadableFile, match="no ECG") as error:
        read(written(dataset))
    assert "请" in error.value.text(Language.ZH)


@pytest.mark.parametrize("keyword", ["WaveformSampleInterpretation", "WaveformBitsAllocated"])
def test_an_unknown_kind_of_sample_is_refused(keyword: str) -> None:
    dataset = two_leads()
    setattr(group(dataset), keyword, "XX" if keyword.endswith("ation") else 24)
    with pytest.raises(UnreadableFile, match="samples of 8, 16 or 32 bits"):
        read(written(dataset))


@pytest.mark.parametrize(
    ("attributes", "shift", "noted"),
    [
        ({"ChannelTimeSkew": "0.004", "ChannelSampleSkew": None}, 2, "4.0 ms"),
        ({"ChannelSampleSkew": "3"}, 3, "6.0 ms"),
        ({"ChannelOffset": "0.002"}, 1, "2.0 ms"),
        ({"ChannelTimeSkew": "0.002", "ChannelSampleSkew": "1"}, 1, "2.0 ms"),
        ({"ChannelSampleSkew": "0.25"}, 0, "0.5 ms apart; not"),
        ({"ChannelSampleSkew": "100000"}, 0, "200000.0 ms apart; not"),
        ({"ChannelSampleSkew": "0"}, 0, ""),
    ],
)
def test_channels_that_were_sampled_late_are_put_in_line(
    attributes: dict[str, str | None], shift: int, noted: str
) -> None:
    def late(dataset: Dataset) -> None:
        channel = group(dataset).ChannelDefinitionSequence[1]
        for keyword, value in attributes.items():
            if value is None:
                delattr(channel, keyword)
            else:
                setattr(channel, keyword, value)

    content = ecg(written(two_leads(late)))
    n = len(CODES)
    assert content.samples.shape == (2, n + shift)
    np.testing.assert_allclose(content.samples[0, :n], CODES[:, 0] / 1000, atol=1e-7)
    np.testing.assert_allclose(content.samples[1, shift:], CODES[:, 1] / 1000, atol=1e-7)
    assert np.isnan(content.samples[0, n:]).all()
    assert np.isnan(content.samples[1, :shift]).all()
    assert noted in told(content)
    assert bool(told(content)) == bool(noted)


def other_group(dataset: Dataset, **attributes: object) -> None:
    """A second group like the first one."""
    second = group(two_leads())
    for keyword, value in attributes.items():
        setattr(second, keyword, value)
    dataset.WaveformSequence.append(second)


def test_a_group_that_begins_late_moves_the_start() -> None:
    def later(dataset: Dataset) -> None:
        group(dataset).MultiplexGroupTimeOffset = "2500"

    assert ecg(written(two_leads(later))).start == START + timedelta(seconds=2.5)


def test_a_short_group_never_takes_the_place_of_the_rhythm() -> None:
    """Unlabelled, original, of the same leads and the same time."""

    def unlabelled(dataset: Dataset) -> None:
        other_group(dataset, NumberOfWaveformSamples=100, WaveformData=b"\x7f" * 400)
        dataset.WaveformSequence = Sequence([group(dataset, 1), group(dataset, 0)])
        for item in dataset.WaveformSequence:
            del item.MultiplexGroupLabel

    content = ecg(written(two_leads(unlabelled)))
    np.testing.assert_allclose(content.samples, CODES.T / 1000, atol=1e-7)


@pytest.mark.parametrize("label", ["MEDIAN BEAT", "Averaged", "平均心搏", "REPRESENT. BEAT"])
def test_medians_are_known_by_their_label(label: str) -> None:
    content = ecg(written(two_leads(lambda d: other_group(d, MultiplexGroupLabel=label))))
    assert content.medians is not None
    assert content.samples.shape == (2, 500)


def test_groups_of_other_rates_are_left_out_and_noted() -> None:
    for label in ("RHYTHM", "MEDIAN BEAT"):
        extra = {"MultiplexGroupLabel": label, "SamplingFrequency": "1000"}
        content = ecg(written(two_leads(lambda d, extra=extra: other_group(d, **extra))))
        assert content.samples.shape == (2, 500)
        assert "1000 Hz" in told(content)


@pytest.mark.parametrize("offset", ["1e9", "1e300", "1e12"])
def test_groups_that_lie_absurdly_far_apart_are_refused(offset: str) -> None:
    with pytest.raises(UnreadableFile, match="plausible time offset"):
        read(written(two_leads(lambda d: other_group(d, MultiplexGroupTimeOffset=offset))))


def test_marks_follow_their_group_and_name_their_lead() -> None:
    def mark(dataset: Dataset) -> None:
        other_group(dataset, MultiplexGroupTimeOffset="2000")
        items = []
        for reference, where in (
            ([1, 0], {"ReferencedSamplePositions": 1}),
            ([2, 2], {"ReferencedSamplePositions": 51}),
            ([1, 1], {"ReferencedTimeOffsets": "0.5"}),
            ([7, 1], {"ReferencedSamplePositions": 1}),
        ):
            item = Dataset()
            item.ReferencedWaveformChannels = reference
            item.UnformattedTextValue = "mark"
            item.TemporalRangeType = "POINT"
            for keyword, value in where.items():
                setattr(item, keyword, value)
            items.append(item)
        dataset.WaveformAnnotationSequence = Sequence(items)

    content = ecg(written(two_leads(mark)))
    assert [(a.text, a.position) for a in content.annotations] == [
        ("mark", 0),
        ("mark (V1)", 1050),
        ("mark (II)", 250),
        ("mark", None),
    ]


@pytest.mark.parametrize("lead", TWELVE)
def test_codes_of_both_schemes_name_all_twelve(lead: str) -> None:
    from farlead.formats.leads import NUMBERS, by_code

    number = NUMBERS[lead]
    assert by_code(f"5.6.3-9-{number}", "SCPECG") == lead
    assert by_code(f"2:{number}", "MDC") == lead
    assert by_code(f"MDC_ECG_LEAD_{lead.upper()}", "MDC") == lead


@pytest.mark.parametrize("keyword", ["NumberOfWaveformSamples", "NumberOfWaveformChannels"])
def test_counts_are_checked_against_the_bytes_before_anything_is_made(keyword: str) -> None:
    dataset = two_leads()
    huge = (1 << 31) - 1 if keyword.endswith("Samples") else 400
    setattr(group(dataset), keyword, huge)
    with pytest.raises(UnreadableFile, match="incomplete"):
        read(written(dataset))
