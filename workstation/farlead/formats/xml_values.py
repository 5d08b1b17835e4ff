"""Lists of samples, units and times as XML files of devices write them.

What is written is taken exactly or refused with its line: a sample that cannot be read is never
left out, for then all that follow would stand at the wrong time.

References
----------
HL7 version 3 data types, TS (point in time).
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.xml_fields import number
from farlead.formats.xml_tree import Node
from farlead.messages import message

#: Divisor from each unit of time to seconds.
TO_SECONDS = {"s": 1.0, "ms": 1e3, "us": 1e6, "µs": 1e6, "μs": 1e6}

_TIME = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(?:(\d{2})(?:\.(\d{1,9}))?)?)?([+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_OLDEST = 1900
_PIECE = 1 << 20  # bytes of a list that are read at once
_SHORT = 500  # bytes of a list that is read sooner word by word than all at once
_LONGEST = 40  # letters of a number
_EXACT_DIGITS = 15  # of a whole number that a float64 holds
_SEPARATORS = b" \t\r\n,"
_PLAIN = b"+-.0123456789" + _SEPARATORS
_WHOLE = b"-0123456789 \t\r\n"
_ANY = _PLAIN + b"eENna"
#: Millivolts that no electrode gives: the scale is wrong, or the digits are.
_HIGHEST = 10_000.0
_POWERS = np.array([float(10**exponent) for exponent in range(_EXACT_DIGITS + 1)])


def point_in_time(text: str | None) -> datetime | None:
    """``YYYYMMDDhhmm[ss[.f]][±zzzz]``; None when it is no such time or has no minutes."""
    match = _TIME.fullmatch((text or "").strip())
    if match is None or match[5] is None or int(match[1]) < _OLDEST:
        return None
    try:
        return datetime(
            int(match[1]),
            int(match[2]),
            int(match[3]),
            int(match[4]),
            int(match[5]),
            min(int(match[6] or 0), 59),  # 60 is a leap second
            int((match[7] or "0")[:6].ljust(6, "0")),
            _zone(match[8]),
        )
    except ValueError:
        return None


def calendar_day(text: str | None) -> date | None:
    """Day of ``YYYYMMDD…`` or ``YYYY-MM-DD…``; None for what is none, or lies before 1900."""
    match = _DAY.match((text or "").strip())
    try:
        found = date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
    return found if found and found.year >= _OLDEST else None


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    if offset >= timedelta(hours=24):
        return None
    return timezone(-offset if text[0] == "-" else offset) if offset else UTC


def scaled(
    digits: NDArray[np.number], scale: float, divisor: float = 1.0, zero: float = 0.0
) -> NDArray[np.float32]:
    """Millivolts: `digits` × `scale` / `divisor` + `zero`, infinite where that is too large."""
    with np.errstate(over="ignore"):
        return (digits * scale / divisor + zero).astype(np.float32)


def to_millivolts(
    node: Node, scale: float, divisor: float = 1.0, zero: float = 0.0
) -> Callable[[NDArray[np.number]], NDArray[np.float32]]:
    """:func:`scaled` of the samples of `node`, refused above 10 volts."""

    def convert(digits: NDArray[np.number]) -> NDArray[np.float32]:
        values = scaled(digits, scale, divisor, zero)
        if (np.abs(values) > _HIGHEST).any():
            found = f"{np.nanmax(np.abs(values)):.3g}"
            reason = message("formats.xml.amplitude", line=node.line, found=found)
            raise UnreadableFile(reason, tag=node.place)
        return values

    return convert


def listed(
    node: Node, convert: Callable[[NDArray[np.float64]], NDArray[np.floating]] = np.asarray
) -> NDArray[np.floating]:
    """Numbers of an element, parted by white space or by commas.

    Parameters
    ----------
    node : Node
        ``NaN`` and, between commas, nothing stand for a sample that was not recorded.
    convert : callable
        Applied to each piece as it is read, so that a long list is held once only.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    UnreadableFile
        Something is no number; with its line.
    """
    try:
        data = node.text.encode("ascii").rstrip()
    except UnicodeEncodeError as error:
        raise _no_number(node, error.start, node.text[error.start :]) from None
    separator = b"," if b"," in data else b""
    most = data.count(b",") + 1 if separator else (len(data) + 1) // 2
    found: NDArray[np.floating] = np.empty(0)
    begin = size = 0
    while begin < len(data):
        end = _cut(data, begin + _PIECE, separator)
        piece = data[begin:end]
        values = _plain_numbers(piece, separator) if len(piece) > _SHORT else None
        if values is None:
            values = _any_numbers(piece, separator, node, begin)
        converted = convert(values)
        found = found if size else np.empty(most, converted.dtype)
        found[size : size + converted.size] = converted
        size += converted.size
        begin = end
    return found[:size]


def _cut(data: bytes, at: int, separator: bytes) -> int:
    """End of the piece that reaches to `at` and ends with a separator."""
    if at >= len(data):
        return len(data)
    if separator:
        comma = data.find(separator, at)
        return comma + 1 if comma >= 0 else len(data)
    match = re.compile(rb"\s").search(data, at)
    return match.end() if match else len(data)


def _plain_numbers(data: bytes, separator: bytes) -> NDArray[np.float64] | None:
    """Decimal numbers of up to 15 digits, all at once; None where there is anything else.

    The same numbers as ``float`` of each word: the digits are a whole number that float64
    holds, and one division by a power of ten is rounded correctly.
    """
    if data.translate(None, _PLAIN):
        return None
    if not separator and (whole := _whole_numbers(data)) is not None:
        return whole
    letters = np.frombuffer(b" " + data + b" ", np.uint8)
    apart = (letters <= ord(" ")) | (letters == ord(","))
    edges = np.flatnonzero(apart[1:] != apart[:-1]) + 1
    begins, ends = edges[::2], edges[1::2]
    signs = (letters == ord("-")) | (letters == ord("+"))
    signed = signs[begins]
    if np.count_nonzero(signs) != np.count_nonzero(signed):
        return None
    dots = np.flatnonzero(letters == ord("."))
    after = np.full(begins.size, -1)  # digits after the dot; -1: no dot
    owners = np.searchsorted(begins, dots, "right") - 1
    after[owners] = ends[owners] - 1 - dots
    has_dot = after >= 0
    counts = ends - begins - signed - has_dot
    if dots.size != np.count_nonzero(has_dot) or (counts < 1).any():
        return None
    if (counts > _EXACT_DIGITS).any():
        return None
    values = _of_digits(letters, ends, counts, after)
    np.negative(values, out=values, where=letters[begins] == ord("-"))
    return _in_fields(values, begins, letters, _fields(data)) if separator else values


def _whole_numbers(data: bytes) -> NDArray[np.float64] | None:
    """Whole numbers parted by white space; None where there is anything else."""
    if data.translate(None, _WHOLE):
        return None
    letters = np.frombuffer(b" " + data + b" ", np.uint8)
    apart = letters <= ord(" ")
    edges = np.flatnonzero(apart[1:] != apart[:-1])
    signs = np.flatnonzero(letters == ord("-"))
    if apart[signs + 1].any() or (edges[1::2] - edges[::2]).max(initial=0) > _EXACT_DIGITS:
        return None
    try:
        values = np.fromstring(data, np.int64, sep=" ")
    except ValueError:  # a word such as 1-2
        return None
    return values.astype(np.float64) if 2 * values.size == edges.size else None


def _in_fields(
    values: NDArray[np.float64],
    begins: NDArray[np.intp],
    letters: NDArray[np.uint8],
    fields: int,
) -> NDArray[np.float64] | None:
    """Values in the fields between commas, NaN in blank ones; None where one has two words."""
    places = np.cumsum(letters == ord(","))[begins]
    if (np.diff(places) < 1).any():
        return None
    found = np.full(fields, np.nan)
    found[places] = values
    return found


def _fields(data: bytes) -> int:
    """Fields between commas; nothing stands behind the last one."""
    return data.count(b",") + (not data.rstrip().endswith(b","))


def _of_digits(
    letters: NDArray[np.uint8],
    ends: NDArray[np.intp],
    counts: NDArray[np.intp],
    after: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Values of words that end at `ends`, with `counts` digits, `after` of them behind a dot."""
    total = np.zeros(ends.size, np.int64)
    dotted = (after >= 0).any()
    power = 1
    for place in range(int(counts.max(initial=0))):
        at = ends - 1 - place
        if dotted:
            at = at - ((after >= 0) & (place >= after))
        digits = letters[at].astype(np.int64) - ord("0")
        total += np.where(place < counts, digits * power, 0)
        power *= 10
    values = total.astype(np.float64)
    return values / _POWERS[np.maximum(after, 0)] if dotted else values


def _any_numbers(data: bytes, separator: bytes, node: Node, begin: int) -> NDArray[np.float64]:
    """Numbers with exponents or many digits, NaN, blanks, and few of any kind: word by word."""
    text = data.decode("ascii")
    words = text.split()
    if separator:
        words = [word.strip() or "NaN" for word in text.split(",")][: _fields(data)]
    try:
        if not data.translate(None, _ANY) and max(map(len, words), default=0) <= _LONGEST:
            values = np.array(words, np.float64)
            if not np.isinf(values).any():
                return values
    except ValueError:
        pass
    raise _first_wrong(text, separator, node, begin)


def _first_wrong(text: str, separator: bytes, node: Node, begin: int) -> UnreadableFile:
    """Refusal that names the first word that is no number."""
    for match in re.finditer(r"[^,]+" if separator else r"\S+", text):
        word = match[0].strip()
        if word and number(word) is None and word.lower() != "nan":
            return _no_number(node, begin + text.index(word, match.start()), word)
    return _no_number(node, begin, text.strip())


def _no_number(node: Node, position: int, word: str) -> UnreadableFile:
    line = node.line + node.text.count("\n", 0, position)
    found = " ".join(word.split())[:20]
    reason = message("formats.xml.number", tag=node.tag, line=line, found=found)
    return UnreadableFile(reason, tag=f"<{node.tag}>, {line}")
