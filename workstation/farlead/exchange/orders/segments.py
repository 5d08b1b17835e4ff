"""An HL7 v2 message as its segments and fields; what is not there is an empty text.

References
----------
HL7 v2.5.1 chapter 2: 2.5.3 to 2.5.5 (fields, components, repetitions), 2.7 (escapes).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from farlead.errors import OrderRefused
from farlead.messages import message

#: Segments of one message; more is no order.
_MOST = 2000
_TIME = re.compile(
    r"(\d{4})(\d{2})(\d{2})(\d{2})?(\d{2})?(\d{2})?(?:\.\d{1,4})?([+-]\d{4})?", re.ASCII
)
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")


@dataclass(frozen=True, slots=True)
class Separators:
    """MSH-1 and MSH-2: between fields, components, repetitions, sub-components; the escape."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    sub: str = "&"


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of a message; fields count from 1, as the standard does."""

    name: str
    fields: tuple[str, ...]
    by: Separators

    def repeated(self, field: int) -> list[str]:
        """Repetitions of a field as they stand, the empty ones left out."""
        raw = self.fields[field] if field < len(self.fields) else ""
        return [each for each in raw.split(self.by.repetition) if each]

    def text(self, field: int, component: int = 1, sub: int = 1) -> str:
        """A component of the first repetition of a field."""
        return self.part(next(iter(self.repeated(field)), ""), component, sub)

    def part(self, repetition: str, component: int = 1, sub: int = 1) -> str:
        """A component of a repetition; ``""`` where it is not there, or deleted (two quotes)."""
        found = repetition
        for separator, number in ((self.by.component, component), (self.by.sub, sub)):
            parts = found.split(separator)
            found = parts[number - 1] if number <= len(parts) else ""
        return "" if found == '""' else unescaped(found, self.by).strip()


def segments(text: str) -> list[Segment]:
    """The segments of a message, MSH first; OrderRefused for what is none."""
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    if not lines or not lines[0].startswith("MSH") or len(lines[0]) < 8:
        raise OrderRefused(message("orders.no_message"))
    if len(lines) > _MOST:
        raise OrderRefused(message("orders.too_long"))
    by = separators(lines[0])
    return [_segment(line, by) for line in lines]


def separators(head: str) -> Separators:
    """Those that an MSH segment declares; OrderRefused where they are no five different signs."""
    stated = head[3:8]
    if len(set(stated)) != 5 or any(sign.isalnum() or sign.isspace() for sign in stated):
        raise OrderRefused(message("orders.no_message"))
    return Separators(*stated)


def unescaped(text: str, by: Separators) -> str:
    """The text that was meant; escapes for highlighting and the like are left out."""
    if by.escape not in text:
        return text
    signs = {"F": by.field, "S": by.component, "R": by.repetition, "T": by.sub, "E": by.escape}
    escape = re.escape(by.escape)

    def meant(found: re.Match[str]) -> str:
        code = found[1]
        if code.startswith(".br"):
            return " "
        return signs.get(code, "")

    return re.sub(f"{escape}([^{escape}]*){escape}", meant, text)


def moment(text: str) -> datetime | None:
    """A time of HL7, aware; one without zone is that of this place. None where it is none."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    digits = "".join(part or "00" for part in found.groups()[:6])
    try:
        if found[7]:
            made = datetime.strptime(digits + found[7], "%Y%m%d%H%M%S%z")
        else:
            made = datetime.strptime(digits, "%Y%m%d%H%M%S").astimezone()
    except (ValueError, OverflowError):
        return None
    return made if 1900 < made.year < 9999 else None


def _segment(line: str, by: Separators) -> Segment:
    name, _, _ = line.partition(by.field)
    if not _NAME.fullmatch(name):
        raise OrderRefused(message("orders.no_segment"))
    fields = line.split(by.field)
    if name == "MSH":  # MSH-1 is the separator itself
        fields = ["MSH", by.field, *fields[1:]]
    return Segment(name, tuple(fields), by)


def groups(found: list[Segment], first: str) -> Iterator[list[Segment]]:
    """Segments from each `first` up to the next one; what stands before is left out."""
    group: list[Segment] = []
    for segment in found:
        if segment.name == first:
            if group:
                yield group
            group = [segment]
        elif group:
            group.append(segment)
    if group:
        yield group
