"""Rule tables as data: limits with their version, read from TOML."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Self

from farlead.errors import SettingsError
from farlead.messages import message

_FIELDS = {
    "rate.slow": "slow",
    "rate.fast": "fast",
    "rate.slow_remark": "slow_remark",
    "rate.fast_remark": "fast_remark",
    "pause.critical": "pause",
    "beats.fewest": "fewest",
    "regularity.irregular": "irregular",
    "judged.shortest": "shortest",
    "judged.unjudged": "unjudged",
    "judged.amplitude": "amplitude",
    "judged.fewest_leads": "fewest_leads",
    "judged.contrast": "contrast",
    "judged.doubt": "doubt",
    "electrodes.retake": "retake",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits of screening; what each one is stands in ``rules/screening.toml``."""

    version: str
    slow: float
    fast: float
    slow_remark: float
    fast_remark: float
    pause: float
    fewest: float
    irregular: float
    shortest: float
    unjudged: float
    amplitude: float
    fewest_leads: float
    contrast: float
    doubt: float
    retake: float

    @classmethod
    def from_toml(cls, text: str, name: str) -> Self:
        """Read a rule table.

        Raises
        ------
        SettingsError
            When a value is missing, unknown or no number; names table and value.
        """
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise _wrong(name, "toml", str(error)) from error
        version = table.pop("version", None)
        if not isinstance(version, str):
            raise _wrong(name, "version", "text")
        found = _numbers(table, name)
        if missing := [key for key in _FIELDS if key not in found]:
            raise _wrong(name, missing[0], "missing")
        values = {_FIELDS[key]: value for key, value in found.items()}
        return cls(version=version, **values)


def _numbers(table: Mapping[str, object], name: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for section, values in table.items():
        for key, value in values.items() if isinstance(values, Mapping) else ():
            path = f"{section}.{key}"
            if path not in _FIELDS:
                raise _wrong(name, path, "unknown")
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise _wrong(name, path, "number")
            found[path] = float(value)
    return found


def _wrong(name: str, field: str, trouble: str) -> SettingsError:
    return SettingsError(message("analysis.rules_wrong", file=name, field=field, trouble=trouble))


@cache
def standard() -> Rules:
    """The table that ships with the program."""
    file = resources.files("farlead.analysis.rules").joinpath("screening.toml")
    return Rules.from_toml(file.read_text("utf-8"), file.name)


def from_file(path: Path) -> Rules:
    """An institution's own table; SettingsError when it is wrong."""
    return Rules.from_toml(path.read_text("utf-8"), path.name)
