"""``farleadctl deliveries``: what is on its way to the units, and parked reports sent again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from farlead import services
from farlead.cli_terminal import help_text, terminal_language
from farlead.errors import FarleadError
from farlead.messages import Language, message
from farlead.model.report import Delivery
from farlead.services import Services
from farlead.settings import load_settings

deliveries = typer.Typer(
    help=help_text("deliveries.help"), no_args_is_help=True, rich_markup_mode=None
)

Home = Annotated[Path | None, typer.Option("--home", help=help_text("deliveries.help.home"))]
AsJson = Annotated[bool, typer.Option("--json", help=help_text("deliveries.help.json"))]
Spoken = Annotated[Language | None, typer.Option("--language")]


@contextmanager
def _house(
    home: Path | None, spoken: Language | None, as_json: bool
) -> Iterator[tuple[Services, Language]]:
    """The installation and the language to answer in; an error is told in that language."""
    language = spoken or terminal_language()
    try:
        settings = load_settings(home)
        language = spoken or settings.language
        with services.open_services(settings) as house:
            yield house, language
    except FarleadError as error:
        told = error.text(language)
        typer.echo(told, err=True)
        if as_json:
            typer.echo(json.dumps({"error": told}, ensure_ascii=False))
        raise typer.Exit(1) from error


@deliveries.command("list", help=help_text("deliveries.help.list"))
def list_(home: Home = None, as_json: AsJson = False, language: Spoken = None) -> None:
    """Print what is not confirmed, the oldest first."""
    with _house(home, language, as_json) as (house, spoken):
        rows = [_row(house, delivery, spoken) for delivery in house.store.open_deliveries()]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        typer.echo(message("deliveries.none").text(spoken))
    for row in rows:
        told = message(
            "deliveries.row",
            report=f"{row['number']}-v{row['version']}",
            unit=str(row["unit"]),
            state=f"@deliveries.{row['state']}",
            attempts=int(str(row["attempts"])),
            error=str(row["error"] or "–"),
        )
        typer.echo(told.text(spoken))


@deliveries.command(help=help_text("deliveries.help.retry"))
def retry(
    number: Annotated[str, typer.Argument(show_default=False)],
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Send the parked reports of a study on their way again; 1 when none is parked."""
    with _house(home, language, as_json) as (house, spoken):
        released = house.retry_parked(number)
    if as_json:
        typer.echo(json.dumps({"number": number, "released": released}))
    else:
        text = "deliveries.released" if released else "deliveries.none_parked"
        typer.echo(message(text, number=number, count=released).text(spoken))
    raise typer.Exit(0 if released else 1)


def _row(house: Services, delivery: Delivery, language: Language) -> dict[str, object]:
    report = house.store.report(delivery.report)
    return {
        "number": house.store.study(delivery.study).number,
        "version": report.version,
        "unit": delivery.destination,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "next_try": delivery.next_try.isoformat() if delivery.next_try else None,
        "error": delivery.error.text(language) if delivery.error else None,
    }
