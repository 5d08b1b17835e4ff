"""What all commands share: options, the language of the terminal, errors, tables, JSON."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from farlead.errors import FarleadError
from farlead.messages import Language, message
from farlead.settings import Settings, load_settings

#: Into a file or a pipe nothing is cut off; a terminal knows its own width.
_PIPE_WIDTH = 240


def terminal_language() -> Language:
    """Language that the environment asks for; English without a word of it."""
    named = os.environ.get("FARLEAD_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    return Language.ZH if (named or "").lower().startswith("zh") else Language.EN


def help_text(identifier: str) -> str:
    """A text of the catalogue in the language of the terminal."""
    return message(identifier).text(terminal_language())


Home = Annotated[Path | None, typer.Option("--home", help=help_text("deliveries.help.home"))]
AsJson = Annotated[bool, typer.Option("--json", help=help_text("deliveries.help.json"))]
Spoken = Annotated[Language | None, typer.Option("--language")]


@contextmanager
def answering(
    home: Path | None, spoken: Language | None, *, as_json: bool
) -> Iterator[tuple[Settings, Language]]:
    """The settings and the language to answer in; an error is told in that language, exit 1."""
    language = spoken or terminal_language()
    try:
        settings = load_settings(home)
        language = spoken or settings.language
        yield settings, language
    except FarleadError as error:
        told = error.text(language)
        typer.echo(told, err=True)
        if as_json:
            typer.echo(json.dumps({"error": told}, ensure_ascii=False))
        raise typer.Exit(1) from error


def console() -> Console:
    """Where tables are printed."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


def plain(value: object) -> str:
    """A time or a path for JSON; TypeError for anything else."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value)} in an answer")
