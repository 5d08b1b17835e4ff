"""Reader of the HL7 annotated ECG (aECG), the format of the FDA.

================  ==============================================================================
Document          ``AnnotatedECG``, namespace ``urn:hl7-org:v3`` or none, any prefix
Series            ``RHYTHM`` (the longest is shown, others are noted); ``REPRESENTATIVE_BEAT``,
                  as a series or a derived series, gives the median beats
Sequence sets     several on one time axis: put at their places, NaN between them
Time              ``TIME_ABSOLUTE``, ``TIME_RELATIVE``; head and increment (s, ms, us), or a
                  list of evenly spaced times (``SLIST_TS``, ``SLIST_PQ``); without a head the
                  effective time: its beginning, or (noted) half the length before its centre
Leads             ``MDC_ECG_LEAD_*`` or the number of the MDC code; others by their text, noted
Samples           ``origin + scale × digit`` in nV, uV, mV or V; whole and decimal digits;
                  ``NaN`` and blanks are samples that were not recorded, as is (noted) what
                  stands at an end of 16 bits in all leads, or is a calibration pulse at the end
Subject           name (plain or in parts), id, gender, birth date, reported age
Device            manufacturer, model, serial number; low-pass, high-pass and notch filter
Annotations       of the series and of the derived beat: measurements, statements, wave marks
                  with a time; those of a person are marked ``overread``
Encodings         any 8-bit one, UTF-16; wrong and missing declarations of Chinese text
Not supported     leads of generated lists (``GLIST_PQ``), lists of times that repeat, trial
                  data (protocol, sponsor, visit), attached files
================  ==============================================================================

The document's own ``id`` is not taken as the identity of a study: it names one document, not
what was recorded, and documents are copied with it. The examples of the standard itself show
six recordings of two subjects under one identifier; as the identity of a study it would lay
them into one. The digest of the samples stands in.

References
----------
ANSI/HL7 V3 ECG, R1-2004 (PORT_MT020001); HL7 aECG Implementation Guide, 2005-03-21;
ISO/IEEE 11073-10101 (MDC codes).
"""

from farlead.errors import UnreadableFile
from farlead.formats.aecg.annotations import annotations
from farlead.formats.aecg.axis import blank_pulse, on_one_axis
from farlead.formats.aecg.header import device, hints, patient, start
from farlead.formats.aecg.series import Series, all_series
from farlead.formats.assembly import Channel, Notes, assemble
from farlead.formats.damage import guarded
from farlead.formats.xml_tree import Node, parse, root_name
from farlead.messages import message
from farlead.model.recording import Recording

__all__ = ["read", "recognises"]

_ROOT = "AnnotatedECG"
_SHORTEST = 1.0  # seconds; a shorter piece shows no rhythm


def recognises(data: bytes) -> bool:
    """Whether the root element is that of an annotated ECG."""
    return root_name(data) == _ROOT


def read(data: bytes) -> Recording:
    """Recording of an annotated ECG; UnreadableFile with element and line."""
    return guarded(lambda: _read(data), "aecg")


def _read(data: bytes) -> Recording:
    notes = Notes()
    root = parse(data, notes)
    series = all_series(root, notes)
    main = _main(series, root)
    channels, axis = on_one_axis(main, notes)
    _refuse_short(axis.n, axis.fs, root)
    blank_pulse(channels, axis.fs, notes)
    return assemble(
        channels,
        axis.fs,
        notes,
        medians=_medians(series, main, axis.fs, notes),
        start=axis.start or start(main.node, root, axis.n / axis.fs, notes),
        patient=patient(root),
        device=device(main.node, notes),
        annotations=annotations(series, main, axis),
        hints=hints(root),
    )


def _main(series: list[Series], root: Node) -> Series:
    rhythm = [one for one in series if not one.beat]
    if not rhythm:
        reason = "formats.aecg.only_medians" if series else "formats.aecg.no_waveform"
        raise UnreadableFile(message(reason), tag=root.place)
    return max(rhythm, key=lambda one: one.seconds)


def _medians(series: list[Series], main: Series, fs: float, notes: Notes) -> list[Channel]:
    """Median beats of the first set that has the rhythm's rate."""
    found: list[Channel] = []
    for one in series:
        if one is main:
            continue
        if not one.beat:
            notes.add(message("formats.aecg.note.other_rhythm", seconds=f"{one.seconds:g}"))
            continue
        for each in one.sets:
            if each.fs == fs and not found:
                found = list(each.channels)
            else:
                notes.add(message("formats.note.group_left_out", rate=f"{each.fs:g}"))
    return found


def _refuse_short(n: int, fs: float, root: Node) -> None:
    if n < _SHORTEST * fs:
        reason = message("formats.aecg.too_short", samples=n, ms=round(1000 * n / fs))
        raise UnreadableFile(reason, tag=root.place)
