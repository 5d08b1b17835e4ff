"""Options and words that the commands of ``farleadctl bench`` share."""

import os
from math import isnan
from pathlib import Path
from typing import Annotated

import typer

from farlead.messages import Language, message


def spoken_language(chosen: Language | None = None) -> Language:
    """The language asked for, or else that of the terminal."""
    if chosen is not None:
        return chosen
    named = os.environ.get("FARLEAD_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    return Language.ZH if (named or "").lower().startswith("zh") else Language.EN


def help_text(identifier: str) -> str:
    """A text of the catalogue for ``--help``."""
    return message(identifier).text(spoken_language())


def number(value: float) -> float | None:
    """The value, or nothing: JSON knows no NaN."""
    return None if isnan(value) else value


Database = Annotated[
    Path,
    typer.Option(
        "--database",
        exists=True,
        file_okay=False,
        readable=True,
        help=help_text("bench.help.database"),
    ),
]
JsonFile = Annotated[Path | None, typer.Option("--json", help=help_text("bench.help.json"))]
