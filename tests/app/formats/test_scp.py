"""SCP-ECG: what a device stored comes out in millivolts, however it was compressed; or not."""

import struct
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scp_files
from ecg_files import recording
from farlead.formats import describe, read
from farlead.formats.leads import TWELVE
from farlead.formats.scp import huffman
from farlead.messages import Language
from farlead.model.people import Patient, Sex
from farlead.model.recording import Annotation, Recording
from farlead.model.study import Kind
from scp_files import Beats, Coding, beats_of, scp_bytes, tag

SCP = Path(__file__).parents[3] / "workstation" / "farlead" / "formats" / "scp"
SHORT = recording(seconds=1)
LONG = recording(seconds=3)


def ecg(data: bytes) -> Recording:
    content = read(data)
    assert isinstance(content, Recording)
    return content


def notes(content: Recording) -> str:
    return "\n".join(note.text(Language.EN) for note in content.notes)


def statements(content: Recording) -> list[str]:
    return [a.text for a in content.annotations if a.value is None]


def values(content: Recording) -> dict[str, tuple[float | None, str | None]]:
    return {a.text: (a.value, a.unit) for a in content.annotations if a.value is not None}


# The real file, and the standard's own example


@pytest.mark.data
def test_the_real_file_agrees_with_its_dicom_sibling(farlead_data: Path) -> None:
    folder = farlead_data / "device" / "ecgtoolkit"
    content, sibling = read(folder / "Example.scp"), read(folder / "Example.dcm")
    assert isinstance(content, Recording)
    assert isinstance(sibling, Recording)
    assert (content.leads, content.fs, content.samples.shape) == (TWELVE, 500.0, (12, 5000))
    np.testing.assert_allclose(content.samples, sibling.samples, atol=0.0025)
    assert content.medians is not None
    assert sibling.medians is not None
    n = content.medians.shape[1]
    np.testing.assert_allclose(content.medians, sibling.medians[:, :n], atol=0.0025)
    assert (content.patient, content.start) == (sibling.patient, sibling.start)
    assert content.patient.name == "Clark"
    assert (content.device.manufacturer, content.device.model) == ("ECGConversion", "ELI250")
    assert values(content)["QRS axis"] == (-61, "deg")
    assert values(content)["QT interval"] == (420, "ms")
    assert not content.notes


def test_the_example_of_the_standard() -> None:
    data = bytes.fromhex("FF837FE0E6F1536559B65B964B9600")
    table = huffman.Table(huffman.DEFAULT)
    found = huffman.decode(data, 28, [table])
    whole = _summed_plainly(found.values.tolist())
    assert whole == [
        *(13, 14, 15, 14, 16, 18, 19, 20, 22, 22, 23, 23, 23, 22),
        *(22, 20, 17, 15, 12, 8, 6, 3, 1, 0, -2, -2, -3, -3),
    ]
    assert not found.broken
    assert (found.bits + 7) // 8 == len(data)


def test_the_default_table_is_that_of_the_standard() -> None:
    codes = {f"{c.base:0{c.prefix}b}"[::-1]: c for c in huffman.DEFAULT}
    assert len(codes) == 19
    for value, code in scp_files.DEFAULT_CODES.items():
        assert (codes[code].value, codes[code].total) == (value, len(code))
    assert codes[scp_files.ESCAPE_8].total == 18
    assert codes[scp_files.ESCAPE_16].total == 26


# Round trips


@pytest.mark.parametrize("coding", Coding)
@pytest.mark.parametrize("differences", [0, 1, 2])
def test_samples_come_back_exactly(coding: Coding, differences: int) -> None:
    again = ecg(scp_bytes(LONG, coding=coding, differences=differences))
    np.testing.assert_array_equal(again.samples, LONG.samples)
    assert (again.leads, again.fs, again.start) == (TWELVE, 500.0, LONG.start)
    assert again.patient == LONG.patient
    assert (again.device.high_pass, again.device.low_pass) == (0.05, 150.0)
    assert not again.notes
    assert again.medians is None
    assert not again.samples.flags.writeable


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-32768, 32767), min_size=1, max_size=60),
    st.sampled_from(list(Coding)),
    st.integers(0, 2),
    st.sampled_from([1000, 2500, 4880, 305]),
)
def test_any_samples_come_back_exactly(
    steps: list[int], coding: Coding, differences: int, quantum: int
) -> None:
    lead = np.array(steps, np.int64)
    samples = (np.stack([lead, -1 - lead, lead[::-1]]) * quantum / 1e6).astype(np.float32)
    content = replace(SHORT, samples=samples, leads=("V1", "V2", "V3"))
    data = scp_bytes(content, coding=coding, differences=differences, quantum=quantum)
    np.testing.assert_array_equal(ecg(data).samples, samples)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-9, 9) | st.integers(-40000, 40000), max_size=80),
    st.integers(1, 2),
    st.randoms(use_true_random=False),
)
def test_codes_are_decoded_as_bit_by_bit(sent: list[int], count: int, chance: object) -> None:
    sent = [(v + 0x8000) % 0x10000 - 0x8000 for v in sent]
    made = [scp_files.own_table(sent or [0], switch=count == 2) for _ in range(count)]
    stored = scp_files.tables_section(made)
    tables = huffman.tables(_section(2, stored))
    data = scp_files.packed(sent, made) if sent else b""
    found = huffman.decode(data, len(sent), tables)
    assert found.values.tolist() == sent
    # and whatever bits there are, as the plain decoder
    noise = bytes(chance.randrange(256) for _ in range(40))  # type: ignore[attr-defined]
    expected, used = _decoded_plainly(noise, 50, made)
    again = huffman.decode(noise, 50, tables)
    assert again.values.tolist() == expected
    assert again.bits == used


@pytest.mark.parametrize("coding", [Coding.RAW, Coding.DEFAULT, Coding.OWN])
def test_subtracted_beats_come_back(coding: Coding) -> None:
    beats, reference = beats_of(LONG)
    again = ecg(scp_bytes(LONG, coding=coding, beats=beats, reference=reference))
    np.testing.assert_array_equal(again.samples, LONG.samples)
    assert again.medians is not None
    np.testing.assert_array_equal(again.medians, (reference / 1000).astype(np.float32))
    assert not again.notes


def test_only_beats_of_type_0_are_added_and_only_within_their_zones() -> None:
    beats, reference = beats_of(LONG)
    odd = replace(
        beats,
        types=(0, 1, 0, 0),
        zones=tuple((first + 9, point, last - 30) for first, point, last in beats.zones),
    )
    again = ecg(scp_bytes(LONG, beats=odd, reference=reference))
    np.testing.assert_array_equal(again.samples, LONG.samples)


def test_a_zone_beyond_the_reference_beat_adds_nothing_there() -> None:
    beats, reference = beats_of(LONG)
    wide = replace(
        beats,
        zones=tuple((max(f - 15, 1), point, min(e + 15, 1500)) for f, point, e in beats.zones),
    )
    again = ecg(scp_bytes(LONG, beats=wide, reference=reference))
    np.testing.assert_array_equal(again.samples, LONG.samples)


@pytest.mark.parametrize("factor", [2, 3, 4])
@pytest.mark.parametrize("subtract", [True, False])
@pytest.mark.parametrize("coding", [Coding.RAW, Coding.DEFAULT])
def test_decimated_samples_are_exact_in_protected_areas(
    factor: int, subtract: bool, coding: Coding
) -> None:
    beats, reference = beats_of(LONG)
    data = scp_bytes(
        LONG, beats=beats, reference=reference, factor=factor, subtract=subtract, coding=coding
    )
    again = ecg(data)
    assert again.fs == 500.0
    assert again.samples.shape == LONG.samples.shape
    inside = np.zeros(LONG.samples.shape[1], bool)
    for first, last in beats.areas:
        inside[first - 1 : last] = True
    np.testing.assert_array_equal(again.samples[:, inside], LONG.samples[:, inside])
    np.testing.assert_allclose(again.samples, LONG.samples, atol=0.03)
    assert f"it holds {500 / factor:g} Hz" in notes(again)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 25), st.integers(1, 12)), max_size=4),
    st.integers(0, 20),
    st.integers(2, 4),
)
def test_decimated_samples_are_spread_as_described(
    parts: list[tuple[int, int]], rest: int, factor: int
) -> None:
    areas: list[tuple[int, int]] = []
    at = 0
    for gap, size in parts:
        areas.append((at + gap + 1, at + gap + size))
        at += gap + size
    n = max(at + rest, 1)
    signal = np.random.default_rng(n).integers(-500, 500, n)
    content = replace(SHORT, samples=(signal[None] / 1000).astype(np.float32), leads=("V1",))
    beats = Beats(20, 1, (), ((1, 1, 1),) * len(areas), tuple(areas))
    reference = np.zeros((1, 10), np.int64)
    data = scp_bytes(
        content, beats=beats, reference=reference, factor=factor, subtract=False, differences=0
    )
    stored = scp_files.thinned(signal.tolist(), areas, factor)
    expected = _spread_plainly(stored, areas, n, factor)
    np.testing.assert_allclose(ecg(data).samples[0] * 1000, expected, atol=1e-3)


def test_leads_one_after_another_have_gaps() -> None:
    lead = scp_files.steps(SHORT)[:2, :300]
    spans = [(1, 300), (301, 600)]
    table = [scp_files.DEFAULT_TABLE]
    data = scp_bytes(
        SHORT,
        more={
            3: scp_files.leads_section(("V1", "V2"), spans),
            6: scp_files.waves_section(
                lead.tolist(), quantum=1000, interval=2000, differences=2, tables=table
            ),
        },
    )
    again = ecg(data)
    assert again.samples.shape == (2, 600)
    assert np.isnan(again.samples[0, 300:]).all()
    assert np.isnan(again.samples[1, :300]).all()
    np.testing.assert_array_equal(again.samples[1, 300:], SHORT.samples[1, :300])
    assert "at the same time" in notes(again)


def test_eight_leads_become_twelve() -> None:
    names = ("I", "II", *TWELVE[6:])
    rows = [TWELVE.index(name) for name in names]
    again = ecg(scp_bytes(replace(LONG, samples=LONG.samples[rows], leads=names)))
    assert again.leads == TWELVE
    np.testing.assert_allclose(again.samples, LONG.samples, atol=0.0011)


def test_an_unknown_lead_keeps_its_number() -> None:
    body = bytearray(scp_files.leads_section(TWELVE, [(1, 500)] * 12))
    body[-1] = 200
    again = ecg(scp_bytes(SHORT, more={3: bytes(body)}))
    assert again.leads[-1] == "SCP 200"
    assert "No recognisable lead name" in notes(again)


def test_a_reference_beat_of_another_rate_is_left_out() -> None:
    body = scp_files.waves_section(
        [[1] * 20] * 12, quantum=1000, interval=4000, differences=0, tables=[]
    )
    again = ecg(scp_bytes(SHORT, coding=Coding.RAW, more={5: body}))
    assert again.medians is None
    assert "another sampling rate" in notes(again)
    broken = ecg(scp_bytes(SHORT, more={5: b"\1\2\3\4"}))
    assert broken.medians is None
    assert "Section 5" in notes(broken)


# Section 1


def header(*, language: int = 0, encoding: str = "ascii", **texts: str) -> bytes:
    numbers = {"last": 0, "first": 1, "number": 2, "second": 3, "doctor": 20}
    body = scp_files.tag(14, scp_files.device(language=language))
    for name, text in texts.items():
        body += tag(numbers[name], text.encode(encoding) + b"\0")
    return body + tag(255, b"")


def test_everything_in_the_header() -> None:
    body = b"".join(
        (
            tag(0, b"Li\0"),
            tag(1, b"Ming\0"),
            tag(3, b"Zhang\0"),
            tag(2, b"A-1\0"),
            tag(4, struct.pack("<HB", 18, 2)),
            tag(5, struct.pack("<HBB", 2025, 2, 28)),
            tag(6, struct.pack("<HB", 81, 1)),
            tag(7, struct.pack("<HB", 11, 1)),
            tag(8, b"\2"),
            tag(10, b"\0\1\2drug\0"),
            tag(11, struct.pack("<H", 120)),
            tag(12, struct.pack("<H", 80)),
            tag(13, b"chest pain\0"),
            tag(13, b"syncope\0"),
            tag(14, scp_files.device(manufacturer=8, strings=(b"", b"77", b"", b"", b""))),
            tag(16, b"Hospital 3\0"),
            tag(18, b"Ward 2\0"),
            tag(20, b"Dr. Wu\0"),
            tag(24, b"\3"),
            tag(25, struct.pack("<HBB", 2026, 11, 22)),
            tag(26, bytes([9, 30, 15])),
            tag(27, struct.pack("<H", 5)),
            tag(28, struct.pack("<H", 150)),
            tag(29, b"\x06"),
            tag(30, b"restless\0"),
            tag(34, struct.pack("<hH", 480, 0) + b"\0"),
            tag(200, b"own"),
            tag(255, b""),
        )
    )
    content = ecg(scp_bytes(SHORT, header=body))
    assert content.patient == Patient(
        name="Li Zhang Ming",
        local_number="A-1",
        sex=Sex.FEMALE,
        birth_date=date(2025, 2, 28),
        age_years=1.5,
    )
    device = content.device
    assert (device.manufacturer, device.model, device.serial) == (
        "Mortara Instruments",
        "Cart1",
        "77",
    )
    assert (device.high_pass, device.low_pass, device.notch) == (0.05, 150.0, 50.0)
    zone = timezone(timedelta(hours=8))
    assert content.start == datetime(2026, 11, 22, 9, 30, 15, tzinfo=zone)
    assert content.hints.clinical_question == "chest pain; syncope"
    assert content.hints.requesting_doctor == "Dr. Wu"
    assert (content.hints.institution, content.hints.department) == ("Hospital 3", "Ward 2")
    assert content.hints.priority == "HIGH"
    found = values(content)
    assert found["height"] == (81, "cm")
    assert found["weight"] == (11, "kg")
    assert found["systolic blood pressure"] == (120, "mmHg")
    assert statements(content) == ["restless", "device filter: artifact"]
    assert describe(scp_bytes(SHORT, header=body)).kind is Kind.ECG


@pytest.mark.parametrize(
    ("level", "priority"),
    [(0, "ROUTINE"), (1, "HIGH"), (9, "HIGH"), (10, "STAT"), (11, None), (255, None)],
)
def test_only_the_top_of_the_scale_is_an_emergency(level: int, priority: str | None) -> None:
    body = b"".join((tag(24, bytes([level])), tag(255, b"")))
    assert ecg(scp_bytes(SHORT, header=body)).hints.priority == priority


@pytest.mark.parametrize(
    ("language", "encoding", "name", "noted"),
    [
        (0x00, "ascii", "Wang", False),
        (0x01, "latin-1", "Müller", False),
        (0x03, "iso8859-2", "Dvořák", False),
        (0xC0, "iso8859-2", "Dvořák", False),  # bits in the other order
        (0x13, "iso8859-5", "Иванов", False),
        (0x07, "utf-16-le", "王秀兰", False),
        (0x0F, "shift_jis", "山田", False),
        (0x17, "euc_jp", "山田", False),
        (0x27, "gb2312", "王秀兰", False),
        (0x27, "gb18030", "王䶮兰", False),
        (0xE4, "gb18030", "王秀兰", False),
        (0x2F, "cp949", "김철수", False),
        (0x37, "utf-8", "王秀兰", False),
        (0x00, "gb18030", "王秀兰", True),  # not declared
        (0x00, "utf-8", "王秀兰", True),
        (0x01, "gb2312", "王秀兰", True),  # declared wrongly
        (0x17, "iso2022_jp", "山田", False),
    ],
)
def test_names_in_all_encodings(language: int, encoding: str, name: str, noted: bool) -> None:
    wide = "\0" if encoding == "utf-16-le" else ""
    body = header(language=language, encoding=encoding, last=name + wide, number="7" + wide)
    content = ecg(scp_bytes(SHORT, header=body))
    assert content.patient.name == name
    assert content.patient.local_number == "7"
    assert ("character set" in notes(content)) is noted


def test_an_escape_into_chinese() -> None:
    body = tag(0, b"\x1b$)A" + "王秀兰".encode("gb2312") + b"\0") + tag(255, b"")
    assert ecg(scp_bytes(SHORT, header=body)).patient.name == "王秀兰"


def test_names_in_parts_stand_family_first() -> None:
    body = header(language=0x27, encoding="gb18030", first="秀兰", last="王")
    assert ecg(scp_bytes(SHORT, header=body)).patient.name == "王秀兰"


@pytest.mark.parametrize(
    "body",
    [
        tag(255, b""),
        b"",
        tag(5, b"\0\0\0\0") + tag(25, b"\xd2\7\x0d\x20") + tag(26, b"\x19\0\0"),
        tag(4, b"\0\0\1") + tag(8, b"\11") + tag(29, b"\0") + tag(34, b"\xff\x7f"),
        tag(4, b"\1") + tag(14, b"\0\1") + tag(26, b"") + tag(24, b""),
    ],
)
def test_what_the_header_does_not_say_is_not_there(body: bytes) -> None:
    content = ecg(scp_bytes(SHORT, header=body + tag(255, b"")))
    assert content.patient == Patient()
    assert content.start is None
    assert "no usable acquisition time" in notes(content)


@pytest.mark.parametrize(
    ("value", "hours", "noted"),
    [
        (b"", None, False),
        (b"\0\0\0\0\0", None, True),
        (b"\0\0", None, True),
        (b"\0\0\0\0UTC\0", 0, False),
        (b"\xe0\1\0\0\0", 8, False),
        (b"\xff\x7f\0\0\0", None, False),
    ],
)
def test_a_time_zone_is_taken_where_one_is_stated(
    value: bytes, hours: int | None, noted: bool
) -> None:
    body = tag(25, struct.pack("<HBB", 2026, 11, 22)) + tag(26, bytes([9, 30, 15])) + tag(34, value)
    content = ecg(scp_bytes(SHORT, header=body + tag(255, b"")))
    zone = None if hours is None else timezone(timedelta(hours=hours))
    assert content.start == datetime(2026, 11, 22, 9, 30, 15, tzinfo=zone)
    assert ("time zone is all zeros" in notes(content)) == noted


def test_a_file_without_section_1() -> None:
    data = scp_bytes(SHORT, more={1: b""})
    pointed = data.index(struct.pack("<H", 1), 32)
    cut = data[: pointed + 2] + bytes(8) + data[pointed + 10 :]
    content = ecg(scp_files.resealed(cut))
    assert content.patient == Patient()
    assert "no data on patient" in notes(content)


# Findings of the device


def test_global_measurements_and_spikes() -> None:
    body = scp_files.measurements_section(spikes=[(500, -1200), (900, 800)])
    content = ecg(scp_bytes(SHORT, more={7: body}))
    found = values(content)
    assert found["PR interval"] == (160, "ms")
    assert found["QRS duration"] == (90, "ms")
    assert found["QT interval"] == (380, "ms")
    assert found["P axis"] == (45, "deg")
    assert found["QRS axis"] == (-30, "deg")
    assert found["RR interval"] == (833, "ms")
    assert "PP interval" not in found
    assert found["ventricular rate"] == (72, "/min")
    assert found["QTc interval (Bazett)"] == (420, "ms")
    spikes = [a for a in content.annotations if a.text == "pacemaker spike"]
    assert spikes == [
        Annotation("pacemaker spike", 250, -1200, "uV"),
        Annotation("pacemaker spike", 450, 800, "uV"),
    ]


def test_values_that_stand_for_none_are_not_shown() -> None:
    points = (29999, 29999, 260, 19999, 65535)
    body = scp_files.measurements_section(points, (999, -1, 29999), rr=0, rates=None)
    assert values(ecg(scp_bytes(SHORT, more={7: body}))) == {"QRS axis": (-1, "deg")}


def test_measurements_of_leads() -> None:
    words = [100, 29999, 90, 400, 0, 40, 30, 0, 0, -80, 1200, -300, 29999, 29999, -50]
    content = ecg(
        scp_bytes(SHORT, more={10: scp_files.lead_measurements_section({"V2": words, "I": [96]})})
    )
    found = values(content)
    assert found["lead V2: R amplitude"] == (1200, "uV")
    assert found["lead V2: J point amplitude"] == (-50, "uV")
    assert found["lead I: P duration"] == (96, "ms")
    assert "lead V2: PR interval" not in found


def test_statements_are_kept() -> None:
    content = ecg(
        scp_bytes(
            SHORT,
            more={
                8: scp_files.statements_section(
                    [b"Sinus rhythm\0", "窦性心律".encode() + b"\0", b"\0"], status=1
                ),
                11: scp_files.statements_section(
                    [b"\1SR\0PROBABLE\0", b"\2Left axis\0", b"\3(1&2)\0"]
                ),
            },
        )
    )
    assert statements(content) == [
        "Sinus rhythm",
        "窦性心律",
        "status of the statements: confirmed",
        "SR PROBABLE",
        "Left axis",
    ]


@pytest.mark.parametrize("number", [7, 8, 10, 11])
def test_a_broken_section_of_findings_is_left_out(number: int) -> None:
    cut = ecg(scp_bytes(SHORT, more={number: b"\xff" * 12}))
    assert f"Section {number} of the file" in notes(cut)
    spoiled = ecg(scp_bytes(SHORT, more={number: b"\0" * 20}, spoiled_sum=number))
    assert f"Section {number} of the file" in notes(spoiled)
    np.testing.assert_array_equal(spoiled.samples, SHORT.samples)


def test_measurements_of_old_versions_are_not_read() -> None:
    old = ecg(scp_bytes(SHORT, version=11, more={7: scp_files.measurements_section()}))
    assert not values(old)
    assert "old version" in notes(old)


def test_version_1_has_its_protected_areas_in_its_zones() -> None:
    beats, reference = beats_of(LONG)
    inside = replace(beats, areas=tuple((first, last) for first, _, last in beats.zones))
    data = scp_bytes(LONG, version=11, beats=inside, reference=reference, factor=4)
    np.testing.assert_allclose(ecg(data).samples, LONG.samples, atol=0.03)


# Plain counterparts of what the reader does at once


def _section(number: int, body: bytes) -> huffman.Section:
    return huffman.Section(number, 0, body)


def _decoded_plainly(
    data: bytes, count: int, tables: Sequence[scp_files.Table]
) -> tuple[list[int], int]:
    """Values bit by bit until a code is cut or unknown; bits used up to the last value."""
    bits = "".join(f"{byte:08b}" for byte in data)
    found: list[int] = []
    at = used = current = 0
    while len(found) < count:
        table = tables[current]
        known = {code: value for value, code in table.codes.items()}
        size = 1
        while at + size <= len(bits):
            code = bits[at : at + size]
            if code in known or code in (table.escape_8, table.escape_16, table.switch):
                break
            size += 1
        else:
            return found, used
        at += size
        if code == table.switch:
            current = 1 - current
            continue
        if code in known:
            found.append(known[code])
        else:
            further = 8 if code == table.escape_8 else 16
            number = bits[at : at + further]
            if len(number) < further:
                return found, used
            value = int(number, 2)
            found.append(value - (1 << further) if value >> (further - 1) else value)
            at += further
        used = at
    return found, used


def _summed_plainly(seconds: list[int]) -> list[int]:
    found = seconds[:2]
    for value in seconds[2:]:
        found.append(value + 2 * found[-1] - found[-2])
    return found


def _spread_plainly(
    stored: Sequence[int], areas: Sequence[tuple[int, int]], n: int, factor: int
) -> list[float]:
    """Sample by sample: blocks of `factor` have their value in their middle."""
    found: list[float] = []
    stored = list(stored)
    end = 0
    for first, last in [*areas, (n + 1, n)]:
        gap = first - 1 - end
        slow = [stored.pop(0) for _ in range(gap // factor)]
        for i in range(len(slow) * factor):
            place = (i - factor // 2) / factor
            if place <= 0:
                found.append(slow[0])
            elif place >= len(slow) - 1:
                found.append(slow[-1])
            else:
                low = int(place)
                found.append(slow[low] + (slow[low + 1] - slow[low]) * (place - low))
        found += [stored.pop(0) for _ in range(gap % factor + max(last - first + 1, 0))]
        end = last
    assert not stored
    return found
