"""``farleadctl inspect`` and ``farleadctl convert``: files from devices, without the store."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from farlead import services
from farlead.cli_inspection import Content, document, lines
from farlead.cli_terminal import console, help_text, plain, terminal_language
from farlead.errors import FarleadError, UnreadableFile, UnwritableRecording
from farlead.messages import Language, message
from farlead.model.recording import Recording
from farlead.sandbox import Sandbox
from farlead.settings import Settings, load_settings, utc_now

if TYPE_CHECKING:
    from farlead.formats.writers import Encoded

Home = Annotated[Path | None, typer.Option("--home", help=help_text("deliveries.help.home"))]
AsJson = Annotated[bool, typer.Option("--json", help=help_text("cli.help.json"))]
Spoken = Annotated[Language | None, typer.Option("--language", help=help_text("cli.help.language"))]


def inspect(
    files: Annotated[list[Path], typer.Argument(show_default=False)],
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Say what files are; 1 when one of them cannot be read."""
    settings, spoken = _settings(home, language)
    answers: list[dict[str, object]] = []
    with services.open_sandbox(settings) as sandbox:
        for file in files:
            try:
                kind, content = _read(sandbox, file)
            except FarleadError as error:
                answers.append(_refused(file, error, spoken))
                continue
            answers.append(document(file, kind, content, utc_now(), spoken))
            if not as_json:
                _tell(file, kind, content, spoken)
    if as_json:
        typer.echo(json.dumps(answers, ensure_ascii=False, indent=2, default=plain))
    raise typer.Exit(1 if any("error" in answer for answer in answers) else 0)


def convert(
    source: Annotated[Path, typer.Argument(show_default=False)],
    target: Annotated[Path, typer.Argument(show_default=False)],
    force: Annotated[bool, typer.Option("--force", help=help_text("files.help.force"))] = False,
    start: Annotated[
        str | None, typer.Option("--start", help=help_text("files.help.start"))
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Write an ECG in another format; 1 when it cannot be read or does not fit."""
    settings, spoken = _settings(home, language)
    moment = _moment(start, spoken)
    try:
        with services.open_sandbox(settings) as sandbox:
            _, content = _read(sandbox, source)
        given = moment is not None and content.start is not None
        written = _write(_ecg(source, content, moment), target, replace_files=force)
    except FarleadError as error:
        answer = _refused(source, error, spoken)
        if as_json:
            typer.echo(json.dumps(answer, ensure_ascii=False, default=plain))
        raise typer.Exit(1) from error
    files = [str(target.parent / name) for name in written.files]
    lost = [each.text(spoken) for each in written.lost]
    if given:
        lost.append(message("files.start_not_used", start=str(content.start)).text(spoken))
    if as_json:
        typer.echo(json.dumps({"files": files, "lost": lost}, ensure_ascii=False, indent=2))
        return
    typer.echo(message("files.written", files=", ".join(files)).text(spoken))
    for each in lost:
        typer.echo(each)


def _settings(home: Path | None, language: Language | None) -> tuple[Settings, Language]:
    try:
        settings = load_settings(home)
    except FarleadError as error:
        typer.echo(error.text(language or terminal_language()), err=True)
        raise typer.Exit(1) from error
    return settings, language or settings.language


def _read(sandbox: Sandbox, file: Path) -> tuple[str, Content]:
    """Format and content of a file, decoded in the confined process."""
    if file.is_dir():
        raise UnreadableFile(message("cli.is_folder", file=str(file)))
    if not file.is_file():
        raise UnreadableFile(message("cli.no_such_file", file=str(file)))
    return services.identify_confined(sandbox, file), services.read_confined(sandbox, file)


def _ecg(file: Path, content: Content, start: datetime | None) -> Recording:
    """The recording of a file, with a time of acquisition where one was given for it."""
    if not isinstance(content, Recording):
        raise UnwritableRecording(message("files.no_ecg", file=str(file)))
    return replace(content, start=start) if content.start is None and start else content


def _write(content: Recording, target: Path, *, replace_files: bool) -> "Encoded":
    # Here, because formats bring pydicom, and every other command starts without it.
    from farlead.formats.writers import write  # noqa: PLC0415

    return write(content, target, replace=replace_files)


def _refused(file: Path, error: FarleadError, spoken: Language) -> dict[str, object]:
    told = error.text(spoken)
    typer.echo(f"{file}: {told}", err=True)
    where = {"offset": error.offset, "tag": error.tag} if isinstance(error, UnreadableFile) else {}
    return {"file": file, "error": told, **where}


def _moment(start: str | None, spoken: Language) -> datetime | None:
    try:
        return datetime.fromisoformat(start) if start is not None else None
    except ValueError:
        typer.echo(message("files.wrong_start", found=start or "").text(spoken), err=True)
        raise typer.Exit(2) from None


def _tell(file: Path, kind: str, content: Content, spoken: Language) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for label, text in lines(file, kind, content, utc_now(), spoken):
        table.add_row(label, text)
    out = console()
    out.print(table, markup=False)
    out.print()
