"""Device formats: bytes from outside in, recordings and images out.

Every reader recognises its files by their content, never by their name, and raises
UnreadableFile, and nothing else, for what it cannot read. Files from outside are read in the
confined process (``farlead.sandbox``).
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from farlead.errors import UnreadableFile
from farlead.formats import (
    aecg,
    archive,
    cardiosoft,
    csv_table,
    dicom,
    edf,
    ishne,
    mortara,
    muse,
    pdf,
    picture,
    schiller,
    scp,
    sierra,
    wfdb,
)
from farlead.formats.digest import digest
from farlead.formats.source import Source, alone, mapped, opened, refusal
from farlead.messages import message
from farlead.model.people import Patient
from farlead.model.recording import FREE_TEXT, Description, ImageStudy, Modality, Recording
from farlead.model.study import Kind

__all__ = ["describe", "digest", "identify", "packed", "read"]


class Reader(NamedTuple):
    """One format: whether some bytes are of it, and how to read them.

    `name` is that of the message ``formats.name.NAME``; `read_source` stands in for `read`
    where a record consists of several files. One that `maps` takes any buffer and copies no more of
    it than it needs: a large file is then mapped into memory instead of read.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes], Recording | ImageStudy]
    read_source: Callable[[Source], Recording | ImageStudy] | None = None
    maps: bool = False


#: All formats, the most certain to recognise first.
READERS: tuple[Reader, ...] = (
    Reader("dicom", dicom.recognises, dicom.read, maps=True),
    Reader("picture", picture.recognises, picture.read),
    Reader("pdf", pdf.recognises, pdf.read),
    Reader("scp", scp.recognises, scp.read),
    Reader("edf", edf.recognises, edf.read, maps=True),
    Reader("ishne", ishne.recognises, ishne.read, maps=True),
    Reader("muse", muse.recognises, muse.read),
    Reader("sierra", sierra.recognises, sierra.read),
    Reader("aecg", aecg.recognises, aecg.read),
    Reader("cardiosoft", cardiosoft.recognises, cardiosoft.read),
    Reader("schiller", schiller.recognises, schiller.read),
    Reader("mortara", mortara.recognises, mortara.read),
    Reader("wfdb", wfdb.recognises, wfdb.read, wfdb.read_source),
    Reader("csv", csv_table.recognises, csv_table.read),  # the least certain: last
)

_KINDS = {
    Modality.ULTRASOUND: Kind.ULTRASOUND,
    Modality.CT: Kind.CT,
    Modality.MR: Kind.MR,
    Modality.RADIOGRAPH: Kind.RADIOGRAPH,
    Modality.FUNDUS: Kind.FUNDUS,
    Modality.DOCUMENT: Kind.OTHER,
    Modality.OTHER: Kind.OTHER,
}


def read(source: Path | bytes) -> Recording | ImageStudy:
    """Read a file, or the bytes of one.

    Parameters
    ----------
    source : Path or bytes
        The file is opened read-only; its name plays no part.

    Returns
    -------
    Recording or ImageStudy
        With read-only arrays.

    Raises
    ------
    UnreadableFile
        What is wrong, where (offset, tag), and what to do.
    """
    return _content(_opened(source))


def identify(source: Path | bytes) -> str:
    """Name of a file's format, see :class:`Reader`; UnreadableFile for what is none."""
    return _recognised(_opened(source))[0].name


def packed(path: Path) -> bytes | None:
    """A ZIP with a header and the files beside it that it names; None: the file stands alone.

    So that a record of several files travels as one; raises as :func:`read` does.
    """
    file = _opened(path)
    reader, _ = _recognised(file)
    if reader.read_source is None or archive.recognises(file.beginning):
        return None
    return archive.packed(path.name, file, reader.read_source)


def _opened(source: Path | bytes) -> Source:
    """A file to be read, mapped where its reader can do with that."""
    found = mapped(source, _maps) if isinstance(source, Path) else None
    return found or opened(source)


def _maps(beginning: bytes) -> bool:
    found = next((reader for reader in READERS if reader.recognises(beginning)), None)
    return found is not None and found.maps


def _recognised(file: Source) -> tuple[Reader, Source]:
    """The format of a file, and the file itself where it came in a ZIP."""
    if archive.recognises(file.beginning):
        file = archive.unpacked(file.data)
    for reader in READERS:
        if reader.recognises(file.beginning):
            return reader, file
    raise UnreadableFile(refusal(file.data), offset=0)


def _content(source: Source) -> Recording | ImageStudy:
    reader, file = _recognised(source)
    found = reader.read_source(file) if reader.read_source else reader.read(file.data)
    if found.patient != Patient() or any(note.id == FREE_TEXT for note in found.notes):
        return found
    return replace(found, notes=(*found.notes, message("formats.note.no_patient")))


def describe(source: Path | bytes) -> Description:
    """What intake needs to know of a file; raises as :func:`read` does.

    The file is taken alone: what lies beside it in the object store is another patient's.
    """
    content = _content(_opened(source)._replace(companion=alone))
    kind = Kind.ECG if isinstance(content, Recording) else _KINDS[content.modality]
    return Description(
        kind=kind,
        digest=digest(content),
        identity=content.identity,
        patient=content.patient,
        start=content.start,
        hints=content.hints,
        notes=content.notes,
    )
