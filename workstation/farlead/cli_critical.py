"""``farleadctl critical``: critical values that are open or late, and their forms."""

import getpass
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from farlead.cli_terminal import AsJson, Home, Spoken, answering, help_text, plain
from farlead.desk.sheets import Table, csv_text, save
from farlead.errors import ComposeError
from farlead.messages import Language, Parameter, message
from farlead.model.chestpain import Timeline, lines_of
from farlead.model.critical import CriticalCase
from farlead.reporting.compositor import compositor
from farlead.store import Store

critical = typer.Typer(help=help_text("critical.help"), no_args_is_help=True, rich_markup_mode=None)

Days = Annotated[int | None, typer.Option("--days", min=1, help=help_text("critical.help.days"))]
Late = Annotated[bool, typer.Option("--late", help=help_text("critical.help.late"))]


@critical.command("list", help=help_text("critical.help.list"))
def list_(
    days: Days = None,
    late: Late = False,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Print running cases, the one whose clock runs longest first; nothing is changed."""
    with (
        answering(home, language, as_json=as_json) as (settings, spoken),
        Store.of(settings) as store,
    ):
        now = store.now()
        found = store.running_cases() if days is None else store.cases_since(_ago(now, days))
    shown = [case for case in found if case.escalations] if late else found
    if as_json:
        rows = [_row(case, now, spoken) for case in shown]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=plain))
    else:
        for line in [_line(case, now, spoken) for case in shown] or [
            message("critical.none_running").text(spoken)
        ]:
            typer.echo(line)
    raise typer.Exit(1 if late and shown else 0)


@critical.command(help=help_text("critical.help.form"))
def form(
    case: Annotated[int, typer.Argument(show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help=help_text("critical.help.output"))],
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Write the form of a case as it stands."""
    with (
        answering(home, language, as_json=as_json) as (settings, spoken),
        Store.of(settings) as store,
    ):
        found = store.case(case)
        pdf = compositor().case_form(
            found,
            hospital=settings.hospital,
            printed=store.now(),
            language=spoken,
            demo=settings.demo,
        )
        actor = f"operator:{getpass.getuser()}"
        store.audit(actor, "critical.printed", f"study:{found.study}", {"case": case})
        try:
            output.write_bytes(pdf)
        except OSError as error:
            cause = error.strerror or type(error).__name__
            told = message("critical.form_unwritten", file=str(output), cause=cause)
            raise ComposeError(told) from error
    if as_json:
        typer.echo(json.dumps({"case": case, "file": str(output)}, ensure_ascii=False))
    else:
        typer.echo(message("critical.form_written", file=str(output)).text(spoken))


Begin = Annotated[datetime, typer.Option("--from", help=help_text("chestpain.from"))]
End = Annotated[datetime | None, typer.Option("--to", help=help_text("chestpain.to"))]
Output = Annotated[Path | None, typer.Option("--output", "-o", help=help_text("chestpain.output"))]


def chestpain(
    begin: Begin,
    end: End = None,
    output: Output = None,
    home: Home = None,
    as_json: AsJson = False,
    language: Spoken = None,
) -> None:
    """Moments and intervals of chest pain studies as a table; recorded in the audit trail."""
    with (
        answering(home, language, as_json=as_json) as (settings, spoken),
        Store.of(settings) as store,
    ):
        until = (end or store.now()).astimezone()
        found = store.chest_pains(begin.astimezone(), until)
        actor = f"operator:{getpass.getuser()}"
        detail: dict[str, Parameter] = {
            "from": begin.isoformat(),
            "to": until.isoformat(),
            "count": len(found),
        }
        store.audit(actor, "chestpain.exported", f"operator:{getpass.getuser()}", detail)
        if output is not None:
            save([Table("chest pain", lines_of(found))], output)
    if as_json:
        typer.echo(json.dumps([_moments(each) for each in found], ensure_ascii=False, indent=2))
    elif output is None:
        typer.echo(csv_text(lines_of(found)), nl=False)
    else:
        typer.echo(message("chestpain.written", file=str(output), count=len(found)).text(spoken))


def _moments(timeline: Timeline) -> dict[str, object]:
    return {
        "number": timeline.number,
        "unit": timeline.unit,
        "moments": {
            str(moment): {"at": stamp.at.isoformat(), "origin": str(stamp.origin), "by": stamp.by}
            for moment, stamp in timeline.stamps.items()
        },
        "missing": [str(moment) for moment in timeline.missing],
    }


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def _minutes(case: CriticalCase, now: datetime) -> int:
    return int(((case.closed or now) - case.since).total_seconds() // 60)


def _line(case: CriticalCase, now: datetime, language: Language) -> str:
    told = message(
        "critical.listed",
        case=case.id,
        number=case.number,
        unit=case.unit.name,
        state=f"@reporting.case.state_{case.state}",
        minutes=_minutes(case, now),
        marks=" ".join(
            message(f"reporting.case.tells_{each.mark.tells}").text(language)
            for each in case.escalations
        ),
    )
    return told.text(language).rstrip()


def _row(case: CriticalCase, now: datetime, language: Language) -> dict[str, object]:
    return {
        "case": case.id,
        "number": case.number,
        "unit": case.unit.code,
        "state": str(case.state),
        "findings": [finding.text.text(language) for finding in case.findings],
        "since": case.since,
        "minutes": _minutes(case, now),
        "seen": case.seen,
        "opened": case.opened,
        "received": case.received,
        "closed": case.closed,
        "closed_by": case.closed_by or None,
        "calls": len(case.calls),
        "marks": [
            {"mark": e.mark.number, "tells": str(e.mark.tells), "due": e.due, "at": e.at}
            for e in case.escalations
        ],
    }
