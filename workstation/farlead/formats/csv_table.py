"""Reader of CSV files that state what their numbers are (``docs/csv-format.md``).

=============  ================================================================================
first line     ``# farlead-ecg 1; fs=500; unit=mV; …``; more such lines may follow
keys           ``fs`` and ``unit`` (nV, uV, mV, V) are needed; ``start patient id sex birth
               accession device high_pass low_pass notch`` may be there; others are noted
then           one line of lead names, an optional ``time`` column (seconds) first
then           numbers with a decimal point, separated by commas; an empty field or ``nan`` is a
               sample that was not recorded
time           must be regular and agree with ``fs``
text           UTF-8; UTF-16 with its mark and GB18030 (spreadsheets) are recognised
not supported  any CSV without the first line: rate and unit of its numbers cannot be known
=============  ================================================================================
"""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Channel, Notes, assemble
from farlead.formats.characters import decoded
from farlead.formats.damage import guarded
from farlead.formats.leads import NUMBERS
from farlead.formats.units import per_millivolt
from farlead.messages import message
from farlead.model.people import Patient, Sex
from farlead.model.recording import Device, Identity, Recording

__all__ = ["MAGIC", "read", "recognises"]

MAGIC = "# farlead-ecg 1"
_FILTERS = ("high_pass", "low_pass", "notch")
_KEYS = {"fs", "unit", "start", "patient", "id", "sex", "birth", "accession", "device", *_FILTERS}
_FIRST = re.compile(MAGIC + r"(?!\d)", re.IGNORECASE)
_HEAD = 4096
_HEADER_LINES, _HEADER_LETTERS = 100, 20_000
_MOST_COLUMNS = 256
_FEWEST_LINES = 2
_SHOWN = 40
_PIECE = 1 << 12  # lines that are parsed at a time
_NUMBERS = re.compile(rb"[\s0-9.,;:/TZeE+\-\"]*[0-9][\s0-9.,;:/TZeE+\-\"]*")
_SEPARATORS = (b",", b";", b"\t")
_NOT_NUMBERS = re.compile(r"[^0-9.eE+\-,naNA ]")
_LARGEST = 1e15  # in any unit


class _Table(NamedTuple):
    """The parts of a file; `line` is the number of the first line of numbers."""

    keys: dict[str, str]
    names: list[str]
    body: str
    line: int


def recognises(data: bytes) -> bool:
    """Whether the head is ours, or that of any other table of numbers."""
    head = bytes(data[:_HEAD])
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[2:].replace(b"\0", b"").lower().startswith(MAGIC.encode())
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b'" \t')
    return text.lower().startswith(MAGIC.encode()) or _is_table(head)


def _is_table(head: bytes) -> bool:
    """Whether at least two lines in a row are numbers with the same number of separators."""
    if b"\0" in head:
        return False
    lines = [line for line in head.splitlines()[:-1] if line.strip()][-_FEWEST_LINES:]
    if len(lines) < _FEWEST_LINES or not all(_NUMBERS.fullmatch(line) for line in lines):
        return False
    return any(
        lines[0].count(separator) and len({line.count(separator) for line in lines}) == 1
        for separator in _SEPARATORS
    )


def read(data: bytes) -> Recording:
    """Read a CSV file; UnreadableFile with the line, or with what a foreign CSV lacks."""
    return guarded(lambda: _read(bytes(data)), "csv")


def _read(data: bytes) -> Recording:
    notes = Notes()
    table = _parse(decoded(data, "utf-8", notes, what="CSV"))
    keys = table.keys
    fs = _positive(keys["fs"], "fs")
    divisor = per_millivolt(keys["unit"])
    if divisor is None:
        raise _wrong_key("unit", keys["unit"])
    numbers = _numbers(table)
    names = table.names
    if names[0].casefold() == "time":
        _check_time(numbers[:, 0], fs, table.line)
        names, numbers = names[1:], numbers[:, 1:]
    numbers /= divisor
    for key in sorted(keys.keys() - _KEYS):
        notes.add(message("formats.csv.note.key", key=key[:_SHOWN]))
    return assemble(
        [
            Channel(name if name in NUMBERS else None, name, numbers[:, i])
            for i, name in enumerate(names)
        ],
        fs,
        notes,
        start=_start(keys.get("start")),
        patient=_patient(keys),
        device=_device(keys),
        identity=Identity(accession=keys.get("accession")),
    )


def _parse(text: str) -> _Table:
    """Header lines, names and numbers; UnreadableFile with what is missing."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    keys: dict[str, str] = {}
    place, line = 0, 1
    while text.startswith(("#", '"#'), place) and line <= _HEADER_LINES:
        end = text.find("\n", place, place + _HEADER_LETTERS)
        end = len(text) if end < 0 else end
        told = text[place:end][:_HEADER_LETTERS].strip('", \t')
        if line == 1 and not _FIRST.match(told):
            break
        keys |= _pairs(told.removeprefix("#"))
        place, line = end + 1, line + 1
    missing = [key for key in ("fs", "unit") if not keys.get(key)]
    if line == 1 or missing:
        raise UnreadableFile(message("formats.csv.not_stated", missing=_missing(line, missing)))
    end = text.find("\n", place, place + _HEADER_LETTERS)
    names = [name.strip().strip('"') for name in text[place : max(end, place)].split(",")]
    while len(names) > 1 and not names[-1]:  # spreadsheets fill short lines with commas
        names.pop()
    if not all(names) or all(_is_number(name) for name in names) or names == ["time"]:
        raise UnreadableFile(message("formats.csv.no_names", line=line), tag=f"line {line}")
    if len(names) > _MOST_COLUMNS:
        raise UnreadableFile(message("formats.csv.columns", found=len(names), limit=_MOST_COLUMNS))
    return _Table(keys, names, text[end + 1 :].rstrip(), line + 1)


def _missing(line: int, keys: Sequence[str]) -> str:
    return f"{MAGIC}; fs=…; unit=…" if line == 1 else ", ".join(f"{key}=…" for key in keys)


def _pairs(line: str) -> dict[str, str]:
    parts = [part.partition("=") for part in line.split(";") if "=" in part]
    return {key.strip().lower(): _shown(unquote(value.strip())) for key, _, value in parts}


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _numbers(table: _Table) -> NDArray[np.float64]:
    """All numbers, shape (lines, columns); checked line by line before memory is taken."""
    lines = table.body.split("\n") if table.body else []
    columns = len(table.names)
    for number, line in enumerate(lines, start=table.line):
        if line.count(",") != columns - 1:
            raise UnreadableFile(
                message(
                    "formats.csv.ragged",
                    line=number,
                    expected=columns,
                    found=line.count(",") + 1,
                ),
                tag=f"line {number}",
            )
    result = np.empty((len(lines), columns))
    for begin in range(0, len(lines), _PIECE):
        piece = lines[begin : begin + _PIECE]
        try:
            result[begin : begin + len(piece)] = _values(piece).reshape(-1, columns)
        except ValueError:
            raise _wrong_number(piece, begin + table.line) from None
    return result


def _values(lines: Sequence[str]) -> NDArray[np.float64]:
    text = ",".join(lines)
    if _NOT_NUMBERS.search(text):
        raise ValueError
    cells = text.split(",")
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        values = np.array([float(cell) if cell.strip() else math.nan for cell in cells])
    if (np.abs(values) > _LARGEST).any():
        raise ValueError
    return values


def _wrong_number(lines: Sequence[str], first: int) -> UnreadableFile:
    """Refusal with the line and the cell that is no number."""
    number, cell = first, ""
    for number, line in enumerate(lines, start=first):  # noqa: B007  # the last one is told
        try:
            _values([line])
        except ValueError:
            cell = next((c for c in line.split(",") if not _is_sample(c)), "")
            break
    return UnreadableFile(
        message("formats.csv.number", line=number, found=cell.strip()[:_SHOWN]),
        tag=f"line {number}",
    )


def _is_sample(cell: str) -> bool:
    try:
        _values([cell])
    except ValueError:
        return False
    return True


def _check_time(seconds: NDArray[np.float64], fs: float, line: int) -> None:
    """The column may begin anywhere, but must go on by whole samples of the stated rate."""
    if not seconds.size:
        return
    expected = seconds[0] + np.arange(seconds.size) / fs
    wrong = ~(np.abs(seconds - expected) < 0.5 / fs)
    wrong[1:] |= ~(np.diff(seconds) > 0)
    if wrong.any():
        number = int(wrong.argmax()) + line
        raise UnreadableFile(
            message("formats.csv.time", line=number, fs=f"{fs:g}"), tag=f"line {number}"
        )


def _wrong_key(key: str, found: str) -> UnreadableFile:
    return UnreadableFile(message("formats.csv.key", key=key, found=found[:_SHOWN]), tag=key)


def _positive(text: str, key: str) -> float:
    value = float(text) if _is_number(text) and text.isascii() and "_" not in text else math.nan
    if not 0 < value < math.inf:
        raise _wrong_key(key, text)
    return value


def _start(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise _wrong_key("start", text) from None


def _patient(keys: Mapping[str, str]) -> Patient:
    born, sex = keys.get("birth"), keys.get("sex") or "U"
    if sex.upper() not in list(Sex):
        raise _wrong_key("sex", sex)
    try:
        birth_date = date.fromisoformat(born) if born else None
    except ValueError:
        raise _wrong_key("birth", born or "") from None
    return Patient(
        name=keys.get("patient") or None,
        local_number=keys.get("id") or None,
        sex=Sex(sex.upper()),
        birth_date=birth_date,
    )


def _device(keys: Mapping[str, str]) -> Device:
    high, low, notch = (_positive(keys[k], k) if keys.get(k) else None for k in _FILTERS)
    return Device(model=keys.get("device") or None, high_pass=high, low_pass=low, notch=notch)
