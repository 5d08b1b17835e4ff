"""WFDB records: every storage format, header field and kind of segment, from known integers."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.formats import wfdb as reader
from farlead.formats.guards import blank_filler
from farlead.formats.source import Source
from farlead.messages import Language
from farlead.model.people import Sex
from farlead.model.recording import Recording
from wfdb_files import RANGES, Signal, layout, record, segmented, signal_line, written, zipped


def opened(files: dict[str, bytes]) -> Recording:
    """Recording of a record whose files are in memory."""

    def companion(name: str) -> BinaryIO | None:
        return BytesIO(files[name]) if name in files else None

    return reader.read_source(Source(next(iter(files.values())), companion))


def refusal(files: dict[str, bytes]) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as raised:
        opened(files)
    assert raised.value.text(Language.ZH)
    assert raised.value.text(Language.EN)
    return raised.value


def notes(content: Recording) -> set[str]:
    for note in content.notes:
        assert note.text(Language.ZH)
        assert note.text(Language.EN)
    return {note.id.removeprefix("formats.") for note in content.notes}


def millivolts(values: list[int], gain: float = 200.0) -> list[float]:
    return [float(np.float32(value / gain)) for value in values]


@st.composite
def _records(draw: st.DrawFn, code: int) -> list[Signal]:
    low, high, invalid = RANGES[code]
    frames = draw(st.integers(1, 40))
    signals = []
    for label in draw(st.lists(st.sampled_from(["II", "V1", "V5", "V6"]), min_size=1, unique=True)):
        one = (
            st.integers(low, high) if invalid is None else st.integers(low, high) | st.just(invalid)
        )
        values = draw(st.lists(one, min_size=frames, max_size=frames))
        if code == 8:  # each difference has to fit 8 bits
            steps = draw(st.lists(st.integers(-128, 127), min_size=frames, max_size=frames))
            values = [int(v) for v in np.cumsum(steps)]
        signals.append(Signal(label, values, initial=0 if code == 8 else None))
    return signals


@pytest.mark.parametrize("code", RANGES)
@settings(deadline=None, max_examples=60)
@given(data=st.data(), offset=st.sampled_from([0, 1, 24]))
def test_every_format_gives_its_integers_back(code: int, data: st.DataObject, offset: int) -> None:
    signals = data.draw(_records(code))
    invalid = RANGES[code][2]
    files = record("r", signals, code=code, offset=offset)
    if all(value == invalid for signal in signals for value in signal.values):
        assert refusal(files).reason.id == "formats.no_samples"
        return
    wanted = [(np.array(signal.values) / 200).astype(np.float32) for signal in signals]
    for row, signal in zip(wanted, signals, strict=True):
        row[[value == invalid for value in signal.values]] = np.nan
    blank_filler(wanted)
    if all(np.isnan(row).all() for row in wanted):
        return
    content = opened(files)
    for signal, row in zip(signals, wanted, strict=True):
        np.testing.assert_array_equal(content.samples[content.leads.index(signal.label)], row)


@pytest.mark.parametrize("code", RANGES)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_a_last_sample_that_ends_within_a_byte(code: int, n: int) -> None:
    files = record("r", [Signal("II", list(range(-2, n - 2)))], code=code)
    assert opened(files).samples.tolist() == [millivolts(list(range(-2, n - 2)))]
    files["r.dat"] = files["r.dat"][:-1]
    assert refusal(files).reason.id == "formats.wfdb.truncated"


def test_blocks_join(monkeypatch: pytest.MonkeyPatch) -> None:
    from farlead.formats.wfdb import signals

    monkeypatch.setattr(signals, "_BLOCK", 12)
    rng = np.random.default_rng(3)
    for code in RANGES:
        walk = rng.integers(-20, 20, (3, 101)).cumsum(axis=1).clip(-120, 120)
        parts = [Signal(name, row.tolist()) for name, row in zip("abc", walk, strict=True)]
        parts[1].skew = 17
        content = opened(record("r", parts, code=code))
        assert content.samples[0].tolist() == millivolts(walk[0].tolist())
        assert content.samples[1, :84].tolist() == millivolts(walk[1, 17:].tolist())
        assert np.isnan(content.samples[1, 84:]).all()


def test_a_file_on_disk_and_a_zip_and_the_registry(tmp_path: Path) -> None:
    files = record("r", [Signal("II", [1, 2, 3])], code=212)
    for source in (written(files, tmp_path), zipped(files), zipped(files, "r/")):
        content = read(source)
        assert isinstance(content, Recording)
        assert content.samples.tolist() == [millivolts([1, 2, 3])]


def test_gain_baseline_and_units() -> None:
    values = [0, 100, -50]
    for gain, wanted in {
        "100(10)/mV": [-0.1, 0.9, -0.6],
        "100": [0.0, 1.0, -0.5],
        "1/uV": [0.0, 0.1, -0.05],
        "1/µV": [0.0, 0.1, -0.05],
        "10000/V": [0.0, 10.0, -5.0],
        "1e3/mV": [0.0, 0.1, -0.05],
        "-100/mV": [0.0, -1.0, 0.5],
    }.items():
        content = opened(record("r", [Signal("II", values, gain=gain)]))
        np.testing.assert_allclose(content.samples[0], wanted, rtol=1e-6)


def test_without_a_gain_the_documents_200_is_taken_and_noted() -> None:
    for gain in ("0", "0(0)/mV", "0.0"):
        content = opened(record("r", [Signal("II", [200], gain=gain)]))
        assert content.samples.tolist() == [[1.0]]
        assert "wfdb.note.gain" in notes(content)


def test_without_a_baseline_it_is_the_converters_zero() -> None:
    files = {"r.hea": b"r 1 250 1\nr.dat 16 100 11 1024 1124 1124 0 II\n", "r.dat": b"\x64\x04"}
    assert opened(files).samples.tolist() == [[1.0]]


def test_a_header_with_the_least_that_is_allowed() -> None:
    content = opened({"r.hea": b"r 1\nr.dat 16\n", "r.dat": b"\xc8\x00\x00\x00"})
    assert content.fs == 250
    assert content.samples.tolist() == [[1.0, 0.0]]
    assert {"wfdb.note.rate", "wfdb.note.length", "wfdb.note.gain"} <= notes(content)


def test_a_rate_with_counter_and_base() -> None:
    content = opened(record("r", [Signal("II", [1])], fs="360/24000(100.5)"))
    assert content.fs == 360


def test_signals_that_are_no_voltage_are_left_out_and_noted() -> None:
    signals = [Signal("ABP", [1, 2], gain="1/mmHg"), Signal("II", [3, 4])]
    content = opened(record("r", signals))
    assert content.leads == ("II",)
    assert "note.not_voltage" in notes(content)
    assert refusal(record("r", signals[:1])).reason.id == "formats.wfdb.no_voltage"


def test_of_several_rates_that_of_the_leads_is_kept() -> None:
    signals = [Signal("RESP", [9, 8]), Signal("II", [1, 2, 3, 4, 5, 6], per_frame=3)]
    content = opened(record("r", signals, fs="100"))
    assert (content.leads, content.fs) == (("II",), 300)
    assert content.samples.tolist() == [millivolts([1, 2, 3, 4, 5, 6])]
    assert "note.group_left_out" in notes(content)


def test_skew_counts_frames() -> None:
    signals = [
        Signal("II", [1, 2, 3, 4, 5, 6], per_frame=2, skew=1),
        Signal("V1", [7, 8, 9, 10, 11, 12], per_frame=2),
    ]
    content = opened(record("r", signals))
    np.testing.assert_array_equal(
        content.samples[0], np.array([3, 4, 5, 6, np.nan, np.nan], np.float32) / np.float32(200)
    )
    assert content.samples[1].tolist() == millivolts([7, 8, 9, 10, 11, 12])
    assert "wfdb.note.skew" in notes(content)


def test_skew_beyond_the_end_leaves_nothing() -> None:
    signals = [Signal("II", [1, 2], skew=5), Signal("V1", [3, 4])]
    assert np.isnan(opened(record("r", signals)).samples[0]).all()


def test_signals_in_several_files() -> None:
    one, two = Signal("II", [1, 2, 3]), Signal("V1", [4, 5, 6])
    lines = ["r 2 250 3", signal_line(one, "a.dat", 16), signal_line(two, "b.dat", 212)]
    files = {
        "r.hea": "\r\n".join(lines).encode(),
        "a.dat": record("a", [one])["a.dat"],
        "b.dat": record("b", [two], code=212)["b.dat"],
    }
    content = opened(files)
    assert content.samples.tolist() == [millivolts([1, 2, 3]), millivolts([4, 5, 6])]


def test_limb_leads_are_derived() -> None:
    signals = [Signal("V1", [1, 1]), Signal("i", [100, 200]), Signal("ii", [300, 100])]
    content = opened(record("r", signals))
    assert content.leads == ("I", "II", "III", "aVR", "aVL", "aVF", "V1")
    assert content.samples[2].tolist() == [1.0, -0.5]


def test_a_wrong_checksum_is_refused() -> None:
    error = refusal(record("r", [Signal("II", [1, 2, 3], checksum=7)]))
    assert error.reason.id == "formats.wfdb.checksum"
    assert error.reason.parameters == {
        "signal": "II",
        "file": "r.dat",
        "expected": 7,
        "found": 6,
    }


def test_checksums_of_signals_that_are_left_out_count_too() -> None:
    signals = [Signal("II", [1]), Signal("ABP", [2], gain="1/mmHg", checksum=3)]
    assert refusal(record("r", signals)).reason.id == "formats.wfdb.checksum"


def test_a_checksum_may_be_written_unsigned() -> None:
    assert opened(record("r", [Signal("II", [-1], checksum=65535)])).samples.size == 1


def test_a_wrong_first_sample_is_refused_unless_the_checksum_proves_the_signal() -> None:
    content = opened(record("r", [Signal("II", [1, 2, 3], initial=9)]))
    assert "wfdb.note.initial" in notes(content)
    files = {"r.hea": b"r 1 250 1\nr.dat 16 200 12 0 9\n", "r.dat": b"\1\0"}
    assert refusal(files).reason.id == "formats.wfdb.initial"


def test_more_samples_than_announced_are_noted() -> None:
    files = record("r", [Signal("II", [1, 2])])
    files["r.dat"] += b"\0\0\0\0"
    content = opened(files)
    assert content.samples.shape == (1, 2)
    assert "wfdb.note.longer" in notes(content)


def test_time_and_patient() -> None:
    comments = [" <age>: 51  <sex>: F <diagnoses>: none", "Height: 170", " 69 M 1085 1629 x1"]
    content = opened(
        record("r", [Signal("II", [1])], when="09:05:07.25 3/12/2025", comments=comments)
    )
    assert content.start == datetime.fromisoformat("2025-12-03T09:05:07.250")
    assert (content.patient.age_years, content.patient.sex) == (51.0, Sex.FEMALE)
    texts = [annotation.text for annotation in content.annotations]
    assert texts == ["diagnoses: none", "Height: 170", "69 M 1085 1629 x1"]


@pytest.mark.parametrize(
    ("comments", "age", "sex"),
    [
        (["Age: 85", "Sex: Male"], 85.0, Sex.MALE),
        (["age: 81", " gender: female"], 81.0, Sex.FEMALE),
        (["Age: 3.5 years"], 3.5, Sex.UNKNOWN),
        (["Age: 300", "Sex: unknown"], None, Sex.UNKNOWN),
        (["Age: ??", "Sex: ?"], None, Sex.UNKNOWN),
        (["Age: 60", "Age: 61", "Sex: M"], None, Sex.MALE),
        ([" 69 M 1085 1629 x1"], None, Sex.UNKNOWN),
    ],
)
def test_only_what_is_clear_is_taken_for_the_patient(
    comments: list[str], age: float | None, sex: Sex
) -> None:
    content = opened(record("r", [Signal("II", [1])], comments=comments))
    assert (content.patient.age_years, content.patient.sex) == (age, sex)
    taken = (age is not None) + (sex is not Sex.UNKNOWN)
    assert len(content.annotations) == len(comments) - taken


def test_a_stated_offset_makes_the_time_absolute() -> None:
    comments = ["UTC offset: +00:00"]
    content = opened(
        record("r", [Signal("II", [1])], when="09:05:07 03/12/2025", comments=comments)
    )
    assert content.start == datetime(2025, 12, 3, 9, 5, 7, tzinfo=UTC)


def test_a_time_without_a_date_is_no_start() -> None:
    for when in ("10:11:12", "10:11:12 0/0/0", "10:11:12 31/02/2020"):
        content = opened(record("r", [Signal("II", [1])], when=when))
        assert content.start is None
        assert content.annotations[0].text == "Time of day, without a date: 10:11:12"
        assert "note.clock" in notes(content)


def test_texts_of_any_encoding() -> None:
    for encoding, text in (
        ("utf-8", "诊断：窦性心律"),
        ("gb18030", "诊断：窦性心律"),
        ("latin-1", "µV"),
    ):
        files = record("r", [Signal("II", [1])])
        files["r.hea"] += f"# {text}\n".encode(encoding)
        assert opened(files).annotations[0].text == text


def test_comments_before_the_signals_say_nothing() -> None:
    files = record("r", [Signal("II", [1])])
    files["r.hea"] = b"# Age: 50\n\n" + files["r.hea"]
    content = opened(files)
    assert content.patient.age_years is None
    assert content.annotations == ()


def test_fixed_layout() -> None:
    files = segmented("m", [("a", 3), ("~", 2), ("b", 1), ("a", 3)], 2)
    files |= record("a", [Signal("II", [1, 2, 3]), Signal("V1", [4, 5, 6])])
    files |= record("b", [Signal("II", [7]), Signal("V1", [8], gain="100/mV")], code=212)
    content = opened(files)
    gap = [np.nan, np.nan]
    one = np.array([1, 2, 3, *gap, 7, 1, 2, 3], np.float64) / 200
    two = np.array([4, 5, 6, *gap, 16, 4, 5, 6], np.float64) / 200
    np.testing.assert_array_equal(content.samples, np.stack([one, two]).astype(np.float32))
    assert "wfdb.note.gaps" in notes(content)


def test_variable_layout() -> None:
    files = segmented("m", [("l", 0), ("a", 2), ("~", 1), ("b", 2)], 3, when="10:00:00 01/02/2020")
    files |= layout("l", ["II", "V1", "V5"])
    files |= record("a", [Signal("V1", [1, 2]), Signal("II", [3, 4], gain="100/mV")], code=80)
    files |= record("b", [Signal("V5", [5, 6]), Signal("ABP", [5, 6], gain="1/mmHg")])
    content = opened(files)
    nan = np.nan
    wanted = np.array([[6, 8, nan, nan, nan], [1, 2, nan, nan, nan], [nan, nan, nan, 5, 6]]) / 200
    assert content.leads == ("II", "V1", "V5")
    np.testing.assert_array_equal(content.samples, wanted.astype(np.float32))
    assert content.start == datetime.fromisoformat("2020-02-01T10:00:00")
    assert {"wfdb.note.gaps", "wfdb.note.unlisted"} <= notes(content)


def test_a_segment_without_samples_of_its_own() -> None:
    files = segmented("m", [("a", 2), ("null", 2)], 1)
    files |= record("a", [Signal("II", [1, 2])])
    files["null.hea"] = b"null 1 250 2\n~ 0 200/mV 12 0 0 0 0 II\n"
    content = opened(files)
    assert content.samples[0, :2].tolist() == millivolts([1, 2])
    assert np.isnan(content.samples[0, 2:]).all()


def _changed(**other: object) -> dict[str, bytes]:
    fields = {"label": "II", "values": [1, 2], **other}
    files = segmented("m", [("a", 2), ("b", 2)], 1)
    return files | record("a", [Signal("II", [1, 2])]) | record("b", [Signal(**fields)])  # type: ignore[arg-type]


def test_segments_that_contradict_their_record() -> None:
    cases = {
        "rates": _changed() | record("b", [Signal("II", [1, 2])], fs="500"),
        "changed": _changed(label="V1"),
        "length": _changed(values=[1, 2, 3]),
        "segment_signals": _changed() | record("b", [Signal("II", [1, 2]), Signal("V1", [1, 2])]),
        "nested": _changed() | segmented("b", [("a", 2)], 1),
    }
    for name, files in cases.items():
        assert refusal(files).reason.id == f"formats.wfdb.{name}"
    assert refusal(_changed(gain="1/mmHg")).reason.id == "formats.wfdb.changed"
    twice = _changed(values=[1, 2, 3, 4], per_frame=2)
    assert refusal(twice).reason.id == "formats.wfdb.changed"


def test_the_whole_is_as_long_as_its_segments() -> None:
    files = segmented("m", [("a", 2)], 1) | record("a", [Signal("II", [1, 2])])
    files["m.hea"] = files["m.hea"].replace(b"250 2", b"250 3")
    assert refusal(files).reason.id == "formats.wfdb.length"


def test_recognised_by_content_only() -> None:
    for data in (
        b"r 1 250 3\nr.dat 16 200\n",
        b"# comment\n\n100 2 360 650000\n100.dat 212 200 11 1024 995 -22131 0 MLII\n",
        b"\xef\xbb\xbfr 1\nr.dat 16\n",
        b"m/2 1 250 4\na 2\nb 2\n",
        b"r 0 250 100 10:00:00\n",
    ):
        assert reader.recognises(data)
    for data in (
        b"",
        b"# only a comment",
        b"time,I,II\n0,1,2\n",
        b"1 2 3\n4 5 6\n",
        b"Patient 12\nof ward 3\n",
        b"r 1 250\n",
        b"r 1 x\nr.dat 16",
        b"\0\0\0\0",
        b"PK\3\4",
        "这是一份文字说明".encode(),
    ):
        assert not reader.recognises(data)
