"""Tables as files, CSV or workbook; the manager's numbers as such, and on the terminal."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from farlead.errors import FarleadError
from farlead.messages import Language, Message, message
from farlead.model.numbers import Line, Numbers

Cell: TypeAlias = str | int | float | None

# What a spreadsheet takes for the beginning of a formula, and what no workbook can hold.
_BEGINS, _TABS = frozenset("=+-@＝＋－＠"), frozenset("\t\r\n")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be written: its name, and its lines, the heads first."""

    title: str
    lines: Sequence[Sequence[Cell]]


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _late(line: Line) -> float | None:
    return _percent(line.late / line.reports.count) if line.reports.count else None


#: Columns by name, whose words are ``numbers.column.NAME``; times in minutes, shares in percent.
COLUMNS: Mapping[str, Callable[[Line], Cell]] = {
    "arrived": lambda line: line.arrived,
    "reports": lambda line: line.reports.count,
    "median": lambda line: _minutes(line.reports.median),
    "p90": lambda line: _minutes(line.reports.p90),
    "late": _late,
    "retakes": lambda line: line.retakes,
    "retake_rate": lambda line: _percent(line.retake_rate),
    "cases": lambda line: line.cases,
    "cases_told": lambda line: line.told.count,
    "not_critical": lambda line: line.not_critical,
    "unreachable": lambda line: line.unreachable,
    "judged": lambda line: _minutes(line.opened.median),
    "told": lambda line: _minutes(line.told.median),
    "told_p90": lambda line: _minutes(line.told.p90),
    "accepted": lambda line: line.accepted,
    "rejected": lambda line: line.rejected,
    "agreement": lambda line: _percent(line.agreement),
    "reviewed": lambda line: line.countersigned + line.replaced + line.sent_back,
    "changed": lambda line: _percent(line.changed),
}

#: What numbers are gathered by, and which columns such lines have; words: ``numbers.by.NAME``.
SECTIONS: Mapping[str, Sequence[str]] = {
    "periods": tuple(COLUMNS),
    "units": ("arrived", "reports", "median", "p90", "late", "retakes", "retake_rate"),
    "readers": ("reports", "median", "p90", "late"),
    "promises": ("reports", "median", "p90", "late"),
    "rules": ("accepted", "rejected", "agreement"),
}


def heads(section: str) -> tuple[Message, ...]:
    """Words over the columns of a section; the first is what it is gathered by."""
    first = message(f"numbers.by.{section}")
    return (first, *(message(f"numbers.column.{name}") for name in SECTIONS[section]))


def cells(numbers: Numbers, section: str, language: Language) -> list[tuple[Cell, ...]]:
    """Lines of a section."""
    lines: Sequence[Line] = getattr(numbers, section)
    return [
        (_name(line, section, language), *(COLUMNS[name](line) for name in SECTIONS[section]))
        for line in lines
    ]


def write(numbers: Numbers, file: Path, language: Language) -> None:
    """Write all sections to a file, as :func:`save` does."""
    tables = [
        Table(
            message(f"numbers.by.{section}").text(language),
            [[head.text(language) for head in heads(section)], *cells(numbers, section, language)],
        )
        for section in SECTIONS
    ]
    save(tables, file)


def save(tables: Sequence[Table], file: Path) -> None:
    """Write tables to a file: ``.xlsx`` a sheet for each, ``.csv`` one below the other.

    The file appears whole or not at all.

    Raises
    ------
    FarleadError
        Neither of these endings, or the file cannot be written.
    """
    writers = {".csv": _csv, ".xlsx": _workbook}
    writer = writers.get(file.suffix.lower())
    if writer is None:
        raise FarleadError(message("numbers.no_form", file=str(file)))
    part = file.with_name(f".{file.name}.part")
    try:
        writer(tables, part)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        cause = error.strerror or str(error)
        raise FarleadError(message("numbers.unwritten", file=str(file), cause=cause)) from error


def csv_text(lines: Iterable[Sequence[Cell]]) -> str:
    """Lines as CSV, for a terminal."""
    out = io.StringIO()
    csv.writer(out).writerows([plain_cell(cell) for cell in line] for line in lines)
    return out.getvalue()


def plain_cell(cell: Cell) -> Cell:
    """A cell that no spreadsheet runs: a name that begins like a formula is none.

    Units and readers name themselves; what cannot stand in a cell at all is left out.
    """
    if not isinstance(cell, str):
        return cell
    text = _UNWRITABLE.sub("", cell)
    # Wide signs too: spreadsheets of East Asia read them like the narrow ones.
    return f"'{text}" if text.lstrip()[:1] in _BEGINS or text[:1] in _TABS else text


def _csv(tables: Sequence[Table], file: Path) -> None:
    """With a byte order mark, so that spreadsheets read Chinese."""
    text = "\r\n".join(csv_text(table.lines) for table in tables)
    file.write_text(text, encoding="utf-8-sig", newline="")


def _workbook(tables: Sequence[Table], file: Path) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - 0.2 s that only an export should cost
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook(write_only=False)
    book.remove(book.worksheets[0])
    for table in tables:
        sheet = book.create_sheet(table.title)
        for line in table.lines:
            sheet.append([plain_cell(cell) for cell in line])
        for head in sheet[1]:
            head.font = Font(bold=True)
        sheet.freeze_panes = "B2"
        sheet.column_dimensions["A"].width = 28
    with file.open("wb") as out:
        book.save(out)


def _name(line: Line, section: str, language: Language) -> str:
    if section == "promises":
        return message(f"numbers.promise.{line.name}").text(language)
    return line.name
