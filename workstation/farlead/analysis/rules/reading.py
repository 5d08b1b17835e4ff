"""Reading a rule table: what is wrong in it is refused with file, line and reason.

tomllib tells values, not lines; the line of a wrong value is looked up in the text by the path
that leads to it.
"""

import re
import tomllib
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from farlead.analysis.rules.table import Wrong
from farlead.errors import RuleTableError
from farlead.messages import message

_Model = TypeVar("_Model", bound=BaseModel)
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_AT_END = "(at end of document)"
#: pydantic's kinds of error and the text that tells them.
_REASONS = {
    "extra_forbidden": "unknown_key",
    "missing": "missing",
    "string_too_short": "empty",
    "string_pattern_mismatch": "form",
    "too_short": "empty",
    "enum": "choice",
    "greater_than_equal": "range",
    "less_than_equal": "range",
    "finite_number": "type",
}


def read_table(text: str, file: str, model: type[_Model]) -> _Model:
    """A table from its TOML.

    Parameters
    ----------
    text : str
    file : str
        Name for messages.
    model : type
        What kind of table it must be.

    Raises
    ------
    RuleTableError
        With file, line and reason.
    """
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(text, file, str(error)) from error
    except ValidationError as error:
        raise _first(text, file, error) from error


def refused(
    text: str, file: str, path: tuple[str | int, ...], reason: str, said: str
) -> RuleTableError:
    """The error for something wrong at this path of a table."""
    return _error(file, line_of(text, path), reason, said)


def line_of(text: str, path: tuple[str | int, ...]) -> int:
    """Line, from 1, in which the value at this path stands, or the table that lacks it.

    Parameters
    ----------
    path : tuple of (str or int)
        Keys and places in arrays, such as ``("rule", 2, "when", 0, "unit")``.
    """
    lines = text.splitlines()
    at, stop, names = 0, len(lines), ""
    for place, part in enumerate(path):
        if isinstance(part, int):
            continue
        names = f"{names}.{part}" if names else str(part)
        number = path[place + 1] if place + 1 < len(path) else None
        here = _header(lines, names, number, at, stop)
        if here is None:
            return _key(lines, path[place:], at, stop) + 1
        at, stop = here, _end(lines, names, here, stop)
    return at + 1


def _header(lines: list[str], names: str, number: object, start: int, stop: int) -> int | None:
    """The `number`-th header of this table between two lines."""
    wanted = f"[[{names}]]" if isinstance(number, int) else f"[{names}]"
    places = [i for i in range(start, stop) if _bare(lines[i]) == wanted]
    number = number if isinstance(number, int) else 0
    return places[number] if number < len(places) else None


def _end(lines: list[str], names: str, start: int, stop: int) -> int:
    """Line before which a table ends: the next header that is not of a table inside of it."""
    for place in range(start + 1, stop):
        header = _bare(lines[place])
        if header.startswith("[") and not header.strip("[]").startswith(f"{names}."):
            return place
    return stop


def _key(lines: list[str], path: tuple[str | int, ...], start: int, stop: int) -> int:
    """Line of a key in a table, and within its value that of a row and of a key of the row."""
    own = next((i for i in range(start + 1, stop) if lines[i].lstrip().startswith("[")), stop)
    dotted = ".".join(str(part) for part in path[:2])  # limits.rate_slowest = …
    at = _starts(lines, dotted, start, own) or _starts(lines, str(path[0]), start, own)
    if at is None:
        return start
    rows = [part for part in path[1:] if isinstance(part, int)]
    inner = [i for i in range(at, own) if "{" in lines[i].partition("#")[0]]
    ends = next((i for i in range(at, own) if _bare(lines[i]).endswith("]")), at)
    inner = [i for i in inner if i <= ends]
    return inner[rows[0]] if rows and rows[0] < len(inner) else at


def _starts(lines: list[str], key: str, start: int, stop: int) -> int | None:
    pattern = re.compile(rf'\s*"?{re.escape(key)}"?\s*=')
    return next((i for i in range(start, stop) if pattern.match(lines[i])), None)


def _bare(line: str) -> str:
    return line.partition("#")[0].strip().replace(" ", "")


def _no_toml(text: str, file: str, cause: str) -> RuleTableError:
    found = _AT_LINE.search(cause)
    line = int(found[1]) if found else max(text.count("\n"), 1)
    return _error(file, line, "toml", _AT_LINE.sub("", cause).replace(_AT_END, "").strip())


def _first(text: str, file: str, error: ValidationError) -> RuleTableError:
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    within = cause.within if isinstance(cause, Wrong) else ()
    reason, said = _told(first)
    return _error(file, line_of(text, (*first["loc"], *within)), reason, said)


def _told(error: ErrorDetails) -> tuple[str, str]:
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Wrong):
        return cause.reason, cause.said
    key = next((str(part) for part in reversed(error["loc"]) if isinstance(part, str)), "")
    return _REASONS.get(error["type"], "type"), key


def _error(file: str, line: int, reason: str, said: str) -> RuleTableError:
    told = message(f"rules.{reason}", file=file, line=line, said=said)
    return RuleTableError(told, file=file, line=line)
