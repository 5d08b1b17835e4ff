"""Chinese text in files that do not declare its encoding: common, and recognisable.

References
----------
DICOM PS3.5 section 6.1, PS3.3 C.12.1.1.2 (Specific Character Set).
"""

from farlead.formats.characters import only_pairs

#: Declarations under which undeclared multi-byte text hides: none, ASCII, Latin 1.
_UNDECLARED = {"", "ISO_IR 6", "ISO 2022 IR 6"}
_LATIN = {"ISO_IR 100", "ISO 2022 IR 100"}


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
        if encoding == "utf-8" or only_pairs(data) or declared in _UNDECLARED:
            return decoded, {"utf-8": "UTF-8"}.get(encoding, "GB18030")
    return text, None
