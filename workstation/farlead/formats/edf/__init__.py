"""Reader of EDF, EDF+, BDF and BDF+ files that hold an ECG.

========================  =====================================================================
EDF                       version 0; 16-bit samples
EDF+C, EDF+D              the same with subfields of identification, annotations, interruptions
BDF, BDF+C, BDF+D         24-bit samples
leads                     signals labelled as an ECG lead (``ECG II``, ``EKG``, ``V1``, ``MLII``)
                          in nV, µV, mV or V; all others are left out with a note
rates                     that of the ECG leads; a lead of another rate is left out with a note
limits                    physical minimum above the maximum (inverted amplifier) as stated;
                          equal limits, digital limits out of order or range: refused
data records              as many as announced must be there; −1 (not closed): those that are
interruptions             NaN between data records, by their own times
start                     years 85–99 are 1985–1999, else 20xx; fraction of a second of EDF+;
                          ``01.01.85`` without an EDF+ start date is no date; no time zone
identification            EDF+ subfields (X: unknown); free text of older files is only noted
text                      ASCII; UTF-8 and GB18030 are recognised and noted
prefiltering              ``HP:0.05Hz LP:150Hz N:50Hz``
not supported             records of no duration, annotation-only files, EDF+ analysis results
========================  =====================================================================

Samples are converted lead by lead, in pieces, into the rows where they stay: beside the file's
bytes nothing is held but the result.

References
----------
Kemp B et al., A simple format for exchange of digitized polygraphic recordings,
Electroencephalogr Clin Neurophysiol 1992;82:391 (EDF). Kemp B, Olivan J, European data format
'plus', Clin Neurophysiol 2003;114:1755 (EDF+, with its additional specifications and standard
texts). BioSemi, BDF file format.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from farlead.formats.assembly import Notes, assemble_rows
from farlead.formats.damage import guarded
from farlead.formats.edf.annotations import Mark, annotations, marks, onsets
from farlead.formats.edf.header import BDF_MAGIC, EDF_MAGIC, Header, parse, wrong_field
from farlead.formats.edf.identity import device_of, origin_of, patient_of, start_of
from farlead.formats.edf.leads import Lead, find_leads
from farlead.formats.edf.samples import Places, contiguous, filler, spaced
from farlead.messages import message
from farlead.model.recording import Identity, Recording

__all__ = ["read", "recognises"]

_HEADER_BYTES = slice(184, 192)


def recognises(data: bytes) -> bool:
    """Whether the head is that of an EDF or BDF file."""
    head = bytes(data[:192])
    if head.startswith(BDF_MAGIC):
        return True
    return head.startswith(EDF_MAGIC) and head[_HEADER_BYTES].strip().isdigit()


def read(data: bytes) -> Recording:
    """Read an EDF or BDF file; UnreadableFile with the field that is wrong.

    Parameters
    ----------
    data : bytes
        Or any other buffer, such as a memory map.
    """
    return guarded(lambda: _read(data), "edf")


def _read(data: bytes) -> Recording:
    notes = Notes()
    header = parse(data, notes)
    leads = find_leads(header, notes)
    if not header.duration:
        raise wrong_field("duration", "0", 244)
    count = leads[0].signal.samples
    fs = float(count / header.duration)
    ends = onsets(data, header, ends=True) if header.plus else np.empty(0)
    first = _first_onset(ends)
    places = _places(data, header, leads, ends, notes)
    origin = origin_of(header)
    found: list[Mark] = marks(data, header, notes) if header.plus else []
    return assemble_rows(
        [lead.label for lead in leads],
        places.samples,
        filler(data, header, leads, places, notes),
        fs,
        notes,
        start=start_of(header, origin, first, notes),
        patient=patient_of(header, notes),
        device=device_of(origin, [lead.signal.prefiltering for lead in leads], notes),
        annotations=annotations(found, first, fs, places.samples),
        identity=Identity(accession=origin.number),
    )


def _first_onset(ends: NDArray[np.float64]) -> Fraction:
    """Seconds of the first sample after the header's start: a fraction of one in EDF+C."""
    if not ends.size or np.isnan(ends[0]):
        return Fraction(0)
    return Fraction(ends[0].item()).limit_denominator(10**9)


def _places(
    data: bytes, header: Header, leads: list[Lead], ends: NDArray[np.float64], notes: Notes
) -> Places:
    """Data records one after the other, or where an interrupted recording states them."""
    count = leads[0].signal.samples
    fs = float(count / header.duration)
    lasting = float(header.records - 1) * float(header.duration)
    late = bool(ends.size) and abs(ends[1] - ends[0] - lasting) * fs > 1
    if late and not header.interrupted:
        notes.add(message("formats.edf.note.not_continuous"))
    if header.interrupted or late:
        return spaced(header, leads, onsets(data, header), fs, notes)
    return contiguous(header, count)
