"""Reader of the XML of Schiller's SEMA (SchillerEDI), resting ECG.

================  ==============================================================================
Document          root ``com.xiriuz.sema.xml.schillerEDI.SchillerEDI``, or another that ends in
                  ``SchillerEDI``
Rhythm            ``eventdata/event/wavedata`` of ``type`` ``ECG_RHYTHMS``: rate in
                  ``resolution/samplerate/value`` (exponent 1), scale in
                  ``resolution/yres/unitperbit`` with ``units`` UV or MV; ``channel`` with
                  ``name``, ``samplecount`` and ``data`` of ``datastype`` ``COMMASEPARATE``
Patient           ``patdata``: id, name, birth date, gender
Time, device      ``examdescript``: start date and time; vendor and model of the hardware
Encodings         any 8-bit one; wrong and missing declarations of Chinese text
Not supported     averaged beats (``ECG_AVERAGES``), the device's measurements, statements and
                  filters: their names and units are not known for certain. They are left out
                  and noted; another exponent, unit or list type is refused
================  ==============================================================================

No specification is public. What is read is what independent readers of real exports agree on
(BRAVEHEART, the CVRG converter, a viewer of Schiller's Russian exports). There was no real file
to try it on.
"""

from datetime import datetime

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Channel, Notes, assemble
from farlead.formats.damage import guarded
from farlead.formats.leads import by_text
from farlead.formats.units import per_millivolt
from farlead.formats.xml_fields import joined, missing, number, sex, stated, whole, wrong
from farlead.formats.xml_tree import Node, parse, root_name
from farlead.formats.xml_values import calendar_day, listed, point_in_time, to_millivolts
from farlead.messages import message
from farlead.model.people import Patient
from farlead.model.recording import Device, Recording

__all__ = ["read", "recognises"]

_ROOT = "SchillerEDI"
_RHYTHM = "ECG_RHYTHMS"
_LIST = "COMMASEPARATE"


def recognises(data: bytes) -> bool:
    """Whether the root element is that of a SchillerEDI document."""
    return (root_name(data) or "").rpartition(".")[2] == _ROOT


def read(data: bytes) -> Recording:
    """Recording of a SchillerEDI document; UnreadableFile with element and line."""
    return guarded(lambda: _read(data), "schiller")


def _read(data: bytes) -> Recording:
    notes = Notes()
    root = parse(data, notes)
    events = [event for data_ in root.all("eventdata") for event in data_.all("event")]
    waves = [wave for event in events for wave in event.all("wavedata")]
    rhythm = [wave for wave in waves if (wave.content("type") or "").upper() == _RHYTHM]
    if not rhythm:
        raise UnreadableFile(message("formats.schiller.no_rhythm"), tag=root.place)
    if len(rhythm) > 1:
        notes.add(message("formats.schiller.note.other_rhythm", count=len(rhythm) - 1))
    if len(waves) > len(rhythm) or any(event.find("annotation_global") for event in events):
        notes.add(message("formats.schiller.note.left_out"))
    return assemble(
        _channels(rhythm[0]),
        _rate(rhythm[0]),
        notes,
        start=_start(root),
        patient=_patient(root.find("patdata")),
        device=_device(root),
    )


def _rate(wave: Node) -> float:
    node = wave.find("resolution", "samplerate")
    if node is None:
        raise missing(wave, "samplerate")
    fs = number(node.content("value"))
    if fs is None:
        found = node.content("value")
        raise wrong(node, "samplerate", "formats.xml_fields.expected.rate", found)
    exponent = node.content("exponent")
    if number(exponent) != 1:
        raise wrong(node, "exponent", "formats.schiller.expected.exponent", exponent)
    return fs


def _channels(wave: Node) -> list[Channel]:
    yres = wave.find("resolution", "yres")
    if yres is None:
        raise missing(wave, "yres")
    scale = number(yres.content("unitperbit"))
    divisor = per_millivolt(yres.content("units"), capitals=True)
    if scale is None or scale <= 0:
        found = yres.content("unitperbit")
        raise wrong(yres, "unitperbit", "formats.xml_fields.expected.gain", found)
    if divisor is None:
        found = yres.content("units")
        raise wrong(yres, "units", "formats.schiller.expected.voltage", found)
    channels: list[Channel] = []
    for node in wave.all("channel"):
        channel = _channel(node, scale, divisor)
        n = channels[0].samples.size if channels else channel.samples.size
        claimed = whole(node.content("samplecount")) or n
        if channel.samples.size != n or channel.samples.size != claimed:
            reason = message(
                "formats.schiller.samples",
                lead=channel.label,
                found=channel.samples.size,
                expected=claimed if channel.samples.size != claimed else n,
                line=node.line,
            )
            raise UnreadableFile(reason, tag=node.place)
        channels.append(channel)
    return channels


def _channel(node: Node, scale: float, divisor: float) -> Channel:
    label = node.content("name") or "?"
    data, kind = node.find("data"), node.content("datastype")
    if data is None:
        raise missing(node, "data")
    if (kind or "").upper() != _LIST:
        raise wrong(node, "datastype", "formats.schiller.expected.list", kind)
    samples = listed(data, to_millivolts(data, scale, divisor))
    return Channel(by_text(label), label, samples)


def _start(root: Node) -> datetime | None:
    node = root.find("examdescript", "startdatetime")
    if node is None:
        return None
    return point_in_time(f"{node.content('date') or ''}{node.content('time') or ''}")


def _patient(node: Node | None) -> Patient:
    if node is None:
        return Patient()
    return Patient(
        name=joined(node.content("lastname"), node.content("firstname")),
        local_number=stated(node.content("id")),
        sex=sex(node.content("gender")),
        birth_date=calendar_day(node.content("birthdate")),
    )


def _device(root: Node) -> Device:
    hardware = root.find("examdescript", "aquiringdevice", "hardware")  # spelled so
    if hardware is None:
        return Device()
    return Device(
        manufacturer=stated(hardware.content("vendor")), model=stated(hardware.content("model"))
    )
