"""Reader of SCP-ECG files.

=================  ==============================================================================
What               Supported
=================  ==============================================================================
versions           1.0, 1.1, 1.3, 2.x. Version 3 (other sections for measurements and long
                   recordings) is refused: its document was not at hand.
record             length, CRC of the whole and of each section (see ``record``)
section 0          pointers; sections above 11 are the manufacturer's and are passed over
section 1          name, number, age, birth date, sex, height, weight, blood pressure,
                   indication, acquiring device, institution, department, referring physician,
                   priority, date, time, time zone, filters, free text. Not read: drugs, race,
                   history codes, analysing device.
section 2          the standard's own table; up to 16 tables of the device, switching between
                   them, codes followed by further bits
section 3          leads with their first and last sample; leads recorded one after another
section 4          reference beat, subtraction zones, protected areas
section 5          reference beat: the device's median beat, where its rate is the recording's
section 6          samples as they are, first and second differences, with or without Huffman
                   codes; residuals after subtraction; decimation by 1–4 outside protected areas
section 7          intervals and axes of the reference beat, rates, QTc, pacemaker spikes
                   (from version 1.3 on)
sections 8, 11     the device's statements and their status
section 9          not read: the manufacturer's own
section 10         waves, intervals and ST amplitudes of each lead (from version 1.3 on)
text               by the language code of the device (ISO 8859, Unicode, Shift JIS, EUC,
                   GB 2312 as GB18030, KS C 5601), ISO 2022 escapes; UTF-8 and GB18030 that
                   are not declared are recognised
=================  ==============================================================================

Samples between protected areas of a decimated recording are interpolated (and that is noted);
the low-pass filter that the standard suggests after it is not applied.

References
----------
EN 1064:2005+A1:2007 / ISO 11073-91064:2009, clause 5 (sections 0–11), annexes A (character
sets, leads), B (statements), C (compression). The OpenECG tutorial, parts 1 and 2.
"""

from collections.abc import Callable

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes, assemble
from farlead.formats.damage import guarded
from farlead.formats.scp import header, layout, measurements, record, statements, waves
from farlead.formats.scp.record import Record, recognises
from farlead.messages import message
from farlead.model.recording import Annotation, Recording

__all__ = ["read", "recognises"]


def read(data: bytes) -> Recording:
    """Read an SCP-ECG file; UnreadableFile with the section and the offset of the trouble."""
    return guarded(lambda: _read(data), "scp")


def _read(data: bytes) -> Recording:
    notes = Notes()
    parts = record.parse(data, notes)
    record.check_version(parts.version)
    about = header.parse(parts, notes)
    record.check_version(about.version)
    version = about.version or parts.version
    leads = layout.leads(parts, notes)
    signal = waves.decode(parts, leads, version, notes)
    return assemble(
        signal.channels,
        signal.fs,
        notes,
        medians=signal.medians,
        start=about.start,
        patient=about.patient,
        device=about.device,
        annotations=[
            *about.annotations,
            *_optional(parts, version, signal.fs, about.texts, notes),
        ],
        hints=about.hints,
    )


def _optional(
    parts: Record, version: int, fs: float, texts: header.Texts, notes: Notes
) -> list[Annotation]:
    """The device's own findings; a damaged section of them is left out, and noted."""
    found: list[Annotation] = []
    readers: tuple[tuple[int, Callable[[], list[Annotation]]], ...] = (
        (8, lambda: statements.textual(parts.sections[8], texts)),
        (11, lambda: statements.coded(parts.sections[11], texts)),
        (7, lambda: measurements.overall(parts.sections[7], fs)),
        (10, lambda: measurements.of_leads(parts.sections[10])),
    )
    for number, reader in readers:
        if number not in parts.sections:
            continue
        if number in (7, 10) and version < record.FIRST_WITH_MEASUREMENTS:
            notes.add(message("formats.scp.note.old_measurements", section=number))
            continue
        try:
            found += reader()
        except UnreadableFile:
            notes.add(message("formats.scp.note.section_left_out", section=number))
    return found
