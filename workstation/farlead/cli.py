"""``farleadctl``: the same house without a window.

Every command that reports something takes ``--json``. Exit 0: done, or yes; 1: the answer is no,
or something that the user can mend, named in the error; 2: wrong use.
"""

import json
import signal
import sys
import threading
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.table import Table

from farlead import cli_screen, services
from farlead import doctor as doctor_room
from farlead.cli_bench import bench
from farlead.cli_connections import connections
from farlead.cli_critical import chestpain, critical
from farlead.cli_deliveries import deliveries
from farlead.cli_files import convert, inspect
from farlead.cli_numbers import numbers
from farlead.cli_orders import orders, patients
from farlead.cli_rules import rules
from farlead.cli_simulate import simulate
from farlead.cli_store import audit, backup, restore, units, users
from farlead.cli_terminal import console, plain, terminal_language
from farlead.errors import FarleadError, SettingsError
from farlead.messages import Language, Message, message
from farlead.model.recording import Recording
from farlead.model.screening import Screening
from farlead.model.worklist import Row, order, reason, severity
from farlead.reporting.verification import Verification
from farlead.settings import Settings, default_folder, load_settings, utc_now


def _help(identifier: str) -> str:
    default = str(default_folder())
    return message(identifier, default=default).text(terminal_language())


app = typer.Typer(
    help=_help("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(users, name="users")
app.add_typer(units, name="units")
app.add_typer(audit, name="audit")
app.add_typer(bench, name="bench")
app.add_typer(deliveries, name="deliveries")
app.add_typer(critical, name="critical")
app.add_typer(connections, name="connections")
app.command("numbers", help=_help("numbers.help"))(numbers)
app.add_typer(orders, name="orders")
app.add_typer(patients, name="patients")
app.command(help=_help("chestpain.help"))(chestpain)
app.command(help=_help("cli.help.rules"))(rules)
app.command(help=_help("simulate.help"))(simulate)
app.command(help=_help("keeping.backup"))(backup)
app.command(help=_help("keeping.restore"))(restore)
app.command(help=_help("files.help.inspect"))(inspect)
app.command(help=_help("files.help.convert"))(convert)

Home = Annotated[Path | None, typer.Option("--home", help=_help("cli.help.home"))]
AsJson = Annotated[bool, typer.Option("--json", help=_help("cli.help.json"))]
Spoken = Annotated[str | None, typer.Option("--language", help=_help("cli.help.language"))]

Files = Annotated[list[Path], typer.Argument(show_default=False)]


@dataclass(frozen=True, slots=True)
class _Printer:
    """Answers in one language, as text or as JSON."""

    language: Language
    as_json: bool

    def say(self, told: Message) -> None:
        if not self.as_json:
            typer.echo(told.text(self.language))

    def lines(self, told: Iterable[Message]) -> None:
        for each in told:
            self.say(each)

    def answer(self, document: object) -> None:
        if self.as_json:
            typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=plain))

    def texts(self, told: Iterable[Message]) -> list[str]:
        return [each.text(self.language) for each in told]


#: How the command that runs was asked to answer: an error is told in the same way.
_ASKED: ContextVar[_Printer | None] = ContextVar("asked", default=None)


def _start(home: Path | None, spoken: str | None, as_json: bool) -> tuple[Settings, _Printer]:
    settings = load_settings(home)
    if spoken is not None and spoken not in set(Language):
        typer.echo(message("cli.language", found=spoken).text(terminal_language()), err=True)
        raise typer.Exit(2)
    language = Language(spoken) if spoken else settings.language
    printer = _Printer(language, as_json)
    _ASKED.set(printer)
    return settings, printer


def _existing(files: list[Path], printer: _Printer) -> list[Path]:
    for file in files:
        if not file.is_file():
            typer.echo(message("cli.no_such_file", file=str(file)).text(printer.language), err=True)
            raise typer.Exit(2)
    return files


@app.command("import", help=_help("cli.help.import"))
def import_(
    files: Files,
    unit: Annotated[str, typer.Option("--unit")],
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Hand files to a unit's inbox and take them in; 1 when one had to be quarantined."""
    settings, printer = _start(home, language, as_json)
    _existing(files, printer)
    known = {each.code for each in settings.units}
    if unit not in known:
        told = message("cli.no_such_unit", unit=unit, known=", ".join(sorted(known)) or "–")
        typer.echo(told.text(printer.language), err=True)
        raise typer.Exit(2)
    with services.open_services(settings) as house:
        result = house.import_files(unit, files)
    told = message(
        "cli.taken",
        taken=result.taken,
        quarantined=result.quarantined,
        waiting=result.waiting,
    )
    printer.say(told)
    printer.lines(result.reasons)
    printer.answer(
        {
            "taken": result.taken,
            "quarantined": result.quarantined,
            "waiting": result.waiting,
            "reasons": printer.texts(result.reasons),
        }
    )
    raise typer.Exit(1 if result.quarantined or result.waiting else 0)


@app.command("list", help=_help("cli.help.list"))
def list_(home: Home = None, as_json: AsJson = False, language: Spoken = None) -> None:
    """Print the worklist in its order."""
    settings, printer = _start(home, language, as_json)
    if not settings.has_store:  # looking must not make a store
        raise SettingsError(message("cli.no_store", folder=str(settings.folder)))
    with services.open_services(settings) as house:
        rows = house.store.worklist().rows
    now = utc_now()
    if as_json:
        printer.answer([_row(row, now, place, printer) for place, row in enumerate(rows, 1)])
    elif rows:
        _table(rows, now, printer)
    else:
        printer.say(message("cli.empty_list"))


def _row(row: Row, now: datetime, place: int, printer: _Printer) -> dict[str, object]:
    study = row.study
    return {
        "place": place,
        "id": study.id,
        "number": study.number,
        "unit": study.unit.code,
        "kind": study.kind.value,
        "state": study.state.value,
        "severity": severity(row, now).name.lower(),
        "screening": row.screening_state.value,
        "priority": study.request.priority.name.lower(),
        "arrived": study.arrived,
        "due": study.due,
        "reason": (study.quarantine or reason(row, now)).text(printer.language),
        "failure": row.failure.text(printer.language) if row.failure else None,
        "flags": printer.texts(flag.text for flag in row.screening.flags) if row.screening else [],
        "holder": row.claim.reader if row.claim else None,
        "order": [str(part) for part in order(row, now)],
    }


def _table(rows: tuple[Row, ...], now: datetime, printer: _Printer) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("place", "number", "kind", "unit", "state", "left", "reason"):
        heading = message(f"cli.column.{column}").text(printer.language)
        table.add_column(heading, no_wrap=column != "reason", overflow="fold")
    for place, row in enumerate(rows, 1):
        minutes = int((row.study.due - now).total_seconds() // 60)
        table.add_row(
            str(place),
            row.study.number,
            message(f"cli.kind.{row.study.kind}").text(printer.language),
            row.study.unit.name,
            message(f"cli.state.{row.study.state}").text(printer.language),
            f"{minutes} min".replace("-", "−"),
            (row.study.quarantine or reason(row, now)).text(printer.language),
        )
    console().print(table)


@app.command(help=_help("cli.help.screen"))
def screen(
    files: Files,
    plot: Annotated[Path | None, typer.Option("--plot", help=_help("cli.help.plot"))] = None,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Screen recordings; 1 when one could not be read or judged, or a picture not be made."""
    settings, printer = _start(home, language, as_json)
    answers: list[dict[str, object]] = []
    if plot is not None and plot.suffix.lower() != ".png":
        typer.echo(message("cli.no_png", file=str(plot)).text(printer.language), err=True)
        raise typer.Exit(2)
    targets = cli_screen.pictures(plot, files) if plot else [None] * len(files)
    drawn, own = True, _own_rules(settings, printer)
    with services.open_sandbox(settings) as sandbox:
        for file, target in zip(files, targets, strict=True):
            try:
                cli_screen.look_for(file)
                content = services.read_confined(sandbox, file)
                found = services.screen_confined(
                    sandbox, content, own=own, formula=settings.qt_formula
                )
            except FarleadError as error:
                answers.append(_failed(file, error, printer))
                continue
            if found is None or not isinstance(content, Recording):
                answers.append(cli_screen.not_screened(file, content, printer.language))
                continue
            shown = found.corrected_by(settings.qt_formula)
            answers.append(cli_screen.as_document(file, shown, printer.language))
            if not as_json:
                cli_screen.tell(file, shown, printer.language)
            if target is not None:
                drawn &= _drawn(target, content, shown, file, printer)
    printer.answer(answers)
    done = drawn and all("error" not in answer and answer["known"] for answer in answers)
    raise typer.Exit(0 if done else 1)


def _own_rules(settings: Settings, printer: _Printer) -> services.OwnRules | None:
    """The institution's own rule table; a wrong one ends the command with its line."""
    try:
        return services.own_table(settings)
    except FarleadError as error:
        typer.echo(error.text(printer.language), err=True)
        raise typer.Exit(1) from error


def _failed(file: Path, error: FarleadError, printer: _Printer) -> dict[str, object]:
    """A file that cannot be read; the others are still done."""
    told = error.text(printer.language)
    typer.echo(f"{file}: {told}", err=True)
    return {"file": file, "known": False, "error": told}


def _drawn(
    target: Path, content: Recording, found: Screening, file: Path, printer: _Printer
) -> bool:
    try:
        cli_screen.draw(target, content, found, file.name, printer.language)
    except FarleadError as error:
        typer.echo(f"{file}: {error.text(printer.language)}", err=True)
        return False
    printer.say(message("cli.drawn", file=str(target)))
    return True


@app.command(help=_help("cli.help.verify"))
def verify(
    report: Annotated[Path, typer.Argument(show_default=False)],
    trust: Annotated[list[Path] | None, typer.Option("--trust")] = None,
    store: Annotated[bool, typer.Option("--store", help=_help("cli.help.verify_store"))] = False,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Verify a signed report; 1 with the reasons when it must not be trusted."""
    settings, printer = _start(home, language, as_json)
    _existing([report, *(trust or [])], printer)
    pdf = report.read_bytes()
    found = services.verify_report(settings, pdf, trust or [])
    if store:
        with services.open_services(settings) as house:
            found = services.compare_with_store(settings, house.store, house.objects, pdf, found)
    if found.ok:
        printer.say(
            message(
                "cli.verified",
                signer=found.signer_name or "–",
                signed=found.signed_at.isoformat() if found.signed_at else "–",
                study=found.study_number or "–",
            )
        )
        printer.lines(_proof(found))
    else:
        printer.say(message("cli.refused"))
    printer.lines(found.reasons)
    printer.answer(
        {
            "ok": found.ok,
            "reasons": printer.texts(found.reasons),
            "signer": found.signer_name,
            "signed": found.signed_at,
            "stamped": found.stamped,
            "reviewer": found.reviewer_name,
            "reviewed": found.reviewed_at,
            "long_term": found.long_term,
            "study": found.study_number,
            "version": found.report_version,
            "objects": found.object_hashes,
        }
    )
    raise typer.Exit(0 if found.ok else 1)


def _proof(found: Verification) -> Iterable[Message]:
    """What a valid report proves besides: second signature, time stamp, data for later."""
    if found.reviewer_name is not None and found.reviewed_at is not None:
        yield message(
            "cli.countersigned",
            reviewer=found.reviewer_name,
            signed=found.reviewed_at.isoformat(),
        )
    if found.stamped is not None:
        yield message("cli.stamped", time=found.stamped.isoformat())
    if found.long_term:
        yield message("cli.long_term")


@app.command(help=_help("cli.help.doctor"))
def doctor(home: Home = None, as_json: AsJson = False, language: Spoken = None) -> None:
    """Check the house; 1 when a check fails."""
    settings, printer = _start(home, language, as_json)
    findings = doctor_room.examine(settings)
    for finding in findings:
        if not as_json:
            typer.echo(f"{finding.mark}  {finding.told.text(printer.language)}")
    printer.answer(
        [
            {
                "check": f.check,
                "state": f.state.value,
                "text": f.told.text(printer.language),
                **f.detail,
            }
            for f in findings
        ]
    )
    bad = any(finding.state is doctor_room.State.BAD for finding in findings)
    raise typer.Exit(1 if bad else 0)


@app.command(help=_help("cli.help.serve"))
def serve(home: Home = None) -> None:
    """Run the loops until SIGTERM or SIGINT."""
    settings = load_settings(home)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    services.serve(settings, stop)


def main() -> NoReturn:
    """Entry point; an error of ours that the user can mend is told in words."""
    try:
        app()
    except FarleadError as error:
        printer = _ASKED.get() or _Printer(terminal_language(), as_json=False)
        typer.echo(error.text(printer.language), err=True)
        printer.answer({"error": error.text(printer.language)})
        sys.exit(1)
    raise SystemExit(0)


if __name__ == "__main__":
    main()
