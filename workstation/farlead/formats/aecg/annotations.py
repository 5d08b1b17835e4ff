"""Annotations of an annotated ECG: measurements, statements, and marks of waves in time."""

from collections.abc import Iterator
from dataclasses import dataclass

from farlead.formats.aecg.axis import Axis
from farlead.formats.aecg.names import measured, spoken, wave
from farlead.formats.aecg.series import Series, amount, code_of
from farlead.formats.leads import by_code
from farlead.formats.xml_tree import Node
from farlead.formats.xml_values import TO_SECONDS, point_in_time
from farlead.model.recording import Annotation

_WAVES = ("MDC_ECG_WAVC", "MDC_ECG_WAVC_TYPE")
_BEAT = "MDC_ECG_BEAT"
_RHYTHM = "MDC_ECG_RHY"
_STATEMENTS = "MDC_ECG_INTERPRETATION"
_MOST = 10_000
_DEEPEST = 16


@dataclass(frozen=True, slots=True)
class _Context:
    """What holds for all annotations within one.

    `axis` is None for the representative beat: its times are none of the rhythm's.
    """

    axis: Axis | None
    prefix: str = ""
    position: int | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Region:
    """Supporting region: first and last time (sample, or seconds in the median beat), leads."""

    first: float | None = None
    last: float | None = None
    leads: tuple[str, ...] = ()


def annotations(series: list[Series], main: Series, axis: Axis) -> list[Annotation]:
    """Annotations of the shown series and of its beats, at most 10,000."""
    found: list[Annotation] = []
    for one in series:
        if one is not main and not one.beat:
            continue
        for subject in one.node.all("subjectOf"):
            for each in subject.all("annotationSet"):
                context = _Context(None if one.beat else axis, _prefix(each, one.beat))
                for annotation in _within(each):
                    if len(found) >= _MOST:
                        return found
                    found.extend(_read(annotation, context))
    return found[:_MOST]


def _prefix(node: Node, beat: bool) -> str:
    """Marks what is no statement of the device about the rhythm itself."""
    person = node.find("author", "assignedEntity", "assignedAuthorType", "assignedPerson")
    return ("overread: " if person else "") + ("median beat: " if beat else "")


def _within(node: Node) -> Iterator[Node]:
    for component in node.all("component"):
        yield from component.all("annotation")


def _read(node: Node, context: _Context) -> Iterator[Annotation]:
    """Annotations of one element and of all within it."""
    code = code_of(node)[0]
    region = _region(node, context.axis)
    lead = ", ".join(region.leads)
    prefix = context.prefix + (f"{lead}: " if lead else "")
    position = context.position
    if context.axis is not None and region.first is not None:
        position = int(region.first)
    if code == _BEAT:
        position = _first_of_beat(node, context) if position is None else position
    yield from _own(node, code, region, _Context(context.axis, prefix, position))
    if context.depth < _DEEPEST:
        inner = _Context(context.axis, prefix, position, context.depth + 1)
        for each in _within(node):
            yield from _read(each, inner)


def _own(node: Node, code: str, region: _Region, context: _Context) -> Iterator[Annotation]:
    """Annotations of the element itself."""
    value = node.find("value")
    if value is None:
        return
    if code in _WAVES:
        yield from _marks(wave(value.attributes.get("code", "")), region, context)
        return
    quantity, unit = amount(value)
    if quantity is not None:
        text = context.prefix + measured(code)
        yield Annotation(text, context.position, quantity, unit or None)
        return
    words = value.content() or value.attributes.get("displayName", "").strip()
    words = words or spoken(value.attributes.get("code", "").removeprefix(f"{code}_"))
    if not words:
        return
    if code.startswith(_STATEMENTS):
        yield Annotation(context.prefix + words)
    elif code == _RHYTHM:
        yield Annotation(f"{context.prefix}rhythm: {words}", context.position or None)
    elif code == _BEAT:
        if context.position is not None:
            yield Annotation(f"{context.prefix}beat: {words}", context.position)
    else:
        yield Annotation(f"{context.prefix}{measured(code)}: {words}", context.position)


def _marks(name: str, region: _Region, context: _Context) -> Iterator[Annotation]:
    """First and last moment of a wave: a sample of the rhythm, or milliseconds in the beat."""
    for edge, time in (("onset", region.first), ("end", region.last)):
        if time is None or not name:
            continue
        text = f"{context.prefix}{name} {edge}"
        if context.axis is None:
            yield Annotation(text, None, round(time * 1e3, 3), "ms")
        else:
            yield Annotation(text, int(time))


def _first_of_beat(node: Node, context: _Context) -> int | None:
    """First sample that is marked within a beat without a region of its own."""
    if context.axis is None:
        return None
    firsts = [_region(each, context.axis).first for each in _within(node)]
    return min((int(first) for first in firsts if first is not None), default=None)


def _region(node: Node, axis: Axis | None) -> _Region:
    first: float | None = None
    last: float | None = None
    leads: list[str] = []
    for support in node.all("support"):
        for roi in support.all("supportingROI"):
            for component in roi.all("component"):
                boundary = component.find("boundary")
                if boundary is None:
                    continue
                code = code_of(boundary)[0]
                if code.startswith("TIME_"):
                    first, last = _bounds(boundary, code, axis)
                elif code:
                    leads.append(by_code(code, "MDC") or spoken(code))
    return _Region(first, last, tuple(leads))


def _bounds(boundary: Node, code: str, axis: Axis | None) -> tuple[float | None, float | None]:
    low, high = (_time(boundary.find("value", bound), code, axis) for bound in ("low", "high"))
    return low, high


def _time(node: Node | None, code: str, axis: Axis | None) -> float | None:
    """Sample on the axis, or seconds without one; None for what lies outside or is no time."""
    if node is None:
        return None
    if code == "TIME_ABSOLUTE":
        time = point_in_time(node.attributes.get("value"))
        return axis.at(time) if axis and time else None
    value, unit = amount(node)
    if value is None or unit not in TO_SECONDS:
        return None
    seconds = value / TO_SECONDS[unit]
    return seconds if axis is None else axis.at_relative(seconds)
