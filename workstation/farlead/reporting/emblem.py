"""Logo and seal of the hospital, and what else its settings say of the pages."""

import base64
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image

from farlead.errors import SettingsError
from farlead.messages import message
from farlead.settings import Settings

#: Beyond this a picture is no emblem, and each report would carry it.
LARGEST = 1 << 20
_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Look:
    """What the hospital's reports look like.

    Parameters
    ----------
    logo, seal : str or None
        SVG.
    medians : bool
        Median beats on a page of their own.
    bilingual : bool
        Statements and labels in both languages.
    """

    logo: str | None = None
    seal: str | None = None
    medians: bool = False
    bilingual: bool = False


def look(settings: Settings) -> Look:
    """What the settings say of the pages.

    Raises
    ------
    SettingsError
        A picture is missing, too large, or none that can be printed; the reason names it.
    """
    wanted = settings.report
    return Look(
        logo=_emblem(settings.folder / wanted.logo) if wanted.logo else None,
        seal=_emblem(settings.folder / wanted.seal) if wanted.seal else None,
        medians=wanted.medians,
        bilingual=wanted.bilingual,
    )


def _emblem(file: Path) -> str:
    try:
        found = file.stat()
        if found.st_size > LARGEST:
            raise SettingsError(message("reporting.emblem.large", file=str(file)))
        return _svg(file, found.st_mtime_ns)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise SettingsError(
            message("reporting.emblem.unreadable", file=str(file), cause=cause)
        ) from error


@lru_cache(maxsize=8)
def _svg(file: Path, _changed: int) -> str:
    """A picture as SVG, which a template can place without a file."""
    if file.suffix.lower() == ".svg":
        return file.read_text("utf-8")
    with Image.open(file) as picture:
        kind, (wide, tall) = _KINDS.get(picture.format or ""), picture.size
    if kind is None:
        raise SettingsError(message("reporting.emblem.kind", file=str(file)))
    data = base64.b64encode(file.read_bytes()).decode("ascii")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' viewBox="0 0 {wide} {tall}"><image width="{wide}" height="{tall}"'
        f' xlink:href="data:{kind};base64,{data}"/></svg>'
    )
