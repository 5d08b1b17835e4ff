"""``farleadctl rules``: the screening rules in force; an institution's own table is checked."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farlead.cli_terminal import help_text, terminal_language
from farlead.errors import FarleadError, SettingsError
from farlead.messages import Language, message
from farlead.settings import load_settings

if TYPE_CHECKING:
    from farlead.analysis.rules import RuleSet


def rules(
    file: Annotated[Path | None, typer.Argument(help=help_text("cli.help.rules_file"))] = None,
    home: Annotated[Path | None, typer.Option("--home")] = None,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help=help_text("cli.help.rules_markdown"))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=help_text("cli.help.json"))] = False,
    language: Annotated[Language | None, typer.Option("--language")] = None,
) -> None:
    """Print the rules in force; 1 when the table is wrong, with its line."""
    spoken = language or terminal_language()
    try:
        settings = load_settings(home)
        spoken = language or settings.language
        own = settings.screening_rules
        table = file if file is not None else settings.folder / own if own is not None else None
        found = _in_force(table)
    except FarleadError as error:
        told = error.text(spoken)
        typer.echo(told, err=True)
        if as_json:
            line = getattr(error, "line", None)
            typer.echo(json.dumps({"error": told, "line": line}, ensure_ascii=False))
        raise typer.Exit(1) from error
    if as_markdown:
        from farlead.analysis.rules.listing import markdown  # noqa: PLC0415 - see _in_force

        typer.echo(markdown(found))
    else:
        _print(found, spoken, as_json=as_json)


def _in_force(table: Path | None) -> "RuleSet":
    # Here, because analysis brings scipy, and every other command starts without it.
    from farlead.analysis.rules import own_rules, shipped  # noqa: PLC0415

    if table is None:
        return shipped()
    try:
        return own_rules(table)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            message("services.no_rules", file=str(table), cause=str(error))
        ) from error


def _print(found: "RuleSet", spoken: Language, *, as_json: bool) -> None:
    from farlead.analysis.rules.listing import plain  # noqa: PLC0415 - see _in_force

    rows = [plain(rule, found, spoken) for rule in found.rules]
    if as_json:
        document = {"version": found.version, "rules": rows}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    typer.echo(message("cli.rules", version=found.version, count=len(rows)).text(spoken))
    for row in rows:
        typer.echo(f"{row['severity']:<8} {row['rule']:<32} {row['text']}  [{row['limit']}]")
