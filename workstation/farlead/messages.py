"""Every text outside Qt: an id with parameters, looked up in Chinese or English.

The catalogue is the set of TOML files in ``farlead/texts/``, one a room; each entry is a
table named by its id with one template a language::

    [intake.truncated]
    zh = "文件不完整：应有 {expected} 字节，只有 {found} 字节。"
    en = "The file is incomplete: {expected} bytes were announced, {found} are there."

A :class:`Message` is a plain value: it can be stored (:meth:`Message.as_dict`) and shown later
in the language of whoever reads it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from string import Formatter
from typing import Self, TypeAlias

Parameter: TypeAlias = str | int | float


class Language(StrEnum):
    """Languages that users can choose."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Message:
    """A text of the catalogue by id, with its parameters.

    Parameters
    ----------
    id : str
        Key in the catalogue, ``room.name``.
    parameters : mapping
        Values for the placeholders of the template. A value that is itself a message id is
        written ``"@id"`` and looked up in the reader's language. A value that differs between
        the languages is given for each, as :func:`in_both` makes it.
    """

    id: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """Text in `language`; raises KeyError for an unknown id or a missing parameter."""
        template = catalogue()[self.id][language]
        own = f".{language}"
        return template.format_map(
            {
                name.removesuffix(own): _localised(value, language)
                for name, value in self.parameters.items()
            }
        )

    def as_dict(self) -> dict[str, object]:
        """Form in which a message is stored."""
        return {"id": self.id, "parameters": dict(self.parameters)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> Self:
        """Read back what :meth:`as_dict` made; ValueError when it is not such a mapping."""
        identifier, parameters = stored.get("id"), stored.get("parameters", {})
        if not isinstance(identifier, str) or not isinstance(parameters, Mapping):
            raise ValueError(f"not a stored message: {stored!r}")
        return cls(identifier, parameters)


def message(identifier: str, /, **parameters: Parameter) -> Message:
    """Short form of ``Message(identifier, {...})``."""
    return Message(identifier, parameters)


def in_both(name: str, texts: Mapping[Language, str] | Message) -> dict[str, str]:
    """A parameter that reads otherwise in each language: ``NAME.zh`` and ``NAME.en``.

    For words that come from data, such as a rule table: what was said stays said when the
    table changes.
    """
    if isinstance(texts, Message):
        texts = {language: texts.text(language) for language in Language}
    return {f"{name}.{language}": texts[language] for language in Language}


def _localised(value: Parameter, language: Language) -> Parameter:
    if isinstance(value, str) and value.startswith("@") and value[1:] in catalogue():
        return catalogue()[value[1:]][language]
    return value


@cache
def catalogue() -> Mapping[str, Mapping[Language, str]]:
    """All texts: id -> language -> template. Raises ValueError naming an incomplete entry."""
    texts: dict[str, Mapping[Language, str]] = {}
    for file in sorted(
        resources.files("farlead").joinpath("texts").iterdir(), key=lambda f: f.name
    ):
        if file.name.endswith(".toml"):
            for identifier, entry in _entries(tomllib.loads(file.read_text("utf-8")), ""):
                if identifier in texts:
                    raise ValueError(f"{file.name}: {identifier} is defined twice")
                texts[identifier] = _checked(identifier, entry, file.name)
    return texts


def _entries(table: Mapping[str, object], prefix: str) -> list[tuple[str, Mapping[str, object]]]:
    found: list[tuple[str, Mapping[str, object]]] = []
    for name, value in table.items():
        identifier = f"{prefix}{name}"
        if not isinstance(value, Mapping):
            continue
        if any(isinstance(inner, str) for inner in value.values()):
            found.append((identifier, {k: v for k, v in value.items() if isinstance(v, str)}))
        found.extend(_entries(value, f"{identifier}."))
    return found


def _checked(identifier: str, entry: Mapping[str, object], file: str) -> Mapping[Language, str]:
    if set(entry) != set(Language):
        raise ValueError(f"{file}: {identifier} needs exactly the languages zh and en")
    templates = {Language(name): str(text) for name, text in entry.items()}
    names = {tuple(sorted(placeholders(text))) for text in templates.values()}
    if len(names) > 1:
        raise ValueError(f"{file}: {identifier} has other placeholders in zh than in en")
    return templates


def placeholders(template: str) -> set[str]:
    """Names of the placeholders in a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}
