"""Values out of an XML tree: numbers, samples in base64, dates, names; or a refusal with its place.

What the readers of XML formats have in common: a number is a number in plain digits, a field
that is needed and absent or absurd is refused by name and line.
"""

import base64
import binascii
import re
from datetime import UTC, date, datetime, timedelta, timezone

from farlead.errors import UnreadableFile
from farlead.formats.xml_tree import Node
from farlead.messages import message
from farlead.model.people import Sex

_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_SHOWN = 40
_OLDEST = 1900
_SEXES = {"MALE": Sex.MALE, "M": Sex.MALE, "FEMALE": Sex.FEMALE, "F": Sex.FEMALE}


def number(text: str | None) -> float | None:
    """A decimal number in plain digits; None for anything else (NaN, words, nothing)."""
    return float(text) if text and _NUMBER.fullmatch(text) else None


def whole(text: str | None) -> int | None:
    """A whole number of at most 15 digits; None for anything else."""
    return int(text) if text and _WHOLE.fullmatch(text) else None


def wrong(node: Node, field: str, expected: str, found: object) -> UnreadableFile:
    """Refusal of a value.

    Parameters
    ----------
    node : Node
        Where it stands.
    field : str
        Element or attribute.
    expected : str
        Id of the phrase that says what should be there.
    found : object
        What is there; None or "" for nothing.
    """
    shown = "–" if found is None or found == "" else str(found)[:_SHOWN]
    reason = message(
        "formats.xml_fields.wrong_value",
        field=field,
        line=node.line,
        expected=f"@{expected}",
        found=shown,
    )
    return UnreadableFile(reason, tag=f"{field}, {node.line}")


def missing(node: Node, field: str) -> UnreadableFile:
    """Refusal of an element that lacks what the format needs."""
    reason = message("formats.xml_fields.missing", field=field, within=node.tag, line=node.line)
    return UnreadableFile(reason, tag=node.place)


def from_base64(node: Node) -> bytes:
    """Bytes that the text of `node` holds in base64; refused unless every character fits."""
    text = "".join(node.text.split())
    if not text:
        raise missing(node, "base64")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        reason = message("formats.xml_fields.base64", field=node.tag, line=node.line)
        raise UnreadableFile(reason, tag=node.place) from error


def day(text: str | None, pattern: re.Pattern[str]) -> date | None:
    """Date by a pattern with groups ``y``, ``m``, ``d``; None when it is none, or before 1900."""
    match = pattern.fullmatch(text or "")
    if match is None:
        return None
    try:
        found = date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return None
    return found if found.year >= _OLDEST else None


def moment(on: date | None, time: str | None) -> datetime | None:
    """Day and ``hh:mm:ss``, with the zone where the text has one; None when either is none."""
    match = _TIME.fullmatch((time or "").strip())
    if on is None or match is None:
        return None
    hour, minute, second, fraction, zone = match.groups()
    try:
        return datetime(
            on.year,
            on.month,
            on.day,
            int(hour),
            int(minute),
            min(int(second or 0), 59),  # 60 is a leap second
            int((fraction or "0")[:6].ljust(6, "0")),
            _zone(zone),
        )
    except ValueError:
        return None


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset) if offset else UTC


def stated(text: str | None) -> str | None:
    """Text of a field; None where a device filled it with dashes or commas only."""
    return text if text and any(letter.isalnum() for letter in text) else None


def joined(*parts: str | None) -> str | None:
    """A person's name of its parts in this order; Chinese characters take no space."""
    found = [part for text in parts if (part := stated(text))]
    between = "" if any("\u3400" <= c <= "\u9fff" for part in found for c in part) else " "
    return between.join(found) or None


def sex(text: str | None) -> Sex:
    """Sex by its English word or letter."""
    return _SEXES.get((text or "").strip().upper(), Sex.UNKNOWN)
