"""Chinese text in files that do not declare its encoding: common, and recognisable.

References
----------
DICOM PS3.5 section 6.1, PS3.3 C.12.1.1.2 (Specific Character Set).
"""

#: Declarations under which undeclared multi-byte text hides: none, ASCII, Latin 1.
_UNDECLARED = {"", "ISO_IR 6", "ISO 2022 IR 6"}
_LATIN = {"ISO_IR 100", "ISO 2022 IR 100"}
_LOW, _HIGH = 0xA1, 0xFE  # both bytes of a GB 2312 character


def repaired(text: str, charsets: object) -> tuple[str, str | None]:
    """Text, and the encoding that was recognised instead of the declared one (else None).

    Parameters
    ----------
    text : str
        As decoded by the declaration; undeclared bytes arrive as Latin 1.
    charsets : object
        Value of Specific Character Set.
    """
    if text.isascii():
        return text, None
    declared = str(charsets or "")
    if declared not in _UNDECLARED | _LATIN:
        return text, None
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        return text, None
    encodings = ("utf-8", "gb18030") if declared in _UNDECLARED else ("utf-8", "gb2312")
    for encoding in encodings:
        try:
            decoded = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _only_pairs(data) or declared in _UNDECLARED:
            return decoded, {"utf-8": "UTF-8"}.get(encoding, "GB18030")
    return text, None


def _only_pairs(data: bytes) -> bool:
    """Whether all bytes above ASCII stand in pairs as GB 2312 has them; Latin text does not."""
    position = 0
    while position < len(data):
        if data[position] < 0x80:
            position += 1
            continue
        pair = data[position : position + 2]
        if len(pair) < 2 or not all(_LOW <= byte <= _HIGH for byte in pair):
            return False
        position += 2
    return True
