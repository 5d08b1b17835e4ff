"""Text of any encoding: shown right, or flagged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farlead.formats.assembly import Notes
from farlead.formats.characters import decoded, only_pairs

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=20)
GB2312 = "张三李四王五赵六欧阳娜娜窦性心律不齐"


def ids(notes: Notes) -> list[str]:
    return [note.id for note in notes]


@settings(max_examples=100, deadline=None)
@given(
    text=st.text(max_size=40),
    encoding=st.sampled_from(["utf-8", "utf-16", "gb18030", "utf-8-sig"]),
)
def test_a_true_declaration_gives_the_text_without_a_note(text: str, encoding: str) -> None:
    notes = Notes()
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        return
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) == encoding.startswith(
        "utf-16"
    ):
        assert decoded(data, encoding, notes) == text.removeprefix("\ufeff")
        assert not notes


@given(text=st.text(st.characters(max_codepoint=127), max_size=40))
@pytest.mark.parametrize("declared", [None, "gb18030", "utf-16", "nonsense", "shift_jis"])
def test_ascii_is_ascii_under_any_declaration(declared: str | None, text: str) -> None:
    notes = Notes()
    assert decoded(text.encode(), declared, notes) == text
    assert not notes


@settings(max_examples=100, deadline=None)
@given(text=HAN, name=st.sampled_from(["GB2312", "GBK", "gb18030", "cp936", "HZ"]))
def test_chinese_declarations_stand_for_one_another(text: str, name: str) -> None:
    notes = Notes()
    assert decoded(text.encode("gb18030"), name, notes) == text
    assert not notes


@settings(max_examples=100, deadline=None)
@given(
    text=HAN, declared=st.sampled_from([None, "ISO-8859-1", "latin-1", "cp1252", "GBK", "ascii"])
)
def test_utf8_under_a_wrong_declaration(text: str, declared: str | None) -> None:
    notes = Notes()
    data = text.encode("utf-8")
    found = decoded(data, declared, notes)
    if declared == "GBK" and found != text:  # the bytes are valid GBK too: the file is believed
        assert data.decode("gb18030") == found
    else:
        assert found == text


@pytest.mark.parametrize("declared", [None, "utf-8", "ascii", "ISO-8859-1", "cp1252", "nonsense"])
def test_gb2312_under_a_wrong_declaration_is_recognised_and_noted(declared: str | None) -> None:
    notes = Notes()
    assert decoded(GB2312.encode("gb18030"), declared, notes) == GB2312
    assert ids(notes) == ["formats.note.charset"]
    assert notes[0].parameters["encoding"] == "GB18030"


@pytest.mark.parametrize("text", ["Müller", "Ångström", "é", "Ü Ö"])
def test_latin_letters_are_not_taken_for_chinese(text: str) -> None:
    notes = Notes()
    assert decoded(text.encode("latin-1"), "ISO-8859-1", notes) == text
    assert not notes


def test_what_cannot_be_decoded_is_flagged_with_its_field() -> None:
    notes = Notes()
    text = decoded(b"a\xff\xff\x81b", "utf-8", notes, what="(0010,0010)")
    assert "\ufffd" in text
    assert ids(notes) == ["formats.note.undecodable"]
    assert notes[0].parameters["tag"] == "(0010,0010)"


ODD = ("utf-8", "gbk", "latin-1", "big5", "utf-7", "idna", "rot13", "base64", "undefined", "zlib",
       "unicode_escape", "punycode", "cp037", "hz", "a\0b", "x" * 300)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=60), declared=st.none() | st.sampled_from(ODD))
def test_any_bytes_under_any_declaration_are_text(data: bytes, declared: str | None) -> None:
    notes = Notes()
    assert isinstance(decoded(data, declared, notes), str)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=30))
def test_pairs_are_what_a_plain_walk_finds(data: bytes) -> None:
    assert only_pairs(data) == _walked(data)


def _walked(data: bytes) -> bool:
    position = 0
    while position < len(data):
        if data[position] < 0x80:
            position += 1
            continue
        pair = data[position : position + 2]
        if len(pair) < 2 or not all(0xA1 <= byte <= 0xFE for byte in pair):
            return False
        position += 2
    return True
