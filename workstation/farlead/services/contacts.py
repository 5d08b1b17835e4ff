"""The units' lists of whom to call, from a table that units can fill in a spreadsheet.

CSV with the columns ``unit, name, role, number, hours`` in any order, in UTF-8 or GB 18030; the
order of the lines is the order of calling. See docs/administrator-guide.md.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from farlead.errors import SettingsError
from farlead.messages import Message, message
from farlead.model.critical import Contact
from farlead.model.hours import readable
from farlead.store import Store

#: Names of the columns, each with what it may be called as well.
COLUMNS = {
    "unit": ("unit", "单位代码"),
    "name": ("name", "姓名"),
    "role": ("role", "职务"),
    "number": ("number", "电话"),
    "hours": ("hours", "时间"),
}


def import_contacts(store: Store, file: Path, actor: str) -> dict[str, int]:
    """Replace the lists of the units that a file names, all of them or none.

    Returns
    -------
    dict
        How many contacts each unit has now, by code.

    Raises
    ------
    SettingsError
        The file cannot be read, or a line is wrong: says which, and what is expected.
    NotFound
        A unit is not known.
    """
    lists: dict[str, list[Contact]] = {}
    for unit, contact in _contacts(file):
        lists.setdefault(unit, []).append(contact)
    if not lists:
        raise SettingsError(message("contacts.empty", file=str(file)))
    store.set_contacts({unit: tuple(found) for unit, found in lists.items()}, actor)
    return {unit: len(found) for unit, found in lists.items()}


def _contacts(file: Path) -> Iterator[tuple[str, Contact]]:
    reader = csv.reader(io.StringIO(_text(file), newline=""))
    head = [cell.strip().casefold() for cell in next(reader, [])]
    places = {
        column: next((head.index(n) for n in names if n in head), None)
        for column, names in COLUMNS.items()
    }
    lacks = [column for column in ("unit", "number") if places[column] is None]
    if lacks:
        told = message("contacts.head", file=str(file), columns=", ".join(lacks))
        raise SettingsError(told)
    for row in reader:
        cells = {
            column: row[place].strip() if place is not None and place < len(row) else ""
            for column, place in places.items()
        }
        if any(cells.values()):
            wrong = _wrong(cells)
            if wrong is not None:
                raise SettingsError(
                    message(
                        "contacts.line", file=str(file), line=reader.line_num, cause=f"@{wrong.id}"
                    )
                )
            contact = Contact(cells["name"], cells["role"], cells["number"], cells["hours"])
            yield cells["unit"], contact


def _wrong(cells: dict[str, str]) -> Message | None:
    if not cells["unit"]:
        return message("contacts.no_unit")
    if not any(character.isdigit() for character in cells["number"]):
        return message("contacts.no_number")
    return None if readable(cells["hours"]) else message("contacts.bad_hours")


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        cause = error.strerror or type(error).__name__
        told = message("contacts.unreadable", file=str(file), cause=cause)
        raise SettingsError(told) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SettingsError(message("contacts.encoding", file=str(file)))
