"""``farleadctl simulate``: a hub's morning from a seed, with real recordings, and its figures."""

import json
import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from farlead.cli_bench_options import need_wfdb
from farlead.cli_terminal import console, help_text, terminal_language
from farlead.errors import FarleadError
from farlead.messages import Language, Message, message
from farlead.simulate import Outcome, Plan, Size, make_plan, read_sources, run_morning
from farlead.simulate.morning import Progress
from farlead.simulate.plan import QUICK

_USUAL = Size()


def simulate(
    stations: Annotated[
        int | None,
        typer.Option("--stations", min=1, max=99, help=help_text("simulate.help.stations")),
    ] = None,
    units: Annotated[
        int | None, typer.Option("--units", min=1, max=999, help=help_text("simulate.help.units"))
    ] = None,
    arrivals: Annotated[
        int | None, typer.Option("--arrivals", min=1, help=help_text("simulate.help.arrivals"))
    ] = None,
    hours: Annotated[
        float | None, typer.Option("--hours", min=0.01, help=help_text("simulate.help.hours"))
    ] = None,
    speed: Annotated[
        float, typer.Option("--speed", min=0.1, max=60, help=help_text("simulate.help.speed"))
    ] = _USUAL.speed,
    seed: Annotated[int, typer.Option("--seed", help=help_text("simulate.help.seed"))] = 1,
    quick: Annotated[bool, typer.Option("--quick", help=help_text("simulate.help.quick"))] = False,
    database: Annotated[
        str | None, typer.Option("--database", help=help_text("simulate.help.database"))
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option("--rules", exists=True, dir_okay=False, help=help_text("simulate.help.rules")),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", envvar="FARLEAD_DATA", help=help_text("simulate.help.data")),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", help=help_text("simulate.help.keep"))
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help=help_text("simulate.help.out"))] = None,
    language: Annotated[
        Language | None, typer.Option("--language", help=help_text("cli.help.language"))
    ] = None,
) -> None:
    """Run a simulated morning; 0 when nothing was lost, unseen or missed, else 1."""
    spoken = language or terminal_language()
    need_wfdb(spoken)
    usual = QUICK if quick else _USUAL
    size = Size(
        stations or usual.stations,
        units or usual.units,
        arrivals or usual.arrivals,
        hours or usual.hours,
        speed,
        seed,
    )
    try:
        found = _run(size, data, keep, spoken, database=database, rules=rules)
    except FarleadError as error:
        typer.echo(error.text(spoken), err=True)
        raise typer.Exit(1) from error
    _report(found, spoken)
    if out is not None:
        document = json.dumps(_plain(found.document()), ensure_ascii=False, indent=2)
        out.write_text(document + "\n", "utf-8")
    raise typer.Exit(0 if found.whole else 1)


def _run(
    size: Size,
    data: Path | None,
    keep: Path | None,
    spoken: Language,
    *,
    database: str | None,
    rules: Path | None,
) -> Outcome:
    plan = make_plan(size, read_sources(data))
    _say(_planned(plan), spoken)
    with _folder(keep) as folder:
        return run_morning(
            plan,
            data or folder,
            folder,
            database=database,
            rules=rules,
            told=partial(_progress, spoken),
        )


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Where the hub stands: kept for looking at, or gone at the end."""
    if keep is not None:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="farlead-simulate-") as folder:
        yield Path(folder)


def _planned(plan: Plan) -> Message:
    size = plan.size
    return message(
        "simulate.planned",
        stations=size.stations,
        units=size.units,
        arrivals=len(plan.comings),
        planted=len(plan.planted),
        hours=f"{size.hours:g}",
        speed=f"{size.speed:g}",
        minutes=f"{size.seconds / size.speed / 60:.1f}",
        seed=size.seed,
        cores=os.cpu_count() or 1,
    )


def _progress(spoken: Language, found: Progress) -> None:
    told = message(
        "simulate.progress",
        minutes=f"{found.minutes:.0f}",
        arrived=found.arrived,
        signed=found.signed,
        waiting=found.waiting,
        behind=f"{found.behind:.1f}",
        load=f"{found.load:.1f}",
    )
    _say(told, spoken)


def _report(found: Outcome, spoken: Language) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for name, value in found.keys().items():
        table.add_row(name, "–" if math.isnan(value) else f"{value:.6g}")
    console().print(table)
    for name, turned in found.turnaround.items():
        told = message(
            "simulate.turnaround",
            asked=f"@worklist.asked.{name}",
            signed=turned.signed,
            median=f"{turned.median:.1f}",
            p90=f"{turned.p90:.1f}",
            promised=f"{turned.promised:.0f}",
            kept=f"{turned.kept:.0f}",
        )
        _say(told, spoken)
    for told in _remarks(found):
        _say(told, spoken)


def _remarks(found: Outcome) -> Iterator[Message]:
    """The names behind what should be 0, and whether the machine held the clock."""
    for identifier, names in (
        ("simulate.unseen", found.unseen),
        ("simulate.missed", found.missed),
        ("simulate.below_critical", found.below_critical),
    ):
        if names:
            yield message(identifier, count=len(names), names=", ".join(names))
    if not found.held:
        yield message(
            "simulate.not_held",
            behind=f"{found.behind:.0f}",
            waited=f"{100 * found.core_wait:.0f}",
            speed=f"{found.plan.size.speed:g}",
        )


def _say(told: Message, spoken: Language) -> None:
    typer.echo(told.text(spoken))


def _plain(found: object) -> object:
    """The same for JSON, which knows no NaN."""
    if isinstance(found, dict):
        return {name: _plain(value) for name, value in found.items()}
    if isinstance(found, list):
        return [_plain(value) for value in found]
    return None if isinstance(found, float) and math.isnan(found) else found
