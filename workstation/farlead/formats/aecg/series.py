"""Series of an annotated ECG: sets of sequences that share one time axis."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Channel, Notes
from farlead.formats.leads import by_code, by_text
from farlead.formats.units import PER_MILLIVOLT
from farlead.formats.xml_fields import number, wrong
from farlead.formats.xml_tree import Node
from farlead.formats.xml_values import (
    TO_SECONDS,
    listed,
    point_in_time,
    to_millivolts,
)
from farlead.messages import message

_BEAT = "REPRESENTATIVE_BEAT"
_TIMES = ("TIME_ABSOLUTE", "TIME_RELATIVE")
_LEAD = "MDC_ECG_LEAD_"
_MDC = "2.16.840.1.113883.6.24"
_PARTITION = 2 << 16  # codes of ECG leads as one number
_SAME = 1e-6  # two rates that differ less are one
#: An increment is written with so few digits that the rate differs by this from a whole number.
_ROUNDED = 1e-4


@dataclass(frozen=True, slots=True)
class SequenceSet:
    """Leads that were recorded at the same times.

    Parameters
    ----------
    channels : tuple of Channel
        Of equal length, at least one.
    fs : float
        Hertz.
    head : datetime or None
        First sample, where the time axis is absolute.
    offset : float or None
        First sample in seconds on the relative time axis, where the set has one.
    """

    channels: tuple[Channel, ...]
    fs: float
    head: datetime | None = None
    offset: float | None = None

    @property
    def n(self) -> int:
        """Samples of each lead."""
        return self.channels[0].samples.size


@dataclass(frozen=True, slots=True)
class Series:
    """A rhythm, or (`beat`) the representative beat that was derived from one."""

    node: Node
    beat: bool
    sets: tuple[SequenceSet, ...]

    @property
    def seconds(self) -> float:
        """Recorded time, without gaps."""
        return sum(each.n / each.fs for each in self.sets)


class _Lead(NamedTuple):
    """A sequence as read."""

    sequence: Node
    channel: Channel


def code_of(node: Node) -> tuple[str, str]:
    """Code and code system of an element; empty where there is none."""
    code = node.find("code")
    if code is None:
        return "", ""
    return code.attributes.get("code", "").strip(), code.attributes.get("codeSystem", "").strip()


def amount(node: Node | None) -> tuple[float | None, str]:
    """Value and unit of a quantity; None for a value that is no number."""
    if node is None:
        return None, ""
    return number(node.attributes.get("value", "").strip()), node.attributes.get("unit", "").strip()


def all_series(root: Node, notes: Notes) -> list[Series]:
    """Series that have samples, in the order of the document."""
    found: list[Series] = []
    for component in root.all("component"):
        for node in component.all("series"):
            _add(found, node, code_of(node)[0].upper() == _BEAT, notes)
            for derivation in node.all("derivation"):
                for derived in derivation.all("derivedSeries"):
                    kind = code_of(derived)[0]
                    if kind.upper() in (_BEAT, ""):
                        _add(found, derived, True, notes)
                    else:
                        notes.add(message("formats.aecg.note.other_derived", kind=kind[:40]))
    return found


def _add(found: list[Series], node: Node, beat: bool, notes: Notes) -> None:
    sets = [
        one
        for component in node.all("component")
        for each in component.all("sequenceSet")
        if (one := _sequence_set(each, notes)) is not None
    ]
    if sets:
        found.append(Series(node, beat, tuple(sets)))


def _sequence_set(node: Node, notes: Notes) -> SequenceSet | None:
    sequences = [each for part in node.all("component") for each in part.all("sequence")]
    times = [each for each in sequences if code_of(each)[0].upper() in _TIMES]
    leads = [each for each in sequences if code_of(each)[0].upper() not in _TIMES]
    read = [one for each in leads if (one := _lead(each, notes)) is not None]
    if not read:
        return None
    _check_lengths(read)
    fs, head, offset = _axis(times, node)
    return SequenceSet(tuple(one.channel for one in read), fs, head, offset)


def _check_lengths(read: list[_Lead]) -> None:
    usual = Counter(one.channel.samples.size for one in read).most_common(1)[0][0]
    for node, (lead, label, samples) in read:
        if samples.size != usual:
            reason = message(
                "formats.aecg.lengths",
                lead=lead or label,
                found=samples.size,
                expected=usual,
                line=node.line,
            )
            raise UnreadableFile(reason, tag=node.place)


def _lead(sequence: Node, notes: Notes) -> _Lead | None:
    """Millivolts of a lead; None (noted) for what has no digits or is no voltage."""
    code, system = code_of(sequence)
    lead, label = _name(sequence, code, system)
    digits = sequence.find("value", "digits")
    if digits is None or not digits.text or digits.text.isspace():
        notes.add(message("formats.aecg.note.no_digits", lead=lead or label))
        return None
    scale, unit = amount(sequence.find("value", "scale"))
    origin, origin_unit = _origin(sequence, unit)
    unknown = next((one for one in (unit, origin_unit) if one not in PER_MILLIVOLT), None)
    if unknown is not None:
        if lead is None and by_text(label) is None and not code.startswith(_LEAD):
            notes.add(message("formats.note.not_voltage", name=label))
            return None
        raise wrong(sequence, f"{lead or label} unit", "formats.aecg.expected.voltage", unknown)
    if scale is None or scale <= 0:
        stated = sequence.find("value", "scale")
        found = stated.attributes.get("value") if stated else None
        raise wrong(sequence, f"{lead or label} scale", "formats.xml_fields.expected.gain", found)
    divisor, zero = PER_MILLIVOLT[unit], origin / PER_MILLIVOLT[origin_unit]
    samples = listed(digits, to_millivolts(digits, scale, divisor, zero))
    return _Lead(sequence, Channel(lead, label, samples))


def _origin(sequence: Node, unit: str) -> tuple[float, str]:
    """Value of digit 0 and its unit; 0 where it is not stated."""
    node = sequence.find("value", "origin")
    value, of = amount(node)
    if node is None or (value == 0 and not of):
        return 0.0, unit
    if value is None:
        found = node.attributes.get("value")
        raise wrong(node, "origin", "formats.aecg.expected.number", found)
    return value, of


def _name(sequence: Node, code: str, system: str) -> tuple[str | None, str]:
    """Standard name where the code says it, and what else the file calls the lead."""
    lead = by_code(code, "MDC")
    if lead is None and system == _MDC and code.isdecimal() and len(code) <= len(str(_PARTITION)):
        lead = by_code(f"2:{int(code) - _PARTITION}", "MDC")
    node = sequence.find("code")
    shown = node.attributes.get("displayName", "").strip() if node else ""
    return lead, shown or code.removeprefix(_LEAD) or "?"


def _axis(times: list[Node], node: Node) -> tuple[float, datetime | None, float | None]:
    """Rate, absolute time and relative time of the first sample."""
    if not times:
        raise UnreadableFile(message("formats.aecg.no_time", line=node.line), tag=node.place)
    rates: list[float] = []
    head: datetime | None = None
    offset: float | None = None
    for sequence in times:
        rates.append(_rate(sequence))
        first = sequence.find("value", "head") or sequence.find("value", "origin")
        if first is None:
            continue
        if code_of(sequence)[0].upper() == _TIMES[0]:
            head = head or point_in_time(first.attributes.get("value"))
        else:
            offset = _seconds(first)
    if max(rates) - min(rates) > _SAME * max(rates):
        raise wrong(times[-1], "increment", "formats.aecg.expected.same_rate", f"{rates[-1]:g} Hz")
    return rates[0], head, offset


def _seconds(node: Node) -> float:
    value, unit = amount(node)
    if value is None or unit not in TO_SECONDS:
        if value == 0:
            return 0.0
        found = f"{node.attributes.get('value', '')} {unit}".strip()
        raise wrong(node, node.tag, "formats.aecg.expected.seconds", found)
    return value / TO_SECONDS[unit]


def _rate(sequence: Node) -> float:
    """Sampling rate of a time sequence, generated or listed."""
    value = sequence.find("value")
    increment = value.find("increment") if value else None
    if value is None or increment is None:
        return _rate_of_list(sequence, value)
    for tag in ("period", "denominator"):
        node = value.find(tag)
        if node is not None and amount(node)[0] not in (0.0, 1.0):
            found = node.attributes.get("value") or node.text
            raise wrong(node, tag, "formats.aecg.expected.plain_times", found)
    step, unit = amount(increment)
    if step is None or step <= 0 or unit not in TO_SECONDS:
        found = f"{increment.attributes.get('value', '')} {unit}".strip()
        raise wrong(increment, "increment", "formats.aecg.expected.increment", found)
    return _as_meant(TO_SECONDS[unit] / step)


def _rate_of_list(sequence: Node, value: Node | None) -> float:
    digits = value.find("digits") if value else None
    scale = value.find("scale") if value else None
    if digits is None or scale is None:
        raise wrong(sequence, "increment", "formats.aecg.expected.increment", None)
    step, unit = amount(scale)
    steps = np.diff(listed(digits))
    if not steps.size or not (steps == steps[0]).all():
        raise wrong(digits, "digits", "formats.aecg.expected.even_times", None)
    step = (step or 0.0) * float(steps[0])
    if step <= 0 or unit not in TO_SECONDS:
        raise wrong(scale, "scale", "formats.aecg.expected.increment", f"{step:g} {unit}".strip())
    return _as_meant(TO_SECONDS[unit] / step)


def _as_meant(rate: float) -> float:
    """The whole rate whose increment was written with few digits (0.0033333 s: 300 Hz)."""
    nearest = round(rate)
    return float(nearest) if abs(rate - nearest) < _ROUNDED * rate else rate
