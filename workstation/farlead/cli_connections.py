"""``farleadctl connections``: how units, archives and peers stand, and whether they answer."""

import json
from typing import Annotated

import typer

from farlead import services
from farlead.cli_terminal import AsJson, Home, Spoken, answering, help_text, plain
from farlead.errors import NotFound
from farlead.messages import Language, Message, message
from farlead.model.connection import Connection, Standing

connections = typer.Typer(help=help_text("peers.help"), no_args_is_help=True, rich_markup_mode=None)

_MARKS = {
    Standing.DOWN: "▲",
    Standing.PARKED: "◆",
    Standing.WAITING: "●",
    Standing.UNKNOWN: "–",
    Standing.GOOD: "✓",
}


@connections.command("list", help=help_text("peers.help.list"))
def list_(home: Home = None, as_json: AsJson = False, language: Spoken = None) -> None:
    """Print every connection, the worst first; 1 when one is in trouble."""
    with (
        answering(home, language, as_json=as_json) as (settings, spoken),
        services.open_services(settings) as house,
    ):
        known = services.connections(settings, house.store)
    found = sorted(known, key=lambda each: -each.standing)
    if as_json:
        rows = [_row(each, each.trouble, spoken) for each in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=plain))
    else:
        for each in found:
            typer.echo(f"{_MARKS[each.standing]} {services.in_row(each).text(spoken)}")
            if each.warning is not None:
                typer.echo(f"    {each.warning.text(spoken)}")
    if not all(each.good for each in found):
        raise typer.Exit(1)


@connections.command("test", help=help_text("peers.help.test"))
def ask(
    name: Annotated[str | None, typer.Argument(show_default=False)] = None,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Ask all connections, or those of one name, whether they answer; 1 when one does not."""
    with (
        answering(home, language, as_json=as_json) as (settings, spoken),
        services.open_services(settings) as house,
    ):
        known = services.connections(settings, house.store)
        asked = [each for each in known if name is None or each.name == name]
        if not asked:
            raise NotFound(message("peers.no_connection", name=name or ""))
        answers = [(each, services.try_connection(settings, each)) for each in asked]
    if as_json:
        rows = [_row(each, why, spoken) for each, why in answers]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=plain))
    else:
        for each, why in answers:
            typer.echo(_answer(each, why, spoken))
    if any(why is not None for _, why in answers):
        raise typer.Exit(1)


def _answer(each: Connection, why: Message | None, spoken: Language) -> str:
    way = f"@peers.way.{each.way}"
    if why is None:
        return message("peers.answers", name=each.name, way=way).text(spoken)
    return message("peers.silent", name=each.name, way=way, why=why.text(spoken)).text(spoken)


def _row(each: Connection, trouble: Message | None, spoken: Language) -> dict[str, object]:
    return {
        "name": each.name,
        "way": str(each.way),
        "good": trouble is None and not each.parked,
        "standing": each.standing.name.lower(),
        "success": each.success,
        "waiting": each.waiting,
        "sent": each.sent,
        "parked": each.parked,
        "trouble": trouble.text(spoken) if trouble else None,
        "warning": each.warning.text(spoken) if each.warning else None,
    }
