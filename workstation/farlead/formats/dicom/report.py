"""A structured report as lines of text: its content tree, as people read it.

Each content item is a line ``name: value unit``, indented by its level; the names, codes and
texts are the report's own. Images, waveforms and coordinates that it refers to are named by
their identifiers.

References
----------
DICOM PS3.3 C.17.3 (SR Document Content), C.18 (content item macros), C.17.2 (SR Document
General).
"""

from collections.abc import Callable, Iterator

from farlead.formats.dicom.attributes import Attributes
from farlead.formats.dicom.header import person
from farlead.messages import message

#: Most lines of a report, and most characters of one of them.
MOST_LINES, LONGEST_LINE = 5000, 2000
_INDENT = "  "
_NO_UNIT = {"1", "{no units}"}
_MOST_POINTS = 8


def lines(attributes: Attributes) -> tuple[str, ...]:
    """Lines of a report; empty when it has no content."""
    if not any(True for _ in attributes.items("ContentSequence")):
        return ()
    found: list[str] = []
    head = [_name(attributes), _state(attributes)]
    for line in [*(text for text in head if text), *_tree(attributes, 0)]:
        if len(found) == MOST_LINES:
            attributes.note(message("formats.note.report_cut", lines=MOST_LINES))
            break
        found.append(line[:LONGEST_LINE])
    return tuple(found)


def _state(attributes: Attributes) -> str:
    """Whether the report is complete and verified, by whom, in the standard's own words."""
    words = [attributes.text("CompletionFlag"), attributes.text("VerificationFlag")]
    observers = attributes.items("VerifyingObserverSequence")
    names = [person(observer, "VerifyingObserverName") for observer in observers]
    return " · ".join(word for word in (*words, *names) if word)


def _tree(parent: Attributes, level: int) -> Iterator[str]:
    """Lines of the items below one."""
    for item in parent.items("ContentSequence"):
        name, values = _name(item), _values(item)
        indent = _INDENT * level
        first = ": ".join(part for part in (name, values[0] if values else "") if part)
        if first:
            yield indent + first
        for value in values[1:]:
            yield indent + _INDENT + value
        yield from _tree(item, level + 1)


def _name(item: Attributes) -> str:
    return _coded(item, "ConceptNameCodeSequence")


def _coded(item: Attributes, keyword: str) -> str:
    """Meaning of a code, else the code."""
    code = item.item(keyword)
    if code is None:
        return ""
    return code.text("CodeMeaning") or code.text("CodeValue") or code.text("LongCodeValue") or ""


def _values(item: Attributes) -> tuple[str, ...]:
    """Value of an item, in one line or several."""
    identifiers = item.numbers("ReferencedContentItemIdentifier")
    if identifiers:
        return ("→ " + ".".join(f"{number:g}" for number in identifiers),)
    found = _VALUES.get(item.text("ValueType") or "", _nothing)(item)
    return tuple(value for value in found if value)


def _nothing(_: Attributes) -> tuple[str, ...]:
    return ()


def _text(item: Attributes) -> tuple[str, ...]:
    return item.lines("TextValue")


def _number(item: Attributes) -> tuple[str, ...]:
    """Figures as they are written, and their unit; without figures the reason for that."""
    measured = item.item("MeasuredValueSequence")
    if measured is None:
        return (_coded(item, "NumericValueQualifierCodeSequence"),)
    unit = measured.item("MeasurementUnitsCodeSequence")
    shown = (unit.text("CodeValue") or "") if unit is not None else ""
    if unit is not None and any(mark in shown for mark in "{[") and shown not in _NO_UNIT:
        shown = unit.text("CodeMeaning") or shown  # codes such as [hnsf'U] are not for people
    figures = ", ".join(figure for figure in measured.texts("NumericValue") if figure)
    return (f"{figures} {'' if shown in _NO_UNIT else shown}".strip(),)


def _object(item: Attributes) -> tuple[str, ...]:
    """What the item refers to."""
    reference = item.item("ReferencedSOPSequence")
    uid = reference.text("ReferencedSOPInstanceUID") if reference is not None else None
    return (f"{item.text('ValueType')} {uid or ''}".strip(),)


def _coordinates(item: Attributes) -> tuple[str, ...]:
    numbers = item.numbers("GraphicData")[: 2 * _MOST_POINTS]
    return (f"{item.text('GraphicType') or ''} {', '.join(f'{n:g}' for n in numbers)}".strip(),)


def _times(item: Attributes) -> tuple[str, ...]:
    seconds = item.numbers("ReferencedTimeOffsets") or item.numbers("ReferencedSamplePositions")
    places = ", ".join(f"{n:g}" for n in seconds[:_MOST_POINTS])
    return (f"{item.text('TemporalRangeType') or ''} {places}".strip(),)


def _date(item: Attributes) -> tuple[str, ...]:
    day = item.text("Date") or ""
    return (f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == 8 and day.isdecimal() else day,)


def _time(item: Attributes) -> tuple[str, ...]:
    return (_clock(item.text("Time") or ""),)


def _moment(item: Attributes) -> tuple[str, ...]:
    moment = item.text("DateTime") or ""
    if not moment[:8].isdecimal() or len(moment) < 8:
        return (moment,)
    day = f"{moment[:4]}-{moment[4:6]}-{moment[6:8]}"
    return (f"{day} {_clock(moment[8:])}".strip(),)


def _clock(time: str) -> str:
    """``093000.5`` as 09:30:00.5."""
    if not time[:6].isdecimal() or len(time) < 6:
        return time
    return f"{time[:2]}:{time[2:4]}:{time[4:6]}{time[6:]}"


_VALUES: dict[str, Callable[[Attributes], tuple[str, ...]]] = {
    "TEXT": _text,
    "NUM": _number,
    "CODE": lambda item: (_coded(item, "ConceptCodeSequence"),),
    "PNAME": lambda item: (person(item, "PersonName") or "",),
    "DATE": _date,
    "TIME": _time,
    "DATETIME": _moment,
    "UIDREF": lambda item: (item.text("UID") or "",),
    "IMAGE": _object,
    "WAVEFORM": _object,
    "COMPOSITE": _object,
    "SCOORD": _coordinates,
    "SCOORD3D": _coordinates,
    "TCOORD": _times,
}
