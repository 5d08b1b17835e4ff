"""The settings file: a wrong entry is told with its line; written whole or not at all."""

import json
import os
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import platformdirs
from pydantic import (
    ValidationError,
)

from farlead.errors import SettingsError
from farlead.messages import message
from farlead.settings.whole import Settings


def default_folder() -> Path:
    """Where the embedded store lives unless told otherwise (``FARLEAD_HOME`` overrides)."""
    home = os.environ.get("FARLEAD_HOME")
    return Path(home) if home else Path(platformdirs.user_data_path("farlead"))


def load_settings(folder: Path | None = None) -> Settings:
    """Read ``settings.toml`` of a store folder; defaults where there is none.

    Raises
    ------
    SettingsError
        The file is no TOML, or a field is wrong; the reason names file, line, field and cause.
    """
    folder = (folder or default_folder()).absolute()
    file = folder / "settings.toml"
    if not file.exists():
        return Settings(folder=folder)
    try:
        stored = tomllib.loads(file.read_text("utf-8"))
        context = {"hub": stored.get("database") is not None}
        return Settings.model_validate({**stored, "folder": folder}, context=context)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            message("settings.not_toml", file=str(file), cause=str(error))
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        line = _line_of(file.read_text("utf-8"), first["loc"])
        raise SettingsError(
            message(
                "settings.wrong_line",
                file=str(file),
                line=line,
                field=field,
                cause=first["msg"].removeprefix("Value error, "),
            )
        ) from error


_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*["']?([\w.-]+)["']?\s*=""")


def _line_of(text: str, loc: Sequence[int | str]) -> int:
    """Line, from 1, where a field of a TOML text stands, or the nearest that it belongs to."""
    table: tuple[int | str, ...] = ()
    last: dict[tuple[int | str, ...], int] = {}
    found, depth = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = here = _table(header[2], last, new=header[1] == "[[")
        elif key := _KEY.match(line):
            here = (*table, *key[1].split("."))
        else:
            continue
        if len(here) > depth and tuple(loc[: len(here)]) == here:
            found, depth = number, len(here)
    return found


def _table(
    header: str, last: dict[tuple[int | str, ...], int], *, new: bool
) -> tuple[int | str, ...]:
    """Path of a table; `last` knows which of each ``[[array]]`` is being written."""
    path: tuple[int | str, ...] = ()
    names = [name.strip(" \"'") for name in header.split(".")]
    for place, name in enumerate(names):
        path = (*path, name)
        if new and place == len(names) - 1:
            last[path] = last.get(path, -1) + 1
        if path in last:
            path = (*path, last[path])
    return path


def save_settings(settings: Settings) -> None:
    """Write ``settings.toml`` into the store folder: whole or not at all."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = settings.folder / "settings.toml"
    stored = settings.model_dump(mode="json", exclude={"folder"}, exclude_defaults=True)
    part = file.with_suffix(".part")
    part.write_text(_toml(stored), "utf-8")
    part.replace(file)


def _toml(table: dict[str, object], prefix: str = "") -> str:
    """TOML of plain values, tables and lists of tables; JSON's literals are TOML's."""
    plain = {k: v for k, v in table.items() if not isinstance(v, dict) and not _tables(v)}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items()]
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            lines.append(f"\n[{name}]\n{_toml(value, f'{name}.')}")
        elif _tables(value):
            lines.extend(f"\n[[{name}]]\n{_toml(row, f'{name}.')}" for row in value)  # type: ignore[attr-defined]  # _tables has shown it to be a list of dicts
    return "\n".join(lines) + "\n"


def _tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)
