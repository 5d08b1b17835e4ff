"""Options and words that the commands of ``farleadctl bench`` share."""

import json
from collections.abc import Mapping
from math import isnan
from pathlib import Path
from typing import Annotated

import typer

from farlead.analysis.beat_comparison import missing_peers
from farlead.cli_terminal import help_text, terminal_language
from farlead.messages import Language, Message, message


def spoken_language(chosen: Language | None = None) -> Language:
    """The language asked for, or else that of the terminal."""
    return chosen if chosen is not None else terminal_language()


def number(value: float) -> float | None:
    """The value, or nothing: JSON knows no NaN."""
    return None if isnan(value) else value


def complain(told: Message, spoken: Language) -> None:
    """Say on the error channel what is wrong."""
    typer.echo(told.text(spoken), err=True)


def need_wfdb(spoken: Language) -> None:
    """End with 1 where the library that reads the databases is not installed."""
    if "wfdb" in missing_peers():
        complain(message("bench.needs_wfdb"), spoken)
        raise typer.Exit(1)


def need_records(
    found: object, useless: Mapping[str, Message], none: Message, spoken: Language
) -> None:
    """Say which records are of no use, and end with 1 where none is left."""
    for told in useless.values():
        complain(told, spoken)
    if not found:
        complain(none, spoken)
        raise typer.Exit(1)


def write_json(
    file: Path | None,
    document: Mapping[str, object],
    useless: Mapping[str, Message],
    spoken: Language,
) -> None:
    """Write the figures with what was left out and why, where a file was asked for."""
    if file is None:
        return
    whole = {**document, "left_out": {name: told.text(spoken) for name, told in useless.items()}}
    text = json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False)
    file.write_text(text + "\n", "utf-8")


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
