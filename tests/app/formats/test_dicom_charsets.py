"""Names in every character set of DICOM, declared, undeclared and declared wrongly."""

import warnings
from io import BytesIO
from pathlib import Path

import pydicom.data
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.filewriter import dcmwrite

from ecg_files import dicom_bytes, recording
from farlead.formats import read
from farlead.formats.dicom.charsets import NAME_DELIMITERS, decoded
from farlead.messages import Language
from farlead.model.recording import Recording

CHARSETS = Path(pydicom.data.__file__).parent / "charset_files"
#: Names that exist: rare characters of Extension A (㼆, 䶮) and B (𠮷), the name of a minister.
RARE = ("𠮷田㼆", "王䶮", "朱镕基", "赵㛃", "陈喆", "欧阳·买买提")
PLACE = b"N" * 64


def with_name(charset: str, raw: bytes) -> Recording:
    """A recording whose file holds these bytes as the patient's name."""
    dataset = dcmread(BytesIO(dicom_bytes(recording(name=PLACE.decode()))))
    dataset.SpecificCharacterSet = charset.split("\\") if "\\" in charset else charset
    file = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dcmwrite(file, dataset)
    content = read(file.getvalue().replace(PLACE, raw.ljust(len(PLACE))))
    assert isinstance(content, Recording)
    return content


def flagged(content: Recording) -> bool:
    words = " ".join(note.text(Language.EN) for note in content.notes)
    return "character set" in words or "cannot be decoded" in words


@pytest.mark.parametrize("name", RARE)
@pytest.mark.parametrize(("charset", "encoding"), [("GB18030", "gb18030"), ("ISO_IR 192", "utf-8")])
def test_declared_names_are_shown_as_they_are(charset: str, encoding: str, name: str) -> None:
    content = with_name(charset, name.encode(encoding))
    assert content.patient.name == name
    assert not flagged(content)


@pytest.mark.parametrize("name", RARE)
@pytest.mark.parametrize("charset", ["", "ISO_IR 6", "ISO 2022 IR 6"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_undeclared_names_are_recognised_and_flagged(
    encoding: str, charset: str, name: str
) -> None:
    content = with_name(charset, name.encode(encoding))
    assert content.patient.name == name
    assert flagged(content)


@pytest.mark.parametrize(
    ("charset", "raw", "name"),
    [
        ("ISO_IR 192", "王秀兰".encode("gb18030"), "王秀兰"),
        ("GB18030", "王秀兰".encode(), "王秀兰"),
        ("GBK", "𠮷田".encode("gb18030"), "𠮷田"),
        ("ISO_IR 100", "王秀兰".encode(), "王秀兰"),
        ("ISO_IR 100", "王秀兰".encode("gb18030"), "王秀兰"),
        ("ISO_IR 100", "𠮷田㼆".encode("gb18030"), "𠮷田㼆"),
        ("\\ISO 2022 IR 58", b"Zhu=" + "朱镕基".encode("gbk"), "朱镕基"),
        ("\\ISO 2022 IR 58", b"Zhu^RongJi=\x1b$)A" + "朱镕基".encode("gbk"), "朱镕基"),
    ],
)
def test_names_under_a_wrong_declaration(charset: str, raw: bytes, name: str) -> None:
    content = with_name(charset, raw)
    assert content.patient.name == name
    assert flagged(content) == (charset != "GBK")


@pytest.mark.parametrize(
    ("charset", "raw", "name", "doubted"),
    [
        ("ISO_IR 100", "Müller^Jérôme".encode("latin-1"), "Müller Jérôme", False),
        ("ISO_IR 100", "O’Brien^Seán".encode("cp1252"), None, False),
        ("", "Müller^Jérôme".encode("latin-1"), "Müller Jérôme", True),
        ("ISO_IR 144", "Люк".encode("iso8859-5"), "Люк", False),
        ("ISO_IR 126", "Διονυσιος".encode("iso8859-7"), "Διονυσιος", False),
        ("ISO_IR 13", b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾔﾏﾀﾞ ﾀﾛｳ", False),
        ("\\ISO 2022 IR 87", b"Yamada=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "山田太郎", False),
        ("\\ISO 2022 IR 149", b"Hong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7", "洪吉洞", False),
        ("\\ISO 2022 IR 58", b"Wang=\x1b$)A\xcd\xf5^\x1b$)A\xd0\xe3\xc0\xbc", "王秀兰", False),
        ("\\ISO 2022 IR 58", b"A=\x1b$)A" + "买买提·王".encode("gbk"), "买买提·王", False),
        ("ISO_IR 192", b"\xff\xfe\xfd", None, True),
    ],
)
def test_other_alphabets(charset: str, raw: bytes, name: str | None, *, doubted: bool) -> None:
    content = with_name(charset, raw)
    if name is not None:
        assert content.patient.name == name
    assert flagged(content) == doubted


def test_half_of_a_character_is_no_separator() -> None:
    """Bytes that mean ^ and \\ in ASCII are the second half of these."""
    for name in ("乗乚", "誠慭", "珅"):
        raw = name.encode("gb18030")
        assert decoded(raw, ("GB18030",), NAME_DELIMITERS) == (name, None)
        assert with_name("GB18030", raw).patient.name == name


@given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), min_size=1, max_size=4))
def test_every_hanzi_survives_both_encodings(name: str) -> None:
    for charset, encoding in (("GB18030", "gb18030"), ("ISO_IR 192", "utf-8")):
        text, recognised = decoded(name.encode(encoding), (charset,))
        assert text == name or recognised == "UTF-8"  # doubtful bytes are flagged, at least
    assert decoded(name.encode("utf-8"), ()) == (name, "UTF-8")


@given(st.binary(max_size=40), st.sampled_from(["", "ISO_IR 100", "GB18030", "ISO_IR 192", "X"]))
def test_any_bytes_give_text(raw: bytes, charset: str) -> None:
    text, _ = decoded(raw, (charset,) if charset else ())
    assert isinstance(text, str)


@pytest.mark.parametrize("path", sorted(CHARSETS.glob("*.dcm")), ids=lambda path: path.stem)
def test_the_standards_own_examples_read_as_pydicom_reads_them(path: Path) -> None:
    from farlead.formats.dicom.attributes import Attributes
    from farlead.formats.dicom.parse import parse

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = str(dcmread(path).get("PatientName", ""))
    attributes = Attributes(parse(path.read_bytes()).body)
    assert (attributes.text("PatientName") or "").rstrip("=") == theirs.strip()
