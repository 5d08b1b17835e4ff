"""Pictures, PDF documents and structured reports for tests; nothing here is a real patient."""

import io
import zlib
from collections.abc import Sequence as Items
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import EncapsulatedPDFStorage, EnhancedSRStorage

from image_files import image_dataset


def picture(pixels: NDArray[np.generic] | Image.Image, kind: str = "PNG", **rest: object) -> bytes:
    """A picture file."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, kind, **rest)  # type: ignore[arg-type]  # whatever Pillow takes
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def png_claiming(width: int, height: int) -> bytes:
    """A small PNG whose head announces this size."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    pixels = zlib.compress(b"\0" * 100_000)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"IDAT", pixels),
            chunk(b"IEND", b""),
        )
    )


def pdf(sizes: Items[tuple[float, float]] = ((595, 842),), *, claimed: int | None = None) -> bytes:
    """A PDF with pages of these sizes in points: each has a red square of 72 points at its foot.

    `claimed` goes before the true number of pages.
    """
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for number, (width, height) in enumerate(sizes):
        drawing = b"1 0 0 rg 0 0 72 72 re f"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Contents %d 0 R >>"
            % (width, height, 4 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing))
        kids.append(b"%d 0 R" % (3 + 2 * number))
    count = len(sizes) if claimed is None else claimed
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), count)
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def _without_pixels(uid: str, modality: str, **attributes: object) -> FileDataset:
    dataset = image_dataset(np.zeros((1, 1, 1), np.uint8), SpecificCharacterSet="ISO_IR 192")
    for keyword in ("PixelData", "Rows", "Columns"):
        delattr(dataset, keyword)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = uid
    dataset.Modality = modality
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def _written(dataset: Dataset) -> bytes:
    file = BytesIO()
    dcmwrite(file, dataset)
    return file.getvalue()


def encapsulated(document: bytes, kind: str = "application/pdf", **attributes: object) -> bytes:
    """A document wrapped in DICOM."""
    return _written(
        _without_pixels(
            EncapsulatedPDFStorage,
            "DOC",
            EncapsulatedDocument=document + b"\0" * (len(document) % 2),
            MIMETypeOfEncapsulatedDocument=kind,
            **attributes,
        )
    )


def code(meaning: str, value: str = "1", scheme: str = "99TEST") -> Sequence:
    """A code sequence."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return Sequence([item])


def content(kind: str, name: str, below: Items[Dataset] = (), **attributes: object) -> Dataset:
    """A content item of a report."""
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", kind
    if name:
        item.ConceptNameCodeSequence = code(name)
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    if below:
        item.ContentSequence = Sequence(below)
    return item


def measured(name: str, figure: str, unit: str, meaning: str = "unit") -> Dataset:
    """A NUM item."""
    value = Dataset()
    value.NumericValue = figure
    value.MeasurementUnitsCodeSequence = code(meaning, unit, "UCUM")
    return content("NUM", name, MeasuredValueSequence=Sequence([value]))


def report(items: Items[Dataset], title: str = "心脏超声报告", **attributes: object) -> bytes:
    """A structured report."""
    dataset = _without_pixels(
        EnhancedSRStorage,
        "SR",
        ConceptNameCodeSequence=code(title),
        CompletionFlag="COMPLETE",
        VerificationFlag="UNVERIFIED",
        ValueType="CONTAINER",
        ContentSequence=Sequence(items),
        **attributes,
    )
    return _written(dataset)
