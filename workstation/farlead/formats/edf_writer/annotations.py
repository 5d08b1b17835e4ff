"""The annotation signal: times of the data records, marks and statements."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from farlead.formats.edf_writer.quantum import plain
from farlead.model.recording import Annotation, Recording

_DIGITS = 9
#: Bytes that structure the lists, and so cannot stand in a text.
_STRUCTURE = str.maketrans({"\x14": " ", "\x15": " ", "\0": " "})


def annotation_part(
    recording: Recording, first: Fraction, records: int, duration: Fraction
) -> list[bytes]:
    """Bytes of the annotation signal in each data record, all of one even length.

    A list may stand in any data record; they are spread, so that none needs many bytes.

    Parameters
    ----------
    recording : Recording
    first : Fraction
        Seconds of the first sample after the header's start.
    records : int
    duration : Fraction
        Seconds of a data record.
    """
    clocks = [f"{onset_text(first + i * duration)}\x14\x14\0".encode() for i in range(records)]
    lists = [_list(annotation, recording, first) for annotation in recording.annotations]
    longest = max((len(item) for item in lists), default=0)
    width = max(map(len, clocks)) + longest + -(-sum(map(len, lists)) // records)
    width += width % 2
    waiting: Iterator[bytes] = iter(lists)
    item = next(waiting, None)
    parts: list[bytes] = []
    for clock in clocks:
        part = clock
        while item is not None and len(part) + len(item) <= width:
            part += item
            item = next(waiting, None)
        parts.append(part)
    return _padded(parts)


def onset_text(seconds: Fraction) -> str:
    """Signed decimal with at most nine digits after the point."""
    text = plain(round(seconds * 10**_DIGITS), _DIGITS).rstrip("0").rstrip(".")
    return text if text.startswith("-") else f"+{text}"


def _padded(parts: Sequence[bytes]) -> list[bytes]:
    width = max(map(len, parts))
    return [part.ljust(width + width % 2, b"\0") for part in parts]


def _list(annotation: Annotation, recording: Recording, first: Fraction) -> bytes:
    """One list; a statement on the whole recording lasts as long as it does."""
    text, duration = annotation.text, None
    fs = Fraction(recording.fs)
    lasting = annotation.unit == "s" and annotation.position is not None
    if lasting and annotation.value is not None and annotation.value >= 0:
        duration = Fraction(annotation.value)
    elif annotation.value is not None:
        text = f"{text} {annotation.value:g} {annotation.unit or ''}".rstrip()
    if annotation.position is None:
        duration = recording.samples.shape[-1] / fs
    onset = onset_text(first + (annotation.position or 0) / fs)
    told = "" if duration is None else "\x15" + onset_text(duration).lstrip("+")
    return f"{onset}{told}\x14{text.translate(_STRUCTURE)}\x14\0".encode()
