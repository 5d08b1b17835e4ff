"""SchillerEDI XML: what its independent readers agree on is read, all else refused or noted."""

from contextlib import suppress
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_files import START, recording
from farlead.errors import UnreadableFile
from farlead.formats import read as read_any
from farlead.formats import schiller
from farlead.formats.leads import TWELVE
from farlead.messages import Language
from farlead.model.people import Sex
from farlead.model.recording import Recording
from schiller_files import ROOT, schiller_bytes

BRIEF = recording(seconds=1.2)


def refusal(data: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        schiller.read(data)
    assert "请单位" in caught.value.text(Language.ZH)
    assert "sk the unit" in caught.value.text(Language.EN)
    return caught.value


@pytest.mark.parametrize(("scale", "units"), [(1, "UV"), (5, "uV"), (0.001, "mV"), (0.005, "MV")])
def test_samples_come_back_to_the_quantum(scale: float, units: str) -> None:
    content = recording(seconds=2)
    found = read_any(schiller_bytes(content, scale=scale, units=units))
    assert isinstance(found, Recording)
    assert (found.leads, found.fs) == (TWELVE, 500.0)
    assert found.start == START.replace(tzinfo=None)
    np.testing.assert_allclose(found.samples, content.samples, atol=0.00251)
    assert found.notes == ()


def test_what_a_file_says_of_itself() -> None:
    found = schiller.read(schiller_bytes(recording(seconds=1.2, name="欧阳 娜娜")))
    assert (found.patient.name, found.patient.local_number) == ("欧阳娜娜", "T0001")
    assert (found.patient.sex, found.patient.birth_date) == (Sex.FEMALE, date(1960, 5, 17))
    assert (found.device.manufacturer, found.device.model) == ("SCHILLER", "AT-102")
    assert found.annotations == ()
    assert found.medians is None


def test_what_is_left_out_is_noted() -> None:
    averages = "<wavedata><type>ECG_AVERAGES</type></wavedata></event>"
    found = schiller.read(schiller_bytes(BRIEF, replace={"</event>": averages}))
    assert [note.id for note in found.notes] == ["formats.schiller.note.left_out"]
    text = schiller_bytes(BRIEF).decode()
    wave = text[text.index("<wavedata>") : text.index("</wavedata>") + len("</wavedata>")]
    twice = schiller.read(text.replace(wave, wave + wave).encode())
    assert [note.id for note in twice.notes] == ["formats.schiller.note.other_rhythm"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<exponent>1</exponent>", "<exponent>2</exponent>"),
        ("<exponent>1</exponent>", ""),
        ("<value>500</value>", "<value>0</value>"),
        ("<value>500</value>", "<value>1e12</value>"),
        ("<value>500</value>", ""),
        ("<unitperbit>1</unitperbit>", "<unitperbit>0</unitperbit>"),
        ("<unitperbit>1</unitperbit>", "<unitperbit>1e30</unitperbit>"),
        ("<unitperbit>1</unitperbit>", ""),
        ("<units>UV</units>", "<units>V</units>"),
        ("<units>UV</units>", ""),
        ("COMMASEPARATE", "BASE64"),
        ("<samplecount>600", "<samplecount>601"),
        ("<samplecount>600", "<samplecount>999999999"),
        ("ECG_RHYTHMS", "ECG_AVERAGES"),
        ("<data>", "<data>x,"),
        (f"</{ROOT}>", ""),
    ],
)
def test_what_is_not_known_is_refused(old: str, new: str) -> None:
    refusal(schiller_bytes(BRIEF, replace={old: new}))


@pytest.mark.parametrize(
    ("written", "known"),
    [("20261122", True), ("22.11.2026", False), ("22112026", False), ("", False)],
)
def test_only_known_dates_are_times(written: str, known: bool) -> None:
    data = schiller_bytes(BRIEF, replace={"<date>20261122": f"<date>{written}"})
    assert (schiller.read(data).start is not None) == known


def test_roots() -> None:
    assert schiller.recognises(schiller_bytes(BRIEF))
    assert schiller.recognises(b"<SchillerEDI>")
    assert not schiller.recognises(b"<NoSchillerEDI>")
    assert not schiller.recognises(b"<a><SchillerEDI/></a>")


SMALL = schiller_bytes(BRIEF)


def test_truncation_anywhere_is_a_refusal() -> None:
    for end in range(60, len(SMALL) - 20, 503):
        refusal(SMALL[:end])


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 40)), max_size=4),
    piece=st.sampled_from([b"<", b"/>", b'"', b"\xff\xff", b"&a;", b",,", b"NaN,", b"\0"]),
)
def test_damaged_files_end_in_a_reason(cuts: list[tuple[int, int]], piece: bytes) -> None:
    data = bytearray(SMALL)
    for position, length in cuts:
        at = position % len(data)
        data[at : at + length] = piece
    with suppress(UnreadableFile):
        schiller.read(bytes(data))
