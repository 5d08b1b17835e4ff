"""Short forms of a reader: what they write at once. Plain; no Qt.

They are kept with the account. A file of the seat's folder is read where the account has none
yet, for all who read here::

    [[phrase]]
    login = "jia"
    form = "xbzc"                      # what is typed
    conclusion = "心率 {heart_rate} 次/分，正常心电图。"
    statement = [{ code = "RH101", zh = "窦性心律", en = "Sinus rhythm" }]
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from farlead.errors import SettingsError
from farlead.messages import message
from farlead.model.phrases import Both, Template
from farlead.model.report import Modifier, Statement

FILE = "phrases.toml"
#: A short form: without spaces, so that it is typed in one go.
Form = Annotated[str, StringConstraints(pattern=r"^\S{1,16}$")]


class Phrasebook(Protocol):
    """Where a reader's short forms are kept."""

    def read(self) -> tuple[Template, ...]:
        """All of them; SettingsError names file, line and cause."""

    def keep(self, phrase: Template) -> None:
        """Add one, or replace that of the same form; SettingsError."""

    def drop(self, form: str) -> None:
        """Forget one; SettingsError."""


class Keeping(Protocol):
    """The part of a desk that keeps what follows a reader."""

    def personal(self) -> Mapping[str, object]:
        """What is kept, by name."""

    def keep_personal(self, **values: object) -> None:
        """Keep some of it."""


class LineTable(BaseModel):
    """A statement as it is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = ""
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    modifier: Modifier | None = None


class PhraseTable(BaseModel):
    """``[[phrase]]``, as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    login: str = Field(min_length=1)
    form: Form
    findings: str = ""
    conclusion: str = ""
    statement: tuple[LineTable, ...] = ()


class PhraseFile(BaseModel):
    """The file as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phrase: tuple[PhraseTable, ...] = ()


class FilePhrases:
    """Short forms in a file of the store's folder.

    Parameters
    ----------
    folder : Path
    login : str
        Whose short forms; those of others stay untouched.
    """

    def __init__(self, folder: Path, login: str) -> None:
        self._file, self._login = folder / FILE, login

    def read(self) -> tuple[Template, ...]:
        """All of this reader's; SettingsError names file, place and cause."""
        return tuple(_template(t) for t in self._tables() if t.login == self._login)

    def keep(self, phrase: Template) -> None:
        """Add one, or replace that of the same form; SettingsError."""
        try:
            table = _table(phrase, self._login)
        except ValidationError as error:
            raise SettingsError(message("shell.phrases.form", form=phrase.code)) from error
        self._write((*self._without(phrase.code), table))

    def drop(self, form: str) -> None:
        """Forget one; SettingsError."""
        self._write(self._without(form))

    def _without(self, form: str) -> tuple[PhraseTable, ...]:
        mine = (self._login, form.casefold())
        return tuple(t for t in self._tables() if (t.login, t.form.casefold()) != mine)

    def _tables(self) -> tuple[PhraseTable, ...]:
        if not self._file.exists():
            return ()
        try:
            return PhraseFile.model_validate(tomllib.loads(self._file.read_text("utf-8"))).phrase
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(
                message("settings.not_toml", file=str(self._file), cause=str(error))
            ) from error
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise SettingsError(
                message("settings.wrong", file=str(self._file), field=field, cause=first["msg"])
            ) from error

    def _write(self, tables: tuple[PhraseTable, ...]) -> None:
        part = self._file.with_suffix(".part")
        try:
            part.write_text("\n".join(map(_written, tables)), "utf-8")
            part.replace(self._file)
        except OSError as error:
            cause = error.strerror or str(error)
            raise SettingsError(
                message("shell.phrases.unwritten", file=str(self._file), cause=cause)
            ) from error


class AccountPhrases(FilePhrases):
    """Short forms kept with the account, so that they follow the reader to another station.

    What the file of a seat has is taken along the first time something is kept.

    Parameters
    ----------
    desk : Keeping
    folder : Path
    login : str
    """

    def __init__(self, desk: Keeping, folder: Path, login: str) -> None:
        super().__init__(folder, login)
        self._desk = desk

    def _tables(self) -> tuple[PhraseTable, ...]:
        kept = self._desk.personal().get("phrases")
        if kept is None:
            return tuple(t for t in super()._tables() if t.login == self._login)
        try:
            return PhraseFile.model_validate({"phrase": kept}).phrase
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            told = message("shell.personal_wrong", field=field, cause=first["msg"])
            raise SettingsError(told) from error

    def _write(self, tables: tuple[PhraseTable, ...]) -> None:
        self._desk.keep_personal(phrases=[t.model_dump(mode="json") for t in tables])


def _template(table: PhraseTable) -> Template:
    lines = tuple(Statement(t.code, t.zh, t.en, modifier=t.modifier) for t in table.statement)
    said = [table.findings, table.conclusion]
    zh, en = (
        " · ".join([*(getattr(line, name) for line in lines), *filter(None, said)])
        for name in ("zh", "en")
    )
    findings, conclusion = (Both(text, text) for text in said)
    return Template(table.form, zh, en, lines, findings, conclusion, own=True)


def _table(phrase: Template, login: str) -> PhraseTable:
    lines = tuple(
        LineTable(code=s.code, zh=s.zh, en=s.en, modifier=s.modifier) for s in phrase.statements
    )
    return PhraseTable(
        login=login,
        form=phrase.code,
        findings=phrase.findings.zh,
        conclusion=phrase.conclusion.zh,
        statement=lines,
    )


def _written(table: PhraseTable) -> str:
    """TOML of one table; JSON's texts are TOML's."""
    stored = table.model_dump(mode="json", exclude_defaults=True)
    lines = stored.pop("statement", [])
    said = [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in stored.items()]
    inline = (
        ", ".join(f"{k} = {json.dumps(text, ensure_ascii=False)}" for k, text in line.items())
        for line in lines
    )
    if lines:
        said.append("statement = [" + ", ".join(f"{{ {line} }}" for line in inline) + "]")
    return "[[phrase]]\n" + "\n".join(said) + "\n"
