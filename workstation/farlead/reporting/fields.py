"""The two signature fields of a report, and what is seen in them."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from io import BytesIO
from typing import Protocol

from cryptography import x509
from pyhanko.pdf_utils import generic, layout
from pyhanko.pdf_utils.content import AnnotAppearances, PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields
from pyhanko.stamp import StaticStampStyle

from farlead.messages import Language
from farlead.reporting.stamp import Place, glyphs, stamp, waiting
from farlead.reporting.wording import Words

_NAME = "/Appearance"
_WHOLE = layout.SimpleBoxLayoutRule(
    x_align=layout.AxisAlignment.ALIGN_MID,
    y_align=layout.AxisAlignment.ALIGN_MID,
    margins=layout.Margins(0, 0, 0, 0),
)


class Told(Protocol):
    """What an act of signing says of itself."""

    @property
    def reason(self) -> str:
        """Why."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def name(self) -> str | None:
        """Who; None: the certificate says."""

    @property
    def language(self) -> Language:
        """Of what is read in the field."""

    @property
    def zone(self) -> tzinfo | None:
        """Zone of the time in the field."""


def add_fields(
    writer: IncrementalPdfFileWriter, names: Sequence[str], places: Sequence[Place], act: Told
) -> None:
    """Give a composed report its empty signature fields.

    One that has no place on the page is invisible. The last one, where it has a place, says
    that it waits for its signature.
    """
    known = {place.name: place for place in places}
    for name in names:
        place = known.get(name)
        if place is None:
            fields.append_signature_field(writer, fields.SigFieldSpec(name))
            continue
        box = _box(writer, place)
        spec = fields.SigFieldSpec(name, on_page=place.page, box=box)
        fields.append_signature_field(writer, spec)
        if name == names[-1]:
            shown = _Page(waiting(place, _words(act), act.at))
            shown.set_writer(writer)  # type: ignore[no-untyped-call]  # as it ships
            form = writer.add_object(shown.as_form_xobject())
            _, _, field = next(fields.enumerate_sig_fields(writer, with_name=name))
            field.get_object()["/AP"] = AnnotAppearances(form).as_pdf_object()


def appearance(
    writer: IncrementalPdfFileWriter, name: str, act: Told, certificate: x509.Certificate
) -> StaticStampStyle | None:
    """What a field shows once it is signed; None for an invisible one."""
    place = _place(writer, name)
    if place is None:
        return None
    signer = act.name or _common_name(certificate)
    made = stamp(place, _words(act), signer, act.at, act.reason, certificate)
    return StaticStampStyle(background=_Page(made), border_width=0, background_layout=_WHOLE)


class _Page(PdfContent):
    """The one page of a PDF as the content of a field."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf
        _, _, wide, tall = map(
            float, PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Kids"][0]["/MediaBox"]
        )
        self.box = layout.BoxConstraints(wide, tall)

    def render(self) -> bytes:
        writer: BasePdfFileWriter = self._ensure_writer
        page = writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        self.resources.xobject[_NAME] = page
        return f"{_NAME} Do".encode()


def _words(act: Told) -> Words:
    return Words(act.language, glyphs(), act.zone)


def _box(writer: IncrementalPdfFileWriter, place: Place) -> tuple[int, int, int, int]:
    """The field's rectangle from the lower left corner of its page, in whole points."""
    page = writer.prev.root["/Pages"]["/Kids"][place.page]
    top = float(page["/MediaBox"][3]) - place.y
    corners = (place.x, top - place.height, place.x + place.width, top)
    left, low, right, high = map(round, corners)
    return left, low, right, high


def _place(writer: IncrementalPdfFileWriter, name: str) -> Place | None:
    """Where a field stands in the file; None for an invisible or missing one."""
    for _, _, found in fields.enumerate_sig_fields(writer, with_name=name):
        field = found.get_object()
        corners = [float(each) for each in field.get("/Rect", generic.ArrayObject())]
        if len(corners) == 4 and corners[2] > corners[0] and corners[3] > corners[1]:
            left, low, right, high = corners
            return Place(name, 0, left, high, right - left, high - low)
    return None


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
