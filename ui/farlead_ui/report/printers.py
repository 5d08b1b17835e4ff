"""Printers: what each would do to a page, and printing at true scale.

A page is always printed 1 mm for 1 mm; what may still scale it is found beforehand: another paper
than A4, and the options of the printing system (``lpoptions``: fit to page, several pages on one).
"""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QMarginsF, QRectF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from farlead.errors import FarleadError
from farlead.messages import Message, message
from farlead_ui.report.pages import MM, rendered, size

#: Dots per inch at which pages are given to the printer; finer than a trace is wide.
DPI = 300.0
_COARSE = 150
#: Blank margin of the report's page, mm: a printer that needs more cuts something off.
MARGIN = 8.0
_A4 = QPageSize.PageSizeId.A4
_SECONDS = 3.0
_OPTION = re.compile(r"(?:^|\s)([a-z-]+)(?:=('[^']*'|\S+))?", re.IGNORECASE)
_FITTING = {"fit", "fill", "auto", "auto-fit"}


@dataclass(frozen=True, slots=True)
class Printer:
    """What is known of a printer.

    Parameters
    ----------
    name : str
        As the system calls it.
    a4 : bool
        Whether it has A4 paper.
    margins : tuple of float
        What it cannot print on, mm: left, top, right, bottom of an upright sheet.
    dpi : int
        Its resolution.
    scaling : str
        Option of the printing system that scales; "" for none.
    default : bool
        Whether it is the system's own choice.
    """

    name: str
    a4: bool
    margins: tuple[float, float, float, float]
    dpi: int
    scaling: str = ""
    default: bool = False


def doubts(printer: Printer) -> Iterator[Message]:
    """Why what comes out may not be true to scale or not whole."""
    if printer.scaling:
        yield message("print.scaled", option=printer.scaling)
    if not printer.a4:
        yield message("print.no_a4")
    widest = max(printer.margins)
    if widest > MARGIN:
        yield message("print.margins", margin=f"{widest:.0f}", blank=f"{MARGIN:.0f}")
    if printer.dpi < _COARSE:
        yield message("print.coarse", dpi=printer.dpi)


def printers() -> tuple[Printer, ...]:
    """All printers of this station, the usual one first. Asks the system: for a worker."""
    found = [_known(info) for info in QPrinterInfo.availablePrinters()]
    return tuple(sorted(found, key=lambda printer: not printer.default))


def _known(info: QPrinterInfo) -> Printer:
    printer = _page(QPrinter(info, QPrinter.PrinterMode.HighResolution), across=False)
    edge = printer.pageLayout().minimumMargins()
    sizes = {paper.id() for paper in info.supportedPageSizes()}
    return Printer(
        info.printerName(),
        _A4 in sizes or not sizes,
        (edge.left(), edge.top(), edge.right(), edge.bottom()),
        printer.resolution(),
        scaling(_options(info.printerName())),
        info.isDefault(),
    )


def _page(printer: QPrinter, *, across: bool) -> QPrinter:
    """A4, the whole sheet ours."""
    kind = QPageLayout.Orientation
    printer.setFullPage(True)
    printer.setPageSize(QPageSize(_A4))
    printer.setPageOrientation(kind.Landscape if across else kind.Portrait)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    return printer


def _options(name: str) -> str:
    """What the printing system does to every page of this printer; "" where it cannot be asked."""
    tool = shutil.which("lpoptions")
    if tool is None:
        return ""
    try:
        asked = subprocess.run(  # noqa: S603  # the printing system's own tool, no shell
            [tool, "-p", name], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout


def scaling(options: str) -> str:
    """The first option of ``lpoptions`` that scales a page; "" when none does.

    Parameters
    ----------
    options : str
        ``name=value`` and bare names, separated by spaces.
    """
    for name, value in _OPTION.findall(options):
        plain = value.strip("'").casefold()
        if name in {"fit-to-page", "fitplot"} and plain not in {"false", "no", "off"}:
            return f"{name}={plain}" if plain else name
        if name == "print-scaling" and plain in _FITTING:
            return f"{name}={plain}"
        if name in {"scaling", "natural-scaling"} and plain not in {"", "100"}:
            return f"{name}={plain}"
        if name == "number-up" and plain not in {"", "1"}:
            return f"{name}={plain}"
    return ""


def print_pdf(pdf: bytes, name: str, prepared: Callable[[QPrinter], None] | None = None) -> int:
    """Print every page 1 mm for 1 mm; how many there were. Blocks: for a worker.

    Parameters
    ----------
    pdf : bytes
    name : str
        Of the printer; "" for the one that `prepared` makes of it.
    prepared : callable, optional
        Called before the first page, e.g. to print into a file.

    Raises
    ------
    FarleadError
        The printer takes nothing.
    """
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    if name:
        printer.setPrinterName(name)
    pages, (width, height) = rendered(pdf, DPI), size(pdf)
    _page(printer, across=width > height)
    if prepared is not None:
        prepared(printer)
    painter = QPainter()
    if not painter.begin(printer):
        raise FarleadError(message("print.refused", name=name))
    dots = printer.resolution() / MM
    target = QRectF(0, 0, width * dots, height * dots)
    for number, page in enumerate(pages):
        if number and not printer.newPage():
            painter.end()
            raise FarleadError(message("print.refused", name=name))
        painter.drawImage(target, page)
    if not painter.end():
        raise FarleadError(message("print.refused", name=name))
    return len(pages)
