"""Mortara ELI XML: what its independent readers agree on is read, all else refused."""

from contextlib import suppress
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_files import START, recording
from farlead.errors import UnreadableFile
from farlead.formats import mortara
from farlead.formats import read as read_any
from farlead.formats.leads import TWELVE
from farlead.messages import Language
from farlead.model.people import Sex
from farlead.model.recording import Annotation, Recording
from mortara_files import mortara_bytes

BRIEF = recording(seconds=1.2)


def refusal(data: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        mortara.read(data)
    assert "请单位" in caught.value.text(Language.ZH)
    assert "sk the unit" in caught.value.text(Language.EN)
    return caught.value


@pytest.mark.parametrize("units", [200, 400, 1000, 2000])
def test_samples_come_back_to_the_quantum(units: int) -> None:
    content = recording(seconds=2)
    found = read_any(mortara_bytes(content, units=units))
    assert isinstance(found, Recording)
    assert (found.leads, found.fs) == (TWELVE, 500.0)
    assert found.start == START.replace(tzinfo=None)
    np.testing.assert_allclose(found.samples, content.samples, atol=0.5 / units + 1e-6)
    assert found.notes == ()


def test_what_a_file_says_of_itself() -> None:
    found = mortara.read(mortara_bytes(recording(seconds=1.2, name="欧阳 娜娜")))
    assert (found.patient.name, found.patient.local_number) == ("欧阳娜娜", "T0001")
    assert (found.patient.sex, found.patient.birth_date) == (Sex.FEMALE, date(1960, 5, 17))
    assert found.patient.age_years == 66
    device = found.device
    assert (device.manufacturer, device.model) == ("Mortara Instrument, Inc.", "ELI250c")
    assert (device.serial, device.low_pass, device.high_pass) == ("SN123", 150.0, None)
    assert found.annotations == (
        Annotation("SINUS RHYTHM"),
        Annotation("LEFT AXIS [QRS AXIS < -30]"),
        Annotation("Ventricular rate", None, 72.0),
        Annotation("RR interval", None, 833.0),
        Annotation("Number of QRS complexes", None, 12.0),
        Annotation("QRS duration", None, 93.0),
        Annotation("QT interval", None, 456.0),
    )


def test_median_beats_with_their_own_scale() -> None:
    content, beat = recording(seconds=3), recording(seconds=1.2).samples
    found = mortara.read(mortara_bytes(content, medians=beat))
    assert found.medians is not None
    np.testing.assert_allclose(found.medians, beat, atol=0.0026)
    other = mortara.read(mortara_bytes(content, medians=beat, median_fs=250))
    assert other.medians is None
    assert [note.id for note in other.notes] == ["formats.note.group_left_out"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            'BITS="16" FORMAT="SIGNED" UNITS_PER_MV="1000"',
            'BITS="8" FORMAT="SIGNED" UNITS_PER_MV="1000"',
        ),
        ('FORMAT="SIGNED" UNITS_PER_MV="1000"', 'FORMAT="UNSIGNED" UNITS_PER_MV="1000"'),
        ('UNITS_PER_MV="1000"', 'UNITS_PER_MV="0"'),
        ('UNITS_PER_MV="1000"', 'UNITS_PER_MV="-1000"'),
        ('UNITS_PER_MV="1000"', 'UNITS_PER_MV="inf"'),
        ('UNITS_PER_MV="1000"', 'UNITS_PER_MV="1e-9"'),
        ('UNITS_PER_MV="1000"', ""),
        ('OFFSET="0"', 'OFFSET="5"'),
        ('OFFSET="0"', 'OFFSET="x"'),
        ('DURATION="600"', 'DURATION="601"'),
        ('DURATION="600"', 'DURATION="999999999"'),
        ('DURATION="600"', 'DURATION=""'),
        ('SAMPLE_FREQ="500" NAME', 'SAMPLE_FREQ="0" NAME'),
        ('SAMPLE_FREQ="500" NAME', 'SAMPLE_FREQ="1e9" NAME'),
        ('SAMPLE_FREQ="500" NAME="V6"', 'SAMPLE_FREQ="250" NAME="V6"'),
        ('NAME="V6" ENCODING="BASE64"', 'NAME="V6" ENCODING="HEX"'),
        ('ENCODING="BASE64" DATA="', 'ENCODING="BASE64" DATA="*'),
        ('ENCODING="BASE64" DATA=', 'ENCODING="BASE64" OTHER='),
        ("CHANNEL ", "CANAL "),
        ("</ECG>", ""),
    ],
)
def test_what_is_not_known_is_refused(old: str, new: str) -> None:
    refusal(mortara_bytes(BRIEF, replace={old: new}))


def test_leads_of_different_length_are_refused() -> None:
    text = mortara_bytes(BRIEF).decode()
    at = text.index('DURATION="600"', text.index('NAME="V5"'))
    data = text.index('DATA="', at) + 6
    end = text.index('"', data)
    shorter = text[:at] + 'DURATION="300"' + text[at + 14 : data] + text[data : data + 800]
    refusal((shorter + text[end:]).encode())


@pytest.mark.parametrize(
    ("written", "hour"), [("2026-11-22T05:30:00", 5), ("", 1), ("2026", 1), ("2026-11-22T99:00", 1)]
)
def test_times(written: str, hour: int) -> None:
    data = mortara_bytes(BRIEF, replace={'_XML="2026-11-22T01:30:00"': f'_XML="{written}"'})
    start = mortara.read(data).start
    assert start is not None
    assert start.hour == hour


def test_another_document_with_such_a_root_is_not_taken() -> None:
    assert mortara.recognises(mortara_bytes(BRIEF))
    assert mortara.recognises(mortara_bytes(BRIEF, encoding="utf-16"))
    assert not mortara.recognises(b"<ECG><lead/></ECG>")
    assert not mortara.recognises(b"<a><ECG UNITS_PER_MV='1'/></a>")


SMALL = mortara_bytes(BRIEF)


def test_truncation_anywhere_is_a_refusal() -> None:
    for end in range(60, len(SMALL) - 10, 503):
        refusal(SMALL[:end])


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 40)), max_size=4),
    piece=st.sampled_from([b"<", b"/>", b'"', b"\xff\xff", b"&a;", b"==", b"NaN", b"\0"]),
)
def test_damaged_files_end_in_a_reason(cuts: list[tuple[int, int]], piece: bytes) -> None:
    data = bytearray(SMALL)
    for position, length in cuts:
        at = position % len(data)
        data[at : at + length] = piece
    with suppress(UnreadableFile):
        mortara.read(bytes(data))
