"""A hash of what a file says, not of how it is written."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from farlead.model.recording import ImageStudy, Recording


def digest(content: Recording | ImageStudy) -> str:
    """SHA-256 (hex) over decoded samples or pixels and the identifying attributes.

    It stays the same when an archive returns the same object in other bytes (another
    transfer syntax, other private attributes), and changes when a sample, the patient, or an
    identifier does.
    """
    identity, patient = content.identity, content.patient
    attributes: list[object] = [
        identity.study_uid,
        identity.sop_instance_uid,
        patient.name,
        patient.local_number,
        patient.birth_date,
        patient.sex.value,
        content.start,
    ]
    if isinstance(content, Recording):
        return _hash([*attributes, "recording", content.leads, content.fs], content.samples)
    more = [content.modality.value, content.inverted, content.instance_number, *content.text]
    return _hash([*attributes, "images", *more], content.frames)


def _hash(attributes: list[object], array: NDArray[np.generic]) -> str:
    """Attributes and array, each unmistakably apart from its neighbours."""
    hasher = hashlib.sha256()
    for attribute in attributes:
        text = repr(str(attribute) if attribute is not None else None).encode("utf-8", "replace")
        hasher.update(len(text).to_bytes(8, "little") + text)
    hasher.update(repr((array.dtype.kind, array.shape)).encode())
    plain = array.astype(array.dtype.newbyteorder("<"), copy=False)
    hasher.update(np.ascontiguousarray(plain).reshape(-1).view(np.uint8).data)
    return hasher.hexdigest()
