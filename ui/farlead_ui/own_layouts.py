"""Layouts of the institution: ``layouts.toml`` in the store's folder.

One table a layout; a wrong one is refused with the line, never left out in silence::

    [[layout]]
    name = "2×3"                       # as the control word says it
    rows = [["I", "II", "III"], ["V1", "-aVR", "V5"]]   # "-" before a lead: upside down
    rhythm = ["II"]                    # may be left out
    time = "simultaneous"              # or "sequential", the default
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from farlead.errors import SettingsError
from farlead.messages import message
from farlead_ui.ecg.layouts import INVERTED, LAYOUTS, Layout, Time

FILE = "layouts.toml"
_LEAD = re.compile(r"-?[A-Za-z0-9]{1,8}")
_HEADER = re.compile(r"\s*\[\[\s*layout\s*\]\]")
_LONGEST_NAME, _MOST_ROWS, _MOST_COLUMNS, _MOST_RHYTHM = 24, 24, 8, 3
_KEYS = {"name", "rows", "rhythm", "time"}
_TIMES = {str(time): time for time in (Time.SEQUENTIAL, Time.SIMULTANEOUS)}


class _Wrong(Exception):
    """A fault in one table: the key, and the id of what is wrong with it."""

    def __init__(self, key: str, cause: str) -> None:
        super().__init__(cause)
        self.key, self.cause = key, cause


def own_layouts(folder: Path) -> tuple[Layout, ...]:
    """All layouts of the file; none where there is no file.

    Raises
    ------
    SettingsError
        Naming file, line and cause.
    """
    file = folder / FILE
    if not file.exists():
        return ()
    try:
        text = file.read_text("utf-8")
        stored = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            message("settings.not_toml", file=str(file), cause=str(error))
        ) from error
    tables = stored.get("layout", [])
    if stored.keys() - {"layout"} or not isinstance(tables, list):
        raise _refused(file, 1, "shell.layouts.other")
    names = {layout.name for layout in LAYOUTS}
    found: list[Layout] = []
    for number, table in enumerate(tables):
        try:
            layout = _layout(table)
            if layout.name in names:
                raise _Wrong("name", "shell.layouts.twice")
        except _Wrong as wrong:
            raise _refused(file, _line(text, number, wrong.key), wrong.cause) from wrong
        names.add(layout.name)
        found.append(layout)
    return tuple(found)


def _refused(file: Path, line: int, cause: str) -> SettingsError:
    return SettingsError(
        message("shell.layouts.wrong", file=str(file), line=line, cause=f"@{cause}")
    )


def _layout(table: object) -> Layout:
    if not isinstance(table, Mapping):
        raise _Wrong("", "shell.layouts.other")
    for key in table:
        if key not in _KEYS:
            raise _Wrong(str(key), "shell.layouts.key")
    name, rows = table.get("name"), table.get("rows")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise _Wrong("name", "shell.layouts.name")
    if not isinstance(rows, list) or not 0 < len(rows) <= _MOST_ROWS:
        raise _Wrong("rows", "shell.layouts.rows")
    placed = tuple(_leads(row, "rows", _MOST_COLUMNS) for row in rows)
    every = [lead.removeprefix(INVERTED) for row in placed for lead in row]
    if len(set(every)) < len(every) or not all(placed):
        raise _Wrong("rows", "shell.layouts.leads")
    rhythm = _leads(table.get("rhythm", []), "rhythm", _MOST_RHYTHM)
    if any(lead.startswith(INVERTED) for lead in rhythm) or len(set(rhythm)) < len(rhythm):
        raise _Wrong("rhythm", "shell.layouts.leads")
    time = table.get("time", "sequential")
    if not isinstance(time, str) or time not in _TIMES:
        raise _Wrong("time", "shell.layouts.time")
    return Layout(name.strip(), placed, rhythm, _TIMES[time])


def _leads(row: object, key: str, most: int) -> tuple[str, ...]:
    good = isinstance(row, Sequence) and not isinstance(row, str) and len(row) <= most
    if not good or not all(isinstance(lead, str) and _LEAD.fullmatch(lead) for lead in row):  # type: ignore[attr-defined]  # good: a sequence
        raise _Wrong(key, "shell.layouts.leads")
    return tuple(row)  # type: ignore[arg-type]  # of str, as shown above


def _line(text: str, number: int, key: str) -> int:
    """Line of a key of the n-th table, from 1; that of its header where the key is missing."""
    lines = text.splitlines()
    headers = [n for n, line in enumerate(lines) if _HEADER.match(line)]
    if number >= len(headers):
        return 1
    start = headers[number]
    stop = headers[number + 1] if number + 1 < len(headers) else len(lines)
    wanted = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=") if key else _HEADER
    return next((n for n in range(start, stop) if wanted.match(lines[n])), start) + 1
