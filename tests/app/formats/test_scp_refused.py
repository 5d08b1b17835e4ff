"""SCP-ECG that cannot be right: refused with what, where and what to do, and soon."""

import ast
import random
import struct
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scp_files
from ecg_files import recording
from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.formats.leads import TWELVE
from farlead.formats.scp import recognises
from farlead.messages import Language, catalogue
from farlead.model.recording import Recording
from scp_files import Beats, Coding, beats_of, leads_section, scp_bytes, tag

SCP = Path(__file__).parents[3] / "workstation" / "farlead" / "formats" / "scp"
SHORT = recording(seconds=1)
LONG = recording(seconds=3)


def ecg(data: bytes) -> Recording:
    content = read(data)
    assert isinstance(content, Recording)
    return content


def notes(content: Recording) -> str:
    return "\n".join(note.text(Language.EN) for note in content.notes)


# Checksums


def test_a_wrong_sum_of_the_file_alone_is_noted() -> None:
    content = ecg(scp_bytes(SHORT, checksum=1))
    np.testing.assert_array_equal(content.samples, SHORT.samples)
    assert "checksum of the whole file is wrong" in notes(content)


@pytest.mark.parametrize("number", range(7))
def test_a_wrong_sum_of_an_essential_section_is_refused(number: int) -> None:
    beats, reference = beats_of(LONG)
    data = scp_bytes(LONG, beats=beats, reference=reference, spoiled_sum=number)
    with pytest.raises(UnreadableFile, match=f"checksum of section {number}") as caught:
        read(data)
    assert caught.value.tag == f"section {number}"
    assert caught.value.offset


def test_files_without_sums() -> None:
    absent = dict.fromkeys(range(12), 0xFFFF)
    content = ecg(scp_bytes(SHORT, sums=absent, checksum=0xFFFF))
    np.testing.assert_array_equal(content.samples, SHORT.samples)
    assert "no checksums" in notes(content)
    assert not ecg(scp_bytes(SHORT, sums=absent)).notes  # the sum of the file covers all
    assert not ecg(scp_bytes(SHORT, checksum=0xFFFF)).notes  # those of the sections do
    with pytest.raises(UnreadableFile, match="cannot be trusted"):
        read(scp_bytes(SHORT, sums=absent, checksum=1))


def test_the_sum_is_that_of_the_document() -> None:
    assert scp_files.crc(b"123456789") == 0x29B1
    for data in (b"", b"\0", bytes(range(256))):
        assert scp_files.crc(data) == _sum_plainly(data)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_byte_never_changes_a_sample(data: st.DataObject) -> None:
    good = scp_bytes(SHORT)
    at = data.draw(st.integers(0, len(good) - 1))
    changed = bytearray(good)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        content = ecg(bytes(changed))
    except UnreadableFile:
        return
    np.testing.assert_array_equal(content.samples, SHORT.samples)


# Refusals and hostile files


def test_recognition() -> None:
    good = scp_bytes(SHORT)
    assert recognises(good)
    assert recognises(good[:16] + bytes(6) + good[22:])  # without the name in the header
    assert not recognises(good[:31])
    assert not recognises(bytes(200))
    assert not recognises(b"SCPECG" * 40)


def refuse(data: bytes, words: str) -> UnreadableFile:
    with pytest.raises(UnreadableFile, match=words) as caught:
        read(data)
    error = caught.value
    for language in Language:
        text = error.text(language)
        assert "{" not in text
        assert ("请单位" if language is Language.ZH else "sk the unit") in text
    return error


BEATS, REFERENCE = beats_of(LONG)
WAVES = {"quantum": 1000, "interval": 2000, "differences": 0, "tables": []}


def raw(**changes: object) -> bytes:
    """Section 6 of twelve leads with 500 samples 0."""
    return scp_files.waves_section([[0] * 500] * 12, **(WAVES | changes))  # type: ignore[arg-type]


def two_codes(*codes: tuple[int, int, int, int, int]) -> bytes:
    return struct.pack("<HH", 1, len(codes)) + b"".join(
        struct.pack("<BBBhI", *code) for code in codes
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({3: b""}, "Section 3 .* incomplete"),
        ({3: b"\0\0"}, "defines no lead"),
        ({3: b"\x0c\4" + bytes(9)}, "impossible range"),
        ({3: b"\1\0" + struct.pack("<IIB", 9, 8, 1)}, "impossible range"),
        ({3: b"\1\0" + struct.pack("<IIB", 1, 0xFFFFFFFF, 1)}, "announces 1 leads"),
        ({3: b"\xff\0" + struct.pack("<IIB", 1, 500, 1)}, "Section 3 .* incomplete"),
        ({6: b""}, "Section 6 .* incomplete"),
        ({6: raw(quantum=0)}, "no voltage resolution"),
        ({6: raw(interval=0)}, "no sampling interval"),
        ({6: raw(differences=3)}, "unknown difference encoding"),
        ({6: raw()[:-2]}, "Section 6 .* incomplete"),
        ({6: scp_files.waves_section([[0] * 499] * 12, **WAVES)}, "lead I should have 500"),  # type: ignore[arg-type]
        ({6: raw(interval=2)}, "500000"),
        ({2: struct.pack("<H", 17)}, "17 code tables"),
        ({2: struct.pack("<H", 16)}, "Section 2 .* incomplete"),
        ({2: struct.pack("<HH", 1, 60000)}, "Code table 1"),
        ({2: struct.pack("<HH", 1, 0)}, "Code table 1"),
        ({2: two_codes((0, 1, 1, 0, 0))}, "Code table 1"),
        ({2: two_codes((33, 33, 1, 0, 0))}, "Code table 1"),
        ({2: two_codes((1, 1, 1, 0, 0), (2, 2, 1, 1, 0))}, "Code table 1"),  # 0 and 00
        ({2: two_codes((1, 9, 1, 5, 0))}, "Code table 1"),  # a value and further bits
        ({2: two_codes((1, 1, 2, 0, 0))}, "Code table 1"),
        ({2: two_codes((1, 1, 1, 0, 1))}, "cannot be decoded after 0 of 500"),
        ({2: two_codes((1, 1, 0, 7, 0))}, "cannot be decoded after 0 of 500"),
        ({2: two_codes((1, 1, 0, 1, 0)), 6: raw()}, "should have 500 samples, 0 are"),
    ],
)
def test_refusals(more: dict[int, bytes], words: str) -> None:
    refuse(scp_bytes(SHORT, coding=Coding.RAW, more=more), words)


def test_refusals_of_compression() -> None:
    whole = {"beats": BEATS, "reference": REFERENCE}
    refuse(scp_bytes(LONG, more={4: b"\1"}, **whole), "Section 4 .* incomplete")  # type: ignore[arg-type]
    refuse(scp_bytes(LONG, more={4: bytes(6)}, **whole), "reference beat .* has no length")  # type: ignore[arg-type]
    overlapping = replace(BEATS, areas=((1, 90),) * len(BEATS.areas))
    refuse(scp_bytes(LONG, **(whole | {"beats": overlapping}), factor=4), "overlap")  # type: ignore[arg-type]
    many = replace(BEATS, zones=((1, 130, 1400),) * 40, areas=((0, 0),) * 40, milliseconds=640)
    refuse(scp_bytes(LONG, beats=many, reference=REFERENCE), "overlap too much")
    moved = scp_files.waves_section(
        [[0] * 320] * 12, quantum=1000, interval=3000, differences=0, tables=[]
    )
    refuse(
        scp_bytes(LONG, coding=Coding.RAW, more={5: moved}, **whole),  # type: ignore[arg-type]
        "does not go with",
    )
    shifted = replace(BEATS, areas=tuple((first + 40, last) for first, last in BEATS.areas))
    body = scp_files.beats_section(shifted)
    refuse(
        scp_bytes(LONG, more={4: body}, **whole, factor=4),  # type: ignore[arg-type]
        "more data than its compression",
    )


def test_reference_beats_that_are_needed_and_missing() -> None:
    flagged = scp_files.leads_section(TWELVE, [(1, 500)] * 12, subtracted=True)
    assert refuse(scp_bytes(SHORT, more={3: flagged}), "Section 4, .* missing").tag == "section 4"
    body = scp_files.beats_section(Beats(100, 1))
    refuse(scp_bytes(SHORT, more={3: flagged, 4: body}), "Section 5, .* missing")
    refuse(scp_bytes(SHORT, factor=4), "Section 4, .* missing")


@pytest.mark.parametrize("number", [3, 6])
def test_sections_that_must_be_there(number: int) -> None:
    data = scp_bytes(SHORT)
    at = 22 + 10 * number
    assert struct.unpack_from("<H", data, at) == (number,)
    cut = scp_files.resealed(data[: at + 2] + bytes(8) + data[at + 10 :])
    refuse(cut, f"Section {number}, .* missing")


def test_version_3_is_refused() -> None:
    refuse(scp_bytes(SHORT, version=30), "version 3;")
    body = tag(14, scp_files.device(version=31)) + tag(255, b"")
    refuse(scp_bytes(SHORT, header=body), r"version 3\.1;")


def test_an_interrupted_upload() -> None:
    good = scp_bytes(SHORT)
    for size in (32, 100, 200, len(good) // 2, len(good) - 1):
        assert recognises(good[:size])
        refuse(good[:size], "incomplete")


def test_bytes_behind_the_record_are_passed_over() -> None:
    assert not ecg(scp_bytes(SHORT) + b"\0" * 100).notes


def test_pointers_that_lead_elsewhere() -> None:
    good = scp_bytes(SHORT)
    for number, words in ((1, "outside the file"), (3, "outside the file")):
        for index in (0, 1, 0xFFFFFFFF, len(good)):
            changed = bytearray(good)
            struct.pack_into("<I", changed, 22 + 10 * number + 6, index)
            refuse(scp_files.resealed(bytes(changed)), words)
    changed = bytearray(good)
    struct.pack_into("<I", changed, 32 + 6, struct.unpack_from("<I", good, 52 + 6)[0])
    refuse(scp_files.resealed(bytes(changed)), "points to section 1, but section 3")
    for size in (0, 15, 0xFFFFFFFF):
        changed = bytearray(good)
        struct.pack_into("<I", changed, 10, size)
        refuse(bytes(changed), "section 0|incomplete")


def test_a_section_whose_header_states_the_right_length() -> None:
    good = scp_bytes(SHORT)
    changed = bytearray(good)
    (size,) = struct.unpack_from("<I", good, 32 + 2)
    struct.pack_into("<I", changed, 32 + 2, size + 4)
    struct.pack_into("<H", changed, 6, 0)
    begin = bytes(changed[8 : 6 + 136])
    struct.pack_into("<H", changed, 6, scp_files.crc(begin))
    struct.pack_into("<H", changed, 0, scp_files.crc(bytes(changed[2:])))
    np.testing.assert_array_equal(ecg(bytes(changed)).samples, SHORT.samples)


def test_many_samples_are_refused_before_they_are_made() -> None:
    lead = bytes(65535)
    leads = b"\xff\4" + struct.pack("<IIB", 1, 500_000, 3) * 255
    body = struct.pack("<HHBB", 1000, 2000, 0, 0) + struct.pack("<H", 65535) * 255 + lead * 255
    begin = time.process_time()
    refuse(scp_bytes(SHORT, more={3: leads, 6: body}), "500000 samples")
    leads = b"\x08\4" + struct.pack("<IIB", 1, 500_000, 3) * 8
    body = struct.pack("<HHBB", 1000, 2000, 0, 0) + struct.pack("<H", 65535) * 8 + lead * 8
    ecg(scp_bytes(SHORT, more={3: leads, 6: body}))
    assert time.process_time() - begin < 4.0


def test_mutants_give_a_recording_or_a_known_reason() -> None:
    chance = random.Random(7)
    whole = {"beats": BEATS, "reference": REFERENCE}
    seeds = [
        scp_bytes(LONG, **whole, factor=factor, coding=coding)
        for factor, coding in (  # type: ignore[arg-type]
            (1, Coding.DEFAULT),
            (4, Coding.SWITCHED),
            (2, Coding.RAW),
        )
    ]
    outcomes = set()
    for _ in range(400):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 4)):
            reach = min(len(data), chance.choice((500, 1200, len(data))))
            data[chance.randrange(6, reach)] = chance.choice((0, 1, 0x80, 0xFF))
        data = bytearray(scp_files.resealed(bytes(data)))
        if not recognises(bytes(data)):
            continue
        try:
            outcomes.add(ecg(bytes(data)).samples.shape[0])
        except UnreadableFile as error:
            outcomes.add(error.reason.id)
    assert len(outcomes) > 6
    assert "formats.damaged" not in outcomes  # that would be a trouble not thought of


def test_every_refusal_has_its_sentence() -> None:
    names = set()
    for module in SCP.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[0] if node.args else None
                if node.func.id == "refused" and isinstance(first, ast.Constant):
                    names.add(f"formats.scp.{first.value}")
    assert len(names) > 8
    assert names | {"formats.scp.code", "formats.scp.short"} <= set(catalogue())


def _sum_plainly(data: bytes) -> int:
    register = 0xFFFF
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1 ^ (0x1021 if register & 0x8000 else 0)) & 0xFFFF
    return register


def test_more_samples_than_the_bytes_hold_are_refused_before_any_is_made() -> None:
    """A file of a kilobyte that announces four million compressed samples."""
    made = recording(seconds=2, fs=250)
    beats, reference = beats_of(made)
    leads = leads_section(made.leads, [(1, 340_000)] * len(made.leads), subtracted=True)
    data = scp_bytes(made, beats=beats, reference=reference, factor=4, more={3: leads})
    tracemalloc.start()
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.reason.id == "formats.scp.short"
    assert peak < 5_000_000
