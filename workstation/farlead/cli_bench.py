"""``farleadctl bench``: our detectors and those of others on a database of yours."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from farlead.analysis.beat_comparison import (
    OURS,
    RecordResult,
    Result,
    compare,
    missing_peers,
)
from farlead.cli_bench_critical import critical
from farlead.cli_bench_options import (
    Database,
    JsonFile,
    need_records,
    need_wfdb,
    number,
    spoken_language,
    write_json,
)
from farlead.cli_bench_rhythm import rhythm
from farlead.cli_bench_waves import delineation
from farlead.cli_terminal import help_text
from farlead.messages import Language, message
from farlead_signal.scoring import BeatScore, average, gross, table

#: Shares of the summary's columns; the first holds the detector's name.
NAME, COLUMN = 28, 10


class LeadChoice(StrEnum):
    """What our detector is given."""

    FIRST = "first"
    ALL = "all"


bench = typer.Typer(help=help_text("bench.help"), no_args_is_help=True, rich_markup_mode=None)
bench.command("delineation", help=help_text("bench.help.delineation"))(delineation)
bench.command("critical", help=help_text("bench_critical.help"))(critical)
bench.command("rhythm", help=help_text("bench_rhythm.help"))(rhythm)


@bench.command(help=help_text("bench.help.qrs"))
def qrs(
    database: Database,
    leads: Annotated[
        LeadChoice, typer.Option("--leads", help=help_text("bench.help.leads"))
    ] = LeadChoice.FIRST,
    annotator: Annotated[
        str, typer.Option("--annotator", help=help_text("bench.help.annotator"))
    ] = ("atr"),
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, help=help_text("bench.help.rounds"))
    ] = 3,
    json_file: JsonFile = None,
    language: Annotated[
        Language | None, typer.Option("--language", help=help_text("cli.help.language"))
    ] = None,
) -> None:
    """Score and time QRS detectors; 1 when the database has no usable record."""
    spoken = spoken_language(language)
    need_wfdb(spoken)
    found = _compared(database, annotator, rounds, leads, spoken)
    usable = {each.name: each for each in found if each.useless is None}
    useless = {each.name: each.useless for each in found if each.useless is not None}
    nothing = message("bench.nothing", folder=str(database), annotator=annotator)
    need_records(usable, useless, nothing, spoken)
    absent = missing_peers()
    _report(usable, leads, absent, spoken)
    write_json(json_file, _document(database, leads, usable, absent), useless, spoken)


def _compared(
    database: Path, annotator: str, rounds: int, leads: LeadChoice, spoken: Language
) -> list[RecordResult]:
    """Results of all records; each is told as it comes, on the error channel."""
    found: list[RecordResult] = []
    try:
        results = compare(database, annotator, rounds=rounds, leads=leads.value)
        for each in results:
            typer.echo(message("bench.record", record=each.name).text(spoken), err=True)
            found.append(each)
    except FileNotFoundError:
        return []
    return found


def _report(
    usable: Mapping[str, RecordResult], leads: LeadChoice, absent: Sequence[str], spoken: Language
) -> None:
    detectors = next(iter(usable.values())).results
    for detector in detectors:
        told = f"@bench.leads.{leads.value}" if detector == OURS else "@bench.leads.first"
        typer.echo("\n" + message("bench.ec57", detector=detector, leads=told).text(spoken))
        typer.echo(table({name: r.results[detector].ec57 for name, r in usable.items()}))
    lines = ["", message("bench.summary").text(spoken), _heading(spoken)]
    ours = _of(usable, OURS)
    lines += [_line(detector, _of(usable, detector), ours, usable) for detector in detectors]
    lines.append(message("bench.legend").text(spoken))
    apart = gross({name: result.apart for name, result in ours.items()})
    lines.append(message("bench.apart", marked=apart.tp + apart.fn, found=apart.tp).text(spoken))
    failures = {(d, n): r.failure for d in detectors for n, r in _of(usable, d).items()}
    for (detector, name), reason in failures.items():
        if reason:
            failed = message("bench.failed", detector=detector, record=name, error=reason)
            lines.append(failed.text(spoken))
    if absent:
        lines.append(message("bench.absent", missing=", ".join(absent)).text(spoken))
    typer.echo("\n".join(lines))


def _of(usable: Mapping[str, RecordResult], detector: str) -> dict[str, Result]:
    return {name: each.results[detector] for name, each in usable.items()}


def _heading(spoken: Language) -> str:
    columns = ("F1 5:00", "Se", "+P", "F1", "10 s", "ms", "ECG-s/s", "×")
    return message("bench.detector").text(spoken).ljust(NAME) + "".join(
        f"{column:>{COLUMN}}" for column in columns
    )


def _line(
    detector: str,
    results: Mapping[str, Result],
    ours: Mapping[str, Result],
    usable: Mapping[str, RecordResult],
) -> str:
    ec57, whole = (gross(scores) for scores in (_ec57(results), _whole(results)))
    shares = (ec57.f1, whole.sensitivity, whole.ppv, whole.f1, _complete(results))
    figures = "".join(f"{100 * share:>{COLUMN}.3f}" for share in shares)
    milliseconds = median(each.milliseconds for each in results.values())
    figures += f"{milliseconds:>{COLUMN}.2f}{_pace(results, usable):>{COLUMN}.0f}"
    return f"{detector:<{NAME}}{figures}{_ratio(results, ours):>{COLUMN}.2f}"


def _ec57(results: Mapping[str, Result]) -> dict[str, BeatScore]:
    return {name: each.ec57 for name, each in results.items()}


def _whole(results: Mapping[str, Result]) -> dict[str, BeatScore]:
    return {name: each.whole for name, each in results.items()}


def _complete(results: Mapping[str, Result]) -> float:
    """Share of the 10 s windows in which no beat is missed."""
    windows = [share for each in results.values() for share in each.windows]
    return sum(share == 1 for share in windows) / len(windows) if windows else float("nan")


def _pace(results: Mapping[str, Result], usable: Mapping[str, RecordResult]) -> float:
    """Seconds of ECG worked on in a second, median over the records."""
    return median(1000 * usable[n].seconds / each.milliseconds for n, each in results.items())


def _ratio(results: Mapping[str, Result], ours: Mapping[str, Result]) -> float:
    """How much longer it takes than ours, median over the records."""
    return median(each.milliseconds / ours[n].milliseconds for n, each in results.items())


def _document(
    database: Path, leads: LeadChoice, usable: Mapping[str, RecordResult], absent: Sequence[str]
) -> dict[str, object]:
    detectors = next(iter(usable.values())).results
    return {
        "database": database.name,
        "leads": leads.value,
        "records": {name: each.seconds for name, each in usable.items()},
        "missing": list(absent),
        "detectors": {name: _figures(_of(usable, name), usable) for name in detectors},
    }


def _figures(
    results: Mapping[str, Result], usable: Mapping[str, RecordResult]
) -> dict[str, object]:
    return {
        "ec57": _view(_ec57(results)),
        "whole": _view(_whole(results)),
        "apart": _counts(gross({name: each.apart for name, each in results.items()})),
        "windows_complete": number(_complete(results)),
        "milliseconds": {name: each.milliseconds for name, each in results.items()},
        "ecg_seconds_per_second": _pace(results, usable),
        "times_ours": _ratio(results, _of(usable, OURS)),
        "failures": {name: each.failure for name, each in results.items() if each.failure},
    }


def _view(scores: Mapping[str, BeatScore]) -> dict[str, object]:
    sensitivity, ppv = average(scores)
    return {
        "gross": _counts(gross(scores)),
        "average": {"sensitivity": number(sensitivity), "ppv": number(ppv)},
        "records": {name: _counts(score) for name, score in scores.items()},
    }


def _counts(score: BeatScore) -> dict[str, float | None]:
    shares = {"sensitivity": score.sensitivity, "ppv": score.ppv, "f1": score.f1}
    return {**asdict(score), **{name: number(share) for name, share in shares.items()}}
