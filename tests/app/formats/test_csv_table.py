"""CSV with a stated header comes back bit-identical; any other CSV is told what it lacks."""

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_files import recording
from farlead.errors import UnreadableFile
from farlead.formats import csv_table, read
from farlead.formats.csv_writer import encode_csv
from farlead.formats.leads import TWELVE
from farlead.messages import Language
from farlead.model.people import Patient, Sex
from farlead.model.recording import Annotation, Device, Identity, Recording

DOCUMENT = Path(__file__).parents[3] / "docs" / "csv-format.md"
HEAD = "# farlead-ecg 1; fs=500; unit=mV\n"
ROWS = "".join(f"{i / 1000},{-i}e-3\n" for i in range(100))
ECG = f"{HEAD}I,II\n{ROWS}".encode()


def ecg(data: bytes | str) -> Recording:
    content = read(data if isinstance(data, bytes) else data.encode())
    assert isinstance(content, Recording)
    return content


def notes(content: Recording) -> str:
    for note in content.notes:
        assert note.text(Language.ZH)
    return "\n".join(note.text(Language.EN) for note in content.notes)


def refusal(data: bytes | str) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read(data if isinstance(data, bytes) else data.encode())
    error = caught.value
    assert error.reason.id != "formats.damaged"
    assert "请" in error.text(Language.ZH)
    assert "sk the unit" in error.text(Language.EN)
    return error


def table(*lines: str, head: str = HEAD, names: str = "I,II") -> str:
    return "\n".join((head.rstrip("\n"), names, *lines))


def test_the_example_of_the_document() -> None:
    example = re.findall(r"```\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)[0]
    content = ecg(example)
    assert (content.leads, content.fs) == (("I", "II", "V1"), 500.0) or "V1" in content.leads
    assert content.patient.name == "演示 甲"
    assert content.start == datetime.fromisoformat("2026-01-02T03:04:05+08:00")
    row = content.samples[content.leads.index("V1")]
    np.testing.assert_array_equal(row, np.array([-0.008, -0.008], np.float32))


def test_every_key() -> None:
    head = (
        "# farlead-ecg 1; FS = 250.5 ; unit=uV\n"
        "# start=2026-01-02T03:04:05.5; patient=Li%3B%25 Si; id=T1; sex=f; birth=1960-05-17\n"
        "# accession=A7; device=one two; high_pass=0.05; low_pass=150; notch=50; colour=red\n"
    )
    content = ecg(table("1000,-2.5", "nan,", head=head))
    assert content.fs == 250.5
    np.testing.assert_array_equal(
        content.samples, np.array([[1, np.nan], [-0.0025, np.nan]], np.float32)
    )
    assert content.start == datetime.fromisoformat("2026-01-02T03:04:05.5")
    assert content.patient == Patient("Li;% Si", "T1", sex=Sex.FEMALE, birth_date=date(1960, 5, 17))
    assert content.identity.accession == "A7"
    assert content.device == Device(model="one two", high_pass=0.05, low_pass=150.0, notch=50.0)
    assert "“colour”" in notes(content)


@pytest.mark.parametrize(("unit", "factor"), [("V", 1e3), ("mV", 1), ("uV", 1e-3), ("nV", 1e-6)])
def test_units(unit: str, factor: float) -> None:
    content = ecg(table("3", "-1.5", head=f"# farlead-ecg 1; fs=500; unit={unit}", names="V1"))
    np.testing.assert_allclose(content.samples[0], [3 * factor, -1.5 * factor], rtol=1e-6)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("mV\n", "mV,,,\n").encode(),
        lambda text: ('"' + text.replace("mV\n", 'mV",\n')).encode(),
        lambda text: text.replace("I,II", "I, II").encode(),
    ],
)
def test_as_spreadsheets_save_it(change: object) -> None:
    content = ecg(change(ECG.decode()))  # type: ignore[operator]
    np.testing.assert_array_equal(content.samples, ecg(ECG).samples)


def test_gb18030_is_noted() -> None:
    head = HEAD.replace("unit", "patient=演示甲; unit")
    content = ecg(table("1,2", head=head).encode("gb18030"))
    assert content.patient.name == "演示甲"
    assert "GB18030" in notes(content)


def test_a_regular_time_column() -> None:
    lines = [f"{5 + i / 500:.3f},{i / 1000}" for i in range(100)]
    content = ecg(table(*lines, names="time,V1"))
    assert content.leads == ("V1",)
    assert content.samples[0, -1] == np.float32(0.099)
    for at, bad in ((40, "5.0823"), (40, "5.0779"), (3, "nan"), (99, "5.1995")):
        error = refusal(table(*lines[:at], f"{bad},0", *lines[at + 1 :], names="time,V1"))
        assert (error.reason.id, error.tag) == ("formats.csv.time", f"line {at + 3}")


@pytest.mark.parametrize(
    ("data", "reason", "words"),
    [
        ("I,II\n" + ROWS, "not_stated", "# farlead-ecg 1; fs=…; unit=…"),
        (ROWS, "not_stated", "# farlead-ecg 1; fs=…; unit=…"),
        ("t;I\n" + "0,1;0,2\n" * 9, "not_stated", "# farlead-ecg 1"),
        ("2026/1/2 10:00:00.004\t0.5\n" * 9, "not_stated", "# farlead-ecg 1"),
        ("# farlead-ecg 12; fs=500; unit=mV\nI,II\n" + ROWS, "not_stated", "# farlead-ecg 1"),
        (table("1,2", head="# farlead-ecg 1; unit=mV"), "not_stated", "fs=…"),
        (table("1,2", head="# farlead-ecg 1; fs=500"), "not_stated", "unit=…"),
        (table("1,2", head="# farlead-ecg 1"), "not_stated", "fs=…, unit=…"),
        (table("1,2", "3,4", names="1,2"), "no_names", "Line 2"),
        (table("1,2", names="I,,II"), "no_names", "Line 2"),
        (table("1", names="time"), "no_names", "Line 2"),
        (HEAD, "no_names", "Line 2"),
        (table("1", names=",".join("a" * 300)), "columns", "300"),
        (table("1,2", "1"), "ragged", "Line 4"),
        (table("1,2", "", "1,2"), "ragged", "Line 4"),
        (table("1,2", "1,2,3"), "ragged", "Line 4"),
        (table("1,2", "1,x"), "number", "“x” in line 4"),
        (table("1,2", "1,1_0"), "number", "“1_0” in line 4"),
        (table("1,2", "1,inf"), "number", "“inf” in line 4"),
        (table("1,2", "1,1e999"), "number", "“1e999” in line 4"),
        (table("1,2", "1,１"), "number", "“１” in line 4"),
        (table("1,2", "1,1 2"), "number", "“1 2” in line 4"),
        (table("1,2", head="# farlead-ecg 1; fs=x; unit=mV"), "key", "fs=x"),
        (table("1,2", head="# farlead-ecg 1; fs=-500; unit=mV"), "key", "fs=-500"),
        (table("1,2", head="# farlead-ecg 1; fs=inf; unit=mV"), "key", "fs=inf"),
        (table("1,2", head="# farlead-ecg 1; fs=500; unit=mm"), "key", "unit=mm"),
        (table("1,2", head=HEAD.strip() + "; start=soon"), "key", "start=soon"),
        (table("1,2", head=HEAD.strip() + "; birth=1960"), "key", "birth=1960"),
        (table("1,2", head=HEAD.strip() + "; sex=w"), "key", "sex=w"),
        (table("1,2", head=HEAD.strip() + "; notch=0"), "key", "notch=0"),
    ],
)
def test_refusals(data: str, reason: str, words: str) -> None:
    error = refusal(data)
    assert error.reason.id == f"formats.csv.{reason}"
    assert words in error.text(Language.EN)
    assert words.removeprefix("Line ") in error.text(Language.ZH) or " in line " in words


def test_an_empty_table_and_a_rate_of_no_ecg() -> None:
    assert refusal(f"{HEAD}I,II\n").reason.id == "formats.no_samples"
    data = table("1,2", head="# farlead-ecg 1; fs=5; unit=mV")
    assert refusal(data).reason.id == "formats.rate"


@pytest.mark.parametrize(
    "data",
    [b"I,II\nnot,numbers\n", b"a sentence, and another\n" * 9, b"1\n2\n3\n4\n", b"{1,2,3}\n" * 4],
)
def test_what_is_no_table_of_numbers(data: bytes) -> None:
    assert not csv_table.recognises(data)


# The writer


def test_a_recording_comes_back_bit_identical() -> None:
    content = replace(
        recording(name='甲; "乙" 100%'),
        annotations=(Annotation("VES", 5),),
        identity=Identity(accession="A7"),
        device=Device(model="one", notch=50.0),
    )
    data, lost = encode_csv(content)
    back = read(data)
    assert isinstance(back, Recording)
    np.testing.assert_array_equal(back.samples, content.samples)
    for field in ("leads", "fs", "start", "patient", "device", "identity"):
        assert getattr(back, field) == getattr(content, field)
    assert not back.notes
    assert [note.id for note in lost] == ["formats.lost.annotations"]
    assert lost[0].text(Language.ZH)


@pytest.mark.parametrize(
    "content",
    [
        replace(recording(), samples=np.empty((12, 0), np.float32)),
        replace(recording(), samples=np.full((12, 5), np.inf, np.float32)),
        replace(recording(), leads=("a,b", *TWELVE[1:])),
        replace(recording(), leads=("#1", *TWELVE[1:])),
        replace(recording(), leads=(" ", *TWELVE[1:])),
        replace(recording(), leads=("time", *TWELVE[1:])),
        replace(recording(), leads=TWELVE[:3]),
    ],
)
def test_what_the_format_cannot_hold(content: Recording) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        encode_csv(content)


@settings(max_examples=100, deadline=None)
@given(
    leads=st.lists(st.sampled_from([*TWELVE, "CM5", "X"]), min_size=1, max_size=5, unique=True),
    values=st.lists(st.floats(-100, 100, width=32) | st.just(float("nan")), min_size=1),
    fs=st.floats(50, 32_000),
    name=st.text(max_size=20),
    start=st.none()
    | st.datetimes(
        datetime(1901, 1, 1),  # noqa: DTZ001
        datetime(2199, 1, 1),  # noqa: DTZ001
        timezones=st.none() | st.timezones(),
    ),
)
def test_any_recording_comes_back(
    leads: list[str], values: list[float], fs: float, name: str, start: datetime | None
) -> None:
    samples = np.tile(np.array([*values, 0.5], np.float32), (len(leads), 1))
    samples[0, 0] = 1.5
    data, _ = encode_csv(
        Recording(samples, tuple(leads), fs, start=start, patient=Patient(name or None))
    )
    back = csv_table.read(data)
    for lead, row in zip(leads, samples, strict=True):
        np.testing.assert_array_equal(back.samples[back.leads.index(lead)], row)
    assert back.fs == fs
    assert back.start is None or start is not None
    if start is not None and (start.utcoffset() is None or not start.utcoffset().seconds % 60):  # type: ignore[union-attr]
        assert back.start is not None
        # times of different zones that occur twice a year are never equal to one another
        assert back.start.isoformat() == start.isoformat()
    shown = "".join(letter if letter.isprintable() else " " for letter in name)
    assert (back.patient.name or "").strip() == shown.strip()


@settings(max_examples=300, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, 900), st.binary(min_size=1, max_size=4)), max_size=5),
    cut=st.none() | st.integers(1, 900),
)
def test_any_damage(edits: list[tuple[int, bytes]], cut: int | None) -> None:
    changed = bytearray(ECG)
    for at, piece in edits:
        changed[at : at + len(piece)] = piece
    try:
        content: Recording | UnreadableFile = csv_table.read(bytes(changed[:cut]))
    except UnreadableFile as error:
        content = error
    if isinstance(content, UnreadableFile):
        assert content.reason.id != "formats.damaged", content.__cause__
