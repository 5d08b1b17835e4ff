"""What ``farleadctl screen`` answers: tables for the terminal, everything as JSON, a picture."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer
from rich.table import Table

from farlead.cli_terminal import console
from farlead.errors import ComposeError, UnreadableFile
from farlead.messages import Language, message
from farlead.model.detail import Detail
from farlead.model.figures import caption, unit_of, why, written_in_lead, written_of
from farlead.model.recording import ImageStudy, Modality, Recording
from farlead.model.screening import Measurement, Screening
from farlead.model.study import Severity
from farlead.reporting.plotting import plot

#: Marks of the list, by severity.
_MARKS = dict(zip(Severity, "–○●◆▲", strict=True))


def look_for(file: Path) -> None:
    """UnreadableFile where there is no file of this name, or a folder in its place."""
    if file.is_dir():
        raise UnreadableFile(message("cli.is_folder", file=str(file)))
    if not file.is_file():
        raise UnreadableFile(message("cli.no_such_file", file=str(file)))


def not_screened(
    file: Path, content: Recording | ImageStudy, language: Language
) -> dict[str, object]:
    """What is said of images: their kind, and that they are not screened; told on stderr too."""
    modality = content.modality if isinstance(content, ImageStudy) else Modality.OTHER
    kind = modality.name.lower()
    told = message("cli.images", file=str(file), kind=f"@cli.kind.{kind}").text(language)
    typer.echo(told, err=True)
    return {"file": file, "known": None, "kind": kind, "error": told}


def as_document(file: Path, found: Screening, language: Language) -> dict[str, object]:
    """Everything of a result as JSON values, with its texts in `language`.

    Measurements are keyed by their names; `detail` is as it is stored.
    """
    stored = json.loads(found.to_json())
    return {
        "file": file,
        "known": found.known,
        "severity": found.severity.name.lower(),
        "quality": found.quality.value,
        "verdict": found.verdict.text(language) if found.verdict else None,
        "version": found.version,
        "measurements": {m.name: _figure(m, language) for m in found.measurements},
        "flags": [
            {**raw, "severity": flag.severity.name.lower(), "text": flag.text.text(language)}
            for raw, flag in zip(stored["flags"], found.flags, strict=True)
        ],
        "r_peaks": stored["r_peaks"],
        "spans": stored["spans"],
        "detail": stored["detail"],
    }


def _figure(made: Measurement, language: Language) -> dict[str, object]:
    reason = why(made)
    return {
        "value": made.value,
        "unit": made.unit,
        "method": made.method,
        "source": made.source or None,
        "formula": made.formula.value if made.formula else None,
        "quality": made.quality.value,
        "reason": made.reason or None,
        "text": reason.text(language) if reason else None,
    }


def tell(file: Path, found: Screening, language: Language) -> None:
    """Print a result: rank, flags, the figures, and the table of leads."""
    out = console()
    rate = found.measured("heart_rate")
    shown = f"{rate:.0f}" if rate is not None else "@cli.unknown_value"
    rank = f"@cli.severity.{found.severity.name.lower()}"
    told = [message("cli.screened", file=str(file), severity=rank, rate=shown).text(language)]
    told += [found.verdict.text(language)] if found.verdict else []
    told += [f"{_MARKS[flag.severity]} {flag.text.text(language)}" for flag in found.flags]
    for each in told:
        out.print(each, markup=False, soft_wrap=True)
    out.print(_figures(found, language))
    if found.detail is not None and found.detail.table:
        out.print()
        out.print(_leads(found.detail, language))


def _figures(found: Screening, language: Language) -> Table:
    table = Table(box=None, pad_edge=False)
    for column, side in (
        ("figure", "left"),
        ("value", "right"),
        ("unit", "left"),
        ("note", "left"),
    ):
        heading = message(f"cli.measured.{column}").text(language)
        table.add_column(heading, justify=side, no_wrap=column != "note")  # type: ignore[arg-type]
    for made in found.measurements:
        reason = why(made)
        table.add_row(
            caption(made).text(language),
            written_of(made),
            "" if made.value is None or made.unit == "1" else _unit(made.unit, language),
            reason.text(language) if reason else "",
        )
    return table


def _unit(unit: str, language: Language) -> str:
    words = unit_of(unit)
    return words.text(language) if words else unit


def _leads(detail: Detail, language: Language) -> Table:
    """One row for each quantity, one column for each lead."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(message("cli.measured.lead").text(language), no_wrap=True)
    for lead in detail.leads:
        table.add_column(lead, justify="right", no_wrap=True)
    for column in detail.table:
        name = message(f"lead_quantity.{column.name}").text(language)
        reasons = column.reasons or ("",) * len(column.values)
        values = (
            written_in_lead(value, column.unit, reason)
            for value, reason in zip(column.values, reasons, strict=True)
        )
        table.add_row(f"{name} {column.unit}", *values)
    return table


def pictures(target: Path, files: Sequence[Path]) -> Iterator[Path]:
    """Where the picture of each file goes: `target` itself for a single one.

    Of several, each gets its own name in front of the suffix; equal names are numbered.
    """
    if len(files) == 1:
        yield target
        return
    seen: Counter[str] = Counter()
    for file in files:
        seen[file.stem] += 1
        name = file.stem if seen[file.stem] == 1 else f"{file.stem}-{seen[file.stem]}"
        yield target.with_name(f"{target.stem}-{name}{target.suffix}")


def draw(
    target: Path, recording: Recording, found: Screening, title: str, language: Language
) -> None:
    """Write the picture of one recording; ComposeError when it cannot be made or written."""
    made = plot(recording, found, title, language)
    try:
        target.write_bytes(made)
    except OSError as error:
        cause = error.strerror or str(error)
        raise ComposeError(message("cli.not_written", file=str(target), cause=cause)) from error
