"""``farleadctl bench rhythm``: rhythms and ventricular beats against the marks of a database."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from farlead.analysis.beat_database import names
from farlead.analysis.rhythm_comparison import RhythmResult, Shares, score_record
from farlead.analysis.rhythm_database import read_rhythms
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
from farlead_signal.scoring import BeatScore

#: Widths of the table's columns.
NAME, COLUMN = 10, 9


def rhythm(
    database: Database,
    annotator: Annotated[
        str, typer.Option("--annotator", help=help_text("bench.help.annotator"))
    ] = "atr",
    json_file: JsonFile = None,
    language: Annotated[
        Language | None, typer.Option("--language", help=help_text("cli.help.language"))
    ] = None,
) -> None:
    """Score rhythms and ventricular beats; 1 when the database has no usable record."""
    spoken = spoken_language(language)
    need_wfdb(spoken)
    found, useless = _scored(database, annotator, spoken)
    nothing = message("bench.nothing", folder=str(database), annotator=annotator)
    need_records(found, useless, nothing, spoken)
    _report(found, spoken)
    write_json(json_file, _document(database, found), useless, spoken)


def _scored(
    database: Path, annotator: str, spoken: Language
) -> tuple[list[RhythmResult], dict[str, Message]]:
    """Results of the records that are of use, and why the others are not."""
    found: list[RhythmResult] = []
    useless: dict[str, Message] = {}
    try:
        every = names(database, annotator)
    except FileNotFoundError:
        return found, useless
    for name in every:
        typer.echo(message("bench.record", record=name).text(spoken), err=True)
        try:
            found.append(score_record(read_rhythms(database, name, annotator)))
        except UnreadableFile as error:
            useless[name] = error.reason
    return found, useless


def _report(found: Sequence[RhythmResult], spoken: Language) -> None:
    columns = ("AF Se", "AF Sp", "60 s Se", "60 s Sp", "V Se", "V +P", "VT/VF", "−")
    heading = message("bench_rhythm.record").text(spoken).ljust(NAME)
    lines = [heading + "".join(f"{column:>{COLUMN}}" for column in columns)]
    lines += [_line(one.name, [one]) for one in found]
    lines.append(_line(message("bench_rhythm.gross").text(spoken), found))
    lines.append(message("bench_rhythm.legend").text(spoken))
    lines += [
        message("bench_rhythm.missed", record=one.name, samples=_listed(one.missed)).text(spoken)
        for one in found
        if one.missed
    ]
    typer.echo("\n".join(lines))


def _listed(samples: Sequence[int]) -> str:
    return ", ".join(map(str, samples))


def _line(name: str, found: Sequence[RhythmResult]) -> str:
    total = _total(found)
    shares = [
        f"{share:>{COLUMN}.2f}"
        for share in (
            total.alone.sensitivity,
            total.alone.specificity,
            total.context.sensitivity,
            total.context.specificity,
            100 * total.ventricular.sensitivity,
            100 * total.ventricular.ppv,
        )
    ]
    told = "".join(shares).replace("nan", "  –")
    return f"{name:<{NAME}}{told}{total.lethal:>{COLUMN}}{len(total.missed):>{COLUMN}}"


def _total(found: Sequence[RhythmResult]) -> RhythmResult:
    """Sum over records."""
    apart: Counter[str] = Counter()
    for one in found:
        apart.update(one.apart)
    return RhythmResult(
        name="",
        alone=sum((one.alone for one in found), Shares()),
        context=sum((one.context for one in found), Shares()),
        apart=apart,
        ventricular=sum((one.ventricular for one in found), BeatScore(0, 0, 0)),
        lethal=sum(one.lethal for one in found),
        unnamed=tuple(at for one in found for at in one.unnamed),
        missed=tuple(at for one in found for at in one.missed),
    )


def _document(database: Path, found: Sequence[RhythmResult]) -> dict[str, object]:
    return {
        "database": database.name,
        "gross": _figures(_total(found)),
        "records": {one.name: _figures(one) for one in found},
    }


def _figures(one: RhythmResult) -> dict[str, object]:
    beats = one.ventricular
    return {
        "af": _shares(one.alone),
        "af_60_s": _shares(one.context),
        "apart": dict(one.apart),
        "ventricular": {
            "tp": beats.tp,
            "fp": beats.fp,
            "fn": beats.fn,
            "sensitivity": number(100 * beats.sensitivity),
            "ppv": number(100 * beats.ppv),
        },
        "lethal_windows": one.lethal,
        "unnamed": list(one.unnamed),
        "missed": list(one.missed),
    }


def _shares(one: Shares) -> dict[str, float | None]:
    return {
        "tp": one.tp,
        "fn": one.fn,
        "fp": one.fp,
        "tn": one.tn,
        "sensitivity": number(one.sensitivity),
        "specificity": number(one.specificity),
    }
