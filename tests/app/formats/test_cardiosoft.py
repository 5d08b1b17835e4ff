"""CardioSoft XML: samples to the quantum, what it says of itself, refusals with their place."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardiosoft_files import cardiosoft_bytes
from ecg_files import START, recording
from farlead.errors import UnreadableFile
from farlead.formats import cardiosoft
from farlead.formats import read as read_any
from farlead.formats.leads import TWELVE
from farlead.messages import Language
from farlead.model.people import Sex
from farlead.model.recording import Annotation, Recording

BRIEF = recording(seconds=1.2, name=None)
NAIVE = START.replace(tzinfo=None)


def refusal(data: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        cardiosoft.read(data)
    assert "请单位" in caught.value.text(Language.ZH)
    assert "sk the unit" in caught.value.text(Language.EN)
    return caught.value


def ids(content: Recording) -> list[str]:
    return [note.id for note in content.notes]


@pytest.mark.parametrize("resolution", [1.0, 2.5, 4.88, 5.0])
def test_samples_come_back_to_the_quantum(resolution: float) -> None:
    content = recording(seconds=2, name=None)
    found = read_any(cardiosoft_bytes(content, resolution=resolution))
    assert isinstance(found, Recording)
    assert (found.leads, found.fs, found.start) == (TWELVE, 500.0, NAIVE)
    np.testing.assert_allclose(found.samples, content.samples, atol=resolution / 2000 + 1e-6)
    assert found.notes == ()


def test_what_a_file_says_of_itself() -> None:
    found = cardiosoft.read(cardiosoft_bytes(BRIEF))
    assert found.patient.local_number == "T0001"
    assert (found.patient.sex, found.patient.birth_date) == (Sex.FEMALE, date(1960, 5, 17))
    assert found.patient.age_years == 53
    assert found.identity.study_uid == "1.2.840.113619.2.235.1"
    device = found.device
    assert (device.model, device.manufacturer) == ("CardioSoft V6.73", None)
    assert (device.low_pass, device.high_pass, device.notch) == (100.0, 0.05, 50.0)
    assert found.hints.clinical_question == "chest pain"
    assert (found.hints.requesting_doctor, found.hints.institution) == ("Li Na", "Unit 7")
    assert found.annotations == (
        Annotation("Ventricular rate", None, 50.0, "BPM"),
        Annotation("PQ interval", None, 174.0, "ms"),
        Annotation("Number of QRS complexes", None, 8.0, None),
        Annotation("I: Q duration", None, 23.0, "ms"),
        Annotation("V1: Q duration", None, 33.0, "ms"),
        Annotation("II: Rp amplitude", None, -7.0, "uV"),
        Annotation("Sinus rhythm"),
        Annotation("beat: dominant", 400),
    )


def test_a_conclusion_that_differs_is_marked() -> None:
    changed = cardiosoft_bytes(
        BRIEF, replace={"<ConclusionText>Sinus rhythm": "<ConclusionText>Normal"}
    )
    found = cardiosoft.read(changed).annotations
    assert Annotation("conclusion: Normal") in found
    assert Annotation("Sinus rhythm") in found


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("ISO-8859-1", "gb18030"), ("GB2312", "gb18030"), ("UTF-8", "utf-8"), ("ISO-8859-1", "utf-8")],
)
def test_chinese_names(declared: str, encoding: str) -> None:
    content = recording(seconds=1.2, name="欧阳 娜娜")
    found = cardiosoft.read(cardiosoft_bytes(content, declared=declared, encoding=encoding))
    assert found.patient.name == "欧阳娜娜"


def test_median_beats_are_valid_where_the_file_says_so() -> None:
    beat = recording(seconds=1.2).samples
    content = recording(name=None)
    found = cardiosoft.read(cardiosoft_bytes(content, medians=beat))
    assert found.medians is not None
    assert np.isnan(found.medians[:, :2]).all()
    assert np.isnan(found.medians[:, 598:]).all()
    np.testing.assert_allclose(found.medians[:, 2:598], beat[:, 2:598], atol=0.00251)
    other = cardiosoft.read(cardiosoft_bytes(content, medians=beat, median_fs=1000))
    assert other.medians is None
    assert "formats.note.group_left_out" in ids(other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<SampleRate units="Hz">500', '<SampleRate units="Hz">inf'),
        ('<SampleRate units="Hz">500', '<SampleRate units="Hz">0'),
        ('<SampleRate units="Hz">500', '<SampleRate units="Hz">1e9'),
        ('<SampleRate units="Hz">500', '<SampleRate units="kHz">500'),
        ('<SampleRate units="Hz">500</SampleRate>', ""),
        ('<Resolution units="uVperLsb">5', '<Resolution units="uVperLsb">0'),
        ('<Resolution units="uVperLsb">5', '<Resolution units="uVperLsb">-5'),
        ('<Resolution units="uVperLsb">5', '<Resolution units="uVperLsb">5e20'),
        ('<Resolution units="uVperLsb">5', '<Resolution units="mVperLsb">5'),
        ('<Resolution units="uVperLsb">5', "<Resolution>5"),
        ('<Resolution units="uVperLsb">5</Resolution>', ""),
        ("<ChannelSampleCountTotal>600", "<ChannelSampleCountTotal>601"),
        ("<ChannelSampleCountTotal>600", "<ChannelSampleCountTotal>999999999"),
        ("<NumberOfLeads>12", "<NumberOfLeads>15"),
        ("<StripData>", "<StripData/><OtherData>"),
        ("</CardiologyXML>", ""),
    ],
)
def test_what_is_wrong_is_refused(old: str, new: str) -> None:
    replaced = {old: new}
    if new.endswith("<OtherData>"):
        replaced["</StripData>"] = "</OtherData>"
    refusal(cardiosoft_bytes(BRIEF, replace=replaced))


@pytest.mark.parametrize("hour", ["25", "-1", "999999999999999"])
def test_a_clock_that_no_day_has_is_no_start(hour: str) -> None:
    replaced = {f"<Hour>{START.hour}</Hour>": f"<Hour>{hour}</Hour>"}
    assert cardiosoft.read(cardiosoft_bytes(BRIEF, replace=replaced)).start is None


def test_garbage_in_a_lead_is_refused_with_its_line() -> None:
    text = cardiosoft_bytes(BRIEF).decode("latin-1")
    at = text.index('lead="V3"') + 40
    line = text.count("\n", 0, text.index(",", at)) + 1
    damaged = text[: text.index(",", at) + 1] + "x" + text[text.index(",", at) + 1 :]
    reason = refusal(damaged.encode("latin-1"))
    assert int((reason.tag or "").rpartition(" ")[2]) in {line, line + 1}


def test_a_lead_that_is_shorter_is_named() -> None:
    text = cardiosoft_bytes(BRIEF).decode("latin-1")
    end = text.index("</WaveformData>", text.index('lead="V3"'))
    comma = text.rindex(",", 0, end)
    assert "V3" in refusal((text[:comma] + text[end:]).encode()).text(Language.EN)


def test_full_disclosure_is_noted_and_never_the_ecg() -> None:
    data = "<FullDisclosureData>1,2</FullDisclosureData>"
    added = {"<StripData>": f"<FullDisclosure>{data}</FullDisclosure><StripData>"}
    found = cardiosoft.read(cardiosoft_bytes(BRIEF, replace=added))
    assert "formats.cardiosoft.note.full_disclosure" in ids(found)
    assert found.samples.shape == (12, 600)


@pytest.mark.parametrize("uid", ["", "1.2", "x.y.z.w", "1.2.3.4." + "5" * 80, "1..2.3.4"])
def test_an_invalid_uid_is_no_identity(uid: str) -> None:
    data = cardiosoft_bytes(BRIEF, replace={"1.2.840.113619.2.235.1": uid})
    assert cardiosoft.read(data).identity.study_uid is None


SMALL = cardiosoft_bytes(BRIEF)


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
        cardiosoft.read(bytes(data))


@pytest.mark.data
def test_the_real_file(farlead_data: Path) -> None:
    file = farlead_data / "device" / "ecgprocess" / "example-XML1.xml"
    found = read_any(file)
    assert isinstance(found, Recording)
    assert (found.leads, found.samples.shape, found.fs) == (TWELVE, (12, 5000), 500.0)
    assert found.start is not None
    assert f"{found.start:%Y-%m-%d %H:%M:%S}" == "2018-07-19 14:19:39"
    assert found.medians is not None
    assert found.medians.shape == (12, 600)
    assert (found.device.low_pass, found.device.high_pass, found.device.notch) == (100, 0.01, 50)
    assert Annotation("QTc interval", None, 401.0, "ms") in found.annotations
    assert Annotation("Sinus bradycardia") in found.annotations
    plain = _plain(file)
    for lead, row in zip(found.leads, found.samples, strict=True):
        np.testing.assert_allclose(row, plain[lead], atol=1e-6)
    one, two, three = (found.samples[TWELVE.index(name)] for name in ("I", "II", "III"))
    np.testing.assert_allclose(one + three, two, atol=0.006)


def _plain(file: Path) -> dict[str, list[float]]:
    """Leads of the strip by a plain reading of the text."""
    import re

    text = file.read_text("latin-1")
    strip = text[text.index("<StripData>") : text.index("</StripData>")]
    return {
        name: [int(word) * 5 / 1000 for word in digits.split(",")]
        for name, digits in re.findall(r'<WaveformData lead="(\w+)">([^<]*)<', strip)
    }
