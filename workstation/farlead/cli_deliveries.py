"""``farleadctl deliveries``: what is on its way to the units, and parked reports sent again."""

import json
from typing import Annotated

import typer

from farlead import services
from farlead.cli_terminal import AsJson, Home, Spoken, answering, help_text
from farlead.messages import Language, message
from farlead.model.report import Delivery
from farlead.services import Services

deliveries = typer.Typer(
    help=help_text("deliveries.help"), no_args_is_help=True, rich_markup_mode=None
)


@deliveries.command("list", help=help_text("deliveries.help.list"))
def list_(home: Home = None, as_json: AsJson = False, language: Spoken = None) -> None:
    """Print what is not confirmed, the oldest first."""
    with (
        answering(home, language, as_json=as_json) as (settings, spoken),
        services.open_services(settings) as house,
    ):
        rows = [_row(house, delivery, spoken) for delivery in house.store.open_deliveries()]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        typer.echo(message("deliveries.none").text(spoken))
    for row in rows:
        told = message(
            "deliveries.row",
            report=f"{row['number']}-v{row['version']}" if row["version"] else str(row["number"]),
            what=f"@deliveries.what.{row['what']}",
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
    with (
        answering(home, language, as_json=as_json) as (settings, spoken),
        services.open_services(settings) as house,
    ):
        released = house.retry_parked(number)
    if as_json:
        typer.echo(json.dumps({"number": number, "released": released}))
    else:
        text = "deliveries.released" if released else "deliveries.none_parked"
        typer.echo(message(text, number=number, count=released).text(spoken))
    raise typer.Exit(0 if released else 1)


def _what(house: Services, delivery: Delivery) -> tuple[int | None, str]:
    """Version of the report, where it is about one, and what is said of it."""
    if delivery.notice is not None:
        notice = house.store.notice(delivery.notice)
        return notice.version, str(notice.kind)
    return house.store.report(delivery.report or 0).version, "report"


def _row(house: Services, delivery: Delivery, language: Language) -> dict[str, object]:
    version, what = _what(house, delivery)
    return {
        "number": house.store.study(delivery.study).number,
        "version": version,
        "what": what,
        "unit": delivery.destination,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "next_try": delivery.next_try.isoformat() if delivery.next_try else None,
        "error": delivery.error.text(language) if delivery.error else None,
    }
