"""Pages of a PDF as pictures."""

import threading

import pypdfium2 as pdfium
from PySide6.QtGui import QImage

_PER_INCH = 72.0
MM = 25.4
#: The library is not made for several threads.
_LOCK = threading.Lock()


def rendered(pdf: bytes, dpi: float, most: int = 20) -> tuple[QImage, ...]:
    """The first pages, each at so many dots per inch, which the picture says of itself."""
    with _LOCK:
        document = pdfium.PdfDocument(pdf)
        try:
            count = min(len(document), most)
            return tuple(_picture(document[number], dpi) for number in range(count))
        finally:
            document.close()


def size(pdf: bytes) -> tuple[float, float]:
    """Width and height of the first page, mm."""
    with _LOCK:
        document = pdfium.PdfDocument(pdf)
        try:
            width, height = document[0].get_size()
        finally:
            document.close()
    return width / _PER_INCH * MM, height / _PER_INCH * MM


def _picture(page: pdfium.PdfPage, dpi: float) -> QImage:
    bitmap = page.render(scale=dpi / _PER_INCH, prefer_bgrx=True)
    picture = QImage(
        bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32
    ).copy()  # the bitmap's memory goes with it
    picture.setDotsPerMeterX(round(dpi / MM * 1000))
    picture.setDotsPerMeterY(round(dpi / MM * 1000))
    return picture
