"""``farleadctl numbers``: what the manager asks for, on the terminal or in a file."""

import json
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from farlead import services
from farlead.cli_terminal import AsJson, Home, Spoken, answering, help_text
from farlead.desk import sheets
from farlead.desk.figures import numbers_of
from farlead.errors import FarleadError
from farlead.messages import Language, message
from farlead.model.numbers import Numbers, Period


class Section(StrEnum):
    """What numbers are listed by."""

    PERIODS = "periods"
    UNITS = "units"
    READERS = "readers"
    PROMISES = "promises"
    RULES = "rules"


def numbers(
    first: Annotated[
        str | None, typer.Option("--from", help=help_text("numbers.help.first"))
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help=help_text("numbers.help.last"))] = None,
    period: Annotated[
        Period, typer.Option("--period", help=help_text("numbers.help.period"))
    ] = Period.DAY,
    section: Annotated[
        Section, typer.Option("--by", help=help_text("numbers.help.section"))
    ] = Section.PERIODS,
    output: Annotated[
        Path | None, typer.Option("--output", help=help_text("numbers.help.output"))
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Print or write the numbers of some days."""
    with (
        answering(home, language, as_json=as_json) as (settings, spoken),
        services.open_services(settings) as house,
    ):
        end = _day(last) or house.store.now().astimezone().date()
        begin = _day(first) or end - timedelta(days=29)
        found = numbers_of(house.store, settings.promised, begin, end, period)
        if output is not None:
            sheets.write(found, output, spoken)
    if output is not None:
        told = message("numbers.written", file=str(output)).text(spoken)
        typer.echo(json.dumps({"file": str(output)}) if as_json else told)
    elif as_json:
        typer.echo(json.dumps(_rows(found, section, spoken), ensure_ascii=False, indent=2))
    else:
        _print(found, section, spoken)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FarleadError(message("numbers.no_date", text=text)) from None


def _rows(found: Numbers, section: Section, language: Language) -> list[dict[str, object]]:
    names = ("name", *sheets.SECTIONS[section])
    return [dict(zip(names, row, strict=True)) for row in sheets.cells(found, section, language)]


def _print(found: Numbers, section: Section, language: Language) -> None:
    table = Table(box=None, pad_edge=False)
    for place, head in enumerate(sheets.heads(section)):
        table.add_column(head.text(language), justify="right" if place else "left", no_wrap=True)
    for row in sheets.cells(found, section, language):
        table.add_row(*("–" if cell is None else str(cell) for cell in row))
    Console(highlight=False, width=250).print(table)
