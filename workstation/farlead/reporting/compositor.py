"""Pages from content: one kept Typst compiler, one template, PDF/A-3b.

The first page costs some 100 ms, further ones far less, because the compiler keeps fonts and
what did not change. One page is set at a time.
"""

import json
import threading
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from farlead.errors import ComposeError
from farlead.messages import Language, message
from farlead.model.critical import CriticalCase
from farlead.reporting.case_form import case_form_data
from farlead.reporting.content import ReportContent
from farlead.reporting.document import FILE_NAME, Json, structured_report
from farlead.reporting.fonts import find_fonts, load_fonts, printable
from farlead.reporting.page import page_data
from farlead.reporting.stamp import Composed, Place
from farlead.reporting.wording import Words


class Compositor:
    """Sets reports; keeps its compiler, and may be used from several threads.

    Parameters
    ----------
    fonts : Path or None
        Folder of the fonts; None looks in the usual places.

    Raises
    ------
    ComposeError
        The fonts are not installed.
    """

    def __init__(self, fonts: Path | None = None) -> None:
        self._fonts = fonts or find_fonts()
        self._glyphs = printable(self._fonts)
        self._lock = threading.Lock()
        folder = Path(str(resources.files("farlead.reporting").joinpath("templates")))
        self._compiler = typst.Compiler(
            str(folder / "report.typ"),
            root=str(folder),
            font_paths=load_fonts(self._fonts),
            ignore_system_fonts=True,
        )

    def compose(self, content: ReportContent) -> Composed:
        """The report as it will be signed.

        Raises
        ------
        ComposeError
            The page could not be set.
        """
        attached = structured_report(content)
        inputs = self._inputs(content, signed=True) | {"attached": attached}
        try:
            with self._lock:
                pdf = self._compiler.compile(
                    format="pdf",
                    sys_inputs=inputs,
                    pdf_standards=["a-3b"],
                    timestamp=content.composed.astimezone(UTC).replace(microsecond=0),
                    pdf_tags=False,  # half of the time, and A-3b asks for none
                )
                fields = json.loads(self._compiler.query("<field>", field="value"))
        except typst.TypstError as error:
            raise _failed(content.number, error) from error
        if not isinstance(pdf, bytes):
            raise TypeError("a PDF is one run of bytes")
        # Where text flows over to another page, the first place counts.
        places = {each["name"]: _place(each) for each in reversed(fields)}
        return Composed(pdf, attached, tuple(places.values()))

    def preview(self, content: ReportContent, page: int = 0, *, ppi: float = 110.0) -> bytes:
        """One page as PNG, marked as unsigned.

        Parameters
        ----------
        page : int
            From 0; a number beyond the last page gives the last one.
        ppi : float
            Pixels per inch of paper.

        Raises
        ------
        ComposeError
            The page could not be set.
        """
        try:
            with self._lock:
                pages = self._compiler.compile(
                    format="png", sys_inputs=self._inputs(content, signed=False), ppi=ppi
                )
        except typst.TypstError as error:
            raise _failed(content.number, error) from error
        if isinstance(pages, list):
            return pages[min(page, len(pages) - 1)]
        if pages is None:
            raise TypeError("a preview is at least one page")
        return pages

    def preview_pdf(self, content: ReportContent) -> bytes:
        """All pages as PDF without attachment, marked as unsigned.

        Raises
        ------
        ComposeError
            The page could not be set.
        """
        return self._plain_pdf(self._inputs(content, signed=False), content.number)

    def case_form(
        self,
        case: CriticalCase,
        *,
        hospital: str,
        printed: datetime,
        language: Language,
        demo: bool = False,
    ) -> bytes:
        """The form of a critical value as it stands, as PDF; ComposeError."""
        words = Words(language, self._glyphs)
        data = case_form_data(case, words, hospital=hospital, printed=printed, demo=demo)
        return self._plain_pdf({"page": json.dumps(data, ensure_ascii=False)}, case.number)

    def _plain_pdf(self, inputs: dict[str, str], number: str) -> bytes:
        try:
            with self._lock:
                pdf = self._compiler.compile(format="pdf", sys_inputs=inputs, pdf_tags=False)
        except typst.TypstError as error:
            raise _failed(number, error) from error
        if not isinstance(pdf, bytes):
            raise TypeError("a PDF is one run of bytes")
        return pdf

    def _inputs(self, content: ReportContent, *, signed: bool) -> dict[str, str]:
        words = Words(content.language, self._glyphs, content.zone, content.look.bilingual)
        data: dict[str, Json] = page_data(content, words, signed=signed)
        return {"page": json.dumps(data, ensure_ascii=False), "file_name": FILE_NAME}


def _place(told: dict[str, Any]) -> Place:
    return Place(**{**told, "page": told["page"] - 1})


@cache
def compositor() -> Compositor:
    """The process's own compositor."""
    return Compositor()


def compose(content: ReportContent) -> Composed:
    """`Compositor.compose` with the process's own compositor."""
    return compositor().compose(content)


def preview(content: ReportContent, page: int = 0) -> bytes:
    """`Compositor.preview` with the process's own compositor."""
    return compositor().preview(content, page)


def _failed(number: str, error: typst.TypstError) -> ComposeError:
    return ComposeError(message("reporting.failed", number=number, cause=error.message))
