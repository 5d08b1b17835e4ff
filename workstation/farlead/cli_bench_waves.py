"""``farleadctl bench delineation``: our fiducial points against the marks of a database."""

from pathlib import Path
from typing import Annotated

import typer

from farlead.analysis.wave_comparison import PointScore, by_lead, score_record, total
from farlead.analysis.wave_database import read_waves, wave_names
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
from farlead_signal import delineate

#: Widths of the table's columns.
NAME, COLUMN = 12, 10

Scores = dict[str, dict[str, PointScore]]


def delineation(
    database: Database,
    annotator: Annotated[
        str | None, typer.Option("--annotator", help=help_text("bench.help.waves.annotator"))
    ] = None,
    raw_microvolts: Annotated[
        bool, typer.Option("--raw-microvolts", help=help_text("bench.help.raw_microvolts"))
    ] = False,
    json_file: JsonFile = None,
    language: Annotated[
        Language | None, typer.Option("--language", help=help_text("cli.help.language"))
    ] = None,
) -> None:
    """Score onsets, peaks and offsets; 1 when the database has no usable record."""
    spoken = spoken_language(language)
    need_wfdb(spoken)
    scores, useless = _scored(database, annotator, spoken, raw_microvolts=raw_microvolts)
    nothing = message("bench.no_marked_record", folder=str(database))
    need_records(scores, useless, nothing, spoken)
    _report(scores, spoken)
    write_json(json_file, _document(database, scores), useless, spoken)


def _scored(
    database: Path, annotator: str | None, spoken: Language, *, raw_microvolts: bool
) -> tuple[Scores, dict[str, Message]]:
    """Scores of the records that are of use, and why the others are not."""
    scores: Scores = {}
    useless: dict[str, Message] = {}
    try:
        every = wave_names(database)
    except FileNotFoundError:
        return scores, useless
    for name in every:
        typer.echo(message("bench.record", record=name).text(spoken), err=True)
        try:
            record = read_waves(database, name, annotator, raw_microvolts=raw_microvolts)
        except UnreadableFile as error:
            useless[name] = error.reason
            continue
        scores[name] = score_record(record, by_lead(delineate(record.signal, record.fs)))
    return scores, useless


def _report(scores: Scores, spoken: Language) -> None:
    columns = ("SD", "mean", "Se", "+P", "n")
    heading = message("bench.point").text(spoken).ljust(NAME)
    lines = [heading + "".join(f"{column:>{COLUMN}}" for column in columns)]
    for name, score in total(scores.values()).items():
        figures = (score.sd, score.mean, 100 * score.sensitivity, 100 * score.ppv)
        told = "".join(f"{figure:>{COLUMN}.2f}" for figure in figures)
        lines.append(f"{name:<{NAME}}{told}{score.errors.size + score.missed:>{COLUMN}}")
    lines.append(message("bench.points.legend", records=len(scores)).text(spoken))
    typer.echo("\n".join(lines))


def _document(database: Path, scores: Scores) -> dict[str, object]:
    return {
        "database": database.name,
        "points": _figures(total(scores.values())),
        "records": {name: _figures(score) for name, score in scores.items()},
    }


def _figures(scores: dict[str, PointScore]) -> dict[str, dict[str, float | None]]:
    return {
        name: {
            "marked": score.errors.size + score.missed,
            "missed": score.missed,
            "extra": score.extra,
            "sd_ms": number(score.sd),
            "mean_ms": number(score.mean),
            "sensitivity": number(score.sensitivity),
            "ppv": number(score.ppv),
        }
        for name, score in scores.items()
    }
