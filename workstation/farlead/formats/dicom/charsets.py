"""Text of DICOM files: declared encodings, and Chinese text under none or a wrong one.

Undeclared Chinese text is common, and recognisable. What was recognised is always said.

References
----------
DICOM PS3.5 section 6.1, annexes H to K; PS3.3 C.12.1.1.2 (Specific Character Set).
"""

import re
from functools import lru_cache

from pydicom.charset import convert_encodings, decode_bytes

from farlead.formats.characters import only_pairs
from farlead.formats.dicom.library import quietly

#: Declarations under which undeclared multi-byte text hides: none and ASCII; Latin 1.
_UNDECLARED = {"", "ISO_IR 6", "ISO 2022 IR 6"}
_LATIN = {"ISO_IR 100", "ISO 2022 IR 100"}
_UTF8, _CHINESE = {"ISO_IR 192"}, {"GB18030", "GBK"}
#: What Python's GB 2312 gives for two codes, and what GB18030, and every name, means by them.
_GB2312, _AS_GB18030 = "ISO 2022 IR 58", str.maketrans("・―", "·—")
_ESCAPE = b"\x1b"
_ESCAPES = re.compile(rb"\x1b\$?[()]?[A-Z]")
_LEFT_ESCAPES = re.compile(r"\x1b\$?[()]?[A-Z]")  # the library leaves some in the text
_UNDECODABLE = "\ufffd"
#: After these a string is in its first encoding again.
NAME_DELIMITERS, TEXT_DELIMITERS = frozenset(b"^=\\"), frozenset(b"\r\n\t\f\\")


def decoded(
    data: bytes, charsets: tuple[str, ...], delimiters: frozenset[int] = TEXT_DELIMITERS
) -> tuple[str, str | None]:
    """Text, and the encoding that was recognised instead of the declared one (else None).

    Parameters
    ----------
    data : bytes
        Value of an element, with all its components and values: a backslash may be half of a
        character, so that it is taken apart afterwards.
    charsets : tuple of str
        Values of Specific Character Set.
    delimiters : frozenset of int
        That end code extensions.
    """
    if data.isascii() and _ESCAPE not in data:
        return data.decode("ascii"), None
    first = charsets[0] if charsets else ""
    if len(charsets) < 2 and first in _UNDECLARED | _LATIN and _ESCAPE not in data:
        return _undeclared(data, latin=first in _LATIN)
    if first in _CHINESE and _all_wide(data):
        return data.decode("utf-8"), "UTF-8"
    with quietly():
        text = decode_bytes(data, list(_encodings(charsets)), set(delimiters))
    text = _LEFT_ESCAPES.sub("", text)
    if _GB2312 in charsets:
        text = text.translate(_AS_GB18030)
    # Bytes above ASCII outside all code extensions come out as Latin 1, which nobody declared.
    stray = first in _UNDECLARED and any("\x80" <= letter <= "\xff" for letter in text)
    if _UNDECODABLE not in text and not stray:
        return text, None
    guess = _guessed(_ESCAPES.sub(b"", data))
    return guess if guess is not None and guess[0] != text else (text, None)


@lru_cache(64)
def _encodings(charsets: tuple[str, ...]) -> tuple[str, ...]:
    """Python's names; GBK is a part of GB18030, and devices declare one and write the other."""
    names = convert_encodings(list(charsets) or [""])
    return tuple("gb18030" if name.lower() in {"gbk", "gb2312"} else name for name in names)


def _undeclared(data: bytes, *, latin: bool) -> tuple[str, str | None]:
    """Text without a declaration, or under one that any bytes satisfy."""
    guess = _guessed(data)
    if guess is not None and (guess[1] == "UTF-8" or _no_latin(data, guess[0], latin=latin)):
        return guess
    return data.decode("latin-1"), None if latin else "ISO 8859-1"


def _guessed(data: bytes) -> tuple[str, str] | None:
    for encoding, shown in (("utf-8", "UTF-8"), ("gb18030", "GB18030")):
        try:
            return data.decode(encoding), shown
        except UnicodeDecodeError:
            continue
    return None


def _no_latin(data: bytes, text: str, *, latin: bool) -> bool:
    """Whether these bytes are Chinese rather than Latin 1.

    They are when all stand in pairs as GB 2312 has them, or when no Latin letter stands beside
    a character and, where Latin 1 is declared, they hold codes that it leaves empty.
    """
    if only_pairs(data):
        return True
    if latin and not any(0x80 <= byte < 0xA0 for byte in data):
        return False
    parts = [part for part in re.split(r"[\^=\\ ]", text) if not part.isascii()]
    return not any(letter.isascii() and letter.isalpha() for part in parts for letter in part)


def _all_wide(data: bytes) -> bool:
    """Whether this is UTF-8 whose every character above ASCII takes three bytes or more."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(ord(letter) > 0x7FF for letter in text if not letter.isascii())
