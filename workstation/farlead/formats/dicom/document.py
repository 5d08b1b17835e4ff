"""Documents wrapped in DICOM, and structured reports: pages and text.

==========================  =====================================================
Encapsulated PDF            its pages, as ``formats/pdf.py`` renders them
Encapsulated CDA, STL …     refused
Structured reports, key     the content tree as lines (``report.py``)
object selections
==========================  =====================================================

References
----------
DICOM PS3.3 A.45 (Encapsulated Document), C.24.2; A.35 (Structured Report Document).
"""

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats import pdf
from farlead.formats.dicom import header
from farlead.formats.dicom.attributes import Attributes, tag_text
from farlead.formats.dicom.report import lines
from farlead.messages import message
from farlead.model.recording import ImageStudy, Modality

_PDF, _MIME = "application/pdf", "MIMETypeOfEncapsulatedDocument"


def read_document(attributes: Attributes) -> ImageStudy:
    """Pages of an encapsulated document; UnreadableFile for one that is no PDF, or broken."""
    kind = attributes.text(_MIME) or ""
    data = bytes(attributes.data("EncapsulatedDocument"))
    tag = tag_text("EncapsulatedDocument")
    if not pdf.recognises(data):
        raise UnreadableFile(message("formats.dicom.no_pdf", kind=kind or "?"), tag=tag)
    if kind not in {"", _PDF}:
        attributes.note(message("formats.note.attribute", tag=tag_text(_MIME)))
    return _study(attributes, pdf.pages(data, attributes.notes))


def read_report(attributes: Attributes) -> ImageStudy:
    """Content of a structured report as text; UnreadableFile for one without any."""
    text = lines(attributes)
    if not text:
        what = message("formats.dicom.no_content", what="@formats.dicom.kind.sr")
        raise UnreadableFile(what, tag=tag_text("ContentSequence"))
    empty = np.zeros((0, 1, 1), np.uint8)
    empty.flags.writeable = False
    return _study(attributes, empty, text)


def _study(
    attributes: Attributes, frames: NDArray[np.uint8], text: tuple[str, ...] = ()
) -> ImageStudy:
    titles = ("DocumentTitle", "SeriesDescription", "StudyDescription")
    start = header.start(attributes, acquired=False)
    return ImageStudy(
        frames=frames,
        modality=Modality.DOCUMENT,
        description=next((t for k in titles if (t := attributes.text(k))), None),
        series_uid=header.series_uid(attributes),
        instance_number=header.instance_number(attributes),
        start=start,
        patient=header.patient(attributes),
        device=header.device(attributes),
        identity=header.identity(attributes),
        hints=header.hints(attributes),
        notes=tuple(attributes.notes),
        text=text,
    )
