"""EDF and BDF: what the header says of the digital values comes out in millivolts, or a reason."""

import mmap
import tracemalloc
import warnings
from datetime import date, datetime
from pathlib import Path

import edfio
import numpy as np
import pytest
from numpy.typing import NDArray

from edf_files import Signal, edf_bytes, millivolts, tal
from farlead.formats import edf, read
from farlead.messages import Language
from farlead.model.people import Patient, Sex
from farlead.model.recording import Annotation, Recording

RNG = np.random.default_rng(6)
FS, SECONDS = 500, 10


def digital(n: int = FS * SECONDS, bits: int = 16) -> NDArray[np.int64]:
    half = 1 << bits - 1
    return RNG.integers(-half, half, n)


def signal(label: str | bytes = "ECG II", n: int = FS * SECONDS, **changes: object) -> Signal:
    return Signal(label, digital(n), **changes)  # type: ignore[arg-type]


def ecg(data: bytes) -> Recording:
    content = read(data)
    assert isinstance(content, Recording)
    return content


def at(text: str) -> datetime:
    """A time without zone, as the format has it."""
    return datetime.fromisoformat(text)


def notes(content: Recording) -> str:
    for note in content.notes:
        assert note.text(Language.ZH)
    return "\n".join(note.text(Language.EN) for note in content.notes)


# Real files; none is an ECG, so that one signal is given the label of a lead


def shared(farlead_data: Path) -> list[Path]:
    return sorted((farlead_data / "device" / "edf_bdf").iterdir())


@pytest.mark.data
def test_shared_files_agree_with_another_reader(farlead_data: Path) -> None:
    files = shared(farlead_data)
    assert len(files) == 7
    for file in files:
        data = file.read_bytes()
        renamed = data[:256] + b"ECG II".ljust(16) + data[272:]
        content = ecg(renamed)
        peer = edfio.read_bdf(renamed) if file.suffix == ".bdf" else edfio.read_edf(renamed)
        first = peer.signals[0]
        assert content.leads == ("II",)
        assert content.fs == first.sampling_frequency
        np.testing.assert_allclose(content.samples[0], first.data / 1000, rtol=2e-7, atol=1e-7)
        told = {(a.position, a.text) for a in content.annotations if a.position is not None}
        marks = {(round(a.onset * content.fs), a.text) for a in peer.annotations}
        assert told <= marks if "legacy" not in file.name else not told


@pytest.mark.data
def test_shared_file_with_chinese_annotations(farlead_data: Path) -> None:
    data = (farlead_data / "device" / "edf_bdf" / "test_utf8.edf").read_bytes()
    content = ecg(data[:256] + b"ECG II".ljust(16) + data[272:])
    assert "中文测试八个字" in [a.text for a in content.annotations]
    assert content.start == at("2020-01-24T04:05:56.394531")


# Samples


@pytest.mark.parametrize(
    ("dimension", "factor"), [("uV", 1e-3), ("mV", 1.0), ("V", 1e3), ("nV", 1e-6), ("µV", 1e-3)]
)
def test_samples_are_millivolts_of_the_stated_unit(dimension: str, factor: float) -> None:
    one = signal(dimension=dimension.encode("latin-1"), physical=("-16.384", "16.3835"))
    content = ecg(edf_bytes([one]))
    expected = millivolts(one, factor)
    np.testing.assert_allclose(content.samples[0], expected, rtol=1e-6, atol=abs(factor) * 1e-8)


def test_a_whole_step_of_the_device_is_bit_identical() -> None:
    one = signal(physical=("-32768", "32767"))
    np.testing.assert_array_equal(
        ecg(edf_bytes([one])).samples[0], (one.digital / 1000).astype(np.float32)
    )


def test_inverted_and_unsymmetric_limits_are_taken_as_stated() -> None:
    inverted = signal("ECG I", physical=("8711", "-8711"))
    shifted = signal("ECG II", physical=("-100", "900"), range=("0", "4095"))
    shifted = Signal("ECG II", digital() & 4095, physical=("-100", "900"), range=("0", "4095"))
    content = ecg(edf_bytes([inverted, shifted]))
    np.testing.assert_allclose(content.samples[0], millivolts(inverted), rtol=1e-6)
    np.testing.assert_allclose(content.samples[1], millivolts(shifted), rtol=1e-6, atol=1e-7)
    assert not notes(content)


def test_values_beyond_the_stated_range_are_noted() -> None:
    content = ecg(edf_bytes([signal(range=("-2048", "2047"))]))
    assert "“ECG II” has samples beyond its stated digital range" in notes(content)


def test_24_bit_samples() -> None:
    values = digital(bits=24)
    values[:4] = -(1 << 23), (1 << 23) - 1, -1, 0
    limits = {"physical": ("-262144", "262143"), "range": ("-8388608", "8388607")}
    one = Signal("ECG V1", values, **limits)  # type: ignore[arg-type]
    for lists in (None, [tal(f"+{i}", "") for i in range(SECONDS)]):
        content = ecg(edf_bytes([one], bits=24, lists=lists))
        np.testing.assert_allclose(content.samples[0], millivolts(one), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("records", "duration", "fs"),
    [
        (10, "1", 500.0),
        (100, "0.1", 500.0),
        (4, "2.5", 500.0),
        (5, "3", 1000 / 3),
        (50, "+.2", 500),
    ],
)
def test_rate_follows_from_the_duration_of_data_records(
    records: int, duration: str, fs: float
) -> None:
    content = ecg(edf_bytes([signal()], records=records, duration=duration))
    assert content.fs == fs


# Leads


def test_labels_that_name_leads() -> None:
    labels = ("ECG V6", "ecg_aVR", "EKG-II", "III", "Lead aVL", "MLII", "ECG", "ECG 3", "Chan ECG")
    content = ecg(edf_bytes([signal(label) for label in labels]))
    assert content.leads == ("II", "III", "aVR", "aVL", "V6", "MLII", "ECG", "ECG 3", "Chan ECG")
    assert "No recognisable lead name: channel 6, 7, 8, 9" in notes(content)
    doubts = [n.parameters for n in content.notes if n.id == "formats.note.named_by_text"]
    assert "III" in str(doubts)
    assert "V6" not in str(doubts)  # that is the label that EDF+ asks for


def test_other_signals_are_left_out_with_a_note() -> None:
    others = [
        signal("EEG Fp1"),
        signal("X"),
        signal("SpO2", n=10, dimension="%"),
        signal("ECG HR", n=10, dimension="bpm"),
    ]
    content = ecg(edf_bytes([others[0], signal("ECG II"), *others[1:]]))
    assert content.leads == ("II",)
    assert "not shown: EEG Fp1, X" in notes(content)
    assert "“SpO2” is no voltage" in notes(content)
    assert "“ECG HR” is no voltage" in notes(content)


def test_the_rate_of_most_leads_is_kept() -> None:
    leads = [signal("ECG I"), signal("ECG V1", n=250 * SECONDS), signal("ECG II")]
    content = ecg(edf_bytes([signal("EEG C3", n=100 * SECONDS), *leads]))
    assert (content.leads, content.fs, content.samples.shape) == (("I", "II"), 500.0, (2, 5000))
    assert "another sampling rate (250 Hz) are not shown: ECG V1" in notes(content)


def test_limb_leads_are_derived() -> None:
    content = ecg(edf_bytes([signal(label) for label in ("ECG V1", "ECG II", "ECG I")]))
    assert content.leads == ("I", "II", "III", "aVR", "aVL", "aVF", "V1")
    np.testing.assert_allclose(
        content.samples[2], content.samples[1] - content.samples[0], atol=1e-6
    )


def test_header_text_in_chinese() -> None:
    name = "T0001 F 17-MAY-1960 李喆"
    for encoding, said in (("utf-8", "UTF-8"), ("gb18030", "GB18030")):
        data = edf_bytes(
            [signal("心电 II".encode(encoding))], general={"patient": name.encode(encoding)}
        )
        content = ecg(data)
        assert content.leads == ("II",)
        assert content.patient.name == "李喆"
        assert said in notes(content)
    content = ecg(edf_bytes([signal()], general={"patient": "X M X Müller".encode("latin-1")}))
    assert content.patient.name == "Müller"
    assert "ISO 8859-1" in notes(content)


# Who, when, with what


def test_identification_subfields() -> None:
    filters = "HP:0.05Hz LP:150Hz N:50Hz"
    content = ecg(edf_bytes([signal(prefiltering=filters), signal("ECG V1", prefiltering=filters)]))
    assert content.patient == Patient(
        name="Li Si", local_number="T0001", sex=Sex.FEMALE, birth_date=date(1960, 5, 17)
    )
    assert content.identity.accession == "A77"
    device = content.device
    assert (device.model, device.high_pass, device.low_pass, device.notch) == (
        "Recorder 9",
        0.05,
        150.0,
        50.0,
    )


@pytest.mark.parametrize(
    ("patient", "expected", "noted"),
    [
        ("X X X X", Patient(), False),
        ("X", Patient(), False),
        ("", Patient(), False),
        ("A1 M X Wang_Wu extra", Patient("Wang Wu", "A1", sex=Sex.MALE), False),
        ("Wang Wu, bed 4", Patient(), True),
        ("A1 M 31-FEB-1960 Wang_Wu", Patient(), True),
    ],
)
def test_patient_fields(patient: str, expected: Patient, noted: bool) -> None:
    content = ecg(edf_bytes([signal()], general={"patient": patient}))
    assert content.patient == expected
    assert (f"please check: {patient}" in notes(content)) is noted


@pytest.mark.parametrize(
    ("day", "clock", "recording", "start"),
    [
        ("22.11.26", "01.30.00", "X", at("2026-11-22T01:30:00")),
        ("01.02.85", "23.59.59", "X", at("1985-02-01T23:59:59")),
        ("01.02.84", "00.00.00", "X", at("2084-02-01T00:00:00")),
        ("24-12-99", "10:11:12", "X", at("1999-12-24T10:11:12")),
        ("01.01.85", "00.00.00", "X", None),
        ("01.01.85", "00.00.00", "Startdate X X X X", None),
        ("02.03.yy", "04.05.06", "Startdate 02-MAR-2090 X X X", at("2090-03-02T04:05:06")),
        ("22.11.26", "01.30.00", "Startdate 21-NOV-2026 X X X", None),
        ("31.02.26", "01.30.00", "X", None),
        ("22.11.26", "25.30.00", "X", None),
    ],
)
def test_start(day: str, clock: str, recording: str, start: datetime | None) -> None:
    fields = {"date": day, "time": clock, "recording": recording}
    content = ecg(edf_bytes([signal()], general=fields))
    assert content.start == start
    assert ("no usable acquisition time" in notes(content)) is (start is None)
    assert ("two start dates" in notes(content)) is ("21-NOV" in recording)


def test_filters_that_differ_are_not_stated() -> None:
    content = ecg(
        edf_bytes(
            [
                signal("ECG I", prefiltering="HP:0.05Hz LP:40Hz"),
                signal("ECG II", prefiltering="HP:0.05Hz LP:150Hz"),
            ]
        )
    )
    assert (content.device.high_pass, content.device.low_pass) == (0.05, None)
    assert "filters differ" in notes(content)


# Annotations and interruptions


def test_annotations_have_their_places() -> None:
    lists = [tal(f"+{i}.25", "") for i in range(SECONDS)]
    lists[0] += tal("+0.25", "Sinus rhythm", duration="10")
    lists[3] += tal("+4.5", "停搏", "Pause", duration="2.5") + tal("+3.252", "VES")
    lists[9] += tal("+99", "after the end") + tal("+5", "室早".encode("gb18030"))
    content = ecg(edf_bytes([signal()], lists=lists))
    assert content.start == at("2026-11-22T01:30:00.250000")
    assert content.annotations == (
        Annotation("Sinus rhythm"),
        Annotation("停搏", position=2125, value=2.5, unit="s"),
        Annotation("Pause", position=2125, value=2.5, unit="s"),
        Annotation("VES", position=1501),
        Annotation("after the end"),
        Annotation("室早", position=2375),
    )
    assert "GB18030" in notes(content)


def test_damaged_annotations_are_noted() -> None:
    lists = [tal(f"+{i}", "") for i in range(SECONDS)]
    lists[4] += b"no onset\x14here\x14\0"
    content = ecg(edf_bytes([signal()], lists=lists))
    assert content.annotations == ()
    assert "Data record 5 has annotations that make no sense" in notes(content)


def test_interruptions_are_not_recorded_samples() -> None:
    onsets = [0, 1, 2, 5.5, 6.5, 7.5, 8.5, 9.5, 20, 21]
    one = signal(physical=("-32768", "32767"))
    lists = [tal(f"+{onset}", "") for onset in onsets]
    lists[5] += tal("+20.5", "after the gap")
    content = ecg(edf_bytes([one], lists=lists, kind="EDF+D"))
    assert content.samples.shape == (1, 22 * FS)
    expected = np.full(22 * FS, np.nan, np.float32)
    for onset, part in zip(onsets, one.digital.reshape(10, FS), strict=True):
        expected[int(onset * FS) :][:FS] = part / 1000
    np.testing.assert_array_equal(content.samples[0], expected)
    assert content.annotations == (Annotation("after the gap", position=10250),)
    assert "2 interruptions of 12.0 s" in notes(content)


def test_a_file_that_only_calls_itself_continuous() -> None:
    lists = [tal(f"+{i + 60 * (i > 4)}", "") for i in range(SECONDS)]
    content = ecg(edf_bytes([signal()], lists=lists))
    assert content.duration == 70
    assert np.isnan(content.samples).sum() == 60 * FS
    assert "calls itself continuous" in notes(content)


# Lengths


def test_a_file_that_was_not_closed() -> None:
    data = edf_bytes([signal()], general={"records": "-1"})
    content = ecg(data[:-300])
    assert content.samples.shape == (1, 9 * FS)
    assert "the 9 whole data records in the file were read" in notes(content)


def test_bytes_beyond_the_data() -> None:
    content = ecg(edf_bytes([signal()]) + b"\0" * 1234)
    assert content.samples.shape == (1, 5000)
    assert "1234 bytes beyond the announced data" in notes(content)


# Time and memory


def test_a_day_of_three_leads_is_not_held_twice(tmp_path: Path) -> None:
    seconds = 24 * 3600
    signals = [signal(label, 250 * 60) for label in ("ECG V5", "ECG V1", "ECG III")]
    for one in signals:
        one.digital[:5000] = 0  # the electrodes are put on
    minute = edf_bytes(signals, records=60)
    file = tmp_path / "day.edf"
    with file.open("wb") as out:
        out.write(minute[:236] + str(seconds).encode().ljust(8) + minute[244:1024])
        for _ in range(seconds // 60):
            out.write(minute[1024:])
    size = file.stat().st_size
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        tracemalloc.start()
        content = edf.read(data)  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert content.samples.shape == (3, 250 * seconds)
        assert size > 129_000_000
        assert peak <= 1.15 * content.samples.nbytes
        expected = millivolts(signals[2])
        for part in (content.samples[0, : expected.size], content.samples[0, -expected.size :]):
            np.testing.assert_allclose(part, expected, rtol=1e-6, atol=1e-7)


def test_no_warning_leaves_the_reader() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ecg(edf_bytes([signal(dimension="V", physical=("-9999999", "99999999"))]))
