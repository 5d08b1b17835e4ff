"""Parsing and checking of the header record: general fields, then the fields of each signal."""

import re
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes
from farlead.formats.characters import field_text
from farlead.messages import message

GENERAL = 256
EDF_MAGIC, BDF_MAGIC = b"0       ", b"\xffBIOSEMI"

#: Fields of a signal after the general part: name, bytes; all signals' values stand together.
_SIGNAL_FIELDS = (
    ("label", 16),
    ("transducer", 80),
    ("dimension", 8),
    ("physical_minimum", 8),
    ("physical_maximum", 8),
    ("digital_minimum", 8),
    ("digital_maximum", 8),
    ("prefiltering", 80),
    ("samples", 8),
    ("reserved", 32),
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LARGEST_EXPONENT = 12
_MOST_SIGNALS = 4096
_SHOWN = 40


class Signal(NamedTuple):
    """One signal of the header.

    `begin` is where its samples begin in a data record, `samples` how many they are, both in
    samples. Limits stay text until they are needed: channels that are no ECG may lack them.
    """

    number: int
    label: str
    dimension: str
    limits: tuple[str, str, str, str]
    prefiltering: str
    begin: int
    samples: int

    @property
    def annotations(self) -> bool:
        """Whether it holds annotations instead of samples."""
        return self.label.casefold() in ("edf annotations", "bdf annotations")


class Header(NamedTuple):
    """The checked header.

    `width` is in bytes a sample, `size` in bytes, `record` in bytes a data record, `duration`
    in seconds a data record. `records` counts those that are announced and there.
    """

    width: int
    plus: bool
    interrupted: bool
    patient: str
    recording: str
    date: str
    time: str
    size: int
    record: int
    records: int
    duration: Fraction
    signals: tuple[Signal, ...]


def number(text: str) -> Fraction | None:
    """Exact value of a number as the header writes it; None where it is none."""
    text = text.strip(" \0")
    if not _NUMBER.fullmatch(text):
        return None
    value = Decimal(text)
    return Fraction(value) if abs(value.adjusted()) <= _LARGEST_EXPONENT or not value else None


def whole(text: str) -> int | None:
    """As :func:`number`, for whole numbers."""
    value = number(text)
    return int(value) if value is not None and value.denominator == 1 else None


def wrong_field(name: str, text: str, offset: int) -> UnreadableFile:
    """Refusal of a field of the general part."""
    return UnreadableFile(
        message("formats.edf.field", field=f"@formats.edf.name.{name}", found=text[:_SHOWN]),
        offset=offset,
        tag=name,
    )


def parse(data: bytes, notes: Notes) -> Header:
    """Header of a file; UnreadableFile with the field that is wrong or missing."""
    _check_there(data, GENERAL)
    head = bytes(data[:GENERAL])
    width = 3 if head.startswith(BDF_MAGIC) else 2
    kind = _ascii(head[192:236]).strip()
    count = whole(_ascii(head[252:256]))
    if count is None or not 1 <= count <= _MOST_SIGNALS:
        raise wrong_field("signals", _ascii(head[252:256]), 252)
    size = GENERAL * (count + 1)
    if whole(_ascii(head[184:192])) != size:
        raise wrong_field("header_bytes", _ascii(head[184:192]), 184)
    _check_there(data, size)
    duration = number(_ascii(head[244:252]))
    if duration is None or duration < 0:
        raise wrong_field("duration", _ascii(head[244:252]), 244)
    signals = _signals(bytes(data[GENERAL:size]), count, notes)
    record = width * sum(signal.samples for signal in signals)
    records = _records(whole(_ascii(head[236:244])), head[236:244], len(data) - size, record, notes)
    return Header(
        width=width,
        plus=kind.startswith(("EDF+", "BDF+")),
        interrupted=kind.startswith(("EDF+D", "BDF+D")),
        patient=field_text(head[8:88], notes, what="patient"),
        recording=field_text(head[88:168], notes, what="recording"),
        date=_ascii(head[168:176]),
        time=_ascii(head[176:184]),
        size=size,
        record=record,
        records=records,
        duration=duration,
        signals=signals,
    )


def _ascii(data: bytes) -> str:
    return data.decode("ascii", "replace").replace("\0", " ")


def _check_there(data: bytes, expected: int) -> None:
    if len(data) < expected:
        raise UnreadableFile(
            message("formats.edf.header_cut", expected=expected, found=len(data)),
            offset=len(data),
        )


def _signals(fields: bytes, count: int, notes: Notes) -> tuple[Signal, ...]:
    columns: dict[str, list[bytes]] = {}
    begin = 0
    for name, size in _SIGNAL_FIELDS:
        columns[name] = [fields[begin + i * size : begin + (i + 1) * size] for i in range(count)]
        begin += size * count
    labels = [field_text(text, notes, what="label") for text in columns["label"]]
    samples = [
        _samples(label, _ascii(text))
        for label, text in zip(labels, columns["samples"], strict=True)
    ]
    begins = [0, *accumulate(samples)]
    limits = ("physical_minimum", "physical_maximum", "digital_minimum", "digital_maximum")
    return tuple(
        Signal(
            number=i + 1,
            label=labels[i],
            dimension=field_text(columns["dimension"][i], Notes()),
            limits=tuple(_ascii(columns[name][i]) for name in limits),  # type: ignore[arg-type]
            prefiltering=_ascii(columns["prefiltering"][i]).strip(),
            begin=begins[i],
            samples=samples[i],
        )
        for i in range(count)
    )


def _samples(label: str, text: str) -> int:
    value = whole(text)
    if value is None or value < 0:
        raise wrong_channel("samples", label, text)
    return value


def wrong_channel(name: str, label: str, text: str) -> UnreadableFile:
    """Refusal of a field of one signal."""
    return UnreadableFile(
        message(
            "formats.edf.channel_field",
            channel=label,
            field=f"@formats.edf.name.{name}",
            found=text.strip()[:_SHOWN],
        ),
        tag=f"{label}: {name}",
    )


def _records(stated: int | None, text: bytes, there: int, record: int, notes: Notes) -> int:
    """Data records to read: all that are announced must be there."""
    if stated is None or stated < -1 or stated == 0:
        raise wrong_field("records", _ascii(text), 236)
    if not record:
        raise UnreadableFile(message("formats.no_samples"))
    found, rest = divmod(there, record)
    if stated == -1:
        notes.add(message("formats.edf.note.not_closed", records=found))
        if not found:
            raise UnreadableFile(message("formats.no_samples"))
        return found
    if found < stated:
        raise UnreadableFile(
            message("formats.edf.truncated", expected=stated, found=found), tag="records"
        )
    if found > stated or rest:
        notes.add(message("formats.edf.note.more_bytes", bytes=there - stated * record))
    return stated
