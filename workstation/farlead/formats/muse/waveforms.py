"""Samples of a MUSE XML file: parsed, checked against their counts and checksum, in millivolts."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import HIGHEST_RATE, LOWEST_RATE, MOST_CELLS, Channel, Notes
from farlead.formats.leads import by_text
from farlead.formats.medians import if_sound
from farlead.formats.units import per_millivolt
from farlead.formats.xml_fields import from_base64, missing, number, whole, wrong
from farlead.formats.xml_tree import Node
from farlead.messages import message
from farlead.model.recording import Annotation

_MOST_LEADS = 64
_LARGEST_EXPONENT = 6
_LARGEST_GAIN = 1e6
_SAMPLE_BYTES = 2
#: What the device says of a lead's quality, but for a loose electrode, which is a note.
_QUALITY = {
    "BaselineSway": "baseline sway",
    "ExcessiveACNoise": "excessive mains noise",
    "MuscleNoise": "muscle noise",
}
_SHIFTS = ("LeadTimeOffset", "LeadOffsetFirstSample")


@dataclass(frozen=True, slots=True)
class Waves:
    """What the Waveform elements hold.

    Parameters
    ----------
    node : Node
        The rhythm's Waveform element.
    fs : float
        Rate of the rhythm and of the medians in hertz.
    channels, medians : tuple of Channel
        In the file's order, of equal length; `medians` may be empty.
    remarks : tuple of Annotation
        What the device says of the leads' quality.
    """

    node: Node
    fs: float
    channels: tuple[Channel, ...]
    medians: tuple[Channel, ...]
    remarks: tuple[Annotation, ...]


class _Section(NamedTuple):
    node: Node
    fs: float
    leads: list[Node]
    length: int  # of the longest lead, in letters of base64


def read_waveforms(root: Node, notes: Notes) -> Waves:
    """Rhythm and median beats.

    Raises
    ------
    UnreadableFile
        No rhythm, damaged or short samples, no or unknown unit, impossible rate.
    """
    nodes = root.all("Waveform")
    rhythms = [found for n in nodes if _kind(n) == "RHYTHM" and (found := _section(n, notes))]
    if not rhythms:
        raise UnreadableFile(message("formats.muse.no_rhythm"), tag=root.place)
    main = max(rhythms, key=lambda section: section.length / section.fs)
    others = (n for n in nodes if _kind(n) != "RHYTHM")
    medians = [found for n in others if (found := if_sound(partial(_section, n, notes), notes))]
    beat = next((section for section in medians if section.fs == main.fs), None)
    for other in (*rhythms, *medians):
        if other is not main and other is not beat:
            notes.add(message("formats.note.group_left_out", rate=f"{other.fs:g}"))
    return Waves(
        node=main.node,
        fs=main.fs,
        channels=_channels(main, notes),
        medians=(if_sound(lambda: _channels(beat, Notes()), notes) or ()) if beat else (),
        remarks=tuple(_remarks(main, notes)),
    )


def _kind(node: Node) -> str:
    return (node.content("WaveformType") or "").upper()


def _section(node: Node, notes: Notes) -> _Section | None:
    """Rate and leads of a Waveform element; None for one that is no rhythm or median (noted)."""
    if _kind(node) not in ("RHYTHM", "MEDIAN"):
        notes.add(message("formats.muse.note.other_waveform", line=node.line))
        return None
    leads = node.all("LeadData")
    if not leads or len(leads) > _MOST_LEADS:
        raise wrong(node, "LeadData", "formats.muse.expected.leads", len(leads))
    announced = node.content("NumberofLeads")
    if announced is not None and whole(announced) != len(leads):
        raise UnreadableFile(
            message("formats.muse.lead_count", expected=announced[:40], found=len(leads)),
            tag=node.place,
        )
    sampling = node.content("SampleType")
    if sampling not in (None, "CONTINUOUS_SAMPLES"):
        if _kind(node) == "RHYTHM":
            raise wrong(node, "SampleType", "formats.muse.expected.continuous", sampling)
        notes.add(message("formats.note.attribute", tag=f"SampleType (Median, {node.line})"))
        return None
    return _Section(node, _rate(node), leads, max(map(_letters, leads)))


def _rate(node: Node) -> float:
    base, exponent = node.content("SampleBase"), node.content("SampleExponent")
    value, power = number(base), whole(exponent or "0")
    if power is None or abs(power) > _LARGEST_EXPONENT:
        raise wrong(node, "SampleExponent", "formats.muse.expected.exponent", exponent)
    rate = 0.0 if value is None else value * 10.0**power
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        found = base if not power else f"{base} × 10^{power}"
        raise wrong(node, "SampleBase", "formats.xml_fields.expected.rate", found)
    return rate


def _letters(lead: Node) -> int:
    return len(lead.content("WaveFormData") or "")


def _channels(section: _Section, notes: Notes) -> tuple[Channel, ...]:
    """Leads of one Waveform element in millivolts, of one length."""
    for shift in _SHIFTS:
        if len({number(lead.content(shift)) or 0.0 for lead in section.leads}) > 1:
            raise UnreadableFile(
                message("formats.muse.shifted", field=shift), tag=section.node.place
            )
    rows = [_millivolts(lead, notes) for lead in section.leads]
    length = max(row.size for row in rows)
    if length * len(rows) > MOST_CELLS:
        raise UnreadableFile(message("formats.too_long", leads=len(rows), samples=length))
    names = [lead.content("LeadID") or "" for lead in section.leads]
    short = [name for name, row in zip(names, rows, strict=True) if row.size < length]
    if short:
        notes.add(message("formats.muse.note.short_leads", leads=", ".join(short)))
    return tuple(
        Channel(by_text(name), name, np.pad(row, (0, length - row.size), constant_values=np.nan))
        for name, row in zip(names, rows, strict=True)
    )


def _millivolts(lead: Node, notes: Notes) -> NDArray[np.floating]:
    if lead.content("LeadID") is None:
        raise missing(lead, "LeadID")
    unit = lead.content("LeadAmplitudeUnits")
    divisor = per_millivolt((unit or "").upper(), capitals=True)
    if divisor is None:
        raise wrong(lead, "LeadAmplitudeUnits", "formats.muse.expected.unit", unit)
    gain = number(lead.content("LeadAmplitudeUnitsPerBit"))
    if gain is None or not 0 < gain <= _LARGEST_GAIN:
        found = lead.content("LeadAmplitudeUnitsPerBit")
        raise wrong(lead, "LeadAmplitudeUnitsPerBit", "formats.xml_fields.expected.gain", found)
    if number(lead.content("FirstSampleBaseline")):
        notes.add(message("formats.muse.note.baseline", lead=lead.content("LeadID") or ""))
    return _codes(lead, notes) * (gain * (1.0 / divisor))


def _codes(lead: Node, notes: Notes) -> NDArray[np.int16]:
    """Samples as stored, once they agree with what is said of them."""
    data = lead.find("WaveFormData")
    if data is None:
        raise missing(lead, "WaveFormData")
    payload = from_base64(data)
    size = lead.content("LeadSampleSize")
    if size is not None and whole(size) != _SAMPLE_BYTES:
        raise wrong(lead, "LeadSampleSize", "formats.muse.expected.size", size)
    _check_counts(lead, len(payload), notes)
    if len(payload) % _SAMPLE_BYTES:
        raise wrong(data, data.tag, "formats.muse.expected.size", f"{len(payload)} B")
    _check_sum(lead, payload, notes)
    return np.frombuffer(payload, "<i2")


def _check_counts(lead: Node, size: int, notes: Notes) -> None:
    fields = (
        ("LeadByteCountTotal", size),
        ("LeadSampleCountTotal", size // _SAMPLE_BYTES),
    )
    for field, found in fields:
        announced = lead.content(field)
        if announced is not None and whole(announced) != found:
            raise _disagree(lead, field, announced, found)
    if all(lead.content(field) is None for field, _ in fields):
        notes.add(message("formats.muse.note.no_counts"))


def _check_sum(lead: Node, payload: bytes, notes: Notes) -> None:
    announced = lead.content("LeadDataCRC32")
    computed = zlib.crc32(payload)
    if announced is None or (whole(announced) == 0 and computed):
        notes.add(message("formats.muse.note.no_checksum"))
    elif whole(announced) != computed:
        name = lead.content("LeadID") or ""
        reason = message("formats.muse.checksum", lead=name, line=lead.line)
        raise UnreadableFile(reason, tag=lead.place)


def _disagree(lead: Node, field: str, announced: str, found: int) -> UnreadableFile:
    reason = message(
        "formats.muse.count",
        lead=lead.content("LeadID") or "",
        field=field,
        line=lead.line,
        expected=announced[:40],
        found=found,
    )
    return UnreadableFile(reason, tag=lead.place)


def _remarks(section: _Section, notes: Notes) -> Sequence[Annotation]:
    """What the device says of the leads: loose electrodes as a note, noise as annotations."""
    loose = [_name(lead) for lead in section.leads if _flagged(lead, "LeadOff")]
    if loose:
        notes.add(message("formats.muse.note.lead_off", leads=", ".join(loose)))
    return [
        Annotation(f"{_name(lead)}: {words}")
        for lead in section.leads
        for flag, words in _QUALITY.items()
        if _flagged(lead, flag)
    ]


def _name(lead: Node) -> str:
    return lead.content("LeadID") or ""


def _flagged(lead: Node, flag: str) -> bool:
    return (lead.content(flag) or "").upper() == "TRUE"
