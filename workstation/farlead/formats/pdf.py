"""PDF documents as pictures of their pages.

Pages are rendered by PDFium, without scripts and without anything from outside, at 150 dots per
inch, or at less where a page or all of them would be too large (which is noted). Pages of
different sizes stand at the top left of the largest, on white.

======================  ============================================
Pages                   1 to 50
Pixels                  8 million a page, 128 million in all, 20,000 a side
Forms, annotations      as they are printed
Drawings in drawings    50,000 a page (``pdf_nesting.py``)
Encrypted               refused, unless no password is needed to read
======================  ============================================

References
----------
ISO 32000-1; PDFium's public interface (fpdfview).
"""

import threading

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes
from farlead.formats.damage import cause_of
from farlead.formats.pdf_nesting import ENDLESS, MOST_DRAWN, most_drawn
from farlead.messages import message
from farlead.model.recording import ImageStudy, Modality

MOST_PAGES = 50
_PAGE_PIXELS, _ALL_PIXELS = 8_000_000, 128_000_000
#: Pixels; of a page a kilometre long the other side would be a fraction of one, drawn as one.
_LONGEST_SIDE = 20_000
_DOTS, _POINTS = 150.0, 72.0  # per inch
_HEAD = 64
_PASSWORD = 4  # PDFium's error
_ONE_AT_A_TIME = threading.Lock()  # PDFium has state of its own


def recognises(data: bytes) -> bool:
    """Whether the bytes are a PDF document."""
    return data[:_HEAD].lstrip(b"\xef\xbb\xbf\0\t\n\f\r ").startswith(b"%PDF-")


def read(data: bytes) -> ImageStudy:
    """Document as an image study without patient; UnreadableFile as :func:`pages`."""
    notes = Notes()
    return ImageStudy(frames=pages(data, notes), modality=Modality.DOCUMENT, notes=tuple(notes))


def pages(data: bytes, notes: Notes) -> NDArray[np.uint8]:
    """Pages of a document, shape (pages, rows, columns, 3), RGB.

    Raises
    ------
    UnreadableFile
        A password is needed, it is broken, has no page or too many, or its drawings contain one
        another too often.
    """
    _check_drawings(data)
    with _ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if error.err_code == _PASSWORD:
                raise UnreadableFile(message("formats.pdf.password")) from error
            raise _broken(error) from error
        try:
            return _rendered(document, notes)
        except pdfium.PdfiumError as error:
            raise _broken(error) from error
        finally:
            document.close()


def _check_drawings(data: bytes) -> None:
    found = most_drawn(data)
    if found >= ENDLESS:
        raise UnreadableFile(message("formats.pdf.endless"))
    if found > MOST_DRAWN:
        raise UnreadableFile(message("formats.pdf.drawings", found=found, limit=MOST_DRAWN))


def _broken(error: Exception) -> UnreadableFile:
    return UnreadableFile(message("formats.pdf.broken", cause=cause_of(error)))


def _rendered(document: pdfium.PdfDocument, notes: Notes) -> NDArray[np.uint8]:
    count = len(document)
    if not 1 <= count <= MOST_PAGES:
        raise UnreadableFile(message("formats.pdf.pages", found=count, limit=MOST_PAGES))
    document.init_forms()
    sizes = [document[number].get_size() for number in range(count)]
    width, height = (max(*(size[axis] for size in sizes), 1.0) for axis in (0, 1))
    most = min(_PAGE_PIXELS, _ALL_PIXELS // count)
    longest = _LONGEST_SIDE / max(width, height)
    scale = min(_DOTS / _POINTS, (most / (width * height)) ** 0.5, longest)
    if scale < _DOTS / _POINTS:
        notes.add(message("formats.note.coarse_pages", dots=f"{scale * _POINTS:.0f}"))
    frames = np.full((count, _up(height * scale), _up(width * scale), 3), 255, np.uint8)
    for number, frame in enumerate(frames):
        page = document[number]
        bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
        picture = bitmap.to_numpy()
        rows, columns = (min(picture.shape[axis], frame.shape[axis]) for axis in (0, 1))
        frame[:rows, :columns] = picture[:rows, :columns, :3]
        bitmap.close()
        page.close()
    frames.flags.writeable = False
    return frames


def _up(length: float) -> int:
    return max(int(np.ceil(length)), 1)
