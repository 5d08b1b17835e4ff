"""The rhythm of a Philips ECG XML file: parsed, checked, rebuilt, in millivolts."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import HIGHEST_RATE, LOWEST_RATE, Channel, Notes
from farlead.formats.calibration import pulse_at_end
from farlead.formats.leads import TWELVE, by_text
from farlead.formats.sierra.xli import unpack
from farlead.formats.xml_fields import from_base64, missing, number, whole, wrong
from farlead.formats.xml_tree import Node
from farlead.formats.xml_values import listed
from farlead.messages import message

_STANDARD = ("STD-12", "10-WIRE")
_LIMB = TWELVE[:6]
_EINTHOVEN = set(_LIMB[:3])
_PULSE_TOLERANCE = 0.02  # mV
_Leads: TypeAlias = list[NDArray[np.int32]]
_MOST_LEADS = 64
#: A resting ECG: 17 minutes of a lead at 1000 Hz, and four of those in all.
_MOST_SAMPLES, _MOST_CELLS = 1 << 20, 1 << 22
_FEWEST_SAMPLES, _ABSURD = 2, 1e12
_SHOWN = 40
_LARGEST_RESOLUTION = 1e5
_BITS = 16
_UNCOMPRESSED = ("", "NONE", "UNCOMPRESSED", "FALSE")
#: How far uncompressed limb leads may be from what I and II make of them, in units.
_TOLERANCE, _SHARE = 8.0, 0.1


@dataclass(frozen=True, slots=True)
class Details:
    """What a file says of its signal: attributes of parsedwaveforms, else signalcharacteristics."""

    waveform: Node
    signal: Node

    def both(self, *names: str) -> tuple[str | None, str | None]:
        """What the waveform and the acquisition say; the first of the names that is there."""
        attributes = self.waveform.attributes
        inner = (attributes.get(name, "").strip() for name in names)
        outer = (self.signal.content(name) for name in names)
        return next(filter(None, inner), None), next(filter(None, outer), None)

    def stated(self, *names: str) -> str | None:
        """What one of them says; refused where the two state different things."""
        inner, outer = self.both(*names)
        if differ(inner, outer):
            reason = message(
                "formats.sierra.twice",
                field=names[0],
                first=str(inner)[:_SHOWN],
                second=str(outer)[:_SHOWN],
            )
            raise UnreadableFile(reason, tag=self.waveform.place)
        return inner if inner is not None else outer


def differ(one: str | None, other: str | None) -> bool:
    """Whether two statements contradict each other; what is left out contradicts nothing."""
    if one is None or other is None:
        return False
    if number(one) is not None and number(other) is not None:
        return number(one) != number(other)
    return one.upper() != other.upper()


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Leads in the file's order, their rate in hertz, and what the file says of the signal."""

    channels: tuple[Channel, ...]
    fs: float
    details: Details


def read_rhythm(root: Node, notes: Notes) -> Rhythm:
    """Rhythm of a document.

    Raises
    ------
    UnreadableFile
        No waveform, unknown compression or encoding, values that contradict one another, damaged
        or short samples.
    """
    waveform = root.find("waveforms", "parsedwaveforms")
    if waveform is None:
        raise UnreadableFile(message("formats.sierra.no_waveform"), tag=root.place)
    signal = root.find("dataacquisition", "signalcharacteristics")
    details = Details(waveform, signal or Node("signalcharacteristics", {}, waveform.line))
    _check_words(details)
    fs, resolution = _rate(details), _resolution(details)
    labels = _labels(details)
    _note_invalid(details, len(labels), notes)
    samples = _length(details, fs)
    if samples > _MOST_SAMPLES or samples * len(labels) > _MOST_CELLS:
        raise UnreadableFile(message("formats.too_long", leads=len(labels), samples=samples))
    leads, further = _words(details, labels, samples)
    millivolts = np.stack(leads) * (resolution / 1000.0)
    end = _blank_pulse(millivolts, labels, fs, notes)
    unnamed = sum(1 for lead in further if lead[:end].any())
    if unnamed:
        notes.add(message("formats.sierra.note.unnamed", count=unnamed))
    channels = tuple(
        Channel(by_text(label), label, row) for label, row in zip(labels, millivolts, strict=True)
    )
    return Rhythm(channels, fs, details)


def _blank_pulse(
    millivolts: NDArray[np.floating], labels: tuple[str, ...], fs: float, notes: Notes
) -> int:
    """Leave the calibration pulse at the end empty; where the ECG ends, in samples."""
    n: int = millivolts.shape[1]
    limb = {by_text(label) for label in labels} >= _EINTHOVEN
    pulse = pulse_at_end(millivolts, fs) if limb else None
    if pulse is None:
        return n
    millivolts[:, pulse.start :] = np.nan
    seconds, height = f"{(n - pulse.start) / fs:g}", f"{pulse.height:.3g}"
    notes.add(message("formats.sierra.note.pulse", seconds=seconds, height=height))
    if abs(pulse.height - 1.0) > _PULSE_TOLERANCE:
        notes.add(message("formats.sierra.note.pulse_height", height=height))
    return pulse.start


def _check_words(details: Details) -> None:
    """16 bits, signed, no offset: what every file tried has; others are refused."""
    for names, expected in (
        (("bitspersample", "nbitspersample"), _BITS),
        (("signaloffset",), 0),
    ):
        found = details.stated(*names)
        if found is not None and number(found) != expected:
            phrase = f"formats.sierra.expected.{names[0]}"
            raise wrong(details.waveform, names[0], phrase, found)
    signed = details.stated("signalsigned")
    if signed is not None and signed.upper() not in ("TRUE", "YES", "1"):
        raise wrong(details.waveform, "signalsigned", "formats.sierra.expected.signed", signed)


def _rate(details: Details) -> float:
    found = details.stated("samplespersecond", "samplespersec", "samplingrate")
    fs = number(found)
    if fs is None or not LOWEST_RATE <= fs <= HIGHEST_RATE:
        raise wrong(details.waveform, "samplespersecond", "formats.xml_fields.expected.rate", found)
    return fs


def _resolution(details: Details) -> float:
    found = details.stated("resolution", "signalresolution")
    value = number(found)
    if value is None or not 0 < value <= _LARGEST_RESOLUTION:
        raise wrong(details.waveform, "resolution", "formats.xml_fields.expected.gain", found)
    return value


def _labels(details: Details) -> tuple[str, ...]:
    """Names of the leads in the file's order; none are guessed."""
    text = details.waveform.attributes.get("leadlabels", "").strip()
    announced = details.stated("numberofleads")
    if not text:
        kind = details.signal.content("acquisitiontype")
        announced = details.signal.content("numberchannelsallocated")
        if kind not in _STANDARD or whole(announced) != len(TWELVE):
            reason = message("formats.sierra.no_labels", kind=(kind or "–")[:_SHOWN])
            raise UnreadableFile(reason, tag=details.waveform.place)
        return TWELVE
    labels = tuple(text.split())
    if len(labels) > _MOST_LEADS or (announced is not None and whole(announced) != len(labels)):
        reason = message(
            "formats.sierra.lead_count", expected=(announced or "–")[:_SHOWN], found=len(labels)
        )
        raise UnreadableFile(reason, tag=details.waveform.place)
    return labels


def _note_invalid(details: Details, leads: int, notes: Notes) -> None:
    valid = details.signal.content("numberchannelsvalid")
    if valid is not None and whole(valid) != leads:
        notes.add(message("formats.sierra.note.valid", found=valid[:_SHOWN], leads=leads))


def _length(details: Details, fs: float) -> int:
    """Samples of each lead."""
    found = details.waveform.attributes.get("durationperchannel")
    milliseconds = number(found)
    samples = (milliseconds or 0.0) * fs / 1000.0
    if not _FEWEST_SAMPLES <= samples < _ABSURD:
        raise wrong(
            details.waveform, "durationperchannel", "formats.sierra.expected.duration", found
        )
    return int(samples)


def _words(details: Details, labels: tuple[str, ...], samples: int) -> tuple[_Leads, _Leads]:
    """Samples of the named leads in units of the resolution, and of leads without a name."""
    node = details.waveform
    attributes = node.attributes
    encoding = attributes.get("dataencoding", "").strip()
    method = (attributes.get("compression") or attributes.get("compressmethod") or "").strip()
    if attributes.get("compressflag", "True").upper() == "FALSE":
        method = ""
    if method.upper() == "XLI" and encoding.upper() == "BASE64":
        leads = unpack(from_base64(node), samples)
        if len(leads) < len(labels):
            reason = message("formats.sierra.lead_count", expected=len(labels), found=len(leads))
            raise UnreadableFile(reason, tag=node.place)
        return _rebuilt(labels, leads[: len(labels)], node), leads[len(labels) :]
    if method.upper() not in _UNCOMPRESSED:
        raise wrong(node, "compression", "formats.sierra.expected.compression", method)
    if encoding.upper() == "BASE64":
        words = np.frombuffer(_even(from_base64(node), node), "<i2").astype(np.int32)
    elif encoding.upper() == "PLAIN":
        words = _plain(node)
    else:
        raise wrong(node, "dataencoding", "formats.sierra.expected.encoding", encoding)
    if words.size != samples * len(labels):
        expected = samples * len(labels)
        reason = message("formats.sierra.samples", expected=expected, found=words.size)
        raise UnreadableFile(reason, tag=node.place)
    return _checked(labels, list(words.reshape(len(labels), samples)), node), []


def _even(data: bytes, node: Node) -> bytes:
    if len(data) % 2:
        raise wrong(node, node.tag, "formats.sierra.expected.bitspersample", f"{len(data)} B")
    return data


def _plain(node: Node) -> NDArray[np.int32]:
    values = listed(node)
    limit = 1 << (_BITS - 1)
    outside = ~((values >= -limit) & (values < limit) & (values == np.rint(values)))
    if not values.size:
        raise missing(node, "Plain")
    if outside.any():
        found = values[outside.argmax()]
        raise wrong(node, node.tag, "formats.sierra.expected.bitspersample", f"{found:g}")
    return values.astype(np.int32)


def _rebuilt(labels: tuple[str, ...], leads: _Leads, node: Node) -> _Leads:
    """Limb leads out of their residuals, with halves rounded down as the format has it."""
    names = [by_text(label) or label for label in labels]
    if not set(names) & set(_LIMB[2:]):
        return leads
    if tuple(names[: len(_LIMB)]) != _LIMB:
        raise UnreadableFile(message("formats.sierra.limb_order"), tag=node.place)
    one, two, three, right, left, foot = leads[: len(_LIMB)]
    three = two - one - three
    right = -right - ((one + two) >> 1)
    left = ((one - three) >> 1) - left
    foot = ((two + three) >> 1) - foot
    return [one, two, three, right, left, foot, *leads[len(_LIMB) :]]


def _checked(labels: tuple[str, ...], leads: _Leads, node: Node) -> _Leads:
    """Uncompressed leads; refused when III is not II less I, so that they may be residuals."""
    rows = dict(zip((by_text(label) or label for label in labels), leads, strict=True))
    if set(rows) >= _EINTHOVEN:
        expected = rows["II"] - rows["I"]
        off = float(np.sqrt(np.mean((rows["III"] - expected) ** 2.0)))
        if off > _TOLERANCE + _SHARE * float(expected.std()):
            raise UnreadableFile(message("formats.sierra.limb_leads"), tag=node.place)
    return leads
