"""Reader of the XML of Mortara ELI electrocardiographs and ELI Link.

================  ==============================================================================
Document          root ``ECG`` with ``CHANNEL`` elements; everything stands in attributes
Rhythm            ``CHANNEL``: ``DATA`` in base64, signed 16-bit little endian, millivolts =
                  sample / ``UNITS_PER_MV``; ``SAMPLE_FREQ`` in Hz; ``DURATION`` in samples
Median beats      ``TYPICAL_CYCLE`` with its own ``UNITS_PER_MV`` and ``SAMPLE_FREQ``, shown
                  where its rate is the rhythm's
Device's own      statements with their reasons; rate, intervals, axes (without units)
Patient           ``SUBJECT``: name, ID, gender, birth date; age
Device            manufacturer, model, serial number; low-pass filter
Encodings         any 8-bit one; wrong and missing declarations of Chinese text
Not supported     ``BITS`` other than 16, ``FORMAT`` other than SIGNED, ``ENCODING`` other than
                  BASE64, an ``OFFSET`` other than 0 (its meaning is not documented): refused.
                  Baseline and mains filters (their codes are not documented), pacing spikes
================  ==============================================================================

No specification is public. Element and attribute names, byte order and scale are those on which
independent readers of real exports agree (EDFbrowser, BRAVEHEART, ecgdatakit); what only one of
them knows is not used. There was no real file to try it on.
"""

import base64
import binascii
import re
from datetime import datetime

import numpy as np

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Channel, Notes, assemble
from farlead.formats.damage import guarded
from farlead.formats.leads import by_text
from farlead.formats.medians import if_sound
from farlead.formats.xml_fields import joined, missing, number, sex, stated, whole, wrong
from farlead.formats.xml_tree import Node, parse, root_name
from farlead.formats.xml_values import calendar_day, point_in_time, to_millivolts
from farlead.messages import message
from farlead.model.people import Patient
from farlead.model.recording import Annotation, Device, Recording

__all__ = ["read", "recognises"]

_ROOT = "ECG"
_HEAD = 65_536
_MARKS = (b"UNITS_PER_MV", b"ACQUISITION_TIME", b"TYPICAL_CYCLE")
#: Attributes of ``ECG`` and of ``TYPICAL_CYCLE``; their units are not stated anywhere.
_NAMES = {
    "VENT_RATE": "Ventricular rate",
    "AVERAGE_RR": "RR interval",
    "NUM_QRS": "Number of QRS complexes",
}
_CYCLE_NAMES = {
    "P_DURATION": "P duration",
    "PR_DURATION": "PR interval",
    "QRS_DURATION": "QRS duration",
    "QT": "QT interval",
    "QTC": "QTc interval",
    "QTB": "QTc interval (Bazett)",
    "QTF": "QTc interval (Fridericia)",
    "P_AXIS": "P axis",
    "QRS_AXIS": "QRS axis",
    "T_AXIS": "T axis",
}
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*", re.ASCII)


def recognises(data: bytes) -> bool:
    """Whether the root element is ``ECG`` and an attribute of the format is near it."""
    if root_name(data) != _ROOT:
        return False
    head = data[:_HEAD].replace(b"\0", b"")
    return any(mark in head for mark in _MARKS)


def read(data: bytes) -> Recording:
    """Recording of an ELI file; UnreadableFile with element and line."""
    return guarded(lambda: _read(data), "mortara")


def _read(data: bytes) -> Recording:
    notes = Notes()
    root = parse(data, notes)
    nodes = root.all("CHANNEL")
    if not nodes:
        raise UnreadableFile(message("formats.mortara.no_channels"), tag=root.place)
    fs = _rate(nodes[0])
    for node in nodes:
        _check(node)
        if _rate(node) != fs:
            found = node.attributes.get("SAMPLE_FREQ")
            raise wrong(node, "SAMPLE_FREQ", "formats.mortara.expected.same_rate", found)
    channels = [_channel(node, node) for node in nodes]
    _same_length(nodes, channels)
    return assemble(
        channels,
        fs,
        notes,
        medians=if_sound(lambda: _medians(root, fs, notes), notes) or (),
        start=_start(root),
        patient=_patient(root),
        device=_device(root),
        annotations=[*_statements(root), *_measurements(root)],
    )


def _rate(node: Node) -> float:
    fs = number(node.attributes.get("SAMPLE_FREQ"))
    if fs is None or fs <= 0:
        found = node.attributes.get("SAMPLE_FREQ")
        raise wrong(node, "SAMPLE_FREQ", "formats.xml_fields.expected.rate", found)
    return fs


def _check(node: Node) -> None:
    """UnreadableFile unless the samples are written as this reader knows them."""
    for name, known in (("BITS", "16"), ("FORMAT", "SIGNED"), ("ENCODING", "BASE64")):
        found = node.attributes.get(name, "")
        if found.strip().upper() != known:
            raise wrong(node, name, f"formats.mortara.expected.{name.lower()}", found)
    offset = node.attributes.get("OFFSET", "0")
    if number(offset) != 0:
        raise wrong(node, "OFFSET", "formats.mortara.expected.offset", offset)


def _channel(node: Node, described: Node) -> Channel:
    """Lead of `node` with the scale and length that `described` states."""
    label = node.attributes.get("NAME", "").strip()
    if "DATA" not in node.attributes:
        raise missing(node, f"{label} DATA")
    units = number(described.attributes.get("UNITS_PER_MV"))
    if units is None or units <= 0:
        found = described.attributes.get("UNITS_PER_MV")
        raise wrong(described, "UNITS_PER_MV", "formats.xml_fields.expected.gain", found)
    try:
        data = base64.b64decode("".join(node.attributes["DATA"].split()), validate=True)
    except (binascii.Error, ValueError) as error:
        reason = message("formats.xml_fields.base64", field=f"{label} DATA", line=node.line)
        raise UnreadableFile(reason, tag=node.place) from error
    n, rest = divmod(len(data), 2)
    claimed = whole(described.attributes.get("DURATION"))
    if rest or claimed is None or claimed != n:
        claim = described.attributes.get("DURATION", "–")
        reason = message("formats.mortara.samples", lead=label, found=len(data) / 2, expected=claim)
        raise UnreadableFile(reason, tag=node.place)
    samples = to_millivolts(node, 1.0, units)(np.frombuffer(data, "<i2"))
    return Channel(by_text(label), label or "?", samples)


def _same_length(nodes: list[Node], channels: list[Channel]) -> None:
    for node, channel in zip(nodes, channels, strict=True):
        if channel.samples.size != channels[0].samples.size:
            reason = message(
                "formats.mortara.samples",
                lead=channel.label,
                found=channel.samples.size,
                expected=str(channels[0].samples.size),
            )
            raise UnreadableFile(reason, tag=node.place)


def _medians(root: Node, fs: float, notes: Notes) -> list[Channel]:
    cycle = root.find("TYPICAL_CYCLE")
    nodes = cycle.all("TYPICAL_CYCLE_CHANNEL") if cycle else []
    if cycle is None or not nodes:
        return []
    rate = _rate(cycle)
    if rate != fs:
        notes.add(message("formats.note.group_left_out", rate=f"{rate:g}"))
        return []
    _check(cycle)
    channels = [_channel(node, cycle) for node in nodes]
    _same_length(nodes, channels)
    return channels


def _start(root: Node) -> datetime | None:
    written = root.attributes.get("ACQUISITION_TIME_XML", "").strip()
    if _ISO.fullmatch(written):
        try:
            return datetime.fromisoformat(written)
        except ValueError:
            pass
    return point_in_time(root.attributes.get("ACQUISITION_TIME"))


def _patient(root: Node) -> Patient:
    subject = root.find("SUBJECT")
    told = subject.attributes if subject else {}
    age, unit = number(root.attributes.get("AGE")), root.attributes.get("AGE_UNITS", "").upper()
    return Patient(
        name=joined(told.get("LAST_NAME"), told.get("FIRST_NAME")),
        local_number=stated(told.get("ID", "").strip()),
        sex=sex(told.get("GENDER")),
        birth_date=calendar_day(told.get("DOB_XML")) or calendar_day(told.get("DOB")),
        age_years=age if unit in ("Y", "YEARS") else None,
    )


def _device(root: Node) -> Device:
    source = root.find("SOURCE")
    told = source.attributes if source else {}
    low_pass = number(told.get("LOW_PASS_FILTER"))
    return Device(
        manufacturer=stated(told.get("MANUFACTURER", "").strip()),
        model=stated(told.get("MODEL", "").strip()),
        serial=stated(told.get("ACQUIRING_DEVICE_SERIAL_NUMBER", "").strip()),
        low_pass=low_pass if low_pass and low_pass > 0 else None,
    )


def _statements(root: Node) -> list[Annotation]:
    node = root.find("AUTOMATIC_INTERPRETATION")
    found: list[Annotation] = []
    for each in node.all("STATEMENT") if node else ():
        text = each.attributes.get("TEXT", "").strip()
        reason = each.attributes.get("REASON", "").strip()
        if text:
            found.append(Annotation(f"{text} [{reason}]" if reason else text))
    return found


def _measurements(root: Node) -> list[Annotation]:
    found: list[Annotation] = []
    for node, names in ((root, _NAMES), (root.find("TYPICAL_CYCLE"), _CYCLE_NAMES)):
        for attribute, name in names.items() if node else ():
            value = number(node.attributes.get(attribute)) if node else None
            if value is not None:
                found.append(Annotation(name, None, value))
    return found
