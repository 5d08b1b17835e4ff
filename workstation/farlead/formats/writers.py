"""Recordings to files: the format follows from the ending, nothing half-written stays.

==========  ====================================================================================
``.dcm``    DICOM ECG object
``.edf``    EDF+
``.hea``    WFDB record, with its signal file beside it; ``.zip``: both in one file
``.csv``    CSV with a stated header (docs/csv-format.md)
==========  ====================================================================================
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeAlias

from farlead.errors import UnwritableRecording
from farlead.formats.archive import zipped
from farlead.formats.csv_writer import encode_csv
from farlead.formats.dicom_ecg_writer import encode_dicom_ecg
from farlead.formats.edf_writer import encode_edf
from farlead.formats.losses import losses
from farlead.formats.unfit import Unfit
from farlead.formats.wfdb_writer import encode_wfdb
from farlead.messages import Message, in_both, message
from farlead.model.recording import Device, Recording


class Encoded(NamedTuple):
    """Files by their names, and what they do not hold of the recording."""

    files: Mapping[str, bytes]
    lost: tuple[Message, ...] = ()


_Encoder: TypeAlias = Callable[[Recording, Path], Encoded]


def _dicom(recording: Recording, path: Path) -> Encoded:
    if recording.start is None:
        raise UnwritableRecording(message("formats.write.no_start"))
    data, lost = encode_dicom_ecg(recording)
    return Encoded({path.name: data}, lost)


def _edf(recording: Recording, path: Path) -> Encoded:
    data, lost = encode_edf(recording)
    return Encoded({path.name: data}, lost)


def _csv(recording: Recording, path: Path) -> Encoded:
    data, lost = encode_csv(recording)
    return Encoded({path.name: data}, lost)


def _wfdb(recording: Recording, path: Path) -> Encoded:
    return Encoded(encode_wfdb(recording, path.stem), _of_wfdb(recording))


def _zip(recording: Recording, path: Path) -> Encoded:
    packed = zipped(encode_wfdb(recording, path.stem))
    return Encoded({path.name: packed}, _of_wfdb(recording))


def _of_wfdb(recording: Recording) -> tuple[Message, ...]:
    """A WFDB header names neither patient nor device, and has no time zone."""
    lost = losses(recording, zone=False)
    patient = recording.patient
    if patient.name or patient.local_number:
        lost.add(message("formats.lost.person"))
    if recording.device != Device():
        lost.add(message("formats.lost.device"))
    return tuple(lost)


#: Ending of a file -> its encoder.
ENCODERS: Mapping[str, _Encoder] = {
    ".dcm": _dicom,
    ".edf": _edf,
    ".csv": _csv,
    ".hea": _wfdb,
    ".zip": _zip,
}


def write(recording: Recording, path: Path, *, replace: bool = False) -> Encoded:
    """Write a recording in the format of `path`'s ending.

    Parameters
    ----------
    recording : Recording
    path : Path
    replace : bool
        Whether files of these names may be replaced.

    Returns
    -------
    Encoded
        The files by name, and what they do not hold.

    Raises
    ------
    UnwritableRecording
        Another ending, a recording that the format cannot hold, a file that is there already,
        a folder that cannot be written. Nothing is written then.
    """
    encoder = ENCODERS.get(path.suffix.lower())
    if encoder is None:
        known = ", ".join(ENCODERS)
        raise UnwritableRecording(message("formats.write.ending", file=str(path), known=known))
    try:
        encoded = encoder(recording, path)
    except ValueError as error:
        unfit = error if isinstance(error, Unfit) else Unfit("value")
        said = in_both("cause", unfit.reason)
        raise UnwritableRecording(
            message("formats.write.unfit", ending=path.suffix.lower(), **said)
        ) from error
    there = [name for name in encoded.files if (path.parent / name).exists()]
    if there and not replace:
        raise UnwritableRecording(message("formats.write.there", file=str(path.parent / there[0])))
    try:
        _place(path.parent, encoded.files)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise UnwritableRecording(
            message("formats.write.disk", file=str(path), cause=cause)
        ) from error
    return encoded


def _place(folder: Path, files: Mapping[str, bytes]) -> None:
    """All files under their names, or none: written in full first, then renamed."""
    waiting: dict[str, Path] = {}
    try:
        for name, data in files.items():
            handle, made = tempfile.mkstemp(prefix=".farlead-", dir=folder)
            waiting[name] = Path(made)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(made).chmod(0o644)
        for name in list(waiting):
            waiting.pop(name).replace(folder / name)
    finally:
        for left in waiting.values():
            with suppress(OSError):
                left.unlink()
