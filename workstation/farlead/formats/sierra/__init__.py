"""Reader of Philips ECG XML ("Sierra", as PageWriter, HeartStart and TraceMasterVue write it).

============================  ====================================================================
Versions                      SierraECG and PhilipsECG 1.03, 1.04, 1.04.01, in UTF-8 or UTF-16;
                              1.04.02 is read too, with a note: no real file was tried
parsedwaveforms               Base64 with XLI compression (real files); Base64 or Plain without
                              (by the schema's words only, and limb leads must fit together)
Rate, amplitude               samplespersecond or samplingrate; resolution or signalresolution in
                              microvolts; 16 bits, signed, without offset. Where a file states
                              one twice, both must agree
Leads                         leadlabels, or the twelve of STD-12 and 10-WIRE. In XLI the leads
                              III, aVR, aVL, aVF are residuals and are rebuilt from I and II
Checks                        durationperchannel against each lead; chunks against their sizes.
                              Further chunks without a name are noted unless they are empty
Calibration pulse             real files end in zeros and a pulse of 1 mV, the same in all leads
                              after 10.6 s of ECG: left empty (NaN) and noted, and with another
                              height than 1 mV doubted
repbeats                      as medians where their rate is the rhythm's, else noted; the words
                              32767 behind a beat are room that was not used
Filters                       hipass, lowpass, notchfilterfreqs, or signalbandwidth
Patient, time, request        patient, dataacquisition, orderinfo
Measurements                  those of the interpretation, cross-lead ones, those of each lead
Statements                    severity, statement (edited ones say so), signature line
Not supported                 other compression, unsigned samples, signaloffset, areas and slopes
                              of leads (no unit is stated), group measurements, configuration
============================  ====================================================================

References
----------
Philips publishes no open document of the layout. Names are those of the files' own
``SierraECG.xsd`` and ``PhilipsECG.xsd``; XLI and the residuals are as the open reader
``sierraecg`` (C. Watford) describes them, and were found to agree with an HL7 aECG conversion of
the same recording; that conversion also states the microvolts.
"""

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes, assemble
from farlead.formats.damage import guarded
from farlead.formats.sierra.findings import annotations
from farlead.formats.sierra.header import device, hints, identity, patient, start
from farlead.formats.sierra.repbeats import medians
from farlead.formats.sierra.waveforms import read_rhythm
from farlead.formats.xml_fields import missing
from farlead.formats.xml_tree import Node, parse, root_name
from farlead.messages import message
from farlead.model.recording import Recording

__all__ = ["read", "recognises"]

_ROOT = "restingecgdata"
_TYPES = ("SierraECG", "PhilipsECG")
_TRIED = ("1.03", "1.04", "1.04.01")
_UNTRIED = ("1.04.02",)


def recognises(data: bytes) -> bool:
    """Whether the bytes are a Philips ECG XML file."""
    return root_name(data) == _ROOT


def read(data: bytes) -> Recording:
    """Read a Philips ECG XML file; UnreadableFile with element and line."""
    return guarded(lambda: _read(data), "sierra")


def _read(data: bytes) -> Recording:
    notes = Notes()
    root = parse(data, notes)
    _check_version(root, notes)
    rhythm = read_rhythm(root, notes)
    return assemble(
        rhythm.channels,
        rhythm.fs,
        notes,
        medians=medians(root, rhythm.fs, notes),
        start=start(root, notes),
        patient=patient(root, notes),
        device=device(root, rhythm.details, notes),
        annotations=tuple(annotations(root)),
        identity=identity(root),
        hints=hints(root),
    )


def _check_version(root: Node, notes: Notes) -> None:
    document = root.find("documentinfo")
    if document is None:
        raise missing(root, "documentinfo")
    kind, version = document.content("documenttype"), document.content("documentversion")
    if kind not in _TYPES:
        raise UnreadableFile(
            message("formats.sierra.type", found=(kind or "–")[:40]), tag="documenttype"
        )
    if version in _UNTRIED:
        notes.add(message("formats.sierra.note.untried", version=version))
    elif version not in _TRIED:
        raise UnreadableFile(
            message("formats.sierra.version", found=(version or "–")[:40]), tag="documentversion"
        )
