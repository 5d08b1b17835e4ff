"""Reader of DICOM files: ECG waveforms, images, documents and reports.

The bytes are taken apart by ``parse.py`` and ``elements.py``, pixels are decoded by pydicom and
its plugins; everything that these may raise on damaged input ends here, as UnreadableFile or as
a note.
"""

from farlead.formats.damage import guarded
from farlead.formats.dicom.attributes import Attributes
from farlead.formats.dicom.document import read_document, read_report
from farlead.formats.dicom.elements import named
from farlead.formats.dicom.image import read_image
from farlead.formats.dicom.kinds import refuse_without_content
from farlead.formats.dicom.parse import parse, recognises
from farlead.formats.dicom.waveform import read_waveforms
from farlead.messages import message
from farlead.model.recording import ImageStudy, Recording

__all__ = ["read", "recognises"]


def read(data: bytes) -> Recording | ImageStudy:
    """Read a DICOM file; UnreadableFile with the tag where it is known."""
    return guarded(lambda: _read(data), "dicom")


def _read(data: bytes) -> Recording | ImageStudy:
    parsed = parse(data)
    attributes = Attributes(parsed.body)
    attributes.meta, attributes.syntax = Attributes(parsed.meta), parsed.syntax
    for tag in parsed.strays:
        attributes.note(message("formats.note.attribute", tag=named(tag)))
    if "WaveformSequence" in attributes:
        return read_waveforms(attributes)
    if any(word in attributes for word in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        return read_image(attributes)
    if "EncapsulatedDocument" in attributes:
        return read_document(attributes)
    if "ContentSequence" in attributes:
        return read_report(attributes)
    raise refuse_without_content(attributes)
