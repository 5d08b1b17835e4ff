"""A catalogue file as it was written: its text, its tables, and the lines on which they stand."""

import re
import tomllib
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from farlead.errors import SettingsError
from farlead.messages import message
from farlead.reporting.statements.entry import GroupFile

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its name, its lines and what they say."""

    name: str
    text: str
    group: GroupFile

    def refused(self, what: str, number: int, *, key: str = "", other: str) -> SettingsError:
        """Error about a statement of this file; ``reporting.catalogue.WHAT`` tells it.

        Parameters
        ----------
        number : int
            Place of the statement in the file, from 0.
        key : str
            Field that is wrong.
        other : str
            What it is in conflict with.
        """
        line = line_of(self.text, "statement", number, key)
        code = self.group.statement[number].code
        return SettingsError(
            message(
                f"reporting.catalogue.{what}", file=self.name, line=line, code=code, other=other
            )
        )


def parse(name: str, content: bytes) -> Source:
    """A catalogue file; SettingsError names file, line and cause."""
    return Source(name, content.decode("utf-8", "replace"), checked(name, content, GroupFile))


def checked(name: str, content: bytes, model: type[Model]) -> Model:
    """TOML that answers to `model`; SettingsError names file, line, field and cause."""
    try:
        return model.model_validate(tomllib.loads(content.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            message("reporting.catalogue.not_toml", file=name, cause=str(error))
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        table, number, key = (*first["loc"], "", "")[:3]
        line = 1
        if isinstance(number, int):
            line = line_of(content.decode("utf-8"), str(table), number, str(key))
        raise SettingsError(
            message(
                "reporting.catalogue.wrong", file=name, line=line, place=place, cause=first["msg"]
            )
        ) from error


def line_of(text: str, table: str, number: int, key: str) -> int:
    """Line of a key of the n-th ``[[table]]``, from 1; that of its header where it is missing."""
    lines = text.splitlines()
    header = re.compile(rf"\s*\[\[\s*{re.escape(table)}\s*\]\]")
    headers = [n for n, line in enumerate(lines) if header.match(line)]
    if number >= len(headers):
        return 1
    start = headers[number]
    stop = headers[number + 1] if number + 1 < len(headers) else len(lines)
    wanted = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=") if key else header
    return next((n for n in range(start, stop) if wanted.match(lines[n])), start) + 1
