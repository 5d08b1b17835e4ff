"""EDF+ files that we write: another reader takes them, ours brings the recording back."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import edfio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ecg_files import recording
from farlead.formats import edf
from farlead.formats.edf_writer import encode_edf
from farlead.formats.edf_writer.quantum import quantised
from farlead.formats.leads import TWELVE
from farlead.messages import Language
from farlead.model.people import Patient, Sex
from farlead.model.recording import Annotation, Device, Identity, Recording, RequestHints

ECG = recording(name="Li Si")
RNG = np.random.default_rng(8)


def with_samples(samples: NDArray[np.floating], **changes: object) -> Recording:
    leads = TWELVE[: len(samples)]
    return replace(ECG, samples=samples.astype(np.float32), leads=leads, **changes)  # type: ignore[arg-type]


def told(messages: tuple[object, ...]) -> set[str]:
    return {note.id for note in messages}  # type: ignore[attr-defined]


def test_what_is_read_back() -> None:
    content = replace(
        ECG,
        start=datetime(2026, 11, 22, 1, 30, 5, 125_000, timezone(timedelta(hours=8))),
        patient=Patient("Li Si", "T 0001", sex=Sex.MALE, birth_date=date(1960, 5, 7)),
        device=Device("Farlead", "one two", "9", high_pass=0.05, low_pass=150.0, notch=50.0),
        identity=Identity(accession="A 77"),
        annotations=(
            Annotation("Sinus rhythm"),
            Annotation("QT interval", value=400.0, unit="ms"),
            Annotation("停搏", position=1234, value=2.5, unit="s"),
            Annotation("VES", position=0),
        ),
    )
    data, notes = encode_edf(content)
    back = edf.read(data)
    np.testing.assert_array_equal(back.samples, content.samples)
    assert (back.leads, back.fs, back.patient) == (content.leads, content.fs, content.patient)
    assert content.start is not None
    assert back.start == content.start.replace(tzinfo=None)
    assert back.device == Device(None, "Farlead one two 9", None, 0.05, 150.0, 50.0)
    assert back.identity == content.identity
    assert back.annotations == (
        Annotation("Sinus rhythm"),
        Annotation("QT interval 400 ms"),
        Annotation("停搏", position=1234, value=2.5, unit="s"),
        Annotation("VES", position=0),
    )
    assert not back.notes
    assert told(notes) == {"formats.lost.zone"}


def test_another_reader_takes_the_file() -> None:
    marks = (Annotation("VES", position=1234), Annotation("停搏", position=7, value=2.5, unit="s"))
    content = replace(ECG, annotations=marks)
    data, _ = encode_edf(content)
    peer, back = edfio.read_edf(data), edf.read(data)
    assert [s.label for s in peer.signals] == [f"ECG {lead}" for lead in TWELVE]
    for row, one in zip(back.samples, peer.signals, strict=True):
        assert one.physical_dimension == "uV"
        np.testing.assert_array_equal(one.digital, np.rint(row * 1000).astype(np.int16))
        np.testing.assert_allclose(one.data, row * 1000, rtol=1e-6, atol=1e-4)
    assert (peer.patient.code, peer.patient.name, peer.patient.sex) == ("T0001", "Li_Si", "F")
    assert peer.patient.birthdate == date(1960, 5, 17)
    assert peer.recording.startdate == date(2026, 11, 22)
    assert peer.recording.equipment_code == "Farlead_synthetic"
    assert {(a.onset, a.duration, a.text) for a in peer.annotations} == {
        (2.468, None, "VES"),
        (0.014, 2.5, "停搏"),
    }


def test_another_reader_writes_the_same_bytes() -> None:
    data, _ = encode_edf(ECG)
    path_like = edfio.read_edf(data)
    assert path_like.to_bytes() == data


def test_what_is_lost_is_told() -> None:
    content = replace(
        recording(name="演示 甲"),
        patient=Patient("演示 甲", "编号1", national_id="1", sex=Sex.OTHER),
        device=Device("设备"),
        identity=Identity(study_uid="1.2", accession="申1"),
        hints=RequestHints(department="ICU"),
        medians=np.zeros((12, 100), np.float32),
    )
    data, notes = encode_edf(content)
    assert told(notes) == {
        "formats.lost.medians",
        "formats.lost.request",
        "formats.lost.numbers",
        "formats.lost.uids",
        "formats.lost.zone",
        "formats.lost.not_ascii",
    }
    assert all(note.text(Language.ZH) and note.text(Language.EN) for note in notes)
    fields = [n.parameters["field"] for n in notes if n.id == "formats.lost.not_ascii"]
    assert [str(f).rpartition(".")[2] for f in fields] == ["code", "name", "number", "equipment"]
    assert data.isascii() or data[: 256 * 14].isascii()
    back = edf.read(data)
    assert back.patient == Patient()
    assert data[8:88].split() == [b"X", b"X", b"X", b"X"]


def test_identification_that_is_too_long() -> None:
    content = replace(
        ECG, patient=Patient("N" * 60, "C" * 30), identity=Identity(accession="A" * 90)
    )
    data, notes = encode_edf(content)
    back = edf.read(data)
    assert (back.patient.name, back.patient.local_number) == (None, "C" * 30)
    assert back.identity.accession is None
    assert told(notes) >= {"formats.lost.too_long"}


@pytest.mark.parametrize(
    "content",
    [
        replace(ECG, samples=np.where(ECG.samples == 0, np.nan, ECG.samples)),
        replace(ECG, samples=np.full((12, 5000), np.inf, np.float32)),
        replace(ECG, samples=ECG.samples[:, :0]),
        replace(ECG, samples=ECG.samples[:3]),
        replace(ECG, leads=("心电", *TWELVE[1:])),
        replace(ECG, leads=("a name of many letters", *TWELVE[1:])),
        replace(ECG, fs=360.0, samples=ECG.samples[:, :3601]),
        replace(ECG, fs=float(np.pi * 100)),
        replace(ECG, start=datetime(1984, 12, 31)),  # noqa: DTZ001
        replace(ECG, start=datetime(2085, 1, 1)),  # noqa: DTZ001
        replace(ECG, samples=ECG.samples * np.float32(1e6)),
    ],
)
def test_what_the_format_cannot_hold(content: Recording) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        encode_edf(content)


@pytest.mark.parametrize(
    "gain", [1000.0, 200.0, 204.8, 1000 / 4.88, 1024.0, 800.0, 409.6, 250.0, 713.3, 1e5]
)
def test_steps_of_devices_lose_nothing(gain: float) -> None:
    steps = RNG.integers(-2000, 2000, (2, 5000))
    content = with_samples(steps / gain)
    data, notes = encode_edf(content)
    assert "formats.lost.quantised" not in told(notes)
    back = edf.read(data)
    np.testing.assert_array_equal(np.rint(back.samples * gain), steps)
    np.testing.assert_allclose(back.samples, content.samples, rtol=5e-7)


def test_rounding_is_told() -> None:
    _, notes = encode_edf(with_samples(RNG.normal(0, 1, (1, 5000))))
    (note,) = [n for n in notes if n.id == "formats.lost.quantised"]
    assert note.text(Language.EN) == "The samples of lead I were rounded to 0.2 µV (16 bits)"


_FINE = st.floats(-8, 8, width=32, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-9)


@settings(max_examples=150, deadline=None)
@given(
    values=st.lists(_FINE, min_size=1, max_size=60),
    offset=st.sampled_from([0.0, 0.3, -300.0, 1000.0]),
)
def test_any_samples_come_back_within_half_a_step(values: list[float], offset: float) -> None:
    row = (np.array(values) + offset).astype(np.float32)
    result = quantised(row)
    row = np.tile(row, 50)
    data, _ = encode_edf(with_samples(row[None]))
    back = edf.read(data).samples[0].astype(np.float64)
    rounding = 3 * np.finfo(np.float32).eps * np.abs(row)
    limit = 0 if result.lossless else float(result.step) / 2000
    assert (np.abs(back - row.astype(np.float64)) <= limit * 1.0001 + rounding + 1e-7).all()
    assert (
        float(result.step) / 1000 <= max((float(row.max()) - float(row.min())) / 8000, 2e-5) * 5
        or result.lossless
    )


_WORDS = st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    leads=st.lists(st.sampled_from(TWELVE), min_size=1, max_size=12, unique=True),
    fs=st.sampled_from([125.0, 128.0, 200.0, 250.0, 257.5, 360.0, 500.0, 977.0, 1000.0, 1000 / 3]),
    sixes=st.integers(1, 2),
    name=_WORDS,
    number=_WORDS,
    sex=st.sampled_from([Sex.MALE, Sex.FEMALE, Sex.UNKNOWN]),
    born=st.none() | st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    start=st.none() | st.datetimes(datetime(1985, 1, 2), datetime(2084, 1, 1)),  # noqa: DTZ001
    marks=st.lists(st.tuples(st.integers(0, 100), st.text(min_size=1, max_size=8)), max_size=20),
    seed=st.integers(0, 1000),
)
def test_any_recording_comes_back(
    leads: list[str],
    fs: float,
    sixes: int,
    name: str,
    number: str,
    sex: Sex,
    born: date | None,
    start: datetime | None,
    marks: list[tuple[int, str]],
    seed: int,
) -> None:
    n = round(fs * 6) * sixes  # six seconds are whole samples of each of these rates
    steps = np.random.default_rng(seed).integers(-5000, 5000, (len(leads), n))
    content = Recording(
        samples=(steps / 1000).astype(np.float32),
        leads=tuple(leads),
        fs=fs,
        start=start,
        patient=Patient(name or None, number or None, sex=sex, birth_date=born),
        annotations=tuple(Annotation(text, position=at) for at, text in marks),
    )
    data, _ = encode_edf(content)
    back = edf.read(data)
    for lead, row in zip(content.leads, content.samples, strict=True):
        np.testing.assert_array_equal(back.samples[back.leads.index(lead)], row)
    assert (back.fs, back.start) == (fs, start)
    plain = "_" not in name + number and "X" not in (name, number)
    assert not plain or back.patient == content.patient
    texts = {(at, text) for at, text in marks if text.isprintable() and text.split() == [text]}
    assert texts <= {(a.position, a.text) for a in back.annotations}
    peer = edfio.read_edf(data)
    for row, one in zip(steps, peer.signals, strict=True):
        np.testing.assert_allclose(one.data, row, atol=1e-3)
