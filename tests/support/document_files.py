"""Pictures, PDF documents and structured reports for tests; nothing here is a real patient."""

import base64
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
        drawing = _stream(b"1 0 0 rg 0 0 72 72 re f")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Contents %d 0 R >>"
            % (width, height, 4 + 2 * number)
        )
        objects.append(drawing)
        kids.append(b"%d 0 R" % (3 + 2 * number))
    count = len(sizes) if claimed is None else claimed
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), count)
    return _with_table(objects)


def nested_pdf(
    levels: int,
    times: int = 10,
    *,
    filters: Items[str] = (),
    packed: bool = False,
    loop: bool = False,
    shared: bool = False,
) -> bytes:
    """A page that draws a form so many times, which draws another so many times, and so on.

    Parameters
    ----------
    filters : sequence of str
        Of the contents: ``FlateDecode``, ``ASCII85Decode``, ``ASCIIHexDecode``; others are named
        but not applied.
    packed : bool
        The resources stand in an object stream.
    loop : bool
        The last form draws the first.
    shared : bool
        The page has no resources of its own: they are those of the node above.
    """
    first = 5
    resources = [b"<< /XObject << /F#31 %d 0 R >> >>" % (first + i) for i in range(levels + 1)]
    aside = first + levels  # what is packed: the resources, behind all else
    used = [b"%d 0 R" % (aside + 1 + i) for i in range(levels + 1)] if packed else resources
    own = b"" if shared else b"/Resources %s " % used[0]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources %s >>" % used[0],
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 90 90] %s/Contents [4 0 R] >>" % own,
        _stream(b"/F1 Do " * times, filters=filters),
    ]
    for level in range(1, levels + 1):
        head = b"/Type /XObject /Subtype /Form /BBox [0 0 90 90] "
        drawing = b"0 0 9 9 re f"
        if level < levels:
            head, drawing = head + b"/Resources %s " % used[level], b"/F1 Do " * times
        elif loop:
            head, drawing = head + b"/Resources %s " % used[0], b"/F1 Do"
        objects.append(_stream(drawing, head, filters))
    if packed:
        texts = b" ".join(resources)
        places = [0, *np.cumsum([len(text) + 1 for text in resources])[:-1].tolist()]
        index = b" ".join(b"%d %d" % (aside + 1 + i, at) for i, at in enumerate(places)) + b" "
        head = b"/Type /ObjStm /N %d /First %d " % (levels + 1, len(index))
        objects.append(_stream(index + texts, head, ("FlateDecode",)))
    return _with_table(objects)


def _stream(data: bytes, head: bytes = b"", filters: Items[str] = ()) -> bytes:
    coders = {
        "FlateDecode": zlib.compress,
        "ASCII85Decode": lambda plain: base64.a85encode(plain) + b"~>",
        "ASCIIHexDecode": lambda plain: plain.hex().encode() + b">",
    }
    for name in reversed(filters):
        data = coders.get(name, bytes)(data)
    named = b"/Filter [%s] " % b" ".join(b"/" + f.encode() for f in filters) if filters else b""
    return b"<< %s%s/Length %d >>\nstream\n%s\nendstream" % (head, named, len(data), data)


def _with_table(objects: Items[bytes]) -> bytes:
    """A file of these objects, numbered from 1, the first being its catalogue."""
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
