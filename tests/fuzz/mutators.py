"""How a good file of a format becomes a bad one; one way for each reader in `MUTATORS`.

Bytes changed anywhere rarely come behind checksums, base64 or compression. Where a format has
these, some of its inputs are damaged underneath and sealed again.
"""

import base64
import binascii
import random
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import TypeAlias

from ishne_files import FIELDS, patched
from scp_files import resealed
from wfdb_files import zipped

#: A file, or the files of a record by name, the one to be read first.
Given: TypeAlias = bytes | Mapping[str, bytes]
Mutator: TypeAlias = Callable[..., Given]

_PIECES = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xfe\xff\x00\xe0", b"\xff\xff\xff\x7f", b"SQ", b"UN")
_ODD = ("0", "-1", "", "1e99", "NaN", "4294967295", "-2147483648", "0.1", "65536", "9" * 30, "x")


def plain(data: bytes, chance: random.Random, head: int = 2000) -> bytes:
    """A few bytes changed, swapped, doubled or cut."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        if not changed:
            break
        # Most that is read as such stands at the beginning.
        reach = len(changed) if chance.random() < 0.4 else min(len(changed), head)
        at = chance.randrange(reach)
        match chance.choices(range(5), (10, 5, 1, 1, 1))[0]:
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                piece = chance.choice(_PIECES)
                changed[at : at + len(piece)] = piece
            case 2:
                del changed[at : at + chance.randint(1, 64)]
            case 3:
                changed[at:at] = changed[at : at + chance.randint(1, 256)]
            case _:
                del changed[chance.randrange(len(changed)) :]
    return bytes(changed)


def words(data: bytes, chance: random.Random, pieces: tuple[str, ...], head: int = 4000) -> bytes:
    """Words of a text replaced, inserted, removed, doubled, mostly in its head."""
    text = data.decode("latin-1")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange((len(text) if chance.random() < 0.3 else min(len(text), head)) + 1)
        length = chance.choice((0, 0, 1, 1, 2, 8))
        piece = chance.choice((*pieces, *_ODD, text[at : at + 30]))
        text = text[:at] + piece + text[at + length :]
    return text.encode("latin-1")


# DICOM

_VR = re.compile(rb"(?:AE|AS|AT|CS|DA|DS|DT|FL|IS|LO|LT|OB|OW|PN|SH|SL|SQ|SS|ST|TM|UI|UL|UN|US|UT)")
_VALUES = (b"\0\0", b"\1\0", b"\xff\xff", b"\0\x80", b"\x10\0", b"\x08\0", b"-1", b"1e99", b"\\\\")


def dicom(data: bytes, chance: random.Random) -> bytes:
    """Half of the times: the tag, kind, length or value of attributes."""
    if chance.random() < 0.5:
        return plain(data, chance)
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        found = _VR.search(changed, chance.randrange(min(len(changed), 8000)))
        if found is None:
            continue
        at = found.start() + chance.choice((-4, -2, 0, 2, 4, 4, 6, 8, 8, 12))
        piece = chance.choice((*_VALUES, *_PIECES, chance.randbytes(2)))
        changed[at : at + len(piece)] = piece
    return bytes(changed)


# XML

_BLOCK = re.compile(r">([A-Za-z0-9+/=\s]{40,})<")
_VALUE = re.compile(r'(?<=[>" ,])-?[\d.]{1,20}(?=[<" ,])')
_ATTRIBUTE = re.compile(r'(?<=")[^"<>]{0,60}(?=")')
_ELEMENT = re.compile(r"<([A-Za-z][\w:.]*)")
_CHECKSUM = re.compile(r"<LeadDataCRC32>\d+(</LeadDataCRC32>\s*<WaveFormData>)([^<]*)<")
_ENCODINGS = ("utf-16", "gb18030", "utf-8-sig", "latin-1", "ascii", "utf-7", "big5", "base64", "x")
_ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE x SYSTEM "http://invalid.invalid/x.dtd">',
)


def xml(data: bytes, chance: random.Random) -> bytes:
    """Samples under their base64, numbers, attributes, elements, the declaration, letters."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data.decode("utf-16" if wide else "utf-8", "replace")
    text = text.replace("utf-16", "utf-8", 1) if wide else text
    kinds = (_block, _value, _attribute, _element, _head, _letters)
    for _ in range(chance.randint(1, 3)):
        text = chance.choices(kinds, (6, 6, 3, 4, 1, 1))[0](text, chance)
    if chance.random() < 0.5:
        text = _CHECKSUM.sub(_with_sum, text)
    encoding = chance.choice(("utf-16", "gb18030")) if chance.random() < 0.03 else "utf-8"
    return text.encode(encoding, "replace")


def _found(pattern: re.Pattern[str], text: str, chance: random.Random) -> re.Match[str] | None:
    return pattern.search(text, chance.randrange(len(text) + 1)) or pattern.search(text)


def _block(text: str, chance: random.Random) -> str:
    block = _found(_BLOCK, text, chance)
    if block is None:
        return _value(text, chance)
    try:
        data = base64.b64decode("".join(block[1].split()))
    except binascii.Error:
        return text
    written = base64.b64encode(plain(data, chance)).decode("ascii")
    return text[: block.start(1)] + written + text[block.end(1) :]


def _value(text: str, chance: random.Random) -> str:
    value, other = _found(_VALUE, text, chance), _found(_VALUE, text, chance)
    if value is None or other is None:
        return text
    new = chance.choice((*_ODD, other[0]))
    return text[: value.start()] + new + text[value.end() :]


def _attribute(text: str, chance: random.Random) -> str:
    value, other = _found(_ATTRIBUTE, text, chance), _found(_ATTRIBUTE, text, chance)
    if value is None or other is None:
        return text
    new = chance.choice((*_ODD, other[0], other[0]))
    return text[: value.start()] + new + text[value.end() :]


def _element(text: str, chance: random.Random) -> str:
    """An element removed, doubled, put into itself, or put elsewhere."""
    begin = _found(_ELEMENT, text, chance)
    if begin is None:
        return text
    closing = f"</{begin[1]}>"
    close = text.find(closing, begin.end())
    if close < 0:
        return text
    end = close + len(closing)
    element = text[begin.start() : end]
    match chance.randrange(4):
        case 0:
            return text[: begin.start()] + text[end:]
        case 1:
            times = chance.choice((1, 1, 2, 20)) if len(element) < 3000 else 1
            return text[:end] + element * times + text[end:]
        case 2:
            opening = text[begin.start() : text.find(">", begin.start()) + 1]
            times = chance.choice((1, 5, 300))
            return text[: begin.start()] + opening * times + text[begin.start() :]
        case _:
            other = _found(_ELEMENT, text, chance)
            at = other.start() if other else 0
            return text[:at] + element + text[at:]


def _head(text: str, chance: random.Random) -> str:
    if chance.random() < 0.5:
        declaration = f'<?xml version="1.0" encoding="{chance.choice(_ENCODINGS)}"?>'
        return re.sub(r"^\ufeff?<\?xml.*?\?>", lambda _: declaration, text, count=1)
    at = text.find("?>") + 2 if text.startswith("<?xml") else 0
    return text[:at] + chance.choice(_ENTITIES) + text[at:].replace(" ", "&b;", 1)


def _letters(text: str, chance: random.Random) -> str:
    return plain(text.encode("utf-8", "replace"), chance).decode("utf-8", "replace")


def _with_sum(match: re.Match[str]) -> str:
    try:
        data = base64.b64decode("".join(match[2].split()))
    except (binascii.Error, ValueError):
        return match[0]
    return f"<LeadDataCRC32>{zlib.crc32(data)}{match[1]}{match[2]}<"


# Records of bytes

_POINTERS = 6 + 16


def scp(data: bytes, chance: random.Random) -> bytes:
    """Often within the beginning of a section, and with checksums that are right."""
    if chance.random() < 0.5:
        changed = plain(data, chance)
        return resealed(changed) if chance.random() < 0.5 else changed
    copy = bytearray(data)
    pointers = struct.iter_unpack("<HII", data[_POINTERS : _POINTERS + 120])
    begins = [index - 1 for _, size, index in pointers if size]
    for _ in range(chance.randint(1, 3)):
        at = chance.choice(begins) + chance.randrange(2, 60)
        if at < len(copy):
            copy[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return resealed(bytes(copy))


def ishne(data: bytes, chance: random.Random) -> bytes:
    """Half of the times: fields, with the checksum right."""
    if chance.random() < 0.5:
        return plain(data, chance, 600)
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(list(FIELDS))
        size = FIELDS[name][1]
        odd = (b"\0" * size, b"\xff" * size, b"\xff\x7f" * (size // 2), chance.randbytes(size))
        data = patched(data, name, chance.choice((*odd, chance.randbytes(1))), sign=False)
    end = int.from_bytes(data[22:26], "little")  # of the header, which the sum goes over
    return data[:8] + binascii.crc_hqx(data[10:end], 0xFFFF).to_bytes(2, "little") + data[10:]


_EDF_FIELDS = (
    (8, 80),
    (88, 80),
    (168, 8),
    (176, 8),
    (184, 8),
    (192, 44),
    (236, 8),
    (244, 8),
    (252, 4),
)
_EDF_COLUMNS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
_EDF_VALUES = (
    *("2", "1", "3", "-2", "32767", "-32768", "99999999", "1e-9", "1e300", "EDF+D"),
    *("EDF+C", "BDF+C", "uV", "mV", "ECG I", "EDF Annotations", "X X X X", "31.12.84"),
    *("99.99.99",),
)


def edf(data: bytes, chance: random.Random) -> bytes:
    """Half of the times: fields of the header."""
    if chance.random() < 0.5 or len(data) < 512:
        return plain(data, chance)
    changed = bytearray(data)
    signals = int(data[252:256]) if data[252:256].strip().isdigit() else 1
    for _ in range(chance.randint(1, 4)):
        if chance.random() < 0.4:
            at, size = chance.choice(_EDF_FIELDS)
        else:
            column = chance.randrange(len(_EDF_COLUMNS))
            size = _EDF_COLUMNS[column]
            at = 256 + signals * sum(_EDF_COLUMNS[:column]) + size * chance.randrange(signals)
        value = chance.choice((*_ODD, *_EDF_VALUES)).encode()
        changed[at : at + size] = value.ljust(size)[:size]
    return bytes(changed)


_CSV_WORDS = (
    *(",", ";", "\t", "\n", "\r\n", '"', "nan", "inf", "; fs=", "; unit=mV", "uV", "#"),
    *("\x00", "# farlead-ecg 1;", "time", "II", "aVR", "1e-3", "0x1", "1_0", "\xa0"),
    *("%E4%BA", "é"),
)


def csv(data: bytes, chance: random.Random) -> bytes:
    """Words, mostly of the head, or bytes."""
    return words(data, chance, _CSV_WORDS, 400) if chance.random() < 0.7 else plain(data, chance)


# Pictures and documents

_PNG = b"\x89PNG\r\n\x1a\n"


def picture(data: bytes, chance: random.Random) -> bytes:
    """Bytes; or, of a PNG, a chunk with its checksum right."""
    if not data.startswith(_PNG) or chance.random() < 0.3:
        return plain(data, chance, 700)
    at, out = len(_PNG), bytearray(_PNG)
    while at + 8 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        if chance.random() < 0.4:
            body = plain(body, chance, 30) if body else chance.randbytes(4)
        for _ in range(chance.choices((0, 1, 2), (1, 20, 1))[0]):
            out += struct.pack(">I", len(body)) + kind + body
            out += struct.pack(">I", zlib.crc32(kind + body))
        at += 12 + size
    return bytes(out)


_PDF_WORDS = (
    *("<<", ">>", "[", "]", "1 0 R", "2 0 R", "3 0 R", "endobj", "stream\n", "endstream"),
    *("/Kids", "/Count", "/MediaBox", "/Contents", "/Type", "/Page", "/Parent", "obj"),
    *("Do", "re f", "q Q", "1e9", "99999 0 R", "/Length", "/FlateDecode", "(", ")"),
    *("/UserUnit 9", "/Rotate 90"),
)


def pdf(data: bytes, chance: random.Random) -> bytes:
    """Words, or bytes."""
    return words(data, chance, _PDF_WORDS) if chance.random() < 0.7 else plain(data, chance)


# Several files

_HEADER_WORDS = (
    *("0", "1", "-1", "9999999999", "1e9", "nan", "inf", "16", "212", "508", "x4", ":3", "+24"),
    *("~", "/", "/2", "(", ")", "#", "\n", "\r\n", " ", "\t", "mV", "/uV", "../", "é", "\0", "r"),
)


def record(files: Mapping[str, bytes], chance: random.Random) -> dict[str, bytes]:
    """One or two files of a record: the header as a text, others as bytes."""
    changed = dict(files)
    headers = [name for name in files if name.endswith(".hea")]
    every = chance.random() < 0.3
    for _ in range(chance.randint(1, 2)):
        name = chance.choice(list(files) if every else headers)
        if name.endswith(".hea"):
            changed[name] = words(changed[name], chance, _HEADER_WORDS)
        else:
            changed[name] = plain(changed[name], chance)
    return changed


_NAMES = ("../{}", "/{}", "a\\{}", "C:{}", "a/{}", "{}\0", "__MACOSX/{}", "{}.hea", "é{}", "{}/")


def archive(files: Mapping[str, bytes], chance: random.Random) -> bytes:
    """A ZIP whose files, names, directory or bytes are bad, or that holds a ZIP."""
    if chance.random() < 0.5 and any(name.endswith(".hea") for name in files):
        files = record(files, chance)
    if chance.random() < 0.3:
        one = chance.choice(list(files))
        new = chance.choice(_NAMES).format(one)
        files = {new if name == one else name: data for name, data in files.items()}
    if chance.random() < 0.05:
        files = {**files, "inner.zip": zipped(files)}
    data = bytearray(zipped(files, method=chance.choice((0, 8))))
    if chance.random() < 0.3:
        return bytes(data)
    if chance.random() < 0.3:
        return plain(bytes(data), chance)
    for _ in range(chance.randint(1, 3)):  # in the headers: local at the front, central behind
        mark = chance.choice((b"PK\3\4", b"PK\1\2", b"PK\5\6"))
        begin = data.find(mark, chance.randrange(len(data)))
        at = max(begin, 0) + chance.randrange(4, 46)
        piece = chance.choice((b"\0", b"\xff", b"\1", b"\x08", *_PIECES[:2], chance.randbytes(1)))
        data[at : at + len(piece)] = piece
    return bytes(data)


#: One for each reader; others are changed as bytes.
MUTATORS: Mapping[str, Mutator] = {
    "dicom": dicom,
    "picture": picture,
    "pdf": pdf,
    "scp": scp,
    "edf": edf,
    "ishne": ishne,
    **dict.fromkeys(("muse", "sierra", "aecg", "cardiosoft", "schiller", "mortara"), xml),
    "wfdb": record,
    "csv": csv,
    "zip": archive,
}
