"""Reader of GE MUSE XML.

============================  ====================================================================
Versions                      MUSE 5 to 9 (root ``RestingECG``); real files of 9.0.7 were tried
Waveform                      Rhythm; Median where it has the rhythm's rate; the longest of several
Samples                       base64, 16-bit little endian, SampleType CONTINUOUS_SAMPLES
Rate                          SampleBase × 10 ^ SampleExponent
Amplitude                     LeadAmplitudeUnitsPerBit in MICROVOLTS or MILLIVOLTS; none is assumed
Leads                         any; of eight the four limb leads that follow are derived, of twelve
                              or fifteen none; one that ends early is NaN from there on (noted)
Checks                        LeadSampleCountTotal and LeadByteCountTotal against the data;
                              LeadDataCRC32 (CRC-32 of the decoded bytes): a wrong one is refused,
                              0 is one that was not computed (noted)
Damaged median                left out, noted; the rhythm stays
Filters                       HighPassFilter in hundredths of a hertz, LowPassFilter, ACFilter
Patient, time, request        PatientDemographics, TestDemographics, Order, PharmaCartID
Measurements                  RestingECGMeasurements, or OriginalRestingECGMeasurements
Statements                    OriginalDiagnosis; Diagnosis where it differs, with its status
Not supported                 MeasurementMatrix, QRSTimesTypes, IntervalMeasurements, PaceSpikes,
                              FirstSampleBaseline (noted), leads that start at different times
============================  ====================================================================

References
----------
GE Healthcare publishes no open document of the layout. Names are those of the ``restecg.dtd``
that the files name; the checksum (the CRC-32 of zlib over the decoded bytes), the unit of the
high-pass filter and that of the fiducial points (samples of the median at ECGSampleBase, from
which the stated intervals follow) were found on real files.
"""

from farlead.formats.assembly import Notes, assemble
from farlead.formats.damage import guarded
from farlead.formats.muse.findings import annotations
from farlead.formats.muse.header import device, hints, identity, patient, start
from farlead.formats.muse.waveforms import read_waveforms
from farlead.formats.xml_tree import parse, root_name
from farlead.model.recording import Recording

__all__ = ["read", "recognises"]

_ROOT = "RestingECG"


def recognises(data: bytes) -> bool:
    """Whether the bytes are a MUSE XML file."""
    return root_name(data) == _ROOT


def read(data: bytes) -> Recording:
    """Read a MUSE XML file; UnreadableFile with element and line."""
    return guarded(lambda: _read(data), "muse")


def _read(data: bytes) -> Recording:
    notes = Notes()
    root = parse(data, notes)
    waves = read_waveforms(root, notes)
    return assemble(
        waves.channels,
        waves.fs,
        notes,
        medians=waves.medians,
        start=start(root, notes),
        patient=patient(root, notes),
        device=device(root, waves.node, notes),
        annotations=(*annotations(root), *waves.remarks),
        identity=identity(root),
        hints=hints(root),
    )
