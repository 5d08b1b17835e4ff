"""``farleadctl bench critical``: what screening raises, against a table of findings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from farlead.analysis.critical_comparison import CriticalScore, Raised, score, screen_record
from farlead.analysis.critical_database import read_labels
from farlead.cli_bench_options import (
    Database,
    JsonFile,
    need_records,
    need_wfdb,
    number,
    spoken_language,
    write_json,
)
from farlead.cli_terminal import help_text
from farlead.errors import UnreadableFile
from farlead.messages import Language, Message, message

#: Widths of the table's columns.
NAME, RANK = 10, 10


def critical(
    database: Database,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels", exists=True, dir_okay=False, help=help_text("bench_critical.help.labels")
        ),
    ] = None,
    raw_microvolts: Annotated[
        bool, typer.Option("--raw-microvolts", help=help_text("bench.help.raw_microvolts"))
    ] = False,
    json_file: JsonFile = None,
    language: Annotated[
        Language | None, typer.Option("--language", help=help_text("cli.help.language"))
    ] = None,
) -> None:
    """Count missed infarctions and false critical suggestions; 1 without any usable record."""
    spoken = spoken_language(language)
    need_wfdb(spoken)
    found, useless = _screened(database, labels, spoken, raw_microvolts=raw_microvolts)
    nothing = message("bench_critical.nothing", folder=str(database))
    need_records(found, useless, nothing, spoken)
    scored = score(found)
    _report(found, scored, spoken)
    write_json(json_file, _document(database, found, scored), useless, spoken)


def _screened(
    database: Path, table: Path | None, spoken: Language, *, raw_microvolts: bool
) -> tuple[list[Raised], dict[str, Message]]:
    """The records of the table that are there and of use, and why the others are not."""
    found: list[Raised] = []
    useless: dict[str, Message] = {}
    try:
        rows = read_labels(database, table)
    except UnreadableFile as error:
        return found, {"": error.reason}
    for name, labels in rows.items():
        # A database may come in part: what is not there was never meant.
        if not (database / f"{name}.hea").is_file():
            continue
        typer.echo(message("bench.record", record=name).text(spoken), err=True)
        try:
            found.append(screen_record(database, labels, raw_microvolts=raw_microvolts))
        except UnreadableFile as error:
            useless[name] = error.reason
    return found, useless


def _report(found: Sequence[Raised], scored: CriticalScore, spoken: Language) -> None:
    lines = [message("bench_critical.stemi").text(spoken)]
    lines += [_line(one) for one in found if one.labels.stemi]
    lines.append(message("bench_critical.harmless").text(spoken))
    lines += [_line(one) for one in found if one.name in {*scored.false, *scored.urgent}]
    told = message(
        "bench_critical.summary",
        records=len(found),
        stemi=len(scored.stemi),
        missed=len(scored.missed),
        harmless=len(scored.harmless),
        false=len(scored.false),
        false_percent=_percent(scored.false_percent),
        urgent=len(scored.urgent),
        urgent_percent=_percent(scored.urgent_percent),
        unknown=len(scored.unknown_normal),
    )
    typer.echo("\n".join([*lines, told.text(spoken)]))


def _percent(share: float) -> str:
    return f"{share:.1f}".replace("nan", "–")


def _line(one: Raised) -> str:
    codes = ", ".join((*one.critical, *one.urgent)) or "–"
    return f"{one.name:<{NAME}}{one.severity.name.lower():<{RANK}}{codes}"


def _document(database: Path, found: Sequence[Raised], scored: CriticalScore) -> dict[str, object]:
    return {
        "database": database.name,
        "stemi": list(scored.stemi),
        "missed": list(scored.missed),
        "harmless": list(scored.harmless),
        "false": list(scored.false),
        "false_percent": number(scored.false_percent),
        "urgent": list(scored.urgent),
        "urgent_percent": number(scored.urgent_percent),
        "unknown_normal": list(scored.unknown_normal),
        "records": {
            one.name: {
                "severity": one.severity.name.lower(),
                "known": one.known,
                "critical": list(one.critical),
                "urgent": list(one.urgent),
            }
            for one in found
        },
    }
