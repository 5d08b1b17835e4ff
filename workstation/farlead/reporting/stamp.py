"""What stands in a signature field: name, time, reason and certificate, set like the page.

Set by the same typesetter with the same fonts, so that Chinese names print and are embedded; a
one-page PDF that becomes the appearance of the field.
"""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path

import typst
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from farlead.errors import ComposeError
from farlead.messages import message
from farlead.reporting.fonts import find_fonts, load_fonts, printable
from farlead.reporting.wording import Words


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signature field stands.

    Parameters
    ----------
    name : str
        Of the field.
    page : int
        From 0.
    x, y : float
        Upper left corner from the upper left of the page, in points.
    width, height : float
        In points.
    """

    name: str
    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Composed:
    """An unsigned report.

    Parameters
    ----------
    pdf : bytes
        PDF/A-3b with the structured report attached.
    json : str
        The structured report.
    places : tuple of Place
        Where the signature fields stand; a field without one is invisible.
    """

    pdf: bytes
    json: str
    places: tuple[Place, ...] = ()


def stamp(place: Place, words: Words, name: str, at: datetime, reason: str,
          certificate: x509.Certificate) -> bytes:  # fmt: skip
    """The appearance of a signed field, as a PDF of its size.

    Raises
    ------
    ComposeError
    """
    digest = certificate.fingerprint(hashes.SHA256()).hex()
    told = words.text("signing.stamp", reason=reason, certificate=digest[:16])
    shown = {"name": words.user(name), "time": words.time(at), "words": told, "mark": None}
    return _set(place, shown, at)


def waiting(place: Place, words: Words, at: datetime) -> bytes:
    """The appearance of the reviewing physician's field while nobody has signed it."""
    return _set(place, {"mark": words.text("preliminary")}, at)


_LOCK = threading.Lock()


def _set(place: Place, shown: dict[str, str | None], at: datetime) -> bytes:
    data = shown | {"width": place.width, "height": place.height}
    try:
        with _LOCK:
            made = _compiler(find_fonts()).compile(
                format="pdf",
                sys_inputs={"stamp": json.dumps(data, ensure_ascii=False)},
                pdf_standards=["a-3b"],
                timestamp=at.astimezone(UTC).replace(microsecond=0),
                pdf_tags=False,
            )
    except typst.TypstError as error:
        raise ComposeError(
            message("reporting.failed", number=place.name, cause=error.message)
        ) from error
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one run of bytes")
    return made


@cache
def _compiler(fonts: Path) -> typst.Compiler:
    folder = Path(str(resources.files("farlead.reporting").joinpath("templates")))
    return typst.Compiler(
        str(folder / "stamp.typ"),
        root=str(folder),
        font_paths=load_fonts(fonts),
        ignore_system_fonts=True,
    )


@cache
def glyphs() -> frozenset[int]:
    """Code points that a stamp can show."""
    return printable(find_fonts())
