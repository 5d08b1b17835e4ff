"""Where a DICOM object comes from, without its samples or pixels."""

from farlead.errors import UnreadableFile
from farlead.formats.damage import guarded
from farlead.formats.dicom import recognises
from farlead.formats.dicom.attributes import Attributes
from farlead.formats.dicom.parse import parse
from farlead.messages import message
from farlead.model.recording import Origin


def origin(data: bytes) -> Origin:
    """Who made a DICOM object, and what it calls itself; UnreadableFile for anything else."""
    if not recognises(data):
        raise UnreadableFile(message("peers.not_dicom"), offset=0)
    return guarded(lambda: _origin(data), "dicom")


def _origin(data: bytes) -> Origin:
    attributes = Attributes(parse(data).body)
    return Origin(
        institution=attributes.text("InstitutionName"),
        station=attributes.text("StationName"),
        modality=attributes.text("Modality"),
        study_uid=attributes.text("StudyInstanceUID"),
        series_uid=attributes.text("SeriesInstanceUID"),
        sop_instance_uid=attributes.text("SOPInstanceUID"),
    )
