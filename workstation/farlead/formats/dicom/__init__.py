"""Reader of DICOM files: ECG waveforms and images.

The bytes are parsed by pydicom; everything that this library may raise or warn about on
damaged input ends here, as UnreadableFile or as a note of the recording.
"""

import logging
import threading
import warnings

from pydicom import config

from farlead.errors import UnreadableFile
from farlead.formats.dicom.attributes import Attributes
from farlead.formats.dicom.image import read_image
from farlead.formats.dicom.kinds import refuse_without_content
from farlead.formats.dicom.parse import parse, recognises
from farlead.formats.dicom.waveform import read_waveforms
from farlead.messages import message
from farlead.model.recording import ImageStudy, Recording

__all__ = ["read", "recognises"]

# The library quotes values of the file, which are a patient's, when it logs.
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)

_CAUSE = 120
_ONE_AT_A_TIME = threading.Lock()  # warnings and the library's settings belong to the process


def read(data: bytes) -> Recording | ImageStudy:
    """Read a DICOM file; UnreadableFile with the tag where it is known."""
    # Each value is checked where it is used, so the library need not.
    with _ONE_AT_A_TIME, warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")  # what matters of them becomes a note or an error
        try:
            return _read(data)
        except (UnreadableFile, MemoryError):
            raise
        except Exception as error:  # a parser of others on damaged input may raise anything
            cause = " ".join(str(error).split())[:_CAUSE] or type(error).__name__
            raise UnreadableFile(message("formats.dicom.damaged", cause=cause)) from error


def _read(data: bytes) -> Recording | ImageStudy:
    dataset = parse(data)
    attributes = Attributes(dataset)
    if "WaveformSequence" in dataset:
        return read_waveforms(attributes)
    if any(word in dataset for word in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        return read_image(attributes)
    raise refuse_without_content(attributes)
