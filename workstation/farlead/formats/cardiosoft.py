"""Reader of CardioSoft and CASE XML (GE), resting ECG.

================  ==============================================================================
Document          root ``CardiologyXML``; seen from CardioSoft V6.73
Rhythm            ``StripData``: ``SampleRate`` in Hz, ``Resolution`` in uVperLsb, one
                  ``WaveformData`` a lead (attribute ``lead``), comma-separated;
                  ``ChannelSampleCountTotal`` and ``NumberOfLeads`` are checked
Median beats      ``RestingECGMeasurements/MedianSamples``, NaN outside ``FirstValid`` …
                  ``LastValid``
Device's own      measurements with their units, the table of measurements by lead, statements
                  (``Diagnosis``; ``Conclusion`` where it differs), class of each beat
Patient           PID, name, gender, birth date, age; reason for the study, ordering provider
Device            description, version; low-pass, high-pass, 50 or 60 Hz filter
Identity          ``DICOMStudyUID``
Encodings         any 8-bit one; wrong and missing declarations of Chinese text
Not supported     ``FullDisclosure``: public readers differ in how its leads are interleaved,
                  so it is noted and never shown; vector loops; strips of exercise tests
================  ==============================================================================

No specification is public. The layout is that of real exports and agrees with independent
readers of the same files (BRAVEHEART, readers of the UK Biobank's resting ECGs).
"""

import re
from datetime import date, datetime

import numpy as np

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Channel, Notes, assemble
from farlead.formats.damage import guarded
from farlead.formats.leads import by_text
from farlead.formats.medians import if_sound
from farlead.formats.xml_fields import joined, missing, number, sex, stated, whole, wrong
from farlead.formats.xml_tree import Node, parse, root_name
from farlead.formats.xml_values import listed, to_millivolts
from farlead.messages import message
from farlead.model.people import Patient
from farlead.model.recording import Annotation, Device, Identity, Recording, RequestHints

__all__ = ["read", "recognises"]

_ROOT = "CardiologyXML"
_UID = re.compile(r"[0-9]+(?:\.[0-9]+){3,}")
_LONGEST_UID = 64
_OLDEST = 1900
_AGES = {"YEARS": 1.0, "MONTHS": 1 / 12, "WEEKS": 7 / 365.25, "DAYS": 1 / 365.25}
_NAMES = {
    "VentricularRate": "Ventricular rate",
    "PQInterval": "PQ interval",
    "PDuration": "P duration",
    "QRSDuration": "QRS duration",
    "QTInterval": "QT interval",
    "QTCInterval": "QTc interval",
    "RRInterval": "RR interval",
    "PPInterval": "PP interval",
    "SokolovLVHIndex": "Sokolov-Lyon index",
    "PAxis": "P axis",
    "RAxis": "QRS axis",
    "TAxis": "T axis",
    "QTDispersion": "QT dispersion",
    "QTDispersionBazett": "QT dispersion (Bazett)",
    "QRSNum": "Number of QRS complexes",
    "POnset": "median beat: P onset",
    "POffset": "median beat: P end",
    "QOnset": "median beat: QRS onset",
    "QOffset": "median beat: QRS end",
    "TOffset": "median beat: T end",
}
_OF_LEADS = re.compile(r"(\w{1,4})(Duration|Amplitude|Slope)")


def recognises(data: bytes) -> bool:
    """Whether the root element is that of CardioSoft."""
    return root_name(data) == _ROOT


def read(data: bytes) -> Recording:
    """Recording of a CardioSoft file; UnreadableFile with element and line."""
    return guarded(lambda: _read(data), "cardiosoft")


def _read(data: bytes) -> Recording:
    notes = Notes()
    root = parse(data, notes)
    strip = root.find("StripData")
    if strip is None or not strip.all("WaveformData"):
        raise UnreadableFile(message("formats.cardiosoft.no_strip"), tag=root.place)
    fs = _rate(strip)
    channels = _channels(strip)
    if root.find("FullDisclosure", "FullDisclosureData") is not None:
        notes.add(message("formats.cardiosoft.note.full_disclosure"))
    return assemble(
        channels,
        fs,
        notes,
        medians=if_sound(lambda: _medians(root, fs, notes), notes) or (),
        start=_start(root),
        patient=_patient(root),
        device=_device(root, notes),
        annotations=[*_measurements(root), *_statements(root), *_beats(strip, fs, channels)],
        identity=_identity(root),
        hints=_hints(root),
    )


def _rate(node: Node) -> float:
    rate = node.find("SampleRate")
    if rate is None:
        raise missing(node, "SampleRate")
    fs, unit = number(rate.content()), rate.attributes.get("units", "")
    if fs is None or unit != "Hz":
        found = f"{rate.text.strip()} {unit}".strip()
        raise wrong(rate, "SampleRate", "formats.xml_fields.expected.rate", found)
    return fs


def _channels(node: Node) -> list[Channel]:
    """Leads of a strip or of the median beats, as many and as long as it says."""
    resolution = node.find("Resolution")
    if resolution is None:
        raise missing(node, "Resolution")
    microvolts, unit = number(resolution.content()), resolution.attributes.get("units", "")
    if microvolts is None or microvolts <= 0 or unit != "uVperLsb":
        found = f"{resolution.text.strip()} {unit}".strip()
        raise wrong(resolution, "Resolution", "formats.xml_fields.expected.gain", found)
    count = whole(node.content("ChannelSampleCountTotal"))
    channels: list[Channel] = []
    for each in node.all("WaveformData"):
        label = each.attributes.get("lead", "").strip()
        samples = listed(each, to_millivolts(each, microvolts, 1000))
        expected = channels[0].samples.size if channels and count is None else count
        if expected is not None and samples.size != expected:
            raise _short(each, label, samples.size, expected)
        channels.append(Channel(by_text(label), label or "?", samples))
    claimed = whole(node.content("NumberOfLeads"))
    if claimed is not None and claimed > len(channels):
        reason = message("formats.cardiosoft.leads", found=len(channels), expected=claimed)
        raise UnreadableFile(reason, tag=node.place)
    return channels


def _short(node: Node, lead: str, found: int, expected: int) -> UnreadableFile:
    reason = message(
        "formats.cardiosoft.samples", lead=lead, found=found, expected=expected, line=node.line
    )
    return UnreadableFile(reason, tag=node.place)


def _medians(root: Node, fs: float, notes: Notes) -> list[Channel]:
    node = root.find("RestingECGMeasurements", "MedianSamples")
    if node is None or not node.all("WaveformData"):
        return []
    rate = _rate(node)
    if rate != fs:
        notes.add(message("formats.note.group_left_out", rate=f"{rate:g}"))
        return []
    channels = _channels(node)
    first, last = whole(node.content("FirstValid")), whole(node.content("LastValid"))
    for channel in channels:
        channel.samples[: max(first or 0, 0)] = np.nan
        if last is not None and last >= 0:
            channel.samples[last + 1 :] = np.nan
    return channels


def _start(root: Node) -> datetime | None:
    node = root.find("ObservationDateTime")
    on = _day(node)
    if node is None or on is None:
        return None
    parts = [whole(node.content(tag)) for tag in ("Hour", "Minute", "Second")]
    if parts[0] is None or parts[1] is None:
        return None
    try:
        return datetime(on.year, on.month, on.day, parts[0], parts[1], parts[2] or 0)  # noqa: DTZ001  # the file has no zone
    except (ValueError, OverflowError):
        return None


def _day(node: Node | None) -> date | None:
    if node is None:
        return None
    year, month, day = (whole(node.content(tag)) for tag in ("Year", "Month", "Day"))
    try:
        found = date(year or 0, month or 0, day or 0)
    except (ValueError, OverflowError):
        return None
    return found if found.year >= _OLDEST else None


def _patient(root: Node) -> Patient:
    info = root.find("PatientInfo")
    if info is None:
        return Patient()
    age, unit = number(info.content("Age")), info.find("Age")
    years = _AGES.get(unit.attributes.get("units", "").upper()) if unit else None
    return Patient(
        name=_person(info.find("Name")),
        local_number=stated(info.content("PID")),
        sex=sex(info.content("Gender")),
        birth_date=_day(info.find("BirthDateTime")),
        age_years=age * years if age is not None and years is not None else None,
    )


def _person(node: Node | None) -> str | None:
    return joined(node.content("FamilyName"), node.content("GivenName")) if node else None


def _hints(root: Node) -> RequestHints:
    visit = root.find("PatientVisit")
    doctors = ("OrderingProvider", "ReferringDoctor", "AttendingDoctor") if visit else ()
    named = (_person(visit.find(tag)) for tag in doctors) if visit else iter(())
    return RequestHints(
        clinical_question=root.content("ClinicalInfo", "ReasonForStudy"),
        requesting_doctor=next((name for name in named if name), None),
        institution=visit.content("ServicingFacility", "Name") if visit else None,
    )


def _identity(root: Node) -> Identity:
    uid = root.content("UID", "DICOMStudyUID")
    valid = uid is not None and _UID.fullmatch(uid) and len(uid) <= _LONGEST_UID
    return Identity(study_uid=uid if valid else None)


def _device(root: Node, notes: Notes) -> Device:
    info = root.find("ClinicalInfo", "DeviceInfo")
    words = [info.content(tag) for tag in ("Desc", "SoftwareVer")] if info else []
    settings = root.find("FilterSetting")
    on = [
        hertz
        for hertz in (50.0, 60.0)
        if settings and (settings.content(f"Filter{hertz:g}Hz") or "").lower() == "yes"
    ]
    return Device(
        model=" ".join(word for word in words if word) or None,
        high_pass=_filter(settings, "HighPass", notes),
        low_pass=_filter(settings, "LowPass", notes),
        notch=on[0] if len(on) == 1 else None,
    )


def _filter(settings: Node | None, tag: str, notes: Notes) -> float | None:
    node = settings.find(tag) if settings else None
    if node is None or not node.content():
        return None
    value = number(node.content())
    if value is None or value <= 0 or node.attributes.get("units") != "Hz":
        notes.add(message("formats.note.attribute", tag=node.place))
        return None
    return value


def _measurements(root: Node) -> list[Annotation]:
    """The device's measurements: of the whole recording, then by lead."""
    node = root.find("RestingECGMeasurements")
    if node is None:
        return []
    found = [
        Annotation(_NAMES[each.tag], None, value, each.attributes.get("units"))
        for each in node.children
        if each.tag in _NAMES and (value := number(each.content())) is not None
    ]
    table = node.find("MeasurementTable")
    leads = (
        [lead.strip() for lead in (table.content("LeadOrder") or "").split(",")] if table else []
    )
    for row in table.children if table else ():
        values = [number(value) for value in map(str.strip, row.text.split(","))]
        match = _OF_LEADS.fullmatch(row.tag)
        if match is None or len(values) != len(leads):
            continue
        name = f"{match[1]} {match[2].lower()}"
        found.extend(
            Annotation(f"{lead}: {name}", None, value, row.attributes.get("units"))
            for lead, value in zip(leads, values, strict=True)
            if value is not None
        )
    return found


def _statements(root: Node) -> list[Annotation]:
    """What the device says; then what was made of it, where that is something else."""
    node = root.find("Interpretation")
    if node is None:
        return []
    said, concluded = (
        [text for each in list_.all(f"{tag}Text") if (text := stated(each.content()))]
        if (list_ := node.find(tag))
        else []
        for tag in ("Diagnosis", "Conclusion")
    )
    found = [Annotation(text) for text in said]
    if concluded != said:
        found.extend(Annotation(f"conclusion: {text}") for text in concluded)
    return found


def _beats(strip: Node, fs: float, channels: list[Channel]) -> list[Annotation]:
    """Class of each beat at its sample."""
    node = strip.find("ArrhythmiaResults")
    if node is None:
        return []
    found: list[Annotation] = []
    for time, kind in zip(node.all("Time"), node.all("BeatClass"), strict=False):
        milliseconds, text = number(time.content()), kind.content()
        if milliseconds is None or text is None or time.attributes.get("units") != "ms":
            continue
        position = round(milliseconds * fs / 1000)
        if 0 <= position < channels[0].samples.size:
            found.append(Annotation(f"beat: {text}", position))
    return found
