"""The header of a WFDB record: lines to typed values, each checked where it is read.

References
----------
PhysioNet, WFDB Applications Guide, header(5): record line, signal specification lines, segment
specification lines, info strings.
"""

import math
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes
from farlead.formats.characters import decoded
from farlead.formats.wfdb.codes import CODES, COMPRESSED, NO_DATA
from farlead.messages import Message, message

#: A header is text; the longest real ones list some thousand segments.
LARGEST_HEADER = 1 << 20
_MOST_SIGNALS, _MOST_SEGMENTS, _WIDEST_FRAME = 512, 10_000, 1 << 20
_HEAD = 8192
_SHOWN = 60
_LEAST_GAIN, _FARTHEST = 1e-15, 1e15  # beyond these a sample is no number of ours

#: Values that header(5) gives to what a header leaves out.
DEFAULT_RATE, DEFAULT_GAIN = 250.0, 200.0

_NAME = re.compile(r"([-\w.]+)(?:/(\d{1,12}))?")
_RATE = re.compile(r"[-+]?(?:\d|\.\d|nan|inf)", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,12}")
_INTEGER = re.compile(r"[-+]?\d{1,12}")
_FORMAT = re.compile(r"(\d{1,4})(?:x(\d{1,6}))?(?::(\d{1,9}))?(?:\+(\d{1,12}))?")
_GAIN = re.compile(r"([^(/]*)(?:\(([^()]*)\))?(?:/(.*))?")
_TIME = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,2}):)?(\d{1,2})(?:\.(\d{1,6}))?")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class Signal(NamedTuple):
    """One signal specification line.

    Parameters
    ----------
    file, code : str, int
        Signal file and number of its storage format.
    per_frame, skew, offset : int
        Samples a frame; frames that precede the first one; bytes that precede the samples.
    gain : float
        Units of the converter per `unit`; `calibrated` is False where the header has none.
    baseline : float
        Converter value of zero.
    unit : str
        Physical unit.
    initial, checksum : int or None
        First sample, and the low 16 bits of the sum of all.
    label : str
        Description, the lead's name.
    """

    file: str
    code: int
    per_frame: int
    skew: int
    offset: int
    gain: float
    calibrated: bool
    baseline: float
    unit: str
    initial: int | None
    checksum: int | None
    label: str


class Segment(NamedTuple):
    """One segment specification line; a gap has no name."""

    name: str | None
    frames: int


class Header(NamedTuple):
    """A header.

    `frames` is None where the header does not say; `time` is a time of day without date.
    `announced` is the number of signals; a record of several segments lists those, not signals.
    """

    name: str
    announced: int
    fs: float | None
    frames: int | None
    start: datetime | None
    time: str | None
    signals: tuple[Signal, ...]
    segments: tuple[Segment, ...]
    comments: tuple[str, ...]


def recognises(data: bytes) -> bool:
    """Whether bytes begin like a header: a record line, then a signal or segment line."""
    head = data[:_HEAD]
    if b"\0" in head:
        return False
    lines = list(_content(head.decode("utf-8-sig", "replace")))
    if not lines:
        return False
    fields = lines[0][1].split()
    name = _NAME.fullmatch(fields[0])
    if not name or len(fields) < 2 or not _COUNT.fullmatch(fields[1]):
        return False
    if len(fields) > 2 and not _RATE.match(fields[2]):
        return False
    if len(lines) < 2:
        return len(fields) > 3
    following = lines[1][1].split()
    if name[2]:
        return len(following) == 2 and bool(_COUNT.fullmatch(following[1]))
    stored = _FORMAT.fullmatch(following[1]) if len(following) > 1 else None
    return stored is not None and (
        int(stored[1]) in {*CODES, *COMPRESSED, NO_DATA} or "." in following[0]
    )


def parse(data: bytes, notes: Notes) -> Header:
    """Header of its bytes; UnreadableFile with the line in question."""
    if len(data) > LARGEST_HEADER:
        raise UnreadableFile(
            message("formats.wfdb.header_size", found=len(data), limit=LARGEST_HEADER)
        )
    text = _text(data, notes)
    lines = list(_content(text))
    if not lines:
        raise UnreadableFile(message("formats.wfdb.no_record_line"), tag="1")
    number, line = lines[0]
    fields = line.split()
    name = _NAME.fullmatch(fields[0])
    if not name or len(fields) < 2 or not _COUNT.fullmatch(fields[1]):
        raise _line_error(number, line)
    count, pieces = int(fields[1]), int(name[2]) if name[2] else None
    wanted = count if pieces is None else pieces
    body = lines[1 : wanted + 1]
    _check_counts(count, pieces, len(body))
    signals = tuple(_signal(*each) for each in body) if pieces is None else ()
    if sum(signal.per_frame for signal in signals) > _WIDEST_FRAME:
        raise UnreadableFile(message("formats.wfdb.frame", limit=_WIDEST_FRAME))
    segments = () if pieces is None else tuple(_segment(*each) for each in body)
    last = body[-1][0] if body else number
    start, time = _start(fields[4:6])
    fs, frames = _rate_and_length(fields, number, line)
    comments = tuple(_comments(text, after=last))
    return Header(name[1], count, fs, frames, start, time, signals, segments, comments)


def _check_counts(count: int, pieces: int | None, found: int) -> None:
    if count > _MOST_SIGNALS or (pieces or 0) > _MOST_SEGMENTS:
        raise UnreadableFile(
            message("formats.wfdb.too_many", signals=count, segments=pieces or 0), tag="1"
        )
    if pieces is not None and found < pieces:
        raise UnreadableFile(
            message("formats.wfdb.segment_lines", expected=pieces, found=found), tag="1"
        )
    if pieces is None and found < count:
        raise UnreadableFile(
            message("formats.wfdb.signal_lines", expected=count, found=found), tag="1"
        )


def _text(data: bytes, notes: Notes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decoded(data, "latin-1", notes, what="WFDB")


def _content(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines that are neither empty nor comments."""
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if bare and not bare.startswith("#"):
            yield number, bare


def _comments(text: str, *, after: int) -> Iterator[str]:
    """Info strings: comments that follow the last line of content."""
    for line in text.split("\n")[after:]:
        bare = line.strip()
        if bare.startswith("#"):
            words = "".join(c if c.isprintable() else " " for c in bare.lstrip("#")).strip()
            if words:
                yield words


def _rate_and_length(fields: list[str], number: int, line: str) -> tuple[float | None, int | None]:
    fs = None
    if len(fields) > 2:
        fs = _number(fields[2].partition("/")[0])
        if fs is None or fs <= 0:
            raise UnreadableFile(message("formats.rate", found=_shown(fields[2])), tag=str(number))
    if len(fields) <= 3:
        return fs, None
    if not _COUNT.fullmatch(fields[3]):
        raise _line_error(number, line)
    return fs, int(fields[3]) or None


def _signal(number: int, line: str) -> Signal:
    fields = line.split(None, 8)
    stored = _FORMAT.fullmatch(fields[1]) if len(fields) > 1 else None
    if stored is None or stored[2] in ("0",):
        raise _line_error(number, line)
    code = int(stored[1])
    if code in COMPRESSED:
        raise UnreadableFile(message("formats.wfdb.flac", number=code), tag=str(number))
    if code not in CODES and code != NO_DATA:
        raise UnreadableFile(message("formats.wfdb.format", number=code), tag=str(number))
    gain, baseline, unit = _scale(fields[2] if len(fields) > 2 else "0", number, line)
    integers = [_integer(field, number, line) for field in fields[3:8]]
    zero, initial, checksum = (integers[i] if len(integers) > i else None for i in (1, 2, 3))
    return Signal(
        file=fields[0],
        code=code,
        per_frame=int(stored[2] or 1),
        skew=int(stored[3] or 0),
        offset=int(stored[4] or 0),
        gain=gain or DEFAULT_GAIN,
        calibrated=gain != 0,
        baseline=float(zero or 0) if baseline is None else baseline,
        unit=unit,
        initial=initial,
        checksum=checksum,
        label=fields[8].strip() if len(fields) > 8 else "",
    )


def _scale(field: str, number: int, line: str) -> tuple[float, float | None, str]:
    """Gain (0: none), baseline and unit of a field such as ``200(1024)/mV``."""
    parts = _GAIN.fullmatch(field)
    if parts is None:
        raise _line_error(number, line)
    gain = _number(parts[1])
    baseline = None if parts[2] is None else _number(parts[2])
    absurd = gain is None or 0 < abs(gain) < _LEAST_GAIN or abs(baseline or 0) > _FARTHEST
    if gain is None or absurd or (parts[2] is not None and baseline is None):
        raise _line_error(number, line)
    return gain, baseline, parts[3] or "mV"


def _segment(number: int, line: str) -> Segment:
    fields = line.split()
    if len(fields) < 2 or not _COUNT.fullmatch(fields[1]):
        raise _line_error(number, line)
    return Segment(None if fields[0] == "~" else fields[0], int(fields[1]))


def _start(fields: list[str]) -> tuple[datetime | None, str | None]:
    """First sample's time, where date and time are stated; else the bare time."""
    time = _TIME.fullmatch(fields[0]) if fields else None
    if time is None:
        return None, None
    date = _DATE.fullmatch(fields[1]) if len(fields) > 1 else None
    hours, minutes, seconds = (int(part or 0) for part in time.groups()[:3])
    micro = int((time[4] or "0").ljust(6, "0"))
    if date is None or hours > 23 or minutes > 59 or seconds > 59:
        return None, fields[0]
    try:
        day = datetime(int(date[3]), int(date[2]), int(date[1]))  # noqa: DTZ001  # none stated
    except ValueError:
        return None, fields[0]
    return day + timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=micro), None


def _integer(field: str, number: int, line: str) -> int:
    if not _INTEGER.fullmatch(field):
        raise _line_error(number, line)
    return int(field)


def _number(text: str) -> float | None:
    """A finite number; None for anything else."""
    try:
        value = float(text) if len(text) < 40 and "_" not in text else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _line_error(number: int, line: str) -> UnreadableFile:
    return UnreadableFile(_line_message(number, line), tag=str(number))


def _line_message(number: int, line: str) -> Message:
    return message("formats.wfdb.line", line=number, text=_shown(line))


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:_SHOWN])
