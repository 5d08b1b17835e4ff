"""Text of files whose encoding is declared wrongly, or not at all.

Chinese devices write GB18030 under any declaration. Bytes above ASCII that are valid UTF-8, or
stand in pairs as GB 2312 has them, are taken for what they are and the repair is noted.
"""

import codecs
import re

from farlead.formats.assembly import Notes
from farlead.messages import message

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NEIGHBOURS = re.compile(rb"[\x81-\xfe][\x80-\xfe]")
_HIGH = b"\xff"
_HIGH_OR_NOT = bytes(128) + 128 * _HIGH
_NOT_PAIRED = re.compile(rb"[\x80-\xa0\xff]")  # neither byte of a GB 2312 character
_WIDE = ("utf-16", "utf-32")
_PROBE = b"aZ09 <>&;=/%\"'+-~{}\\u0041"  # what escapes of 7-bit codecs begin with
#: Declarations that any bytes satisfy, so that they prove nothing.
_LATIN = frozenset({"iso8859-1", "iso8859-15", "cp1252", "latin-1"})
#: GB 2312 and GBK are parts of GB18030, and devices declare one and write another.
_CHINESE = frozenset({"gb2312", "gbk", "cp936", "hz", "gb18030"})


def decoded(data: bytes, declared: str | None, notes: Notes, *, what: str = "") -> str:
    """`data` as text.

    Parameters
    ----------
    data : bytes
    declared : str or None
        Name of the encoding that the file or its standard states.
    notes : Notes
        Gets a note when another encoding was recognised, or characters were lost.
    what : str
        Tag or field, for the note about lost characters.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data, encoding) or _lossy(data, encoding, notes, what)
    if data.isascii():
        return data.decode("ascii")
    stated = _known(declared)
    if stated and stated not in _LATIN:
        text = _strict(data, stated)
        if text is not None:
            return text
    for encoding, shown in (("utf-8", "UTF-8"), ("gb18030", "GB18030")):
        if encoding == stated or (encoding == "gb18030" and not _plausible(data, stated)):
            continue
        text = _strict(data, encoding)
        if text is not None:
            notes.add(message("formats.note.charset", encoding=shown))
            return text
    return _lossy(data, stated or "utf-8", notes, what)


def field_text(data: bytes, notes: Notes, *, what: str = "") -> str:
    """Text of a padded field of a format that leaves the encoding open or knows ASCII only.

    Parameters
    ----------
    data : bytes
        With its padding of spaces or zero bytes; control characters become spaces.
    notes, what
        As for :func:`decoded`. Anything but ASCII and UTF-8 is noted: Chinese characters in
        GB18030 where two bytes above ASCII stand together, Latin letters where none do.
    """
    data = data.partition(b"\0")[0].strip()
    western = not _NEIGHBOURS.search(data) or _strict(data, "gb18030") is None
    text = decoded(data, "iso8859-1" if western else None, notes, what=what)
    if western and not data.isascii() and _strict(data, "utf-8") is None:
        notes.add(message("formats.note.charset", encoding="ISO 8859-1"))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def only_pairs(data: bytes) -> bool:
    """Whether all bytes above ASCII stand in pairs as GB 2312 has them; Latin text does not."""
    if _NOT_PAIRED.search(data):
        return False
    return _HIGH not in data.translate(_HIGH_OR_NOT).replace(2 * _HIGH, b"")


def _plausible(data: bytes, stated: str | None) -> bool:
    """Whether GB18030 may stand in: nearly any bytes are valid in it, Latin letters too."""
    return stated not in _LATIN or only_pairs(data)


def _known(declared: str | None) -> str | None:
    """Python's name of a declared encoding of text; None for what is none."""
    if not declared:
        return None
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return None
    if name in _CHINESE:
        return "gb18030"
    return name if name.startswith(_WIDE) or _keeps_ascii(name) else None


def _keeps_ascii(name: str) -> bool:
    """Whether ASCII stands for itself: it does not in codecs such as base64 or rot-13."""
    try:
        return _PROBE.decode(name, "replace") == _PROBE.decode("ascii")
    except (LookupError, UnicodeError):
        return False


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _lossy(data: bytes, encoding: str, notes: Notes, what: str) -> str:
    text = data.decode(encoding, "replace")
    if "\ufffd" in text:
        notes.add(message("formats.note.undecodable", tag=what or encoding))
    return text
