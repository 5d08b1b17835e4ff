"""What a DICOM file is when it holds nothing that can be read here.

References
----------
DICOM PS3.4 B.5 (Standard SOP Classes), PS3.6 annex A.
"""

from farlead.errors import UnreadableFile
from farlead.formats.dicom.attributes import Attributes
from farlead.messages import Message, message

_STORAGE = "1.2.840.10008.5.1.4.1.1."

#: Beginning of the SOP class -> kind; the longest beginning that fits counts.
_KINDS = {
    f"{_STORAGE}88.": "sr",
    f"{_STORAGE}104.": "pdf",
    f"{_STORAGE}11.": "presentation",
    f"{_STORAGE}66.": "segmentation",
    f"{_STORAGE}481.": "radiotherapy",
    "1.2.840.10008.1.3.10": "directory",
    f"{_STORAGE}9.": "waveform",
    f"{_STORAGE}9.1.": "ecg",
    **{
        f"{_STORAGE}{number}": "image"
        for number in ("1", "2", "3", "4", "6", "7", "12", "20", "30", "77", "128")
    },
}
#: Kinds whose content is missing when there is none: the file was cut or the export failed.
_WITH_CONTENT = {"ecg", "image"}
#: Kinds with pixels that mean nothing alone.
_DEPENDENT = {"segmentation", "presentation"}


def kind_of(attributes: Attributes) -> str:
    """Kind by SOP class: ``sr``, ``ecg``, ``image`` … , ``other`` or ``unnamed``."""
    uid = sop_class_uid(attributes)
    if uid is None:
        return "directory" if "DirectoryRecordSequence" in attributes else "unnamed"
    fitting = [beginning for beginning in _KINDS if _fits(uid, beginning)]
    return _KINDS[max(fitting, key=len)] if fitting else "other"


def sop_class_uid(attributes: Attributes) -> str | None:
    """SOP class of the data set, else that of the file meta information."""
    meta = attributes.meta
    return attributes.text("SOPClassUID") or (
        meta.text("MediaStorageSOPClassUID") if meta is not None else None
    )


def _fits(uid: str, beginning: str) -> bool:
    return uid == beginning or uid.startswith(beginning.rstrip(".") + ".")


def refuse_without_content(attributes: Attributes) -> UnreadableFile:
    """Error for a file with neither waveform nor pixels."""
    kind = kind_of(attributes)
    if kind in _WITH_CONTENT:
        what = message("formats.dicom.content_missing", what=f"@formats.dicom.kind.{kind}")
        return UnreadableFile(what, tag="(5400,0100)" if kind == "ecg" else "(7FE0,0010)")
    return UnreadableFile(_refusal(attributes, kind, "no_content"), tag="(0008,0016)")


def refuse_dependent(attributes: Attributes) -> None:
    """Raise UnreadableFile for pixels that cannot be read alone, such as a segmentation."""
    kind = kind_of(attributes)
    if kind in _DEPENDENT:
        raise UnreadableFile(_refusal(attributes, kind, "not_for_reading"), tag="(0008,0016)")


def _refusal(attributes: Attributes, kind: str, text: str) -> Message:
    if kind == "other":
        return message("formats.dicom.no_content_other", uid=sop_class_uid(attributes) or "")
    if kind == "unnamed":
        return message("formats.dicom.no_kind")
    return message(f"formats.dicom.{text}", what=f"@formats.dicom.kind.{kind}")
