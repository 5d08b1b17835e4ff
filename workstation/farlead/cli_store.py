"""``farleadctl users``, ``units``, ``audit``, ``backup``, ``restore``: who works, what is kept.

Acts are recorded with the name of the machine's user who ran the command.
"""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from farlead import services
from farlead.cli_terminal import (
    AsJson,
    Home,
    Spoken,
    answering,
    help_text,
    plain,
)
from farlead.desk.sheets import csv_text
from farlead.messages import Language, Message, message
from farlead.model.people import Role, Unit
from farlead.model.study import Kind
from farlead.services import BackedUp
from farlead.settings import Settings
from farlead.store import Entry, Store


def _group(identifier: str) -> typer.Typer:
    return typer.Typer(help=help_text(identifier), no_args_is_help=True, rich_markup_mode=None)


users, units, audit = _group("keeping.users"), _group("keeping.units"), _group("keeping.audit")

Login = Annotated[str, typer.Argument(show_default=False)]


class _Answer:
    """Says what was done, as text or as JSON."""

    def __init__(self, settings: Settings, language: Language, *, as_json: bool) -> None:
        self.settings, self.language, self.as_json = settings, language, as_json
        self.actor = f"operator:{getpass.getuser()}"

    def give(self, told: Message, **document: object) -> None:
        if self.as_json:
            typer.echo(json.dumps(document, ensure_ascii=False, default=plain))
        else:
            typer.echo(told.text(self.language))

    def rows(self, rows: list[dict[str, object]], *shown: str) -> None:
        if self.as_json:
            typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=plain))
            return
        for row in rows:
            typer.echo("  ".join("–" if row[name] is None else str(row[name]) for name in shown))


@contextmanager
def _answer(home: Path | None, spoken: Language | None, as_json: bool = False) -> Iterator[_Answer]:
    """What the command needs; errors as by :func:`answering`."""
    with answering(home, spoken, as_json=as_json) as (settings, language):
        yield _Answer(settings, language, as_json=as_json)


# Accounts


@users.command("list", help=help_text("keeping.users_list"))
def users_list(home: Home = None, as_json: AsJson = False, language: Spoken = None) -> None:
    """Print the accounts."""
    with _answer(home, language, as_json) as answer, Store.of(answer.settings) as store:
        rows: list[dict[str, object]] = [
            {
                "login": a.login,
                "name": a.name,
                "role": a.role.value,
                "certificate": a.certificate,
                "disabled": a.disabled,
                "kinds": None if a.kinds is None else sorted(a.kinds),
            }
            for a in store.accounts()
        ]
        answer.rows(rows, "login", "name", "role", "disabled")


@users.command("add", help=help_text("keeping.users_add"))
def users_add(
    login: Login,
    name: Annotated[str, typer.Argument(show_default=False)],
    certificate: Annotated[
        Path | None, typer.Option("--certificate", exists=True, dir_okay=False)
    ] = None,
    role: Annotated[Role, typer.Option("--role")] = Role.READER,
    pin: Annotated[str | None, typer.Option("--pin")] = None,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Add an account; a PIN that is not given is asked, and not kept."""
    with _answer(home, language, as_json) as answer:
        if certificate is not None and pin is None:
            pin = typer.prompt("PIN", hide_input=True)
        services.add_account(answer.settings, login, name, role, certificate, pin or "")
        answer.give(message("keeping.added", login=login, name=name), login=login)


@users.command("certificate", help=help_text("keeping.users_certificate"))
def users_certificate(
    login: Login,
    certificate: Annotated[Path, typer.Option("--certificate", exists=True, dir_okay=False)],
    pin: Annotated[str, typer.Option("--pin", prompt=True, hide_input=True)] = "",
    home: Home = None,
    language: Spoken = None,
) -> None:
    """Give an account another certificate of the same person."""
    with _answer(home, language) as answer:
        account = services.renew_certificate(answer.settings, login, certificate, pin)
        answer.give(message("keeping.certificate", login=login, name=account.name))


@users.command("password", help=help_text("keeping.users_password"))
def users_password(
    login: Login,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    home: Home = None,
    language: Spoken = None,
) -> None:
    """Give an account another password; it may try at once again."""
    with _answer(home, language) as answer:
        services.set_password(answer.settings, login, password, answer.actor)
        answer.give(message("keeping.password", login=login))


@users.command("disable", help=help_text("keeping.users_disable"))
def users_disable(
    login: Login, home: Home = None, as_json: AsJson = False, language: Spoken = None
) -> None:
    """Let an account sign in no more; what it signed stays valid."""
    _enable(login, home, as_json, language, enabled=False)


@users.command("enable", help=help_text("keeping.users_enable"))
def users_enable(
    login: Login, home: Home = None, as_json: AsJson = False, language: Spoken = None
) -> None:
    """Let a disabled account sign in again."""
    _enable(login, home, as_json, language, enabled=True)


def _enable(
    login: str, home: Path | None, as_json: bool, language: Language | None, *, enabled: bool
) -> None:
    with _answer(home, language, as_json) as answer, Store.of(answer.settings) as store:
        account = store.set_enabled(login, answer.actor, enabled=enabled)
        told = message("keeping.enabled" if enabled else "keeping.disabled", login=login)
        answer.give(told, login=login, disabled=account.disabled)


@users.command("role", help=help_text("keeping.users_role"))
def users_role(
    login: Login,
    role: Annotated[Role, typer.Argument(show_default=False)],
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Give an account another role."""
    with _answer(home, language, as_json) as answer, Store.of(answer.settings) as store:
        store.add_account(login, store.account(login).name, role)
        told = message("keeping.role", login=login, role=f"@access.role.{role}")
        answer.give(told, login=login, role=role.value)


@users.command("kinds", help=help_text("keeping.users_kinds"))
def users_kinds(
    login: Login,
    kinds: Annotated[list[Kind] | None, typer.Argument(show_default=False)] = None,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """What kinds of study are dealt to a person; none named: all."""
    with _answer(home, language, as_json) as answer, Store.of(answer.settings) as store:
        store.set_kinds(login, kinds or None, answer.actor)
        told = message("keeping.kinds", login=login, kinds=", ".join(kinds or ["*"]))
        answer.give(told, login=login, kinds=kinds)


# Units


@units.command("list", help=help_text("keeping.units_list"))
def units_list(home: Home = None, as_json: AsJson = False, language: Spoken = None) -> None:
    """Print the units."""
    with _answer(home, language, as_json) as answer, Store.of(answer.settings) as store:
        answer.rows([{"code": u.code, "name": u.name} for u in store.units()], "code", "name")


@units.command("add", help=help_text("keeping.units_add"))
def units_add(
    code: Annotated[str, typer.Argument(show_default=False)],
    name: Annotated[str, typer.Argument(show_default=False)],
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Add a unit, or give one its new name."""
    with _answer(home, language, as_json) as answer:
        services.add_unit(answer.settings, Unit(code, name))
        answer.give(message("keeping.unit", code=code, name=name), code=code, name=name)


@units.command("import", help=help_text("contacts.help.import"))
def units_import(
    file: Annotated[Path, typer.Argument(show_default=False)],
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Replace the lists of whom to call of the units that a CSV file names."""
    with _answer(home, language, as_json) as answer, Store.of(answer.settings) as store:
        found = services.import_contacts(store, file, answer.actor)
        told = message("contacts.imported", units=len(found), people=sum(found.values()))
        answer.give(told, contacts=found)


@units.command("contacts", help=help_text("contacts.help.contacts"))
def units_contacts(home: Home = None, as_json: AsJson = False, language: Spoken = None) -> None:
    """Print whom to call at each unit, in order."""
    with _answer(home, language, as_json) as answer, Store.of(answer.settings) as store:
        kept, settings = store.contacts(), answer.settings
        rows: list[dict[str, object]] = [
            {"unit": u.code, "name": c.name, "role": c.role, "number": c.number, "hours": c.hours}
            for u in store.units()
            for c in kept.get(u.code) or settings.contacts(u.code)
        ]
        answer.rows(rows, "unit", "name", "role", "number", "hours")


# The audit trail


@audit.command("verify", help=help_text("keeping.audit_verify"))
def audit_verify(home: Home = None, as_json: AsJson = False, language: Spoken = None) -> None:
    """Check every chain of the trail; 1 when something is wrong."""
    with _answer(home, language, as_json) as answer, Store.of(answer.settings) as store:
        found = [
            told.text(answer.language) for told in services.verify_trail(answer.settings, store)
        ]
        for line in () if as_json else found:
            typer.echo(line)
        told = message("keeping.audit_broken" if found else "keeping.audit_whole", count=len(found))
        answer.give(told, whole=not found, found=found)
    raise typer.Exit(1 if found else 0)


Who = Annotated[str | None, typer.Option("--actor", help=help_text("keeping.actor"))]
What = Annotated[str | None, typer.Option("--action", help=help_text("keeping.action"))]
Subject = Annotated[str | None, typer.Option("--subject", help=help_text("keeping.subject"))]
From = Annotated[datetime | None, typer.Option("--from", help=help_text("keeping.from"))]
To = Annotated[datetime | None, typer.Option("--to", help=help_text("keeping.to"))]


@audit.command("export", help=help_text("keeping.audit_export"))
def audit_export(
    actor: Who = None,
    action: What = None,
    subject: Subject = None,
    begin: From = None,
    end: To = None,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Print entries as CSV or JSON, oldest first; the times are those of this place."""
    with _answer(home, language, as_json) as answer, Store.of(answer.settings) as store:
        entries = store.search_audit(
            actor=actor,
            action=action,
            subject=subject,
            begin=None if begin is None else begin.astimezone(),
            end=None if end is None else end.astimezone(),
        )
        rows = [_entry(entry) for entry in entries]
        if as_json:
            answer.rows(rows)
            return
        lines = [[str(cell) for cell in row.values()] for row in rows]
        heads = ["at", "actor", "action", "subject", "detail"]
        typer.echo(csv_text([heads, *lines]), nl=False)


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "at": entry.at.astimezone().isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": json.dumps(dict(entry.detail), ensure_ascii=False),
    }


# Backup


def backup(
    file: Annotated[Path, typer.Argument(show_default=False)],
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Write database, objects, keys and settings into one file, while the house works."""
    with _answer(home, language, as_json) as answer:
        made = services.backup(answer.settings, file.absolute())
        answer.give(_counted("keeping.backed_up", made), **_plain(made))


def restore(
    file: Annotated[Path, typer.Argument(show_default=False, exists=True, dir_okay=False)],
    folder: Annotated[Path, typer.Argument(show_default=False)],
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Make an installation of a backup, in an empty folder."""
    with _answer(folder, language, as_json) as answer:
        made = services.restore(file.absolute(), folder.absolute())
        answer.give(_counted("keeping.restored", made, str(folder)), **_plain(made))


def _counted(identifier: str, made: BackedUp, folder: str = "") -> Message:
    return message(
        identifier,
        file=str(made.file),
        folder=folder,
        files=made.files,
        megabytes=round(made.size / 1e6, 1),
        studies=made.studies,
    )


def _plain(made: BackedUp) -> dict[str, object]:
    return {"file": made.file, "files": made.files, "bytes": made.size, "studies": made.studies}
