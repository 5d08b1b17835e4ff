"""SCP-ECG files of a known signal, written by the document and not by our reader.

>>> data = scp_bytes()                                    # a good 12-lead file, default codes
>>> raw = scp_bytes(coding=Coding.RAW, differences=0)     # the samples as they are
>>> wrong = scp_bytes(spoiled_sum=6)                      # a wrong checksum in section 6

Codes are strings of bits here, samples plain loops: slow, and easy to compare with the text.
"""

import heapq
import struct
from binascii import crc_hqx
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from ecg_files import r_positions, recording
from farlead.formats.leads import NUMBERS
from farlead.model.people import Sex
from farlead.model.recording import Recording

#: Annex C: what each value is sent as; others behind 8 or 16 bits of their own.
DEFAULT_CODES = {
    0: "0",
    1: "100",
    -1: "101",
    2: "1100",
    -2: "1101",
    3: "11100",
    -3: "11101",
    4: "111100",
    -4: "111101",
    5: "1111100",
    -5: "1111101",
    6: "11111100",
    -6: "11111101",
    7: "111111100",
    -7: "111111101",
    8: "1111111100",
    -8: "1111111101",
}
ESCAPE_8, ESCAPE_16 = "1111111110", "1111111111"


class Coding(Enum):
    """How the samples are stored."""

    RAW = "no section 2"
    DEFAULT = "default table"
    OWN = "a table of the device"
    SWITCHED = "two tables of the device"


@dataclass(frozen=True)
class Beats:
    """Section 4; samples from 1. `zones`: first, fiducial, last; `areas`: first, last."""

    milliseconds: int = 0
    fiducial: int = 0
    types: tuple[int, ...] = ()
    zones: tuple[tuple[int, int, int], ...] = ()
    areas: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Table:
    """Codes as strings of bits; `switch` leads to the other of two tables."""

    codes: Mapping[int, str]
    escape_8: str | None = None
    escape_16: str | None = None
    switch: str | None = None


def crc(data: bytes) -> int:
    """CCITT, from FFFF."""
    return crc_hqx(data, 0xFFFF)


def section(number: int, body: bytes, *, version: int = 20, checksum: int | None = None) -> bytes:
    """A section with its header, of even length."""
    body += bytes(len(body) % 2)
    rest = struct.pack("<HIBB", number, 16 + len(body), version, version)
    rest += (b"SCPECG" if number == 0 else bytes(6)) + body
    return struct.pack("<H", crc(rest) if checksum is None else checksum) + rest


def record(
    sections: Mapping[int, bytes],
    *,
    version: int = 20,
    checksum: int | None = None,
    sums: Mapping[int, int] | None = None,
) -> bytes:
    """File of the bodies of sections; `sums`: checksums to write instead of the right ones."""
    sums = sums or {}
    made = {
        number: section(number, body, version=version, checksum=sums.get(number))
        for number, body in sections.items()
    }
    numbers = sorted({*range(12), *made})
    at = 6 + 16 + 10 * len(numbers)
    pointers = struct.pack("<HII", 0, at - 6, 7)
    for number in numbers[1:]:
        size = len(made.get(number, b""))
        pointers += struct.pack("<HII", number, size, at + 1 if size else 0)
        at += size
    body = section(0, pointers, version=version, checksum=sums.get(0))
    body += b"".join(made[number] for number in sorted(made))
    rest = struct.pack("<I", 6 + len(body)) + body
    return struct.pack("<H", crc(rest) if checksum is None else checksum) + rest


def resealed(data: bytes) -> bytes:
    """The file with all checksums right, as far as its lengths make sense."""
    changed = bytearray(data)
    if len(changed) < 22:
        return data
    (size,) = struct.unpack_from("<I", changed, 10)
    spans = [(6, size)]
    for at in range(22, min(6 + min(size, 4096), len(changed) - 9), 10):
        _, length, index = struct.unpack_from("<HII", changed, at)
        spans.append((index - 1, length))
    for begin, length in reversed(spans):
        if begin >= 6 and 16 <= length <= len(changed) - begin:
            covered = bytes(changed[begin + 2 : begin + length])
            struct.pack_into("<H", changed, begin, crc(covered))
    (length,) = struct.unpack_from("<I", changed, 2)
    length = min(max(length, 2), len(changed))
    struct.pack_into("<H", changed, 0, crc(bytes(changed[2:length])))
    return bytes(changed)


# Section 1


def tag(number: int, value: bytes) -> bytes:
    """A tag of section 1."""
    return struct.pack("<BH", number, len(value)) + value


def device(
    *,
    manufacturer: int = 255,
    model: bytes = b"Cart1",
    version: int = 20,
    language: int = 0,
    strings: Sequence[bytes] = (b"1.0", b"S-42", b"sys", b"scp", b"Farlead"),
) -> bytes:
    """Value of tag 14."""
    head = struct.pack("<HHHBB6s", 0, 0, 0, 0, manufacturer, model)
    head += bytes([version, 0xC0, language, 0xD0, 1]) + bytes(16)
    first = strings[0] + b"\0" if strings and strings[0] else b""
    rest = b"".join(text + b"\0" for text in strings[1:])
    return head + bytes([len(first)]) + first + rest


def patient_section(
    content: Recording,
    *,
    encoding: str = "utf-8",
    language: int = 0x37,
    version: int = 20,
    more: bytes = b"",
) -> bytes:
    """Body of section 1."""
    who, when = content.patient, content.start
    tags = tag(0, (who.name or "").encode(encoding) + b"\0")
    tags += tag(2, (who.local_number or "").encode(encoding) + b"\0")
    if who.birth_date:
        day = who.birth_date
        tags += tag(5, struct.pack("<HBB", day.year, day.month, day.day))
    tags += tag(8, bytes([{Sex.MALE: 1, Sex.FEMALE: 2}.get(who.sex, 0)]))
    tags += tag(14, device(language=language, version=version))
    if when:
        tags += tag(25, struct.pack("<HBB", when.year, when.month, when.day))
        tags += tag(26, bytes([when.hour, when.minute, when.second]))
        offset = when.utcoffset()
        if offset is not None:
            minutes = int(offset.total_seconds() // 60)
            tags += tag(34, struct.pack("<hH", minutes, 0) + (b"\0" if minutes else b"UTC\0"))
    tags += tag(27, struct.pack("<H", round(100 * (content.device.high_pass or 0))))
    tags += tag(28, struct.pack("<H", round(content.device.low_pass or 0)))
    return tags + more + tag(255, b"")


# Sections 2, 5 and 6


def tables_section(tables: Sequence[Table]) -> bytes:
    """Body of section 2 with tables of the device."""
    body = struct.pack("<H", len(tables))
    for number, table in enumerate(tables, start=1):
        lines = [(code, len(code), 1, value) for value, code in table.codes.items()]
        lines += [(table.escape_8, 8, 1, 0)] if table.escape_8 else []
        lines += [(table.escape_16, 16, 1, 0)] if table.escape_16 else []
        lines += [(table.switch, 0, 0, 3 - number)] if table.switch else []
        body += struct.pack("<H", len(lines))
        for code, bits, mode, value in lines:
            prefix = len(code)
            total = prefix + bits if code in (table.escape_8, table.escape_16) else prefix
            body += struct.pack("<BBBhI", prefix, total, mode, value, int(code[::-1], 2))
    return body


def own_table(values: Iterable[int], *, switch: bool = False) -> Table:
    """Huffman codes by how often values occur; rare ones behind an escape."""
    common = Counter(values).most_common(30)
    counts: dict[object, int] = {value: count for value, count in common if abs(value) < 1000}
    counts.update({"8": 2, "16": 1})
    if switch:
        counts["switch"] = 3
    if len(counts) == 1:
        counts[0] = 1
    heap = [(count, number, {key: ""}) for number, (key, count) in enumerate(counts.items())]
    heapq.heapify(heap)
    while len(heap) > 1:
        (one, _, left), (other, number, right) = heapq.heappop(heap), heapq.heappop(heap)
        joined = {k: "0" + c for k, c in left.items()} | {k: "1" + c for k, c in right.items()}
        heapq.heappush(heap, (one + other, number + 1000, joined))
    codes = heap[0][2]
    return Table(
        {key: code for key, code in codes.items() if isinstance(key, int)},
        codes["8"],
        codes["16"],
        codes.get("switch"),
    )


DEFAULT_TABLE = Table(DEFAULT_CODES, ESCAPE_8, ESCAPE_16)


def packed(values: Sequence[int], tables: Sequence[Table]) -> bytes:
    """Values as codes; with two tables, the table is changed after every seventh value."""
    bits = []
    current = 0
    for number, value in enumerate(values):
        if len(tables) > 1 and number % 7 == 6:
            bits.append(tables[current].switch or "")
            current = 1 - current
        bits.append(_code(int(value), tables[current]))
    text = "".join(bits)
    text += "0" * (-len(text) % 16)
    return int(text, 2).to_bytes(len(text) // 8, "big") if text else b""


def _code(value: int, table: Table) -> str:
    if value in table.codes:
        return table.codes[value]
    if table.escape_8 and -128 <= value <= 127:
        return table.escape_8 + f"{value & 0xFF:08b}"
    assert table.escape_16
    return table.escape_16 + f"{value & 0xFFFF:016b}"


def differences_of(values: Sequence[int], times: int) -> list[int]:
    """First or second differences, in 16 bits; the first one or two values as they are."""
    found = [int(value) for value in values]
    if times == 1:
        found = [v - (found[i - 1] if i else 0) for i, v in enumerate(found)]
    elif times == 2:
        found = [v - 2 * found[i - 1] + found[i - 2] if i > 1 else v for i, v in enumerate(found)]
    return [(v + 0x8000) % 0x10000 - 0x8000 for v in found]


def waves_section(
    leads: Sequence[Sequence[int]],
    *,
    quantum: int,
    interval: int,
    differences: int,
    tables: Sequence[Table],
    decimated: bool = False,
) -> bytes:
    """Body of section 5 or 6."""
    pieces = []
    for values in leads:
        sent = differences_of(values, differences)
        pieces.append(packed(sent, tables) if tables else struct.pack(f"<{len(sent)}h", *sent))
    body = struct.pack("<HHBB", quantum, interval, differences, decimated)
    body += struct.pack(f"<{len(pieces)}H", *map(len, pieces))
    return body + b"".join(pieces)


def leads_section(
    names: Sequence[str], spans: Sequence[tuple[int, int]], *, subtracted: bool = False
) -> bytes:
    """Body of section 3."""
    together = len(set(spans)) == 1
    flags = subtracted | together << 2 | (len(names) if together else 0) << 3
    body = bytes([len(names), flags & 0xFF])
    for name, (first, last) in zip(names, spans, strict=True):
        body += struct.pack("<IIB", first, last, NUMBERS[name])
    return body


def beats_section(beats: Beats, *, with_areas: bool = True) -> bytes:
    """Body of section 4."""
    body = struct.pack("<HHH", beats.milliseconds, beats.fiducial, len(beats.zones))
    types = beats.types or (0,) * len(beats.zones)
    for kind, zone in zip(types, beats.zones, strict=True):
        body += struct.pack("<HIII", kind, *zone)
    if with_areas:
        for area in beats.areas or ((0, 0),) * len(beats.zones):
            body += struct.pack("<II", *area)
    return body


# Whole files


def steps(content: Recording, quantum: int = 1000) -> NDArray[np.int64]:
    """Samples in steps of `quantum` nanovolts."""
    return np.rint(content.samples.astype(np.float64) * 1e6 / quantum).astype(np.int64)


def tables_for(coding: Coding, values: NDArray[np.int64], differences: int) -> list[Table]:
    """Tables of a coding for these samples."""
    if coding is Coding.RAW:
        return []
    if coding is Coding.DEFAULT:
        return [DEFAULT_TABLE]
    sent = [value for lead in values for value in differences_of(lead.tolist(), differences)]
    if coding is Coding.OWN:
        return [own_table(sent)]
    return [own_table(sent, switch=True), own_table(sent[::3], switch=True)]


def scp_bytes(
    content: Recording | None = None,
    *,
    coding: Coding = Coding.DEFAULT,
    differences: int = 2,
    quantum: int = 1000,
    header: bytes | None = None,
    beats: Beats | None = None,
    reference: NDArray[np.int64] | None = None,
    subtract: bool = True,
    factor: int = 1,
    version: int = 20,
    more: Mapping[int, bytes] | None = None,
    spoiled_sum: int | None = None,
    sums: Mapping[int, int] | None = None,
    checksum: int | None = None,
) -> bytes:
    """A file of `content` (default: three seconds of :func:`~ecg_files.recording`).

    Parameters
    ----------
    beats, reference : Beats and ndarray, shape (leads, m)
        The reference beat, in steps; with `subtract` it is taken away within its zones.
    factor : int
        Decimation outside the areas of `beats`.
    more : mapping
        Bodies of further sections, or of others instead of those made.
    spoiled_sum : int
        Section whose checksum is made wrong.
    """
    content = content or recording(seconds=3)
    values = steps(content, quantum)
    n = values.shape[1]
    interval = round(1e6 / content.fs)
    taken = bool(beats and reference is not None and subtract)
    if beats and reference is not None and subtract:
        values = subtracted(values, beats, reference)
    tables = tables_for(coding, values, differences)
    coded = {"quantum": quantum, "differences": differences, "tables": tables}
    sent = [thinned(lead, beats.areas if beats else (), factor) for lead in values.tolist()]
    sections = {
        1: header or patient_section(content, version=version),
        3: leads_section(content.leads, [(1, n)] * len(values), subtracted=taken),
        6: waves_section(sent, interval=interval * factor, decimated=factor > 1, **coded),  # type: ignore[arg-type]
    }
    if coding is not Coding.RAW:
        own = coding is not Coding.DEFAULT
        sections[2] = tables_section(tables) if own else struct.pack("<H", 19999)
    if beats:
        sections[4] = beats_section(beats, with_areas=version > 11)
    if reference is not None:
        sections[5] = waves_section(reference.tolist(), interval=interval, **coded)  # type: ignore[arg-type]
    sections |= dict(more or {})
    sums = dict(sums or {})
    if spoiled_sum is not None:
        sums[spoiled_sum] = 0x1234
    return record(sections, version=version, sums=sums, checksum=checksum)


def subtracted(
    values: NDArray[np.int64], beats: Beats, reference: NDArray[np.int64]
) -> NDArray[np.int64]:
    """What is left when the reference beat is taken away in the zones of beats of type 0."""
    left = values.copy()
    types = beats.types or (0,) * len(beats.zones)
    for kind, (first, fiducial, last) in zip(types, beats.zones, strict=True):
        for sample in range(first, last + 1) if kind == 0 else ():
            place = sample - fiducial + beats.fiducial  # from 1
            if 1 <= place <= reference.shape[1]:
                left[:, sample - 1] -= reference[:, place - 1]
    return left


def thinned(lead: Sequence[int], areas: Sequence[tuple[int, int]], factor: int) -> list[int]:
    """Outside areas the mean of each `factor` samples; what is left over before an area as is."""
    if factor == 1:
        return list(lead)
    found: list[int] = []
    at = 0
    for first, last in [*areas, (len(lead) + 1, len(lead))]:
        while first - 1 - at >= factor:
            found.append(round(sum(lead[at : at + factor]) / factor))
            at += factor
        found += lead[at:last]
        at = max(at, last)
    return found


def beats_of(
    content: Recording, *, before: float = 0.24, after: float = 0.4, guard: float = 0.08
) -> tuple[Beats, NDArray[np.int64]]:
    """Section 4 and a reference beat (in microvolts) of a recording with regular beats."""
    fs, values = content.fs, steps(content)
    n = values.shape[1]
    points = r_positions(seconds=content.duration, fs=fs).tolist()
    whole = [p for p in points if p - before * fs >= 0 and p + after * fs < n]
    left, right, margin = round(before * fs), round(after * fs), round(guard * fs)
    beat = np.median([values[:, p - left : p + right] for p in whole], axis=0)
    zones = tuple((max(p - left, 0) + 1, p + 1, min(p + right, n)) for p in points)
    areas = tuple((max(p - margin, 0) + 1, min(p + margin, n)) for p in points)
    milliseconds = round(1000 * (left + right) / fs)
    found = Beats(milliseconds, left + 1, (), zones, areas)
    return found, np.rint(beat).astype(np.int64)


def statements_section(texts: Sequence[bytes], *, status: int = 0) -> bytes:
    """Body of section 8 (texts) or 11 (texts begin with their type)."""
    when = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    body = struct.pack("<BHBB", status, when.year, when.month, when.day)
    body += bytes([when.hour, when.minute, when.second, len(texts)])
    for number, text in enumerate(texts, start=1):
        body += struct.pack("<BH", number, len(text)) + text
    return body


def measurements_section(
    points: Sequence[int] = (100, 200, 260, 350, 640),
    axes: Sequence[int] = (45, -30, 60),
    *,
    rr: int = 833,
    spikes: Sequence[tuple[int, int]] = (),
    rates: tuple[int, int, int, int] | None = (72, 72, 420, 1),
) -> bytes:
    """Body of section 7; spikes: milliseconds and microvolts."""
    body = struct.pack("<BBHH", 1, len(spikes), rr, 29999)
    body += struct.pack("<5H3h", *points, *axes)
    body += b"".join(struct.pack("<Hh", *spike) for spike in spikes)
    body += b"".join(struct.pack("<BBHH", 2, 1, 0, 400) for _ in spikes)
    if rates is None:
        return body
    return body + struct.pack("<HBB", 2, 0, 0) + struct.pack("<HHHBH", *rates, 0)


def lead_measurements_section(values: Mapping[str, Sequence[int]]) -> bytes:
    """Body of section 10."""
    body = struct.pack("<HH", len(values), 0)
    for name, words in values.items():
        body += struct.pack(f"<HH{len(words)}h", NUMBERS[name], 2 * len(words), *words)
    return body
