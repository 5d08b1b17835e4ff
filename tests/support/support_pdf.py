"""What others see in our PDFs: text and vector paths in millimetres."""

import ctypes
from itertools import pairwise

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

MM = 25.4 / 72


def texts(pdf: bytes) -> list[str]:
    """Text of each page."""
    document = pdfium.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


def lines(pdf: bytes, page: int = 0) -> list[NDArray[np.float64]]:
    """Polylines of a page as ``(points, 2)`` arrays, mm from the upper left corner."""
    document = pdfium.PdfDocument(pdf)
    sheet = document[page]
    height = sheet.get_height()
    found: list[NDArray[np.float64]] = []
    for item in sheet.get_objects(max_depth=8):
        if item.type == pdfium_c.FPDF_PAGEOBJ_PATH:
            found += _polylines(item, height)
    return found


def _polylines(item: pdfium.PdfObject, height: float) -> list[NDArray[np.float64]]:
    a, b, c, d, e, f = item.get_matrix().get()
    points, starts = [], []
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(pdfium_c.FPDFPath_CountSegments(item.raw)):
        segment = pdfium_c.FPDFPath_GetPathSegment(item.raw, i)
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        if pdfium_c.FPDFPathSegment_GetType(segment) == pdfium_c.FPDF_SEGMENT_MOVETO:
            starts.append(len(points))
        across, up = a * x.value + c * y.value + e, b * x.value + d * y.value + f
        points.append((across * MM, (height - up) * MM))
    return [np.array(points[i:j]) for i, j in pairwise([*starts, len(points)])]
