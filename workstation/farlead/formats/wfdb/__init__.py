"""Reader of WFDB records (PhysioNet): a header and the signal files beside it.

==================  =============================================================================
record line         name, segments, signals, rate (250 Hz when absent, noted), length, base time
                    and date; counter frequency and base counter are not used
signal lines        format, samples a frame, skew, byte offset, gain, baseline, unit, ADC zero,
                    initial value, checksum, description; ADC resolution and block size are not
                    used
formats             8, 16, 24, 32, 61, 80, 160, 212, 310, 311; 0 (no samples)
not supported       508, 516, 524 (FLAC), signal files elsewhere than beside the header
segments            fixed and variable layout, gaps, a segment used more than once
units               V, mV (also when absent), uV, µV, nV; other signals are left out, noted
no gain, or 0       200 a millivolt, as the document says, noted
several rates       the rate of the ECG leads is kept, nothing is resampled, the rest is noted
checked             length of each file and checksum: refused where they do not agree; first
                    sample: likewise, but noted where the checksum proves the signal
not recorded        the most negative value of each format, and gaps, are NaN
encodings           UTF-8, else GB 2312 pairs, else Latin-1
==================  =============================================================================

Signal files are opened by bare name in the header's own folder (or ZIP) only, whatever path or
address a header names. Annotation files (``.atr``) are not read.

References
----------
PhysioNet, WFDB Applications Guide: header(5), signal(5).
"""

from farlead.formats.damage import guarded
from farlead.formats.source import Source
from farlead.formats.wfdb.header import recognises
from farlead.formats.wfdb.record import parts, read_record
from farlead.model.recording import Recording

__all__ = ["parts", "read", "read_source", "recognises"]


def read(data: bytes) -> Recording:
    """Read a header that came alone; the signal files it names are told in the refusal."""
    return read_source(Source(data))


def read_source(source: Source) -> Recording:
    """Read a header with the files beside it; UnreadableFile with line or file."""
    return guarded(lambda: read_record(source), "wfdb")
